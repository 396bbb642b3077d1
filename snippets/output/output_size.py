"""出力層の個数の記号 — n_out、C、K はどれも同じ数を指す。

文字は分野と道具の習慣で決まる。
大事なのは文字ではなく、課題ごとに何個の数を出すかである。
"""

import numpy as np
import torch

HEADS = {
    "2 値分類（1 個で済ませる）": (1, "シグモイド", "2 値の交差エントロピー"),
    "2 値分類（2 個並べる）": (2, "softmax", "交差エントロピー"),
    "多クラス分類（C クラスから 1 つ）": ("C", "softmax", "交差エントロピー"),
    "多ラベル分類（C 個の札を独立に）": ("C", "シグモイド", "札ごとの 2 値の交差エントロピー"),
    "回帰（d 個の量）": ("d", "なし", "平均二乗誤差"),
    "穴埋め（語彙数 V、1 か所あたり）": ("V", "softmax", "交差エントロピー"),
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
    size = HEADS[task][0]
    if isinstance(size, str):
        if size not in sizes:
            raise ValueError(f"{task} には {size} の値がいる。受け取った個数は {sizes}")
        size = sizes[size]
    return tuple(torch.nn.Linear(n_in, size).weight.shape)


def heads():
    """課題ごとの、出力の個数・最後に通す関数・損失。"""
    return ("課題", "出力の個数", "最後に通す関数", "損失"), [(task, *head) for task, head in HEADS.items()]


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
