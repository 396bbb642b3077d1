// 動く図。スライダーが動くと、図の線を、ページの式を写した関数で描きなおす。
// 線はビルドのときに描いてあるので、これが動かなくても図は読める。

const POINTS = 240

const written = value => {
  const text = Number.isInteger(value) ? String(value) : String(+value.toPrecision(4))
  return text.replace("-", "−")
}

function start(box, formulas) {
  const figure = box.closest("figure")
  const inputs = [...box.querySelectorAll("input")]
  const say = box.querySelector(".controls-say")
  const curves = [...figure.querySelectorAll("[data-curve]")].map(group => ({
    path: group.querySelector("path"),
    formula: formulas[group.dataset.curve],
    view: group.dataset.view.split(" ").map(Number),   // 左端、右端、原点と 1 目もりの位置
  }))
  const key = input => `${figure.id}.${input.name}`

  function draw() {
    const given = Object.fromEntries(inputs.map(input => [input.name, +input.value]))
    for (const { path, formula, view: [left, right, x0, dx, y0, dy] } of curves) {
      let d = "", pen = "M"
      for (let k = 0; k <= POINTS; k++) {
        const x = left + (right - left) * k / POINTS
        const y = formula.value({ ...given, [formula.along]: x })
        if (!Number.isFinite(y)) { pen = "M"; continue }
        d += `${pen} ${(x0 + dx * x).toFixed(2)} ${(y0 + dy * y).toFixed(2)} `
        pen = "L"
      }
      path.setAttribute("d", d.trimEnd())
    }
    for (const input of inputs) {
      const name = input.previousElementSibling.textContent, value = written(+input.value)
      input.setAttribute("aria-valuetext", `${name} ${value}`)
      input.nextElementSibling.textContent = value
    }
    if (say) say.textContent = say.dataset.say.replace(/\{([^{}]+)\}/g, (_, name) =>
      written(name in given ? given[name] : formulas[name].value(given)))
  }

  function remember() {
    const url = new URL(location.href)
    for (const input of inputs) {
      if (input.value === input.defaultValue) url.searchParams.delete(key(input))
      else url.searchParams.set(key(input), input.value)
    }
    history.replaceState(history.state, "", url)
  }

  const asked = new URL(location.href).searchParams
  for (const input of inputs) if (asked.has(key(input))) input.value = asked.get(key(input))
  box.addEventListener("input", draw)
  box.addEventListener("change", remember)
  draw()
}

for (const box of document.querySelectorAll(".controls")) {
  const { default: formulas } = await import(`../assets/formulas/${box.dataset.module}.mjs`)
  start(box, formulas)
}
