// 標準入力の [[tex, display], …] を組み、結果の JSON を標準出力へ書く。引数は KaTeX 本体のパス。

import { readFileSync, writeFileSync } from "node:fs"
import { pathToFileURL } from "node:url"

const { default: katex } = await import(pathToFileURL(process.argv[2]))

// 許されない命令（\href など）を、KaTeX は例外にせずこの色で塗る
const errorColor = "#bad000"

function render([tex, displayMode]) {
  try {
    const html = katex.renderToString(tex, { displayMode, errorColor, output: "htmlAndMathml", strict: "error" })
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

writeFileSync(1, JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(render)))
