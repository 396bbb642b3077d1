"""網の遊び場 — 線形な層は、何層重ねて学習しても、まっすぐな境目しか引けない。

ページの中で動く網と同じデータ、同じ初めの重み、同じ順番の学習を、PyTorch で計算する。
網そのものは `_playground_net` にあり、ここには、ページの式に結ばれた関数と、図と表を置く。
"""

import numpy as np
import torch

from ._playground_net import ACTIVATIONS, dataset, exit_values, weights
from ._playground_runs import DATA, NAMES, STEPS, experiment, hits, moved, one_line


def layer(W, x, b, f):
    """1 つの層の出力。W: (m, n)、x: (n,)、b: (m,) → (m,)。f は成分ごとの関数。"""
    return np.array([f(z) for z in W @ x + b])


def linear(x, v, W, b, c):
    """線形な 2 層の網の出口。x: (n,) → 数。"""
    return np.vdot(v, W @ x) + np.vdot(v, b) + c


def collapsed(W, v, b, c):
    """同じ働きをする 1 層の (w, q)。原点での値と、座標を 1 つだけ 1 にしたときの増え方から読みとる。"""
    n = W.shape[1]
    q = linear(np.zeros(n), v, W, b, c)
    return np.array([linear(axis, v, W, b, c) - q for axis in np.eye(n)]), q


def prediction(z):
    """出口の値 z から、0 と 1 のあいだの予測。"""
    return np.exp(-np.logaddexp(0, -z))


def loss(z, t):
    """2 値の交差エントロピー。z: 出口の値、t: 正解 0 か 1。 大きな数どうしの引き算をしない形。"""
    return np.logaddexp(0, (1 - 2 * t) * z)


def error(z, t):
    """損失を z で微分した値。予測と正解の差になる。"""
    return prediction(z) - t


def scores(A, u, c):
    """1 組の出口の値。A: (B, m)、u: (m,) → (B,)。"""
    return A @ u + c


def batch_loss(y, T):
    """1 組の損失の平均。y, T: (B,) → 数。"""
    return float(np.mean(loss(y, T)))


def exit_gradient(A, u, c, T):
    """1 組の損失の平均を、出口の重みで微分した値。(m,)。"""
    return A.T @ error(scores(A, u, c), T) / len(T)


def update(u, rho, A, c, T):
    """勾配降下の 1 歩のあとの、出口の重み。"""
    return u - rho * exit_gradient(A, u, c, T)


def hidden_gradient(s, h, c, t, f, f_prime):
    """隠れユニットの重み付き和 s まで届く勾配。f は活性化関数、f_prime はその導関数。"""
    return error(h * f(s) + c, t) * h * f_prime(s)


def scoreboard():
    """データと活性化関数ごとの、1,000 歩のあとに当たる点の数。"""
    rows = [(label, *(f"{hits(f, name)}/100" for f in NAMES)) for name, label in DATA.items()]
    return ("データ", *NAMES.values()), rows


def depths():
    """線形の網を深くしても、残るのは 3 つの数。XOR で 300 歩のあと。"""
    rows = []
    for hidden in ((4,), (4, 4), (4, 4, 4)):
        count = sum(W.size + b.size for W, b in weights(hidden, 1))
        line = (f"{value:.3f}".replace("-", "−") for value in one_line(hidden))
        rows.append((str(len(hidden)), count, *line, f"{hits('linear', 'xor', hidden, 300)}/100"))
    return ("隠れ層", "重みとバイアスの数", "w₁", "w₂", "b", "当たり"), rows


def movement():
    """活性化関数ごとの、層ごとの重みの動き。ステップでは出口の層しか動かない。"""
    rows = [(NAMES[f], *(f"{value:.2f}" for value in moved(f))) for f in NAMES]
    return ("活性化関数", "1 層め", "2 層め", "出口の層"), rows


def plot(fig):
    """同じ網を XOR で 1,000 歩学習した、活性化関数ごとの判定。線形だけは、境目がまっすぐ。"""
    fig.set_size_inches(6.8, 5)
    axis = np.linspace(-6, 6, 31)
    grid = torch.tensor(np.stack(np.meshgrid(axis, axis), axis=-1).reshape(1, -1, 2))
    X, t = dataset("xor", 1)
    *panels, rest = fig.subplots(2, 3, sharex=True, sharey=True).flat
    rest.set_axis_off()
    for ax, name in zip(panels, ACTIVATIONS, strict=True):
        z = exit_values(experiment(name)[0], name, grid.expand(len(DATA), -1, -1))[2].reshape(31, 31)
        ax.contourf(axis, axis, z, (-1e9, 0, 1e9), colors=("C1", "C0"), alpha=0.2)
        ax.contour(axis, axis, z, (0,), colors="C2", linewidths=1.6, linestyles="-")
        for value, style in ((1, "C0o"), (0, "C1x")):
            ax.plot(*X[t == value].T, style, ms=3, ls="")
        ax.set(title=f"{NAMES[name]}（{hits(name, 'xor')}/100）", aspect="equal", xticks=(-5, 0, 5), yticks=(-5, 0, 5))
        ax.grid(False)
    fig.supxlabel("$x_1$")
    fig.supylabel("$x_2$")


def plot_losses(ax):
    """XOR での損失。線形は、まぐれ当たりの高さ ln 2 から下りない。"""
    styles = ("C2-", "C3:", "C1-.", "C0-", "C0--")
    for name, style in zip(NAMES, styles, strict=True):
        losses = experiment(name)[1][:, tuple(DATA).index("xor")]
        ax.plot(np.arange(1, STEPS + 1)[::5], losses[::5], style, label=NAMES[name])
    ax.axhline(np.log(2), lw=0.6, color="gray")
    ax.set(xlabel="更新の回数", ylabel="損失", ylim=(0, 0.9))
    ax.legend(ncols=2)
