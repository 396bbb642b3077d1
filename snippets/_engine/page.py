"""一ページを読む。front matter の宣言と、本文の式・図・表・リンクを集める。"""

import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import ROOT, FormulaError, Problem, settings
from .blocks import COMPUTED, INLINE_MATH, LABEL, scan
from .controls import read_control
from .playground import read_playground
from .widgets import KINDS as WIDGETS
from .widgets import read_widget

DIRECTIVES = ("graph", "ledger", "corrections", "order", "notation")
_DECLARED = re.compile(r"<!--\s*\n(symbols:.*?)-->", re.S)  # ノートブックの記号の宣言
_LINK = re.compile(r"\]\(([^)#\s]+\.md)\b[^)]*\)")
_CODE_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")


@dataclass(frozen=True)
class Formula:
    """ラベルの付いた一つの式。latex は改行も字下げもページのまま、line は最初の行の番号。"""

    path: str
    line: int
    label: str
    latex: str
    expected: bool = True

    def problem(self, error):
        """誤りに場所を足す。位置が分かれば、その行に印を付ける。"""
        if error.span is None:
            return Problem(self.path, self.line, self.label, error.message)
        before = self.latex[: error.span[0]]
        row, column = before.count("\n"), len(before) - (before.rfind("\n") + 1)
        source = self.latex.split("\n")[row]
        lead = len(source) - len(source.lstrip())
        width = max(1, min(error.span[1] - error.span[0], len(source) - column))
        pointer = " " * (column - lead) + "^" * width
        head, _, detail = error.message.partition("\n")
        lines = [f"{head}（{column + 1} 文字目）", detail, f"  {source.strip()}", f"  {pointer}"]
        message = "\n".join(filter(None, lines))
        return Problem(self.path, self.line + row, self.label, message)

    @property
    def tex(self):
        return self.latex.strip()


@dataclass(frozen=True)
class Span:
    """文中の式。mark は書き手の付けた印（when か exempt）、reason はその理由。"""

    line: int
    tex: str
    mark: str = ""
    reason: str = ""


@dataclass
class Page:
    """一ページ分の本文と宣言。name は docs/ からの点つなぎの名。"""

    path: Path
    name: str
    title: str = ""
    symbols: dict = field(default_factory=dict)
    overrides: dict = field(default_factory=dict)
    uses: list = field(default_factory=list)
    arguments: dict = field(default_factory=dict)
    formulas: list = field(default_factory=list)
    figures: list = field(default_factory=list)
    computed: list = field(default_factory=list)
    spans: list = field(default_factory=list)
    directives: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    controls: list = field(default_factory=list)
    widgets: list = field(default_factory=list)
    links: set = field(default_factory=set)
    text: str = ""
    problems: list = field(default_factory=list)

    @property
    def shown(self):
        return shown(self.path)

    def complain(self, line, message, label=""):
        self.problems.append(Problem(self.shown, line, label, message))


def shown(path):
    """誤りに書く、根からの道。"""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def page_name(path, docs):
    return path.relative_to(docs).with_suffix("").as_posix().replace("/", ".")


def read_page(path, docs):
    """ページを読む。読めないところは problems に残し、例外にはしない。"""
    page = Page(path, page_name(path, docs))
    try:
        page.text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        page.complain(line, "UTF-8 で読めない。文字コードを UTF-8 にして保存する")
        return page
    if path.suffix == ".py":
        head, body = "", prose_of_notebook(page.text)
        declared = _DECLARED.search(body)
        _read_front_matter(page, declared[1] if declared else "")
    else:
        head, body = split_front_matter(page.text)
        _read_front_matter(page, head)
    _read_body(page, body, head.count("\n") + 1)
    if not page.title and (heading := re.search(r"^# (.+)$", body, re.M)):
        page.title = heading[1].strip()
    page.links = {page_name(target, docs) for target in page.links if target.is_relative_to(docs)}
    return page


def prose_of_notebook(text):
    """percent 形式のノートブックの、文のセルだけを残したもの。行の番号は変わらない。"""
    lines, prose = [], False
    for line in text.split("\n"):
        prose = "[markdown]" in line if line.startswith("# %%") else prose
        lines.append(line.removeprefix("#").removeprefix(" ") if prose and not line.startswith("# %%") else "")
    return "\n".join(lines)


def split_front_matter(text):
    match = re.match(r"---[ \t]*\n.*?\n---[ \t]*\n", text, re.S)
    return (match.group(), text[match.end() :]) if match else ("", text)


def _read_front_matter(page, head):
    try:
        meta = settings.read(head.strip().strip("-")) or {}
    except settings.Wrong as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        page.complain(line, f"front matter が YAML として読めない: {getattr(error, 'problem', error)}")
        return
    if not isinstance(meta, dict):
        page.complain(1, "front matter は「名前: 値」の形で書く")
        return
    page.title = str(meta.get("title", ""))
    for key, value in (meta.get("symbols") or {}).items():
        (page.overrides if isinstance(value, dict) else page.symbols)[key] = value
    uses = meta.get("uses") or []
    page.uses = uses if isinstance(uses, list) else [uses]
    page.arguments = dict(meta.get("arguments") or {})


def _read_body(page, body, first):
    for block in scan(body.split("\n")):
        line = block.start + first
        if block.kind in ("formula", "refused"):
            _read_formula(page, block, line)
        elif block.kind == "unclosed":
            page.complain(line, "$$ が閉じていない")
        elif block.kind == "figure":
            page.figures.append((line, block.content, block.alt))
        elif block.kind in ("table", "source"):
            page.computed.append((line, block.kind, block.content))
        elif block.kind == "directive":
            _read_directive(page, block, line)
        elif block.kind in ("sliders", "playground", *WIDGETS):
            try:
                _read_moving(page, block, line)
            except FormulaError as error:
                page.complain(line, error.message, block.alt)
        elif block.kind == "notes":
            page.notes += [(line, ident) for ident in block.content.split()]
        elif block.kind == "text":
            _read_text(page, block.content, line)


def _read_moving(page, block, line):
    if block.kind == "sliders":
        page.controls.append((line, read_control(block.alt, block.content)))
    elif block.kind in WIDGETS:
        page.widgets.append((line, block.kind, read_widget(block.kind, block.alt, block.content)))
    else:
        read_playground(block.content)  # 織るときにもう一度読む


def _read_formula(page, block, line):
    labels = LABEL.findall(block.content)
    if len(labels) != 1:
        cause = "\\label がない" if not labels else "\\label が二つ以上ある"
        page.complain(line, f"独立した数式に {cause}。式には一つずつ \\label{{話題.関数}} を付ける")
        return
    latex = LABEL.sub(lambda match: " " * len(match[0]), block.content)
    offset = 1 if block.kind == "refused" else 0
    formula = Formula(page.shown, line + offset, labels[0], latex, block.kind == "formula")
    lead = len(latex) - len(latex.lstrip())
    skipped = latex[:lead].count("\n")
    if skipped:
        latex = latex.split("\n", skipped)[-1]
    page.formulas.append(replace(formula, line=formula.line + skipped, latex=latex.rstrip()))


def _read_directive(page, block, line):
    if block.content not in DIRECTIVES:
        known = "、".join(f"{{{name}}}" for name in DIRECTIVES)
        page.complain(line, f"{{{block.content}}} という指示はない。あるのは {known}")
    elif block.indent:
        page.complain(line, f"{{{block.content}}} は、字下げせずに書く")
    page.directives.append((line, block.content))


def _read_text(page, text, line):
    page.computed += [(line, kind, expression) for kind, expression in COMPUTED.findall(text)]
    prose = _CODE_SPAN.sub(lambda match: " " * len(match[0]), re.sub(r"<!--.*?-->", "", text))
    if "$$" in prose:
        page.complain(line, "$$ は行の先頭に書く。文中の式は $…$ にする")
        return
    for match in INLINE_MATH.finditer(prose):
        mark, _, reason = (match[1] or "").partition(":")
        page.spans.append(Span(line, match[2], mark, reason))
    page.links |= {Path(os.path.normpath(page.path.parent / link)) for link in _LINK.findall(prose)}
