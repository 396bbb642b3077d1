"""比べることと論理。Operations の下の階。"""

import numpy as np

from . import FormulaError
from .values import everywhere, is_array

COMPARE = {
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b,
}  # fmt: skip


class Logic:
    """_op という名のメソッドが、op という節の真偽や、真偽から作る数を求める。"""

    def _compare(self, node, relations, *sides):
        numbers = list(map(self.number, sides))
        pairs = zip(relations, numbers, numbers[1:], strict=False)
        return all(everywhere(COMPARE[relation](a, b)) for relation, a, b in pairs)

    def bit(self, node):
        value = self.value(node)
        if not isinstance(value, (bool, np.bool_)) and (is_array(value) or value not in (0, 1)):
            raise FormulaError("論理演算の相手は 0 か 1 か条件にする", node.span)
        return bool(value)

    def truth(self, value):
        return self.carrier.number(int(value))

    def _and(self, node, a, b):
        return self.truth(self.bit(a) & self.bit(b))

    def _or(self, node, a, b):
        return self.truth(self.bit(a) | self.bit(b))

    def _xor(self, node, a, b):
        return self.truth(self.bit(a) ^ self.bit(b))

    def _not(self, node, a):
        return self.truth(not self.bit(a))
