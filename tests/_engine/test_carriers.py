"""60 桁の数。計算のしかたの違う mpmath と、桁数を増やして突きあわせる。"""

from threading import Thread

import gmpy2
import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets._engine import FormulaError
from snippets._engine.carriers import DIGITS, Double, Exact, lifted
from snippets._engine.evaluate import Evaluator
from snippets._engine.parser import parse
from snippets._engine.scope import Scope
from snippets._engine.symbols import Symbols

ORACLE = {
    "exp": mpmath.exp, "log": mpmath.log, "tanh": mpmath.tanh, "sinh": mpmath.sinh, "cosh": mpmath.cosh,
    "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan, "erf": mpmath.erf, "sqrt": mpmath.sqrt,
    "arctan": mpmath.atan, "arcsin": mpmath.asin, "arccos": mpmath.acos, "gamma": mpmath.gamma,
    "digamma": mpmath.digamma, "floor": mpmath.floor, "ceiling": mpmath.ceil, "sign": mpmath.sign,
}  # fmt: skip
INSIDE = {
    "log": st.floats(2**-20, 2**20), "sqrt": st.floats(0, 2**20), "arcsin": st.floats(-1, 1),
    "arccos": st.floats(-1, 1), "tan": st.floats(-1.5, 1.5), "gamma": st.floats(2**-10, 60),
    "digamma": st.floats(2, 60),
}  # fmt: skip
ANY = st.floats(-30, 30)


def value(formula, **given):
    scope = Scope(Symbols({"x": "R"}))
    (node,) = parse(formula, scope.symbols)
    return Evaluator(Exact, scope, lifted(given)).value(node.args[1])


def as_mpf(value):
    """桁を落とさずに写した mpmath の数。"""
    mantissa, exponent = value.as_mantissa_exp()
    return mpmath.mpf(int(mantissa)) * mpmath.mpf(2) ** int(exponent)


def test_oracle_covers_every_function():
    """定数のほかの、どの関数も突きあわせる。"""
    assert ORACLE.keys() == Exact.functions.keys() - {"e", "pi"} == Double.functions.keys() - {"e", "pi"}


@pytest.mark.parametrize("name", ORACLE)
@given(data=st.data())
def test_functions_agree_with_mpmath_to_sixty_digits(name, data):
    """関数の値は、100 桁の mpmath の値と 60 桁まで合う。"""
    x = data.draw(INSIDE.get(name, ANY))
    ours = Exact.functions[name](lifted({"x": x})["x"])
    with mpmath.workdps(100):
        right = ORACLE[name](mpmath.mpf(x))
        assert abs(as_mpf(ours) - right) <= mpmath.mpf(10) ** -DIGITS * abs(right)


@given(st.floats(-30, 30))
def test_powers_of_e_are_the_exponential(x):
    """e^x は、丸めた e の累乗ではなく、指数関数の値。"""
    assert value("e^x", x=x) == Exact.functions["exp"](lifted({"x": x})["x"]) or x == int(x)


@given(st.floats(-3, 3))
def test_derivative_agrees_with_mpmath(x):
    """数値微分は、mpmath の微分と 25 桁まで合う。"""
    ours = value(r"\frac{d}{dx} (e^{\sin x} + x^3)", x=x)
    with mpmath.workdps(60):
        right = mpmath.exp(mpmath.sin(x)) * mpmath.cos(x) + 3 * mpmath.mpf(x) ** 2
        assert abs(as_mpf(ours) - right) <= mpmath.mpf(10) ** -25 * (1 + abs(right))


def test_kinks_have_no_derivative():
    """左右の傾きの違う点では、値を返さない。"""
    with pytest.raises(FormulaError, match="微分できない"):
        value(r"\frac{d}{dx} \lvert x \rvert", x=0.0)


@pytest.mark.parametrize(
    ("formula", "x"),
    [(r"\log x", -1.0), (r"\log x", 0.0), (r"\sqrt{x}", -2.0), (r"\arcsin x", 1.5), (r"e^{e^{e^x}}", 9.0)],
)
def test_values_outside_the_reals_are_refused(formula, x):
    """実数にならない値も、大きすぎる値も、無限大や非数のまま先へ進まない。"""
    with pytest.raises(FormulaError, match=r"実数にならない|大きすぎ"):
        value(formula, x=x)


@pytest.mark.parametrize("sample", [0.1, -0.0, 3, np.float64(2.5), np.int64(7)], ids=repr)
def test_samples_are_carried_exactly(sample):
    """標本の値は、丸められずに 60 桁の数になる。"""
    number = lifted({"x": sample})["x"]
    assert number == sample and Exact.number(number) == sample


def test_arrays_are_carried_exactly():
    """空の配列も、整数の配列も、形を変えずに写る。"""
    for array in (np.eye(2), np.zeros((0, 2)), np.array([0.1, -0.3])):
        carried = lifted({"x": array})["x"]
        assert carried.shape == array.shape and carried.dtype == object and (carried == array).all()


def test_every_thread_computes_sixty_digits():
    """桁数は糸ごとに決まるが、新しい糸でも 60 桁で計算する。"""
    found = []
    thread = Thread(target=lambda: found.append((gmpy2.get_context().precision, value(r"\sqrt{x}", x=2.0))))
    thread.start()
    thread.join()
    (precision, root), here = found[0], value(r"\sqrt{x}", x=2.0)
    assert precision < 100 and root == here and root.precision == here.precision >= DIGITS * 3.32
