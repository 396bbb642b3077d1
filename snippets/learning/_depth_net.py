"""同じ幅の層を 20 枚重ねた網で、前へ進む信号と、後ろへ戻る勾配の大きさを層ごとに測る。

勾配は PyTorch の自動微分で求める。手で書いた逆伝播とは、テストで突き合わせる。
"""

import functools

import numpy as np
import torch

DEPTH, WIDTH, SAMPLES = 20, 64, 64
FUNCTIONS = {"シグモイド": torch.sigmoid, "tanh": torch.tanh, "ReLU": torch.relu}
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
    outputs, norms = run(act, init, remedy, depth, width, seed)
    return norms, tuple(float(a.square().mean().sqrt()) for a in outputs)


@functools.cache
def activations(act, init, depth=DEPTH, width=WIDTH, seed=0):
    """層ごとの出力を 1 列に並べたもの。"""
    return tuple(a.numpy().ravel() for a in run(act, init, "", depth, width, seed)[0])


def run(act, init, remedy, depth, width, seed):
    """(層ごとの出力のテンソル, 層ごとの勾配の大きさ)。"""
    rng, f = np.random.default_rng(seed), FUNCTIONS[act]
    weights = torch.tensor(rng.normal(0, SPREADS[init], (depth, width, width)), requires_grad=True)
    a = torch.tensor(rng.normal(size=(SAMPLES, width)))
    t = torch.tensor(rng.uniform(size=(SAMPLES, width)))
    outputs = []
    for w in weights:
        z = a @ w.T
        if "正規化" in remedy:
            z = (z - z.mean(1, keepdim=True)) / z.std(1, correction=0, keepdim=True)
        a = f(z) + (a if "残差" in remedy else 0)
        outputs.append(a.detach())
    ((a - t).square().sum(1).mean() / 2).backward()
    return outputs, tuple(torch.linalg.matrix_norm(weights.grad).tolist())
