"""文中の式 $…$ の判定。ラベルの付いた式と同じ読み手で読み、どれにも判定を付ける。

mention    記号か、値を持つ式の言及
statement  いつでも成り立つ関係。ラベルの付いた式と同じように照合し、証拠の強さを付ける
setting    動かせる文字に値や範囲を与える。x = 0 のとき、z > 0 の側、など
condition  {when}$…$ と書いた、いつもは成り立たない条件や方程式
exempt     {exempt:理由}$…$ と書いた、読み手の外の書き方

どれにも当たらない式は誤りである。いつも成り立つとは限らない関係を、黙って通すことはない。
"""

import re

from . import FormulaError
from .check import check
from .evaluate import Evaluator, Scope
from .evidence import Evidence, strongest
from .nodes import Node, free_names
from .page import Formula
from .parser import parse
from .sampling import Sampler
from .statements import Statement, needed, refuse_tautology
from .symbols import split_names
from .values import Exact, lifted

_OPERATORS = {r"\sum", r"\prod", r"\odot", r"\oplus", r"\top", "T", r"\infty", r"-\infty", r"+\infty", r"\nabla"}
_DANGLING = re.compile(r"\s*(?:=|\\le|\\ge|<|>)\s*$")  # 右辺は、すぐあとの本文が計算する
_NOTHING = Evidence("", 0)


def scope_of_prose(page, scope):
    """本文から見えるもの。ページの記号に、一つの式だけの記号を足す。"""
    extra = {}
    for group in page.overrides.values():
        for spelled, text in group.items():
            for name in split_names(spelled):
                if name not in scope.symbols:
                    extra.setdefault(name, text)
    return Scope(scope.symbols.copy(extra), scope.definitions, scope.code)


def judge(span, scope):
    """判定 (種類, Evidence)。判定できなければ FormulaError。"""
    tex = _DANGLING.sub("", span.tex)
    if span.mark == "exempt":
        return "exempt", _NOTHING
    if tex in _OPERATORS:
        return "mention", _NOTHING
    nodes = parse(tex.removesuffix("()"), scope.symbols, bare_functions=True)
    if all(not node.args[0] for node in nodes):
        for node in nodes:
            _require_values(node, scope)
        return "mention", _NOTHING
    kinds = [_relation(node, scope, span.mark == "when") for node in nodes]
    return max(kinds, key=lambda kind: ("statement", "setting", "condition").index(kind[0]))


def _relation(node, scope, when):
    """一つの関係の判定。"""
    refuse_tautology(node.args[0], node.args[1:])
    try:
        evidence = _always(node, scope)
    except FormulaError as error:
        if when:
            _require_values(node, scope)
            return "condition", _NOTHING
        return "setting", _setting(node, scope, error)
    if when:
        raise FormulaError("いつでも成り立つ。{when} を付けずに書く")
    return "statement", evidence


def _always(node, scope):
    """いつでも成り立つ関係の証拠。"""
    statements = [Statement("relation", node)]
    return strongest(statements, scope, check(Formula("", 0, "", ""), statements, scope))


def _setting(node, scope, error):
    """文字に値を与える関係。与えた値の先に続く等式は、いつでも成り立たなければならない。"""
    relations, sides = node.args[0], node.args[1:]
    settable = [_settable(side, scope, "=" in relations) for side in sides]
    count = (*settable, False).index(False)
    rest = sides[count:]
    closed = not any(free_names(side) - {"e", r"\pi"} for side in rest)
    if not count or (not closed and any(_dependent(side, scope) for side in sides[:count])):
        head, _, detail = error.message.partition("\n")
        remedy = "いつもは成り立たない条件なら {when}$…$ と書く"
        raise FormulaError("\n".join(filter(None, [f"{head}。{remedy}", detail])), error.span) from None
    if len(rest) > 1:
        return _always(Node("chain", (relations[count:], *rest), rest[0].start, rest[-1].end), scope)
    if rest:
        _require_values(Node("chain", ((), rest[0]), *rest[0].span), scope)
    return _NOTHING


def _settable(side, scope, equation):
    """値を与えられる形か。文字、その成分、等式なら任意の関数、それらの組。"""
    if side.op in ("row", "group"):
        return all(_settable(item, scope, equation) for item in side.args)
    if side.op == "call" and equation:
        function, *arguments = side.args
        named = function.op == "symbol" and scope.symbols[function.args[0]].type.abstract
        return named and all(argument.op == "symbol" for argument in arguments)
    base = side.args[0] if side.op == "index" else side
    kind = scope.symbols[base.args[0]].type if base.op == "symbol" else None
    return bool(kind) and (kind.kind in ("real", "integer") or (kind.abstract and equation))


def _dependent(side, scope):
    """式で値の決まった変数か。"""
    return bool(free_names(side) & {name for name, d in scope.definitions.items() if d.parameters is None})


def _require_values(node, scope):
    """どの辺も、どれかの標本で値を持つ。"""
    sides = [side for side in node.args[1:] if not _is_function(side, scope)]
    statement = Statement("value", Node("chain", ((), *sides)))
    failure = None
    for given in Sampler(scope.symbols, needed(sides, scope)):
        try:
            for here, _ in statement.instances(Evaluator(Exact, scope, lifted(given))):
                for side in sides:
                    here.value(side)
                return
        except FormulaError as error:
            failure = error
        except ArithmeticError as error:
            failure = FormulaError(f"計算できない（{type(error).__name__}: {error}）")
    if failure:
        raise failure


def _is_function(side, scope):
    """関数そのもの。値は持たない。"""
    while side.op in ("prime", "group"):
        side = side.args[0]
    return side.op == "symbol" and scope.symbols[side.args[0]].type.kind == "function"
