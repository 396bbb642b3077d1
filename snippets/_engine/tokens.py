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


_TOKEN = re.compile(
    r"""
    (?P<space> \s+ | \\[,;:!\ ] | \\(?:displaystyle|limits)(?![A-Za-z]) )
  | (?P<sized> \\(?:left|right|[bB]igg?[lr]?)(?![A-Za-z]) \s* (?P<delimiter> \\[A-Za-z]+ | \\[|{}] | [][()|./<>] ) )
  | (?P<environment> \\(?:begin|end)\{[A-Za-z]+\*?\} )
  | (?P<row> \\\\ (?:\[\d+(?:\.\d+)?(?:pt|em|ex)\])? )
  | (?P<name> \\(?:operatorname\*?|text|mathrm|mathbf|mathit|mathsf|boldsymbol|hat|bar|tilde|vec)\{[^{}]*\} )
  | (?P<command> \\[A-Za-z]+ | \\[|{}] )
  | (?P<number> \d+(?:\.\d+)? )
  | (?P<letter> [A-Za-z] )
  | (?P<operator> [-+*/^_=<>(){}\[\],&'|!:] )
    """,
    re.X,
)

# 同じ意味の別の書き方
_ALIAS = {
    r"\dfrac": r"\frac", r"\tfrac": r"\frac", r"\leq": r"\le", r"\geq": r"\ge", r"\neq": r"\ne",
    r"\gets": r"\leftarrow", r"\ln": r"\log", r"\lt": "<", r"\gt": ">",
    r"\wedge": r"\land", r"\vee": r"\lor", r"\neg": r"\lnot", r"\prime": "'",
    r"\mathrm{d}": "d", r"\lbrack": "[", r"\rbrack": "]", r"\dots": r"\ldots",
}  # fmt: skip
_BAR = {"|": r"vert", r"\|": r"Vert"}


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
            kind, text = "operator", _delimiter(match, position, end)
        if kind == "number" and previous in ("_", "^") and len(text) > 1:
            message = f"TeX は {previous}{text} の最初の 1 文字だけを添字にする。{previous}{{{text}}} と書く"
            raise FormulaError(message, (position, end))
        if kind != "space":
            text = "\\\\" if kind == "row" else _ALIAS.get(text, text)
            kind = "letter" if text == "d" else kind
            kind = "operator" if text in ("'", "<", ">", "[", "]") else kind
            yield Token(kind, text, position, end)
            previous = text
        position = end


def _delimiter(match, start, end):
    """\\left| のように大きさを付けた括弧を、向きの分かる一つの字句にする。"""
    command, delimiter = match["sized"].split(match["delimiter"])[0].strip(), match["delimiter"]
    if delimiter in _BAR:
        side = "l" if command == r"\left" or command.endswith("l") else "r"
        if not command.endswith(("l", "r", "left", "right")):
            raise FormulaError(f"{command} では縦棒の開きと閉じが決まらない", (start, end))
        return f"\\{side}{_BAR[delimiter]}"
    if delimiter in (".", "/", "<", ">"):
        raise FormulaError(f"{command}{delimiter} は使えない", (start, end))
    return delimiter


def _unbrace(tokens):
    """{x} を x と同じ一字句にまとめる。位置は波括弧ごと覚える。"""
    result, i = [], 0
    while i < len(tokens):
        texts = [token.text for token in tokens[i : i + 3]]
        if len(texts) == 3 and texts[0] == "{" and texts[1] not in "{}" and texts[2] == "}":
            result.append(Token(tokens[i + 1].kind, texts[1], tokens[i].start, tokens[i + 2].end))
            i += 3
        else:
            result.append(tokens[i])
            i += 1
    return result
