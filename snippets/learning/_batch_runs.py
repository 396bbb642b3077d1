"""小さな直線あてはめのデータを、バッチサイズを変えて学習する。"""

import functools
import itertools

import numpy as np

from snippets.learning import gradient_descent

TRUE_W = np.array([1.0, -2.0, 0.5])


def batches(N, B, seed):
    """N 件をかき混ぜて B 件ずつに分けた番号の並び。最後の 1 組は短いことがある。B が 1〜N でなければ ValueError。"""
    if not 1 <= B <= N:
        raise ValueError(f"B は 1 以上 N 以下にする: B = {B}, N = {N}")
    order = np.random.default_rng(seed).permutation(N)
    return [order[start : start + B] for start in range(0, N, B)]


@functools.cache
def data(N=100, seed=1951):
    """直線のまわりに雑音を足した N 件のデータ (X, t)。"""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N, 3))
    return X, X @ TRUE_W + rng.normal(size=N)


def slope(X, w, t):
    """平均二乗誤差の勾配 (n,)。X: (N, n)、w: (n,)、t: (N,)。"""
    return 2 / len(t) * (X @ w - t) @ X


def train(B, epochs=20, rho=0.02, gamma=0.0):
    """バッチサイズ B で学習した、更新ごとの重み (更新回数 + 1, 3)。はじめの重みは 0。

    k 回目の学習率は rho / (1 + gamma k)。
    """
    X, t = data()
    path = [np.zeros(3)]
    for rows in itertools.chain.from_iterable(batches(len(t), B, epoch) for epoch in range(epochs)):
        rate = gradient_descent.decayed_rate(rho, gamma, len(path) - 1)
        path.append(gradient_descent.update(path[-1], slope(X[rows], path[-1], t[rows]), rate))
    return np.stack(path)


def errors(path):
    """道すじに沿った全件の誤差。path: (…, 3) → (…,)。"""
    X, t = data()
    return np.mean(np.square(path @ X.T - t), axis=-1)


def bottom():
    """全件の誤差をいちばん小さくする重み (3,)。"""
    return np.linalg.lstsq(*data())[0]


def excess(path):
    """道すじに沿った、誤差の最小値からの余り。"""
    return errors(path) - errors(bottom())
