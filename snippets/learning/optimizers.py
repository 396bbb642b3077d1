"""オプティマイザ — 勾配をもらって、重みをどう動かすか。

勾配降下法は、いまの勾配だけを見て動く。
モメンタムは過去の勾配をためて進み、RMSProp と Adam は向きごとに歩幅をそろえる。
どの 1 歩も (重み, 状態, 勾配) を受け取って (重み, 状態) を返す、副作用のない関数である。状態 None は最初の 1 歩を表す。
"""

import functools
import itertools
import math

import numpy as np

from snippets.learning import _optimizer_figures as figures
from snippets.learning import _optimizer_runs as runs
from snippets.learning.gradient_descent import START, update


def bowl_slope(w, lambda_):
    """曲がり方 lambda_ の谷での勾配。w, lambda_: (n,) → (n,)。"""
    return np.multiply(w, lambda_)


def velocity(v, g, mu):
    """速度。古い速度を mu 倍に弱めて、新しい勾配を足す。v, g: (n,) → (n,)。"""
    return np.polyval([v, g], mu)


def move(w, v, rho):
    """速度の向きへの 1 歩（PyTorch の流儀。学習率は最後にかける）。w, v: (n,) → (n,)。"""
    return update(w, v, rho)


def nesterov_move(w, v, g, rho, mu):
    """先読みした速度での 1 歩。v: 更新した速度 (n,)。"""
    return update(w, velocity(v, g, mu), rho)


def second_moment(s, g, beta_2):
    """勾配の 2 乗の移動平均。s, g: (n,) → (n,)。"""
    return s + (1 - beta_2) * (np.square(g) - s)


def rms_move(w, s, g, rho, epsilon):
    """成分ごとに、勾配を最近の大きさで割った 1 歩。w, s, g: (n,) → (n,)。"""
    return update(w, g / (np.sqrt(s) + epsilon), rho)


def first_moment(m, g, beta_1):
    """勾配の移動平均。m, g: (n,) → (n,)。"""
    return m + (1 - beta_1) * (g - m)


def corrected(m, s, beta_1, beta_2, t):
    """0 から始めた分の偏りを除いた (m, s)。t: 何歩目か（1 から）。t が 1 より小さければ ValueError。"""
    if t < 1:
        raise ValueError(f"t は 1 以上にする: t = {t}")
    return tuple(-moment / math.expm1(t * math.log(beta)) for moment, beta in ((m, beta_1), (s, beta_2)))


def adam_move(w, m_hat, s_hat, rho, epsilon):
    """補正した平均の比での 1 歩。w, m_hat, s_hat: (n,) → (n,)。"""
    return rms_move(w, s_hat, m_hat, rho, epsilon)


def add_decay(g, w, delta):
    """L2 正則化。罰 delta/2·‖w‖² の勾配を、勾配に足す。g, w: (n,) → (n,)。"""
    return np.add(g, np.multiply(delta, w))


def decay(w, rho, delta):
    """切り離した減衰。勾配とは別に、重みを縮める。w: (n,) → (n,)。"""
    return update(w, np.multiply(delta, w), rho)


def sgd(w, state, g, rho):
    """ふつうの 1 歩。"""
    return update(w, g, rho), state


def momentum(w, state, g, rho, mu):
    """モメンタムつきの 1 歩。state: 速度。"""
    v = g if state is None else velocity(state, g, mu)
    return move(w, v, rho), v


def nesterov(w, state, g, rho, mu):
    """ネステロフのモメンタムつきの 1 歩。state: 速度。"""
    v = g if state is None else velocity(state, g, mu)
    return nesterov_move(w, v, g, rho, mu), v


def rmsprop(w, state, g, rho, beta_2=0.99, epsilon=1e-8):
    """RMSProp の 1 歩。state: 勾配の 2 乗の移動平均。"""
    s = second_moment(np.zeros_like(w) if state is None else state, g, beta_2)
    return rms_move(w, s, g, rho, epsilon), s


def adam(w, state, g, rho, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
    """Adam の 1 歩。state: (勾配の移動平均, 2 乗の移動平均, 歩数)。"""
    m, s, t = (np.zeros_like(w), np.zeros_like(w), 0) if state is None else state
    m, s = first_moment(m, g, beta_1), second_moment(s, g, beta_2)
    m_hat, s_hat = corrected(m, s, beta_1, beta_2, t + 1)
    return adam_move(w, m_hat, s_hat, rho, epsilon), (m, s, t + 1)


def adamw(w, state, g, rho, delta=0.01, **settings):
    """AdamW の 1 歩。重みを縮めてから、縮める前の勾配で Adam の 1 歩を進む。"""
    return adam(decay(w, rho, delta), state, g, rho, **settings)


def unrolled(g, mu, t):
    """t 歩目の速度。0 から始めて、速度の更新を t 回繰り返す。g: 歩の番号 → 勾配。"""
    return functools.reduce(lambda v, k: velocity(v, g[k], mu), range(1, t + 1), 0.0)


def weighted_sum(g, beta, t):
    """t 歩目の移動平均。0 から始めて、平均の更新を t 回繰り返す。g: 歩の番号 → 勾配。"""
    return functools.reduce(lambda m, k: first_moment(m, g[k], beta), range(1, t + 1), 0.0)


def condition(lambda_max, lambda_min):
    """条件数。谷がどれだけ細長いか。"""
    return np.divide(lambda_max, lambda_min)


def best_rate(lambda_max, lambda_min):
    """勾配降下法でいちばん速い学習率。2 つの向きの倍率が、符号違いで等しくなる。"""
    return 1 / np.mean([lambda_max, lambda_min])


def best_momentum(lambda_max, lambda_min):
    """モメンタムでいちばん速い (学習率, μ)。"""
    a, b = math.sqrt(lambda_max), math.sqrt(lambda_min)
    return (2 / (a + b)) ** 2, ((a - b) / (a + b)) ** 2


def coefficient(rho, lambda_, mu):
    """2 歩の漸化式での、いまの重みの係数。"""
    return 1 - rho * lambda_ + mu


def radius(rho, lambda_, mu):
    """1 歩あたりの倍率の、いちばん遅い成分。2 次方程式 z² − cz + μ = 0 の根の絶対値の大きいほう。"""
    c = coefficient(rho, lambda_, mu)
    return float(abs(abs(c) + np.emath.sqrt(c * c - 4 * mu)) / 2)


def is_stable(rho, lambda_max, mu):
    """いちばんきつい向きで、谷底へ近づくか。2 次方程式の根がどちらも単位円の中にある条件。"""
    return bool(abs(coefficient(rho, lambda_max, mu)) < 1 + mu)


def step_rate(rho_0, gamma, S, k):
    """S 歩ごとに gamma 倍する学習率。k: 0, 1, 2, …。"""
    return rho_0 * math.prod(itertools.repeat(gamma, k // S))


def cosine_rate(rho_0, rho_min, k, K):
    """コサインの半周期で rho_0 から rho_min へ下げる学習率。K: 全体の歩数。"""
    return rho_min + (rho_0 - rho_min) * np.cos(np.pi * k / (2 * K)) ** 2


def warmup_rate(rho_0, k, K_w, K):
    """K_w 歩で 0 から rho_0 へ上げ、K 歩目の 0 へまっすぐ下げる学習率。"""
    return float(np.interp(k, [0, K_w, K], [0.0, rho_0, 0.0]))


METHODS = {
    "勾配降下法": functools.partial(sgd, rho=0.04),
    "モメンタム": functools.partial(momentum, rho=0.04, mu=0.7),
    "ネステロフ": functools.partial(nesterov, rho=0.04, mu=0.7),
    "RMSProp": functools.partial(rmsprop, rho=0.05),
    "Adam": functools.partial(adam, rho=0.1),
}


def results():
    """谷を下る 5 つの方法。右の 2 列は、谷と出発点を一緒に 45° 回したとき。"""
    rows = []
    for name, step in METHODS.items():
        errors, turned = runs.bowl_errors(step), runs.bowl_errors(step, angle=math.pi / 4)
        rows.append((name, runs.settled(errors), errors[-1], runs.settled(turned), turned[-1]))
    return ("方法", "0.001 に落ち着くまで", "100 歩あとの E", "45° 回して", "100 歩あとの E（45°）"), rows


def conditions():
    """条件数ごとの、いちばん速い倍率と、ずれが 1/1000 になるまでの歩数。"""
    rows = []
    for kappa in (4, 25, 100, 10000):
        plain, heavy = (kappa - 1) / (kappa + 1), math.sqrt(best_momentum(kappa, 1)[1])
        rows.append((f"{kappa:,}", plain, f"{runs.steps_needed(plain):,}", heavy, f"{runs.steps_needed(heavy):,}"))
    return ("条件数 κ", "勾配降下法の倍率", "歩数", "モメンタムの倍率", "歩数（モメンタム）"), rows


def axis_steps():
    """谷の (1, 1) での、向きごとの最初の 1 歩の大きさ。学習率はどれも 0.01。"""
    rows = []
    for name, step in (
        ("勾配降下法", sgd),
        ("RMSProp（β₂ = 0.9）", functools.partial(rmsprop, beta_2=0.9)),
        ("Adam", adam),
    ):
        moved = START - step(START, None, runs.bowl_slope(START), 0.01)[0]
        rows.append((name, *moved, moved[1] / moved[0]))
    return ("方法", "w₁ の歩幅", "w₂ の歩幅", "比"), rows


def decays():
    """重み 1、勾配 0.001 のときの、Adam の最初の 1 歩。減衰の入れ方と強さを変える。"""
    w, g, rows = np.array([1.0]), np.array([0.001]), []
    for delta in (0.0, 0.01, 0.1, 1.0):
        coupled = adam(w, None, add_decay(g, w, delta), 0.01)[0]
        separate = adamw(w, None, g, 0.01, delta)[0]
        rows.append((f"{delta:g}", float(1 - coupled[0]), float(1 - separate[0])))
    return ("減衰 δ", "L2 を勾配に足す Adam の歩幅", "AdamW の歩幅"), rows


def first_ratio(t, beta_1=0.9, beta_2=0.999):
    """t 歩目に、補正しない歩幅が、補正した歩幅の何倍か。"""
    return -np.expm1(t * np.log(beta_1)) / np.sqrt(-np.expm1(t * np.log(beta_2)))


def plot(fig):
    """谷 E = (w₁² + 25w₂²)/2 を (1, 1) から 40 歩。楕円は等高線、星は谷底、四角は 10 歩ごとの位置。"""
    fig.set_size_inches(7.2, 5)
    named = {name: runs.descend(METHODS[name], runs.bowl_slope, START, 40) for name in METHODS if name != "ネステロフ"}
    figures.paths(fig, named, [10, 20, 30, 40])


def plot_momentum(ax):
    """谷 E = (w₁² + 25w₂²)/2 を (1, 1) から 40 歩下るモメンタムの道すじ。はじめは ρ = 0.04、μ = 0.7。"""
    path = runs.descend(METHODS["モメンタム"], runs.bowl_slope, START, 40)
    figures.moving_path(ax, path, "learning.optimizers.move")


def plot_adam(ax):
    """谷 E = (w₁² + 25w₂²)/2 を (1, 1) から 40 歩下る Adam の道すじ。はじめは ρ = 0.1、β₁ = 0.9、β₂ = 0.999。"""
    path = runs.descend(METHODS["Adam"], runs.bowl_slope, START, 40)
    figures.moving_path(ax, path, "learning.optimizers.adam_move")


def plot_losses(ax):
    """同じ谷での誤差。縦軸は対数で、1 目盛りで 3 桁変わる。10⁻¹⁸ より下は打ち切り。"""
    figures.curves(ax, {name: np.maximum(runs.bowl_errors(step), 1e-18) for name, step in METHODS.items()}, 2)


def plot_radius(ax):
    """学習率と、1 歩あたりの倍率。曲がり方 1 と 25 の遅いほう。下ほど速く、1 を越えると発散する。星は理論上の最速。"""
    rho = np.linspace(0.002, 0.16, 240)
    fast, mu = best_momentum(25, 1)

    def worst(value):
        return [max(radius(r, 1.0, value), radius(r, 25.0, value)) for r in rho]

    named = {f"μ = {value:.3g}": worst(value) for value in (0, 0.2, mu, 0.8)}
    figures.factors(ax, rho, named, (fast, math.sqrt(mu)))


def plot_bias(fig):
    """左は平均 1 の雑音つきの勾配と移動平均（β = 0.9）。右は、補正しない Adam の歩幅が補正した歩幅の何倍か。"""
    t = np.unique(np.geomspace(1, 10000, 120).astype(int))
    figures.averages(fig, *runs.noisy_average(), t, first_ratio(t))


def plot_schedules(ax):
    """最初の学習率を 1 とした、100 歩の予定。"""
    k = range(101)
    named = {
        "固定": (None, [1.0 for _ in k]),
        "段階（はじめは半分ずつ）": ("learning.optimizers.step_rate", [step_rate(1.0, 0.5, 30, i) for i in k]),
        "コサイン": ("learning.optimizers.cosine_rate", [cosine_rate(1.0, 0.0, i, 100) for i in k]),
        "準備つき直線": ("learning.optimizers.warmup_rate", [warmup_rate(1.0, i, 10, 100) for i in k]),
    }
    figures.schedules(ax, named)


def plot_periodic(ax):
    """勾配が 3, −1, −1 と繰り返すときの w。合計が最小なのは下の端 −1 だが、Adam は上の端 1 へ動く。"""
    rules = {"勾配降下法": "sgd", "Adam": "adam", "AMSGrad": "amsgrad"}
    figures.drift(ax, {name: runs.periodic(rule, steps=240) for name, rule in rules.items()})
