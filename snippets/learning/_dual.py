"""二重数。autodiff のフォワードモードが使う、値と傾きの組。"""

import numpy as np


class Dual:
    """値と傾きの組（二重数）。計算するたびに、微分の規則で傾きも計算する。"""

    def __init__(self, value, slope=0.0):
        self.value, self.slope = value, slope

    def __add__(self, other):
        other = _dual(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        other = _dual(other)
        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)

    def __truediv__(self, other):
        other = _dual(other)
        quotient = self.value / other.value
        return Dual(quotient, (self.slope - quotient * other.slope) / other.value)

    def __sub__(self, other):
        return self + -1.0 * _dual(other)

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self):  # np.tanh は、数でないものにはその tanh を呼ぶ
        y = np.tanh(self.value)
        return Dual(y, (1 - y * y) * self.slope)

    def sin(self):
        return Dual(np.sin(self.value), np.cos(self.value) * self.slope)


def _dual(value):
    return value if isinstance(value, Dual) else Dual(value)
