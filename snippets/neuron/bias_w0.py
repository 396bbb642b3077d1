"""w₀ はバイアスか — 入力の先頭に 1 を足すと、バイアスは重みの 1 つになる。

足し算の b を別扱いにせずにすみ、式もコードも積 1 つになる。
代わりに、バイアスだけ特別に扱いたい場面（正則化、添字）で取り違えやすくなる。
"""

import numpy as np
import torch


def bias(w):
    """拡張した重みからバイアスを取り出す。w: (n+1,) → 数。"""
    return float(np.asarray(w, dtype=float)[0])


def affine(w, x, b):
    """バイアスを別に持つ形。w, x: (n,)、b: 数 → 数。長さが違えば ValueError。"""
    w, x = _pair(w, x)
    return float(np.vdot(w, x)) + b


def augment(X):
    """データの先頭に 1 の列を足す。X: (N, n) → (N, n+1)。"""
    X = np.asarray(X, dtype=float)
    if X.ndim != 2:
        raise ValueError(f"X は (N, n) にする。受け取った形は {X.shape}")
    return np.c_[np.ones(len(X)), X]


def augmented_pair(w, x):
    """拡張した重みと入力の組。w, x: (n+1,) → ((n+1,), (n+1,))。x の 0 番の値は捨てて 1 にする。"""
    w, x = _pair(w, x)
    return w, augment(x[np.newaxis, 1:])[0]


def augmented_product(w, x):
    """拡張した重みと入力の積。w, x: (n+1,) → 数。長さが違えば ValueError。"""
    return float(np.einsum("i,i->", *_pair(w, x)))


def absorbed(w, x):
    """1 を足してから積をとる。w: (n+1,)、x: 1 を足す前の (n,) → 数。"""
    return augmented_product(w, augment(np.asarray(x, dtype=float)[np.newaxis, :])[0])


def on_hyperplane(w, x, tolerance=0.0):
    """拡張した空間の超平面に乗っているか。w, x: 同じ長さ → 真偽。"""
    return abs(augmented_product(w, x)) <= tolerance


def on_boundary(w, x, b, tolerance=0.0):
    """もとの空間の超平面に乗っているか。w, x: (n,)、b: 数 → 真偽。"""
    return on_hyperplane(np.r_[b, w], np.r_[1.0, x], tolerance)


def gradient(w, x, f):
    """f(wx) の w についての勾配。w, x: (n,)、f: 数 → 数（torch で微分できるもの） → (n,)。"""
    w = torch.tensor(np.asarray(w, dtype=float), requires_grad=True)
    f(w @ torch.tensor(np.asarray(x, dtype=float))).backward()
    return w.grad.numpy()


def bias_slope(w, x, b, f):
    """f(wx + b) の b についての微分。拡張した重みの勾配の先頭を取り出す。w, x: (n,)、b: 数 → 数。"""
    return gradient(np.r_[b, w], np.r_[1.0, x], f)[0]


def hyperplane_distance(w, b, x):
    """点 x から超平面までの距離。w, x: (n,)、b: 数 → 数。w が 0 なら ValueError。"""
    return float(np.linalg.norm(np.asarray(x, dtype=float) - foot(w, b, x)))


def origin_distance(w, b):
    """原点から超平面までの距離。w: (n,)、b: 数 → 数。w が 0 なら ValueError。"""
    return hyperplane_distance(w, b, np.zeros(len(w)))


def foot(w, b, x):
    """点 x から超平面に下ろした垂線の足。w, x: (n,)、b: 数 → (n,)。w が 0 なら ValueError。"""
    w, x = _pair(w, x)
    if not np.any(w):
        raise ValueError("w が 0 なので超平面が決まらない")
    return x - affine(w, x, b) / (w @ w) * w


def line(p, w, b):
    """平面の境界線の、横の位置 p での高さ。w: (2,)、b: 数 → 数。w_2 が 0 なら線は縦で、nan か無限大を返す。"""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.divide(affine(np.asarray(w[:1], dtype=float), np.array([p]), b), -w[1]))


def boundary_2d(w, b, xlim):
    """平面上の境界線を描くための 2 点。w: (2,)、xlim: (左, 右) → (2, 2)。w が 0 なら ValueError。

    傾きが急なときは、xlim を縦軸の範囲とみなす。w の大きいほうの成分だけで割るので、縦の線も描ける。
    """
    w = np.asarray(w, dtype=float)
    if w.shape != (2,) or not np.any(w):
        raise ValueError(f"w は 0 でない 2 次元のベクトルにする。受け取った値は {w.tolist()}")
    solved = int(np.argmax(np.abs(w)))  # 解いて求める軸
    points = np.empty((2, 2))
    points[:, 1 - solved] = xlim
    points[:, solved] = -(b + w[1 - solved] * points[:, 1 - solved]) / w[solved]
    return points


def ridge(X, y, penalty, penalize_bias):
    """二乗誤差に penalty × 重みの二乗和を足して最小にする拡張した重み。X: (N, n)、y: (N,) → (n+1,)。"""
    A = augment(X)
    weights = np.full(A.shape[1], float(penalty))
    if not penalize_bias:
        weights[0] = 0
    return np.linalg.solve(A.T @ A + np.diag(weights), A.T @ np.asarray(y, dtype=float))


def shift_table(shift=100.0, penalty=10.0):
    """答えを一斉にずらしたときの、x = 0 での予測。(見出し, 行)。"""
    X = np.linspace(-1, 1, 11)[:, np.newaxis]
    y = 3 * X[:, 0] + 2
    rows = []
    for name, penalize_bias in (("w₁ だけ", False), ("w₀ も", True)):
        before, after = (bias(ridge(X, target, penalty, penalize_bias)) for target in (y, y + shift))
        rows.append((name, before, after, after - before))
    return ("罰する重み", "もとの予測", f"答えを {shift:.0f} ずらす", "予測の変化"), rows


def descent_table(steps=(0, 1, 2, 5, 20), rho=0.5):
    """2 つの書き方で、同じデータの平均二乗誤差を同じ学習率で下る。歩ごとの b と w₀。(見出し, 行)。"""
    X = np.linspace(-1, 1, 11)[:, np.newaxis]
    y, A = 3 * X[:, 0] + 2, augment(X)
    w, b, augmented, rows = np.zeros(1), 0.0, np.zeros(2), []
    for step in range(max(steps) + 1):
        if step in steps:
            rows.append((step, b, bias(augmented)))
        error = X @ w + b - y
        w, b = w - rho * X.T @ error / len(y), b - rho * float(np.mean(error))
        augmented = augmented - rho * A.T @ (A @ augmented - y) / len(y)
    return ("歩数", "b（別に持つ）", "w₀（重みの 1 つ）"), rows


def plot(fig):
    """左: b を変えると境界線は平行に動く。右: 拡張した超平面（実線の面）は、いつも原点を通る。
    高さ 1 の面（破線の面）との交わりが、左の図の境界線になる。
    """
    fig.set_size_inches(7, 3.5)
    w = np.array([1.0, 2.0])
    _draw_lines(fig.add_subplot(1, 2, 1), w)
    _draw_plane(fig.add_subplot(1, 2, 2, projection="3d"), w, 1.0)


def plot_line(ax):
    """平面の境界線（実線）と原点。はじめは w = (1, 2)、b = −1。"""
    p = np.linspace(-3, 3, 25)
    ax.plot(p, [line(x, (1.0, 2.0), -1.0) for x in p], "C0-", lw=2, label="境界線", gid="neuron.bias_w0.line")
    ax.plot(0, 0, "C2o", label="原点")
    ax.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(-3, 3), ylim=(-3, 3), aspect="equal")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))


def _pair(w, x):
    w, x = np.asarray(w, dtype=float), np.asarray(x, dtype=float)
    if w.ndim != 1 or w.shape != x.shape:
        raise ValueError(f"w と x は同じ長さの 1 次元配列にする。受け取った形は {w.shape} と {x.shape}")
    return w, x


def _draw_lines(ax, w):
    styles = {-2: ":", -1: "--", 0: "-", 1: "--", 2: ":"}
    for b, style in styles.items():
        line = boundary_2d(w, b, (-3, 3))
        ax.plot(*line.T, linestyle=style, color="C0", linewidth=2 if b == 0 else 1.2)
        ax.text(3.1, line[1, 1], f"$b={b}$", ha="left", va="center")
    ax.annotate("", xy=w, xytext=(0, 0), arrowprops={"arrowstyle": "->", "color": "C1", "linewidth": 2})
    ax.text(*(1.1 * w), "$w$", color="C1")
    ax.plot(0, 0, "o", color="C2", markersize=5)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(-3, 3), ylim=(-3, 3), aspect="equal")


def _draw_plane(ax, w, w_0):
    """x₀ を高さにとり、拡張した超平面と x₀ = 1 の面を描く。"""
    edges = np.array([boundary_2d(w, w_0 * height, (-3, 3)) for height in (-0.5, 1.5)])
    floor = np.array([[-3, -3], [3, -3], [3, 3], [-3, 3], [-3, -3]])
    for plane, heights, color, hatch in (
        (np.r_[edges[0], edges[1][::-1], edges[0][:1]], [-0.5, -0.5, 1.5, 1.5, -0.5], "C0", "-"),
        (floor, [1, 1, 1, 1, 1], "C2", "--"),
    ):
        halves = [[0, 1, 2], [0, 2, 3]]
        ax.plot_trisurf(*plane[:4].T, heights[:4], triangles=halves, color=color, alpha=0.2, linewidth=0)
        ax.plot(*plane.T, heights, color=color, linestyle=hatch, linewidth=1)
    ax.plot(*boundary_2d(w, w_0, (-3, 3)).T, [1, 1], color="C1", linestyle="-", linewidth=2)
    ax.plot([0], [0], [0], "o", color="C2", markersize=5)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", zlabel="$x_0$", xlim=(-3, 3), ylim=(-3, 3), zlim=(-0.5, 1.5))
    ax.set(xticks=[-2, 0, 2], yticks=[-2, 0, 2], zticks=[0, 1])
    ax.view_init(elev=20, azim=-60)
    ax.set_box_aspect((1, 1, 0.8), zoom=0.85)
    ax.zaxis.labelpad = -6
    for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
        axis.pane.set_visible(False)
    ax.grid(visible=False)
