"""不等式の鋭さ。成り立っていても、ゆるすぎる端は著者の書きまちがいかもしれない。

≤ は、どれかの標本でちょうど等しくならなければならない。ならないなら < と書くべきである。
< は、どれかの標本で両辺が近づかなければならない。σ(x) < 2 のような端は断る。
"""

import numpy as np

from . import FormulaError

ORDER = ("<", ">", "<=", ">=")
_NEAR = 0.1
_EQUAL = 1e-30


class Sharpness:
    """一つの不等号について、両辺がどこまで近づいたか。"""

    def __init__(self, relation):
        self.relation, self.gaps, self.sizes = relation, [], []

    def note(self, a, b):
        self.gaps += [abs(gap) for gap in np.ravel(a - b)]
        self.sizes += [max(abs(x), abs(y)) for x, y in np.broadcast(np.ravel(a), np.ravel(b))]

    def require(self, span):
        """鋭くなければ FormulaError。片方の辺がいつも 0 なら、差の中央値と比べる。"""
        pairs = list(zip(self.gaps, self.sizes, strict=True))
        if self.relation in ("<=", ">="):
            equal = [gap <= _EQUAL * size for gap, size in pairs]
            if not any(equal):
                raise FormulaError("等号の成り立つ標本がない。端が正しければ、等号のない < か > で書く", span)
            if all(equal):
                raise FormulaError("いつも等しい。不等号でなく = で書く", span)
            return
        one_side_zero = all(gap == size for gap, size in pairs)
        scale = sorted(self.gaps)[len(self.gaps) // 2]
        if not any(gap <= _NEAR * (scale if one_side_zero else size) for gap, size in pairs):
            raise FormulaError("両辺がどの標本でも離れている。もっと鋭い端がある", span)
