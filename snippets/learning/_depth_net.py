"""同じ幅の層を 20 枚重ねた網で、前へ進む信号と、後ろへ戻る勾配の大きさを層ごとに測る。"""

import functools

import numpy as np

from snippets.activation import relu, sigmoid, tanh

DEPTH, WIDTH, SAMPLES = 20, 64, 64
FUNCTIONS = {
    "シグモイド": (sigmoid.sigmoid, sigmoid.derivative),
    "tanh": (np.tanh, tanh.derivative),
    "ReLU": (relu.relu, relu.derivative),
}
SPREADS = {
    "Xavier": (1 / WIDTH) ** 0.5, "He": (2 / WIDTH) ** 0.5, "sd 1": 1.0, "sd 0.01": 0.01,
    "nn.Linear": (1 / 3 / WIDTH) ** 0.5,
}  # fmt: skip


@functools.cache
def profile(act, init, remedy="", depth=DEPTH, width=WIDTH, seed=0):
    """(勾配の大きさ ‖∂E/∂W‖, 出力の二乗平均の平方根)、どちらも入口の層から順に depth 個。

    act は FUNCTIONS、init は SPREADS の名。重みは正規乱数、バイアスは 0、入力は標準正規乱数。
    損失 E は、出力と乱数の正解との差の 2 乗和の半分を、64 件のデータで平均したもの。
    remedy に "残差" があれば層の出力に入力を足し、"正規化" があれば 1 件ごとに z の平均を 0、分散を 1 にする。
    """
    weights, a, t = draw(init, depth, width, seed)
    f, slope = FUNCTIONS[act]
    outputs, kept = [a], []
    for w in weights:
        z, sd = outputs[-1] @ w.T, 1.0
        if "正規化" in remedy:
            z = z - z.mean(1, keepdims=True)
            sd = z.std(1, keepdims=True)
            z = z / sd
        outputs.append(f(z) + (outputs[-1] if "残差" in remedy else 0))
        kept.append((z, sd))
    norms, back = [], (outputs[-1] - t) / len(t)  # 出口での誤差
    for w, before, (z, sd) in zip(weights[::-1], outputs[-2::-1], kept[::-1], strict=True):
        delta = back * slope(z)
        if "正規化" in remedy:
            delta = (delta - delta.mean(1, keepdims=True) - z * (delta * z).mean(1, keepdims=True)) / sd
        norms.append(float(np.linalg.norm(delta.T @ before)))
        back = delta @ w + (back if "残差" in remedy else 0)
    return tuple(norms[::-1]), tuple(float(np.sqrt(np.mean(a**2))) for a in outputs[1:])


def activations(act, init):
    """層ごとの出力を、それぞれ 1 列に並べたもの。"""
    weights, a, _ = draw(init, DEPTH, WIDTH, 0)
    outputs = []
    for w in weights:
        a = FUNCTIONS[act][0](a @ w.T)
        outputs.append(a.ravel())
    return outputs


def draw(init, depth, width, seed):
    """(重み (depth, width, width), 入力 (64, width), 正解 (64, width))。"""
    rng = np.random.default_rng(seed)
    weights = rng.normal(0, SPREADS[init], (depth, width, width))
    return weights, rng.normal(size=(SAMPLES, width)), rng.uniform(size=(SAMPLES, width))
