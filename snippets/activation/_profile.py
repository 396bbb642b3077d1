"""関数の姿を値と傾きから測る。底、傾きの最大、増えつづけるか。"""

import numpy as np

GRID = np.linspace(-8, 8, 641)  # 0 と ±3 を含む


def bottom(f, slope):
    """左で下り、右で上る底の (x, f(x))。底がなければ None。傾きの符号が変わる場所を二分法でつめる。"""
    signs = np.sign(slope(GRID))
    places = np.flatnonzero((signs[:-1] < 0) & (signs[1:] >= 0))
    if not len(places):
        return None
    low, high = GRID[places[0]], GRID[places[0] + 1]
    while (middle := (low + high) / 2) not in (low, high):
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return float(high), float(f(high))


def steepest(slope):
    """傾きの上限。ずっと右の傾きとも比べる。"""
    return max(float(np.max(slope(_peak(slope, 101)))), float(slope(50.0)))


def largest_gap(f, g):
    """2 つの関数の差の絶対値の、最大になる正の (x, 差)。"""

    def gap(x):
        return np.abs(f(x) - g(x))

    x = _peak(lambda x: gap(x) * (x > 0), 401)
    top = int(np.argmax(gap(x)))
    return float(x[top]), float(gap(x[top]))


def _peak(height, points):
    """いちばん高いところのまわりの格子。格子でいちばん高い点のとなりを、4 回細かく調べなおす。"""
    x = GRID
    for _ in range(4):
        top = int(np.argmax(height(x)))
        x = np.linspace(x[max(top - 1, 0)], x[min(top + 1, len(x) - 1)], points)
    return x
