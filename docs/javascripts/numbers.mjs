// 式を写した関数が使う、JavaScript にない演算。
export const sum = (low, high, f) => { let total = 0; for (let k = low; k <= high; k++) total += f(k); return total }
export const product = (low, high, f) => { let total = 1; for (let k = low; k <= high; k++) total *= f(k); return total }

// 指数の引数はいつも 0 以下なので、あふれない
export const sigmoid = z => z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z))

// 誤差関数。正の項だけの級数 2/√π e^{-x²} Σ 2ⁿ x^{2n+1} / (2n+1)!!
export function erf(x) {
  if (Math.abs(x) > 6) return Math.sign(x)
  let term = x, total = x
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) total += term *= 2 * x * x / (2 * n + 1)
  return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * total
}
