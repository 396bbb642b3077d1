"""双曲線正接関数 — どんな実数も −1 と 1 のあいだへ、0 を中心に写す。

シグモイド関数を縦横に伸ばして 0 を中心に置きなおした、同じ S 字である。
中心が 0 にあることと、傾きが原点で 1 まで上がることが、隠れ層での学習を助ける。
"""

import numpy as np
import torch

from snippets._precision import Comparison, on_torch
from snippets.activation.sigmoid import sigmoid


def tanh(x):
    """tanh(x) を返す。x: 任意の形 → 同じ形、値は [−1, 1]。ふだんは np.tanh を使えばよい。

    expm1(u) = e^u − 1 は引き算をしないで求まるので、0 のそばでも桁が落ちない。
    """
    u = np.expm1(-2 * np.abs(x))  # −1 以上 0 以下なので、あふれない
    return np.sign(x) * -u / (2 + u)


def derivative(x):
    """tanh'(x) を返す。x: 任意の形 → 同じ形、値は [0, 1]。1 に近い数どうしの引き算をしない。"""
    r = np.exp(-np.abs(x))
    return (2 * r / (1 + r * r)) ** 2  # 2r ≤ 1 + r² なので、丸めても 1 を超えない


def naive(x):
    """定義の式をそのまま書いたもの。|x| が 709.8 を超えると ∞/∞ になり、nan を返す。"""
    up, down = np.exp(x), np.exp(-x)
    return (up - down) / (up + down)


def from_sigmoid(x):
    """シグモイド関数からの作り方をそのまま書いたもの。0 のそばでは 1 − 1 の引き算で桁が落ちる。"""
    return 2 * sigmoid(2 * np.asarray(x)) - 1


def stretched(x, c):
    """縦横に c 倍し、上の端を 1 に保ったシグモイド関数。c = 1 で sigmoid、c = 2 で tanh。x: 任意の形 → 同じ形。"""
    return 1 - c * sigmoid(np.multiply(-c, x))


FORMS = Comparison(
    exact=lambda x: (x.exp() - (-x).exp()) / (x.exp() + (-x).exp()),
    ways={
        "定義の式のまま": naive,
        "2σ(2x) − 1 のまま": from_sigmoid,
        "このノートの tanh": tanh,
        "np.tanh": np.tanh,
        "torch.tanh": on_torch(torch.tanh),
    },
    home=1,
)


def accuracy():
    """双曲線正接関数の書き方ごとの誤差。"""
    return FORMS.table()


def curvature(activation, n):
    """活性化関数の出力 a を n 個受ける線形ユニットの、二乗誤差の曲がり方 E[a_i a_j]。→ (n, n)。

    活性化関数への入力は独立な標準正規分布とし、平均はガウス・エルミート求積で求める。
    """
    points, weights = np.polynomial.hermite_e.hermegauss(80)
    weights, a = weights / weights.sum(), activation(points)
    mean, square = weights @ a, weights @ a**2
    return np.full((n, n), mean**2) + np.eye(n) * (square - mean**2)


def elongation(activation, n):
    """損失の谷の細長さ。曲がりの最大と最小の比（条件数）で、1 なら円い。"""
    return float(np.linalg.cond(curvature(activation, n)))


def errors():
    """3 通りの書き方の相対誤差。基準は np.tanh。警告は止めて、値だけを見る。"""
    ways = {"定義の式のまま": naive, "2σ(2x) − 1 のまま": from_sigmoid, "expm1 を使う": tanh}
    points = (1e-10, 1.0, 710.0)
    with np.errstate(all="ignore"):
        rows = [(name, *(float(abs(f(x) / np.tanh(x) - 1)) for x in points)) for name, f in ways.items()]
    return ("書き方", *(f"x = {x:g}".replace("-", "−") for x in points)), rows


def elongations():
    """出力の個数ごとの、谷の細長さ。"""
    rows = [(n, elongation(sigmoid, n), elongation(tanh, n)) for n in (2, 16, 64)]
    return ("受ける出力の個数", "シグモイド", "tanh"), rows


def plot(ax):
    """双曲線正接関数とシグモイド関数。値（実線）の中心は 0 と 1/2、傾き（破線）の最大は 1 と 1/4。"""
    x = np.linspace(-5, 5, 201)
    ax.plot(x, tanh(x), "C1-", label="tanh(x)")
    ax.plot(x, derivative(x), "C1--", label="tanh′(x)")
    ax.plot(x, sigmoid(x), "C0-", lw=1, label="σ(x)")
    ax.plot(x, sigmoid(x) * sigmoid(-x), "C0--", lw=1, label="σ′(x)")
    ax.set(xlabel="x", ylabel="値と傾き", yticks=(-1, -0.5, 0, 0.25, 0.5, 1))
    ax.legend(loc="upper left")


def plot_stretched(ax):
    """縦横に伸ばしたシグモイド関数（実線）と、双曲線正接関数（点線）。はじめは c = 1。"""
    x = np.linspace(-4, 4, 161)
    ax.plot(x, tanh(x), "C1:", lw=2, label="tanh(x)")
    ax.plot(x, stretched(x, 1.0), "C0-", lw=2, label="伸ばした σ", gid="activation.tanh.stretched")
    ax.set(xlabel="x", ylabel="値", yticks=(-1, 0, 1), ylim=(-1.1, 1.1))
    ax.legend(loc="upper left")


def plot_paths(fig):
    """2 つの出力を受けるユニットの重みを、勾配降下法で 12 歩動かした道。星が目標、曲線は損失の等高線。

    学習率は、どちらも最大の曲がりの逆数の 1.4 倍。
    """
    fig.set_size_inches(7.2, 3.4)
    goal, axis = np.array([1.5, -0.5]), np.linspace(-1.2, 2.4, 41)
    for ax, f, name in zip(fig.subplots(1, 2, sharey=True), (sigmoid, tanh), ("シグモイド", "tanh"), strict=True):
        bend = curvature(f, 2) / np.linalg.eigvalsh(curvature(f, 2))[-1]  # 最大の曲がりを 1 にそろえる
        path = [np.zeros(2)]
        for _ in range(12):
            path.append(path[-1] - 1.4 * bend @ (path[-1] - goal))
        gap = np.stack(np.meshgrid(axis, axis), axis=-1) - goal
        error = np.einsum("...i,ij,...j", gap, bend, gap)
        ax.contour(axis, axis, error, levels=[0.04, 0.25, 1, 2.25, 4], colors="C0", linestyles="-", linewidths=0.7)
        ax.plot(*np.transpose(path), "C1.-", lw=1.2)
        ax.plot(*goal, "C2*", ms=11)
        ax.set(title=name, xlabel="$w_1$", ylabel="$w_2$", aspect="equal")


def plot_accuracy(ax):
    """双曲線正接関数の書き方ごとの、float64 の誤差。x が正の側だけを描いた（負の側も同じ）。左へ行くほど 0 に近い。"""
    ax.set(xscale="log", xlabel="x", xlim=(1e-20, 1e4))
    FORMS.plot(ax)
