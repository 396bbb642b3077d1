"""Python-Markdown とのつなぎ目。式・図・表・数を、照合の済んだ結果から引いて織りこむ。

ページの道も front matter もここには届かないので、全ページを先に照合し、ラベルで結果を引く。
誤りが一つでもあれば、一ページも書かないうちに、すべての誤りを並べて止まる。
mkdocs serve だけは止まらず、誤りをページに見せる。
"""

from html import escape

from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from . import FormulaError, katex, report
from .blocks import AFTER_STOP, COMPUTED, INLINE_MATH, LABEL, scan
from .book import DOCS, KATEX_CACHE, math_key
from .controls import controls_html
from .corrections import corrections
from .current import placed_once, serving, sound_book
from .elements import element
from .figure import Figure, figure_html
from .graph_page import SvgLinks, near_map, whole_map
from .late import Regions, begun, hold, region
from .ledger import write
from .ledger_page import ledger
from .moving import MODULES, write_modules
from .notation_page import notation
from .order import reading_order
from .playground import playground_html, read_playground
from .serving import Stop
from .stylesheets import bundle
from .symbol_table import symbol_table
from .weave import formula_html, inline_math, ledger_link, refused_html, site_number
from .widgets import KINDS as WIDGETS


def place_assets(book):
    """サイトに添えるもの。MkDocs はページごとに拡張を作るが、置くのは一度でよい。"""
    katex.copy_assets(DOCS / "assets" / "katex", KATEX_CACHE)
    bundle(DOCS / "stylesheets" / "index.css", DOCS / "assets" / "site.css")
    ledger = DOCS / "ledger.json"
    if not (serving() and ledger.is_file()):  # 見はっている docs/ に書くと、もう一度組みはじめる
        write(book, ledger)
    write_modules(book, DOCS / "assets" / MODULES)


class Weave(Preprocessor):
    """独立した式と図と表を、織った HTML に置きかえる。

    page は、いま織っている式のあるページ。置きどころの行から、cards は式のラベル、notes は原メモの番号を引く。
    tables は、記号の表の置きどころ。
    """

    def __init__(self, md, book):
        super().__init__(md)
        self.book, self.page, self.cards, self.notes, self.tables = book, None, {}, {}, set()

    def run(self, lines):
        result, self.page, self.cards, self.notes, self.tables = [], None, {}, {}, set()
        self.playgrounds = 0
        for block in scan(lines):
            html = self.html(block)
            if block.kind == "formula" and not self.page:
                self.page, _ = self.book.labels[_label(block)]
                result += self.placed(block, "")
                self.tables.add(result[-2].strip())
            if block.kind == "notes":
                result += self.placed(block, "")
                self.notes[result[-2].strip()] = block.content.split()
            elif block.kind == "directive":
                result += ["", *lines[block.start : block.end], ""]
            elif html is None:
                result += lines[block.start : block.end]
            else:
                result += self.placed(block, html)
            if block.kind == "formula":
                self.cards[result[-2].strip()] = _label(block)
        return result

    def placed(self, block, html):
        """HTML を仕舞い、置きどころの行を返す。"""
        return ["", block.indent + self.md.htmlStash.store(html), ""]

    def html(self, block):
        if block.kind == "formula":
            return formula_html(self.book, _label(block))
        if block.kind == "refused":
            return self.refused(_label(block))
        if block.kind == "figure":
            found = (r["figures"].get(block.content) for r in self.book.results.values())
            figure = Figure(**next(filter(None, found)))
            return hold(figure_html(figure, block.alt, block.content, self.sliders(block.content)))
        if block.kind in WIDGETS:
            found = (result["widgets"].get(block.alt) for result in self.book.results.values())
            return hold(next(filter(None, found)))
        if block.kind == "sliders":
            return ""
        if block.kind == "playground":
            self.playgrounds += 1
            return playground_html(read_playground(block.content), f"playground-{self.playgrounds}")
        if block.kind == "table":
            return f'<div class="computed-table">{computed_html(self.book, "table", block.content)}</div>'
        if block.kind == "source":
            return computed_html(self.book, "source", block.content)
        return None

    def sliders(self, ident):
        """図に添えるスライダー。"""
        pairs = ((page, control) for page in self.book.pages.values() for _, control in page.controls)
        found = ((c, page.name, self.book.results[page.name]["scripts"]) for page, c in pairs if c.figure == ident)
        return "".join(controls_html(*each) for each in found)

    def refused(self, label):
        for page in self.book.pages.values():
            for formula in page.formulas:
                if formula.label == label and not formula.expected:
                    return refused_html(self.book, page, formula)
        raise FormulaError(f"誤りの見本 {label} が見つからない")


def _label(block):
    return LABEL.search(block.content)[1]


class InlineMath(InlineProcessor):
    """文中の $…$。前に付いた {when} などの印は消える。"""

    def __init__(self, md, book):
        super().__init__(INLINE_MATH.pattern, md)
        self.book = book

    def handleMatch(self, match, data):
        return self.md.htmlStash.store(inline_html(self.book, match[2])), match.start(0), match.end(0)


class Computed(InlineProcessor):
    """{eval}`…` と {site}`…`。"""

    def __init__(self, md, book):
        super().__init__(COMPUTED.pattern, md)
        self.book = book

    def handleMatch(self, match, data):
        html = computed_html(self.book, match[1], match[2])
        return self.md.htmlStash.store(f'<span class="computed">{html}</span>'), match.start(0), match.end(0)


def inline_html(book, tex):
    """文中の式。本文の外から来たものは、その場で組む。"""
    html = book.math.get(math_key(tex, False))
    if html is None:
        (html,) = katex.render([(tex, False)], KATEX_CACHE)
        if isinstance(html, katex.KatexError):
            raise FormulaError(f"KaTeX が組めない: {html.message}\n  ${tex}$")
    return inline_math(html)


def computed_html(book, kind, expression):
    if kind == "site":
        text = site_number(book, expression)
        if text is None:
            raise FormulaError(f"{{site}}`{expression}` という数はない")
        return escape(text)
    for result in book.results.values():
        if f"{kind}:{expression}" in result["computed"]:
            return result["computed"][f"{kind}:{expression}"]
    raise FormulaError(f"{expression} の計算結果がない")


_DIRECTIVES = {
    "{graph}": lambda book, math: whole_map(book),
    "{ledger}": lambda book, math: ledger(book),
    "{corrections}": lambda book, math: corrections(book),
    "{notation}": notation,
    "{order}": reading_order,
}


class Maps(Treeprocessor):
    """木になった本文に、式の札の外枠と、原メモの番号と、{graph} などの指示の中身と、ページの終わりの地図を入れる。

    外枠の id とリンクが木にあるので、組み立てる側が行き先を確かめられる。
    """

    def __init__(self, md, book, weave):
        super().__init__(md)
        self.book, self.weave = book, weave

    def run(self, root):
        for parent in list(root.iter()):
            for k, child in enumerate(parent):
                if child.tag == "p" and child.text in self.weave.cards:
                    parent[k] = self.card(child, self.weave.cards[child.text])
                elif child.tag == "p" and child.text in self.weave.notes:
                    names = (element("span", id=ident) for ident in self.weave.notes[child.text])
                    parent[k] = element("div", *names, class_="note-ids")
                elif child.tag == "p" and child.text in self.weave.tables:
                    parent[k] = region(symbol_table(self.book, self.weave.page, self.stored))
                elif child.tag == "p" and child.text in _DIRECTIVES:
                    parent[k] = region(_DIRECTIVES[child.text](self.book, self.stored))
        if self.weave.page and (near := near_map(self.book, self.weave.page)) is not None:
            root.append(region(near))

    def card(self, child, label):
        """式の札の外枠。"""
        return element("div", child, *ledger_link(self.book, label), class_="formula", id=label)

    def stored(self, tex):
        """記号を組んで仕舞った置きどころ。"""
        return self.md.htmlStash.store(inline_html(self.book, tex))


class JoinLines(Treeprocessor):
    """一行一文の改行を、和文では空白にしない。句読点のあとの改行を消す。"""

    def run(self, root):
        for node in root.iter():
            if node.tag not in ("pre", "code"):
                node.text = self.joined(node.text)
            node.tail = self.joined(node.tail)

    def joined(self, text):
        return AFTER_STOP.sub("", text) if text else text


class FormulaExtension(Extension):
    """照合してから織る。"""

    def __init__(self, **options):
        self.config = {"fingerprint": ["", "サイトの指紋。変わったことを Zensical に知らせるだけで、ここでは使わない"]}
        super().__init__(**options)

    def extendMarkdown(self, md):
        book = sound_book()
        if book.problems:
            md.preprocessors.register(Stop(md, report(book.problems)), "formula-stop", 29)
            return
        if not self.getConfig("fingerprint"):  # 指紋を求めたときに、もう置いてある
            placed_once(book, place_assets)
        weave = Weave(md, book)
        md.preprocessors.register(weave, "formula", 28)
        md.treeprocessors.register(Maps(md, book, weave), "formula-map", 12)
        md.treeprocessors.register(JoinLines(md), "formula-join", 15)
        md.postprocessors.register(Regions(md), "formula-region", 5)
        if begun():  # MkDocs がリンクを直したあと。Zensical は xlink:href を直さない
            md.treeprocessors.register(SvgLinks(md), "formula-svg", -10)
        md.inlinePatterns.register(Computed(md, book), "formula-computed", 195)
        md.inlinePatterns.register(InlineMath(md, book), "formula-inline", 185)


def makeExtension(**options):
    return FormulaExtension(**options)
