"""変異を試し、結果を表と文にする。断った割合、合計、理由のない変異の差分。"""

import difflib

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from . import ROOT, Problem, report
from .book import DOCS, check_book
from .mutate_code import original
from .mutation import run, stale


def mutate(console, only=None, size=None, docs=DOCS, folder=ROOT / ".cache"):
    """変異を試して結果を書き、終了コードを返す。理由なく通る変異か、古い理由があれば 1。"""
    with console.status("変異のない式を照合しています…"):
        book = check_book(docs, folder / "formulas", only=only)
    problems = book.problems
    if not problems:
        found = _run(console, only, size, docs, folder / "mutation")
        console.print(_table(found))
        for line in totals(found):
            console.print(line, highlight=False, soft_wrap=True)
        problems = [_hole(mutant, *book.labels[mutant.label]) for trials in found for mutant in trials.holes()]
        if size is None:
            problems += map(_stale, stale(found, only is None))
    if problems:
        console.print(report(problems), markup=False, highlight=False, soft_wrap=True)
    return 1 if problems else 0


def _run(console, only, size, docs, folder):
    killed = TextColumn("断った {task.fields[killed]}、残り {task.remaining}")
    with Progress(BarColumn(), MofNCompleteColumn(), killed, TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task("", total=None, killed=0)

        def progress(done, killed, left):
            bar.update(task, completed=done, total=done + left, killed=killed)

        return run(only, size, docs, folder, progress=progress)


def _table(found):
    """式ごとの、断った数と作って試した数。"""
    table = Table("ラベル", box=None, header_style="bold")
    for heading in ("式", "実装", "同じ意味", "断った割合"):
        table.add_column(heading, justify="right")
    for trials in found:
        cells = [_ratio(trials, code) if trials.tried(code) else "" for code in (False, True)]
        same = len(trials.alive()) - len(trials.holes())
        table.add_row(trials.label, *cells, str(same or ""), percent([trials]))
    return table


def _ratio(trials, code):
    tried = trials.tried(code)
    return f"{len(tried) - len(trials.alive(code))}/{len(tried)}"


def percent(found, code=None):
    """同じ意味のものを除いて、断った割合。"""
    holes = sum(len(trials.holes(code)) for trials in found)
    killed = sum(len(trials.tried(code)) - len(trials.alive(code)) for trials in found)
    return f"{100 * killed / (killed + holes):.4g} %" if killed + holes else ""


def totals(found):
    """式と実装の合計の行。"""
    for name, code in (("式", False), ("実装", True)):
        some = [trials for trials in found if trials.tried(code)]
        tried = sum(len(trials.tried(code)) for trials in some)
        alive = sum(len(trials.alive(code)) for trials in some)
        holes = sum(len(trials.holes(code)) for trials in some)
        proved = sum(len(trials.proved(code)) for trials in some)
        yield (
            f"{name} {len(some):,} 件の変異 {tried:,} 個のうち、断った {tried - alive:,}、"
            f"同じ意味と証明 {proved:,}、理由あり {alive - proved - holes:,}、穴 {holes:,}。"
            f"断った割合 {percent(some, code)}"
        )


def _hole(mutant, page, formula):
    """通ってしまった変異。書きかえた行を並べる。"""
    if mutant.is_code:
        path, line, before = original(mutant.target)
    else:
        path, line, before = formula.path, formula.line, formula.latex
    changed = difflib.unified_diff(before.split("\n"), mutant.text.split("\n"), lineterm="", n=0)
    lines = [line for line in changed if not line.startswith(("---", "+++", "@@"))]
    message = "\n".join([f"{mutant.kind}の変異が断られない。検査に穴があるか、同じ意味である", *lines])
    return Problem(path, line, mutant.label, f"{message}\n名: {mutant.name}")


def _stale(name):
    target = name.split(" | ")[0]
    return Problem("snippets/_engine/equivalent.yml", 1, target, f"この変異はもうないか、断られた\n名: {name}")
