"""証明は、正しい式だけを正しいと言う。決められない式には、決められないと答える。"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets._engine import FormulaError
from snippets._engine.check import Check
from snippets._engine.enclosure import enclose
from snippets._engine.equivalence import equivalent
from snippets._engine.parser import parse
from snippets._engine.proof import prove
from snippets._engine.scope import Scope
from snippets._engine.statements import classify, define
from snippets._engine.symbols import Symbols

DECLARED = {
    "x, y, z, c": "R", "a, b": "R+", "p, q": "(0, 1)", "r": "[0, 1]", "u": "[-8, 8]", "k": "R*", "s, t": "bit",
    "n": "1..4", "m": "2..3", "i, j": "1..n", "v, w": "R^n", "A, B": "R^{n, m}", "X": "R^{m, n}",
    "h": "simplex^n", "f, g": "fn abstract", "E": "R(w)", r"\sigma, H": "fn",
}  # fmt: skip

PROVABLE = [
    r"\frac{1}{1 + e^{-x}} = \frac{e^x}{1 + e^x}",
    r"\tanh(x) = \frac{e^{2x} - 1}{e^{2x} + 1}",
    r"\tanh(x + y) = \frac{\tanh(x) + \tanh(y)}{1 + \tanh(x)\tanh(y)}",
    r"e^{\frac{x}{2}} e^{\frac{x}{3}} = e^{\frac{5x}{6}}",
    r"\log(\frac{p}{1 - p}) = \log p - \log(1 - p)",
    r"\log(a b^2) = \log a + 2\log b",
    r"\log 12 = 2\log 2 + \log 3",
    r"a^x = e^{x \log a}",
    r"\sqrt{x^2} = \lvert x \rvert",
    r"\sqrt{a^2 b} = a \sqrt{b}",
    r"\sqrt{a}\,\sqrt{a} = a",
    r"\sin^2(x) + \cos^2(x) = 1",
    r"\sin(-x) = -\sin(x)",
    r"\max(x, y) = \frac{x + y + \lvert x - y \rvert}{2}",
    r"\lvert x y \rvert = \lvert x \rvert\,\lvert y \rvert",
    r"\operatorname{sign}(k)\,k = \lvert k \rvert",
    r"\frac{d}{dx} x^3 = 3x^2",
    r"\frac{d}{da} a^x = x a^{x - 1}",
    r"\frac{d}{dx} f(g(x)) = f'(g(x))\,g'(x)",
    r"\frac{d}{dx} \sqrt{x^2 + 1} = \frac{x}{\sqrt{x^2 + 1}}",
    r"v^\top \nabla_w E = \sum_{i=1}^{n} v_i \frac{\partial E}{\partial w_i}",
    r"\nabla_w (w^\top v) = v",
    r"(A X)^\top = X^\top A^\top",
    r"(A + B) X = A X + B X",
    r"\lVert v + w \rVert^2 = \lVert v \rVert^2 + 2 v^\top w + \lVert w \rVert^2",
    r"\sum_{i=1}^{n} h_i = 1",
    r"\sum_{i=1}^{n} i = \frac{n(n + 1)}{2}",
    r"(s \oplus t) = ((s \lor t) \land \lnot (s \land t))",
    r"r^2 \le r",
    r"x^2 + y^2 \ge 2 x y",
    r"p(1 - p) \le \frac{1}{4}",
    r"e^{a} > 1",
    r"\log(1 + a) > 0",
    r"-1 < \tanh(x) < 1",
    r"x^2 - x + 1 > 0",
    r"(e^x - e^y)(x - y) \ge 0",
]

# どこかで成り立たない式
WRONG = [
    r"\frac{1}{1 + e^{-x}} = \frac{e^x}{1 - e^x}",
    r"\tanh(x) = \frac{e^{x} - 1}{e^{x} + 1}",
    r"\sqrt{x^2} = x",
    r"\log(a b) = \log(a)\log(b)",
    r"\max(x, y) = \frac{x + y - \lvert x - y \rvert}{2}",
    r"\frac{d}{dx} \lvert x \rvert = \operatorname{sign}(x)",
    r"\frac{k}{k} = \operatorname{sign}(k)",
    r"\frac{d}{dx} f(g(x)) = f'(x)\,g'(x)",
    r"\frac{x}{x} = 1",
    r"X A = A^\top X^\top",
    r"\lVert v + w \rVert = \lVert v \rVert + \lVert w \rVert",
    r"r^2 < r",
    r"p(1 - p) < \frac{1}{4}",
    r"x^2 + y^2 > 2 x y",
    r"e^{x} > 1",
    r"\log a > 0",
    r"(s \oplus t) = (s \lor t)",
    r"\sum_{i=1}^{n} i = \frac{n(n - 1)}{2}",
    r"x^3 + 1 > 0",
]

# 成り立つが、この手続きでは決められない式
BEYOND = [
    r"\sin(x + y) = \sin(x)\cos(y) + \cos(x)\sin(y)",
    r"(v^\top w)^2 \le \lVert v \rVert^2 \lVert w \rVert^2",
    r"e^x \ge 1 + x",
]


def read(latex):
    scope = Scope(Symbols(DECLARED))
    return [classify(node, scope) for node in parse(latex, scope.symbols)], scope


@pytest.mark.parametrize("latex", PROVABLE)
def test_true_statement_is_proved(latex):
    """初等関数、微分、線形代数、場合分け、不等式の、正しい式が証明される。"""
    assert prove(*read(latex))


@pytest.mark.parametrize("latex", [*WRONG, *BEYOND])
def test_what_cannot_be_decided_is_not_proved(latex):
    """誤った式と、決め手のない式は、証明されない。"""
    assert prove(*read(latex)) is None


@pytest.mark.parametrize("latex", PROVABLE)
def test_proved_statement_holds_at_samples(latex):
    """証明された式は、別の種の標本で 60 桁を計算しても成り立つ。"""
    statements, scope = read(latex)
    check = Check(statements, scope, None, seed=11, count=64)
    try:
        check.run("")
    except FormulaError as error:
        assert "標本" in error.message and "一致" not in error.message, error.message


COEFFICIENT = st.integers(-3, 3)


@given(st.lists(st.tuples(COEFFICIENT, st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=4), COEFFICIENT)
def test_polynomial_is_zero_only_if_it_is(terms, extra):
    """x と e^x の多項式が 0 だと証明されるのは、係数がすべて消えるときだけである。"""
    total = {}
    for coefficient, power, rate in [*terms, (extra, 1, 1)]:
        total[power, rate] = total.get((power, rate), 0) + coefficient
    written = [rf"({c})" + rf" x^{{{k}}}" * (k > 0) + rf" e^{{{r} x}}" for c, k, r in terms]
    statements, scope = read(" + ".join(written) + rf" + ({extra}) x e^x = 0")
    assert (prove(statements, scope) is not None) == (not any(total.values()))


def test_definition_is_unfolded():
    """前の式で定めた関数は、定義にさかのぼって証明に使われる。"""
    scope = Scope(Symbols(DECLARED))
    for latex in (r"\sigma(x) = \frac{1}{1 + e^{-x}}", r"H(z) = \begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases}"):
        define(classify(parse(latex, scope.symbols)[0], scope), scope, None)
    for latex in (r"\sigma'(x) = \sigma(x)\,(1 - \sigma(x)) \le \frac{1}{4}", r"H(a x + b z) = H(x + b z / a)"):
        assert prove([classify(node, scope) for node in parse(latex, scope.symbols)], scope)
    wrong = [classify(node, scope) for node in parse(r"\sigma'(x) = \sigma(x)\,(1 + \sigma(x))", scope.symbols)]
    assert prove(wrong, scope) is None


NORMAL = r"\frac{1 + \operatorname{erf}(\frac{u}{\sqrt{2}})}{2}"


@pytest.mark.parametrize(
    ("latex", "holds"),
    [
        (r"\frac{e^u}{(1 + e^u)^2} < 0.2501", True),
        (r"\frac{e^u}{(1 + e^u)^2} < 0.2499", False),
        (
            r"\lvert \frac{1}{1 + e^{-1.702 u}} - \frac{1 + \operatorname{erf}(\frac{u}{\sqrt{2}})}{2} \rvert < 0.0095",
            True,
        ),
        (
            r"\lvert \frac{1}{1 + e^{-1.702 u}} - \frac{1 + \operatorname{erf}(\frac{u}{\sqrt{2}})}{2} \rvert < 0.0094",
            False,
        ),
        (r"\sin(u) < 1.001", True),
        (r"\sin(u) < 1", False),
        (r"x^2 > -1", False),
    ],
)
def test_bound_is_enclosed(latex, holds):
    """有界な区間の上で離れている不等式は包まれ、破れる不等式、触れる不等式、有界でない区間は包まれない。"""
    assert (enclose(*read(latex)) is not None) == holds


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (r"(x - y)^2 = c", r"(y - x)^2 = c", True),
        (r"v^\top w = c", r"v w = c", True),
        (r"(x - y)^3 = c", r"(y - x)^3 = c", False),
        (r"x > 0", r"2x > 0", False),
        (r"s \lor t = 1", r"s + t - s t = 1", True),
        (r"x > 0", r"x \ge 0", False),
        (r"x = c", r"x = c, y = c", False),
    ],
)
def test_equivalence(first, second, same):
    """辺がどこでも等しい式だけが、同じ意味の式とされる。"""
    one, scope = read(first)
    assert equivalent(one, read(second)[0], scope) == same
