// 計算の 1 歩を、式と、数を入れた式と、ひとことで言う。

// 有効数字 4 桁。0.0001 より小さければ指数で書く。負号は U+2212
export function written(value) {
  const text = value && Math.abs(value) < 1e-4 ? value.toExponential(3) : value.toPrecision(4)
  const [digits, power] = text.split("e")
  const short = digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits
  return (power ? `${short}e${+power}` : short).replaceAll("-", "−").replace(/^−0$/, "0")
}

// 箱に収まる長さの数
export function boxed(value) {
  const text = written(value)
  return text.length <= 8 ? text : value.toExponential(1).replace("+", "").replaceAll("-", "−")
}

const inside = value => value < 0 ? `(${written(value)})` : written(value)

const shapes = {
  times: { join: parts => parts.join(" × "), word: "かけ算" },
  plus: { join: parts => parts.join(" + "), word: "足し算" },
  sigmoid: { join: ([u]) => `σ(${u.replace(/^\((.*)\)$/, "$1")})`, word: "シグモイド関数" },
  square_gap: { join: ([y, t]) => `(${y} − ${t})²`, word: "ずれの 2 乗" },
}
const slopes = {
  times: (parts, k) => parts[1 - k],
  plus: () => "1",
  sigmoid: ([u]) => `σ′(${u})`,
  square_gap: ([y, t], k) => k ? `(−2(${y} − ${t}))` : `2(${y} − ${t})`,
}

// 名から札を引く表 labels と、出口の名から、歩みを言う関数を作る
export function teller(tape) {
  const labels = Object.fromEntries(tape.map(node => [node.name, node.label]))
  const exit = tape.at(-1).label
  const compound = name => tape.find(node => node.name === name).rule === "times"
  const slope = name => compound(name) ? `∂${exit}/∂(${labels[name]})` : `∂${exit}/∂${labels[name]}`
  const parts = node => node.inputs.map(name => labels[name])

  const told = {
    forward: ({ node, numbers, value }) => [
      `${labels[node.name]} = ${shapes[node.rule].join(parts(node))}`,
      `= ${shapes[node.rule].join(numbers.map(inside))} = ${written(value)}`,
      `${shapes[node.rule].word}を 1 回します。`,
    ],
    seed: ({ node }) => [
      `${slope(node.name)} = 1`,
      "",
      `${exit} が 1 増えれば ${exit} は 1 増えます。ここから逆にたどります。`,
    ],
    backward: ({ node, k, to, arriving, slope: here, before, after, waiting, uses }) => [
      `${slope(to)} に足す: ${slope(node.name)} × ${slopes[node.rule](parts(node), k)}`,
      `${written(before)} + ${inside(arriving)} × ${inside(here)} = ${written(after)}`,
      waiting ? `${labels[to]} は ${uses} か所で使われているので、あと ${waiting} 本を待ちます。`
        : uses > 1 ? `${uses} 本がそろい、足した値が ${slope(to)} です。`
        : tape.find(({ name }) => name === to).inputs.length ? `${slope(to)} が決まり、手前へ送れます。`
        : `${slope(to)} が決まりました。`,
    ],
  }
  return step => told[step.kind](step)
}
