"""書き手の習慣の違いは、同じ木になる。違う意味の書き方は、違う木になる。"""

import pytest

from snippets._engine.parser import parse
from snippets._engine.symbols import Symbols

SYMBOLS = Symbols(
    {
        r"x, y, a, b": "R", "n": "2..4", "i, j": "1..n", r"v, w, \mathbf{u}": "R^n", "A": "R^{n, n}",
        "u": r"as \mathbf{u}",
        "f, D": "fn", "g": "fn abstract", "t": "1..3", "h": "R^n by _t", "l": "1..3", "z": "R^n by ^l",
        r"\mathbb{1}": "fn indicator", r"\hat{y}": "R", "p, q": "bit",
    }
)  # fmt: skip

SAME = [
    (r"\dfrac{1}{2}x", r"\tfrac12 x"),
    (r"\left|x\right|", "|x|"),
    (r"\bigl| x - y \bigr|", r"\lvert x-y \rvert"),
    ("||v||_2^2", r"\|v\|_2^2"),
    (r"\left|\left|v\right|\right|", r"\left\Vert v\right\Vert"),
    (r"\|v\|^2_1", r"\lVert v \rVert_1^2"),
    ("|x||y|", r"\lvert x \rvert \lvert y \rvert"),
    ("|x| + a|y|", r"\lvert x \rvert + a \lvert y \rvert"),
    ("D(v || w)", r"D(v \parallel w)"),
    (r"D(v \,\middle\|\, w)", "D(v, w)"),
    ("D(v; w)", r"D(v \mid w)"),
    (r"\mathbf u^\top v", r"\mathbf{u}^{\mathrm{T}} v"),
    ("u_i", r"\mathbf{u}_i"),
    (r"\hat y", r"\hat{y}"),
    ("v^2_i", "v_i^2"),
    ("z^{(l)}_j", "z_j^{[l]}"),
    ("h_{t,i}", "h_{t i}"),
    (r"\exp\left\{ -x \right\}", r"\exp(-x)"),
    (r"\max\{0, x\}", r"\max(0, x)"),
    (r"\ln x", r"\log(x)"),
    (r"\text{tanh}(x)", r"\operatorname{tanh} x"),
    (r"\arg\max_i v_i", r"\operatorname*{arg\,max}_{i} v_i"),
    (r"\mathop{\mathrm{arg\,min}}_i v_i", r"\argmin_i v_i"),
    ("x = y.", "x = y"),
    (r"x \coloneqq y", "x := y"),
    ("x := x - a", r"x \leftarrow x - a"),
    (r"x \equiv y", "x = y"),
    ("+x", "x"),
    (r"a * b", r"a \times b"),
    (r"v \circ w", r"v \odot w"),
    (r"\sum\limits_{i=1}^n v_i", r"\sum_{i=1}^{n}v_i"),
    (r"\sum_{i,j} A_{ij}", r"\sum_i \sum_j A_{i,j}"),
    (r"\sum_i {v_i w_i}", r"\sum_i v_i w_i"),
    (r"\frac{\partial^2 a}{\partial x \, \partial y}", r"\frac{\partial}{\partial x}\frac{\partial a}{\partial y}"),
    (r"\frac{\mathrm{d}^2}{\mathrm{d}x^2} g(x)", r"\frac{d}{dx}\frac{d}{dx} g(x)"),
    (r"\mathbb 1_{[x > 0]}", r"\mathbb{1}(x > 0)"),
    (r"{n \choose 2}", r"\dbinom{n}{2}"),
    (r"f(x) = \begin{cases} x, & \text{if } x \geqslant 0, \\ 0, & \mbox{otherwise.} \end{cases}",
     r"f(x) = \left\{ \begin{array}{ll} x & x \ge 0 \\ 0 & \mathrm{otherwise} \end{array} \right."),
    (r"\begin{cases} 1 & x \in [a, b) \\ 0 & \text{else} \end{cases}",
     r"\begin{dcases} 1 & a \le x < b \\ 0 & \text{otherwise} \end{dcases}"),
    (r"\begin{align} x &= y \tag{1} \end{align}", r"\begin{aligned} x &= y \end{aligned}"),
    (r"\begin{aligned} x &= a \\ &+ y - n \\ &\quad - b \\ &= y \end{aligned}", "x = a + y - n - b = y"),
    (r"\begin{aligned} x &= \sum_i v_i \\ &+ y \end{aligned}", r"x = \sum_i v_i + y"),
    (r"\frac{{}x}{y}", r"\frac{x}{y}"),
    (r"{\rm tanh}(x)", r"\tanh(x)"),
]  # fmt: skip

DIFFERENT = [
    (r"\|v\|_1", r"\|v\|_2"),
    (r"\sum_i v_i \sum_i w_i", r"\sum_i v_i \sum_j w_j"),
    (r"\sum_{j \ne i} v_j", r"\sum_{j} v_j"),
    (r"\lfloor x \rfloor", r"\lceil x \rceil"),
    (r"\frac{\partial^2 a}{\partial x \partial y}", r"\frac{\partial^2 a}{\partial y \partial x}"),
    (r"\log_2 x", r"\log x"),
    (r"(x)_+", "(x)"),
    (r"\prod_{i} v_i (1 - v_i)", r"\left(\prod_{i} v_i\right) (1 - v_i)"),
    ("||x| - |y||", "|x - y|"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME, ids=[one for one, _ in SAME])
def test_same_reading(one, other):
    """同じ意味の二つの書き方は、同じ木になる。"""
    assert parse(one, SYMBOLS) == parse(other, SYMBOLS)


@pytest.mark.parametrize(("one", "other"), DIFFERENT, ids=[one for one, _ in DIFFERENT])
def test_different_reading(one, other):
    """違う意味の二つの書き方は、違う木になる。"""
    assert parse(one, SYMBOLS) != parse(other, SYMBOLS)
