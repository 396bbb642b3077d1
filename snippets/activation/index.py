"""活性化関数はなぜ必要か — はさまなければ、層は何段重ねても 1 段に畳める。

層 Wx + b を 2 つ続けても、できるのは別の Wx + b である。
だから活性化関数のない網は、動きはするが、まっすぐな境界しか引けない。
Playground と同じ分布のデータと同じ形の網を学習させて、それを確かめる。
"""

import functools
from math import erfc

import numpy as np

from ._playground import ACTIVATIONS, dataset, forward, train
from .relu import relu
from .sigmoid import sigmoid
from .step import step

DATASETS = ("gauss", "circle", "xor")
FAMOUS = {"ステップ": step, "シグモイド": sigmoid, "tanh": np.tanh, "ReLU": relu}
SEEDS = 3


def deep(x, W_1, b_1, W_2, b_2):
    """活性化関数をはさまずに 2 層を順に通した値。x: (n,)、W_1: (m, n)、W_2: (k, m) → (k,)。"""
    for W, b in ((W_1, b_1), (W_2, b_2)):
        x = W @ x + b
    return x


def collapse(W_1, b_1, W_2, b_2):
    """deep と同じ働きをする 1 層の (W, b)。W_1: (m, n)、W_2: (k, m)。形が続かなければ ValueError。

    入力に 1 を足した座標では、層は行列 1 枚になり、層を重ねることは行列の積になる。
    """
    if np.shape(W_2)[1] != np.shape(W_1)[0]:
        raise ValueError(f"W_1 の行の数と W_2 の列の数が違う: {np.shape(W_1)} と {np.shape(W_2)}")
    both = _augmented(W_2, b_2) @ _augmented(W_1, b_1)
    return both[:-1, :-1], both[:-1, -1]


def _augmented(W, b):
    return np.vstack([np.column_stack([W, b]), np.eye(np.shape(W)[1] + 1)[-1]])


def affine(x, w, b):
    """出力が 1 つの層の、活性化前の値。w, x: (n,)、b: 数 → 数。"""
    return np.vdot(w, x) + b


@functools.cache
def experiment(activation):
    """データ 3 種 × 乱数 3 通りを 250 点で学習した (層, 残り 250 点 X, 正解 t)。先頭の軸は 9 個の網。"""
    pairs = [dataset(name, seed) for name in DATASETS for seed in range(SEEDS)]
    X, t = (np.stack(parts) for parts in zip(*pairs, strict=True))
    return train(X[:, :250], t[:, :250], activation), X[:, 250:], t[:, 250:]


def accuracy(name, activation):
    """学習に使わなかった 250 点の正解率。乱数 3 通りの (最小, 最大)。"""
    layers, X, t = experiment(activation)
    hits = (np.sign(forward(X, layers, activation)[-1][..., 0]) == t).mean(axis=1)
    group = hits.reshape(-1, SEEDS)[DATASETS.index(name)]
    return float(group.min()), float(group.max())


def scoreboard():
    """データと活性化関数ごとの正解率（乱数 3 通りの幅）。"""

    def cell(low, high):
        return f"{100 * low:.3g}〜{100 * high:.3g} %" if low < high else f"{100 * low:.3g} %"

    rows = [(name, *(cell(*accuracy(name, activation)) for activation in ACTIVATIONS)) for name in DATASETS]
    return ("データ", *ACTIVATIONS), rows


def stray():
    """gauss の 1 点が、2 つの山の中間の直線を越える確率。直線までの 2√2 は標準偏差 √½ の 4 倍。"""
    return erfc(4 / np.sqrt(2)) / 2


def values():
    """有名な活性化関数の値。"""
    z = np.array([-5.0, -1.0, 0.0, 1.0, 5.0])
    columns = [f(z).tolist() for f in FAMOUS.values()]
    return ("z", *FAMOUS), list(zip(z.tolist(), *columns, strict=True))


def plot(fig):
    """学習した網の判定。塗りは網の答え、印は正解。線形では境目がいつもまっすぐで、円は囲めない。"""
    fig.set_size_inches(6.4, 6.2)
    axis = np.linspace(-6, 6, 37)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(1, -1, 2)
    for row, name in zip(fig.subplots(2, 2, sharex=True, sharey=True), ("gauss", "circle"), strict=True):
        k = DATASETS.index(name) * SEEDS
        for ax, activation in zip(row, ACTIVATIONS, strict=True):
            layers, X, t = experiment(activation)
            net = [(W[k : k + 1], b[k : k + 1]) for W, b in layers]
            answer = forward(grid, net, activation)[-1].reshape(37, 37)
            ax.contourf(axis, axis, answer, (-2, 0, 2), colors=("C3", "C0"), alpha=0.2)
            ax.contour(axis, axis, answer, (0,), colors="C2", linewidths=1.6)
            for label, style in ((1, "C0o"), (-1, "C3x")):
                ax.plot(*X[k, t[k] == label][:24].T, style, ms=4)
            ax.set(title=f"{name} × {activation}", aspect="equal", xticks=(-5, 0, 5), yticks=(-5, 0, 5))
            ax.grid(False)
    fig.supxlabel("$x_1$")
    fig.supylabel("$x_2$")


def plot_bend(ax):
    """同じ重みをもつ 4 層の網の出力。線形だけはまっすぐで、ReLU は折れ線、tanh は曲線になる。"""
    rng = np.random.default_rng(5)
    x = np.linspace(-3, 3, 181)
    shapes = ((8, 1), (8, 8), (8, 8), (1, 8))
    layers = [(rng.normal(0, 1.3 / np.sqrt(n), (m, n)), rng.normal(0, 0.8, (m, 1))) for m, n in shapes]
    for f, style, label in ((lambda z: z, "C2-", "線形"), (relu, "C0--", "ReLU"), (np.tanh, "C3-.", "tanh")):
        a = x[None]
        for W, b in layers:
            z = W @ a + b
            a = f(z)
        ax.plot(x, z[0], style, label=label)
    ax.set(xlabel="入力", ylabel="出力")
    ax.legend()


def plot_famous(ax):
    """有名な活性化関数。負の側でどこへ行くかと、正の側で頭打ちになるかどうかが違う。"""
    z = np.linspace(-4, 4, 321)
    for (name, f), style in zip(FAMOUS.items(), ("C3:", "C0-", "C2--", "C1-."), strict=True):
        ax.plot(z, np.where(z == 0, np.nan, f(z)) if f is step else f(z), style, label=name)
    ax.set(xlabel="$z$", ylabel="値", ylim=(-1.2, 2.2))
    ax.legend()
