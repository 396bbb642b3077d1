"""自動微分をする数。backprop のページがこのまま見せる。"""

import math


class Value:
    """計算の道すじを覚えている数。

    parents は (もとの Value, その場の傾き) の並び。grad は、出口の値をこの数で微分した傾き。
    """

    def __init__(self, data, *parents):
        self.data, self.grad, self.parents = float(data), 0.0, parents

    def __add__(self, other):
        other = _value(other)
        return Value(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        other = _value(other)
        return Value(self.data * other.data, (self, other.data), (other, self.data))

    def __pow__(self, k):  # k はふつうの数
        return Value(self.data**k, (self, k * self.data ** (k - 1)))

    def exp(self):
        y = math.exp(self.data)
        return Value(y, (self, y))

    def log(self):
        return Value(math.log(self.data), (self, 1 / self.data))

    def tanh(self):
        y = math.tanh(self.data)
        return Value(y, (self, 1 - y * y))

    def relu(self):
        return Value(max(0.0, self.data), (self, float(self.data > 0)))

    __radd__, __rmul__ = __add__, __mul__

    def __sub__(self, other):
        return self + -1.0 * _value(other)

    def __truediv__(self, other):
        return self * _value(other) ** -1

    def trace(self):
        """出口から入口へ。どの数も、それを使う数がすべて出そろったあとに並ぶ。"""
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for parent, _ in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        return order[::-1]

    def backward(self):
        """すべての数の grad を求める。葉の grad には足し込む。"""
        order = self.trace()
        for node in order:
            if node.parents:
                node.grad = 0.0
        self.grad = 1.0
        for node in order:
            for parent, slope in node.parents:
                parent.grad += slope * node.grad


def sigmoid(u):
    """シグモイド関数。Value → Value。"""
    return (1 + (-1 * u).exp()) ** -1


def _value(x):
    return x if isinstance(x, Value) else Value(x)
