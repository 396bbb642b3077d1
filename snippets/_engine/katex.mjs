// 標準入力の一行ごとに [tex, display, spans] を組み、結果の JSON を一行ずつ標準出力へ書く。引数は KaTeX 本体のパス。
//
// 組んだものをためないので、式がいくら多くても、使うメモリは変わらない。
// spans は番号を付けたい [始まり, 終わり) の並び。その範囲から組まれた文字は data-s に番号を持つ。
// 組み上がりは番号のないときと同じで、MathML には何も足さない。範囲ごとに違う色で塗った下絵を別に組み、
// 同じ順に並ぶ文字どうしを突き合わせて、番号だけを写す。並びが合わなければ、番号のない式のままにする。

import { readFileSync, writeFileSync } from "node:fs"
import { pathToFileURL } from "node:url"

const { default: katex } = await import(pathToFileURL(process.argv[2]))

// 許されない命令（\href など）を、KaTeX は例外にせずこの色で塗る
const errorColor = "#bad000"

const { SymbolNode, SvgNode } = katex.__domTree

// 上下に端の付く記号は、包んでも上下に端が付くようにする
const BIG = /^\\(sum|prod|max|min|det|mathop|operatorname\*)/

function painted(tex, spans) {
  const chars = [...tex]
  let result = "", at = 0
  spans.forEach(([start, end], k) => {
    const inside = chars.slice(start, end).join("")
    const color = "#" + (k + 1).toString(16).padStart(6, "0")
    result += chars.slice(at, start).join("") + (BIG.test(inside) ? "\\operatorname*" : "") + `{\\textcolor{${color}}{${inside}}}`
    at = end
  })
  return result + chars.slice(at).join("")
}

// 文字と、その文字のすぐ外の箱。添字の段を支える幅のない文字は、包み方で場所が変わるので除く
function leaves(node, box = null) {
  if (node instanceof SymbolNode) return node.text === "\u200b" ? [] : [[node, box]]
  return node instanceof SvgNode ? [] : (node.children ?? []).flatMap(child => leaves(child, node))
}

function numbered(tree, guide) {
  const marks = leaves(guide).flatMap(([{ text, style }]) => {
    const k = style.color ? parseInt(style.color.slice(1), 16) - 1 : null
    return [...text].map(char => [char, k])
  })
  const plain = leaves(tree)
  if (plain.map(([leaf]) => leaf.text).join("") !== marks.map(([char]) => char).join("")) return
  for (const [leaf, box] of plain) {
    const runs = []
    for (const [text, k] of marks.splice(0, [...leaf.text].length)) {
      if (runs.length && runs.at(-1).k === k) runs.at(-1).text += text
      else runs.push({ text, k })
    }
    if (runs.some(run => run.k !== null)) write(leaf, box, runs)
  }
}

// \max のような名は、名を包む箱に番号を付ける。裸の文字を新しく包むと、字の幅の端数が変わる
function write(leaf, box, runs) {
  if (!leaf.toMarkup().startsWith("<span")) box.setAttribute("data-s", runs[0].k)
  else leaf.toMarkup = () => runs.map((run, i) => markup(leaf, run, i + 1 < runs.length)).join("")
}

// 一続きの文字から切り出した一片。右の余白は最後の一片だけに付く
function markup(leaf, { text, k }, more) {
  const piece = Object.assign(new SymbolNode(text), leaf, { text, italic: more ? 0 : leaf.italic })
  delete piece.toMarkup
  return k === null ? piece.toMarkup() : piece.toMarkup().replace("<span", `<span data-s="${k}"`)
}

// KaTeX は、\max のような名を並んだ二つの要素にする。添字や分数の中では、一つに束ねないと MathML として読めない
const FIXED = /^m(?:sub|sup|subsup|frac|root|under|over|underover)$/

function bundle(node) {
  node.children?.forEach((child, k) => {
    bundle(child)
    if (FIXED.test(node.type) && !child.type && child.children) node.children[k] = new node.constructor("mrow", child.children)
  })
}

function render([tex, displayMode, spans = []]) {
  const settings = { displayMode, errorColor, output: "htmlAndMathml", strict: "error" }
  try {
    const tree = katex.__renderToDomTree(tex, settings)
    if (spans.length) numbered(tree, katex.__renderToHTMLTree(painted(tex, spans), { ...settings, throwOnError: false }))
    bundle(tree.children[0])
    const html = tree.toMarkup()
    return html.includes(errorColor) ? { message: "Unsupported command", column: null } : { html }
  } catch (error) {
    if (!(error instanceof katex.ParseError)) throw error
    // KaTeX は UTF-16 で数え、文字を半分だけ見せることがある。どちらも一文字を単位に直す
    const at = error.position ?? null
    const message = error.rawMessage
      .replace(/^LaTeX-incompatible input.*?: /, "")
      .replace(/[\ud800-\udfff]/, () => String.fromCodePoint(tex.codePointAt(at)))
      .toWellFormed()
    return { message, column: at === null ? null : [...tex.slice(0, at)].length + 1 }
  }
}

for (const line of readFileSync(0, "utf8").split("\n")) writeFileSync(1, JSON.stringify(render(JSON.parse(line))) + "\n")
