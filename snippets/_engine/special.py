"""端数の切り捨て、階乗、内積、いろいろなノルムのように、少ししか出てこない演算の計算。"""

import math

from . import FormulaError, values
from .dots import expand
from .values import elementwise, is_array


class Special:
    """_op という名のメソッドが、op という節の値を求める。Operations の下の階。"""

    def _floor(self, node, a):
        return elementwise(lambda u: self.real("floor", self.carrier.number(u)), self.number(a))

    def _ceiling(self, node, a):
        return elementwise(lambda u: self.real("ceiling", self.carrier.number(u)), self.number(a))

    def _positive(self, node, a):
        return self.extreme("max", (self.number(a), 0))

    def counting(self, node):
        """0 以上の整数。"""
        value = self.integer(node)
        if not 0 <= value <= 1000:
            raise FormulaError("階乗と二項係数の中は 0 から 1000 の整数にする", node.span)
        return value

    def _factorial(self, node, a):
        return self.carrier.number(math.factorial(self.counting(a)))

    def _binomial(self, node, a, b):
        return self.carrier.number(math.comb(self.counting(a), self.counting(b)))

    def _modulo(self, node, a, b):
        """0 以上 b 未満の余り。"""
        a, b = self.number(a), self.number(b)
        if is_array(a) or is_array(b) or not b > 0:
            raise FormulaError("余りは、数を正の数で割ったときにだけある")
        return a - b * self.real("floor", values.divide(self.carrier.number(a), b))

    def _inner(self, node, a, b):
        a, b = self.number(a), self.number(b)
        if not (is_array(a) and is_array(b)) or a.ndim != 1:
            raise FormulaError("内積の中は縦ベクトルにする")
        return values.dot(a, b)

    def _lnorm(self, node, a, order):
        """‖x‖₁、‖x‖₂、‖x‖_p、‖x‖_∞ と、行列の ‖A‖_F。"""
        value = self.number(a)
        if not is_array(value) or value.ndim != (2 if order.op == "frobenius" else 1):
            raise FormulaError("この添字のノルムの中は、F なら行列、それ以外なら縦ベクトルにする")
        sizes = [abs(u) for u in value.ravel()]
        if order.op == "infinity":
            return max(sizes)
        p = 2 if order.op == "frobenius" else self.number(order)
        if is_array(p) or p < 1:
            raise FormulaError("ノルムの添字は 1 以上の数か ∞ か F にする", order.span)
        if p == 2:
            return self.carrier.length(sum(u * u for u in sizes))
        total = sum(values.power(u, p, self.carrier) if u != 0 else u for u in sizes)
        return total if p == 1 or total == 0 else values.power(total, 1 / self.carrier.number(p), self.carrier)

    def _root(self, node, a, degree):
        """正の数の n 乗根。"""
        base, degree = self.lifted(a), self.integer(degree)
        if is_array(base) or base < 0 or degree < 2:
            raise FormulaError("累乗根は、0 以上の数の 2 乗根、3 乗根、…にだけある")
        return values.power(base, 1 / self.carrier.number(degree), self.carrier) if base != 0 else base

    def _series(self, node, *items):
        """途中を略した和。"""
        found = [self.number(item) for item in expand(items, self)]
        total = found[0]
        for value in found[1:]:
            total = values.add(total, value)
        return total
