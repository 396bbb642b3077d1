"""二つの式が同じ意味か。書きかえた式が照合を通ったとき、検査の穴でないことを証明する。"""

from functools import partial

from .logic import COMPARE
from .proof import decide, evaluated


def equivalent(first, second, scope):
    """文の並び first と second が、定義域のどこでも同じことを言うと証明できたか。"""
    if len(first) != len(second) or not all(map(_comparable, first, second)):
        return False
    return decide(partial(_claims, first, second), scope, evaluated(first) + evaluated(second)) is not None


def _comparable(one, two):
    """種類と、定めるものと、辺の数が同じか。"""
    return (one.kind, one.head, len(one.sides)) == (two.kind, two.head, len(two.sides))


def _claims(first, second, evaluator):
    for one, two in zip(first, second, strict=True):
        for here, _ in one.instances(evaluator):
            yield partial(_same, one, two, here)


def _same(one, two, here):
    """どの辺も等しいか、関係の文字が違うなら真偽が等しい。"""
    sides = [[here.value(side) for side in statement.evaluated] for statement in (one, two)]
    if one.relations == two.relations:
        return [("=", a, b) for a, b in zip(*sides, strict=True)]
    return [("=", _truth(one, sides[0]), _truth(two, sides[1]))]


def _truth(statement, sides):
    return all(COMPARE[r](a, b) for r, a, b in zip(statement.compared, sides, sides[1:], strict=False))
