"""バックプロパゲーション — 連鎖律の積を、出口から入口へ向かって使い回す。

網は、かんたんな計算をつないだものである。
1 つ 1 つの計算の傾きはすぐわかるので、それを出口の側から順にかけていけば、すべての重みの勾配がそろう。
"""

import functools
import inspect
import itertools
import math

import numpy as np
import torch

from snippets.activation.sigmoid import derivative, sigmoid
from snippets.learning import _chain, _example, _training
from snippets.learning._chain import table as chain_table  # noqa: F401  ここからは、ページが使う表と図
from snippets.learning._example import backward_table, forward_table, plot_network  # noqa: F401
from snippets.learning._slips import (  # noqa: F401
    arrival_table,
    inplace_table,
    overwriting_table,
    plot_zero_grad,
    second_backward_table,
    torch_report,
    zero_grad_table,
)
from snippets.learning._tape import tape  # noqa: F401
from snippets.learning._training import plot_training  # noqa: F401
from snippets.learning._value import Value

METHODS = ("逆向きの表", "Value", "PyTorch", "中心差分")


def identity(z):
    """何もしない活性化関数。"""
    return z


def chain_product(w, x):
    """積 p。数 → 数。"""
    return float(np.prod([w, x]))


def chain_sum(p, b):
    """和 s。数 → 数。"""
    return float(np.sum([p, b]))


def chain_gap(s, t):
    """正解とのずれ r。数 → 数。"""
    return float(np.subtract(s, t))


def chain_loss(r):
    """損失 ℓ。数 → 数。"""
    return float(r * r)


def chain(w, x, b, t):
    """損失の w, b, x についての傾きの組。Value を逆向きにたどって求める。"""
    nodes = _chain.nodes(w, x, b, t)
    return nodes["w₁"].grad, nodes["b"].grad, nodes["x₁"].grad


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


def paths(m, k):
    """幅 m の隠れ層を k 段重ねた網（入口と出口は 1 個）の、入口から出口までの道の本数。1 本ずつ数えあげる。"""

    def walk(layer):
        return 1 if layer == k else sum(walk(layer + 1) for _ in range(m))

    return float(walk(0))


def edges(m, k):
    """同じ網の辺の数。となりあう層の大きさの積を足す。"""
    return float(sum(map(math.prod, itertools.pairwise([1, *[m] * k, 1]))))


def hidden(W, x, c):
    """隠れ層の重み付き和 u。W: (m, n)、x: (n,)、c: (m,) → (m,)。形が合わなければ ValueError。"""
    if np.shape(W) != (len(c), len(x)):
        raise ValueError(f"W の形は (c の長さ, x の長さ) にする: W {np.shape(W)}、c {len(c)}、x {len(x)}")
    return np.add(np.matmul(W, x), c)


def hidden_values(u, f):
    """隠れ層の値 h。u: (m,) → (m,)。"""
    return f(u)


def output(v, h, b):
    """網の出力 y。v, h: (m,)、b: 数 → 数。"""
    return float(np.dot(h, v) + b)


def error(y, t):
    """網の二乗誤差 E。y: 出力、t: 正解 → 数。"""
    return loss(y, t)


def delta(v, u, y, t, f_prime):
    """隠れ層の重み付き和に届く勾配 (m,)。u, y: 順伝播が残した値、f_prime: f の導関数。"""
    return f_prime(u) * (2 * (y - t)) * v


def backprop(W, v, x, u, y, t, f, f_prime):
    """v, b, W, c, x についての勾配の組。形はそれぞれの変数と同じ。u, y: 順伝播が残した値。"""
    out = 2 * (y - t)
    inner = delta(v, u, y, t, f_prime)  # 残りの勾配は、どれもこれを使い回す
    return out * f(u), out, np.outer(inner, x), inner, inner @ W


def forward(W, c, v, b, x, t, f):
    """順伝播。(u, h, y, E)。"""
    u = hidden(W, x, c)
    h = hidden_values(u, f)
    y = output(v, h, b)
    return u, h, y, error(y, t)


def network_gradients(W, c, v, b, x, t, f, f_prime):
    """順伝播と逆伝播を続けて行う。戻り値は backprop と同じ。"""
    u, _, y, _ = forward(W, c, v, b, x, t, f)
    return backprop(W, v, x, u, y, t, f, f_prime)


@functools.cache
def example(method):
    """2-2-1 の網の例の勾配 (11,)。順は _example.LEAVES。"""
    return {
        "逆向きの表": lambda: np.concatenate(
            [np.ravel(part) for part in network_gradients(*_example.NUMBERS, sigmoid, derivative)]
        ),
        "Value": _example.by_value,
        "PyTorch": _example.by_torch,
        "中心差分": lambda: _example.by_central_difference(lambda *parts: forward(*parts, sigmoid)[-1]),
    }[method]()


def comparison():
    """2-2-1 の網の勾配くらべ。4 通りの求め方。"""
    columns = [[f"{slope:.10f}".replace("-", "−") for slope in example(method)] for method in METHODS]
    return ("", *METHODS), list(zip(map(_example.subscripted, _example.LEAVES), *columns, strict=True))


def disagreement(method):
    """逆向きの表との差の最大値。"""
    return float(np.abs(example(method) - example(METHODS[0])).max())


def error_after(rate):
    """2-2-1 の網の例の重みから、学習率 rate で 1 歩進めたときの E。"""
    *weights, x, t = _example.NUMBERS
    to_v, to_b, to_W, to_c, _ = network_gradients(*_example.NUMBERS, sigmoid, derivative)
    moved = (old - rate * slope for old, slope in zip(weights, (to_W, to_c, to_v, to_b), strict=True))
    return forward(*moved, x, t, sigmoid)[-1]


def value_lines():
    """Value の実装の、空行を除いた行数。"""
    return sum(bool(line.strip()) for line in inspect.getsource(Value).splitlines())


def training_history():
    """XOR の学習の平均誤差。(Value, PyTorch)。"""
    return _training.by_value(), _training.by_torch()


def training_gap():
    """2 つの学習の誤差の差の最大値。"""
    ours, theirs = training_history()
    return float(np.abs(ours - theirs).max())


def path_table():
    """隠れ層の幅と段数ごとの、道の本数と、辺の数。"""
    sizes = ((2, 1), (2, 5), (4, 5), (10, 3), (10, 5))
    rows = [(m, k, f"{paths(m, k):,.0f}", f"{edges(m, k):,.0f}") for m, k in sizes]
    return ("幅 m", "段数 k", "道の本数", "辺の数"), rows


def plot(ax):
    """鎖の例の計算グラフ。上の青は順伝播の値、下の赤は勾配。帰りの破線では、その場の傾きをかける。"""
    _chain.draw(ax)
