"""期待値と分散。確率変数の取りうる値を残らず数えあげた、重みつきの平均。Operations の下の階。"""

import itertools
import math

import numpy as np

from . import FormulaError
from .declarations import FINITE, total
from .sampling import size
from .values import is_array

OUTCOMES = 4096  # 数えあげる場合の数の上限
PRECISION = 10**9  # 確率の和は、実装の float64 でも 1 と見分けられないこと


class Chance:
    """_op という名のメソッドが、op という節の値を求める。"""

    def _average(self, node, op, index, law, body):
        worlds = self.chosen(index, law, body) if index else self.drawn(body)
        items = [(weight, here.number(body)) for weight, here in worlds]
        mean = expected(items)
        if op == "mean":
            return mean
        if is_array(mean):
            raise FormulaError("分散の中は数にする")
        return expected([(weight, (value - mean) * (value - mean)) for weight, value in items])

    def drawn(self, body):
        """中の確率変数のすべての値について、(確率, 計算)。どの値も同じ確率で、成分は独立。"""
        symbols, reached = self.scope.symbols, self.scope.reached(body)
        everyone = {s.name for s in symbols.declared() if s.type.random}
        for name in sorted(reached):
            if name in symbols and everyone & symbols[name].type.mentioned:
                raise FormulaError(f"{name} の大きさが確率変数で決まる。大きさは確率変数にできない")
        moving = [symbols[name] for name in sorted(everyone & reached)]
        if not moving:
            raise FormulaError("[ ] の中に確率変数がない。random sign^n のように宣言するか、_{k \\sim p} を付ける")
        outcomes = [self.outcomes(s.type) for s in moving]
        count = math.prod(map(len, outcomes))
        if count > OUTCOMES:
            raise FormulaError(f"確率変数の値が {count} 通りある。{OUTCOMES} 通りまでになるように、大きさを減らす")
        weight = self.carrier.number(1) / count
        for values in itertools.product(*outcomes):
            yield weight, self.child(dict(zip((s.name for s in moving), values, strict=True)))

    def outcomes(self, kind):
        """確率変数の取りうる値の並び。"""
        if kind.kind == "integer":
            return range(total(kind.low, self.given), total(kind.high, self.given) + 1)
        values = [self.carrier.number(value) for value in FINITE[kind.base]]
        if not kind.dims:
            return values
        shape = tuple(size(dim, self.given) for dim in kind.dims)
        if len(values) ** math.prod(shape) > OUTCOMES:
            raise FormulaError(f"確率変数の成分が {math.prod(shape)} 個ある。大きさを減らす")
        return [self.filled(shape, chosen) for chosen in itertools.product(values, repeat=math.prod(shape))]

    def filled(self, shape, values):
        result = np.empty(shape, self.carrier.dtype)
        result.flat = values
        return result

    def chosen(self, index, law, body):
        """確率 law で選ぶ添字のすべての値について、(確率, 計算)。"""
        name = index.args[0]
        if name in self.given:
            raise FormulaError(f"添字 {name} は外側でも使われている", index.span)
        low, high = self.range(name)
        weights = self.number(law)
        if not is_array(weights) or weights.shape != (high - low + 1,):
            raise FormulaError(f"\\sim の右は、{name} の動く {high - low + 1} 個と同じ長さのベクトルにする", law.span)
        excess = sum(weights[1:], weights[0]) - 1
        if not all(weight >= 0 for weight in weights) or abs(excess) * PRECISION > 1:
            raise FormulaError("\\sim の右が、足して 1 になる 0 以上の数になっていない", law.span)
        for weight, k in zip(weights, range(low, high + 1), strict=True):
            yield weight, self.at_index({name: k})


def expected(items):
    """重みつきの和。"""
    parts = [weight * value for weight, value in items]
    return sum(parts[1:], parts[0])
