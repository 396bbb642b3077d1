"""記号の標本。特別な値と、一つの記号だけが 0 の点から始め、有限の定義域は数えあげ、残りを種の決まった乱数で埋める。

値はどれも float64 でちょうど表せるので、60 桁の計算と実装に同じ入力が渡る。
"""

import itertools
import math
import random

import gmpy2
import numpy as np

from .declarations import FINITE, interval, total
from .values import Family

COUNT = 64
_SIZES = (3, 2, 4, 3, 2, 4, 3, 2)  # 隣の層と大きさが違えば、転置の取り違えが形に現れる
LAYERS = len(_SIZES)
_SPECIAL = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0)
_STEP = 2.0**-22  # 境目のすぐ隣までの幅
_LEVELS = (0.0, 1.0, -1.0, 0.5)  # 最初の標本では、すべてのスカラーがこの値でそろう


def _spd(rng, shape):
    """B Bᵀ + I。成分は float64 でちょうど表せる。"""
    root = np.array([[rng.randint(-8, 8) / 4 for _ in range(shape[1])] for _ in range(shape[0])])
    return root @ root.T + np.eye(shape[0])


def _invertible(rng, shape):
    """対角の優った行列。"""
    noise = np.array([[rng.randint(-8, 8) / 4 for _ in range(shape[1])] for _ in range(shape[0])])
    return noise + np.diag([rng.choice((-1, 1)) * 2.5 * shape[0] for _ in range(shape[0])])


# 決まった形の配列
_FIXED = {
    "ones": lambda rng, shape: np.ones(shape), "identity": lambda rng, shape: np.eye(*shape),
    "spd": _spd, "invertible": _invertible,
}  # fmt: skip
_WHOLE = {"simplex", "distinct", *_FIXED}  # 成分ごとには選べない配列


class Smooth:
    """任意のなめらかな関数の代わり。係数は標本ごとに変わる。

    スカラーの f(x) = a tanh(bx + c) + d sin x、ベクトルの E(w) = Σ a_k tanh(b_k w_k + c_k) + d sin(Σ b_k w_k)。
    60 桁の数、NumPy の配列、torch のテンソルを受け取る。
    """

    def __init__(self, rng, of=None):
        self.of = of
        self.coefficients = [[rng.randint(26, 102) / 64 for _ in range(4)] for _ in range(12)]

    def __call__(self, *args):
        if self.of is None:
            tanh, sin = _functions(args[0])
            a, b, c, d = self.coefficients[0]
            return a * tanh(b * args[0] + c) + d * sin(args[0])
        parts = [part for arg in args for part in (arg.reshape(-1) if np.ndim(arg) else [arg])]
        tanh, sin = _functions(parts[0])
        rows = self.coefficients[: len(parts)]
        bends = [a * tanh(b * x + c) for x, (a, b, c, _) in zip(parts, rows, strict=True)]
        mixed = [b * x for x, (_, b, _, _) in zip(parts, rows, strict=True)]
        return sum(bends[1:], bends[0]) + rows[0][3] * sin(sum(mixed[1:], mixed[0]))

    def derivative(self, x):
        """スカラーの f の傾き（実装の引数 f_prime）。"""
        a, b, c, d = self.coefficients[0]
        return a * b / np.cosh(b * x + c) ** 2 + d * np.cos(x)


def _functions(value):
    if isinstance(value, gmpy2.mpfr):
        return gmpy2.tanh, gmpy2.sin
    if type(value).__module__.startswith("torch"):
        return type(value).tanh, type(value).sin
    return np.tanh, np.sin


class Sampler:
    """必要な記号 needed の標本を順に作る。"""

    def __init__(self, symbols, needed, seed=0, count=COUNT):
        self.symbols, self.needed, self.seed, self.count = symbols, needed, seed, count
        chosen = [s for s in symbols.declared() if s.name in needed or s.type.sampled_integer]
        self.integers = [s for s in chosen if s.type.sampled_integer]
        self.functions = [s for s in chosen if s.type.abstract or s.type.of]
        self.reals = [s for s in chosen if s.type.kind == "real" and not s.type.of]
        self.finite = [s for s in self.reals if s.type.base in FINITE and not s.type.dims and not s.type.family]
        used = [s for s in self.integers if s.name in needed]
        domains = [FINITE[s.type.base] for s in self.finite]
        domains += [range(int(s.type.low), int(s.type.high) + 1) for s in used]
        self.enumerated = [s.name for s in (*self.finite, *used)]
        self.combinations = list(itertools.islice(itertools.product(*domains), 4096))
        self.exhaustive = len(self.reals) == len(self.finite) and not self.functions

    def __iter__(self):
        """すべてが有限なら残らず数えあげ、そうでなければ count 個。"""
        trial = 0
        while trial < len(self.combinations) or (not self.exhaustive and trial < self.count):
            yield self.draw(trial)
            trial += 1

    def extend(self, times):
        """標本の数を増やす。"""
        self.count *= times

    def neighbours(self, given):
        """実数を一つだけ、わずかに増やすか減らした標本。配列では、どれか一つの成分を動かす。"""
        for symbol in self.reals:
            value = given[symbol.name]
            if isinstance(value, Family) or not np.size(value) or symbol.type.base in _WHOLE:
                continue
            at = self.rng.choice(list(np.ndindex(value.shape))) if np.ndim(value) else None
            for step in (_STEP, -_STEP):
                moved = np.array(value)
                moved[at or ()] += step
                if inside(float(moved[at or ()]), symbol.type.base):
                    yield given | {symbol.name: moved if np.ndim(value) else float(moved)}

    def draw(self, trial):
        """trial 番目の標本。名から値への表。"""
        self.rng = random.Random(f"{self.seed}/{trial}")
        self.level = _LEVELS[trial] if trial < len(_LEVELS) else None
        self.seen = []
        given = {s.name: self.rng.randint(int(s.type.low), int(s.type.high)) for s in self.integers}
        chosen = self.combinations[trial % len(self.combinations)]
        given |= dict(zip(self.enumerated, chosen, strict=True))
        for symbol in self.functions:
            given[symbol.name] = Smooth(self.rng, symbol.type.of or None)
        for position, symbol in enumerate(self.reals):
            if symbol.name not in given:
                value = self.value(symbol.type, given)
                alone = trial in range(len(_LEVELS) + 2 * position, len(_LEVELS) + 2 * position + 2)
                given[symbol.name] = zeros(value, symbol.type) if alone else value
        return given

    def value(self, kind, given):
        if kind.family:
            letter = kind.family[1]
            return Family({k: self.array(kind, {**given, letter: k}) for k in range(LAYERS)})
        return self.array(kind, given)

    def array(self, kind, given):
        if not kind.dims:
            return self.number(kind.base)
        shape = tuple(size(dim, given) for dim in kind.dims)
        if kind.base == "simplex":
            cuts = sorted(self.rng.sample(range(1, 64), shape[0] - 1))
            return np.diff([0, *cuts, 64]) / 64.0
        if kind.base in _FIXED:
            return _FIXED[kind.base](self.rng, shape)
        if kind.base == "distinct":
            return np.array(self.rng.sample(range(-3 * 64, 3 * 64), math.prod(shape))).reshape(shape) / 64.0
        return np.array([self.number(kind.base) for _ in range(math.prod(shape))]).reshape(shape)

    def number(self, base):
        """定義域の数。特別な値、ほかと同じ値、大きな値をまぜる。"""
        roll = self.rng.random()
        if self.level is not None:
            candidates = [self.level, 1.0, 0.5]
        elif roll < 0.2:
            candidates = [self.rng.choice(_SPECIAL)]
        elif roll < 0.35 and self.seen:
            candidates = [self.rng.choice(self.seen)]
        elif roll < 0.45:
            candidates = [self.rng.choice((-1, 1)) * self.rng.randint(4 * 64, 30 * 64) / 64]
        else:
            candidates = []
        value = next((c for c in candidates if inside(c, base)), None)
        value = self.generic(base) if value is None else value
        self.seen.append(value)
        return value

    def generic(self, base):
        if base in FINITE:
            return self.rng.choice(FINITE[base])
        if base == "Z":
            return float(self.rng.randint(-3, 3))
        if base[0] in "([":
            return self.in_interval(base)
        value = self.rng.uniform(-3, 3)
        return value if base == "R" else (abs(value) if base == "R+" else value) or 1.0

    def in_interval(self, base):
        low, high = interval(base)
        ends = [low] * (base[0] == "[") + [high] * (base[-1] == "]")
        near = [low + (high - low) * t for t in (0.5, 2.0**-20, 1 - 2.0**-20)]
        if self.rng.random() < 0.3:
            return self.rng.choice(ends + near)
        return self.rng.uniform(low, high) if high > low else low


def zeros(value, kind):
    """すべて 0 の値。0 が定義域になければ、もとの値のまま。"""
    if isinstance(value, Family) or kind.base in _WHOLE or not inside(0.0, kind.base):
        return value
    return np.zeros(value.shape) if np.ndim(value) else 0.0


def inside(value, base):
    """値が定義域に入るか。"""
    if base in FINITE:
        return value in FINITE[base]
    if base == "Z":
        return value == int(value)
    if base[0] in "([":
        low, high = interval(base)
        return low < value < high or (value == low and base[0] == "[") or (value == high and base[-1] == "]")
    return {"R": True, "R+": value > 0, "R*": value != 0}[base]


def size(dim, given):
    """次元の大きさ。n, 100, n+1, 0..n, d@l を読む。"""
    if "@" in dim:
        layer = size(dim.partition("@")[2], given)
        if not layer >= 0:
            layer = 0
        return _SIZES[layer % LAYERS]
    low, dots, high = dim.rpartition("..")
    if dots:
        return size(high, given) - int(low) + 1
    return total(dim, given)
