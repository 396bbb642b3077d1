"""オプティマイザを小さな谷で走らせる。1 歩の関数は、呼ぶ側が渡す。"""

import math

import numpy as np

from snippets.learning.gradient_descent import CURVATURE, START, bowl


def descend(step, slope, w, steps):
    """steps 歩の道すじ (steps + 1, n)。step: (重み, 状態, 勾配) → (重み, 状態)、slope: 重み → 勾配。"""
    path, state = [np.asarray(w, dtype=float)], None
    for _ in range(steps):
        w, state = step(path[-1], state, slope(path[-1]))
        path.append(w)
    return np.stack(path)


def bowl_slope(w):
    """谷 E = (w_1² + 25 w_2²)/2 の勾配。"""
    return CURVATURE * w


def bowl_errors(step, steps=100, angle=0.0):
    """谷を (1, 1) から下るあいだの誤差 (steps + 1,)。angle: 谷と出発点を一緒に回す角度。"""
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    path = descend(step, lambda w: turn @ bowl_slope(turn.T @ w), turn @ START, steps)
    return np.array([bowl(turn.T @ w, CURVATURE) for w in path])


def settled(errors, level=1e-3):
    """誤差が level を下回ったままになる最初の歩数。最後まで下回らなければ「届かない」。"""
    last = np.flatnonzero(errors >= level)[-1]
    return "届かない" if last == len(errors) - 1 else str(last + 1)


def steps_needed(factor, shrink=1e-3):
    """1 歩で factor 倍になる誤差が shrink 倍を下回るまでの歩数。"""
    return math.ceil(math.log(shrink) / math.log(factor))


def periodic_moves(C=3.0):
    """勾配が C, −1, −1 と繰り返すとき、落ち着いたあとの Adam（β₁ = 0）の 3 歩。学習率は 1 とする。"""
    beta_2, s, moves = 1 / (1 + C * C), 0.0, []
    for g in [C, -1.0, -1.0] * 20:
        s = beta_2 * s + (1 - beta_2) * g * g
        moves.append(-g / math.sqrt(s))
    return moves[-3:]


def periodic(rule, C=3.0, steps=900, rho=0.5):
    """勾配が C, −1, −1 と繰り返すときの w の動き。動ける範囲は −1 から 1。rule: "sgd", "adam", "amsgrad"。

    3 歩の合計は C − 2 > 0 なので、誤差の合計が最小なのは w = −1。Adam は β₁ = 0、β₂ = 1/(1 + C²) とする。
    学習率は歩数の平方根で割る（Reddi ら 2018 の例）。
    """
    beta_2, w, s, largest, path = 1 / (1 + C * C), 0.0, 0.0, 0.0, [0.0]
    for t in range(1, steps + 1):
        g = C if t % 3 == 1 else -1.0
        s = beta_2 * s + (1 - beta_2) * g * g
        largest = max(largest, s)
        scale = {"sgd": 1.0, "adam": math.sqrt(s), "amsgrad": math.sqrt(largest)}[rule]
        w = float(np.clip(w - rho / math.sqrt(t) * g / scale, -1, 1))
        path.append(w)
    return np.array(path)


def noisy_average(steps=40, beta=0.9, seed=2015):
    """平均 1 の雑音つきの勾配と、0 から始めた移動平均と、補正した移動平均。"""
    g = 1 + 0.35 * np.random.default_rng(seed).normal(size=steps)
    plain = np.array([(1 - beta) * g[: t + 1] @ beta ** np.arange(t, -1, -1) for t in range(steps)])
    return g, plain, plain / (1 - beta ** np.arange(1, steps + 1))
