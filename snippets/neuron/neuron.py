"""ニューロン 1 個の計算 — 重みをかけて足し、バイアスを足し、活性化関数に通す。

1 個の計算を縦に並べると層になり、データの数だけ横に並べるとバッチになる。
どれも同じ式で、配列の形だけが違う。
"""

from itertools import pairwise

import numpy as np

from snippets.activation.sigmoid import sigmoid


def preactivation(x, w, b):
    """重み付き和 z。x, w: (n,)、b: 数 → 数。x と w の長さが違えば ValueError。"""
    x, w = np.asarray(x, dtype=float), np.asarray(w, dtype=float)
    if x.ndim != 1 or x.shape != w.shape:
        raise ValueError(f"x と w は同じ長さの 1 次元配列にする。受け取った形は {x.shape} と {w.shape}")
    return float(np.dot(w, x) + b)


def neuron(x, w, b, f):
    """ニューロンの出力 a。f: 活性化関数、数 → 数。ほかは preactivation と同じ。"""
    return float(f(preactivation(x, w, b)))


def sigmoid_output(x, w, b):
    """活性化関数がシグモイド関数のニューロンの出力。x, w: (n,)、b: 数 → 数。"""
    return neuron(x, w, b, sigmoid)


def first_input(s, x, w, b):
    """1 つめの入力だけを s に取りかえた出力。s: 数、ほかは sigmoid_output と同じ → 数。"""
    return sigmoid_output([s, *x[1:]], w, b)


def affine(W, x, b):
    """層 1 つの重み付き和。W: (m, n)、x: (n,)、b: (m,) → (m,)。形が合わなければ ValueError。"""
    return batch(np.asarray(x, dtype=float)[np.newaxis, :], W, b)[0]


def batch(X, W, b):
    """N 件の重み付き和。X: (N, n)、W: (m, n)、b: (m,) → (N, m)。形が合わなければ ValueError。

    W の形は PyTorch の nn.Linear と同じ（出力, 入力）。
    """
    X, W, b = (np.asarray(value, dtype=float) for value in (X, W, b))
    if W.ndim != 2 or X.ndim != 2 or X.shape[1] != W.shape[1]:
        raise ValueError(f"入力の成分の数と W の列の数が違う。入力 {X.shape}、W {W.shape}（出力, 入力）")
    if b.shape != W.shape[:1]:
        raise ValueError(f"b の長さと W の行の数が違う。b {b.shape}、W {W.shape}（出力, 入力）")
    return X @ W.T + b  # b は N 件すべての行に足される


def ones(N):
    """1 を N 個並べた縦ベクトル。N: 整数 → (N,)。"""
    return np.ones(N)


def layer(X, W, b, f):
    """N 件のデータを層に通す。f: 成分ごとの活性化関数。ほかは batch と同じ → (N, m)。"""
    return f(batch(X, W, b))


def parameter_count(m, n):
    """n 個の入力を受け、m 個を出す層の、学習する数の個数。"""
    return m * (n + 1)  # 出力 1 個につき、重み n 個とバイアス 1 個


def network_parameter_count(sizes):
    """全結合の網の、学習する数の個数。sizes: 入力から出力までの個数の並び。"""
    return sum(parameter_count(m, n) for n, m in pairwise(sizes))


def parameter_table(sizes=(2, 4, 2, 1)):
    """層ごとの、学習する数の内訳。sizes: 入力から出力までの個数の並び。(見出し, 行)。"""
    rows = [(f"{n} → {m}", m * n, m, parameter_count(m, n)) for n, m in pairwise(sizes)]
    rows.append(("合計", *(sum(row[k] for row in rows) for k in (1, 2, 3))))
    return ("層", "重み", "バイアス", "学習する数"), rows


def plot(ax):
    """x = (1, 2)、w = (0.5, −1)、b = 0.2 のニューロンの計算。丸は値、矢印は左から右への計算を表す。"""
    x, w, b = np.array([1.0, 2.0]), np.array([0.5, -1.0]), 0.2
    z = preactivation(x, w, b)
    a = neuron(x, w, b, sigmoid)
    nodes = {"x_1": (0, 2), "x_2": (0, 1), "1": (0, 0), "z": (3, 1), "a": (5.6, 1)}
    values = {"x_1": x[0], "x_2": x[1], "1": 1, "z": z, "a": a}
    arrows = [
        ("x_1", "z", f"× {_number(w[0])}"), ("x_2", "z", f"× {_number(w[1])}"), ("1", "z", f"× {_number(b)}"),
        ("z", "a", "σ"),
    ]  # fmt: skip
    for start, end, text in arrows:
        _arrow(ax, nodes[start], nodes[end], text)
    for name, place in nodes.items():
        color = "C1" if name == "a" else "C0"
        ax.plot(*place, "o", markersize=38, markerfacecolor="none", markeredgecolor=color)
        ax.text(*place, _number(values[name]), ha="center", va="center")
        if name != "1":
            ax.text(place[0], place[1] + 0.43, f"${name}$", ha="center", va="bottom")
    ax.text(0, -0.43, "いつも 1", ha="center", va="top")
    ax.set(xlim=(-0.7, 6.3), ylim=(-0.8, 2.8))
    ax.set_axis_off()


def plot_first_input(ax):
    """x₂ = 2 に止めて x₁ だけを動かしたときの出力。縦の点線は x₁ = 1。"""
    x, w, b = [1.0, 2.0], [0.5, -1.0], 0.2
    s = np.linspace(-8, 8, 161)
    ax.axvline(1, color="C2", linestyle=":", linewidth=1)
    ax.plot(s, [first_input(each, x, w, b) for each in s], color="C0", gid="neuron.neuron.first_input")
    ax.set(xlabel="1 つめの入力 $x_1$", ylabel="出力 $a$", xlim=(-8, 8), ylim=(-0.05, 1.05))


def plot_response(ax):
    """ニューロンの出力の等高線。どれも平行な直線で、重みのベクトルと直交する。"""
    w, b = np.array([0.5, -1.0]), 0.2
    axis = np.linspace(-3, 3, 41)
    x_1, x_2 = np.meshgrid(axis, axis)
    points = np.column_stack([x_1.ravel(), x_2.ravel()])
    a = layer(points, w[np.newaxis, :], np.array([b]), sigmoid).reshape(x_1.shape)
    levels, styles = (0.1, 0.3, 0.5, 0.7, 0.9), (":", "--", "-", "--", ":")
    lines = ax.contour(x_1, x_2, a, levels=levels, colors="C0", linestyles=styles)
    ax.clabel(lines, fmt="%.1f", manual=[(-1, x_2) for x_2 in (1.9, 0.6, -0.3, -1.2, -2.5)])  # 矢印をよける
    foot = -b * w / (w @ w)
    ax.annotate("", xy=foot + w, xytext=foot, arrowprops={"arrowstyle": "->", "color": "C1", "linewidth": 2})
    ax.text(*(foot + 1.2 * w), "$w$", ha="center", va="center", color="C1")
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal", xlim=(-3, 3), ylim=(-3, 3))


def _arrow(ax, start, end, text):
    """丸の縁から縁へ矢印を引き、中ほどに言葉を置く。"""
    start, end = np.array(start, dtype=float), np.array(end, dtype=float)
    step = 0.47 * (end - start) / np.linalg.norm(end - start)
    ax.annotate("", xy=end - step, xytext=start + step, arrowprops={"arrowstyle": "->", "color": "C0"})
    x, y = 0.55 * start + 0.45 * end
    ax.text(x, y + 0.16, text, ha="center", va="bottom")


def _number(value):
    return f"{value:.4g}".replace("-", "−")
