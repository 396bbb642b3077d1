"""シグモイド関数 — どんな実数も、0 と 1 のあいだへなめらかに写す。

ステップ関数の角を丸めたものなので、傾きがどこにでもあり、勾配降下法に使える。
ただし傾きは最大でも 1/4 で、入力の絶対値が大きくなると指数の速さで 0 に近づく。
"""

import functools

import numpy as np
import scipy.special
import torch

from snippets._precision import Comparison, on_torch


def sigmoid(x):
    """σ(x) を返す。x: 任意の形 → 同じ形、値は [0, 1]。exp の引数はいつも 0 以下なので、あふれない。"""
    z = np.exp(-np.abs(x))
    return np.where(np.asarray(x) >= 0, 1, z) / (1 + z)


def derivative(x):
    """σ'(x) を返す。x: 任意の形 → 同じ形、値は [0, 1/4]。

    1 − σ(x) の引き算をしないので、σ(x) が 1 に丸められる大きな x でも桁が残る。
    """
    r = np.exp(-np.abs(x) / 2)  # σ' は偶関数なので、|x| だけで決まる
    return (r / (1 + r * r)) ** 2  # 2r ≤ 1 + r² なので、丸めても 1/4 を超えない


def slope_at(c):
    """点 c での傾き。"""
    return derivative(c)


def tangent(x, c):
    """点 c での接線の高さ。x: 任意の形、c: 数 → x と同じ形。"""
    return np.polyval([derivative(c), sigmoid(c)], np.subtract(x, c))


def gain(x, a):
    """ゲイン a のシグモイド関数。x, a: 数か、形の合う配列。a = 1 なら sigmoid と同じ。"""
    return sigmoid(np.multiply(a, x))


def logistic(x, L=1.0, k=1.0, x_0=0.0):
    """ロジスティック関数。L: 上限、k: 急さ、x_0: 中央。既定値のままなら sigmoid と同じ。"""
    return L * sigmoid(k * (np.asarray(x) - x_0))


def reciprocal(x):
    """式の 1 つめの形をそのまま書いたもの。x が −709.8 を下回ると exp があふれ、警告が出る。"""
    return 1 / (1 + np.exp(-x))


def ratio(x):
    """式の 2 つめの形をそのまま書いたもの。x が 709.8 を超えると ∞/∞ になり、nan を返す。"""
    return np.exp(x) / (1 + np.exp(x))


def ceiling(dtype):
    """sigmoid がちょうど 1 を返しはじめる入力。dtype: NumPy の小数の型 → float。二分法で探す。"""
    low, high = dtype(0), dtype(64)
    while (middle := (low + high) / dtype(2)) not in (low, high):
        low, high = (low, middle) if sigmoid(middle) == 1 else (middle, high)
    return float(high)


@functools.cache
def layer_gradients(depth=20, width=64, seed=0):
    """層を重ねた網で、損失の勾配の大きさ ‖∂E/∂W‖ を入口の層から順に測る。→ depth 個の組。

    どの層も width 個、重みは分散 1/width の正規乱数（Xavier の初期化）、バイアスは 0。
    損失 E は、出力と乱数の正解との差の 2 乗和の半分を、64 件のデータで平均したもの。
    """
    rng = np.random.default_rng(seed)
    weights = rng.normal(0, width**-0.5, (depth, width, width))
    a, t = [rng.normal(size=(64, width))], rng.uniform(size=(64, width))
    for w in weights:
        a.append(sigmoid(a[-1] @ w.T))
    norms, delta = [], (a[-1] - t) / len(t)  # 出口での誤差
    for w, before, after in zip(weights[::-1], a[-2::-1], a[:0:-1], strict=True):
        delta = delta * after * (1 - after)  # ここで σ' がかかり、1/4 以下に縮む
        norms.append(float(np.linalg.norm(delta.T @ before)))
        delta = delta @ w
    return tuple(norms[::-1])


FORMS = Comparison(
    exact=lambda x: 1 / (1 + (-x).exp()),
    ways={
        "1 / (1 + exp(-x))": reciprocal,
        "exp(x) / (1 + exp(x))": ratio,
        "(1 + tanh(x / 2)) / 2": lambda x: (1 + np.tanh(x / 2)) / 2,
        "このノートの sigmoid": sigmoid,
        "scipy.special.expit": scipy.special.expit,
        "torch.sigmoid": on_torch(torch.sigmoid),
    },
    home=0,
)


def accuracy():
    """シグモイド関数の書き方ごとの誤差。"""
    return FORMS.table()


def slopes():
    """x ごとの値と傾き。"""
    return ("x", "σ(x)", "σ′(x)"), [(x, f"{sigmoid(x):.5g}", float(derivative(x))) for x in (0, 1, 2, 5, 10)]


def extremes():
    """極端な入力での、3 通りの書き方の結果。警告は止めて、値だけを見る。"""
    ways = {"1 / (1 + np.exp(-x))": reciprocal, "np.exp(x) / (1 + np.exp(x))": ratio, "sigmoid(x)": sigmoid}
    with np.errstate(all="ignore"):
        rows = [(name, *(str(float(f(x))) for x in (-1000.0, 0.0, 1000.0))) for name, f in ways.items()]
    return ("書き方", "x = −1000", "x = 0", "x = 1000"), rows


def ceilings():
    """小数の型ごとの、σ(x) がちょうど 1 になりはじめる x。"""
    return ("型", "境目の x"), [(t.__name__, ceiling(t)) for t in (np.float16, np.float32, np.float64)]


def shrinkage():
    """層の数ごとの、1/4 のべき。"""
    return ("層の数", "(1/4) のべき"), [(n, 0.25**n) for n in (1, 5, 10, 20)]


def plot(ax):
    """シグモイド関数の値（実線）と傾き（破線）。傾きは原点で最大の 1/4 になり、左右では 0 に近い。"""
    x = np.linspace(-8, 8, 161)
    ax.plot(x, sigmoid(x), "C0", label="σ(x)")
    ax.plot(x, derivative(x), "C1--", label="σ′(x)")
    ax.plot([-2, 2], [0, 1], "C0:", lw=1, label="原点での接線")
    for height in (0, 1):
        ax.axhline(height, color="C0", alpha=0.25, lw=0.8)
    ax.set(xlabel="x", ylabel="値と傾き", yticks=(0, 0.25, 0.5, 1), ylim=(-0.08, 1.08))
    ax.legend(loc="upper left")


def plot_tangent(ax):
    """シグモイド関数（実線）と、1 点での接線（破線）。はじめの接点は原点で、傾きは最大の 1/4。"""
    x = np.linspace(-8, 8, 161)
    ax.plot(x, sigmoid(x), "C0", label="σ(x)")
    ax.plot(x, tangent(x, 0.0), "C1--", label="接線", gid="activation.sigmoid.tangent")
    ax.set(xlabel="x", ylabel="σ(x)", yticks=(0, 0.5, 1), ylim=(-0.25, 1.25))
    ax.legend(loc="upper left")


def plot_gain(ax):
    """ゲイン k を変えたシグモイド関数。k が大きいほど急になり、ステップ関数に近づく。"""
    x = np.linspace(-4, 4, 241)
    for k, style in ((0.5, "C2:"), (3, "C2--"), (20, "C1-.")):
        ax.plot(x, gain(x, k), style, label=f"k = {k}")
    ax.plot(x, gain(x, 1.0), "C0-", linewidth=2.4, label="はじめは k = 1", gid="activation.sigmoid.gain")
    ax.set(xlabel="x", ylabel="σ(kx)", yticks=(0, 0.5, 1))
    ax.legend(loc="upper left")


def plot_depth(ax):
    """20 層の網の、層ごとの勾配の大きさ（対数の目もり）。入口に近い層ほど、1/4 のべきの速さで小さい。"""
    norms = layer_gradients()
    layers = np.arange(1, len(norms) + 1)
    ax.semilogy(layers, norms, "C1o-", label="測った勾配")
    ax.semilogy(layers, norms[-1] * 0.25 ** (len(norms) - layers), "C0--", label="1 層ごとに 1/4 倍")
    ax.set(xlabel="層（1 が入口）", ylabel="勾配の大きさ", xticks=(1, 5, 10, 15, 20))
    ax.legend(loc="lower right")


def plot_accuracy(ax):
    """シグモイド関数の書き方ごとの、float64 の誤差。1 の線より下なら、ほぼ最後の桁まで正しい。"""
    ax.set_xscale("symlog", linthresh=1)
    ax.set(xlabel="x", xlim=(-1e4, 1e4))
    FORMS.plot(ax)
