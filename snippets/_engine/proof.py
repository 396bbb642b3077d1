"""恒等式と不等式の証明。標本の代わりに、名のない数をそのまま式に入れる。

辺どうしの差が体の元として 0 なら、恒等式は定義域のどこでも成り立つ。大きさの文字と有限の定義域は数えあげる。
決められないときは「証明できない」と答える。成り立たないという意味ではない。
"""

import itertools
import math
from functools import partial

import numpy as np

from . import FormulaError
from .cells import Cell
from .declarations import FINITE
from .evaluate import Evaluator
from .field import Field, NeedRoot, Undecided, Unprovable
from .logic import COMPARE
from .sampling import LAYERS, Sampler, size
from .signs import POSITIVE
from .statements import needed
from .symbolic import Abstract, Symbolic, ends, unknown
from .values import Family, is_array

_CELLS = 400  # はじめの場合の数の上限
# 決められないこと。数でしか計算できない形の例外も含む
HOPELESS = (Unprovable, FormulaError, ArithmeticError, TypeError, ValueError, AttributeError, KeyError)
_WORK = 150_000  # 計算する項の数の上限


def prove(statements, scope):
    """辺どうしの関係がどこでも成り立つと証明できたら、調べた場合の数。できなければ None。"""
    return decide(partial(claims, statements), scope, evaluated(statements))


def evaluated(statements):
    """値を求める辺のすべて。"""
    return [side for statement in statements for side in statement.evaluated]


def claims(statements, evaluator):
    """一つずつ確かめる関係。呼ぶと (関係, 左, 右) を並べる。"""
    for statement in statements:
        for here, _ in statement.instances(evaluator):
            yield partial(_relations, statement, here)


def _relations(statement, here):
    """(関係, 左, 右) の並び。"""
    sides = [here.value(side) for side in statement.evaluated]
    return zip(statement.compared, sides, sides[1:], strict=False)


def decide(claims, scope, nodes):
    """claims の並べる関係が、どの場合にも成り立つか。調べた場合の数か None を返す。

    一つの関係のために場合を分けても、ほかの関係は分ける前の場合で調べる。
    """
    sampler = Sampler(scope.symbols, needed(nodes, scope))
    root, work, count = 1, _WORK, 0
    try:
        pending = [(cell, 0, None) for cell in _domain(sampler, scope)]
        while pending:
            cell, start, stop = pending.pop()
            field, given = cell.enter(root, work)
            given |= {s.name: Abstract(field, s.name) for s in sampler.functions}
            at = start
            try:
                for claim in itertools.islice(claims(Evaluator(Symbolic(field), scope, given)), start, stop):
                    if not all(_holds(*relation) for relation in claim()):
                        return None
                    at += 1
                count += 1
            except NeedRoot as need:
                root *= need.order
                pending.append((cell, start, stop))
            except Undecided as doubt:
                pending += [(part, at, at + 1) for part in cell.split(field, doubt.polynomial)]
                if stop is None or at + 1 < stop:
                    pending.append((cell, at + 1, stop))
            work = field.work
        return count
    except HOPELESS:
        return None


def _holds(relation, a, b):
    """関係が、どの成分でも成り立つか。"""
    if isinstance(a, bool) or isinstance(b, bool):
        return bool(a) is bool(b)
    if np.shape(a) != np.shape(b):
        return False
    pairs = zip(np.ravel(a), np.ravel(b), strict=True) if is_array(a) else [(a, b)]
    return all(COMPARE[relation](x, y) for x, y in pairs)


# ---- はじめの場合


def _domain(sampler, scope):
    """大きさと有限の値を数えあげた、はじめの場合の並び。"""
    sizes = [s for s in sampler.integers if s.name in scope.symbols.reached(sampler.needed)]
    domains = [range(int(s.type.low), int(s.type.high) + 1) for s in sizes]
    domains += [FINITE[s.type.base] for s in sampler.finite]
    if math.prod(map(len, domains)) > _CELLS:
        raise Unprovable("場合が多すぎる")
    names = [s.name for s in (*sizes, *sampler.finite)]
    for chosen in itertools.product(*domains):
        yield from _at_ends(sampler, dict(zip(names, chosen, strict=True)))


def _at_ends(sampler, known):
    """閉じた端をちょうど取る場合と、端のあいだにある場合。"""
    options = []
    _draw(sampler, known, Field(), lambda field, base: options.append(1 + len(ends(base))) or field.constant(1))
    if math.prod(options) > _CELLS:
        raise Unprovable("場合が多すぎる")
    for choices in itertools.product(*map(range, options)):
        remaining, field = iter(choices), Field()

        def number(field, base, remaining=remaining):
            at = next(remaining)
            return field.constant(repr(ends(base)[at - 1])) if at else unknown(field, base)

        given = _draw(sampler, known, field, number)
        yield Cell(tuple(field.signs), given)


def _draw(sampler, known, field, number):
    """記号の値。数は number が作る。"""
    given = {name: value if isinstance(value, int) else field.constant(value) for name, value in known.items()}
    for symbol in sampler.reals:
        if symbol.name not in given:
            given[symbol.name] = _value(symbol.type, given, field, number)
    return given


def _value(kind, given, field, number):
    if kind.family:
        letter = kind.family[1]
        return Family({k: _array(kind, {**given, letter: k}, field, number) for k in range(LAYERS)})
    return _array(kind, given, field, number)


def _array(kind, given, field, number):
    if not kind.dims:
        return number(field, kind.base)
    shape = tuple(size(dim, given) for dim in kind.dims)
    if kind.base == "simplex":
        parts = [field.fresh(POSITIVE) for _ in range(shape[0])]
        return np.array([part / sum(parts[1:], parts[0]) for part in parts], dtype=object)
    result = np.empty(shape, dtype=object)
    for k in np.ndindex(shape):
        result[k] = number(field, kind.base)
    return result
