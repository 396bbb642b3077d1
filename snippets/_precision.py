"""浮動小数点での誤差。同じ関数のいくつもの書き方を、任意精度の値と比べる。

ULP は、正しい値のところでとなり合う、その型の数の間隔である。正しく丸めた値の誤差は 1/2 ULP を超えない。
正規化数より小さいところでは、いちばん小さい正の数を間隔とする。丸めて無限大になる値では、同じ符号の無限大を正しい値とする。
float16 では、入力も途中の計算も float16 の配列のまま渡し、広い型で返った値は最後に float16 へ丸めて測る。
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field

import flint
import numpy as np
import torch

BITS = 200  # 60 桁
OURS = "このノートの"  # 図では、この名で始まる書き方を太い青の線にする
_FAR = 1 << 20  # これより外の指数は、どの型でも 0 か無限大になる
_BATCH = 64  # まとめて計算したときと、一つだけ計算したときとで、答えの違う関数がある
_TOP = 1e19  # 図で、無限大と nan を置く高さ
_STYLES = ("C1--o", "C3:s", "C2-.^", "C1-D", "C3--X", "C2:P")


@dataclass(frozen=True)
class Exact:
    """任意精度の値を (head + tail) × 2^exponent と書いたもの。1/2 ≤ |head| < 1 で、tail は head の続きの 53 bit。"""

    head: np.ndarray
    tail: np.ndarray
    exponent: np.ndarray

    @classmethod
    def of(cls, balls, shape):
        """arb の並びから作る。"""
        parts = np.array([_split(ball) for ball in balls], dtype=float).reshape(*shape, 3)
        return cls(parts[..., 0], parts[..., 1], parts[..., 2].astype(int))

    def unit(self, dtype):
        """ULP の指数。間隔は 2^unit である。"""
        info = np.finfo(dtype)
        return np.maximum(self.exponent, info.minexp + 1) - info.nmant - 1

    def overflows(self, dtype):
        """dtype に丸めると無限大になるか。"""
        info = np.finfo(dtype)
        last_half = (1 - np.abs(self.head)) - 2.0 ** -(info.nmant + 2) <= np.abs(self.tail)
        return (self.exponent > info.maxexp) | ((self.exponent == info.maxexp) & last_half)


def _split(ball):
    """(head, tail, exponent)。0 は指数を持たない。"""
    mantissa, exponent = map(int, ball.mid().man_exp())
    if mantissa == 0:
        return 0.0, 0.0, -_FAR
    size, sign = abs(mantissa).bit_length(), -1 if mantissa < 0 else 1
    bits = abs(mantissa) << 106 >> size
    return (
        sign * (bits >> 53) * 2.0**-53,
        sign * (bits & (2**53 - 1)) * 2.0**-106,
        min(max(exponent + size, -_FAR), _FAR),
    )


def exact_values(f, x):
    """f の 60 桁より正しい値。x: (N,) か (N, C)。f は arb か arb の並びを受け取り、arb か arb の並びを返す。"""
    rows = [_certain(f, row) for row in np.asarray(x, dtype=float).tolist()]
    shape = np.shape(x)[:1] + ((len(rows[0]),) if isinstance(rows[0], list) else ())
    return Exact.of([ball for row in rows for ball in (row if isinstance(row, list) else [row])], shape)


def _certain(f, row):
    """桁が足りるまで、計算の幅を倍にする。"""
    width = 2 * BITS
    while True:
        with flint.ctx.workprec(width):
            value = f([flint.arb(v) for v in row] if isinstance(row, list) else flint.arb(row))
        balls = value if isinstance(value, list) else [value]
        if all(ball.is_exact() or ball.rel_accuracy_bits() >= BITS for ball in balls):
            return value
        if not all(ball.is_finite() for ball in balls) or width > 1 << 16:
            raise ValueError(f"{row} での値が定まらない")
        width *= 2


def ulp_error(y, exact):
    """y の誤差が何 ULP か。y: 小数の配列、exact と同じ形。nan と、丸めても無限大にならない値での無限大は ∞。"""
    unit, over = exact.unit(y.dtype), exact.overflows(y.dtype)
    mantissa, exponent = np.frexp(y.astype(float))
    with np.errstate(over="ignore", invalid="ignore"):
        gap = _scaled(mantissa, exponent - unit) - _scaled(exact.head, exact.exponent - unit)
        error = np.abs(gap - _scaled(exact.tail, exact.exponent - unit))
    right = over & np.isinf(y) & (np.sign(y) == np.sign(exact.head))
    return np.where(right, 0, np.where(np.isfinite(y), error, np.inf))


def _scaled(mantissa, exponent):
    return np.ldexp(mantissa, np.clip(exponent, -5000, 5000))


def broken(y, exact):
    """有限になるはずの値が、nan か無限大になったか。"""
    return ~np.isfinite(y) & ~exact.overflows(y.dtype)


def worthless(y, exact):
    """1 桁も合わないか。誤差が正しい値の大きさに届き、となり合う数の丸めのせいでもないとき。"""
    error = ulp_error(y, exact)
    with np.errstate(over="ignore"):
        return (error >= 1) & (error >= _scaled(np.abs(exact.head), exact.exponent - exact.unit(y.dtype)))


def line(*specials, reach=1e4, spans=(760, 40, 1)):
    """float64 の標本。正負の両側を 1e-320 から reach まで対数で、各 span のあいだを等間隔で埋める。

    specials のまわりには、となりの数から 2^50 個先までを対数で足す。
    """
    far = np.geomspace(1e-320, reach, 3000)
    steps = np.round(np.geomspace(1, 2**51, 800)) / 2  # 2 のべきの左では、間隔が半分になる
    near = [s + sign * np.spacing(s) * steps for s in specials for sign in (-1, 1)]
    even = [np.linspace(-span, span, 8001) for span in spans]
    x = np.concatenate([far, -far, [0.0], specials, *even, *near])
    return np.unique(x[np.abs(x) <= reach])


def halves():
    """float16 の有限な数すべて。63,488 個あり、0 は二つある。"""
    every = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    return np.sort(every[np.isfinite(every)])


def on_torch(f):
    """torch の関数を、同じ型の NumPy の配列で呼べるようにする。"""
    return lambda x: f(torch.from_numpy(x)).numpy()


def _as_it_is(x):
    return x


@dataclass(frozen=True, eq=False)
class Comparison:
    """一つの関数の、書き方くらべ。

    exact は定義そのもの、ways は表に出す名と関数、domain は定義域、points は float64 の標本である。
    home は、どの書き方も正しい入力で、そこから左右へ調べる。inputs は、動かす数 x の配列から関数の入力を作る。
    """

    exact: Callable
    ways: dict
    home: float
    points: np.ndarray = field(default_factory=line)
    domain: Callable = np.isfinite
    inputs: Callable = _as_it_is

    def values(self, way, x):
        """書き方 way の値。x と同じ型に丸める。警告は止めて、値だけを見る。"""
        with np.errstate(all="ignore"):
            return np.asarray(self.ways[way](self.inputs(x))).astype(x.dtype)

    def sample(self, dtype):
        """x の標本。float16 では定義域の数すべて、ほかの型では points を丸めたもの。"""
        x = halves() if dtype == np.float16 else np.unique(self.points.astype(dtype))
        return x[self.domain(x)]

    @functools.cache  # noqa: B019  比べるものはモジュールに一つずつしかない
    def truth(self, dtype):
        return exact_values(self.exact, self.inputs(self.sample(dtype)))

    def errors(self, way, dtype):
        """標本ごとの ULP。値が並びなら、その中の最大。"""
        return _any(ulp_error(self.values(way, self.sample(dtype)), self.truth(dtype)), np.max)

    def failures(self, way, dtype, test=worthless):
        """標本ごとに、test に当たるか。"""
        return _any(test(self.values(way, self.sample(dtype)), self.truth(dtype)), np.any)

    def edges(self, way, test=worthless, dtype=np.float64):
        """home から左と右へ進み、はじめて test に当たる数。→ (左, 右)。なければ None。

        標本ではじめて当たった数と、その手前の数とのあいだを、となり合う二つの数になるまで半分にしていく。
        """
        x, bad = self.sample(dtype), self.failures(way, dtype, test)
        left, right = np.flatnonzero(bad & (x < self.home)), np.flatnonzero(bad & (x > self.home))
        sides = (left[-1], 1) if len(left) else None, (right[0], -1) if len(right) else None
        return tuple(side and self._bisect(way, test, x[side[0] + side[1]], x[side[0]]) for side in sides)

    def _bisect(self, way, test, good, bad):
        while (middle := good + (bad - good) / 2) not in (good, bad):
            x = np.full(_BATCH, middle)
            value = self.values(way, x)[:1]
            if np.any(test(value, exact_values(self.exact, self.inputs(x[:1])))):
                bad = middle
            else:
                good = middle
        return float(bad)

    def table(self):
        """書き方ごとの成績。"""
        headers = ("書き方", "float64 最大 ULP", "あふれ・nan", "1 桁も合わない",
                   "float32 最大 ULP", "float16 最大 ULP")  # fmt: skip
        return headers, [self._row(way) for way in self.ways]

    def _row(self, way):
        double, *narrow = (_shown(self.errors(way, dtype).max()) for dtype in (np.float64, np.float32, np.float16))
        edges = [_sides(self.edges(way, test)) for test in (broken, worthless)]
        return way, double, *edges, *narrow

    def plot(self, ax, x=None, bins=72):
        """float64 の誤差を描く。ax の目もりと範囲を先に決めておくと、横を bins 個に等分し、区切りごとの最大を結ぶ。

        x は横軸の値で、標本と同じ順に並べる。nan の標本は描かない。
        """
        x = self.sample(np.float64) if x is None else x
        low, high = ax.transAxes.transform([(0, 0), (1, 0)])[:, 0]
        shown = (x >= ax.get_xlim()[0]) & (x <= ax.get_xlim()[1])
        place = np.full(len(x), -1)
        across = ax.transData.transform(np.column_stack([x[shown], np.ones(shown.sum())]))[:, 0]
        place[shown] = np.minimum((across - low) / (high - low) * bins, bins - 1)
        groups = [group for k in range(bins) if len(group := np.flatnonzero(place == k))]
        centers = [np.median(x[group]) for group in groups]
        styles = iter(_STYLES)
        for number, way in enumerate(self.ways):
            error, ours = self.errors(way, np.float64), way.startswith(OURS)
            tops = [np.clip(error[group].max(), 0.1, _TOP) for group in groups]
            style, width = ("C0-v", 2) if ours else (next(styles), 1.2)
            ax.plot(centers, tops, style, label=way, lw=width, ms=4, markevery=(2 * number, 12))
        ax.set(yscale="log", ylim=(0.05, 10 * _TOP), ylabel="誤差（ULP）")
        ax.set_yticks([1, 1e4, 1e8, 1e12, 1e16, _TOP], ["1", "10⁴", "10⁸", "10¹²", "10¹⁶", "∞ nan"])
        ax.minorticks_off()
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, fontsize=8)


def _any(values, reduce):
    return values if values.ndim == 1 else reduce(values, axis=-1)


def _shown(ulp):
    """表の数。1000 からは、仮数を 2 桁にする。"""
    if ulp < 1000:
        return f"{ulp:.2f}" if ulp < 10 else f"{ulp:.0f}"
    return "∞" if np.isinf(ulp) else float(f"{ulp:.1e}")


def _sides(edges):
    """左右の始まり。7 桁で書き、悪いほうへ矢印を向ける。矢印と数のあいだでは行を分けない。"""
    sides = zip(("←\N{NO-BREAK SPACE}{:.7g}", "{:.7g}\N{NO-BREAK SPACE}→"), edges, strict=True)
    return "、".join(text.format(edge) for text, edge in sides if edge is not None).replace("-", "−") or "なし"
