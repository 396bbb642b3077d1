"""数の体系と、形にきびしい代数。

値は数、NumPy 配列（1 次元は縦ベクトル、2 次元は行列、横ベクトルは (1, n)）、真偽、層ごとの Family のどれか。
Exact は 60 桁の mpmath、Double は float64。同じ木を両方で計算する。
"""

import operator
from functools import lru_cache

import mpmath
import numpy as np

from . import FormulaError, linear

DIGITS = 60
_MAGNITUDE = 1000  # 初等関数の引数の、2 進の桁数の上限
_GROWING = ("exp", "sinh", "cosh", "tanh", "sin", "cos", "tan", "gamma")
mpmath.mp.dps = DIGITS


class Family(dict):
    """層や時刻の番号から値を引く表。"""


def whole(b):
    """整数なら、その値。"""
    return int(b) if abs(b) < 10**9 and b == int(b) else None


@lru_cache(1024)
def _literal(text, precision):
    """式に書かれた数。桁数が同じあいだは読みなおさない。"""
    return mpmath.mpf(text)


def _bounded(function):
    """途方もなく大きな数では計算しない関数。"""

    def apply(u):
        if abs(u) > 1 and mpmath.mag(u) > _MAGNITUDE:
            raise FormulaError("値が大きすぎて計算できない")
        return function(u)

    return apply


class Exact:
    """60 桁の数。"""

    functions = {
        "exp": mpmath.exp, "log": mpmath.log, "tanh": mpmath.tanh, "sinh": mpmath.sinh, "cosh": mpmath.cosh,
        "sin": mpmath.sin, "cos": mpmath.cos, "erf": mpmath.erf, "sign": mpmath.sign, "sqrt": mpmath.sqrt,
        "tan": mpmath.tan, "arctan": mpmath.atan, "arcsin": mpmath.asin, "arccos": mpmath.acos,
        "gamma": mpmath.gamma, "digamma": mpmath.digamma, "floor": mpmath.floor, "ceiling": mpmath.ceil,
        "e": lambda: mpmath.e + 0, "pi": lambda: mpmath.pi + 0,
    }  # fmt: skip
    functions |= {name: _bounded(f) for name, f in functions.items() if name in _GROWING}
    whole = staticmethod(whole)
    length = staticmethod(mpmath.sqrt)
    dtype = object

    @staticmethod
    def number(value):
        return _literal(value, mpmath.mp.prec) if isinstance(value, str) else mpmath.mpf(value)

    @staticmethod
    def is_real(value):
        return not isinstance(value, mpmath.mpc) and bool(mpmath.isfinite(value))

    @staticmethod
    def raised(a, b):
        if abs(b) > 10**9:
            raise FormulaError("累乗が大きすぎて計算できない")
        return a**b

    @staticmethod
    def derivative(function, x):
        """中心差分。刻み 10^-30 を 130 桁で計算し、左右の傾きが食い違う点では断る。"""
        with mpmath.workdps(mpmath.mp.dps + 70):
            h = mpmath.mpf(10) ** -30
            left, here, right = (as_array(function(x + k * h)) for k in (-1, 0, 1))
            forward, backward = np.ravel((right - here) / h), np.ravel((here - left) / h)
            for f, b in zip(forward, backward, strict=True):
                if abs(f - b) > mpmath.mpf(10) ** -20 * (1 + abs(f)):
                    raise FormulaError(f"{show(x)} で微分できない。左の傾き {show(b)}、右の傾き {show(f)}")
            result = (right - left) / (2 * h)
        return +scalar(result)


class Double:
    """float64。実装のつくる値を流すときに使う。"""

    functions = {
        "exp": np.exp, "log": np.log, "tanh": np.tanh, "sinh": np.sinh, "cosh": np.cosh, "sin": np.sin,
        "cos": np.cos, "erf": lambda x: float(mpmath.erf(x)), "sign": np.sign, "sqrt": np.sqrt,
        "tan": np.tan, "arctan": np.arctan, "arcsin": np.arcsin, "arccos": np.arccos, "floor": np.floor,
        "gamma": lambda x: float(mpmath.gamma(x)), "digamma": lambda x: float(mpmath.digamma(x)), "ceiling": np.ceil,
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
        near, far = (as_array(function(x + k * h)) - as_array(function(x - k * h)) for k in (1, 2))
        return scalar((8 * near - far) / (12 * h))


def is_array(value):
    return isinstance(value, np.ndarray)


def as_array(value):
    return value if is_array(value) else np.array(value, dtype=object)


def scalar(value):
    """0 次元の配列を数にする。"""
    return value[()] if is_array(value) and value.ndim == 0 else value


def elementwise(function, value):
    if not is_array(value):
        return function(value)
    result = np.empty(value.shape, value.dtype)
    for k in np.ndindex(value.shape):
        result[k] = function(value[k])
    return result


def shape_text(value):
    return "×".join(map(str, value.shape)) if is_array(value) else "スカラー"


def _mismatch(what, a, b):
    return FormulaError(f"{what}の形が合わない: {shape_text(a)} と {shape_text(b)}")


def numeric(value):
    """計算に使える値か確かめる。"""
    if isinstance(value, (bool, Family)) or callable(value):
        kind = {bool: "真偽", Family: "添字のない層の値"}.get(type(value), "関数")
        raise FormulaError(f"{kind}を数として使っている")
    return value


def add(a, b):
    if is_array(a) and is_array(b) and a.shape != b.shape:
        raise _mismatch("和", a, b)
    return a + b


def multiply(a, b):
    """並べた積。縦どうしは内積、縦と横は直積、行列は行列積。"""
    if not (is_array(a) and is_array(b)):
        return a * b
    if a.ndim == 1 and b.ndim == 2:
        if b.shape[0] != 1:
            raise _mismatch("縦ベクトルと行列の積", a, b)
        return np.outer(a, b[0])
    if a.shape[-1] != b.shape[0]:
        raise _mismatch("積", a, b)
    result = a @ b
    return scalar(result[0]) if a.ndim == 2 and a.shape[0] == 1 and b.ndim == 1 else result


def dot(a, b):
    """中点の積。数どうし、数と配列、同じ長さのベクトルどうし。"""
    if is_array(a) and is_array(b):
        if a.ndim != 1 or a.shape != b.shape:
            raise _mismatch("内積", a, b)
        return a @ b
    return a * b


def times(a, b):
    if is_array(a) or is_array(b):
        raise FormulaError("\\times は数どうしにだけ使う")
    return a * b


def hadamard(a, b):
    if not (is_array(a) and is_array(b)) or a.shape != b.shape:
        raise _mismatch("\\odot", a, b)
    return a * b


def divide(a, b):
    if is_array(b):
        raise FormulaError("配列では割れない")
    if b == 0:
        raise FormulaError("分母が 0")
    return a / b


def power(a, b, carrier):
    if linear.is_square(a) and not is_array(b) and carrier.whole(b):
        return linear.matrix_power(a, carrier.whole(b))
    if is_array(a) or is_array(b):
        raise FormulaError("配列の累乗は読み方が決まらない")
    exponent = carrier.whole(b)
    if exponent is None:
        if a < 0:
            raise FormulaError("負の数の整数でない累乗")
        return carrier.raised(a, b)
    if exponent <= 0 and a == 0:
        raise FormulaError("0 の 0 乗か負の累乗")
    return a**exponent if abs(exponent) < 1000 else carrier.raised(a, b)


def transpose(a):
    if not is_array(a):
        raise FormulaError("数は転置できない")
    return a.reshape(1, -1) if a.ndim == 1 else a.T


def stack(items, dtype):
    """数を並べた縦ベクトル、または縦ベクトルを並べた行列。"""
    shapes = {np.shape(item) for item in items}
    if len(shapes) != 1:
        raise FormulaError("並べた値の形がそろっていない")
    shape = (len(items), *shapes.pop())
    result = np.empty(shape, dtype)
    for k, item in enumerate(items):
        result[k] = item
    return result


def show(value):
    """反例に書く値。"""
    if is_array(value):
        flat = [show(v) for v in value.ravel()[:6]]
        return f"({', '.join(flat)}{', …' if value.size > 6 else ''})"
    if isinstance(value, (bool, np.bool_)):
        return "真" if value else "偽"
    try:
        value = float(value)
    except (TypeError, ValueError):
        return str(value)
    return f"{value:.6g}".replace("-", "−").replace("e+0", "e").replace("e−0", "e−")


def lifted(given):
    """標本を 60 桁の数に持ち上げる。float64 の値はちょうど写る。"""
    return {name: _lift(value) for name, value in given.items()}


def _lift(value):
    if isinstance(value, Family):
        return Family({k: _lift(v) for k, v in value.items()})
    if isinstance(value, float):
        return mpmath.mpf(value)
    if is_array(value):
        result = np.empty(value.shape, object)
        for k in np.ndindex(value.shape):
            result[k] = mpmath.mpf(float(value[k]))
        return result
    return value


def lowered(value):
    """60 桁の値を float64 に落とす。関数と整数と真偽はそのまま。"""
    if isinstance(value, Family):
        return Family({k: lowered(v) for k, v in value.items()})
    if callable(value) or isinstance(value, (bool, int)):
        return value
    return value.astype(float) if is_array(value) else float(value)
