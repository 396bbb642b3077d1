"""定義域を場合に分ける。

符号の決まらない多項式が一つの文字の一次式なら、その根の左、ちょうど根、右の三つに分けて、それぞれで計算しなおす。
どの場合も正の数で表しなおすので、分けたあとの文字の符号は決まっている。
"""

from dataclasses import dataclass

from .field import Element, Field, Unprovable
from .signs import NONZERO, POSITIVE, REAL, ZERO
from .values import Family, elementwise, is_array


@dataclass(frozen=True)
class Cell:
    """一つの場合。signs は文字ごとの符号、given は記号の値。"""

    signs: tuple
    given: dict

    def enter(self, root, work):
        """この場合の値を、核のないまっさらな体の上に置く。"""
        field = Field(self.signs, root, work)
        return field, self._mapped(lambda e: e.moved(field))

    def _mapped(self, function):
        return {name: _mapped(value, function) for name, value in self.given.items()}

    def split(self, field, polynomial):
        """polynomial の根で分けた場合の並び。分けられなければ Unprovable。"""
        cuts = [cut for k in range(len(self.signs)) if (cut := self._cut(field, polynomial, k))]
        if not cuts:
            raise Unprovable(f"{polynomial} の符号が決まらない")
        _, k, values = min(cuts, key=lambda cut: cut[:2])
        signs = tuple(POSITIVE if i == k else s for i, s in enumerate(self.signs))
        inner = Field(signs)
        return [Cell(signs, self._mapped(lambda e, v=v: _substitute(e, k, v.moved(inner)))) for v in values]

    def _cut(self, field, polynomial, k):
        """(根の複雑さ, 文字, 置きかえる値の並び)。文字 k の一次式でなければ None。"""
        degrees = polynomial.degrees()
        if degrees[k] != 1 or any(degrees[len(self.signs) :]):
            return None
        letter = field.letter(k)
        slope = Element(field, polynomial.derivative(k))
        root = letter - Element(field, polynomial) / slope if slope.signs & ZERO == frozenset() else None
        if root is None:
            return None
        size = len(root.numerator) + len(root.denominator)
        if self.signs[k] == NONZERO:
            return size, k, [-letter, letter]
        if self.signs[k] == REAL:
            return size, k, [root - letter, root, root + letter]
        if self.signs[k] == POSITIVE and root.signs == POSITIVE:
            return size, k, [root * letter / (1 + letter), root, root + letter]
        return None


def _mapped(value, function):
    if isinstance(value, Element):
        return function(value)
    if isinstance(value, Family):
        return Family({k: _mapped(v, function) for k, v in value.items()})
    return elementwise(function, value) if is_array(value) else value


def _substitute(element, k, value):
    """文字 k を value に置きかえた値。"""
    return _composed(element.numerator, k, value) / _composed(element.denominator, k, value)


def _composed(polynomial, k, value):
    result = value.field.constant(0)
    for power, coefficient in enumerate(_coefficients(polynomial, k)):
        result += Element(value.field, coefficient) * value**power
    return result


def _coefficients(polynomial, k):
    """文字 k の多項式とみた係数を、低い次数から並べる。"""
    ring, parts = polynomial.context(), [{} for _ in range(polynomial.degrees()[k] + 1)]
    for exponents, coefficient in polynomial.to_dict().items():
        rest = tuple(0 if i == k else power for i, power in enumerate(exponents))
        parts[exponents[k]][rest] = coefficient
    return [ring.from_dict(part) for part in parts]
