// 点を置く板。点を足し、動かし、消すたびに、2 組が線で分けられるかを言い、分ける線を引く。
import { clip, hull, separation } from "./separation.mjs"
import { keep, resting } from "./state.mjs"

const SIZE = 10, CELL = 25, MOST = 24, NEAR = 22
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }
const DIGITS = "0123456789a"
const MARK = { 1: "○", [-1]: "×" }

export function start(root) {
  for (const box of root.querySelectorAll(".board:not([data-live])")) enliven(box)
}

const placed = ([x, y]) => [CELL * (x + 1), CELL * (SIZE + 1 - y)]
const drawn = (places, end = "") => places.length ? `M${places.map(p => placed(p).map(v => +v.toFixed(2)).join(" ")).join("L")}${end}` : ""
const written = points => points.map(([x, y, side]) => DIGITS[x] + DIGITS[y] + (side > 0 ? "o" : "x")).join("")
const read = text => [...text.matchAll(/([0-9a])([0-9a])([ox])/g)].slice(0, MOST)
  .map(([, x, y, side]) => [DIGITS.indexOf(x), DIGITS.indexOf(y), side === "o" ? 1 : -1])

function enliven(box) {
  box.dataset.live = ""
  const examples = JSON.parse(box.dataset.examples), words = JSON.parse(box.dataset.words)
  const svg = box.querySelector("svg"), layer = box.querySelector(".board-points"), say = box.querySelector(".board-say")
  const line = box.querySelector(".board-line"), chosen = box.querySelector("select")
  const buttons = Object.fromEntries([...box.querySelectorAll("[data-do]")].map(b => [b.dataset.do, b]))
  const templates = Object.fromEntries([...box.querySelectorAll("[data-template]")].map(t => [t.dataset.template, t]))
  let points = examples[0].points, now = 0, holding = null

  // ---- 図

  function draw() {
    layer.replaceChildren(...points.map((point, k) => {
      const mark = templates[point[2]].cloneNode(true)
      delete mark.dataset.template
      mark.setAttribute("transform", `translate(${placed(point).join(" ")})`)
      const name = `${MARK[point[2]]} (${point[0]}, ${point[1]})`
      for (const [key, value] of [["tabindex", 0], ["role", "button"], ["aria-label", name]]) mark.setAttribute(key, value)
      mark.setAttribute("aria-describedby", `${box.id}-hint`)
      mark.dataset.k = k
      mark.classList.toggle("here", k === now)
      return mark
    }))
    for (const side of [1, -1]) {
      const own = points.filter(p => p[2] === side)
      box.querySelector(`[data-hull="${side}"]`).setAttribute("d", drawn(hull(own), "Z"))
    }
    const found = separation(points)
    line.setAttribute("d", found ? drawn(clip(found, -.5, SIZE + .5)) : "")
    const sides = new Set(points.map(p => p[2]))
    say.textContent = sides.size < 2 ? words.one : found ? words.yes.replace("{}", found.gap.toFixed(2)) : words.no
    for (const name of ["flip", "remove"]) buttons[name].setAttribute("aria-disabled", !points.length)
    for (const name of ["plus", "minus"]) buttons[name].setAttribute("aria-disabled", points.length === MOST)
  }

  const remember = resting(() => keep([[box.id, written(points), written(examples[0].points)]]))

  function change(changed, at, focus) {
    points = changed
    now = Math.max(0, Math.min(at, points.length - 1))
    draw()
    remember()
    if (focus) layer.children[now]?.focus()
  }

  // ---- 操作

  const free = ([x, y]) => x >= 0 && y >= 0 && x <= SIZE && y <= SIZE && !points.some(p => p[0] === x && p[1] === y)
  const replaced = point => points.map((p, k) => k === now ? point : p)

  function nearestFree() {
    const cells = Array.from({ length: (SIZE + 1) ** 2 }, (_, k) => [k % (SIZE + 1), Math.floor(k / (SIZE + 1))])
    const far = ([x, y]) => (x - SIZE / 2) ** 2 + (y - SIZE / 2) ** 2
    return cells.filter(free).sort((a, b) => far(a) - far(b))[0]
  }

  const add = (cell, side, focus) => {
    if (points.length < MOST && free(cell)) change([...points, [...cell, side]], points.length, focus)
  }
  const actions = {
    plus: () => add(nearestFree(), 1, true),
    minus: () => add(nearestFree(), -1, true),
    flip: focus => points.length && change(replaced([points[now][0], points[now][1], -points[now][2]]), now, focus),
    remove: focus => points.length && change(points.filter((_, k) => k !== now), now, focus),
  }

  function move(to) {
    if (free(to)) change(replaced([...to, points[now][2]]), now, true)
  }

  box.addEventListener("click", event => actions[event.target.closest("[data-do]")?.dataset.do]?.())
  chosen.addEventListener("change", () => change(examples[chosen.selectedIndex].points, 0))

  layer.addEventListener("focusin", ({ target }) => {
    now = +target.closest("[data-k]").dataset.k
    for (const mark of layer.children) mark.classList.toggle("here", +mark.dataset.k === now)
  })

  layer.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const step = MOVES[event.key]
    if (step) move([points[now][0] + step[0], points[now][1] + step[1]])
    else if (event.key === "Enter" || event.key === " ") actions.flip(true)
    else if (event.key === "Delete" || event.key === "Backspace") actions.remove(true)
    else return
    event.preventDefault()
  })

  // ---- 指とマウス

  const cellOf = event => {
    const { left, top, width } = svg.getBoundingClientRect(), scale = CELL * (SIZE + 2) / width
    return [(event.clientX - left) * scale / CELL - 1, SIZE + 1 - (event.clientY - top) * scale / CELL]
  }
  const reach = () => NEAR / svg.getBoundingClientRect().width * (SIZE + 2)    // 指の太さを、目盛りの数で

  svg.addEventListener("pointerdown", event => {
    if (event.button) return
    event.preventDefault()
    const [x, y] = cellOf(event)
    const apart = points.map(p => Math.hypot(p[0] - x, p[1] - y)), nearest = apart.indexOf(Math.min(...apart))
    if (apart[nearest] <= Math.min(reach(), .75)) {
      layer.children[nearest].focus({ preventScroll: true })
      holding = nearest
      svg.setPointerCapture(event.pointerId)
    } else {
      add([Math.round(x), Math.round(y)], +box.querySelector("input:checked").value)
    }
  })
  svg.addEventListener("pointermove", event => {
    if (holding === null) return
    now = holding
    const to = cellOf(event).map(Math.round)
    if (free(to)) change(replaced([...to, points[now][2]]), now)
  })
  const release = () => {
    if (holding !== null) layer.children[holding]?.focus({ preventScroll: true })
    holding = null
  }
  for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, release)

  const asked = new URL(location.href).searchParams.get(box.id)
  if (asked !== null) points = read(asked).filter(([x, y], k, all) => all.findIndex(p => p[0] === x && p[1] === y) === k)
  svg.setAttribute("role", "group")
  draw()
}
