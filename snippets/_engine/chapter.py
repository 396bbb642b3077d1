"""一ページの照合。式を上から順に読み、定まったものを次の式へ渡し、図と数も求める。"""

import importlib
import re
import traceback
from dataclasses import dataclass, field
from html import escape

import numpy as np

from . import FormulaError, Problem
from .binding import bind, import_topic, split_label, topic_path, topics
from .check import check
from .evaluate import Scope
from .figure import FigureError, draw
from .nodes import names, walk
from .parser import parse, parse_arguments
from .statements import classify, define, note_code
from .symbols import Symbols, split_names
from .timing import SECONDS, TimeLimit, time_limit

_SPEC = re.compile(r"(.*?)(?::(\.\d+[efg%]|,|d))?", re.S)


@dataclass
class Result:
    """一ページから求めたもの。どれも JSON に書ける。"""

    name: str
    verdicts: dict = field(default_factory=dict)
    sources: dict = field(default_factory=dict)
    refused: dict = field(default_factory=dict)
    figures: dict = field(default_factory=dict)
    computed: dict = field(default_factory=dict)
    math: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)


@dataclass
class Prepared:
    """照合を待つ一つの式。"""

    formula: object
    statements: list
    scope: Scope
    bound: object


def check_page(page, library):
    """ページのすべての式・図・数を求める。誤りは problems にすべて集める。"""
    result = Result(page.name, problems=list(page.problems))
    for formula, prepared in Reading(page, library, result.problems):
        try:
            verdict = check(formula, prepared.statements, prepared.scope, prepared.bound)
        except FormulaError as error:
            if formula.expected:
                result.problems.append(formula.problem(error))
            else:
                result.refused[formula.label] = str(formula.problem(error))
            continue
        if not formula.expected:
            message = "誤りの見本のはずの式が、実装と一致してしまった"
            result.problems.append(formula.problem(FormulaError(message)))
            continue
        result.verdicts[formula.label] = vars(verdict)
        if prepared.bound:
            path, line, text = prepared.bound.source
            result.sources[formula.label] = {"path": str(path), "line": line, "text": text}
    _draw_figures(page, result)
    _compute(page, result)
    return result


class Reading:
    """式を順に読み、(式, Prepared) を渡す。読めない式は problems に書いて飛ばす。"""

    def __init__(self, page, library, problems, active=()):
        self.page, self.library, self.problems = page, library, problems
        self.active = (*active, page.name)
        self.scope = Scope(Symbols())
        self.used = set()

    def complain(self, line, message):
        self.problems.append(Problem(self.page.shown, line, "", message))

    def __iter__(self):
        if not self._declare():
            return
        for formula in self.page.formulas:
            try:
                prepared = self._prepare(formula)
            except FormulaError as error:
                if formula.expected or "実装" in error.message:
                    self.problems.append(formula.problem(error))
                continue
            self._note_used(prepared)
            yield formula, prepared
            if formula.expected and formula.label not in self.page.overrides:
                for statement in prepared.statements:
                    define(statement, self.scope, prepared.bound)
                    if statement.kind == "relation":
                        note_code(statement, self.scope, prepared.bound)
        self._refuse_unused()

    def _refuse_unused(self):
        """宣言したのに、どの式にも現れない記号を断る。"""
        for spelled, text in self.page.symbols.items():
            for name in split_names(spelled):
                if name not in self.used:
                    self.complain(self._line_of(name), f"宣言した記号 {name}（{text}）がどの式にも出てこない")

    def _note_used(self, prepared):
        """式に現れた記号と、その型に現れる次元や端。"""
        pending = set().union(*(names(s.node) for s in prepared.statements))
        if prepared.bound:
            arguments = prepared.bound.arguments.values()
            pending |= {n.args[0].rstrip("'") for a in arguments for n in walk(a) if n.op in ("symbol", "callable")}
        while pending:
            name = pending.pop()
            if name not in self.used and name in prepared.scope.symbols:
                self.used.add(name)
                kind = prepared.scope.symbols[name].type
                mentioned = re.findall(r"[^\s,+.@{}()-]+", ",".join((*kind.dims, kind.low, kind.high, *kind.of)))
                pending |= {*mentioned, *kind.of}

    def _declare(self):
        """記号の表と、使うページの定義をそろえる。"""
        fine = True
        for spelled, text in self.page.symbols.items():
            for name in split_names(spelled):
                try:
                    if "—" not in str(text):
                        raise FormulaError(f"記号 {name} に意味がない。「型 — 意味」と書く")
                    self.scope.symbols.declare(name, text)
                except FormulaError as error:
                    self.complain(self._line_of(name), error.message)
                    fine = False
        for name in self.page.uses:
            try:
                self._include(name)
            except FormulaError as error:
                self.complain(self._line_of(name), error.message)
                fine = False
        return fine

    def _line_of(self, text):
        """front matter の中でその語の現れる行。"""
        lines = self.page.text.split("\n")
        return next((k + 1 for k, line in enumerate(lines) if text in line), 1)

    def _include(self, name):
        if name in self.active:
            raise FormulaError(f"uses が輪になっている: {' → '.join((*self.active, name))}")
        if name not in self.library:
            raise FormulaError(f"uses の {name} というページがない")
        other = Reading(self.library[name], self.library, [], self.active)
        for _ in other:
            pass
        for key, definition in other.scope.definitions.items():
            if definition.parameters is None:
                continue
            self.scope.definitions[key] = definition
            name = key if key in other.scope.symbols else key.rstrip("'")
            self.scope.symbols.include(other.scope.symbols[name])
        self.scope.code |= other.scope.code

    def _prepare(self, formula):
        overrides = self.page.overrides.get(formula.label)
        scope = Scope(self.scope.symbols, dict(self.scope.definitions), dict(self.scope.code))
        if overrides:
            scope.symbols = self.scope.symbols.copy(overrides)
            for name in [n for spelled in overrides for n in split_names(spelled)]:
                for key in (name, name + "'"):
                    scope.definitions.pop(key, None)
                    scope.code.pop(key, None)
        _, function = split_label(formula.label)
        statements = [classify(node, scope) for node in parse(formula.latex, scope.symbols)]
        if function is None:
            return Prepared(formula, statements, scope, None)
        text = self.page.arguments.get(formula.label)
        arguments = parse_arguments(text, scope.symbols) if text else None
        bound = bind(formula.label, scope.symbols, arguments)
        for statement in statements:
            note_code(statement, scope, bound)
        return Prepared(formula, statements, scope, bound)


def _draw_figures(page, result):
    for line, ident, alt in page.figures:
        try:
            topic, _, name = ident.rpartition(".")
            if "." not in topic or not topic_path(topic).is_file():
                raise FormulaError(f"図 {ident} の話題 {topic} が snippets/ にない")
            function = getattr(import_topic(topic), name, None)
            if function is None:
                raise FormulaError(f"図 {ident} を描く関数がない")
            if not alt.strip():
                raise FormulaError(f"図 {ident} に代替テキストがない。何が見えるかを ![…] に書く")
            with time_limit(SECONDS):
                figure = draw(function, ident)
        except FigureError as error:
            result.problems.append(Problem(page.shown, line, ident, str(error)))
        except FormulaError as error:
            result.problems.append(Problem(page.shown, line, ident, error.message))
        except TimeLimit:
            result.problems.append(Problem(page.shown, line, ident, f"{SECONDS:g} 秒たっても描き終わらない"))
        except Exception as error:
            result.problems.append(Problem(page.shown, line, ident, f"図を描けない: {_cause(error)}"))
        else:
            result.figures[ident] = {"svg": figure.svg, "caption": figure.caption}


def _compute(page, result):
    for line, kind, expression in page.computed:
        if kind == "site":
            continue
        try:
            with time_limit(SECONDS):
                value, spec = evaluate(expression)
            html = table_html(*value) if kind == "table" else number_html(value, spec)
        except TimeLimit:
            result.problems.append(Problem(page.shown, line, expression, f"{SECONDS:g} 秒たっても計算が終わらない"))
        except Exception as error:
            result.problems.append(Problem(page.shown, line, expression, f"計算できない: {_cause(error)}"))
        else:
            result.computed[f"{kind}:{expression}"] = html


def _cause(error):
    if isinstance(error, FormulaError):
        return error.message
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/snippets/" in f.filename]
    frames = [f for f in frames if "/_engine/" not in f.filename]
    where = f"（{frames[-1].filename.rpartition('/snippets/')[2]}:{frames[-1].lineno}）" if frames else ""
    return f"{type(error).__name__}: {error}{where}"


def evaluate(expression):
    """本文の式 `activation.sigmoid.derivative(2.0):.2f` の (値, 書式)。"""
    code, spec = _SPEC.fullmatch(expression).groups()
    space = {"np": np}
    for topic in topics():
        if re.search(rf"\b{re.escape(topic)}\b", code):
            import_topic(topic)
            folder = topic.partition(".")[0]
            space[folder] = importlib.import_module(f"snippets.{folder}")
    return eval(code, space), spec


def number_text(value, spec=None):
    """数の書き方。書式がなければ有効数字 4 桁。"""
    if isinstance(value, (bool, np.bool_)):
        return "真" if value else "偽"
    if isinstance(value, (tuple, list)) or np.ndim(value):
        return "(" + ", ".join(number_text(v, spec) for v in value) + ")"
    if isinstance(value, str):
        return value
    if isinstance(value, (int, np.integer)):
        return format(int(value), spec or "d")
    return format(float(value), spec or ".4g")


def number_html(value, spec=None):
    """HTML の数。負号は U+2212、指数は ×10 の肩に書く。"""
    text = escape(number_text(value, spec))
    if isinstance(value, str):
        return text
    text = re.sub(r"e([+-])0*(\d+)", lambda m: f"×10<sup>{'−' if m[1] == '-' else ''}{m[2]}</sup>", text)
    return text.replace("-", "−")


def table_html(headers, rows):
    """見出しと行から表を作る。"""
    head = "".join(f'<th scope="col">{escape(str(h))}</th>' for h in headers)
    body = "".join("<tr>" + "".join(f"<td>{number_html(c)}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
