"""XOR を学習する 2 層の網を、初期値ごとに並べて一度に動かす。

隠れユニットの数の違う網も横に並べ、出力のところで網ごとに足し分ける。
"""

import functools
from typing import NamedTuple

import numpy as np

from snippets.neuron.perceptron import POINTS, TARGETS

WIDTHS = (1, 2, 3, 4, 8)
# 活性化関数の値 f(z) と、その値から求めた傾き
HIDDEN = {
    "tanh": (np.tanh, lambda a: 1 - a * a),
    "シグモイド": (lambda z: 1 / (1 + np.exp(-z)), lambda a: a * (1 - a)),
    "ReLU": (lambda z: np.maximum(z, 0), lambda a: (a > 0) * 1.0),
    "線形": (lambda z: z, np.ones_like),
}


class Outcome(NamedTuple):
    """学習の結果。幅の数 W、初期値の数 S、隠れユニットの総数 M。

    solved: 4 問とも正解の確率が 0.9 を超えたか (W, S)。dead: 4 点すべてで 0 になったユニット (M, S)。
    loss: 10 歩ごとの交差エントロピーの平均 (記録の数, W, S)。
    """

    solved: np.ndarray
    dead: np.ndarray
    loss: np.ndarray


@functools.cache
def train(activation, trials, steps, rho=1.0, seed=0):
    """隠れ層が activation の網を、WIDTHS の幅ごとに trials 個ずつ勾配降下法で学習する。

    重みの初期値は標準正規分布、バイアスの初期値は 0。出力はシグモイド、損失は 4 点の交差エントロピーの平均。
    """
    value, slope = HIDDEN[activation]
    rng = np.random.default_rng(seed)
    first = np.cumsum((0, *WIDTHS[:-1]))  # 各幅の最初のユニット
    owner = np.repeat(np.arange(len(WIDTHS)), WIDTHS)
    x, t = np.c_[np.ones(4), POINTS], np.reshape(TARGETS["XOR"], (4, 1, 1))
    inner = rng.normal(size=(3, len(owner), trials))
    inner[0] = 0
    inner = inner.reshape(3, -1)
    outer, bias, loss = rng.normal(size=(len(owner), trials)), np.zeros((len(WIDTHS), trials)), []
    for count in range(steps + 1):
        a = value(x @ inner).reshape(4, len(owner), trials)
        z = np.add.reduceat(a * outer, first, axis=1) + bias
        if count % 10 == 0:
            loss.append(np.logaddexp(0, (1 - 2 * t) * z).mean(axis=0))
        if count == steps:
            break
        back = (1 / (1 + np.exp(-z)) - t) * (rho / 4)
        spread = back[:, owner]
        inner -= x.T @ (spread * outer * slope(a)).reshape(4, -1)
        outer -= (spread * a).sum(axis=0)
        bias -= back.sum(axis=0)
    confident = (2 * t - 1) * z > np.log(9)  # 確率 0.9 は、ロジットで log 9
    return Outcome(confident.all(axis=0), (a == 0).all(axis=0), np.array(loss))
