"""一ページの照合。式を上から順に読み、定まったものを次の式へ渡し、図と数も求める。"""

import contextlib
import traceback

from . import FormulaError, Problem
from .binding import import_topic, is_topic
from .check import check
from .computed import code_html, evaluate, number_html, source_html, table_html
from .drawing import draw
from .evidence import strongest
from .figure import FigureError
from .graph import references
from .marks import guests, marks
from .moving import entries
from .reading import Reading
from .result import Result
from .spans import judge, scope_of_prose
from .timing import SECONDS, TimeLimit, time_limit
from .widgets import widget_html

_HTML = {
    "eval": number_html,
    "table": lambda value, _: table_html(*value),
    "source": lambda value, _: source_html(value),
}


def check_page(page, library):
    """ページのすべての式・図・数を求める。誤りは problems にすべて集める。"""
    result = Result(page.name, problems=list(page.problems))
    reading = Reading(page, library, result.problems, result.refused)
    known = {}
    for formula, prepared in reading:
        known[formula.label] = prepared
        result.marks[str(formula.line)] = marks(formula, prepared)
        result.guests |= guests(page, formula, prepared)
        try:
            verdict = check(formula, prepared.statements, prepared.scope, prepared.bound)
        except FormulaError as error:
            reading.refuse(formula, error)
            continue
        if not formula.expected:
            message = "誤りの見本のはずの式が、実装と一致してしまった"
            result.problems.append(formula.problem(FormulaError(message)))
            continue
        evidence = strongest(prepared.statements, prepared.scope, verdict)
        result.verdicts[formula.label] = {**vars(verdict), **vars(evidence)}
        declared = prepared.scope.symbols.declared()
        result.symbols[formula.label] = [[s.name, s.text, s.meaning] for s in declared if s.name in prepared.used]
        result.references[formula.label] = references(formula.label, prepared)
        if prepared.bound:
            path, line, text = prepared.bound.source
            result.sources[formula.label] = {"path": str(path), "line": line, "html": code_html(text)}
    _judge_spans(page, reading, result)
    _draw_figures(page, result)
    _build_widgets(page, result)
    _write_scripts(page, result, known)
    _compute(page, result)
    return result


def _judge_spans(page, reading, result):
    """文中の式に判定を付ける。判定のない式は誤りである。"""
    scope = scope_of_prose(page, reading.scope)
    for span in page.spans:
        try:
            kind, evidence = judge(span, scope)
        except FormulaError as error:
            result.problems.append(Problem(page.shown, span.line, "", f"${span.tex}$ — {error.message}"))
        else:
            result.spans.append({**vars(span), "kind": kind, **vars(evidence)})


@contextlib.contextmanager
def _noted(result, page, line, name, failed="計算できない", late="計算が終わらない"):
    """中で起きた誤りを、ページの場所とともに書きとめる。かかりすぎる計算は止める。"""

    def note(message):
        result.problems.append(Problem(page.shown, line, name, message))

    try:
        with time_limit(SECONDS):
            yield
    except FigureError as error:
        note(str(error))
    except FormulaError as error:
        note(error.message)
    except TimeLimit:
        note(f"{SECONDS:g} 秒たっても{late}")
    except Exception as error:
        note(f"{failed}: {_cause(error)}")


def _write_scripts(page, result, known):
    """動く図の式を JavaScript に写す。"""
    for line, control in page.controls:
        with _noted(result, page, line, control.figure):
            if control.figure not in result.figures:
                raise FormulaError("スライダーは、同じページの図のすぐ下に書く")
            for name, entry in entries(control, result.figures[control.figure]["svg"], known).items():
                if result.scripts.setdefault(name, entry) != entry:
                    raise FormulaError(f"{name} の動く文字が、このページの別の図と違う")


def _draw_figures(page, result):
    for line, ident, alt in page.figures:
        with _noted(result, page, line, ident, "図を描けない", "描き終わらない"):
            function = _drawing(ident)
            if not alt.strip():
                raise FormulaError(f"図 {ident} に代替テキストがない。何が見えるかを ![…] に書く")
            figure = draw(function, ident)
            result.figures[ident] = {"svg": figure.svg, "caption": figure.caption}


def _drawing(ident):
    """図の名から、話題の関数。"""
    topic, _, name = ident.rpartition(".")
    if not is_topic(topic):
        raise FormulaError(f"図 {ident} の話題 {topic} が snippets/ にない")
    function = getattr(import_topic(topic), name, None)
    if function is None:
        raise FormulaError(f"図 {ident} を描く関数がない")
    return function


def _build_widgets(page, result):
    """触れる図を、はじめの状態で描く。"""
    for line, kind, widget in page.widgets:
        with _noted(result, page, line, widget.function):
            result.widgets[widget.function] = widget_html(kind, widget, _drawing(widget.function))


def _compute(page, result):
    for line, kind, expression in page.computed:
        if kind == "site":
            continue
        with _noted(result, page, line, expression):
            result.computed[f"{kind}:{expression}"] = _HTML[kind](*evaluate(expression))


def _cause(error):
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/snippets/" in f.filename]
    frames = [f for f in frames if "/_engine/" not in f.filename]
    where = f"（{frames[-1].filename.rpartition('/snippets/')[2]}:{frames[-1].lineno}）" if frames else ""
    return f"{type(error).__name__}: {error}{where}"
