"""試行錯誤と勾配降下法の手間くらべ。activation.step の実験の部品。"""

import numpy as np


def numeric_gradient(f, w, h=1e-5):
    """中心差分による f の勾配。w: (…, n) → (…, n)。f は (…, n) → (…,)。"""
    shift = h * np.eye(np.shape(w)[-1])
    around = np.asarray(w)[..., None, :]
    return (f(around + shift) - f(around - shift)) / (2 * h)


def descend(f, w, rho=0.5, steps=1000):
    """勾配降下法を steps 歩。w: (n,) → (n,)。"""
    for _ in range(steps):
        w = w - rho * numeric_gradient(f, w)
    return w


def try_and_see(f, w, goal, seed=0, limit=20_000):
    """でたらめに動かし、f が減ったときだけ採る。f が goal 以下になるまでの試行の数。limit 回でだめなら None。

    歩幅は、減れば 1.5 倍、減らなければその 4 乗根だけ縮める（5 回に 1 回の成功でつり合う）。
    """
    rng, best, size = np.random.default_rng(seed), f(w), 1.0
    for trial in range(1, limit + 1):
        candidate = w + size * rng.normal(size=len(w))
        if (value := f(candidate)) < best:
            w, best, size = candidate, value, size * 1.5
            if best <= goal:
                return trial
        else:
            size /= 1.5**0.25
    return None


def slope_first(gradient, w, goal, rho=0.1):
    """傾きを計算してから下る。‖w‖²/2 が goal 以下になるまでの歩数。"""
    steps = 0
    while w @ w / 2 > goal:
        w, steps = w - rho * gradient(w), steps + 1
    return steps
