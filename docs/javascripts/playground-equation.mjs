// いま網が計算している式。行列の数だけを、学習が進むたびに書きかえる。

const NAMES = { linear: "", step: "H", sigmoid: "σ", tanh: "tanh", relu: "ReLU" }

const math = (name, attributes, ...children) => {
  const element = document.createElementNS("http://www.w3.org/1998/Math/MathML", name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}
const row = (...children) => math("mrow", {}, ...children)
const sign = text => math("mo", {}, text)
const letter = (text, below) => below ? math("msub", {}, letter(text), math("mn", {}, below)) : math("mi", {}, text)
const roof = () => math("mover", { accent: "true" }, letter("y"), sign("^"))
// 括弧の字は伸びないので、線で描く。字は読み上げのために残す
const fence = text => math("mo", { class: "playground-fence", stretchy: "false" }, text)
const inside = (...children) => math("mrow", { class: "playground-paren" }, fence("("), ...children, fence(")"))
const applied = (name, ...children) => name ? row(math("mi", { class: "playground-name" }, name), inside(...children)) : inside(...children)
const written = value => value.toFixed(2).replace("-0.00", "0.00").replace("-", "−")

export function equation(box, collapse) {
  const home = box.querySelector(".playground-equation"), line = box.querySelector(".playground-line")
  let cells, signs, sizes            // 行列の数と、畳んだ 1 行の符号と大きさ

  function matrix(values, m, n) {
    const rows = Array.from({ length: m }, (_, i) => math("mtr", {}, ...Array.from({ length: n }, (_, j) => {
      const number = math("mn", {})
      cells.push([number, values, i * n + j])
      return math("mtd", {}, number)
    })))
    return inside(math("mtable", {}, ...rows))
  }

  function reset({ layers, activation }) {
    cells = []
    sizes = []
    let whole = inside(math("mtable", {}, ...[1, 2].map(k => math("mtr", {}, math("mtd", {}, letter("x", k))))))
    layers.forEach(({ W, b, m, n }, k) => {
      const sum = row(matrix(W, m, n), whole, sign("+"), matrix(b, m, 1))
      whole = applied(k === layers.length - 1 ? "σ" : NAMES[activation], sum)
    })
    home.replaceChildren(math("math", { display: "block" }, row(roof(), sign("="), whole)))
    home.scrollLeft = 0
    line.textContent = activation === "linear" ? "1 層に畳むと " : "あいだの関数が 1 次式ではないので、1 層には畳めません。"
    if (activation !== "linear") return
    signs = [math("mo", { form: "prefix", lspace: "0", rspace: "0" }), sign(""), sign("")]
    sizes = [0, 1, 2].map(() => math("mn", {}))
    const terms = [signs[0], sizes[0], letter("x", 1), signs[1], sizes[1], letter("x", 2), signs[2], sizes[2]]
    line.append(math("math", {}, row(roof(), sign("="), math("mi", {}, "σ"), sign("("), ...terms, sign(")"))))
  }

  function draw(model) {
    if (sizes.length) collapse(model).forEach((value, k) => {
      signs[k].textContent = value < 0 ? "−" : k ? "+" : ""
      sizes[k].textContent = written(Math.abs(value))
    })
    for (const [number, values, k] of cells) {
      const text = written(values[k])
      if (number.textContent !== text) number.textContent = text
    }
  }

  return { reset, draw }
}
