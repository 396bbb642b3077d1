// 標準入力の [{path, text}, …] を textlint にかけ、[{path, line, column, message}, …] を返す。
// 引数は、取り込んだ npm のフォルダと、言葉の一覧（prh の YAML）。
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [home, words] = process.argv.slice(2);
const load = createRequire(join(home, "package.json"));
const { TextlintKernel } = load("@textlint/kernel");

const RULES = {
  // 言葉。見出しにも、リンクや強調の中にも、原メモの言い直しにも、同じ言葉を使う。
  prh: {
    rulePaths: [words],
    checkLink: true,
    checkBlockQuote: true,
    checkEmphasis: true,
    checkHeader: true,
  },
  // 英数字の隣は空ける。句読点と括弧の隣は空けない。リンクや強調の中も見る。
  "ja-space-between-half-and-full-width": { space: ["alphabets", "numbers"], lintStyledNode: true },
  "ja-no-space-around-parentheses": true,
  // 図の短い名を並べるときだけ、全角の空白で区切る。
  "ja-no-space-between-full-width": true,
  // 一文は 100 字まで。式は一字、コードは四字に数え、文献の欧文の題は数えない。
  "sentence-length": { max: 100, skipPatterns: ["/[ -~\\u00a0-\\u024f‐-”]{20,}/"] },
  // 読点は四つまで。値を並べた文に要る。名詞のあとの読点は数えない。
  "max-ten": { max: 4 },
  // 漢字は 7 字まで続く。それより長い語は、決まった用語だけ。
  "max-kanji-continuous-len": { max: 7, allow: ["確率的勾配降下法", "確率的勾配降下", "倍精度浮動小数点数"] },
  // 地の文は、です・ます。見出しと箇条書きは、短い句でもよいので見ない。
  "no-mix-dearu-desumasu": { preferInBody: "ですます", preferInHeader: "", preferInList: "", strict: false },
  // 文は「。」で終わる。式や表や箇条書きを導く「:」と「：」は許す。
  "ja-no-mixed-period": { periodMark: "。", allowPeriodMarks: ["：", ":", "）"] },
  // 「が」「を」「で」「から」などの重なりを見る。並べる助詞、くらべる「は」、場所と結果の「に」は重なってよい。
  "no-doubled-joshi": { min_interval: 1, allow: ["も", "や", "と", "か", "ても", "でも", "にも", "は", "に"] },
  "no-dropping-the-ra": true,
  "no-double-negative-ja": true,
  "no-doubled-conjunction": true,
  "no-doubled-conjunctive-particle-ga": true,
  "ja-no-successive-word": true,
  "ja-no-abusage": true,
  // 「命令を実行」の「命令」は、打ちこむ文字のこと。
  "ja-no-redundant-expression": { dictOptions: { dict6: { disabled: true } } },
  "@textlint-rule/no-unmatched-pair": true,
  "no-nfd": true,
  "no-hankaku-kana": true,
  "no-zero-width-spaces": true,
};

const plain = (module) => module.default ?? module;
const packageOf = (id) => (id.includes("/") ? id.replace("/", "/textlint-rule-") : `textlint-rule-${id}`);
const rules = Object.entries(RULES).map(([ruleId, options]) => ({
  ruleId: ruleId.split("/").at(-1),
  rule: plain(load(packageOf(ruleId))),
  options,
}));
const plugins = [{ pluginId: "markdown", plugin: plain(load("@textlint/textlint-plugin-markdown")) }];

const kernel = new TextlintKernel();
const found = [];
for (const { path, text } of JSON.parse(readFileSync(0, "utf8"))) {
  const { messages } = await kernel.lintText(text, { filePath: path, ext: ".md", plugins, rules });
  for (const { ruleId, message, loc } of messages) {
    found.push({ path, rule: ruleId, message, line: loc.start.line, column: loc.start.column });
  }
}
process.stdout.write(JSON.stringify(found));
