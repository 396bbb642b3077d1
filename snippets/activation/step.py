"""ステップ関数 — 0 を境に、止まるか発火するかを決める。

1943 年のマカロックとピッツの閾値素子も、1957 年のパーセプトロンも、この全か無かの判定を使う。
判定としては申し分ないが、傾きがどこでも 0 なので、勾配降下法には何も教えない。
そのことを、AND を学ばせる実験と、試行錯誤との比較で確かめる。
"""

import functools

import numpy as np

from ._trial import descend, numeric_gradient, slope_first, try_and_see

# 4 つの入力。最後の列はバイアスにかかる 1
AND_X = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0]])
AND_T = np.array([0.0, 0.0, 0.0, 1.0])


def step(z):
    """H(z)。z: 任意の形 → 同じ形の 0 か 1。0 での値は 0 と約束する。"""
    return np.heaviside(z, 0.0)


def derivative(z):
    """H'(z)。z: 任意の形 → 同じ形の 0。z に 0 が混じれば ValueError（そこでは微分できない）。"""
    if np.any(np.asarray(z) == 0):
        raise ValueError(f"z = 0 では微分できない: z = {z}")
    return np.zeros_like(z, dtype=float)[()]


def fires(w, x, theta):
    """閾値 theta のユニットが発火するか。w, x: (n,)。閾値をバイアス −theta に置きかえて H に通す。"""
    return bool(step(np.append(w, -theta) @ np.append(x, 1.0)) == 1)


def error(f, z, t):
    """活性化関数が f のときの、出力と正解 t の二乗誤差の半分。z, t: 同じ形 → 同じ形。"""
    return 0.5 * np.square(f(z) - t)


def straight_through(w, x, t, rho):
    """H' を 1 と偽って 1 歩進んだ重み。w, x: (n,)。当たりなら動かず、外れなら正解の側へ rho x だけ動く。"""
    if (w @ x > 0) == bool(t):
        return np.array(w)
    return w + rho * x if t else w - rho * x


def staircase(w):
    """AND の 4 点の誤差の平均。出力は H。w: (…, 3) で順に w_1, w_2, b → (…,)。"""
    return np.mean([error(step, w @ x, t) for x, t in zip(AND_X, AND_T, strict=True)], axis=0)


def slide(w):
    """同じ 4 点の交差エントロピーの平均。出力はシグモイド。w: (…, 3) → (…,)。"""
    return np.logaddexp(0.0, (1 - 2 * AND_T) * (w @ AND_X.T)).mean(axis=-1)


@functools.cache
def lesson(smooth, seed=0, steps=1000):
    """AND を勾配降下法で学ばせる。(はじめの重み, 終わりの重み, 正解した数)。smooth なら出力はシグモイド。"""
    start = np.random.default_rng(seed).normal(size=3)
    end = descend(slide if smooth else staircase, start, 0.5, steps)
    return start, end, int(np.sum(step(AND_X @ end) == AND_T))


def random_weights(count=10_000, seed=1943):
    """標準正規分布から引いた重み (count, 3)。"""
    return np.random.default_rng(seed).normal(size=(count, 3))


def slopes_found(h):
    """でたらめな重み 10,000 個のうち、刻み h の中心差分で階段の傾きが 0 でなかったものの数。"""
    return int(np.any(numeric_gradient(staircase, random_weights(), h) != 0, axis=-1).sum())


def lucky():
    """でたらめな重み 10,000 個のうち、はじめから AND の 4 問に正解するものの数。"""
    return int(np.sum(staircase(random_weights()) == 0))


@functools.cache
def trials(n):
    """½‖w‖² を 1/100 に減らす手間。n 次元。(試行錯誤の回数の、乱数 9 通りの中央値, 勾配降下法の歩数)。"""

    def half_square(w):
        return w @ w / 2

    start, goal = np.ones(n), n / 200
    tries = [try_and_see(half_square, start, goal, seed) for seed in range(9)]
    return int(np.median(tries)), slope_first(lambda w: w, start, goal)


def comparison():
    """次元ごとの手間。"""
    return ("重みの個数", "試行錯誤（回）", "勾配降下法（歩）"), [(n, *trials(n)) for n in (2, 10, 100)]


def conventions():
    """0 での値の流儀くらべ。"""
    z = np.array([-1.0, 0.0, 1.0])
    rules = [(f"np.heaviside(z, {h})", np.heaviside(z, h)) for h in (0, 1, 0.5)]
    rules.append(("np.sign(z)", np.sign(z)))
    return ("書き方", "z = −1", "z = 0", "z = 1"), [(name, *row.tolist()) for name, row in rules]


def plot(ax):
    """ステップ関数の値（実線）と傾き（破線）。傾きは、0 を除いてどこでも 0。"""
    for ends, value in (((-3, 0), 0), ((0, 3), 1)):
        ax.plot(ends, (value, value), "C0-", lw=2.4, label="H(z)" if value else None)
        ax.plot(ends, (0, 0), "C1--", lw=1.6, label="H′(z)" if value else None)
    ax.plot(0, 0, "o", color="C0", ms=7)
    ax.plot(0, 1, "o", color="C0", ms=7, mfc="none")
    ax.set(xlabel="$z$", ylabel="値と傾き", ylim=(-0.15, 1.2), yticks=(0, 1))
    ax.legend(loc="upper left")


def plot_landscape(fig):
    """AND の誤差の地形（b = −1.5、濃いほど誤差が大きい）。
    左の段の上では傾きが 0（点）、右では矢印が下り坂を指す。
    """
    fig.set_size_inches(7.2, 3.6)
    left, right = fig.subplots(1, 2)
    axis = np.linspace(-1, 5, 31)
    w = np.stack([*np.meshgrid(axis, axis), np.full((31, 31), -1.5)], axis=-1)
    for x, t in zip(AND_X, AND_T, strict=True):  # 1 問ずつ、間違える重みの範囲を重ねて塗る
        left.contourf(axis, axis, (1 - 2 * t) * (w @ x), (0, 99), colors="C0", alpha=0.2)
    right.contourf(axis, axis, slide(w), 8, cmap="Blues", alpha=0.25)
    right.contour(axis, axis, slide(w), 8, colors="C0", linewidths=0.8)
    w = w[2::5, 2::5]
    place = np.moveaxis(w, -1, 0)[:2]
    flat = np.all(numeric_gradient(staircase, w) == 0, axis=-1)
    left.plot(*place[:, flat], "C1.", ms=4)
    right.quiver(*place, *-np.moveaxis(numeric_gradient(slide, w), -1, 0)[:2], color="C1", width=0.008)
    for ax, title in ((left, "ステップ関数"), (right, "シグモイド")):
        ax.set(xlabel="$w_1$", ylabel="$w_2$", title=title, aspect="equal")
        ax.grid(False)


def plot_trials(ax):
    """誤差を 1/100 に減らすまでの手間。試行錯誤は重みの個数とともに増え、勾配降下法は増えない。"""
    n = [1, 2, 5, 10, 20, 50, 100]
    tries, steps = zip(*map(trials, n), strict=True)
    ax.loglog(n, tries, "C3s--", label="試行錯誤（試した回数）")
    ax.loglog(n, steps, "C0o-", label="勾配降下法（歩数）")
    ax.set(xlabel="重みの個数", ylabel="回数")
    ax.legend()
