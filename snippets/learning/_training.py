"""Value で作った 2-2-1 の網と、その学習。"""

import functools

import numpy as np
import torch

from snippets.learning._value import Value, sigmoid

POINTS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
ANSWERS = (0.0, 1.0, 1.0, 0.0)  # XOR


def network_of_values(W, c, v, b):
    """重みを Value に置きかえる。W は行の並び。"""
    return [[Value(w) for w in row] for row in W], [Value(k) for k in c], [Value(k) for k in v], Value(b)


def network_loss(weights, x, t):
    """1 点の二乗誤差（Value）。隠れ層はシグモイド。"""
    W, c, v, b = weights
    y = b
    for row, bias, out in zip(W, c, v, strict=True):
        u = sum((w * k for w, k in zip(row, x, strict=True)), bias)
        y = y + out * sigmoid(u)
    return (y - t) ** 2


def leaves(part):
    """入れ子の並びの中の Value。"""
    return [leaf for item in part for leaf in leaves(item)] if isinstance(part, (list, tuple)) else [part]


def start(seed=7):
    """でたらめな初期値 W, c, v, b。"""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(2, 2)), rng.normal(size=2), rng.normal(size=2), float(rng.normal())


@functools.cache
def by_value(steps=600, rate=0.3):
    """XOR の 4 点の平均誤差 (steps + 1,)。勾配は Value が求める。"""
    weights = network_of_values(*start())
    history = []
    for _ in range(steps + 1):
        E = sum((network_loss(weights, x, t) for x, t in zip(POINTS, ANSWERS, strict=True)), Value(0)) / 4
        history.append(E.data)
        for leaf in leaves(weights):
            leaf.grad = 0.0
        E.backward()
        for leaf in leaves(weights):
            leaf.data -= rate * leaf.grad
    return np.array(history)


@functools.cache
def by_torch(steps=600, rate=0.3):
    """同じ初期値からの同じ学習。勾配は PyTorch が求める。"""
    weights = [torch.tensor(part, dtype=torch.float64, requires_grad=True) for part in start()]
    X, t = torch.tensor(POINTS, dtype=torch.float64), torch.tensor(ANSWERS, dtype=torch.float64)
    history = []
    for _ in range(steps + 1):
        W, c, v, b = weights
        E = (torch.sigmoid(X @ W.T + c) @ v + b - t).square().mean()
        history.append(E.item())
        slopes = torch.autograd.grad(E, weights)
        weights = [(w - rate * slope).detach().requires_grad_() for w, slope in zip(weights, slopes, strict=True)]
    return np.array(history)


def plot_training(ax):
    """XOR の 4 点の平均誤差。線は Value、丸は PyTorch が求めた勾配による学習で、重なっている。"""
    ours, theirs = by_value(), by_torch()
    ax.plot(ours, "C0-", lw=2, label="Value")
    ax.plot(np.arange(0, len(theirs), 30), theirs[::30], "C1o", mfc="none", label="PyTorch")
    ax.set(xlabel="更新の回数", ylabel="平均誤差", ylim=(0, None))
    ax.legend()
