"""全ページの照合。変わったページだけを、まっさらなプロセスで調べなおす。

ページの照合は互いに独立なので、プロセスへ配って並べる。話題のモジュールは働き手の中でだけ import され、
親には残らない。実装を直せば、次の照合は必ず新しい実装を見る。
"""

import contextlib
import os
from concurrent.futures import TimeoutError, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

from . import ROOT, FormulaError, Problem, cache, graph, katex, node
from .binding import path_of_tests, public_functions, split_label, topic_path, topics
from .notes import misplaced, read_notes
from .order import circular
from .page import read_page, shown
from .result import Result
from .symbol_table import spellings
from .timing import PATIENCE, SECONDS
from .workers import pool

DOCS = ROOT / "docs"
KATEX_CACHE = ROOT / ".cache"
_GRACE = 20


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


def read_book(docs=DOCS):
    """docs/ のすべてのページと、docs/lab のノートブック。"""
    paths = sorted([*docs.rglob("*.md"), *docs.glob("lab/*.py")])
    return {page.name: page for page in (read_page(path, docs) for path in paths)}


def check_book(docs=DOCS, folder=cache.FOLDER, workers=None, only=None):
    """全ページを照合し、Book にまとめる。only があれば、そのページだけを調べる。"""
    pages = read_book(docs)
    chosen = [p for p in pages.values() if only is None or p.name in only]
    engine = cache.engine_key()
    keys = {page.name: cache.page_key(page, pages, engine) for page in chosen}
    results = {page.name: cache.load(page.name, keys[page.name], folder) for page in chosen}
    stale = [page for page in chosen if results[page.name] is None]
    results |= _check_pages(stale, docs, workers)
    notes, unreadable = read_notes(docs)
    book = Book(pages, results, executed=[page.name for page in stale], notes=notes)
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
            cache.save(page.name, keys[page.name], results[page.name], folder)
    return book


def check_one(name, docs):
    """働き手の仕事。一ページを調べて、JSON に書ける形で返す。"""
    from .chapter import check_page

    pages = read_book(Path(docs))
    result = check_page(pages[name], pages)
    return asdict(result)


def _check_pages(pages, docs, workers):
    """変わったページを並べて調べる。働き手が止まれば、残ったページを一つずつ調べて、止めたものを突きとめる。"""
    heavy_first = sorted(pages, key=lambda p: -len(p.formulas) - 3 * len(p.figures))
    results = _distribute(heavy_first, docs, workers or os.cpu_count())
    for page in pages:
        if page.name not in results:
            results |= _distribute([page], docs, 1) or {page.name: _stopped(page)}
    return results


def _distribute(pages, docs, workers):
    """終わったページの結果。プロセスが落ちるか、時間を過ぎれば、そこまでで打ち切る。"""
    if not pages:
        return {}
    results, limit = {}, _GRACE + PATIENCE * SECONDS * max(len(p.formulas) + len(p.figures) for p in pages)
    crew = pool(min(workers, len(pages)))
    futures = {crew.submit(check_one, page.name, str(docs)): page for page in pages}
    try:
        for future in as_completed(futures, timeout=limit * len(pages)):
            results[futures[future].name] = future.result()
    except (BrokenProcessPool, TimeoutError):
        for process in list(crew._processes.values()):
            process.kill()
    finally:
        crew.shutdown(wait=True, cancel_futures=True)
    return results


def _stopped(page):
    message = "照合のプロセスが落ちたか、いつまでも終わらない。このページの実装を確かめる"
    return asdict(Result(page.name, problems=[Problem(page.shown, 1, "", message)]))


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


def contract(pages):
    """ページと実装とテストと図が、互いにそろっていること。"""
    problems, owner, shown_figures, bound_topics = [], {}, set(), set()
    for page in pages.values():
        shown_figures |= {ident for _, ident, _ in page.figures}
        for formula in page.formulas:
            if not formula.expected:
                continue
            if formula.label in owner:
                message = f"ラベルが {owner[formula.label]} と重なっている"
                problems.append(Problem(page.shown, formula.line, formula.label, message))
            owner[formula.label] = f"{page.shown}:{formula.line}"
            with contextlib.suppress(FormulaError):
                bound_topics.add(split_label(formula.label)[0])
    placed = set()
    for page, line, name in ((p, line, name) for p in pages.values() for line, name in p.directives):
        if name in placed:
            problems.append(Problem(page.shown, line, "", f"{{{name}}} は、サイトに一つだけ書く"))
        placed.add(name)
    for topic in topics():
        problems += _topic_contract(topic, pages, bound_topics, shown_figures)
    return problems


def _topic_contract(topic, pages, bound_topics, figures):
    path = topic_path(topic)
    try:
        plots = [name for name in public_functions(topic) if name == "plot" or name.startswith("plot_")]
    except FormulaError as error:
        return [Problem(shown(path), 1, topic, error.message)]
    causes = []
    if topic not in pages:
        causes.append(f"docs/{topic.replace('.', '/')}.md がない。話題には同じ名のページがいる")
    if topic not in bound_topics:
        causes.append("この話題に結ばれた式がどのページにもない")
    if not path_of_tests(topic).is_file():
        causes.append(f"{path_of_tests(topic).relative_to(ROOT)} がない。話題には同じ名のテストがいる")
    if "plot" not in plots:
        causes.append("図を描く plot がない")
    causes += [f"図 {topic}.{n} がどのページにも出ていない" for n in plots if f"{topic}.{n}" not in figures]
    return [Problem(shown(path), 1, topic, cause) for cause in causes]
