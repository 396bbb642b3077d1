"""Playground の分類データと、小さな網の学習。activation.index の実験の部品。"""

import numpy as np

ACTIVATIONS = {"線形": lambda z: z, "tanh": np.tanh}
SLOPES = {"線形": np.ones_like, "tanh": lambda a: 1 - a * a}  # 傾きを、活性化後の値 a から求める


def dataset(name, seed=0, n=500):
    """noise = 0 の分類データ。点 X: (n, 2) と、正解 t: (n,) の ±1。知らない name は ValueError。

    分布の出典は tensorflow/playground の dataset.ts。
    """
    rng = np.random.default_rng(seed)
    t = np.repeat([1.0, -1.0], [n - n // 2, n // 2])
    if name == "gauss":
        X = 2 * t[:, None] + rng.normal(0, np.sqrt(0.5), (n, 2))
    elif name == "circle":
        radius = np.where(t > 0, rng.uniform(0, 2.5, n), rng.uniform(3.5, 5, n))
        angle = rng.uniform(0, 2 * np.pi, n)
        X = radius[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])
    elif name == "xor":
        X = rng.uniform(-5, 5, (n, 2))
        t = np.sign(X[:, 0] * X[:, 1])
        X += 0.3 * np.sign(X)
    else:
        raise ValueError(f"name は gauss, circle, xor のどれか: {name}")
    order = rng.permutation(n)
    return X[order], t[order]


def forward(X, layers, activation):
    """各層の出力。S 個の網を並べて計算する。X: (S, N, 2)、W: (S, 出, 入)。最後の層だけはいつも tanh。"""
    outputs = [X]
    for k, (W, b) in enumerate(layers, 1):
        f = np.tanh if k == len(layers) else ACTIVATIONS[activation]
        outputs.append(f(outputs[-1] @ W.swapaxes(1, 2) + b[:, None]))
    return outputs


def train(X, t, activation, epochs=200, rho=0.03, batch=10):
    """入力 2 個、隠れ層 4 個と 2 個、出力 1 個の網を学習した層。X: (S, N, 2)、t: (S, N)。

    誤差は二乗誤差の半分の平均。重みの初期値は ±0.5 の一様乱数、バイアスの初期値は 0.1。
    """
    rng = np.random.default_rng(0)
    shapes = ((4, 2), (2, 4), (1, 2))
    layers = [(rng.uniform(-0.5, 0.5, (len(X), m, n)), np.full((len(X), m), 0.1)) for m, n in shapes]
    for start in list(range(0, X.shape[1], batch)) * epochs:
        part = slice(start, start + batch)
        outputs = forward(X[:, part], layers, activation)
        delta = (outputs[-1] - t[:, part, None]) * SLOPES["tanh"](outputs[-1]) / outputs[-1].shape[1]
        for k in (2, 1, 0):  # 出口から入口へ
            W, b = layers[k]
            below = delta @ W * SLOPES[activation](outputs[k]) if k else None
            W -= rho * delta.swapaxes(1, 2) @ outputs[k]
            b -= rho * delta.sum(axis=1)
            delta = below
    return layers
