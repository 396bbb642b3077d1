"""続きを 1 つずつ選ぶ輪と、その点数の付け方。モデルは、Transformers の因果言語モデルならどれでもよい。"""

import contextlib
from itertools import takewhile
from types import SimpleNamespace

import torch

from snippets._threads import one_thread


class Whole:
    """点数の付け方その 1。毎回、先頭から全部をモデルに通す。"""

    def __init__(self, model):
        self.model = model

    def __call__(self, ids):
        """次のトークンの点数。ids: 番号の並び → (語彙数,)。"""
        return self.model(torch.tensor([ids]), use_cache=False).logits[0, -1]


class Cached:
    """点数の付け方その 2。通した分を取っておき、新しいトークンだけを通す。"""

    def __init__(self, model):
        self.model, self.ids, self.cache = model, [], None

    def __call__(self, ids):
        """次のトークンの点数。ids: 番号の並び → (語彙数,)。"""
        same = _shared(self.ids, ids[:-1])  # 最後のトークンは必ず通す
        if same < len(self.ids):
            self.cache.crop(same - len(self.ids))  # 負の数は、捨てる個数
        new = torch.tensor([ids[same:]])
        out = self.model(new, cache=self.cache, use_cache=True)
        self.ids, self.cache = list(ids), out.cache
        return out.logits[0, -1]


def _shared(a, b):
    """2 つの並びの、先頭から同じ部分の長さ。"""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False))))


@one_thread()
@torch.no_grad()
def extend(scores, ids, end=None, max_new=20, choose=torch.argmax):
    """続きを 1 つずつ選ぶ。end を選ぶか、max_new 個で止まる。

    ids: 番号の並び → 新しく選んだ番号の並び。
    scores: 番号の並び → 次のトークンの点数 (語彙数,)。choose: 点数 → 番号。
    """
    ids, start = list(ids), len(ids)
    for _ in range(max_new):
        ids.append(int(choose(scores(ids))))
        if ids[-1] == end:
            break
    return ids[start:]


@contextlib.contextmanager
def counted(model):
    """モデルを 1 回呼ぶごとに、通したトークンの数を並びに足す。入口の表を引いた回数を数える。"""
    fed = []
    hook = model.get_input_embeddings().register_forward_pre_hook(lambda _, inputs: fed.append(inputs[0].numel()))
    try:
        yield fed
    finally:
        hook.remove()


def positions(way, n, c):
    """n トークンに c 個を足すあいだに、モデルに通るトークンの数。数えるだけのモデルで、輪をそのまま回す。

    way: Whole か Cached。
    """
    fed = []

    def model(ids, **_):
        fed.append(ids.shape[1])
        return SimpleNamespace(logits=torch.zeros(1, 1, 1), cache=None)

    extend(way(model), [0] * n, max_new=c)
    return sum(fed)
