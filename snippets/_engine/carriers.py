"""数の体系。Exact は 60 桁の数（MPFR）、Double は float64。同じ木を両方で計算する。

桁数は糸ごとに決まる。Exact の計算は、lifted で始めた糸でする。
"""

import math
import operator
from functools import lru_cache

import gmpy2
import numpy as np
from gmpy2 import mpfr

from . import FormulaError
from .values import Family, flat, is_array, scalar, show

DIGITS = 60
_BITS = math.ceil((DIGITS + 1) / math.log10(2))  # 60 桁に、丸めの 1 桁を足した 2 進の桁数
_FINER = math.ceil(70 / math.log10(2))  # 微分のあいだに足す 2 進の桁数
_HUGE = 2.0**1000  # 初等関数の引数の上限
_ZERO = mpfr(0)  # 足せば、float64 の数も整数も、そのままの値で 60 桁の数になる
_GROWING = ("exp", "sinh", "cosh", "tanh", "sin", "cos", "tan", "gamma")


def whole(b):
    """整数なら、その値。"""
    return int(b) if abs(b) < 10**9 and b == int(b) else None


@lru_cache(1024)
def _literal(text, precision):
    """式に書かれた数。桁数が同じあいだは読みなおさない。"""
    return mpfr(text)


@lru_cache
def _e(precision):
    return gmpy2.exp(1)


def _bounded(function):
    """途方もなく大きな数では計算しない関数。"""

    def apply(u):
        if abs(u) > _HUGE:
            raise FormulaError("値が大きすぎて計算できない")
        return function(u)

    return apply


class Exact:
    """60 桁の数。"""

    functions = {
        "exp": gmpy2.exp, "log": gmpy2.log, "tanh": gmpy2.tanh, "sinh": gmpy2.sinh, "cosh": gmpy2.cosh,
        "sin": gmpy2.sin, "cos": gmpy2.cos, "erf": gmpy2.erf, "sign": lambda u: mpfr(gmpy2.sign(u)),
        "sqrt": gmpy2.sqrt, "tan": gmpy2.tan, "arctan": gmpy2.atan, "arcsin": gmpy2.asin, "arccos": gmpy2.acos,
        "gamma": gmpy2.gamma, "digamma": gmpy2.digamma, "floor": gmpy2.rint_floor, "ceiling": gmpy2.rint_ceil,
        "e": lambda: _e(gmpy2.get_context().precision), "pi": gmpy2.const_pi,
    }  # fmt: skip
    functions |= {name: _bounded(f) for name, f in functions.items() if name in _GROWING}
    whole = staticmethod(whole)
    length = staticmethod(gmpy2.sqrt)
    dtype = object

    @staticmethod
    def number(value):
        return _literal(value, gmpy2.get_context().precision) if isinstance(value, str) else value + _ZERO

    @staticmethod
    def is_real(value):
        return gmpy2.is_finite(value)

    @staticmethod
    def raised(a, b):
        if abs(b) > 10**9:
            raise FormulaError("累乗が大きすぎて計算できない")
        return gmpy2.exp(b) if a is _e(gmpy2.get_context().precision) else a**b

    @staticmethod
    def derivative(function, x):
        """中心差分。刻み 10^-30 を 130 桁で計算し、左右の傾きが食い違う点では断る。"""
        context = gmpy2.get_context()
        with gmpy2.context(context, precision=context.precision + _FINER):
            h = mpfr(10) ** -30
            left, here, right = function(x - h), function(x), function(x + h)
            for f, b in zip(flat((right - here) / h), flat((here - left) / h), strict=True):
                if not abs(f - b) <= 1e-20 * (1 + abs(f)):
                    raise FormulaError(f"{show(x)} で微分できない。左の傾き {show(b)}、右の傾き {show(f)}")
            result = (right - left) / (2 * h)
        return +scalar(result)


class Double:
    """float64。実装のつくる値を流すときに使う。"""

    functions = {
        "exp": np.exp, "log": np.log, "tanh": np.tanh, "sinh": np.sinh, "cosh": np.cosh, "sin": np.sin,
        "cos": np.cos, "erf": math.erf, "sign": np.sign, "sqrt": np.sqrt,
        "tan": np.tan, "arctan": np.arctan, "arcsin": np.arcsin, "arccos": np.arccos, "floor": np.floor,
        "gamma": lambda x: float(gmpy2.gamma(x)), "digamma": lambda x: float(gmpy2.digamma(x)), "ceiling": np.ceil,
        "e": lambda: float(np.e), "pi": lambda: float(np.pi),
    }  # fmt: skip
    number = staticmethod(float)
    whole = staticmethod(whole)
    raised = staticmethod(operator.pow)
    length = staticmethod(np.sqrt)
    dtype = float
    is_real = staticmethod(np.isfinite)

    @staticmethod
    def derivative(function, x):
        """4 次の中心差分。およそ 10 桁合う。"""
        h = 2.0**-10
        near, far = (function(x + k * h) - function(x - k * h) for k in (1, 2))
        return scalar((8 * near - far) / (12 * h))


def lifted(given):
    """標本を 60 桁の数に持ち上げ、この糸の計算を 60 桁にする。float64 の値はちょうど写る。"""
    gmpy2.get_context().precision = _BITS
    return {name: _lift(value) for name, value in given.items()}


def _lift(value):
    if isinstance(value, Family):
        return Family({k: _lift(v) for k, v in value.items()})
    if isinstance(value, float):
        return value + _ZERO
    if is_array(value):
        return value.astype(object) + _ZERO
    return value


def lowered(value):
    """60 桁の値を float64 に落とす。関数と整数と真偽はそのまま。"""
    if isinstance(value, Family):
        return Family({k: lowered(v) for k, v in value.items()})
    if callable(value) or isinstance(value, (bool, int)):
        return value
    return value.astype(float) if is_array(value) else float(value)
