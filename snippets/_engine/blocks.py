"""本文の行を、数式・図・表・実装・指示・ふつうの文に分ける。

検査も Markdown 拡張も、この scan 一つで本文を分ける。片方にだけ見える式はない。
"""

import re
from dataclasses import dataclass

from .widgets import KINDS as WIDGETS

LABEL = re.compile(r"\\label\{([^{}]*)\}")
INLINE_MATH = re.compile(r"(?:\{([a-z]+(?::[^{}]*)?)\})?(?<![\\$])\$(?![\s$])((?:\\.|[^$\\\n])+?)(?<!\s)\$(?![\d$])")
COMPUTED = re.compile(r"\{(eval|site)\}`([^`\n]+)`")
AFTER_STOP = re.compile(r"(?<=[。、！？」）：])[ \t]*\n[ \t]*")  # 一行一文の改行
_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*\{?\.?([\w-]*)")
_CONTROLS = re.compile(rf"\s*```(?:({'|'.join(('sliders', *WIDGETS))}) ([a-z_][\w.]*)|(playground))\s*$")
_FIGURE = re.compile(r"\s*!\[([^\]]*)\]\(([a-z_]\w*(?:\.[a-z_]\w*)+)\)\s*$")
_COMPUTED_BLOCK = re.compile(r"\s*\{(table|source)\}`([^`]+)`\s*$")
_DIRECTIVE = re.compile(r"\s*\{(\w+)\}\s*$")
_NOTES = re.compile(r"\s*<!--((?:\s+[A-Z]-\d+[a-z]?)+)\s+-->\s*$")
_IMAGES = (".png", ".jpg", ".svg", ".webp", ".gif")


@dataclass(frozen=True)
class Block:
    """本文のひとまとまり。

    kind は formula, refused, figure, table, source, directive, notes, sliders, stepper, choices, board,
    playground, code, text, unclosed。
    [start, end) は行の番号（0 から）。content は式・図や表や指示の名・原メモの番号・行、
    alt は図の代替テキストか、動かす図の名。
    """

    kind: str
    start: int
    end: int
    content: str = ""
    alt: str = ""
    indent: str = ""


def scan(lines):
    """行の並びを Block に分ける。どの行も、ちょうど一つの Block に入る。"""
    i = 0
    while i < len(lines):
        line, stop = lines[i], i + 1
        indent = line[: len(line) - len(line.lstrip())]
        if controls := _CONTROLS.match(line):
            stop = _closing(lines, i, _ends_fence("```"))
            body = "\n".join(lines[i + 1 : stop - 1])
            yield Block(controls[1] or controls[3], i, stop, body, controls[2] or "", indent)
        elif fence := _FENCE.match(line):
            stop = _closing(lines, i, _ends_fence(fence[1]))
            kind = "refused" if fence[2] == "refused" else "code"
            yield Block(kind, i, stop, "\n".join(lines[i + 1 : stop - 1]), indent=indent)
        elif line.lstrip().startswith("$$"):
            stop = _closing(lines, i, lambda text: text.rstrip().endswith("$$"), line.lstrip()[2:])
            body = "\n".join(lines[i:stop]).strip()
            closed = len(body) >= 4 and body.endswith("$$")
            content = body[2:-2] if closed else body[2:]
            yield Block("formula" if closed else "unclosed", i, stop, content, indent=indent)
        elif (figure := _FIGURE.match(line)) and not figure[2].endswith(_IMAGES):
            yield Block("figure", i, stop, figure[2], figure[1], indent)
        elif computed := _COMPUTED_BLOCK.match(line):
            yield Block(computed[1], i, stop, computed[2], indent=indent)
        elif directive := _DIRECTIVE.match(line):
            yield Block("directive", i, stop, directive[1], indent=indent)
        elif notes := _NOTES.match(line):
            yield Block("notes", i, stop, notes[1].strip(), indent=indent)
        else:
            yield Block("text", i, stop, line, indent=indent)
        i = stop


def _ends_fence(mark):
    return lambda line: line.strip().startswith(mark) and set(line.strip()) == {mark[0]}


def _closing(lines, start, closes, rest=None):
    """閉じの次の行。rest は開きと同じ行に残る文。"""
    if rest is not None and rest.rstrip().endswith("$$"):
        return start + 1
    return next((k + 1 for k in range(start + 1, len(lines)) if closes(lines[k])), len(lines))
