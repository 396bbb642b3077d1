"""区間のままの数。丸めも含めて、真の値を必ず含む球（Arb）を運ぶ。"""

import flint

from .dual import Dual, chain, slope_at
from .field import Unprovable
from .values import scalar


class Wide(Unprovable):
    """球が広すぎて比べられない。箱を分ければ決まるかもしれない。"""


class Ball:
    """真の値を含む球 value（arb）。比べて決まらなければ Wide。"""

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value

    def _with(self, other, operation):
        if isinstance(other, Ball):
            return Ball(operation(self.value, other.value))
        return Ball(operation(self.value, flint.arb(other))) if isinstance(other, (int, float)) else NotImplemented

    def __add__(self, other):
        return self._with(other, lambda a, b: a + b)

    def __mul__(self, other):
        return self._with(other, lambda a, b: a * b)

    __radd__, __rmul__ = __add__, __mul__

    def __sub__(self, other):
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other):
        return self._with(other, lambda a, b: b - a)

    def __truediv__(self, other):
        return self._with(other, _quotient)

    def __rtruediv__(self, other):
        return self._with(other, lambda a, b: _quotient(b, a))

    def __pow__(self, exponent):
        return Ball(_quotient(flint.arb(1), self.value**-exponent) if exponent < 0 else self.value**exponent)

    def __neg__(self):
        return Ball(-self.value)

    def __abs__(self):
        return Ball(abs(self.value))

    def _decide(self, other, certain, never):
        other = other.value if isinstance(other, Ball) else flint.arb(other)
        if certain(self.value, other):
            return True
        if never(self.value, other):
            return False
        raise Wide("球が重なる")

    def __lt__(self, other):
        return self._decide(other, lambda a, b: a < b, lambda a, b: a >= b)

    def __gt__(self, other):
        return self._decide(other, lambda a, b: a > b, lambda a, b: a <= b)

    def __le__(self, other):
        return self._decide(other, lambda a, b: a <= b, lambda a, b: a > b)

    def __ge__(self, other):
        return self._decide(other, lambda a, b: a >= b, lambda a, b: a < b)

    def __eq__(self, other):
        return self._decide(other, lambda a, b: a == b, lambda a, b: a != b)

    def __ne__(self, other):
        return not self == other

    __hash__ = None


def _quotient(a, b):
    if b.contains(0):
        raise Wide("分母が 0 を含む")
    return a / b


def _positive(method):
    def apply(u):
        if not u > 0:
            raise Unprovable("正でない数の対数か根")
        return Ball(method(u.value))

    return apply


def _sign(u):
    if isinstance(u, Dual):
        return _sign(u.value)
    return Ball(flint.arb(1 if u > 0 else -1))


class Balls:
    """球を数とする体系。"""

    dtype = object

    def __init__(self):
        exp = chain(lambda u: Ball(u.value.exp()), lambda u: exp(u))
        sqrt = chain(_positive(flint.arb.sqrt), lambda u: 1 / (2 * sqrt(u)))
        tanh = chain(lambda u: Ball(u.value.tanh()), lambda u: 1 - tanh(u) * tanh(u))
        sinh = chain(lambda u: Ball(u.value.sinh()), lambda u: cosh(u))
        cosh = chain(lambda u: Ball(u.value.cosh()), lambda u: sinh(u))
        sin = chain(lambda u: Ball(u.value.sin()), lambda u: cos(u))
        cos = chain(lambda u: Ball(u.value.cos()), lambda u: -sin(u))
        bell = lambda u: exp(-u * u) * 2 / Ball(flint.arb.pi().sqrt())  # noqa: E731
        self.length = sqrt
        self.functions = {
            "exp": exp, "log": chain(_positive(flint.arb.log), lambda u: 1 / u), "sqrt": sqrt, "tanh": tanh,
            "sinh": sinh, "cosh": cosh, "sin": sin, "cos": cos, "sign": _sign,
            "erf": chain(lambda u: Ball(u.value.erf()), bell),
            "e": lambda: Ball(flint.arb(1).exp()), "pi": lambda: Ball(flint.arb.pi()),
        }  # fmt: skip

    @staticmethod
    def number(value):
        return Ball(flint.arb(str(value)))

    @staticmethod
    def whole(b):
        value = b.value if isinstance(b, Ball) else flint.arb(b) if isinstance(b, int) else None
        return int(value.unique_fmpz()) if value is not None and value.is_exact() and value.is_integer() else None

    def raised(self, a, b):
        return self.functions["exp"](b * self.functions["log"](a))

    @staticmethod
    def is_real(value):
        if not isinstance(value, Dual) and not value.value.is_finite():
            raise Wide("球が無限に広い")
        return True

    @staticmethod
    def derivative(function, x):
        return slope_at(lambda t: scalar(function(t)), x)
