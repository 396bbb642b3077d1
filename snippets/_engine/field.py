"""記号のままの数。有理数係数の多項式の比と、その符号。

e^u や log u は新しい文字（核）として足す（elementary）。差が 0 になれば、二つの式は恒等的に等しい。
符号の決まらない比較と、0 かもしれない分母は、推測せずに Undecided で断る。
多項式の計算は FLINT（python-flint）による。
"""

import math
from fractions import Fraction

import flint

from .signs import NEGATIVE, NONNEGATIVE, NONPOSITIVE, POSITIVE, REAL, ZERO, possible, product, undecided

_COUNT = 96  # 文字の数の上限
_DEGREE = 500  # 次数の上限
_RING = flint.fmpq_mpoly_ctx.get([f"g{k}" for k in range(_COUNT)], flint.Ordering.degrevlex)
_GENERATORS = _RING.gens()
_ONE = _RING.constant(1)


class Unprovable(Exception):
    """この手続きでは決められない。"""


class Undecided(Unprovable):
    """多項式の符号が決まらない。場合を分ければ決まるかもしれない。"""

    def __init__(self, polynomial):
        super().__init__(str(polynomial))
        self.polynomial = polynomial


class NeedRoot(Unprovable):
    """指数の分母が足りない。核を e^{u/q} にして初めからやりなおす。"""

    def __init__(self, order):
        super().__init__(str(order))
        self.order = order


class Field:
    """文字と核の表。

    signs は文字ごとの、ありうる符号の集まり。root は指数の分母。work は、あと何項まで計算してよいか。
    """

    def __init__(self, signs=(), root=1, work=math.inf):
        self.signs, self.root, self.work = list(signs), root, work
        self.kernels, self.arguments, self.squares = {}, {}, {}

    def fresh(self, signs):
        """新しい文字。"""
        if len(self.signs) == _COUNT:
            raise Unprovable("文字が多すぎる")
        self.signs.append(signs)
        return self.letter(len(self.signs) - 1)

    def letter(self, k):
        return Element(self, _GENERATORS[k])

    def constant(self, value):
        if isinstance(value, str):
            value = Fraction(value)
        numerator, denominator = value.as_integer_ratio()
        return Element(self, _RING.constant(flint.fmpq(int(numerator), int(denominator))))

    def kernel(self, name, *arguments, signs=REAL):
        """name(arguments) を表す文字。同じ引数には同じ文字。"""
        key = (name, *(argument.key if isinstance(argument, Element) else argument for argument in arguments))
        if key not in self.kernels:
            element = self.fresh(signs)
            self.kernels[key] = element
            self.arguments[element.generator] = (name, arguments)
        return self.kernels[key]

    def reduced(self, polynomial):
        """平方の分かっている核を、どれも 1 次までにした多項式。"""
        if not self.squares or polynomial.is_constant():
            return polynomial
        degrees = polynomial.degrees()
        for generator, square in self.squares.items():
            if degrees[generator] > 1:
                polynomial = _reduced(polynomial, generator, square)
                degrees = polynomial.degrees()
        return polynomial

    def meaning(self, element):
        """一つの核そのものなら、その名と引数。"""
        return self.arguments.get(element.generator, ("", ()))


class Element:
    """既約な比 numerator / denominator。分母の最高次の係数は 1。"""

    __slots__ = ("denominator", "field", "numerator")

    def __init__(self, field, numerator, denominator=_ONE):
        self.field = field
        numerator, denominator = field.reduced(numerator), field.reduced(denominator)
        field.work -= len(numerator) + len(denominator)
        if field.work < 0 or numerator.total_degree() > _DEGREE or denominator.total_degree() > _DEGREE:
            raise Unprovable("計算が大きくなりすぎる")
        if not denominator.is_constant():
            common = numerator.gcd(denominator)
            numerator, denominator = numerator / common, denominator / common
        if (lead := denominator.leading_coefficient()) != 1:
            numerator, denominator = numerator / lead, denominator / lead
        self.numerator, self.denominator = numerator, denominator

    def moved(self, field):
        """同じ比を、別の体に置く。核を含まない値に限る。"""
        return Element(field, self.numerator, self.denominator)

    @property
    def key(self):
        return str(self.numerator), str(self.denominator)

    @property
    def rational(self):
        """定数なら、その値。"""
        if not (self.numerator.is_constant() and self.denominator.is_constant()):
            return None
        return as_fraction(self.numerator.leading_coefficient()) if self.numerator else Fraction(0)

    @property
    def generator(self):
        """一つの文字そのものなら、その番号。"""
        if len(self.numerator) != 1 or self.denominator != 1 or self.numerator.coeffs()[0] != 1:
            return None
        (exponents,) = self.numerator.monoms()
        return exponents.index(1) if sum(exponents) == 1 else None

    def terms(self):
        """[(係数, 係数 1 の項)]。"""
        return [
            (as_fraction(c), Element(self.field, _RING.from_dict({exponents: 1}), self.denominator))
            for exponents, c in zip(self.numerator.monoms(), self.numerator.coeffs(), strict=True)
        ]

    def _other(self, other):
        return other if isinstance(other, Element) else self.field.constant(other)

    def __add__(self, other):
        if not isinstance(other, (Element, int, float, Fraction)):
            return NotImplemented
        other = self._other(other)
        top = self.numerator * other.denominator + other.numerator * self.denominator
        return Element(self.field, top, self.denominator * other.denominator)

    def __mul__(self, other):
        if not isinstance(other, (Element, int, float, Fraction)):
            return NotImplemented
        other = self._other(other)
        return Element(self.field, self.numerator * other.numerator, self.denominator * other.denominator)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self):
        return Element(self.field, -self.numerator, self.denominator)

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, other):
        if not isinstance(other, (Element, int, float, Fraction)):
            return NotImplemented
        other = self._other(other)
        if other == 0:
            raise Unprovable("分母が 0")
        return Element(self.field, self.numerator * other.denominator, self.denominator * other.numerator)

    def __rtruediv__(self, other):
        return self._other(other) / self

    def __pow__(self, exponent):
        if not isinstance(exponent, int):
            return NotImplemented
        base = 1 / self if exponent < 0 else self
        return Element(self.field, base.numerator ** abs(exponent), base.denominator ** abs(exponent))

    # ---- 比べる

    @property
    def signs(self):
        """ありうる符号。"""
        return product(possible(self.field, self.numerator), possible(self.field, self.denominator))

    def _decide(self, other, yes):
        """差の符号が yes に入るか。決まらなければ、場合を分けてもらう。"""
        difference = self - other
        signs = difference.signs
        if signs <= yes:
            return True
        if not signs & yes:
            return False
        raise Undecided(undecided(self.field, difference.numerator))

    def __eq__(self, other):
        return self._decide(other, ZERO)

    def __ne__(self, other):
        return not self._decide(other, ZERO)

    def __lt__(self, other):
        return self._decide(other, NEGATIVE)

    def __gt__(self, other):
        return self._decide(other, POSITIVE)

    def __le__(self, other):
        return self._decide(other, NONPOSITIVE)

    def __ge__(self, other):
        return self._decide(other, NONNEGATIVE)

    __hash__ = None

    def __bool__(self):
        return self != 0

    def __abs__(self):
        return self if self >= 0 else -self

    def __int__(self):
        value = self.rational
        if value is None or value != int(value):
            raise Unprovable("整数とは限らない")
        return int(value)


def as_fraction(value):
    """FLINT の有理数を Python の分数にする。"""
    return Fraction(int(value.p), int(value.q))


def _reduced(polynomial, generator, square):
    """generator² を square に置きかえた多項式。"""
    result = _RING.constant(0)
    for exponents, coefficient in polynomial.to_dict().items():
        rest = list(exponents)
        rest[generator] %= 2
        result += _RING.from_dict({tuple(rest): coefficient}) * square ** (exponents[generator] // 2)
    return result
