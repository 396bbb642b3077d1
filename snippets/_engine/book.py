"""全ページの照合。変わったページだけを、まっさらなプロセスで調べなおす。

ページの照合は互いに独立なので、プロセスへ配って並べる。話題のモジュールは働き手の中でだけ import され、
親には残らない。実装を直せば、次の照合は必ず新しい実装を見る。
"""

import pickle
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

from . import ROOT, FormulaError, Problem, cache, graph, katex, node
from .binding import topic_path, topics
from .contract import contract
from .fingerprint import sources_key
from .keys import Keys, closure, imports, outside
from .notes import misplaced, read_notes
from .order import circular
from .page import page_name, read_page
from .result import Result
from .symbol_table import spellings
from .timing import PATIENCE, SECONDS

DOCS = ROOT / "docs"
KATEX_CACHE = ROOT / ".cache"
_GRACE = 20
_WHOLE = "book"
_STOPPED = "照合のプロセスが落ちたか、いつまでも終わらない。このページの実装を確かめる"
_MOVED = "調べるあいだに原稿か実装が変わったか、働き手の機械の原稿かライブラリの版が違う。そろえて、もう一度調べる"


@dataclass
class Book:
    """全ページの結果。labels はラベルから (ページ, Formula)、problems は見つかった誤りのすべて。"""

    pages: dict
    results: dict
    problems: list = field(default_factory=list)
    executed: list = field(default_factory=list)
    notes: dict = field(default_factory=dict)

    @cached_property
    def labels(self):
        return {f.label: (page, f) for page in self.pages.values() for f in page.formulas if f.expected}

    @cached_property
    def graph(self):
        return graph.assemble(self.labels, self.results.values())

    @cached_property
    def placed(self):
        """{graph} や {ledger} の名から、それを置いたページ。"""
        return {name: page for page in self.pages.values() for _, name in page.directives}

    @cached_property
    def contradictions(self):
        """式と実装の、向きの矛盾。"""
        return graph.contradictions(self.graph, self.labels, self.pages, self.locations)

    @cached_property
    def locations(self):
        """ラベルから、結ばれた実装の場所。"""
        sources = [item for result in self.results.values() for item in result["sources"].items()]
        return {label: f"{source['path']}:{source['line']}" for label, source in sources}

    @cached_property
    def math(self):
        return {key: html for result in self.results.values() for key, html in result["math"].items()}


class Library(Mapping):
    """名からページ。求められたときに読む。"""

    def __init__(self, docs):
        paths = sorted([*docs.rglob("*.md"), *docs.glob("lab/*.py")])
        self.docs, self.paths, self.pages = docs, {page_name(path, docs): path for path in paths}, {}

    def __getitem__(self, name):
        if name not in self.pages:
            self.pages[name] = read_page(self.paths[name], self.docs)
        return self.pages[name]

    def __iter__(self):
        return iter(self.paths)

    def __len__(self):
        return len(self.paths)


def read_book(docs=DOCS):
    """docs/ のすべてのページと、docs/lab のノートブック。"""
    return dict(Library(docs))


def check_book(docs=DOCS, folder=cache.FOLDER, workers=None, only=None):
    """全ページを照合し、Book にまとめる。only があれば、そのページだけを調べる。

    何も変わっていなければ、前の Book をそのまま返す。
    """
    if only is not None:
        return _checked(docs, folder, workers, only)
    before = sources_key(docs)
    book = cache.load(_WHOLE, before, folder / _WHOLE, pickle.loads)
    if book is None:
        book = _checked(docs, folder, workers)
        if not book.problems and sources_key(docs) == before:
            kept = Book(book.pages, book.results, notes=book.notes)
            cache.save(_WHOLE, before, pickle.dumps(kept), folder / _WHOLE)
    return book


def _checked(docs, folder, workers, only=None):
    pages = read_book(docs)
    chosen = [p for p in pages.values() if only is None or p.name in only]
    key_of = Keys(pages)
    keys = {page.name: key_of(page) for page in chosen}
    results = {page.name: cache.load(page.name, keys[page.name], folder) for page in chosen}
    stale = [page for page in chosen if results[page.name] is None]
    checked, problems = _check_pages(stale, key_of, keys, docs, workers)
    results |= checked
    notes, unreadable = read_notes(docs)
    book = Book(pages, results, problems, [page.name for page in stale], notes)
    if problems:
        return book
    for page in stale:
        book.problems += [Problem(**p) for p in results[page.name]["problems"]]
    _typeset(book, stale)
    if only is None:
        book.problems += contract(pages)
        book.problems += circular(pages)
        book.problems += unreadable or misplaced(notes, pages, docs)
        book.problems += book.contradictions
    wrong = {problem.path for problem in book.problems}
    for page in stale:
        if page.shown not in wrong:
            cache.save(page.name, keys[page.name], cache.packed(results[page.name]), folder)
    return book


def check_one(name, docs):
    """働き手の仕事。一ページを調べて、JSON に書ける形の結果と、調べおわったときの鍵を返す。"""
    from .chapter import check_page

    library = Library(Path(docs))
    result = check_page(library[name], library)
    again = Library(Path(docs))
    return asdict(result), Keys(again)(again[name])


def _check_pages(pages, key_of, keys, docs, workers):
    """変わったページを並べて調べる。(ページの名から結果, 調べられないわけ)。"""
    if not pages:
        return {}, []
    from .workers import ADDRESS, Unreachable, mapped  # 変わらないサイトでは読まない

    heavy_first = sorted(pages, key=lambda p: -len(p.formulas) - 3 * len(p.figures))
    limit = _GRACE + PATIENCE * SECONDS * max(len(p.formulas) + len(p.figures) for p in pages)
    jobs = [(page.name, str(docs)) for page in heavy_first]
    results = {page.name: _wrong(page, _STOPPED) for page in pages}
    try:
        sources = set().union(*map(key_of.sources, pages))
        shared = libraries(sources) if len(pages) > 1 else ()  # 一ページなら、いるものだけを働き手が読む
        for k, found in mapped(check_one, jobs, workers, limit, shared):
            page = heavy_first[k]
            if found:
                result, key = found
                results[page.name] = result if key == keys[page.name] else _wrong(page, _MOVED)
    except Unreachable as error:
        return results, [Problem(ADDRESS, 1, "", str(error))]
    return results, []


def _wrong(page, message):
    return asdict(Result(page.name, problems=[Problem(page.shown, 1, "", message)]))


def libraries(sources=None):
    """働き手が先に読んでおくと得なライブラリ。エンジンと、sources（なければ、すべての話題）が使うもの。"""
    sources = map(topic_path, topics()) if sources is None else sources
    return outside(closure([Path(__file__).with_name("chapter.py"), *sources], imports))


def _typeset(book, pages):
    """式を KaTeX で組む。一度の組版で Node は高々一度しか起きない。"""
    wanted = []
    for page in pages:
        result = book.results[page.name]
        wanted += [(page, f.line, f, f.tex, True, spans_of(f, result)) for f in page.formulas]
        wanted += [(page, span.line, None, span.tex, False, ()) for span in page.spans]
        wanted += [(page, 1, None, spelled, False, ()) for spelled in spellings(page, result)]
    if not wanted:
        return
    try:
        rendered = katex.render([(tex, display, spans) for *_, tex, display, spans in wanted], KATEX_CACHE)
    except node.NodeUnavailable as error:
        book.problems.append(Problem("snippets/_engine/package.json", 1, "", str(error)))
        return
    for (page, line, formula, tex, display, spans), html in zip(wanted, rendered, strict=True):
        if isinstance(html, katex.KatexError):
            book.problems.append(_katex_problem(page, line, formula, tex, html))
        else:
            book.results[page.name]["math"][math_key(tex, display, spans)] = html


def _katex_problem(page, line, formula, tex, error):
    message = f"KaTeX が組めない: {error.message}"
    if formula is None or error.column is None:
        return Problem(page.shown, line, "", f"{message}\n  ${tex}$")
    lead = len(formula.latex) - len(formula.latex.lstrip())
    return formula.problem(FormulaError(message, (lead + error.column - 1, lead + error.column)))


def math_key(tex, display, spans=()):
    """組み上がりの鍵。spans は番号を付けた記号の場所。"""
    return ("$$" if display else "$") + tex + (f" {spans}" if spans else "")


def spans_of(formula, result):
    """式の記号の場所。"""
    return tuple((start, end) for start, end, *_ in result["marks"].get(str(formula.line), []))
