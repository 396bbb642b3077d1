"""ℓ = (w₁x₁ + b − t)² の鎖の、表と図。"""

from snippets.learning import _drawing
from snippets.learning._drawing import number, unbroken
from snippets.learning._value import Value

W, X, B, T = 2.0, 3.0, 1.0, 10.0
STEPS = (  # 使われる数, 使う数, その場の傾き
    ("r", "ℓ", "2r"), ("s", "r", "1"), ("t", "r", "−1"), ("p", "s", "1"),
    ("b", "s", "1"), ("w₁", "p", "x₁"), ("x₁", "p", "w₁"),
)  # fmt: skip


def nodes(w, x, b, t):
    """名から Value。損失から逆向きにたどったあとの grad を持つ。"""
    found = {"w₁": Value(w), "x₁": Value(x), "b": Value(b), "t": Value(t)}
    found["p"] = found["w₁"] * found["x₁"]
    found["s"] = found["p"] + found["b"]
    found["r"] = Value(found["s"].data - found["t"].data, (found["s"], 1.0), (found["t"], -1.0))
    found["ℓ"] = found["r"] ** 2
    found["ℓ"].backward()
    return found


def table():
    """損失から逆向きにたどった順の表。"""
    found = nodes(W, X, B, T)
    rows = [("ℓ", found["ℓ"].data, "", "出発点", found["ℓ"].grad)]
    for name, user, formula in STEPS:
        slope = dict(found[user].parents)[found[name]]
        shown = "" if formula[-1] == "1" else f" = {number(slope)}"
        factor = number(slope) if slope >= 0 else f"({number(slope)})"
        product = f"{number(found[user].grad)} × {factor}"
        rows.append(
            (name, found[name].data, unbroken(f"∂{user}/∂{name} = {formula}{shown}"), product, found[name].grad)
        )
    return ("数", "順伝播の値", "その場の傾き", "先の勾配 × その場の傾き", "勾配"), rows


def draw(ax):
    """計算グラフ。"""
    places = {
        "w₁": (0, 2.5), "x₁": (0, 0.3), "p": (2.1, 1.4), "b": (2.1, -0.8),
        "s": (4.2, 0.9), "t": (4.2, -1.3), "r": (6.3, 0.4), "ℓ": (8.4, 0.4),
    }  # fmt: skip
    found = nodes(W, X, B, T)
    for name, user, formula in STEPS:
        _drawing.arrows(ax, places[name], places[user])
        _drawing.beside(ax, places[name], places[user], 0.5, "", f"×{formula}")
    for name, place in places.items():
        shown = "$" + name.replace("ℓ", r"\ell").replace("₁", "_1") + "$"
        _drawing.node(ax, place, shown, number(found[name].data), number(found[name].grad))
    ax.set(xlim=(-0.6, 9), ylim=(-2.2, 3.4))
    ax.set_aspect("equal")
    ax.set_axis_off()
