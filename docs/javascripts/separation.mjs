// 平面の 2 組の点を分ける、余裕のいちばん大きな線。点は [x, y, 印] で、座標は整数、印は 1 か −1。
// 整数どうしの積と和だけで比べるので、分けられるかどうかの答えに丸めは入らない。

const minus = ([a, b], [c, d]) => [a - c, b - d]
const dot = ([a, b], [c, d]) => a * c + b * d
const cross = ([a, b], [c, d]) => a * d - b * c

// いちばん近い 2 点は、頂点どうしか、頂点と辺の上の点である。だから線の向きの候補は、
// 違う印の 2 点を結ぶ向きと、同じ印の 2 点を結ぶ向きに垂直な向きだけで足りる。
function* normals(plus, minuses) {
  for (const a of plus) for (const b of minuses) yield minus(a, b)
  for (const side of [plus, minuses]) {
    for (const p of side) for (const q of side) { const [x, y] = minus(p, q); yield [-y, x] }
  }
}

// {w, b, gap}。w·x + b が、印 1 の点で正、印 −1 の点で負になる。gap は、線からいちばん近い点までの長さ。
// 分けられないときと、片方の組が空のときは null。
export function separation(points) {
  const plus = points.filter(p => p[2] > 0), minuses = points.filter(p => p[2] < 0)
  let best = null
  if (!plus.length || !minuses.length) return best
  for (const w of normals(plus, minuses)) {
    const low = Math.min(...plus.map(p => dot(w, p))), high = Math.max(...minuses.map(p => dot(w, p)))
    if (low <= high) continue
    const gap = (low - high) / 2 / Math.hypot(...w)
    if (!best || gap > best.gap) best = { w, b: -(low + high) / 2, gap }
  }
  return best
}

// 凸包の頂点を、ひと回りの順に並べたもの（単調鎖）。
export function hull(points) {
  const sorted = points.map(([x, y]) => [x, y]).sort((p, q) => p[0] - q[0] || p[1] - q[1])
  if (sorted.length < 3) return sorted
  const half = list => {
    const chain = []
    for (const p of list) {
      while (chain.length > 1 && cross(minus(chain.at(-1), chain.at(-2)), minus(p, chain.at(-2))) <= 0) chain.pop()
      chain.push(p)
    }
    return chain.slice(0, -1)
  }
  return [...half(sorted), ...half(sorted.reverse())]
}

// 線 w·x + b = 0 のうち、正方形 [low, high]² に入る部分の両端。入らなければ空。
export function clip({ w, b }, low, high) {
  const ends = []
  for (const at of [low, high]) {
    if (w[1]) ends.push([at, -(b + w[0] * at) / w[1]])
    if (w[0]) ends.push([-(b + w[1] * at) / w[0], at])
  }
  const inside = ends.filter(end => end.every(v => v >= low - 1e-9 && v <= high + 1e-9))
  const far = inside.find(end => Math.hypot(...minus(end, inside[0])) > 1e-9)
  return far ? [inside[0], far] : []
}
