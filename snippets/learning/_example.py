"""2-2-1 の網の例。backprop のページの数字は、ここから計算する。"""

import functools

import numpy as np
import torch

from snippets.learning import _drawing
from snippets.learning._drawing import number, unbroken
from snippets.learning._value import Value, sigmoid

# 順に W, c, v, b, x, t。隠れ層の重み付き和は 0 と 1 になる
NUMBERS = (
    np.array([[1.0, -1.0], [2.0, 1.0]]), np.array([1.0, -3.0]), np.array([3.0, -2.0]), 0.5, np.array([1.0, 2.0]), 1.0,
)  # fmt: skip
LEAVES = ("v1", "v2", "b", "W11", "W12", "W21", "W22", "c1", "c2", "x1", "x2")


def named(W, c, v, b, x, t):
    """例の数を、W12 のような名で引く表。"""
    parts = {"W": W, "c": c, "v": v, "b": b, "x": x, "t": t}
    return {
        name + "".join(str(i + 1) for i in k): float(np.asarray(part)[k])
        for name, part in parts.items()
        for k in np.ndindex(np.shape(part))
    }


@functools.cache
def nodes():
    """名から Value。E から逆向きにたどったあとの grad を持つ。"""
    found = {name: Value(k) for name, k in named(*NUMBERS).items()}
    found["y"] = found["b"]
    for i in "12":
        u = found[f"u{i}"] = found[f"W{i}1"] * found["x1"] + found[f"W{i}2"] * found["x2"] + found[f"c{i}"]
        h = found[f"h{i}"] = sigmoid(u)
        found["y"] = found["y"] + found[f"v{i}"] * h
    found["E"] = (found["y"] - found["t"]) ** 2
    found["E"].backward()
    return found


def by_value():
    """LEAVES の順の勾配 (11,)。Value による。"""
    return np.array([nodes()[name].grad for name in LEAVES])


def by_torch():
    """同じ勾配を、PyTorch の backward で求めたもの。"""
    *parts, t = NUMBERS
    leaves = [torch.tensor(part, dtype=torch.float64, requires_grad=True) for part in parts]
    W, c, v, b, x = leaves
    (v @ torch.sigmoid(W @ x + c) + b - t).square().backward()
    return np.concatenate([np.ravel(leaf.grad.numpy()) for leaf in (v, b, W, c, x)])


def by_central_difference(error, h=1e-5):
    """同じ勾配を、数を 1 つずつ ±h 動かして求めたもの。error: (W, c, v, b, x, t) → 数。"""
    *parts, t = NUMBERS
    slopes = []
    for position in (2, 3, 0, 1, 4):  # v, b, W, c, x
        for k in np.ndindex(np.shape(parts[position])):
            shift = np.zeros(np.shape(parts[position]))
            shift[k] = h
            ends = [error(*parts[:position], parts[position] + s * shift, *parts[position + 1 :], t) for s in (1, -1)]
            slopes.append((ends[0] - ends[1]) / (2 * h))
    return np.array(slopes)


def subscripted(name):
    """W12 を W₁₂ に。"""
    return name.translate(str.maketrans("12", "₁₂"))


def forward_table():
    """順伝播の表。上から順に計算する。"""
    return _table(
        ("u₁", "W₁₁x₁ + W₁₂x₂ + c₁", "{W11}·{x1} + {W12}·{x2} + {c1}", "{u1}"),
        ("u₂", "W₂₁x₁ + W₂₂x₂ + c₂", "{W21}·{x1} + {W22}·{x2} + {c2}", "{u2}"),
        ("h₁", "σ(u₁)", "σ({u1})", "{h1}"),
        ("h₂", "σ(u₂)", "σ({u2})", "{h2}"),
        ("y", "v₁h₁ + v₂h₂ + b", "{v1}·{h1} + {v2}·{h2} + {b}", "{y}"),
        ("E", "(y − t)²", "({y} − {t})²", "{E}"),
    )


def backward_table():
    """逆伝播の表。上から順に計算する。"""
    return _table(
        ("∂E/∂y", "2(y − t)", "2·({y} − {t})", "{dy}"),
        ("∂E/∂b", "∂E/∂y × 1", "{dy} × 1", "{db}"),
        ("∂E/∂v₁", "∂E/∂y × h₁", "{dy} × {h1}", "{dv1}"),
        ("∂E/∂v₂", "∂E/∂y × h₂", "{dy} × {h2}", "{dv2}"),
        ("∂E/∂h₁", "∂E/∂y × v₁", "{dy} × {v1}", "{dh1}"),
        ("∂E/∂h₂", "∂E/∂y × v₂", "{dy} × {v2}", "{dh2}"),
        ("δ₁ = ∂E/∂u₁", "∂E/∂h₁ × σ′(u₁)", "{dh1} × {s1}", "{du1}"),
        ("δ₂ = ∂E/∂u₂", "∂E/∂h₂ × σ′(u₂)", "{dh2} × {s2}", "{du2}"),
        ("∂E/∂W₁₁", "δ₁ × x₁", "{du1} × {x1}", "{dW11}"),
        ("∂E/∂W₁₂", "δ₁ × x₂", "{du1} × {x2}", "{dW12}"),
        ("∂E/∂W₂₁", "δ₂ × x₁", "{du2} × {x1}", "{dW21}"),
        ("∂E/∂W₂₂", "δ₂ × x₂", "{du2} × {x2}", "{dW22}"),
        ("∂E/∂c₁", "δ₁ × 1", "{du1} × 1", "{dc1}"),
        ("∂E/∂c₂", "δ₂ × 1", "{du2} × 1", "{dc2}"),
        ("∂E/∂x₁", "δ₁W₁₁ + δ₂W₂₁", "{du1}·{W11} + {du2}·{W21}", "{dx1}"),
        ("∂E/∂x₂", "δ₁W₁₂ + δ₂W₂₂", "{du1}·{W12} + {du2}·{W22}", "{dx2}"),
    )


def _table(*rows):
    found = {name: node.data for name, node in nodes().items()}
    found |= {f"d{name}": node.grad for name, node in nodes().items()}
    found |= {f"s{i}": found[f"h{i}"] * (1 - found[f"h{i}"]) for i in "12"}
    plain = {name: number(value) for name, value in found.items()}
    inside = {name: text if found[name] >= 0 else f"({text})" for name, text in plain.items()}
    cells = [
        (unbroken(name), unbroken(rule), blanks.format_map(inside), key.format_map(plain))
        for name, rule, blanks, key in rows
    ]
    return ("求めるもの", "式", "数を入れる", "値"), cells


def plot_network(fig):
    """2-2-1 の網の例。青は順伝播の値と重み、丸かっこの中の赤は、E をその数で微分した傾き。"""
    fig.set_size_inches(6.4, 4.2)
    ax = fig.subplots()
    places = {"x1": (0, 3), "x2": (0, 0), "h1": (3.6, 3), "h2": (3.6, 0), "y": (6.3, 1.5), "E": (8.3, 1.5)}
    lines = {"W11": ("x1", "h1", 0.5), "W12": ("x2", "h1", 0.3), "W21": ("x1", "h2", 0.3), "W22": ("x2", "h2", 0.5)}
    lines |= {"v1": ("h1", "y", 0.5), "v2": ("h2", "y", 0.5), "": ("y", "E", 0.5)}
    for name, (start, end, share) in lines.items():
        _drawing.arrows(ax, places[start], places[end])
        if name:
            _drawing.beside(ax, places[start], places[end], share, *_pair(name))
    for name, place in places.items():
        _drawing.node(ax, place, f"${name[0]}_{name[1:]}$" if name[1:] else f"${name}$", *_pair(name, ""))
    for i in "12":
        (x, y), c = places[f"h{i}"], _pair(f"c{i}")
        ax.text(x, y + 0.9, f"{c[0]} {c[1]}", ha="center", va="bottom", fontsize=9)
        u = _pair(f"u{i}")
        ax.text(x, y - 0.9, f"{u[0]} {u[1]}", ha="center", va="top", fontsize=9)
    ax.set(xlim=(-0.7, 8.8), ylim=(-1.2, 4.2))
    ax.set_aspect("equal")
    ax.set_axis_off()


def _pair(name, head=None):
    """「W₁₂ = −1」と「(−2.462)」。"""
    label = f"{subscripted(name)} = " if head is None else head
    return f"{label}{number(nodes()[name].data)}", f"({number(nodes()[name].grad)})"
