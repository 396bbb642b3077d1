"""Exact や Double と並ぶ三つ目の数の体系。数の代わりに、体の元と、その微分を運ぶ。"""

import numpy as np

from . import elementary
from .declarations import interval
from .dual import Dual, chain, slope_at
from .elementary import circular, odd
from .field import Element, Unprovable
from .sampling import inside
from .values import scalar


class Symbolic:
    """field の元を数とする体系。"""

    dtype = object

    def __init__(self, field):
        self.field = field
        exp = chain(elementary.exp, lambda u: exp(u))
        sqrt = chain(elementary.sqrt, lambda u: 1 / (2 * sqrt(u)))
        self.length = chain(lambda u: elementary.sqrt(u, square=True), lambda u: 1 / (2 * self.length(u)))
        sin = chain(lambda u: circular(u)[0], lambda u: cos(u))
        cos = chain(lambda u: circular(u)[1], lambda u: -sin(u))
        bell = lambda u: 2 * exp(-u * u) / sqrt(self.functions["pi"]())  # noqa: E731
        self.functions = {
            "exp": exp, "sqrt": sqrt, "sin": sin, "cos": cos, "sign": sign,
            "log": chain(elementary.log, lambda u: 1 / u),
            "sinh": lambda u: (exp(u) - exp(-u)) / 2, "cosh": lambda u: (exp(u) + exp(-u)) / 2,
            "tanh": lambda u: (exp(2 * u) - 1) / (exp(2 * u) + 1),
            "erf": chain(lambda u: odd("erf", u), bell),
            "e": lambda: elementary.exp(field.constant(1)),
            "pi": lambda: field.kernel("pi", signs=frozenset({1})),
        }  # fmt: skip

    def number(self, value):
        return self.field.constant(value)

    def whole(self, b):
        """整数と分かっていれば、その値。"""
        value = b.rational if isinstance(b, Element) else b if isinstance(b, int) else None
        return int(value) if value is not None and value == int(value) else None

    def raised(self, a, b):
        return self.functions["exp"](b * self.functions["log"](a))

    @staticmethod
    def is_real(value):
        return True

    @staticmethod
    def derivative(function, x):
        return slope_at(lambda t: scalar(function(t)), x)


def sign(u):
    """符号。0 でない値の近くでは動かない。"""
    if isinstance(u, Dual):
        if u.value == 0:
            raise Unprovable("尖った点")
        return sign(u.value)
    return u.field.constant(1 if u > 0 else -1 if u < 0 else 0)


class Abstract:
    """任意のなめらかな関数。値も偏微分も、引数ごとの核である。"""

    def __init__(self, field, name, orders=()):
        self.field, self.name, self.orders = field, name, orders

    def __call__(self, *arguments):
        return self.at([part for argument in arguments for part in np.ravel(np.array(argument, dtype=object))])

    def at(self, parts):
        tag = max((part.tag for part in parts if isinstance(part, Dual)), default=None)
        if tag is None:
            return self.field.kernel("任意の関数 " + self.name, self.orders or (0,) * len(parts), *parts)
        moving = [isinstance(part, Dual) and part.tag == tag for part in parts]
        values = [part.value if moves else part for part, moves in zip(parts, moving, strict=True)]
        slopes = [self.partial(k, len(parts)).at(values) * parts[k].slope for k, moves in enumerate(moving) if moves]
        return Dual(tag, self.at(values), sum(slopes[1:], slopes[0]))

    def partial(self, k, count):
        """k 番目の引数についての偏微分。"""
        orders = list(self.orders or (0,) * count)
        orders[k] += 1
        return Abstract(self.field, self.name, tuple(orders))


def unknown(field, base):
    """定義域 base の上の、名のない数。区間は正の数で表す。"""
    if base == "R+":
        return field.fresh(frozenset({1}))
    if base == "R*":
        return field.fresh(frozenset({-1, 1}))
    if base[0] not in "([":
        return field.fresh(frozenset({-1, 0, 1}))
    low, high = (field.constant(repr(end)) for end in interval(base))
    s = field.fresh(frozenset({1}))
    return (low + high * s) / (1 + s)


def ends(base):
    """unknown が取らない、閉じた端。"""
    return [end for end in interval(base) if inside(end, base)] if base[0] in "([" else []
