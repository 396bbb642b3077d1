"""差分の刻みと誤差。"""

import numpy as np

STEPS = 10.0 ** np.arange(-15, 0.01, 0.5)
EPSILON = 2.0**-52  # 関数の値 1 つに見こむ相対誤差


def errors(difference):
    """e^x の x = 1 での傾きについての、刻み STEPS ごとの相対誤差。"""
    return np.array([abs(difference(1.0, np.exp, h) / np.e - 1) for h in STEPS])


def best(difference):
    """誤差が最小になる (刻み, その相対誤差)。"""
    found = errors(difference)
    return float(STEPS[found.argmin()]), float(found.min())
