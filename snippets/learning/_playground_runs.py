"""遊び場の図と表に使う学習。4 種のデータで一度ずつ学習し、結果を使いまわす。"""

from functools import cache

import numpy as np
import torch

from ._playground_net import dataset, exit_values, train, weights

DATA = {"gauss": "2 つの山", "circle": "円", "xor": "XOR", "spiral": "渦巻き"}
NAMES = {"linear": "線形", "step": "ステップ", "sigmoid": "シグモイド", "tanh": "tanh", "relu": "ReLU"}
HIDDEN, STEPS = (4, 4), 1000


@cache
def experiment(activation, hidden=HIDDEN, steps=STEPS):
    """4 種のデータで学習した (層, 1 歩ごとの損失)。学習率 0.1、1 組 10 点、seed 1。"""
    return train(tuple(DATA), activation, hidden, steps=steps)


def hits(activation, name, *shape):
    """学習のあとに当たる点の数。100 点のうち。shape は網の形と歩数。"""
    X, t = dataset(name, 1)
    layers, _ = experiment(activation, *shape)
    z = exit_values(layers, activation, torch.tensor(np.stack([X] * len(DATA))))[tuple(DATA).index(name)]
    return int(np.sum((z.numpy() > 0) == (t == 1)))


def one_line(hidden):
    """線形の網を XOR で 300 歩学習し、1 層に畳んだ (w₁, w₂, b)。"""
    k = tuple(DATA).index("xor")
    matrix = np.eye(3)
    for W, b in experiment("linear", hidden, 300)[0]:
        matrix = np.vstack([np.column_stack([W[k], b[k]]) @ matrix, [0, 0, 1]])
    return tuple(map(float, matrix[0]))


def moved(activation):
    """XOR の学習で、層ごとに重みが動いた幅の最大。入口の側から。"""
    k = tuple(DATA).index("xor")
    pairs = zip(experiment(activation)[0], weights(HIDDEN, 1), strict=True)
    return [float(np.abs(W[k].numpy() - start).max()) for (W, _), (start, _) in pairs]
