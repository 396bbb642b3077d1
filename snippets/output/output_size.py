"""出力層の個数の記号 — n_out、C、K はどれも同じ数を指す。

文字は分野と道具の習慣で決まる。
大事なのは文字ではなく、課題ごとに何個の数を出し、どの関数に通し、どの損失と組にするかである。
"""

import dataclasses

import numpy as np
import torch
from torch.nn import functional as F

from snippets.activation.sigmoid import sigmoid
from snippets.output.one_hot import LOGITS, softmax


@dataclasses.dataclass(frozen=True)
class Head:
    """1 つの課題の出力層。count: 個数の書き方、letter と less: 個数 = 文字の値 − less、loss: PyTorch の損失の名。"""

    task: str
    count: str
    last: str
    loss: str
    letter: str = ""
    less: int = 0


HEADS = {
    head.task: head
    for head in (
        Head("2 値分類（1 個で済ませる）", "1", "シグモイド", "BCEWithLogitsLoss"),
        Head("2 値分類（2 個並べる）", "2", "softmax", "CrossEntropyLoss"),
        Head("多クラス分類（C クラスから 1 つ）", "C", "softmax", "CrossEntropyLoss", "C"),
        Head("多ラベル分類（C 個の札を独立に）", "C", "シグモイド", "BCEWithLogitsLoss", "C"),
        Head("順序のある C 段階", "C − 1", "シグモイド", "BCEWithLogitsLoss", "C", 1),
        Head("回帰（d 個の量）", "d", "なし", "MSELoss", "d"),
        Head("穴埋め（語彙数 V、1 か所あたり）", "V", "softmax", "CrossEntropyLoss", "V"),
    )
}


def parameter_count(n_out, n_in):
    """出力層の、学習する数の個数。層を実際に作って数える。"""
    layer = torch.nn.Linear(int(n_in), int(n_out))
    return sum(parameter.numel() for parameter in layer.parameters())


def head_shape(task, n_in, **sizes):
    """出力層の重みの形 (出力, 入力)。task: HEADS の名、sizes: C, d, V のうち要るもの。

    知らない task と、個数の足りない呼び方は ValueError。
    """
    if task not in HEADS:
        raise ValueError(f"task は {'、'.join(HEADS)} のどれかにする。受け取った値は {task}")
    head = HEADS[task]
    if head.letter and head.letter not in sizes:
        raise ValueError(f"{task} には {head.letter} の値がいる。受け取った個数は {sizes}")
    n_out = sizes[head.letter] - head.less if head.letter else int(head.count)
    return tuple(torch.nn.Linear(n_in, n_out).weight.shape)


def two_class_loss(z, t):
    """出力 2 個の交差エントロピー。z: (2,)、t: 1 つめのクラスなら 1、2 つめなら 0 → 数。番号で渡す。"""
    index = torch.tensor(1 - int(t))
    return F.cross_entropy(torch.tensor(np.asarray(z, dtype=float)), index).item()


def multilabel_loss(u, y):
    """札ごとの 2 値の交差エントロピーの和。u: 点数 (C,)、y: 0 と 1 の (C,) → 数。"""
    u, y = (torch.tensor(np.asarray(v, dtype=float)) for v in (u, y))
    return F.binary_cross_entropy_with_logits(u, y, reduction="sum").item()


def slope_of(loss, score, target):
    """損失を点数で微分する。score, target: 同じ形の配列 → 同じ形。torch の自動微分。"""
    score = torch.tensor(np.asarray(score, dtype=float), requires_grad=True)
    loss(score, torch.tensor(np.asarray(target, dtype=float)), reduction="sum").backward()
    return score.grad.numpy()


def sigmoid_slope(u, y):
    """シグモイドと 2 値の交差エントロピーの組の傾き。u, y: (C,) → (C,)。"""
    return slope_of(F.binary_cross_entropy_with_logits, u, y)


def linear_slope(v, r):
    """何も通さない出力と、2 乗誤差の半分の組の傾き。v, r: (d,) → (d,)。"""
    return slope_of(F.mse_loss, v, r) / 2


def without_last(u):
    """最後の点数を 0 に固めた softmax。u: (C,) → (C,)。ほかの点数から最後の点数を引いておく。"""
    return softmax(np.append(u[:-1] - u[-1], 0.0))


def ordinal(g, theta_1, theta_2):
    """順序のある 3 段階の確率。g: 点数、theta_1, theta_2: 境目 → (3,)。境目を超える確率を並べ、となりとの差をとる。"""
    beyond = sigmoid(g - np.array([-np.inf, theta_1, theta_2, np.inf]))
    return -np.diff(beyond)


def ordinal_parameters(C, n_in):
    """点数 1 つと境目 C − 1 個の出力層の、学習する数の個数。実際に作って数える。"""
    return torch.nn.Linear(n_in, 1).weight.numel() + torch.zeros(C - 1).numel()


def heads():
    """課題ごとの、出力の個数・最後に通す関数・損失。"""
    rows = [(head.task, head.count, head.last, head.loss) for head in HEADS.values()]
    return ("課題", "出力の個数", "最後に通す関数", "PyTorch の損失"), rows


def sizes():
    """いくつかの出力層の、学習する数の個数。"""
    layers = (
        ("手書き数字（MNIST、入力 784）", 784, 10),
        ("ImageNet の 1000 クラス（ResNet-50、入力 2048）", 2048, 1000),
        ("文の 2 値分類（BERT-base、入力 768）", 768, 2),
        ("同じ 2 値分類を 1 個で", 768, 1),
        ("穴埋め（bert-base-uncased、入力 768）", 768, 30522),
    )
    rows = [(name, n_in, n_out, f"{parameter_count(n_out, n_in):,}") for name, n_in, n_out in layers]
    return ("出力層", "n_in", "n_out", "学習する数"), rows


def plot(ax):
    """3 個の入力を 4 クラスに分ける出力層。丸の数が出力の個数 C、線の数が重みの個数になる。"""
    n_in, n_out = 3, 4
    left = [(0, y) for y in np.linspace(1, -1, n_in)]
    right = [(2, y) for y in np.linspace(1.5, -1.5, n_out)]
    for start in left:
        for end in right:
            ax.plot(*zip(start, end, strict=True), color="C0", linewidth=0.8)
    for k, place in enumerate(left, start=1):
        ax.plot(*place, "s", markersize=16, color="C0", markerfacecolor="none")
        ax.text(place[0] - 0.18, place[1], f"$x_{k}$", ha="right", va="center")
    for k, place in enumerate(right, start=1):
        ax.plot(*place, "o", markersize=18, color="C1", markerfacecolor="none")
        ax.text(place[0] + 0.18, place[1], f"$z_{k}$", ha="left", va="center")
    ax.text(0, -2.1, f"入力 $n_{{in}} = {n_in}$", ha="center", va="top")
    ax.text(2, -2.1, f"出力 $n_{{out}} = C = K = {n_out}$", ha="center", va="top")
    ax.set(xlim=(-0.8, 3.0), ylim=(-2.6, 2.0))
    ax.set_axis_off()


def plot_softmax_or_sigmoid(ax):
    """同じ点数 (2, 1, 0.1) を softmax に通した値と、1 つずつシグモイドに通した値。足して 1 になるのは softmax だけ。"""
    z, place = np.array(LOGITS), np.arange(3)
    for shift, f, style, name in (
        (-0.2, softmax, {"color": "C0", "alpha": 0.25, "edgecolor": "C0"}, "softmax"),
        (0.2, sigmoid, {"color": "none", "hatch": "//", "edgecolor": "C1"}, "シグモイド"),
    ):
        bars = ax.bar(place + shift, f(z), 0.38, label=f"{name}（和 {f(z).sum():.2f}）", **style)
        ax.bar_label(bars, [f"{v:.2f}" for v in f(z)], padding=2)
    ax.set_xticks(place, [f"点数 {v:g}" for v in z])
    ax.set(ylabel="値", ylim=(0, 1.25))
    ax.legend(loc="upper right", ncols=2)


def plot_two_outputs(fig):
    """2 個の出力の平面。左は 1 つめのクラスの確率、右は正解が 1 つめのときの損失。差が同じ斜めの線の上では同じ値。"""
    fig.set_size_inches(7.2, 3.4)
    axis = np.linspace(-4, 4, 61)
    gap = axis[None, :] - axis[:, None]
    panels = (
        ("確率", sigmoid(gap), (0.1, 0.3, 0.5, 0.7, 0.9)),
        ("損失", np.logaddexp(0, -gap), (0.1, 0.5, 1, 2, 4, 6)),
    )
    for ax, (name, height, levels) in zip(fig.subplots(1, 2), panels, strict=True):
        lines = ax.contour(axis, axis, height, levels=levels, colors="C0" if name == "確率" else "C1", linewidths=1.2)
        ax.clabel(lines, fmt="%g")
        ax.set(title=name, xlabel="$z_1$", ylabel="$z_2$", aspect="equal")


def plot_ordinal(ax):
    """順序のある 3 段階の確率。点数が大きくなるにつれて、低、中、高の順に入れかわり、どこでも足すと 1 になる。"""
    g = np.linspace(-6, 6, 161)
    p = np.array([ordinal(v, -1.5, 1.5) for v in g])
    for k, (name, style) in enumerate((("低", "C0-"), ("中", "C2--"), ("高", "C1-."))):
        ax.plot(g, p[:, k], style, label=name)
    for theta in (-1.5, 1.5):
        ax.axvline(theta, color="C2", lw=1.2, ls=":")
    ax.set(xlabel="点数 g（点線が境目）", ylabel="確率", ylim=(-0.03, 1.03))
    ax.legend(loc="center left")
