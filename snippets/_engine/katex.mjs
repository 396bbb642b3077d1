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
    const message = error.rawMessage.replace(/^LaTeX-incompatible input.*?: /, "").toWellFormed()
    // position は UTF-16 で数えてあるので、文字の数に直す
    const column = Number.isInteger(error.position) ? [...tex.slice(0, error.position)].length + 1 : null
    return { message, column }
  }
}

writeFileSync(1, JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(render)))
