"""会話を pipeline() なしでやってみる — 会話を 1 本の文字列にして、続きを 1 字ずつ選ぶ。

会話モデルも、していることは「次のトークンに点数を付ける」だけである。
役割の印で発言をつなぎ、点数からトークンを 1 つ選んで足し、終わりの印が出たら止める。
Transformers の本物のクラスで組んだ小さなモデルで、その手順を最後まで動かす。
"""

import numpy as np
import torch

from snippets.language._chat import (  # noqa: F401  ここからは、ページが使う表と図
    chat_prompt,
    choices,
    continuation,
    continuations,
    conversation,
    parameters,
    plot_fed,
    reply,
    template_type,
    turns,
)
from snippets.language._chat_model import DIALOGUE, TOKENS  # noqa: F401
from snippets.language._generation import Cached, Whole, extend, positions  # noqa: F401
from snippets.language.attention import causal_weights

LOGITS = (2.0, 1.0, 0.1)
SCORES = (3.0, 2.0, 1.5, 1.0, 0.0, -1.0)
SURE, UNSURE = (0.82, 0.1, 0.04, 0.02, 0.01, 0.01), (0.24, 0.2, 0.18, 0.15, 0.12, 0.11)


def temperature_softmax(z, tau):
    """温度 tau を付けた softmax。z: (V,)、tau: 正の数 → (V,)。0 以下の tau は ValueError。"""
    if tau <= 0:
        raise ValueError(f"tau は正の数にする。受け取った値は {tau}")
    z = np.asarray(z, dtype=float)
    with np.errstate(over="ignore"):  # exp があふれて inf になるところでは、確率が 0 になる
        return 1 / np.exp((z[np.newaxis, :] - z[:, np.newaxis]) / tau).sum(axis=1)


def rank(w):
    """自分より確率の高いトークンの個数。w: (V,) → (V,)。いちばん高いものが 0。"""
    return np.sum(np.greater.outer(w, w), axis=0)


def top_k(w, m):
    """確率の高い m 個だけを残した確率。w: (V,)、m: 1 以上の整数 → (V,)。m 番目と同じ確率は、すべて残す。"""
    if m < 1:
        raise ValueError(f"m は 1 以上にする。受け取った値は {m}")
    w = np.asarray(w, dtype=float)
    return _renormalized(w, w >= np.sort(w)[-min(int(m), len(w))])


def mass_above(w):
    """自分より確率の高いトークンの、確率の和。w: (V,) → (V,)。"""
    return w @ np.greater.outer(w, w)


def top_p(w, p):
    """確率の高いほうから、和が p に届くまでを残した確率。w: (V,)、p: 0 より大きく 1 以下 → (V,)。"""
    if not 0 < p <= 1:
        raise ValueError(f"p は 0 より大きく 1 以下にする。受け取った値は {p}")
    w = np.asarray(w, dtype=float)
    return _renormalized(w, mass_above(w) < p)


def _renormalized(w, kept):
    """kept のところだけを残し、足して 1 に直す。"""
    left = np.compress(kept, w)
    return np.where(kept, w, 0) / left.sum()


def causal_average(S, x):
    """後ろを見ない重みでの平均。S: (n, n) の点数、x: (n,) → (n,)。"""
    return causal_weights(S) @ x


def positions_whole(n, c):
    """取っておかないとき、n トークンに c 個を足すまでに通すトークンの数。"""
    return positions(Whole, n=n, c=c)


def positions_cached(n, c):
    """取っておくとき、n トークンに c 個を足すまでに通すトークンの数。"""
    return positions(Cached, n=n, c=c)


def cache_bytes(L, h, d, N, B):
    """キャッシュの大きさ（バイト）。L: 層、h: キーのヘッド、d: ヘッドの幅、N: トークン、B: 数 1 つのバイト数。"""
    vector = np.empty(d, dtype=f"V{B}")
    return sum(vector.nbytes for _ in range(L) for _ in range(2) for _ in range(h) for _ in range(N))


def temperatures():
    """点数 (2, 1, 0.1) から、温度ごとに求めた確率。"""
    rows = [(tau, *temperature_softmax(LOGITS, tau).tolist()) for tau in (0.25, 0.5, 1.0, 2.0, 4.0)]
    return ("温度 τ", "1 番", "2 番", "3 番"), rows


def lottery(tau, seed=0):
    """温度 tau の確率でくじを引く、extend の choose。点数 (語彙数,) → 番号。"""
    generator = torch.Generator().manual_seed(seed)
    return lambda z: torch.multinomial(torch.from_numpy(temperature_softmax(z, tau)), 1, generator=generator)


def lotteries():
    """最初の発言への返事を、温度を変えて、くじで選んだもの。"""
    rows = []
    for tau in (1.0, 2.0, 3.0):
        rows.append((tau, *(reply(DIALOGUE[:1], choose=lottery(tau, seed))[-1]["content"] for seed in range(3))))
    return ("温度 τ", "1 回め", "2 回め", "3 回め"), rows


def plot(ax):
    """点数 (2, 1, 0.1) の確率が、温度で変わるようす。
    温度を下げると 1 番に集まり、上げると等分に近づく。順位は変わらない。
    """
    tau = np.geomspace(0.1, 20, 120)
    p = np.array([temperature_softmax(LOGITS, t) for t in tau])
    for k, (color, line) in enumerate((("C0", "-"), ("C1", "--"), ("C2", ":"))):
        ax.plot(tau, p[:, k], color=color, linestyle=line, label=f"点数 {LOGITS[k]:g}")
    ax.axhline(1 / 3, color="C3", linewidth=0.8)
    ax.text(0.1, 1 / 3 + 0.02, "等分 1/3", color="C3")
    ax.set_xscale("log")
    ax.set(xlabel="温度 $\\tau$", ylabel="確率 $q_k$", ylim=(-0.03, 1.05))
    ax.legend()


def plot_heat(ax):
    """6 つのトークンの確率。丸は、温度 1 のとき。点数は 3、2、1.5、1、0、−1。"""
    at = np.arange(1, len(SCORES) + 1)
    q = temperature_softmax(SCORES, 1.0)
    ax.vlines(at, 0, q, "C0", lw=30, alpha=0.4, gid="language.chat_without_pipeline.temperature_softmax")
    ax.plot(at, q, "C1o", label="温度 1 の確率")
    ax.set(xlabel="トークン", ylabel="確率 $q_k$（棒）", xlim=(0.4, 6.6), ylim=(-0.02, 1.05), xticks=at)
    ax.legend()


def plot_kept(fig):
    """自信のある分布（上）と、迷っている分布（下）で、残るトークン。点線は、捨てる前の確率。
    top-k はどちらも 3 個を残し、top-p は、自信のあるときは少なく、迷うときは多く残す。
    """
    fig.set_size_inches(6.2, 4.4)
    ways = {"top-k（3 個）": lambda w: top_k(w, 3), "top-p（0.9）": lambda w: top_p(w, 0.9)}
    at = np.arange(1, len(SURE) + 1)
    for row, w in zip(fig.subplots(2, 2, sharex=True, sharey=True), (SURE, UNSURE), strict=True):
        for ax, (name, way) in zip(row, ways.items(), strict=True):
            left = way(w)
            ax.bar(at, left, color="C0", alpha=0.35, edgecolor="C0", label="残した確率")
            ax.bar(at, w, color="none", edgecolor="C1", linestyle=":", label="捨てる前の確率")
            ax.set(title=f"{name}: {np.count_nonzero(left)} 個", ylim=(0, 1), xticks=at)
        row[0].set_ylabel("確率")
    for ax in fig.axes[2:]:
        ax.set_xlabel("トークン")
    fig.axes[0].legend()
