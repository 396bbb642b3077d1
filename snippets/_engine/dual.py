"""記号のままの微分。a + b ε（ε² = 0）を、元の計算に流す。

比べるときは a だけを見る。a が等しく b が違う点は尖っているので、微分を断る。
入れ子の微分は印 tag で区別し、あとから始めた微分が外側になる。
"""

import itertools
from dataclasses import dataclass

import numpy as np

from .field import Unprovable

_tags = itertools.count()


@dataclass(frozen=True, eq=False, slots=True)
class Dual:
    """value + slope ε。"""

    tag: int
    value: object
    slope: object

    def _pair(self, other):
        """(印, 自分の値, 自分の傾き, 相手の値, 相手の傾き)。印の小さい方は定数とみなす。"""
        mine, theirs = self.tag, other.tag if isinstance(other, Dual) else -1
        tag = max(mine, theirs)
        a = (self.value, self.slope) if mine == tag else (self, 0)
        b = (other.value, other.slope) if theirs == tag else (other, 0)
        return tag, *a, *b

    def __add__(self, other):
        if isinstance(other, np.ndarray):
            return NotImplemented
        tag, a, da, b, db = self._pair(other)
        return Dual(tag, a + b, da + db)

    def __mul__(self, other):
        if isinstance(other, np.ndarray):
            return NotImplemented
        tag, a, da, b, db = self._pair(other)
        return Dual(tag, a * b, da * b + a * db)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self):
        return Dual(self.tag, -self.value, -self.slope)

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, other):
        tag, a, da, b, db = self._pair(other)
        return Dual(tag, a / b, (da * b - a * db) / (b * b))

    def __rtruediv__(self, other):
        return Dual(self.tag, other / self.value, -other * self.slope / (self.value * self.value))

    def __pow__(self, exponent):
        if isinstance(exponent, int):
            if exponent == 0:
                return self * 0 + 1
            return Dual(self.tag, self.value**exponent, exponent * self.value ** (exponent - 1) * self.slope)
        raise Unprovable("整数でない指数の微分")

    def _order(self, other, compare):
        _, a, da, b, db = self._pair(other)
        difference = a - b
        if difference == 0:
            if da - db == 0:
                return compare(difference)
            raise Unprovable("尖った点")
        return compare(difference)

    def __eq__(self, other):
        return self._order(other, lambda d: d == 0)

    def __ne__(self, other):
        return not self == other

    def __lt__(self, other):
        return self._order(other, lambda d: d < 0)

    def __gt__(self, other):
        return self._order(other, lambda d: d > 0)

    def __le__(self, other):
        return self._order(other, lambda d: d <= 0)

    def __ge__(self, other):
        return self._order(other, lambda d: d >= 0)

    __hash__ = None

    def __abs__(self):
        return self if self > 0 else -self

    def __int__(self):
        raise Unprovable("整数とは限らない")


def chain(function, slope):
    """一変数の関数と、その傾きから、Dual にも働く関数を作る。"""

    def apply(u):
        if not isinstance(u, Dual):
            return function(u)
        return Dual(u.tag, apply(u.value), slope(u.value) * u.slope)

    return apply


def moving(x):
    """x + ε。"""
    return Dual(next(_tags), x, 1)


def slope_at(function, x):
    """function の x での傾き。"""
    variable = moving(x)
    result = function(variable)
    return result.slope if isinstance(result, Dual) and result.tag == variable.tag else 0 * x
