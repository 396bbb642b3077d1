// 動く図。スライダーが動くと、図の線を、ページの式を写した関数で描きなおす。
// 線はビルドのときに描いてあるので、これが動かなくても図は読める。

import { keep } from "./state.mjs"

const POINTS = 240

const written = value => {
  if (typeof value === "string") return value
  const text = Number.isInteger(value) ? String(value) : String(+value.toPrecision(4))
  return text.replace("-", "−")
}

const component = (values, i) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? value[i] : value]))

// 更新の式を繰り返したときの、2 つの成分の道すじ。
export function path({ value, round, state }, given, steps) {
  let now = [0, 1].map(i => component(given, i))
  const points = [now.map(values => values[state])]
  for (let k = 1; k <= steps; k++) {
    if (round) now.forEach(values => { values[round] = k })
    now = now.map(values => ({ ...values, ...value(values) }))
    points.push(now.map(values => values[state]))
  }
  return points
}

function points(formula, given, left, right, count) {
  if (formula.state) return path(formula, given, count - 1)
  const step = formula.whole ? 1 : (right - left) / POINTS
  const total = Math.round((right - left) / step)
  return Array.from({ length: total + 1 }, (_, k) => {
    const x = left + k * step
    return [x, formula.value({ ...given, [formula.along]: x })]
  })
}

function line(places) {
  let d = "", pen = "M"
  for (const [x, y] of places) {
    if (!Number.isFinite(x + y)) { pen = "M"; continue }
    d += `${pen} ${x.toFixed(2)} ${y.toFixed(2)} `
    pen = "L"
  }
  return d.trimEnd()
}

function curveOf(group, formula) {
  const [left, right, x0, dx, y0, dy, count] = group.dataset.view.split(" ").map(Number)
  const paths = [...group.querySelectorAll("path")].filter(path => !path.closest("defs"))
  const marks = [...group.querySelectorAll("use")]
  const bars = paths.length > 1
  while (marks.length && marks.length < count) marks.push(marks[0].parentNode.appendChild(marks[0].cloneNode()))
  return given => {
    const places = points(formula, given, left, right, count).map(([x, y]) => [x0 + dx * x, y0 + dy * y])
    if (bars) paths.forEach((path, k) => path.setAttribute("d", line([[places[k][0], y0], places[k]])))
    else paths[0]?.setAttribute("d", line(places))
    marks.forEach((mark, k) => { [mark.x.baseVal.value, mark.y.baseVal.value] = places[k].map(p => Number.isFinite(p) ? p : -1e4) })
  }
}

function begin(box, formulas) {
  const figure = box.closest("figure")
  const inputs = [...box.querySelectorAll("input")]
  const say = box.querySelector("[data-say]")
  const fixed = JSON.parse(box.dataset.fixed)
  const curves = [...figure.querySelectorAll("[data-curve]")].map(group => curveOf(group, formulas[group.dataset.curve]))
  const key = input => `${figure.id}.${input.name}`
  const rows = input => formulas[input.dataset.rows]?.rows

  function values() {
    const given = { ...fixed }
    for (const input of inputs) Object.assign(given, { [input.name]: +input.value }, rows(input)?.[input.value])
    for (const [name, value] of Object.entries(given)) {     // z_0, z_1, … は z の成分でもある
      const part = name.match(/^(.+)_\d$/)
      if (part) (given[part[1]] ??= []).push(value)
    }
    return given
  }

  const sentence = (given, text) => text.replace(/\{([^{}?]+)(?:\?([^{}|]*)\|([^{}]*))?\}/g, (_, name, yes, no) => {
    const value = name in given ? given[name] : formulas[name].value(given)
    return yes === undefined ? written(value) : (value ? yes : no)
  })

  function draw() {
    const given = values()
    for (const curve of curves) curve(given)
    for (const input of inputs) {
      const name = input.previousElementSibling.textContent, value = written(+input.value)
      input.setAttribute("aria-valuetext", `${name} ${value}`)
      input.nextElementSibling.textContent = value
    }
    if (say) say.textContent = sentence(given, say.dataset.say)
  }

  const remember = () => keep(inputs.map(input => [key(input), input.value, input.defaultValue]))

  const asked = new URL(location.href).searchParams
  for (const input of inputs) if (asked.has(key(input))) input.value = asked.get(key(input))
  box.addEventListener("input", draw)
  box.addEventListener("change", remember)
  draw()
}

// 文書の中の、まだ動かない図を動くようにする。
export async function start(root) {
  for (const box of root.querySelectorAll(".controls:not([data-alive])")) {
    box.dataset.alive = ""
    const { default: formulas } = await import(`../assets/formulas/${box.dataset.module}.mjs`)
    begin(box, formulas)
  }
}
