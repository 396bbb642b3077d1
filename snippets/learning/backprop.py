"""バックプロパゲーション — 連鎖律の積を、出口から入口へ向かって使い回す。

網は、かんたんな計算をつないだものである。
1 つ 1 つの計算の傾きはすぐわかるので、それを出口の側から順にかけていけば、すべての重みの勾配がそろう。
"""

import numpy as np
import torch

# 1 個のニューロンの例。z = 2·3 + 1 = 7、L = (7 − 10)² = 9
W, B, X, T = np.array([2.0]), 1.0, np.array([3.0]), 10.0
# 2-2-1 の網の例。順に W, c, v, b, x, t
EXAMPLE = (
    np.array([[0.5, -1.0], [1.0, 0.5]]), np.array([1.0, -1.0]), np.array([1.0, -2.0]), 0.5, np.array([1.0, 2.0]), 1.0,
)  # fmt: skip


def identity(z):
    """何もしない活性化関数。"""
    return z


def tanh_slope(z):
    """tanh の導関数。"""
    return 1 - np.tanh(z) ** 2


def preactivation(w, x, b):
    """重み付き和 z。w, x: (n,)、b: 数 → 数。"""
    return float(np.dot(w, x) + b)


def activation(z, f):
    """ニューロンの出力 a。z: 数、f: 活性化関数 → 数。"""
    return float(f(z))


def loss(a, t):
    """1 件の二乗誤差 L。a: 出力、t: 正解 → 数。"""
    return float(np.square(a - t))


def neuron_gradients(w, b, x, t, f=identity):
    """損失の w と b についての勾配 ((n,), 数)。w, x: (n,)、b, t: 数。PyTorch の自動微分による。"""
    leaf_w = torch.tensor(np.asarray(w, dtype=float), requires_grad=True)
    leaf_b = torch.tensor(float(b), dtype=torch.float64, requires_grad=True)
    L = (f(leaf_w @ torch.tensor(np.asarray(x, dtype=float)) + leaf_b) - t) ** 2
    L.backward()
    return leaf_w.grad.numpy(), float(leaf_b.grad)


def hidden(W, x, c):
    """隠れ層の重み付き和 u。W: (m, n)、x: (n,)、c: (m,) → (m,)。形が合わなければ ValueError。"""
    if np.shape(W) != (len(c), len(x)):
        raise ValueError(f"W の形は (c の長さ, x の長さ) にする: W {np.shape(W)}、c {len(c)}、x {len(x)}")
    return np.add(np.matmul(W, x), c)


def output(v, u, b, f):
    """網の出力 y。v, u: (m,)、b: 数、f: 活性化関数 → 数。"""
    return float(np.dot(f(u), v) + b)


def error(y, t):
    """網の二乗誤差 E。y: 出力、t: 正解 → 数。"""
    return loss(y, t)


def delta(v, u, y, t, f_prime):
    """隠れ層に届く勾配 (m,)。u, y: 順伝播が残した値、f_prime: f の導関数。"""
    return f_prime(u) * (2 * (y - t)) * v


def backprop(W, v, x, u, y, t, f, f_prime):
    """v, b, W, c, x についての勾配の組。形はそれぞれの変数と同じ。u, y: 順伝播が残した値。"""
    out = 2 * (y - t)
    inner = delta(v, u, y, t, f_prime)  # 残りの勾配は、どれもこれを使い回す
    return out * f(u), out, np.outer(inner, x), inner, inner @ W


def network_gradients(W, c, v, b, x, t, f, f_prime):
    """順伝播と逆伝播を続けて行う。戻り値は backprop と同じ。"""
    u = hidden(W, x, c)
    return backprop(W, v, x, u, output(v, u, b, f), t, f, f_prime)


def by_torch(W, c, v, b, x, t):
    """f が tanh のときの同じ勾配の組を、PyTorch の backward で求めたもの。"""
    leaves = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (W, c, v, b, x)]
    W, c, v, b, x = leaves
    (v @ torch.tanh(W @ x + c) + b - t).square().backward()
    return tuple(leaf.grad.numpy() for leaf in (v, b, W, c, x))


def example():
    """2-2-1 の網の勾配くらべ。手で逆向きにかけた値と、PyTorch の値。"""
    W, c, v, b, *_ = EXAMPLE
    names = ("v₁", "v₂", "b", "W₁₁", "W₁₂", "W₂₁", "W₂₂", "c₁", "c₂")
    values, ours, theirs = (
        np.concatenate([np.ravel(part) for part in parts[:4]])
        for parts in ((v, b, W, c), network_gradients(*EXAMPLE, np.tanh, tanh_slope), by_torch(*EXAMPLE))
    )
    rows = [(name, *map(float, row)) for name, *row in zip(names, values, ours, theirs, strict=True)]
    return ("重み", "値", "手で計算した勾配", "PyTorch の grad"), rows


def example_output():
    """2-2-1 の網の例の、出力 y と誤差 E。"""
    W, c, v, b, x, t = EXAMPLE
    y = output(v, hidden(W, x, c), b, np.tanh)
    return y, error(y, t)


def torch_report():
    """L = (wx + b − t)² について PyTorch が答えること。"""
    w, b = (torch.tensor(value, requires_grad=True) for value in (float(W[0]), B))
    x = float(X[0])
    L = (w * x + b - T) ** 2
    rows = [
        ("w.grad_fn", str(w.grad_fn)),
        ("L.grad_fn", type(L.grad_fn).__name__),
        ("その 1 つ手前", type(L.grad_fn.next_functions[0][0]).__name__),
        ("backward の前の w.grad", str(w.grad)),
    ]
    L.backward()
    rows.append(("backward のあとの w.grad, b.grad", _pair(w, b)))
    try:
        L.backward()
    except RuntimeError as error:
        rows.append(("同じグラフでもう一度 backward", type(error).__name__))
    ((w * x + b - T) ** 2).backward()
    rows.append(("消さずに、次の順伝播と backward", _pair(w, b)))
    w.grad = b.grad = None
    ((w * x + b - T) ** 2).backward()
    rows.append(("消してから、次の順伝播と backward", _pair(w, b)))
    return ("問い", "答え"), rows


def _pair(w, b):
    return f"{w.grad.item():g}, {b.grad.item():g}".replace("-", "−")


def plot(ax):
    """L = (wx + b − t)² の計算グラフ。上の数は順伝播の値（左から右）、下の数は逆伝播の勾配（右から左）。"""
    z = preactivation(W, X, B)
    to_w, to_z = neuron_gradients(W, B, X, T)
    nodes = {
        "$w$": (0, 2, W[0], to_w[0]), "$x$": (0, 0, X[0], to_z * W[0]), "$wx$": (1.6, 1, W[0] * X[0], to_z),
        "$b$": (1.6, -0.6, B, to_z), "$z$": (3.2, 0.6, z, to_z), "$L$": (4.8, 0.6, loss(z, T), 1.0),
    }  # fmt: skip
    for start, end in (("$w$", "$wx$"), ("$x$", "$wx$"), ("$wx$", "$z$"), ("$b$", "$z$"), ("$z$", "$L$")):
        a, b = np.array(nodes[start][:2]), np.array(nodes[end][:2])
        along = (b - a) / np.linalg.norm(b - a)
        side = 0.09 * np.array([-along[1], along[0]])
        for sign, color, line in ((1, "C0", "-"), (-1, "C1", "--")):
            ends = (a + 0.34 * along + sign * side, b - 0.34 * along + sign * side)[::sign]
            ax.annotate("", ends[1], ends[0], arrowprops={"arrowstyle": "->", "color": color, "ls": line})
    for name, (i, j, value, slope) in nodes.items():
        ax.plot(i, j, "o", ms=30, mfc="none", mec="C0")
        ax.text(i, j, name, ha="center", va="center")
        ax.text(i, j + 0.34, _number(value), ha="center", va="bottom", color="C0")
        ax.text(i, j - 0.36, _number(slope), ha="center", va="top", color="C1")
    ax.set(xlim=(-0.5, 5.3), ylim=(-1.4, 2.8))
    ax.set_axis_off()


def _number(value):
    return f"{value:.4g}".replace("-", "−")
