// 遊び場の絵。判定の地図は canvas に塗って SVG を重ね、網と損失は SVG に描く。
// reset は形が変わったとき、draw は学習が進んだときに呼ばれる。

import { SIZE } from "./network.mjs"

const CELLS = 48                      // 地図の 1 辺のます目
const CELL = 6                        // ます目の大きさ（canvas の px）
const BLUE = [58, 127, 196], RED = [212, 87, 47]

export function svg(name, attributes = {}, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  if (text !== undefined) element.textContent = text
  return element
}

// ます目の真ん中での z から、z = 0 の線を折れ線でたどる（マーチングスクエア）
export function boundary(z, cells) {
  const parts = []
  for (let row = 0; row + 1 < cells; row++) for (let column = 0; column + 1 < cells; column++) {
    const k = row * cells + column, ones = (z[k] > 0) + (z[k + 1] > 0) + (z[k + cells] > 0) + (z[k + cells + 1] > 0)
    if (ones % 4 === 0) continue      // 四隅が同じ側なら、線は通らない
    const corner = [[0, 0], [1, 0], [1, 1], [0, 1]].map(([x, y]) =>
      [column + x, row + y, z[(row + y) * cells + column + x]])
    const crossings = []
    corner.forEach(([x, y, here], k) => {
      const [nextX, nextY, next] = corner[(k + 1) % 4], far = here / (here - next)
      if (here > 0 !== next > 0) crossings.push([x + far * (nextX - x), y + far * (nextY - y)])
    })
    for (let k = 0; k + 1 < crossings.length; k += 2) parts.push([crossings[k], crossings[k + 1]])
  }
  return parts
}

export function map(box, forward) {
  const home = box.querySelector(".playground-map"), canvas = home.querySelector("canvas"), top = home.querySelector("svg")
  const paint = canvas.getContext("2d"), small = document.createElement("canvas"), ink = small.getContext("2d")
  const scale = 240 / (2 * SIZE), at = (x, y) => [120 + scale * x, 120 - scale * y]
  const axes = svg("path", { class: "playground-axis", d: "M0 120H240M120 0V240" })
  const names = [svg("text", { x: 236, y: 115, "text-anchor": "end" }, "x₁"), svg("text", { x: 126, y: 14 }, "x₂")]
  const edge = svg("path", { class: "playground-edge" })
  canvas.width = canvas.height = CELLS * CELL
  small.width = small.height = CELLS
  const image = ink.createImageData(CELLS, CELLS), z = new Float64Array(CELLS * CELLS), x = [0, 0]

  function reset({ points }) {
    const marks = points.map(([x1, x2, t]) => {
      const [x, y] = at(x1, x2)
      return t ? svg("circle", { class: "playground-one", cx: x, cy: y, r: 3.2 })
        : svg("path", { class: "playground-zero", d: `M${x - 3} ${y - 3}l6 6m0 -6l-6 6` })
    })
    top.replaceChildren(axes, ...names, edge, ...marks)
  }

  function draw(model) {
    let ones = 0
    for (let k = 0; k < z.length; k++) {
      x[0] = ((k % CELLS + 0.5) / CELLS * 2 - 1) * SIZE
      x[1] = (1 - (Math.floor(k / CELLS) + 0.5) / CELLS * 2) * SIZE
      z[k] = forward(model, x)
      if (z[k] > 0) ones++
      image.data.set(z[k] > 0 ? BLUE : RED, 4 * k)
      image.data[4 * k + 3] = 25 + 80 * Math.abs(Math.tanh(z[k] / 2))
    }
    ink.putImageData(image, 0, 0)
    paint.clearRect(0, 0, canvas.width, canvas.height)
    paint.drawImage(small, 0, 0, canvas.width, canvas.height)
    hatch()
    const side = 240 / CELLS, near = value => (side * (value + 0.5)).toFixed(2)
    edge.setAttribute("d", boundary(z, CELLS).map(([[a, b], [c, d]]) => `M${near(a)} ${near(b)}L${near(c)} ${near(d)}`).join(""))
    top.setAttribute("aria-label", `判定の地図。${Math.round(100 * ones / z.length)} % の広さを正解 1 の組と答えている`)
  }

  // 正解 0 と答える側には、斜めの線も入れる
  function hatch() {
    paint.strokeStyle = `rgba(${RED}, .5)`
    paint.beginPath()
    for (let k = 0; k < z.length; k++) {
      const column = k % CELLS, row = Math.floor(k / CELLS)
      if (z[k] > 0 || (column + row) % 3) continue
      paint.moveTo(column * CELL, (row + 1) * CELL)
      paint.lineTo((column + 1) * CELL, row * CELL)
    }
    paint.stroke()
  }

  return { reset, draw }
}

export function diagram(box) {
  const home = box.querySelector(".playground-net svg")
  let edges

  function reset({ layers }) {
    const sizes = [2, ...layers.map(layer => layer.m)]
    const x = k => 34 + 232 * k / (sizes.length - 1), y = (k, i) => 110 + (i - (sizes[k] - 1) / 2) * Math.min(50, 200 / sizes[k])
    edges = layers.map(({ n, m }, k) => Array.from({ length: n * m }, (_, e) => {
      const [i, j] = [Math.floor(e / n), e % n]
      return svg("line", { x1: x(k), y1: y(k, j), x2: x(k + 1), y2: y(k + 1, i) })
    }))
    const nodes = sizes.flatMap((size, k) => Array.from({ length: size }, (_, i) => svg("circle", { cx: x(k), cy: y(k, i), r: 7 })))
    const names = [["x₁", 4, y(0, 0)], ["x₂", 4, y(0, 1)], ["ŷ", 280, 110]]
    home.replaceChildren(...edges.flat(), ...nodes, ...names.map(([text, left, top]) => svg("text", { x: left, y: top + 5 }, text)))
  }

  function draw({ layers }) {
    layers.forEach(({ W }, k) => edges[k].forEach((edge, e) => {
      edge.setAttribute("stroke-width", Math.min(7, 0.3 + 2 * Math.abs(W[e])).toFixed(2))
      edge.setAttribute("class", W[e] < 0 ? "playground-negative" : "playground-positive")
    }))
    const all = layers.flatMap(({ W }) => [...W]), negative = all.filter(w => w < 0).length
    const widest = Math.max(...all.map(Math.abs)).toFixed(2)
    home.setAttribute("aria-label", `網の重み ${all.length} 個。正 ${all.length - negative} 個、負 ${negative} 個、大きさは ${widest} まで。値は下の式にある`)
  }

  return { reset, draw }
}

export function curve(box) {
  const home = box.querySelector(".playground-loss svg"), [left, right, low, high] = [34, 292, 190, 14]
  const line = svg("path", { class: "playground-curve" }), guess = svg("path", { class: "playground-guess" })
  const frame = svg("path", { class: "playground-axis", d: `M${left} ${high}V${low}H${right}` })
  const label = (x, y, anchor, text) => svg("text", { x, y, "text-anchor": anchor }, text)
  const [most, middle, last] = [label(30, high + 8, "end", ""), label(30, 0, "end", "ln 2"), label(right, 210, "end", "")]

  const reset = () => home.replaceChildren(frame, guess, line, label(30, low, "end", "0"), label(left, 210, "start", "0 歩"), most, middle, last)

  function draw(_, losses) {
    const top = Math.max(1, ...losses.map(([, loss]) => Math.ceil(loss))), end = Math.max(1, losses.at(-1)[0])
    const x = step => left + (right - left) * step / end, y = loss => low - (low - high) * loss / top
    line.setAttribute("d", "M" + losses.map(([step, loss]) => `${x(step).toFixed(1)} ${y(loss).toFixed(1)}`).join("L"))
    guess.setAttribute("d", `M${left} ${y(Math.LN2)}H${right}`)
    middle.setAttribute("y", y(Math.LN2) + 4)
    most.textContent = top
    last.textContent = `${end.toLocaleString("ja")} 歩`
    home.setAttribute("aria-label", `損失の曲線。はじめは ${losses[0][1].toFixed(3)}、いまは ${losses.at(-1)[1].toFixed(3)}`)
  }

  return { reset, draw }
}
