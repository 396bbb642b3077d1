"""線形分離可能 — 2 組の点のあいだに、まっすぐな仕切りを 1 枚入れられるか。

分けられるかどうかは、重みを探し回らなくても判定できる。
条件をすべて不等式に書き、線形計画法に「満たす重みはあるか」と聞けばよい。
2 組の凸包が交わるかどうかを調べても、同じ答えになる。
"""

import itertools
from math import comb

import numpy as np
from scipy.optimize import linprog
from scipy.spatial import ConvexHull

from snippets.activation.index import dataset
from snippets.neuron._boards import boards  # noqa: F401  ページの板が使う

BOX = (-0.45, 1.45)


def score(x, w, b):
    """識別関数 g(x)。x, w: (n,)、b: 数 → 数。正なら一方の側、負なら反対の側。"""
    return float(np.vdot(w, x) + b)


def positive_side(x, w, b):
    """点 x が超平面の正の側にあるか。境目の上は含めない。"""
    return bool(np.vdot(w, x) > -b)


def margin(X, t, w, b):
    """いちばん危ない点の符号つき余裕。X: (N, n)、t: (N,) の ±1、w: (n,)、b: 数 → 数。"""
    return float((t * (X @ w + b)).min())


def separates(X, t, w, b):
    """超平面 (w, b) が 2 組を分けているか。形は margin と同じ。"""
    return bool(np.array_equal(np.sign(X @ w + b), t))


def separator(X, t):
    """2 組を分ける超平面 (w, b) を 1 つ返す。なければ None。X: (N, n)、t: (N,) の ±1。

    線形計画法で、余裕が 1 以上という条件のもと、重みの絶対値の和を最小にする。
    符号の決まらない重みは、2 つの 0 以上の数の差で表す。
    """
    X, t = _labelled(X, t)
    n = X.shape[1]
    sides = -t[:, np.newaxis] * np.c_[X, -X, np.ones(len(X))]
    cost, bounds = np.r_[np.ones(2 * n), 0], [(0, None)] * (2 * n) + [(None, None)]
    result = linprog(cost, A_ub=sides, b_ub=-np.ones(len(X)), bounds=bounds)
    if result.status == 2:  # 条件をすべて満たす重みはない
        return None
    if result.status != 0:
        raise RuntimeError(f"線形計画法が終わらない: {result.message}")
    return result.x[:n] - result.x[n : 2 * n], float(result.x[-1])


def is_separable(X, t):
    """線形分離可能か。X: (N, n)、t: (N,) の ±1。形や値が違えば ValueError。"""
    return separator(X, t) is not None


def hulls_disjoint(A, B):
    """2 組の点の凸包が離れているか。A: (N, n)、B: (M, n)。共通の点を線形計画法で探す。"""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.ndim != 2 or B.ndim != 2 or A.shape[1] != B.shape[1] or 0 in (len(A), len(B)):
        raise ValueError(f"A と B は空でない (N, n) と (M, n) にする。受け取った形は {A.shape} と {B.shape}")
    # 係数は 0 以上で和が 1。その重みつき平均が、A と B で同じ点になるか
    sums = np.array([[1.0] * len(A) + [0.0] * len(B), [0.0] * len(A) + [1.0] * len(B)])
    rows, values = np.r_[np.c_[A.T, -B.T], sums], np.r_[np.zeros(A.shape[1]), 1, 1]
    return linprog(np.zeros(len(A) + len(B)), A_eq=rows, b_eq=values).status == 2


def corners(n):
    """n 個の 0 と 1 の組み合わせのすべて。(2**n, n)。"""
    return np.array(list(itertools.product((0.0, 1.0), repeat=n)))


def count_threshold_functions(n):
    """n 入力の論理関数のうち、線形分離可能なものの数。n は 1 から 3。ほかは ValueError。"""
    if n not in (1, 2, 3):
        raise ValueError(f"n は 1, 2, 3 のどれか: n = {n}")
    # 0 と 1 を入れかえても分けられるかどうかは同じなので、最初の値を 0 に決めて数え、2 倍する
    labels = ((-1, *rest) for rest in itertools.product((-1, 1), repeat=2**n - 1))
    return 2 * sum(is_separable(corners(n), t) for t in labels)


def counts():
    """入力の数ごとの、論理関数の総数と線形分離可能な数。(見出し, 行)。"""
    rows = []
    for n in (1, 2, 3):
        total, separable = 2 ** (2**n), count_threshold_functions(n)
        rows.append((n, total, separable, f"{separable / total:.1%}"))
    return ("入力の数 n", "論理関数の総数", "線形分離可能", "割合"), rows


def cover_count(N, n):
    """一般の位置にある N 点を n 次元の超平面で 2 組に分ける、分け方の数（カバー、1965）。"""
    return 2 * sum(comb(N - 1, k) for k in range(n + 1))


def directions(w):
    """超平面に沿って動ける、互いに直交する向き。w: (n,) → (n-1, n)。w が 0 なら ValueError。"""
    w = np.asarray(w, dtype=float)
    if w.ndim != 1 or not np.any(w):
        raise ValueError(f"w は 0 でないベクトルにする。受け取った値は {w.tolist()}")
    return np.linalg.svd(w[np.newaxis, :])[2][1:]


def lift(x):
    """成分ごとの 2 乗。x: (n,) → (n,)。もとの空間の円が、移った先では直線になる。"""
    return np.square(x)


def inside(x, r):
    """原点を中心とする半径 r の球の内側か。x: (n,)、r: 正の数。"""
    return bool(np.linalg.norm(x) < r)


def plot(fig):
    """2 入力の論理関数 16 個。塗った丸が 1、輪だけの丸が 0。線を引けないのは XOR と XNOR の 2 つだけ。"""
    fig.set_size_inches(6.4, 6.8)
    ax = fig.subplots()
    names = {"0110": "XOR", "1001": "XNOR"}
    for k, truth in enumerate(itertools.product((0, 1), repeat=4)):
        t, place = 2 * np.array(truth) - 1, np.array([2.6 * (k % 4), -2.9 * (k // 4)])
        line, title = separator(corners(2), t), "".join(map(str, truth))
        if line:
            _draw_sides(ax, *line, place=place)
        else:
            square = place + corners(2)
            ax.plot(*square[[0, 3]].T, "C1:", *square[[1, 2]].T, "C1:")
        _draw_points(ax, corners(2) + place, t, "C0" if line else "C1")
        frame = place + np.array(BOX)[[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]
        ax.plot(*frame.T, "-", color="C0" if line else "C1", linewidth=0.6)
        ax.text(place[0] + 0.5, place[1] + 1.6, f"{names.get(title, '')} {title}".strip(), ha="center")
    ax.set(aspect="equal", xlim=(-0.6, 9.4), ylim=(-9.3, 2))
    ax.set_axis_off()


def plot_hulls(fig):
    """左: 凸包（囲み）が離れていれば、あいだに線が通る。右: 凸包が重なると、どう引いても線は通らない。"""
    fig.set_size_inches(7, 3.5)
    rng = np.random.default_rng(4)
    t = np.repeat([1, -1], 7)
    cloud = rng.normal(0, 0.5, (14, 2))
    for ax, shift, name in zip(fig.subplots(1, 2), (1.0, 0.25), ("分けられる", "分けられない"), strict=True):
        X = cloud + shift * t[:, np.newaxis]
        for value, color, marker, hatch in ((1, "C0", "o", "//"), (-1, "C2", "s", "\\\\")):
            part = X[t == value]
            hull = part[ConvexHull(part).vertices]
            ax.fill(*hull.T, facecolor=color, alpha=0.15, hatch=hatch, edgecolor=color)
            ax.plot(*part.T, marker, color=color, ms=5)
        if line := separator(X, t):
            _draw_sides(ax, *line, box=(-2.5, 2.5))
        ax.set(xlim=(-2.5, 2.5), ylim=(-2.5, 2.5), title=name, aspect="equal")
    fig.supxlabel("$x_1$")
    fig.supylabel("$x_2$")


def plot_lift(fig):
    """左: 円の中と外は、直線では分けられない。右: 各座標を 2 乗した平面に移すと、直線で分けられる。"""
    fig.set_size_inches(7, 3.5)
    X, t = dataset("circle", n=90)
    angle, r = np.linspace(0, 2 * np.pi, 60), 3.0
    circle = r * np.column_stack([np.cos(angle), np.sin(angle)])
    left, right = fig.subplots(1, 2)
    for ax, points, border in ((left, X, circle), (right, lift(X), lift(circle[:16]))):
        ax.plot(*points[t > 0].T, "o", color="C0", ms=4, label="内側")
        ax.plot(*points[t < 0].T, "s", color="C2", ms=4, mfc="none", label="外側")
        ax.plot(*border.T, "--", color="C1")
    left.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    right.set(xlabel="$x_1^2$", ylabel="$x_2^2$")
    right.legend()


def _labelled(X, t):
    X, t = np.asarray(X, dtype=float), np.asarray(t, dtype=float)
    if X.ndim != 2 or t.shape != X.shape[:1]:
        raise ValueError(f"X は (N, n)、t は (N,) にする。受け取った形は {X.shape} と {t.shape}")
    if not np.all(np.abs(t) == 1):
        raise ValueError(f"t の値は −1 か 1 にする。受け取った値は {sorted(set(t.tolist()))}")
    return X, t


def _draw_points(ax, X, t, color):
    ax.plot(*X[t > 0].T, "o", color=color, ms=8)
    ax.plot(*X[t < 0].T, "o", color=color, ms=8, mfc="none")


def _draw_sides(ax, w, b, box=BOX, place=(0, 0)):
    """境界線を引き、正の側を薄く塗る。place: 枠をずらす量。"""
    x_1, x_2 = np.meshgrid(box, box)
    z = w[0] * x_1 + w[1] * x_2 + b
    if z.max() > 0:
        levels = [0, z.max() + 1]
        ax.contourf(x_1 + place[0], x_2 + place[1], z, levels=levels, colors=["C0"], alpha=0.15)
    if z.min() < 0 < z.max():
        ax.contour(x_1 + place[0], x_2 + place[1], z, levels=[0], colors="C1", linestyles="--")
