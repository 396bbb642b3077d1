"""会話を pipeline() なしでやってみる — 会話を 1 本の文字列にして、続きを 1 字ずつ選ぶ。

会話モデルも、していることは「次のトークンに点数を付ける」だけである。
役割の印で発言をつなぎ、いちばん点数の高いトークンを足し、終わりの印が出たら止める。
ここでは 1 つの会話を丸暗記させた小さなモデルで、その手順を最後まで動かす。
"""

import functools

import numpy as np
import torch
from torch import nn

from snippets._threads import one_thread
from snippets.language.fill_mask import train

USER, ASSISTANT, END = MARKS = ("<|user|>", "<|assistant|>", "<|end|>")
DIALOGUE = [
    {"role": "user", "content": "お元気ですか。"}, {"role": "assistant", "content": "はい、元気です。"},
    {"role": "user", "content": "よかった。"}, {"role": "assistant", "content": "ありがとう。"},
]  # fmt: skip
TOKENS = [*MARKS, *sorted({letter for message in DIALOGUE for letter in message["content"]})]
LOGITS = (2.0, 1.0, 0.1)


class Model(nn.Module):
    """前だけを見る小さな言語モデル。番号 (N, n) → 点数 (N, n, 語彙数)。"""

    def __init__(self, hidden=32, max_length=64):
        super().__init__()
        self.tokens = nn.Embedding(len(TOKENS), hidden)
        self.positions = nn.Embedding(max_length, hidden)
        self.block = nn.TransformerEncoderLayer(hidden, 2, 2 * hidden, dropout=0.0, batch_first=True)
        self.head = nn.Linear(hidden, len(TOKENS))

    def forward(self, ids):
        n = ids.shape[1]
        future = torch.triu(torch.full((n, n), float("-inf")), 1)  # 先の場所を見ない
        return self.head(self.block(self.tokens(ids) + self.positions(torch.arange(n)), src_mask=future))


def chat_prompt(messages, add_generation_prompt=True):
    """会話を 1 本の文字列にする。messages: role と content の辞書の並び。知らない role は ValueError。"""
    marks = {"user": USER, "assistant": ASSISTANT}
    for message in messages:
        if message["role"] not in marks:
            raise ValueError(f"role は user か assistant にする。受け取った値は {message['role']}")
    text = "".join(marks[message["role"]] + message["content"] + END for message in messages)
    return text + ASSISTANT if add_generation_prompt else text


def encode(text):
    """文字列をトークンの番号にする。印は 1 トークン、ほかは 1 字 1 トークン。"""
    ids = []
    while text:
        token = next((mark for mark in MARKS if text.startswith(mark)), text[0])
        if token not in TOKENS:
            raise ValueError(f"語彙にない文字 {token}")
        ids.append(TOKENS.index(token))
        text = text[len(token) :]
    return ids


def decode(ids):
    """トークンの番号を文字列に戻す。"""
    return "".join(TOKENS[k] for k in ids)


@functools.cache
def memorized(steps=120):
    """DIALOGUE を丸暗記させたモデル。"""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = Model()
    ids = torch.tensor([encode(chat_prompt(DIALOGUE, add_generation_prompt=False))])
    return train(model, lambda: nn.functional.cross_entropy(model(ids)[0, :-1], ids[0, 1:]), steps, 0.01)


@one_thread()
@torch.no_grad()
def greedy_decode(model, ids, max_new=20):
    """貪欲法。ids: 番号の並び → 新しく選んだ番号の並び。終わりの印が出るか max_new 個で止まる。"""
    ids, start = list(ids), len(ids)
    for _ in range(max_new):
        scores = model(torch.tensor([ids]))[0, -1]  # 最後の場所の点数だけを使う
        ids.append(int(scores.argmax()))
        if TOKENS[ids[-1]] == END:
            break
    return ids[start:]


def reply(messages):
    """会話に、モデルの返事を 1 つ足した会話。"""
    ids = greedy_decode(memorized(), encode(chat_prompt(messages)))
    return [*messages, {"role": "assistant", "content": decode(ids).removesuffix(END)}]


def continuation(text):
    """文字列の続きを、終わりの印まで書かせる。"""
    return decode(greedy_decode(memorized(), encode(text)))


def temperature_softmax(z, tau):
    """温度 tau を付けた softmax。z: (V,)、tau: 正の数 → (V,)。0 以下の tau は ValueError。"""
    if tau <= 0:
        raise ValueError(f"tau は正の数にする。受け取った値は {tau}")
    z = np.asarray(z, dtype=float)
    with np.errstate(over="ignore"):  # exp があふれて inf になるところでは、確率が 0 になる
        return 1 / np.exp((z[np.newaxis, :] - z[:, np.newaxis]) / tau).sum(axis=1)


def conversation():
    """用意した発言に、1 回ずつ返事をさせた記録。"""
    messages = []
    for said in DIALOGUE[::2]:
        messages = reply([*messages, said])
    return ("role", "content"), [(message["role"], message["content"]) for message in messages]


@one_thread()
@torch.no_grad()
def choices():
    """最初の発言への返事を 1 トークンずつ選んだ記録。次点のトークンと確率も並べる。"""
    ids, rows = encode(chat_prompt(DIALOGUE[:1])), []
    chosen = greedy_decode(memorized(), ids)
    for best in chosen:
        p = memorized()(torch.tensor([ids]))[0, -1].softmax(0)
        second = int(p.argsort(descending=True)[1])
        rows.append((TOKENS[best], p[best].item(), TOKENS[second], p[second].item()))
        ids.append(best)
    return ("選んだトークン", "確率", "次点", "次点の確率"), rows


def temperatures():
    """点数 (2, 1, 0.1) から、温度ごとに求めた確率。"""
    rows = [(tau, *temperature_softmax(LOGITS, tau).tolist()) for tau in (0.25, 0.5, 1.0, 2.0, 4.0)]
    return ("温度 τ", "1 番", "2 番", "3 番"), rows


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
