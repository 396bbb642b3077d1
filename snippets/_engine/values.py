"""形にきびしい代数。

値は数、NumPy 配列（1 次元は縦ベクトル、2 次元は行列、横ベクトルは (1, n)）、真偽、層ごとの Family のどれか。
数は carriers の体系のどれでもよい。
"""

import gmpy2
import numpy as np

from . import FormulaError, linear


class Family(dict):
    """層や時刻の番号から値を引く表。"""


# 確かめずに計算に使える値の型。mpfr は MPFR の数
NUMERIC = frozenset({gmpy2.mpfr, float, int, np.float64, np.ndarray})


def is_array(value):
    return isinstance(value, np.ndarray)


def scalar(value):
    """0 次元の配列を数にする。"""
    return value[()] if is_array(value) and value.ndim == 0 else value


def flat(value):
    """成分の並び。数は一つの成分とみる。"""
    return value.ravel().tolist() if is_array(value) else [value]


def everywhere(condition):
    """真偽か、真偽の配列が、どこでも真か。"""
    return bool(condition.all()) if is_array(condition) else bool(condition)


def shape(value):
    return value.shape if is_array(value) else ()


def elementwise(function, value):
    if not is_array(value):
        return function(value)
    result = np.empty(value.size, value.dtype)
    result[:] = [function(item) for item in value.flat]
    return result.reshape(value.shape)


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
    shapes = set(map(shape, items))
    if len(shapes) != 1:
        raise FormulaError("並べた値の形がそろっていない")
    result = np.empty((len(items), *shapes.pop()), dtype)
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
