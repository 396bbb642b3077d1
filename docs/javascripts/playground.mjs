// 網の遊び場。操作を受けとり、コマごとに何歩か学習して、絵と式を描きなおす。
// 設定はビルドのときに HTML に書いてある。変えた設定は、動く図と同じ形で URL に残る。

import { collapse, forward, score, start as begin, step } from "./network.mjs"
import { curve, diagram, map } from "./playground-draw.mjs"
import { equation } from "./playground-equation.mjs"
import { keep } from "./state.mjs"

const STRIDE = 5                      // 1 コマに進む歩数
const BUDGET = 8                      // 1 コマの学習に使う時間（ms）
const REDRAW = 50                     // 描きなおす間隔（ms）
const SPEAK = 3000                    // 学習のあいだに読み上げる間隔（ms）
const LIMIT = 10000                   // ここまで進んだら止まる

const still = matchMedia("(prefers-reduced-motion: reduce)")
const original = field => field.defaultValue ?? [...field.options].find(option => option.defaultSelected).value

function play(box) {
  const find = name => box.querySelector(`[name=${name}]`)
  const fields = [...box.querySelectorAll("fieldset [name]")]
  const [run, say, live] = [find("run"), box.querySelector(".playground-say"), box.querySelector(".playground-live")]
  const views = [map(box, forward), diagram(box), curve(box), equation(box, collapse)]
  let model, losses, running = false, drawn = 0, spoken = 0

  function settings() {
    const given = Object.fromEntries(fields.map(field => [field.name, field.checkValidity() ? field.value : original(field)]))
    const hidden = [given.hidden1, given.hidden2, given.hidden2 && given.hidden3].filter(Boolean).map(Number)
    return { data: given.data, activation: given.activation, hidden, rate: +given.rate, batch: +given.batch, seed: +given.seed }
  }

  function reset() {
    find("hidden3").disabled = !find("hidden2").value
    model = begin(settings())
    losses = []
    views.forEach(view => view.reset(model))
    draw()
  }

  function draw() {
    const { loss, hits } = score(model)
    losses.push([model.steps, loss])
    if (losses.length > 400) losses = losses.filter((_, k) => k % 2 === 0)
    views.forEach(view => view.draw(model, losses))
    const end = model.steps >= LIMIT ? "。ここで止めます" : ""
    say.textContent = `${model.steps.toLocaleString("ja")} 歩 — 損失 ${loss.toFixed(3)}、当たり ${hits}/${model.points.length}${end}`
    drawn = performance.now()
    if (running && drawn - spoken < SPEAK) return
    live.textContent = say.textContent
    spoken = drawn
  }

  function frame() {
    if (!running || !box.isConnected) return
    const end = performance.now() + BUDGET
    for (let k = 0; k < STRIDE && model.steps < LIMIT && performance.now() < end; k++) step(model)
    if (model.steps >= LIMIT) return pause()
    if (performance.now() - drawn >= (still.matches ? 1000 : REDRAW)) draw()
    requestAnimationFrame(frame)
  }

  function pause() {
    running = false
    run.textContent = "学習を始める"
    draw()
  }

  run.addEventListener("click", () => {
    if (running) return pause()
    if (model.steps >= LIMIT) return
    running = true
    run.textContent = "学習を止める"
    spoken = performance.now()
    requestAnimationFrame(frame)
  })
  find("once").addEventListener("click", () => {
    if (model.steps < LIMIT) step(model)
    pause()
  })
  find("reset").addEventListener("click", () => {
    pause()
    reset()
  })

  // ---- 設定と URL

  const key = field => `${box.id}.${field.name}`

  const remember = () =>
    keep(fields.map(field => [key(field), field.checkValidity() ? field.value : original(field), original(field)]))

  const asked = new URL(location.href).searchParams
  for (const field of fields) {
    if (!asked.has(key(field))) continue
    field.value = asked.get(key(field))
    if (!field.checkValidity() || field.selectedIndex === -1) field.value = original(field)
  }
  box.querySelector("fieldset").addEventListener("change", () => {
    remember()
    reset()
  })
  reset()
}

export function start(root) {
  for (const box of root.querySelectorAll(".playground:not([data-ready])")) {
    box.dataset.ready = ""
    play(box)
  }
}
