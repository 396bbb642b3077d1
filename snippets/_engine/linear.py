"""正方行列の行列式、逆行列、累乗と、行列の関数。数の体系によらず、四則と大小だけで計算する。"""

import numpy as np

from . import FormulaError


def is_square(value):
    return isinstance(value, np.ndarray) and value.ndim == 2 and value.shape[0] == value.shape[1]


def require_square(value, what):
    if not is_square(value):
        raise FormulaError(f"{what}は正方行列にだけある")


def eliminate(a, right):
    """枢軸を選ぶ掃き出し法。(行列式, a の逆行列と right の積)。特異なら行列式は 0。"""
    a, right, determinant = a.copy(), right.copy(), 1
    for k in range(len(a)):
        pivot = max(range(k, len(a)), key=lambda row: abs(a[row, k]))
        if a[pivot, k] == 0:
            return a[pivot, k], None
        if pivot != k:
            a[[k, pivot]], right[[k, pivot]], determinant = a[[pivot, k]], right[[pivot, k]], -determinant
        determinant = determinant * a[k, k]
        right[k], a[k] = right[k] / a[k, k], a[k] / a[k, k]
        for row in range(len(a)):
            if row != k:
                right[row], a[row] = right[row] - a[row, k] * right[k], a[row] - a[row, k] * a[k]
    return determinant, right


def determinant(a):
    require_square(a, "行列式")
    return eliminate(a, a)[0]


def inverse(a):
    require_square(a, "逆行列")
    one = np.array(np.eye(len(a)), dtype=int).astype(a.dtype)
    result = eliminate(a, one)[1]
    if result is None:
        raise FormulaError("逆行列がない")
    return result


def matrix_power(a, exponent):
    """正方行列を掛けあわせる。負の累乗は逆行列の累乗。"""
    if abs(exponent) > 64:
        raise FormulaError("行列の累乗が大きすぎる")
    base = inverse(a) if exponent < 0 else a
    result = base
    for _ in range(abs(exponent) - 1):
        result = result @ base
    return result


def trace(a):
    require_square(a, "トレース")
    return sum(a[k, k] for k in range(1, len(a))) + a[0, 0]


def diag(a):
    """ベクトルなら対角行列、正方行列なら対角成分。"""
    if is_square(a):
        return a.diagonal().copy()
    if np.ndim(a) != 1:
        raise FormulaError("diag の中はベクトルか正方行列にする")
    result = np.zeros((len(a), len(a)), dtype=int).astype(a.dtype)
    result[range(len(a)), range(len(a))] = a
    return result


FUNCTIONS = {"det": determinant, "trace": trace, "diag": diag}
