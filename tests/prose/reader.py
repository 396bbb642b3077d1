"""原稿から、人の読む文だけを取り出す。

式は「X」、計算された数は「1」、コードは「code」の一語にし、囲みの字下げを解く。
取り出した文のどの字も、原稿のどこから来たかを覚えているので、見つけた所を原稿の場所で言える。
"""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from snippets._engine.blocks import COMPUTED, INLINE_MATH, scan
from snippets._engine.page import prose_of_notebook, shown, split_front_matter

_COMMENT = re.compile(r"<!--.*?-->", re.S)
_MEANING = re.compile(r"^(?:title|description):\s+(.+)$|^\s+\S.*?\s—\s+(.+?)['\"]?$")
_BOX = re.compile(r"(\s*)(?:!!!|\?\?\?\+?) (\w+) \"(.*)\"\s*$")
_REPLACED = (
    (COMPUTED, "1"),
    (re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)"), "code"),
    (INLINE_MATH, "X"),
    (re.compile(r"^(?=[^#\s].*\{ #[\w-]+ \}$)"), "# "),  # 用語集の見出し
    (re.compile(r"\s*\{\s*[#.:][^}]*\}\s*$"), ""),  # 属性
    (re.compile(r"(?<=\[)[^\[\]]+(?=\]\(https?://)"), "link"),  # ほかの人の付けた題
    (re.compile(r"(?<=\S) — (?=\S)"), "——"),
    (re.compile(r"(?<=^:   使わない名: ).*"), "X"),  # 用語集が、使わないと断る名
    (re.compile(r"^:   "), "- "),  # 用語の説明は、箇条書きと同じ
)
_CAPTION = re.compile(r'^\s*(?:"{3})?(.*?)(?:"{3})?$')
_ENGLISH = re.compile(r"^## In English$", re.M)


class Line:
    """一行の文と、それぞれの字の、原稿での桁（1 から）。"""

    def __init__(self, text, columns=None):
        self.text = text
        self.columns = list(range(1, len(text) + 1)) if columns is None else columns

    def __getitem__(self, part):
        return Line(self.text[part], self.columns[part])

    def __add__(self, other):
        return Line(self.text + other.text, self.columns + other.columns)

    def after(self, prefix):
        """前に prefix を置いた行。"""
        first = self.columns[0] if self.columns else 1
        return Line(prefix + self.text, [first] * len(prefix) + self.columns)

    def replace(self, pattern, word):
        """pattern に当たるところを word にした行。"""
        text, columns, end = "", [], 0
        for match in pattern.finditer(self.text):
            start, stop = match.span()
            text += self.text[end:start] + word
            columns += self.columns[end:start] + [self.columns[start]] * len(word)
            end = stop
        return Line(text + self.text[end:], columns + self.columns[end:])


@dataclass
class Prose:
    """一つのファイルの、人の読む文。行の数は原稿と同じ。"""

    path: str
    lines: list

    @property
    def text(self):
        return "\n".join(line.text for line in self.lines)

    def place(self, line, column):
        """原稿での (行, 桁)。column は 1 から。"""
        columns = self.lines[line - 1].columns
        return line, columns[min(column, len(columns)) - 1] if columns else 1


def prose_of(path: Path) -> Prose:
    """ページ、ノートブック、話題のモジュールの文。"""
    text = path.read_text("utf-8")
    if path.suffix == ".md":
        return Prose(shown(path), markdown(text))
    if "# %%" in text:
        cells = prose_of_notebook(text).split("\n")
        offsets = [len(a) - len(b) for a, b in zip(text.split("\n"), cells, strict=True)]
        lines = markdown("\n".join(cells))
        for line, offset in zip(lines, offsets, strict=True):
            line.columns = [column + offset for column in line.columns]
        return Prose(shown(path), lines)
    return Prose(shown(path), module(text))


def markdown(text):
    """Markdown の原稿の行。"""
    if english := _ENGLISH.search(text):
        text = text[: english.start()]
    text = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    head, body = split_front_matter(text)
    first = head.count("\n")
    lines = [_declaration(line) for line in text.split("\n")[:first]]
    return lines + _body(body.split("\n"))


def _declaration(line):
    """front matter の題と、記号の意味。"""
    match = _MEANING.match(line)
    return Line(line)[slice(*match.span(match.lastindex))].after("# ") if match else Line("")


def _body(lines):
    result, boxes = [Line("") for _ in lines], []
    for block in scan(lines):
        line = Line(lines[block.start])
        if block.kind == "figure":
            start = line.text.index("[") + 1
            result[block.start] = line[start : start + len(block.alt)].after("# ")
        elif block.kind == "text":
            result[block.start] = _prose(_unboxed(line, boxes))
    return result


def _unboxed(line, boxes):
    """囲みの字下げを解いた行。囲みの題は見出し、原メモは引用になる。"""
    indent = len(line.text) - len(line.text.lstrip())
    while line.text.strip() and boxes and indent < boxes[-1][0]:
        boxes.pop()
    depth = boxes[-1][0] if boxes else 0
    if box := _BOX.match(line.text):
        boxes.append((indent + 4, box[2]))
        return line[slice(*box.span(3))].after("# ")
    quoted = line.text.strip() and boxes and boxes[-1][1] == "memo"
    return line[depth:].after("> ") if quoted else line[depth:]


def _prose(line):
    """数とコードと式を一語にした行。"""
    for pattern, word in _REPLACED:
        line = line.replace(pattern, word)
    return line


def module(text):
    """話題のモジュールの、ページに出る言葉。図の説明と、図や表に書く文字列。"""
    lines, tree = text.split("\n"), ast.parse(text)
    result = [Line("") for _ in lines]
    hidden = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstring
    hidden |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.Raise) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("plot") and ast.get_docstring(node):
            for k in range(node.body[0].lineno - 1, _blank(lines, node.body[0])):
                result[k] = Line(lines[k])[slice(*_CAPTION.search(lines[k]).span(1))].after("# ")
        elif isinstance(node, ast.Constant) and _is_word(node) and id(node) not in hidden:
            column = len(lines[node.lineno - 1].encode()[: node.col_offset].decode()) + 1
            words = Line(node.value, [column] * len(node.value))
            known = result[node.lineno - 1]
            result[node.lineno - 1] = Line(known.text + "`code`", known.columns + [column] * 6) + words
    return [line.after("# ") if line.text.startswith("`") else line for line in result]


def _blank(lines, docstring):
    """docstring の初めの段落のすぐあとの行。"""
    rest = range(docstring.lineno, docstring.end_lineno)
    return next((k for k in rest if not lines[k].strip()), docstring.end_lineno)


def _is_word(node):
    """和文の、一行の文字列。"""
    return isinstance(node.value, str) and "\n" not in node.value and re.search("[ぁ-んァ-ヶ一-鿿]", node.value)
