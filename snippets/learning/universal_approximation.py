"""万能近似 — 隠れ層 1 つの網で、どんな連続な形にも、好きなだけ近づける。

ReLU を 3 つ足すと三角の山になり、山を並べると折れ線になる。
折れ線は節点を細かくするほど元の曲線に近づくので、隠れ層 1 つの網でも近づける。
"""

import numpy as np

from snippets.activation.relu import relu
from snippets.activation.sigmoid import sigmoid
from snippets.learning import _sine_fit

LEFT, RIGHT = -np.pi, np.pi  # 図と表で使う区間。関数は sin


def hat(x):
    """高さ 1、幅 2 の三角の山。x: 任意の形 → 同じ形。折れ線の補間で求める。"""
    return np.interp(x, [-1.0, 0.0, 1.0], [0.0, 1.0, 0.0])


def box(x, k, r):
    """シグモイド 2 つの差の山。x: 位置、k: 急さ、r: 半幅 → 数。"""
    return sigmoid(k * (x + r)) - sigmoid(k * (x - r))


def slopes(y, eta):
    """となりの節点を結ぶ線分の傾き。y: 節点での値 (m + 1,)、eta: 間隔 → (m,)。"""
    return np.diff(y) / eta


def network(x, y, p, eta):
    """節点 p + iη で値 y_i をとる折れ線。x: 任意の形、y: (m + 1,) → x と同じ形。

    ReLU は使わず、x のある区間の線分を選ぶ。左の外では最初の値のまま、右の外では最後の線分をのばす。
    """
    u = np.maximum((np.asarray(x) - p) / eta, 0)
    i = np.minimum(u.astype(int), len(y) - 2)
    return np.asarray(y)[i] + np.diff(y)[i] * (u - i)


def staircase(x, y, q, k):
    """シグモイドの階段。x: 数か (n,)、y: 各段の高さ (m + 1,)、q: 段の境目 (m,)、k: 急さ → x と同じ形。"""
    return y[0] + sigmoid(k * np.subtract.outer(x, q)) @ np.diff(y)


def within(f, x, c, w, b, phi, varepsilon):
    """隠れ層 1 つの網の値が、点 x で f(x) から ε 未満しか離れていないか。c, w, b: (m,) → 真偽。"""
    return bool(abs(f(x) - np.dot(phi(np.multiply(w, x) + b), c)) < varepsilon)


def squares(x, c, w, b):
    """活性化関数が z² の網の値。c, w, b: (m,)。→ 数。2 次式の係数を先に求める。"""
    return float(np.polyval([c @ w**2, 2 * c @ (w * b), c @ b**2], x))


def tent(x):
    """区間 [0, 1] を折り返すテント写像。x: 任意の形 → 同じ形。"""
    return 1 - np.abs(2 * np.asarray(x, dtype=float) - 1)


def sawtooth(x, k):
    """テント写像を k 回重ねた、のこぎりの波。x: 任意の形 → 同じ形。"""
    for _ in range(k):
        x = tent(x)
    return x


def sine_fit(x, m):
    """区間 [0, 2π] を m 等分した、sin の折れ線。x: 区間の中の数か (n,)、m: 線分の本数 → x と同じ形。"""
    knots = np.linspace(0, 2 * np.pi, int(m) + 1)
    return np.interp(x, knots, np.sin(knots))


def sine_bound(m):
    """その折れ線と sin の差の上限 η²/8。"""
    return _sine_fit.bound(m)


def relu_fit(f, m, left=LEFT, right=RIGHT):
    """f を m 等分で補間する網の係数。→ (定数, ReLU の係数 (m,), 節点 (m,))。m が 2 より小さければ ValueError。"""
    if m < 2:
        raise ValueError(f"m は 2 以上にする。受け取ったのは {m}")
    knots = np.linspace(left, right, m + 1)
    y = f(knots)
    d = slopes(y, (right - left) / m)
    return y[0], np.r_[d[0], np.diff(d)], knots[:-1]


def evaluate(fit, x):
    """relu_fit の網の値。x: (n,) → (n,)。"""
    constant, coefficients, knots = fit
    return constant + relu(np.subtract.outer(x, knots)) @ coefficients


def pieces(values, tolerance=1e-9):
    """等間隔の点での値から数えた、まっすぐな部分の数。折れ目は点の上にあるとする。"""
    return 1 + int((np.abs(np.diff(values, 2)) > tolerance).sum())


def units_for(epsilon, left=LEFT, right=RIGHT):
    """誤差の上限 η²/8 が ε 以下になる、いちばん小さい m（|f''| ≤ 1 のとき）。"""
    return int(np.ceil((right - left) / np.sqrt(8 * epsilon)))


def errors():
    """m ごとの、sin との差の最大。補間、上限 η²/8、ReLU の係数を最小二乗で選んだもの、シグモイドの階段。"""
    return _sine_fit.errors()


def learned():
    """隠れユニットの数ごとの、sin との差の最大。組み立てた網と、10 通りの初期値から学習した網。"""
    return _sine_fit.learned()


def depth_table():
    """テント写像を重ねた回数ごとの、ReLU の数と、まっすぐな部分の数。"""
    x = np.linspace(0, 1, 2**10 + 1)
    rows = [(k, 2 * k, pieces(sawtooth(x, k)), 2**k - 1) for k in (1, 2, 3, 5, 8)]
    return ("層の数 k", "深い網の ReLU", "まっすぐな部分", "浅い網に要る ReLU（少なくとも）"), rows


def plot(fig):
    """折れ目の数 m を増やした網（実線）と、もとの sin（点線）。細い線の三角の山を足し合わせたもの。"""
    fig.set_size_inches(7.2, 2.6)
    x = np.linspace(LEFT, RIGHT, 241)
    for ax, m in zip(fig.subplots(1, 3, sharey=True), (4, 8, 16), strict=True):
        knots = np.linspace(LEFT, RIGHT, m + 1)
        for knot in knots:
            ax.plot(x, np.sin(knot) * hat((x - knot) * m / (RIGHT - LEFT)), "C2-", lw=0.7, alpha=0.8)
        ax.plot(x, np.sin(x), "C1:", lw=2.2, label="sin")
        ax.plot(x, evaluate(relu_fit(np.sin, m), x), "C0-", lw=1.3, label="網")
        ax.plot(knots, np.sin(knots), "C0o", ms=3)
        ax.set(title=f"m = {m}", xlabel="x", ylabel="値")
    ax.legend(loc="upper left")


def plot_fit(ax):
    """sin（点線）と、区間を等分した折れ線（実線）。はじめは 6 等分。"""
    x = np.linspace(0, 2 * np.pi, 241)
    ax.plot(x, np.sin(x), "C1:", lw=2, label="sin x")
    ax.plot(x, sine_fit(x, 6), "C0-", lw=1.8, label="折れ線", gid="learning.universal_approximation.sine_fit")
    ax.set(xlabel="x", ylabel="値", ylim=(-1.15, 1.15))
    ax.legend()


def plot_hat(fig):
    """左: ReLU を 3 つ足すと三角の山になる。右: シグモイド 2 つの差は、急さ κ を増やすと四角い山になる。"""
    fig.set_size_inches(7.2, 2.8)
    left, right = fig.subplots(1, 2)
    x = np.linspace(-2, 2, 161)
    for values, style, name in ((relu(x + 1), "C1--", "ReLU(x + 1)"), (-2 * relu(x), "C2-.", "−2 ReLU(x)"),
                                (relu(x - 1), "C3:", "ReLU(x − 1)"), (hat(x), "C0-", "3 つの和")):  # fmt: skip
        left.plot(x, values, style, lw=2.4 if style == "C0-" else 1.4, label=name)
    left.set(xlabel="x", ylabel="値", ylim=(-2.2, 3.1))
    left.legend(loc="upper left", fontsize=8)
    for k, style in ((3, "C2:"), (50, "C1--")):
        right.plot(x, box(x, k, 1.0), style, label=f"κ = {k}")
    right.plot(x, box(x, 10.0, 1.0), "C0-", label="はじめは κ = 10", gid="learning.universal_approximation.box")
    right.set(xlabel="x", ylabel="値", ylim=(-0.1, 1.35))
    right.legend(loc="upper left", ncols=3, fontsize=8)


def plot_errors(ax):
    """折れ目の数 m と、sin との差の最大。両対数の目もり。m を 2 倍にすると、折れ線では 1/4、階段では 1/2 になる。"""
    _sine_fit.draw_errors(ax)


def plot_outside(ax):
    """m = 16 の網を、節点のない外側まで描いたもの。網は、左では平ら、右ではまっすぐに離れていく。"""
    x = np.linspace(-3 * np.pi, 3 * np.pi, 361)
    ax.axvspan(LEFT, RIGHT, color="C2", alpha=0.15, hatch="//", lw=0)
    ax.plot(x, np.sin(x), "C1:", lw=2, label="sin")
    ax.plot(x, evaluate(relu_fit(np.sin, 16), x), "C0-", label="網")
    ax.text(0, -2.2, "節点のある区間", ha="center")
    ax.set(xlabel="x", ylabel="値", ylim=(-6.6, 1.6))
    ax.legend(loc="lower left")


def plot_depth(fig):
    """テント写像を重ねた波。1 回重ねるごとに、まっすぐな部分が 2 倍になる。"""
    fig.set_size_inches(7.2, 2.4)
    x = np.linspace(0, 1, 257)
    for ax, k in zip(fig.subplots(1, 3, sharey=True), (1, 2, 4), strict=True):
        y = sawtooth(x, k)
        ax.plot(x, y, "C0-")
        ax.set(title=f"{k} 回、{pieces(y)} 本の線分", xlabel="x", ylabel="値", xticks=(0, 0.5, 1), yticks=(0, 1))
