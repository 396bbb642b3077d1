// 小さな分類の網。データも重みも学習の順番も、seed だけで決まる。
// 画面を知らない計算だけを置く。同じ計算を PyTorch で書いたものと、テストが突き合わせる。

import { sigmoid } from "./numbers.mjs"

export const SIZE = 6               // 入力の範囲は −6 から 6
export const POINTS = 100

// mulberry32（Tommy Ettinger、パブリックドメイン）。32 ビットの状態から、0 以上 1 未満の数を作る
export function generator(seed) {
  let state = seed | 0
  return () => {
    state = state + 0x6d2b79f5 | 0
    let t = Math.imul(state ^ state >>> 15, state | 1)
    t ^= t + Math.imul(t ^ t >>> 7, t | 61)
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32
  }
}

const softplus = z => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))

// slope は、活性化後の値 a から求めた傾き
export const ACTIVATIONS = {
  linear: { value: z => z, slope: () => 1 },
  step: { value: z => z > 0 ? 1 : 0, slope: () => 0 },
  sigmoid: { value: sigmoid, slope: a => a * (1 - a) },
  tanh: { value: Math.tanh, slope: a => 1 - a * a },
  relu: { value: z => Math.max(z, 0), slope: a => a > 0 ? 1 : 0 },
}

const turned = (radius, angle) => [radius * Math.sin(angle), radius * Math.cos(angle)]
const noise = random => {             // 標準正規分布（ボックス・ミュラー法）
  const radius = Math.sqrt(-2 * Math.log(1 - random())), angle = 2 * Math.PI * random()
  return radius * Math.cos(angle)
}

// k 番めの点 [x₁, x₂, 正解]。k が偶数の点と奇数の点が、2 つの組になる
export const DATA = {
  gauss(k, random) {
    const t = k % 2, center = t ? 2 : -2
    return [center + Math.SQRT1_2 * noise(random), center + Math.SQRT1_2 * noise(random), t]
  },
  circle(k, random) {
    const t = k % 2, radius = t ? 2.5 * random() : 3.5 + 1.5 * random()
    return [...turned(radius, 2 * Math.PI * random()), t]
  },
  xor(k, random) {
    const x = 0.3 + 4.7 * random(), y = 0.3 + 4.7 * random(), corner = k % 4
    return [corner & 1 ? x : -x, corner & 2 ? y : -y, corner === 0 || corner === 3 ? 1 : 0]
  },
  spiral(k, random) {
    const t = k % 2, far = (k >> 1) / (POINTS / 2)
    return [...turned(5 * far + 0.1 * random(), 2.5 * Math.PI * far + Math.PI * t), t]
  },
}

// 一様な重み（Glorot と Bengio）と、0 のバイアス。a は層の出力、delta は z についての傾き
function layer(n, m, random) {
  const width = Math.sqrt(6 / (n + m)), zeros = size => new Float64Array(size)
  return {
    n, m, W: zeros(n * m).map(() => width * (2 * random() - 1)), b: zeros(m),
    a: zeros(m), delta: zeros(m), gW: zeros(n * m), gb: zeros(m),
  }
}

export function start({ data, activation, hidden, rate, batch, seed }) {
  const [points, weights, order] = [0, 1, 2].map(k => generator(3 * seed + k))
  const sizes = [2, ...hidden, 1]
  return {
    points: Array.from({ length: POINTS }, (_, k) => DATA[data](k, points)),
    layers: sizes.slice(1).map((m, k) => layer(sizes[k], m, weights)),
    f: ACTIVATIONS[activation], activation, rate, batch, order: [], random: order, steps: 0,
  }
}

// 出口の z。正なら正解 1 の組と答える
export function forward({ layers, f }, x) {
  let input = x
  for (const layer of layers) {
    const { n, m, W, b, a } = layer, exit = layer === layers.at(-1)
    for (let i = 0; i < m; i++) {
      let z = b[i]
      for (let j = 0; j < n; j++) z += W[i * n + j] * input[j]
      a[i] = exit ? z : f.value(z)
    }
    input = a
  }
  return input[0]
}

export const probability = (model, x) => sigmoid(forward(model, x))

// 1 点の勾配を、出口から入口へ足しこむ
function backward({ layers, f }, x, error) {
  layers.at(-1).delta[0] = error
  for (let k = layers.length - 1; k >= 0; k--) {
    const { n, m, W, delta, gW, gb } = layers[k], below = layers[k - 1], input = below ? below.a : x
    for (let i = 0; i < m; i++) {
      gb[i] += delta[i]
      for (let j = 0; j < n; j++) gW[i * n + j] += delta[i] * input[j]
    }
    if (!below) break
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let i = 0; i < m; i++) sum += W[i * n + j] * delta[i]
      below.delta[j] = sum * f.slope(below.a[j])
    }
  }
}

export function shuffled(count, random) {
  const order = Array.from({ length: count }, (_, k) => k)
  for (let k = count - 1; k > 0; k--) {
    const j = Math.floor(random() * (k + 1))
    ;[order[k], order[j]] = [order[j], order[k]]
  }
  return order
}

// 重みを 1 回直す。一巡したら、順番をまぜなおす
export function step(model) {
  const { points, layers, rate, batch } = model
  if (!model.order.length) model.order = shuffled(points.length, model.random)
  const chosen = model.order.splice(0, batch)
  for (const k of chosen) {
    const [x1, x2, t] = points[k]
    backward(model, [x1, x2], probability(model, [x1, x2]) - t)
  }
  for (const { W, b, gW, gb } of layers) {
    const descend = (w, g) => { for (let k = 0; k < w.length; k++) w[k] -= rate * g[k] / chosen.length; g.fill(0) }
    descend(W, gW)
    descend(b, gb)
  }
  model.steps++
}

// 全部の点での、交差エントロピーの平均と、当たった数
export function score(model) {
  let loss = 0, hits = 0
  for (const [x1, x2, t] of model.points) {
    const z = forward(model, [x1, x2])
    loss += softplus(z) - t * z
    if (z > 0 === t > 0) hits++
  }
  return { loss: loss / model.points.length, hits }
}

// 線形な層を 1 層に畳んだ [w₁, w₂, b]
export function collapse({ layers }) {
  let [w1, w2, b] = [[1, 0], [0, 1], [0, 0]]
  for (const layer of layers) {
    const times = (v, shift) => Array.from({ length: layer.m }, (_, i) =>
      v.reduce((sum, value, j) => sum + layer.W[i * layer.n + j] * value, shift[i]))
    const zero = new Float64Array(layer.m)
    ;[w1, w2, b] = [times(w1, zero), times(w2, zero), times(b, layer.b)]
  }
  return [w1[0], w2[0], b[0]]
}
