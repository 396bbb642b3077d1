"""遊び場の網。データと初めの重みと学習の順番を seed だけから作り、PyTorch で学習する。

ブラウザの中の同じ計算とは別に書いてある。向こうは 1 点ずつ数を足し、こちらは配列と自動微分を使う。
"""

import numpy as np
import torch

from snippets._threads import one_thread

POINTS = 100
ACTIVATIONS = {
    "linear": lambda z: z,
    "step": lambda z: (z > 0).double(),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
}


def uniforms(seed, count):
    """mulberry32 の初めの count 個。0 以上 1 未満。

    k 個めは、状態 seed + k × 0x6d2b79f5（2³² の余り）だけで決まるので、まとめて計算できる。
    作者は Tommy Ettinger（2017、パブリックドメイン）。
    """
    t = np.uint32(seed) + np.uint32(0x6D2B79F5) * np.arange(1, count + 1, dtype=np.uint32)
    t = (t ^ (t >> 15)) * (t | 1)
    t ^= t + (t ^ (t >> 7)) * (t | 61)
    return (t ^ (t >> 14)) / 2.0**32


def dataset(name, seed):
    """点 X: (100, 2) と正解 t: (100,)。知らない name は ValueError。

    散らばり方は tensorflow/playground に合わせた。渦巻きは 1.25 周に減らしてある。
    """
    k = np.arange(POINTS)
    t = k % 2
    if name == "gauss":
        u = uniforms(3 * seed, 4 * POINTS).reshape(POINTS, 2, 2)
        normal = np.sqrt(-2 * np.log1p(-u[..., 0])) * np.cos(2 * np.pi * u[..., 1])
        return (4 * t - 2)[:, None] + normal / np.sqrt(2), t
    if name == "circle":
        u, v = uniforms(3 * seed, 2 * POINTS).reshape(POINTS, 2).T
        return _turned(np.where(t, 2.5 * u, 3.5 + 1.5 * u), 2 * np.pi * v), t
    if name == "xor":
        sides = np.column_stack([k % 2, k // 2 % 2])
        X = 0.3 + 4.7 * uniforms(3 * seed, 2 * POINTS).reshape(POINTS, 2)
        return X * (2 * sides - 1), (sides[:, 0] == sides[:, 1]).astype(int)
    if name == "spiral":
        far = k // 2 / (POINTS / 2)
        return _turned(5 * far + 0.1 * uniforms(3 * seed, POINTS), np.pi * (2.5 * far + t)), t
    raise ValueError(f"name は gauss, circle, xor, spiral のどれか: {name}")


def _turned(radius, angle):
    return radius[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])


def weights(hidden, seed):
    """初めの [(W, b), …]。W: (出, 入) は幅 √(6/(入+出)) の一様乱数（Glorot と Bengio 2010）、b は 0。"""
    sizes = list(zip((2, *hidden), (*hidden, 1), strict=True))
    u = uniforms(3 * seed + 1, sum(n * m for n, m in sizes))
    parts = np.split(2 * u - 1, np.cumsum([n * m for n, m in sizes])[:-1])
    return [(np.sqrt(6 / (n + m)) * part.reshape(m, n), np.zeros(m)) for part, (n, m) in zip(parts, sizes, strict=True)]


def batches(size, seed, steps):
    """steps 回の更新で使う点の番号の組。一巡ごとに、後ろから入れかえて（フィッシャー–イェーツ）まぜる。"""
    rounds = -(-steps // -(-POINTS // size))
    for row in uniforms(3 * seed + 2, rounds * (POINTS - 1)).reshape(rounds, -1):
        order = np.arange(POINTS)
        for k, u in zip(range(POINTS - 1, 0, -1), row, strict=True):
            j = int(u * (k + 1))
            order[[k, j]] = order[[j, k]]
        for start in range(0, POINTS, size)[:steps]:
            yield order[start : start + size]
        steps -= -(-POINTS // size)


def exit_values(layers, activation, X):
    """出口の z。X: (S, N, 2)、W: (S, 出, 入) → (S, N)。S 個の網を並べて計算する。"""
    for k, (W, b) in enumerate(layers, 1):
        X = torch.baddbmm(b[:, None], X, W.mT)
        X = X if k == len(layers) else ACTIVATIONS[activation](X)
    return X[..., 0]


def train(names, activation, hidden=(4, 4), rate=0.1, batch=10, seed=1, steps=200):
    """データ names ごとに 1 つずつ網を学習する。層の並びと、1 歩ごとの全点の損失 (steps, S)。"""
    pairs = zip(*(dataset(name, seed) for name in names), strict=True)
    X, t = (torch.tensor(np.stack(part), dtype=torch.float64) for part in pairs)
    start = [[np.stack([part] * len(names)) for part in layer] for layer in weights(hidden, seed)]
    layers = [[torch.tensor(part, requires_grad=True) for part in layer] for layer in start]
    parts = [part for layer in layers for part in layer]
    losses = []
    with one_thread():
        for chosen in batches(batch, seed, steps):
            error = _losses(layers, activation, X[:, chosen], t[:, chosen]).sum()
            gradient = torch.autograd.grad(error, parts, allow_unused=True)  # ステップでは出口の層だけに届く
            with torch.no_grad():
                for part, slope in zip(parts, gradient, strict=True):
                    if slope is not None:
                        part -= rate * slope
                losses.append(_losses(layers, activation, X, t))
    return [[part.detach() for part in layer] for layer in layers], torch.stack(losses).numpy()


def _losses(layers, activation, X, t):
    z = exit_values(layers, activation, X)
    return torch.nn.functional.binary_cross_entropy_with_logits(z, t, reduction="none").mean(1)
