"""勾配消失と重みの初期化 — 層を重ねると、勾配は層ごとの倍率の積になる。

倍率が 1 より小さければ入口の層の勾配は消え、大きければ爆発する。
重みの初期値の広がりを層の幅に合わせると、倍率をはじめから 1 の近くに置ける。
"""

import numpy as np
import torch

from snippets.activation.sigmoid import derivative
from snippets.learning import _depth_net

CURVES = (
    ("シグモイド", "Xavier", "C1o-"), ("tanh", "Xavier", "C0s-"), ("ReLU", "He", "C2^-"),
    ("ReLU", "Xavier", "C2v--"), ("tanh", "sd 1", "C0D:"), ("ReLU", "sd 0.01", "C3x-."),
)  # fmt: skip


def delta(W, delta, z, f_prime):
    """1 つ手前の層へ送った δ。W: 次の層の重み (n', n)、delta: 次の層の δ (n',)、z: (n,) → (n,)。"""
    return np.einsum("ij,i,j->j", W, delta, f_prime(z))


def chain(w, z):
    """1 層に 1 ユニットの網の、出口の出力を入口の入力で微分した値。w, z: (L,)。対数で足してから戻す。"""
    factors = w * derivative(z)
    with np.errstate(divide="ignore"):
        return float(np.prod(np.sign(factors)) * np.exp(np.log(np.abs(factors)).sum()))


def three_layers(x, w, f):
    """1 層に 1 ユニットの 3 層の網の、出力を入力で微分した値。w: (3,) 以上 → 0 次元のテンソル。"""
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    a = leaf
    for weight in w[:3]:
        a = f(weight * a)
    a.backward()
    return leaf.grad


def largest_product():
    """x σ'(x) の最大。傾きが 0 になる条件 x tanh(x/2) = 1 を、二分法で解く。"""
    low, high = 1.0, 2.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if middle * np.tanh(middle / 2) < 1 else (low, middle)
    return float(low * derivative(low))


def xavier(n_in, n_out):
    """Xavier の初期化の標準偏差。n_in, n_out: 層の入力と出力の個数 → 数。1 より小さければ ValueError。"""
    if min(n_in, n_out) < 1:
        raise ValueError(f"層の大きさは 1 以上にする。受け取ったのは {n_in} と {n_out}")
    return float(np.mean([n_in, n_out]) ** -0.5)


def xavier_limit(n_in, n_out):
    """一様乱数で Xavier の初期化をするときの幅 ±a の a。標準偏差の √3 倍。"""
    return 3**0.5 * xavier(n_in, n_out)


def he(n_in):
    """He の初期化の標準偏差。"""
    return 2**0.5 * xavier(n_in, n_in)


def gain(alpha):
    """負の側の傾き α の Leaky ReLU で、重みの標準偏差 1/√n にかける倍率。"""
    return np.sqrt(2) / np.hypot(1, alpha)


def linear_limit(n_in):
    """PyTorch の nn.Linear が何も言わないときに使う一様乱数の幅。leaky_relu の α を √5 とした Kaiming の初期化。"""
    return float(3**0.5 * gain(5**0.5) / n_in**0.5)


def clip(g, c):
    """長さが c を超える勾配を、向きを変えずに c へ縮める。g: (n,)、c: 正の数 → (n,)。"""
    return np.asarray(g) / max(1.0, float(np.sqrt(np.square(g).sum())) / c)


def mean(y):
    """成分の平均。y: (n,) → 数。"""
    return float(np.average(y))


def normalize(y):
    """平均 0、分散 1 にそろえる。y: (n,) → (n,)。"""
    centred = np.asarray(y) - mean(y)
    return centred * np.sqrt(centred.size) / np.linalg.norm(centred)


def residual(x, phi):
    """残差接続 1 段の値。x: 数、phi: 枝の働き → 数。"""
    return float(np.add(phi(x), x))


def survival(n, L):
    """幅 n の ReLU の層を L 枚重ねたとき、ある入力の信号がどこでも途切れない確率（対称な乱数の重み、バイアス 0）。"""
    return float(np.exp(L * np.log1p(-(0.5**n))))


def gradient_profile(act, init, remedy=""):
    """層ごとの勾配の大きさ。act: 活性化関数、init: 初期値の名、remedy: 手当ての名 → 入口から順に 20 個の組。"""
    return _depth_net.profile(act, init, remedy)[0]


def _row(act, init, remedy=""):
    norms, sizes = _depth_net.profile(act, init, remedy)
    return sizes[0], sizes[-1], norms[0], norms[-1]


def profiles():
    """活性化関数と初期値ごとの、入口と出口の層での、出力の大きさ（二乗平均の平方根）と勾配の大きさ。"""
    rows = [(act, init, *_row(act, init)) for act, init, _ in CURVES]
    return ("活性化関数", "初期値", "入口の出力", "出口の出力", "入口の勾配", "出口の勾配"), rows


def remedies():
    """手当てごとの、入口の層の勾配の大きさ。"""
    cases = (("シグモイド", "Xavier"), ("tanh", "sd 1"), ("ReLU", "sd 0.01"), ("ReLU", "nn.Linear"), ("ReLU", "He"))
    ways = ("", "正規化", "残差", "正規化と残差")
    rows = [
        (f"{act}、{init}", *(float(f"{gradient_profile(act, init, way)[0]:.1e}") for way in ways))
        for act, init in cases
    ]
    return ("入口の勾配", "そのまま", "正規化", "残差接続", "両方"), rows


def gains():
    """PyTorch の calculate_gain の値。"""
    names = ("linear", "sigmoid", "tanh", "relu", "leaky_relu")
    return ("活性化関数", "倍率"), [(name, float(torch.nn.init.calculate_gain(name))) for name in names]


def spreads():
    """層の大きさごとの、Xavier と He の標準偏差と、PyTorch の nn.Linear の標準偏差。"""
    sizes = ((64, 64), (784, 128), (128, 10), (512, 2048))
    rows = [(f"{a} → {b}", xavier(a, b), he(a), linear_limit(a) / 3**0.5) for a, b in sizes]
    return ("層", "Xavier", "He", "nn.Linear の既定"), rows


def deaths():
    """幅ごとの、20 層の ReLU の網で、ある入力の信号が途切れない確率。"""
    return ("幅 n", "1 層で全滅する確率", "20 層を通り抜ける確率"), [
        (n, 0.5**n, survival(n, 20)) for n in (1, 2, 4, 8, 16)
    ]


def plot(ax):
    """20 層の網の、層ごとの勾配の大きさ（対数の目もり）。"""
    for act, init, style in CURVES:
        norms = gradient_profile(act, init)
        ax.semilogy(range(1, len(norms) + 1), norms, style, ms=4, label=f"{act}、{init}")
    ax.set(xlabel="層（1 が入口）", ylabel="勾配の大きさ", xticks=(1, 5, 10, 15, 20))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))


def plot_signals(fig):
    """ReLU の網で、前へ進む出力の大きさ（左）と、重みの勾配の大きさ（右）。He の初期値だけが、どちらも保つ。"""
    fig.set_size_inches(7.2, 2.9)
    left, right = fig.subplots(1, 2)
    for init, style in (("He", "C2^-"), ("Xavier", "C0v--"), ("nn.Linear", "C1o:")):
        norms, sizes = _depth_net.profile("ReLU", init)
        layers = range(1, len(norms) + 1)
        left.semilogy(layers, sizes, style, ms=3.5, label=init)
        right.semilogy(layers, norms, style, ms=3.5, label=init)
    left.set(xlabel="層（1 が入口）", ylabel="出力の大きさ", xticks=(1, 5, 10, 15, 20))
    right.set(xlabel="層（1 が入口）", ylabel="勾配の大きさ", xticks=(1, 5, 10, 15, 20))
    left.legend(loc="lower left")


def plot_activations(fig):
    """tanh の網の、層ごとの出力の散らばり。重みが小さいと 0 に集まり、大きいと ±1 に張りつく。"""
    fig.set_size_inches(7.2, 3.6)
    shown, edges = (1, 5, 10, 20), np.linspace(-1, 1, 25)
    axes = fig.subplots(3, len(shown), sharex=True)
    for row, init, color in zip(axes, ("sd 0.01", "Xavier", "sd 1"), ("C3", "C2", "C1"), strict=True):
        values = _depth_net.activations("tanh", init)
        for ax, layer in zip(row, shown, strict=True):
            share = np.histogram(values[layer - 1], edges)[0] / values[layer - 1].size
            ax.stairs(share, edges, fill=True, alpha=0.25, color=color)
            ax.stairs(share, edges, color=color)
            ax.set(yticks=(), ylabel=init if layer == 1 else "割合", xlabel="出力" if init == "sd 1" else "")
            ax.label_outer()
            if init == "sd 0.01":
                ax.set_title(f"{layer} 層め")
