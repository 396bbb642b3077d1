// 1 歩ずつ進む計算グラフ。ビルドのときに描いた図の、数と強調だけを書きかえる。
import { boxed, teller, written } from "./equations.mjs"
import { keep, resting } from "./state.mjs"
import { descend, seen, walk } from "./tape.mjs"

const KEYS = { ArrowRight: "next", ArrowLeft: "back", Home: "first", End: "last" }

export function start(root) {
  for (const box of root.querySelectorAll(".stepper:not([data-live])")) enliven(box)
}

function enliven(box) {
  box.dataset.live = ""
  const tape = JSON.parse(box.dataset.tape), exit = tape.at(-1), tell = teller(tape)
  const original = Object.fromEntries(tape.filter(node => "start" in node).map(node => [node.name, node.start]))
  const say = box.querySelector(".stepper-say"), place = box.querySelector(".stepper-place input")
  const rate = box.querySelector(".stepper-rate"), fields = [...box.querySelectorAll("fieldset input")]
  const boxes = new Map([...box.querySelectorAll(".stepper-node")].map(node => [node.dataset.node, node]))
  const edges = new Map([...box.querySelectorAll(".stepper-edge")].map(edge => [edge.dataset.edge, edge]))
  const buttons = Object.fromEntries([...box.querySelectorAll("[data-go]")].map(button => [button.dataset.go, button]))
  let given = original, walked = walk(tape, given), position = 0

  // ---- 図

  function draw() {
    const step = walked.steps[position - 1]
    const { value, gradient, waiting } = seen(walked, given, position)
    for (const [name, node] of boxes) {
      const left = name in gradient ? waiting[name] : 0
      node.querySelector(".stepper-value").textContent = name in value ? boxed(value[name]) : ""
      node.querySelector(".stepper-slope").textContent =
        name in gradient ? `(${boxed(gradient[name])}${left ? "+" : ""})` : ""
      node.classList.toggle("unknown", !(name in value))
      node.classList.toggle("waiting", left > 0)
      node.classList.toggle("here", name === (step?.to ?? step?.node.name))
      node.classList.toggle("sender", step?.kind === "backward" && name === step.node.name)
    }
    for (const [name, edge] of edges) {
      const [end, k] = name.split(" ")
      const inside = step?.node.name === end
      edge.classList.toggle("ahead", inside && step.kind === "forward")
      edge.classList.toggle("behind", inside && step.kind === "backward" && step.k === +k)
    }
    place.value = position
    place.setAttribute("aria-valuetext", progress())
    for (const [name, stuck] of [["first", 0], ["back", 0], ["next", last()], ["last", last()]]) {
      buttons[name].setAttribute("aria-disabled", position === stuck)
    }
  }

  const last = () => walked.steps.length
  const forward = tape.filter(node => node.inputs.length).length
  const progress = () => !position ? "はじめ"
    : position <= forward ? `順伝播 ${position} / ${forward}`
    : `逆伝播 ${position - forward} / ${last() - forward}`

  // ---- 文

  function speak(lines) {
    const paragraphs = [progress(), ...lines].map(line => Object.assign(document.createElement("p"), { textContent: line }))
    say.replaceChildren(...paragraphs)
  }

  const ready = () => ["入口の数がそろいました。", "", "「一つ進む」で、計算を 1 回します。"]

  function go(to, lines) {
    position = Math.max(0, Math.min(to, last()))
    draw()
    speak(lines ?? (position ? tell(walked.steps[position - 1]) : ready()))
    remember()
  }

  // ---- 状態。歩みと、はじめと違う数だけを URL に残す

  const key = name => `${box.id}.${name}`

  const numbers = () => Object.entries(given).map(([name, value]) => [key(name), value, original[name]])
  const remember = resting(() => keep([[key("step"), position, 0], ...numbers()]))

  function asked() {
    const { searchParams } = new URL(location.href)
    const number = (name, low, high) => {
      const text = searchParams.get(key(name)), value = Number(text)
      return text?.trim() && value >= low && value <= high ? value : null
    }
    const found = fields.map(({ name, min, max }) => [name, number(name, +min, +max)]).filter(([, value]) => value !== null)
    return { changed: Object.fromEntries(found), step: number("step", 0, last()) ?? 0 }
  }

  // ---- 数

  function take(numbers) {
    given = numbers
    walked = walk(tape, given)
    for (const field of fields) {
      field.value = +given[field.name].toPrecision(6)
      field.removeAttribute("aria-invalid")
    }
  }

  function learn() {
    if (!sound(rate)) return
    const before = walked.value[exit.name]
    take(descend(tape, given, walked.gradient, +rate.value))
    const after = walked.value[exit.name]
    go(0, [`${exit.label} は ${written(before)} から ${written(after)} へ`, "",
      after > before ? "1 歩が大きすぎて、誤差が増えました。" : "重みを動かしました。また、はじめから計算します。"])
  }

  function sound(field) {
    const good = field.value !== "" && field.validity.valid
    if (good) field.removeAttribute("aria-invalid")
    else {
      field.setAttribute("aria-invalid", "true")
      speak([`${field.min} から ${field.max} までの数を入れてください。`])
    }
    return good
  }

  const moves = {
    first: () => go(0), back: () => go(position - 1), next: () => go(position + 1), last: () => go(last()),
    learn, reset: () => { take(original); go(0) },
  }

  box.addEventListener("click", event => moves[event.target.closest("[data-go]")?.dataset.go]?.())
  box.addEventListener("keydown", event => {
    const move = KEYS[event.key]
    if (!move || event.target.matches("input") || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    event.preventDefault()
    moves[move]()
  })
  box.addEventListener("input", ({ target }) => {
    if (target === place) return go(+place.value)
    if (!sound(target) || target === rate) return
    given = { ...given, [target.name]: +target.value }
    walked = walk(tape, given)
    go(position)
  })
  const { changed, step } = asked()
  take({ ...original, ...changed })
  go(Math.round(step))
}
