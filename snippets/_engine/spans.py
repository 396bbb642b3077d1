"""文中の式 $…$ の判定。ラベルの付いた式と同じ読み手で読み、どれにも判定を付ける。

mention    記号か、値を持つ式の言及
statement  いつでも成り立つ関係。ラベルの付いた式と同じように照合し、証拠の強さを付ける
setting    動かせる文字に値や範囲を与える。x = 0 のとき、z > 0 の側、w ← w + x、など
condition  {when}$…$ と書いた、いつもは成り立たない条件や方程式
exempt     {exempt:理由}$…$ と書いた、読み手の外の書き方

どれにも当たらない式は誤りである。いつも成り立つとは限らない関係を、黙って通すことはない。
"""

import contextlib
import re
from math import inf

import numpy as np

from . import FormulaError
from .carriers import Exact, lifted
from .check import check
from .declarations import split_names
from .evaluate import Evaluator
from .evidence import Evidence, strongest
from .nodes import Node
from .page import Formula
from .parser import parse
from .sampling import Sampler, inside
from .scope import Scope
from .statements import Statement, needed, refuse_tautology
from .values import is_array, show

_NAMES = {
    r"\sum", r"\prod", r"\odot", r"\oplus", r"\top", "T", r"\infty", r"-\infty", r"+\infty", r"\nabla",
    r"\tan", r"\arctan",
}  # fmt: skip  # 名だけを言うもの
_DANGLING = re.compile(r"\s*(?:=|\\le|\\ge|<|>)\s*$")  # 右辺は、すぐあとの本文が計算する
_NOTHING = Evidence("", 0)


def scope_of_prose(page, scope):
    """本文から見えるもの。ページの記号に、一つの式だけの記号を足す。前の記号と紛れるものは足さない。"""
    symbols = scope.symbols
    for group in page.overrides.values():
        for spelled, text in group.items():
            for name in split_names(spelled):
                if name not in symbols:
                    with contextlib.suppress(FormulaError):
                        symbols = symbols.copy({name: text})
    return Scope(symbols, scope.definitions, scope.code)


def judge(span, scope):
    """判定 (種類, Evidence)。判定できなければ FormulaError。"""
    if span.mark == "exempt" and span.reason.strip():
        return "exempt", _NOTHING
    if (span.mark and span.mark != "when") or span.reason:
        raise FormulaError("印は {when} か {exempt:理由} と書く")
    tex = _DANGLING.sub("", span.tex)
    if tex in _NAMES:
        return "mention", _NOTHING
    nodes = parse(tex.removesuffix("()"), scope.symbols, bare_functions=True)
    if tex.endswith("()") and not all(_is_function(node.args[-1], scope) for node in nodes):
        raise FormulaError("() は関数の名にだけ付く")
    if span.mark and not any(node.args[0] for node in nodes):
        raise FormulaError("関係のない式に {when} は要らない")
    if all(not node.args[0] for node in nodes):
        for node in nodes:
            _require_values(node, scope)
        return "mention", _NOTHING
    kinds = [_relation(node, scope, span.mark == "when") for node in nodes]
    return max(kinds, key=lambda kind: ("statement", "setting", "condition").index(kind[0]))


def _relation(node, scope, when):
    """一つの関係の判定。"""
    if "<-" in node.args[0]:
        return "setting", _update(node, scope, when)
    try:
        evidence = _always(node, scope)
    except FormulaError as error:
        if not when:
            return "setting", _setting(node, scope, error)
        if not _letters(node.args[1:], scope) - _dependents(scope):
            raise  # 動く文字がなければ、いつも成り立たない
        _require_values(node, scope)
        return "condition", _NOTHING
    if when:
        raise FormulaError("いつでも成り立つ。{when} を付けずに書く")
    return "statement", evidence


def _always(node, scope):
    """いつでも成り立つ関係の証拠。"""
    if any(_is_function(side, scope) for side in node.args[1:]):
        raise FormulaError("関数そのものどうしは比べられない。引数を付けて書く", node.span)
    refuse_tautology(node.args[0], node.args[1:])
    statements = [Statement("relation", node)]
    return strongest(statements, scope, check(Formula("", 0, "", ""), statements, scope))


def _letters(sides, scope):
    """値の変わりうる文字。定数、組みこみの関数、式で定めた関数は数えない。"""
    types = {name: scope.symbols[name].type for side in sides for name in scope.reached(side)}
    return {name for name, kind in types.items() if kind.kind in ("real", "integer") or kind.abstract}


def _dependents(scope):
    """式で値の決まった変数。"""
    return {name for name, definition in scope.definitions.items() if definition.parameters is None}


def _setting(node, scope, error):
    """文字に値を与える関係。与えた値の先に続く等式は、いつでも成り立たなければならない。"""
    relations, sides = node.args[0], node.args[1:]
    settable = [_settable(side, scope, "=" in relations) for side in sides[:-1]]
    count = (*settable, False).index(False)
    given, rest = sides[:count], sides[count:]
    if not count or not _gives(given, rest, scope):
        head, _, detail = error.message.partition("\n")
        remedy = "いつもは成り立たない条件なら {when}$…$ と書く"
        raise FormulaError("\n".join(filter(None, [f"{head}。{remedy}", detail])), error.span) from None
    _require_values(node, scope)
    if "=" in relations[:count]:
        _require_domain(given, rest[0], scope)
    if len(rest) > 1:
        return _always(Node("chain", (relations[count:], *rest), rest[0].start, rest[-1].end), scope)
    return _NOTHING


def _update(node, scope, when):
    """← で文字に新しい値を与える。"""
    if when:
        raise FormulaError("← は値を与える。{when} を付けずに書く", node.span)
    if len(node.args) != 3 or not _settable(node.args[1], scope, True):
        raise FormulaError("← は、文字の新しい値を一つだけ書く", node.span)
    _require_values(node, scope)
    return _NOTHING


def _settable(side, scope, equation):
    """値を与えられる形か。文字、その成分、等式なら任意の関数、それらの組。"""
    if side.op in ("row", "group"):
        return all(_settable(item, scope, equation) for item in side.args)
    if side.op == "call" and equation:
        function, *arguments = side.args
        return _settable(function, scope, equation) and all(argument.op == "symbol" for argument in arguments)
    base = side.args[0] if side.op == "index" else side
    if base.op != "symbol":
        return False
    kind = scope.symbols[base.args[0]].type
    return kind.kind in ("real", "integer") or (equation and kind.abstract)


def _gives(given, rest, scope):
    """左の文字に右の値を与えていると読めるか。

    動く文字によって決まる変数には、数だけを与える。ほかの文字には、それ自身によらない値を与える。
    """
    dependents, used = _dependents(scope), _letters(rest, scope)
    if not all(_letters([side], scope) - dependents for side in given):
        return False
    return not used or not set().union(*map(_given_names, given)) & (used | dependents)


def _given_names(side):
    """値を与えられる文字。関数の引数と添字は数えない。"""
    if side.op in ("row", "group"):
        return set().union(*map(_given_names, side.args))
    return {side.args[0]} if side.op == "symbol" else _given_names(side.args[0])


def _require_domain(given, value, scope):
    """文字に与える数は、宣言した範囲にある。"""
    if _letters([value], scope) or _is_function(value, scope):
        return
    number = Evaluator(Exact, scope, lifted({})).value(value)
    for name in sorted(set().union(*map(_given_names, given))):
        kind = scope.symbols[name].type
        ends = (float(kind.low), float(kind.high)) if kind.sampled_integer else (-inf, inf)
        base = "Z" if kind.kind == "integer" else "R" if kind.base in ("simplex", "distinct") else kind.base
        for item in np.ravel(number):
            if not (ends[0] <= item <= ends[1] and inside(item, base)):
                raise FormulaError(f"{show(item)} は、{name} の宣言 {scope.symbols[name].text} の外", value.span)


def _require_values(node, scope):
    """どの辺も、どれかの標本で、形のそろった値を持つ。"""
    sides = [side for side in node.args[1:] if not _is_function(side, scope)]
    if sides and len(sides) < len(node.args) - 1:
        raise FormulaError("関数そのものと数を結んでいる", node.span)
    statement = Statement("value", Node("chain", ((), *sides)))
    failure = None
    for given in Sampler(scope.symbols, needed(sides, scope)):
        try:
            for here, _ in statement.instances(Evaluator(Exact, scope, lifted(given))):
                if len({is_array(here.value(side)) for side in sides}) > 1:
                    raise FormulaError("数と配列を結んでいる", node.span)
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
