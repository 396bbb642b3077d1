// 計算の記録（テープ）を、1 回ずつの計算でたどる。値は前から後ろへ、勾配は後ろから前へ。
// テープは { name, rule, inputs } の並びで、どの数も、それを使う計算より前にある。

import { sigmoid } from "./numbers.mjs"

// 計算の種類ごとの値と、もとになる数についてのその場の傾き
export const rules = {
  times: { value: (a, b) => a * b, slopes: (a, b) => [b, a] },
  plus: { value: (...parts) => parts.reduce((a, b) => a + b), slopes: (...parts) => parts.map(() => 1) },
  sigmoid: { value: sigmoid, slopes: u => [sigmoid(u) * sigmoid(-u)] },
  square_gap: { value: (y, t) => (y - t) ** 2, slopes: (y, t) => [2 * (y - t), -2 * (y - t)] },
}

// すべての値と勾配と、そこへ着くまでの歩み
export function walk(tape, given) {
  const value = { ...given }, gradient = {}, waiting = {}, steps = []
  const operations = tape.filter(node => node.inputs.length)
  const numbers = node => node.inputs.map(name => value[name])
  for (const node of operations) {
    value[node.name] = rules[node.rule].value(...numbers(node))
    for (const name of node.inputs) waiting[name] = (waiting[name] ?? 0) + 1
    steps.push({ kind: "forward", node, numbers: numbers(node), value: value[node.name] })
  }
  const uses = { ...waiting }, exit = operations.at(-1)
  gradient[exit.name] = 1
  steps.push({ kind: "seed", node: exit, after: 1, waiting: 0 })
  for (const node of [...operations].reverse()) {
    const slopes = rules[node.rule].slopes(...numbers(node)), arriving = gradient[node.name]
    node.inputs.forEach((to, k) => {
      const before = gradient[to] ?? 0, after = gradient[to] = before + arriving * slopes[k]
      waiting[to] -= 1
      steps.push({
        kind: "backward", node, k, to, arriving, slope: slopes[k], before, after, waiting: waiting[to], uses: uses[to],
      })
    })
  }
  return { value, gradient, steps }
}

// はじめから position 歩のあいだに、わかった値と、届いた勾配と、あと何本待つか
export function seen({ steps }, given, position) {
  const value = { ...given }, gradient = {}, waiting = {}
  for (const step of steps.slice(0, position)) {
    if (step.kind === "forward") value[step.node.name] = step.value
    else {
      const to = step.to ?? step.node.name
      gradient[to] = step.after
      waiting[to] = step.waiting
    }
  }
  return { value, gradient, waiting }
}

// 勾配降下法の 1 歩。動かすのは重みとバイアスだけ
export function descend(tape, given, gradient, rate) {
  const moved = { ...given }
  for (const { name, rule } of tape) if (rule === "weight") moved[name] -= rate * gradient[name]
  return moved
}
