"""LaTeX を字句に分ける。見た目を変えない空白と大きさの命令は捨て、知らない文字は断る。"""

import re
from dataclasses import dataclass
from functools import lru_cache

from . import FormulaError


@dataclass(frozen=True, slots=True)
class Token:
    """kind は symbol, name, command, environment, row, number, letter, operator, end のいずれか。"""

    kind: str
    text: str
    start: int
    end: int

    @property
    def span(self):
        return self.start, self.end


_FONTS = (
    "mathrm|mathbf|mathit|mathsf|mathtt|mathcal|mathbb|mathscr|mathfrak|boldsymbol|bm|textbf|textit|texttt|"
    "hat|bar|tilde|vec|widehat|widetilde|overline|dot|check"
)
_TOKEN = re.compile(
    rf"""
    (?P<space> \s+ | ~ | \\[,;:!>\ ] | \\(?:displaystyle|textstyle|limits|nolimits|nonumber|notag)(?![A-Za-z])
        | \\tag\{{[^{{}}]*\}} | [.,;](?= \s* (?: \Z | & | \\\\ | \\end\{{ ) ) )
  | (?P<array> \\left\s*\\\{{\s*\\begin\{{array\}}\{{[lcr\s]*\}} | \\end\{{array\}}\s*\\right\s*\. )
  | (?P<sized> \\(?:left|right|middle|[bB]igg?[lrm]?)(?![A-Za-z]) \s*
        (?P<delimiter> \\[A-Za-z]+ | \\[|{{}}] | [][()|./<>] ) )
  | (?P<environment> \\(?:begin|end)\{{[A-Za-z]+\*?\}} )
  | (?P<row> \\\\ (?:\[\d+(?:\.\d+)?(?:pt|em|ex)\])? )
  | (?P<name> \\(?:operatorname\*?|text|textrm|mbox|mathop|{_FONTS})\{{(?:[^{{}}]|\{{[^{{}}]*\}})*\}}
        | \{{\s*\\(?:rm|bf|it|sf|cal)(?![A-Za-z])[^{{}}]*\}}
        | \\(?:{_FONTS})(?![A-Za-z])\s*(?:[A-Za-z0-9]|\\[A-Za-z]+) | \\arg(?:\\[,!]|\s)*\\(?:max|min)(?![A-Za-z]) )
  | (?P<command> \\[A-Za-z]+ | \\[|{{}}_] )
  | (?P<number> \d+(?:\.\d+)? )
  | (?P<letter> [A-Za-z] )
  | (?P<operator> [-+*/^_=<>(){{}}\[\],;&'|!:] )
    """,
    re.X,
)
_SCIENTIFIC = re.compile(r"e[-+]?\d")

# 同じ意味の別の書き方
_ALIAS = {
    r"\dfrac": r"\frac", r"\tfrac": r"\frac", r"\cfrac": r"\frac", r"\dbinom": r"\binom", r"\tbinom": r"\binom",
    r"\leq": r"\le", r"\geq": r"\ge", r"\neq": r"\ne", r"\leqslant": r"\le", r"\geqslant": r"\ge",
    r"\equiv": "=", r"\doteq": "=", r"\triangleq": "=", r"\gets": r"\leftarrow", r"\ln": r"\log",
    r"\lt": "<", r"\gt": ">",
    r"\wedge": r"\land", r"\vee": r"\lor", r"\neg": r"\lnot", r"\prime": "'", r"\circ": r"\odot",
    "*": r"\times", r"\ast": r"\times", r"\parallel": r"\|", r"\vert": "|", r"\Vert": r"\|",
    r"\mathrm{d}": "d", r"\lbrack": "[", r"\rbrack": "]", r"\lbrace": r"\{", r"\rbrace": r"\}",
    r"\dots": r"\ldots", r"\dotsc": r"\ldots", r"\dotsb": r"\cdots",
    r"\argmax": r"\operatorname*{argmax}", r"\argmin": r"\operatorname*{argmin}",
    r"\operatorname{E}": r"\mathbb{E}", r"\mathrm{E}": r"\mathbb{E}", r"\mathbb{V}": r"\operatorname{Var}",
    r"\mathrm{Var}": r"\operatorname{Var}", r"\text{Var}": r"\operatorname{Var}",
    r"\begin{align}": r"\begin{aligned}", r"\end{align}": r"\end{aligned}",
    r"\begin{align*}": r"\begin{aligned}", r"\end{align*}": r"\end{aligned}",
    r"\begin{split}": r"\begin{aligned}", r"\end{split}": r"\end{aligned}",
    r"\begin{dcases}": r"\begin{cases}", r"\end{dcases}": r"\end{cases}",
}  # fmt: skip
for _function in ("exp", "log", "ln", "tanh", "sinh", "cosh", "sin", "cos", "tan", "max", "min", "det", "erf"):
    for _font in ("text", "mathrm", "operatorname"):
        _ALIAS[rf"\{_font}{{{_function}}}"] = {"ln": r"\log", "erf": r"\operatorname{erf}"}.get(
            _function, rf"\{_function}"
        )
_BAR = {"|": "vert", r"\|": "Vert", r"\vert": "vert", r"\Vert": "Vert"}
_NOT_FACTOR = {
    r"\cdot", r"\times", r"\odot", r"\bmod", r"\land", r"\lor", r"\oplus", r"\leftarrow", r"\coloneqq",
    r"\le", r"\ge", r"\ne", r"\in", r"\rvert", r"\rVert", r"\|", r"\mid", r"\}", r"\rfloor", r"\rceil", r"\rangle",
    r"\top", r"\intercal", r"\choose", r"\vdots", r"\ldots", r"\cdots", r"\quad", r"\qquad", r"\end",
}  # fmt: skip


def starts_factor(token):
    """積の因子の始まりになれる字句か。"""
    if token.kind == "name":
        return not token.text.startswith(r"\text{")
    if token.kind == "environment":
        return token.text.startswith(r"\begin")
    if token.kind == "command":
        return token.text not in _NOT_FACTOR
    return token.kind in ("symbol", "number", "letter") or token.text in ("(", "[", "{")


def tokenize(latex):
    """LaTeX を字句の並びにする。{x} のように一字句だけの波括弧は、その字句と同じである。"""
    return _unbrace(list(_scan(latex)))


@lru_cache(4096)
def spelling(latex):
    """記号のつづり。空白や波括弧の違いを除いた字句の並び。"""
    return tuple(token.text for token in tokenize(latex))


def _scan(latex):
    position, previous = 0, ""
    while position < len(latex):
        match = _TOKEN.match(latex, position)
        if not match:
            raise FormulaError(f"読めない文字 {latex[position]}", (position, position + 1))
        kind, text, end = match.lastgroup, match.group(), match.end()
        if kind == "sized":
            text = _delimiter(match, position, end)
            kind = "command" if text.startswith("\\") else "operator"
        if kind == "array":
            kind, text = "environment", r"\begin{cases}" if text.startswith(r"\left") else r"\end{cases}"
        if kind == "number":
            _refuse_number(latex, previous, position, end)
        if kind == "name":
            text = _name(text)
        if kind != "space":
            text = "\\\\" if kind == "row" else _ALIAS.get(text, text)
            kind = "letter" if text == "d" else kind
            kind = "command" if kind == "name" and "{" not in text else kind
            kind = "operator" if text in ("'", "<", ">", "[", "]", "=", "|") else kind
            yield Token(kind, text, position, end)
            previous = text
        position = end


def _refuse_number(latex, previous, start, end):
    """組むと別のものに見える数。"""
    text = latex[start:end]
    if previous in ("_", "^") and len(text) > 1:
        message = f"TeX は {previous}{text} の最初の 1 文字だけを添字にする。{previous}{{{text}}} と書く"
        raise FormulaError(message, (start, end))
    if match := _SCIENTIFIC.match(latex, end):
        written = text + match.group()
        message = f"{written} は 10 の累乗か e との積か決まらない。10^{{-5}} のように書くか、\\cdot を入れる"
        raise FormulaError(message, (start, match.end()))


def _name(text):
    """書体や飾りの命令のつづり。\\mathbf w と \\mathbf{ w }、\\arg\\max と \\operatorname{arg\\,max} は同じ。"""
    if text.startswith("{"):
        return _name(re.sub(r"\{\s*\\(\w+)\s*([^{}]*)\}", r"\\math\1{\2}", text))
    command, inner = re.fullmatch(r"(\\[A-Za-z]+\*?)\s*(.*)", text, re.S).groups()
    inner = inner[1:-1] if inner.startswith("{") else inner
    if command in (r"\text", r"\textrm", r"\mbox"):
        return rf"\text{{{inner.replace('~', ' ').strip()}}}"
    for best in ("max", "min"):
        if re.sub(r"\\(?:operatorname\*?|mathrm)|\\[,!]|[\\{}\s]", "", text.replace(r"\mathop", "")) == "arg" + best:
            return rf"\operatorname*{{arg{best}}}"
    return _name(inner) if command == r"\mathop" else rf"{command}{{{inner.strip()}}}"


def _delimiter(match, start, end):
    """\\left| のように大きさを付けた括弧を、向きの分かる一つの字句にする。"""
    command, delimiter = match["sized"].split(match["delimiter"])[0].strip(), match["delimiter"]
    if delimiter in _BAR and command != r"\middle":
        side = "l" if command == r"\left" or command.endswith("l") else "r"
        if not command.endswith(("l", "r", "left", "right")):
            raise FormulaError(f"{command} では縦棒の開きと閉じが決まらない", (start, end))
        return f"\\{side}{_BAR[delimiter]}"
    if delimiter in (".", "/"):
        raise FormulaError(f"{command}{delimiter} は使えない", (start, end))
    return {"<": r"\langle", ">": r"\rangle"}.get(delimiter, delimiter)


def _unbrace(tokens):
    """{x} を x と同じ一字句にまとめる。位置は波括弧ごと覚える。"""
    result, i = [], 0
    while i < len(tokens):
        texts = [token.text for token in tokens[i : i + 3]]
        if len(texts) == 3 and texts[0] == "{" and texts[1] not in "{}" and texts[2] == "}":
            result.append(Token(tokens[i + 1].kind, texts[1], tokens[i].start, tokens[i + 2].end))
            i += 3
        elif texts[:2] == ["{", "}"] and result and result[-1].text in "{(=+-,":
            i += 2
        else:
            result.append(tokens[i])
            i += 1
    return result
