"""fill-mask の出力層は語彙数と同じか — 1 か所あたり、語彙の数だけ点数が出る。

小さな BERT を組み立て、出力の形を測る。
重みは乱数のままでよい。形は学習の前も後も変わらない。
最後に 6 つの文だけを覚えさせ、穴に入る語の確率を見る。
"""

import functools

import numpy as np
import torch
from torch import nn

from snippets._threads import one_thread

VOCABULARY = 30522  # bert-base-uncased の config.json の vocab_size
LABELS = 6
TASKS = {  # 頭の名: (出力の個数, 文ごとに 1 回か)
    "fill-mask": ("vocab_size", False),
    "token classification": ("num_labels", False),
    "question answering": (2, False),
    "sequence classification": ("num_labels", True),
}
SENTENCES = [f"{country} の 首都 は {city}".split() for country, city in (
    ("日本", "東京"), ("韓国", "ソウル"), ("中国", "北京"), ("英国", "ロンドン"), ("仏国", "パリ"), ("伊国", "ローマ"),
)]  # fmt: skip
WORDS = ["[MASK]", *dict.fromkeys(word for sentence in SENTENCES for word in sentence)]


class Body(nn.Module):
    """頭の手前まで。トークンの番号 (N, n) → 隠れベクトル (N, n, hidden)。"""

    def __init__(self, vocab_size, hidden, max_length):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, hidden)
        self.positions = nn.Embedding(max_length, hidden)
        for table in (self.tokens, self.positions):
            nn.init.normal_(table.weight, std=0.3)  # 既定の 1 では、重みを共有した出力が大きくなりすぎる
        self.encoder = nn.TransformerEncoderLayer(hidden, 1, 2 * hidden, dropout=0.0, batch_first=True)

    def forward(self, ids):
        return self.encoder(self.tokens(ids) + self.positions(torch.arange(ids.shape[-1])))


class Model(nn.Module):
    """本体と頭。whole なら、先頭（[CLS] の場所）の隠れベクトルだけを頭に渡す。"""

    def __init__(self, body, head, whole=False):
        super().__init__()
        self.body, self.head, self.whole = body, head, whole

    def forward(self, ids):
        x = self.body(ids)
        return self.head(x[:, 0] if self.whole else x)


def build(task, vocab_size=VOCABULARY, num_labels=LABELS, hidden=8, max_length=16, seed=0):
    """乱数の重みを持つモデル。task: TASKS の名。知らない task は ValueError。"""
    if task not in TASKS:
        raise ValueError(f"task は {', '.join(TASKS)} のどれかにする。受け取った値は {task}")
    size, whole = TASKS[task]
    size = {"vocab_size": vocab_size, "num_labels": num_labels}.get(size, size)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = Model(Body(vocab_size, hidden, max_length), nn.Linear(hidden, size), whole)
    if task == "fill-mask":
        model.head.weight = model.body.tokens.weight  # 入口の表と出口の重みは同じもの（重み共有）
    return model.eval()


def logits(E, h, b):
    """1 か所の点数。E: (V, d)、h: (d,)、b: (V,) → (V,)。"""
    E, h, b = (torch.tensor(np.asarray(value, dtype=float)) for value in (E, h, b))
    return nn.functional.linear(h, E, b).numpy()


@one_thread()
@torch.no_grad()
def output_count(n, V):
    """語彙数 V のモデルに n トークンの文を通して出てくる数の個数。実際に通して数える。"""
    return build("fill-mask", vocab_size=int(V))(torch.zeros(1, int(n), dtype=torch.long)).numel()


@one_thread()
@torch.no_grad()
def shapes():
    """頭を付け替えたモデルに 7 トークンの文を 1 つ通したときの、出力の個数と形。"""
    ids, rows = torch.arange(7)[None], []
    for task in TASKS:
        model = build(task)
        rows.append((task, model.head.out_features, str(tuple(model(ids).shape))))
    return ("タスク", "頭の out_features", "logits.shape"), rows


def encode(sentence, hide=None):
    """文をトークンの番号にする。hide: 隠す場所（なければ None） → (1, n)。"""
    return torch.tensor([[0 if k == hide else WORDS.index(word) for k, word in enumerate(sentence)]])


@one_thread()
@torch.enable_grad()
def train(model, loss, steps, rate):
    """loss() が小さくなるよう、Adam で model を steps 歩だけ学習する。"""
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for _ in range(steps):
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()
    return model.eval()


@functools.cache
def memorized(steps=200):
    """6 つの文の国名・「首都」・都市名を 1 つずつ隠して当てさせ、覚えさせたモデル。"""
    model = build("fill-mask", vocab_size=len(WORDS), hidden=32)
    tasks = [(encode(s, k)[0], k, WORDS.index(s[k])) for s in SENTENCES for k in (0, 2, 4)]
    ids, place, answer = (torch.stack([torch.as_tensor(t[i]) for t in tasks]) for i in range(3))
    each = torch.arange(len(ids))
    return train(model, lambda: nn.functional.cross_entropy(model(ids)[each, place], answer), steps, 0.005)


@torch.no_grad()
def fill(sentence, hide):
    """隠した場所に入る語の確率。sentence: 語の並び、hide: 場所 → {語: 確率}、確率の高い順。"""
    p = memorized()(encode(sentence, hide))[0, hide].softmax(0)
    return {WORDS[k]: p[k].item() for k in p.argsort(descending=True)}


def plot(ax):
    """頭ごとの、1 回に出す数の個数（横軸は対数）。
    本体は同じで、頭だけが違う。語彙数に等しいのは fill-mask だけ。
    """
    sizes = [build(task).head.out_features for task in TASKS]
    bars = ax.barh(list(TASKS), sizes, color="C0", alpha=0.25, edgecolor="C0")
    ax.bar_label(bars, [f"{size:,}" for size in sizes], padding=4)
    ax.set_xscale("log")
    ax.set(xlabel="出力の個数", xlim=(1, 3e5))
    ax.invert_yaxis()


def plot_mask(ax):
    """「日本 の 首都 は [MASK]」の穴に入る語の確率（縦軸は対数）。
    棒の数は語彙数と同じ。6 文を覚えただけのモデルなので、当たっても知識の証拠にはならない。
    """
    p = fill(SENTENCES[0], 4)
    ax.bar(WORDS, [p[word] for word in WORDS], color="C0", alpha=0.25, edgecolor="C0")
    ax.set_yscale("log")
    ax.set(ylabel="確率", ylim=(1e-7, 3))
    ax.tick_params(axis="x", rotation=60)
