"""記号のままの初等関数。正しいと分かっている書きかえだけを行い、残りは核として体に足す。

e^{u+v} = e^u e^v、log uv = log u + log v（u, v > 0）、√u² = |u|、sin² = 1 − cos²。
"""

import math
from fractions import Fraction

import flint

from .field import Element, NeedRoot, Unprovable, as_fraction
from .signs import NONNEGATIVE, POSITIVE, REAL


def exp(a):
    """項ごとに e^{c t} = (e^{t/root})^{c root}。log の整数倍は中身の累乗に戻す。"""
    field, result = a.field, a.field.constant(1)
    for coefficient, term in a.terms():
        name, arguments = field.meaning(term)
        if name == "log" and coefficient.denominator == 1:
            result *= arguments[0] ** coefficient.numerator
            continue
        power = coefficient * field.root
        if power.denominator != 1:
            raise NeedRoot(power.denominator)
        result *= field.kernel("exp", term, signs=POSITIVE) ** power.numerator
    return result


def log(a):
    """正の因子ごとの log の和。"""
    if not a > 0:
        raise Unprovable("正でない数の対数")
    field, result = a.field, a.field.constant(0)
    for polynomial, direction in ((a.numerator, 1), (a.denominator, -1)):
        constant, factors = polynomial.factor()
        result += _log_of_rational(field, abs(as_fraction(constant))) * direction
        for factor, power in factors:
            result += _log_of_factor(abs(Element(field, factor))) * (power * direction)
    return result


def _log_of_rational(field, value):
    """素因数ごとの log の和。"""
    result = field.constant(0)
    for number, direction in ((value.numerator, 1), (value.denominator, -1)):
        for prime, power in flint.fmpz(number).factor():
            result += field.kernel("log", field.constant(int(prime)), signs=POSITIVE) * (int(power) * direction)
    return result


def _log_of_factor(factor):
    field = factor.field
    name, arguments = field.meaning(factor)
    if name == "exp":
        return arguments[0] / field.root
    if not factor > 0:
        raise Unprovable("正でない数の対数")
    above = (factor - 1).signs
    return field.kernel("log", factor, signs=above if above in (POSITIVE, NONNEGATIVE) else REAL)


def sqrt(a, square=False):
    """平方の因子を外に出し、残りを核にする。square なら、a は平方の和で、負にならないと分かっている。"""
    if not (square or a >= 0):
        raise Unprovable("負の数の平方根")
    field = a.field
    constant, factors = (a.numerator * a.denominator).factor()
    outside, inside = 1 / abs(Element(field, a.denominator)), field.constant(as_fraction(constant))
    for factor, power in factors:
        outside *= abs(Element(field, factor)) ** (power // 2) if power > 1 else 1
        inside *= Element(field, factor) ** (power % 2)
    value = inside.rational
    if value is not None:
        root = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
        if root * root == value:
            return outside * root
    root = field.kernel("sqrt", inside, signs=POSITIVE if inside.signs == POSITIVE else NONNEGATIVE)
    field.squares[root.generator] = inside.numerator
    return outside * root


def circular(a):
    """(sin a, cos a)。引数の符号をそろえる。"""
    field, flip = a.field, _flip(a)
    if not flip:
        return field.constant(0), field.constant(1)
    sine, cosine = field.kernel("sin", a * flip), field.kernel("cos", a * flip)
    field.squares[sine.generator] = (1 - cosine**2).numerator
    return sine * flip, cosine


def odd(name, a):
    """奇関数の値。"""
    flip = _flip(a)
    return a.field.kernel(name, a * flip) * flip if flip else a


def _flip(a):
    """先頭の係数の符号。"""
    terms = a.terms()
    return 0 if not terms else -1 if terms[0][0] < 0 else 1
