"""ページの式を順に読む。記号の表と定義を積みあげ、照合できる形にして渡す。"""

import contextlib
from dataclasses import dataclass
from functools import cached_property

from . import FormulaError, Problem
from .binding import bind, split_label
from .declarations import split_names
from .nodes import callables, names
from .parser import parse, parse_arguments
from .scope import Scope
from .statements import classify, define, note_code
from .symbols import Symbols, symbolize
from .tokens import tokenize


@dataclass
class Prepared:
    """照合を待つ一つの式。"""

    statements: list
    scope: Scope
    bound: object

    @cached_property
    def used(self):
        """式に現れた記号の名と、その型に現れる次元や端の名。"""
        found = set().union(*(names(s.node) for s in self.statements))
        for argument in self.bound.arguments.values() if self.bound else ():
            found |= names(argument) | callables(argument)
        return self.scope.symbols.reached(found)


class Reading:
    """式を順に読み、(式, Prepared) を渡す。読めない式は problems に、誤りの見本なら refused に書いて飛ばす。"""

    def __init__(self, page, pages, problems, refused=None, active=()):
        self.page, self.pages, self.problems = page, pages, problems
        self.refused = {} if refused is None else refused
        self.active = (*active, page.name)
        self.scope = Scope(Symbols())
        self.used = set()

    def complain(self, line, message):
        self.problems.append(Problem(self.page.shown, line, "", message))

    def __iter__(self):
        if not self._declare():
            return
        for formula in self.page.formulas:
            prepared = self._prepare(formula)
            if prepared is None:
                continue
            self.used |= prepared.used
            yield formula, prepared
            if formula.expected and formula.label not in self.page.overrides:
                for statement in prepared.statements:
                    define(statement, self.scope, prepared.bound)
                    if statement.kind == "relation":
                        note_code(statement, self.scope, prepared.bound)
        self._refuse_unused()

    def refuse(self, formula, error):
        """式が断られた。誤りの見本なら、望みどおりである。"""
        if formula.expected:
            self.problems.append(formula.problem(error))
        else:
            self.refused[formula.label] = str(formula.problem(error))

    def _refuse_unused(self):
        """宣言したのに、独立した式にも文中の式にも現れない記号を断る。"""
        for span in self.page.spans:
            with contextlib.suppress(FormulaError):
                tokens = symbolize(tokenize(span.tex), self.scope.symbols)
                self.used |= self.scope.symbols.reached({t.text for t in tokens if t.kind == "symbol"})
        for spelled, text in self.page.symbols.items():
            for name in split_names(spelled):
                if name not in self.used:
                    self.complain(self._line_of(name), f"宣言した記号 {name}（{text}）がどの式にも出てこない")

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
        if name not in self.pages:
            raise FormulaError(f"uses の {name} というページがない")
        other = Reading(self.pages[name], self.pages, [], active=self.active)
        for _ in other:
            pass
        for key, definition in other.scope.definitions.items():
            if definition.parameters is not None and not self._keeps(key, other):
                self.scope.definitions[key] = definition
                self.scope.symbols.include(other.scope.symbols[_name_of(key, other)])
        self.scope.code |= {k: code for k, code in other.scope.code.items() if not self._keeps(k, other)}

    def _keeps(self, key, other):
        """このページが任意の関数として宣言した名は、使うページの定義に置きかえない。"""
        name = _name_of(key, other)
        return name in self.scope.symbols and self.scope.symbols[name].type.abstract

    def _prepare(self, formula):
        """照合できる形。読めない式は断られ、結べないラベルは見本でも誤りで、どちらも None になる。"""
        try:
            _, function = split_label(formula.label)
            scope = self._scope_of(formula)
            try:
                statements = [classify(node, scope) for node in parse(formula.latex, scope.symbols)]
            except FormulaError as error:
                self.refuse(formula, error)
                return None
            return Prepared(statements, scope, self._bind(formula, statements, scope) if function else None)
        except FormulaError as error:
            self.problems.append(formula.problem(error))
            return None

    def _scope_of(self, formula):
        """この式から見えるもの。この式だけの記号を宣言すると、同じ名の定義は見えなくなる。"""
        scope = Scope(self.scope.symbols, dict(self.scope.definitions), dict(self.scope.code))
        if overrides := self.page.overrides.get(formula.label):
            scope.symbols = self.scope.symbols.copy(overrides)
            for name in [n for spelled in overrides for n in split_names(spelled)]:
                for key in (name, name + "'"):
                    scope.definitions.pop(key, None)
                    scope.code.pop(key, None)
        return scope

    def _bind(self, formula, statements, scope):
        text = self.page.arguments.get(formula.label)
        arguments = parse_arguments(text, scope.symbols) if text else None
        bound = bind(formula.label, scope.symbols, arguments)
        for statement in statements:
            note_code(statement, scope, bound)
        return bound


def _name_of(key, reading):
    """鍵の関数の名。導関数の鍵は、もとの関数の名になる。"""
    return key if key in reading.scope.symbols else key.rstrip("'")
