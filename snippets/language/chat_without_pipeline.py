"""会話を pipeline() なしでやってみる — 会話を 1 本の文字列にして、続きを 1 字ずつ選ぶ。

会話モデルも、していることは「次のトークンに点数を付ける」だけである。
役割の印で発言をつなぎ、点数からトークンを 1 つ選んで足し、終わりの印が出たら止める。
Transformers の本物のクラスで組んだ小さなモデルで、その手順を最後まで動かす。
"""

from types import SimpleNamespace

import numpy as np
import torch
from torch.nn import functional as F

from snippets._threads import one_thread
from snippets.language._generation import (
    ASSISTANT, DIALOGUE, END, LIMIT, TOKENS, UNKNOWN, USER,
    Cached, Whole, counted, extend, memorized, tokenizer, untrained,
)  # fmt: skip

LOGITS = (2.0, 1.0, 0.1)
SURE, UNSURE = (0.82, 0.1, 0.04, 0.02, 0.01, 0.01), (0.24, 0.2, 0.18, 0.15, 0.12, 0.11)


def chat_prompt(messages, add_generation_prompt=True):
    """会話を 1 本の文字列にする。messages: role と content の辞書の並び。空の会話と知らない role は ValueError。"""
    marks = {"user": USER, "assistant": ASSISTANT}
    if not messages:
        raise ValueError("会話が空なので、続きが書けない。発言を 1 つ以上渡す")
    for message in messages:
        if message["role"] not in marks:
            raise ValueError(f"role は user か assistant にする。受け取った値は {message['role']}")
    text = "".join(marks[message["role"]] + message["content"] + END for message in messages)
    return text + ASSISTANT if add_generation_prompt else text


def encode(text):
    """文字列をトークンの番号にする。印は 1 トークン、ほかは 1 字 1 トークン。語彙にない文字は ValueError。"""
    tokens = tokenizer()(text, return_offsets_mapping=True)
    for token, (start, stop) in zip(tokens["input_ids"], tokens["offset_mapping"], strict=True):
        if token == TOKENS.index(UNKNOWN):
            raise ValueError(f"{text[start:stop]!r} は語彙にない。丸暗記した会話に出てくる文字だけを使う")
    return tokens["input_ids"]


def decode(ids):
    """トークンの番号を文字列に戻す。"""
    return tokenizer().decode(ids)


def reply(messages, scores=None, max_new=20, choose=torch.argmax):
    """会話に、モデルの返事を 1 つ足した会話。scores と choose は extend に渡す。

    返事が max_new 個まで延びたとき、モデルの上限を超える会話は ValueError。
    """
    ids = encode(chat_prompt(messages))
    if len(ids) + max_new > LIMIT:
        raise ValueError(
            f"会話の {len(ids)} トークンに返事の {max_new} トークンを足すと、上限の {LIMIT} を超える。古い発言を削る"
        )
    new = extend(scores or Cached(memorized()), ids, TOKENS.index(END), max_new, choose)
    return [*messages, {"role": "assistant", "content": decode(new).removesuffix(END)}]


def continuation(text, model=None):
    """文字列の続きを、終わりの印まで書かせる。"""
    return decode(extend(Cached(model or memorized()), encode(text), TOKENS.index(END)))


def temperature_softmax(z, tau):
    """温度 tau を付けた softmax。z: (V,)、tau: 正の数 → (V,)。0 以下の tau は ValueError。"""
    if tau <= 0:
        raise ValueError(f"tau は正の数にする。受け取った値は {tau}")
    z = np.asarray(z, dtype=float)
    with np.errstate(over="ignore"):  # exp があふれて inf になるところでは、確率が 0 になる
        return 1 / np.exp((z[np.newaxis, :] - z[:, np.newaxis]) / tau).sum(axis=1)


def rank(w):
    """自分より確率の高いトークンの個数。w: (V,) → (V,)。いちばん高いものが 0。"""
    return len(w) - np.searchsorted(np.sort(w), w, side="right")


def top_k(w, m):
    """確率の高い m 個だけを残した確率。w: (V,)、m: 1 以上の整数 → (V,)。m 番目と同じ確率は、すべて残す。"""
    if m < 1:
        raise ValueError(f"m は 1 以上にする。受け取った値は {m}")
    w = np.asarray(w, dtype=float)
    return _renormalized(w, w >= np.sort(w)[-min(int(m), len(w))])


def mass_above(w):
    """自分より確率の高いトークンの、確率の和。w: (V,) → (V,)。"""
    return np.append(0.0, np.cumsum(np.sort(w)[::-1]))[rank(w)]


def top_p(w, p):
    """確率の高いほうから、和が p に届くまでを残した確率。w: (V,)、p: 0 より大きく 1 以下 → (V,)。"""
    if not 0 < p <= 1:
        raise ValueError(f"p は 0 より大きく 1 以下にする。受け取った値は {p}")
    return _renormalized(np.asarray(w, dtype=float), mass_above(w) < p)


def _renormalized(w, kept):
    """kept のところだけを残し、足して 1 に直す。"""
    left = np.compress(kept, w)
    return np.where(kept, w, 0) / left.sum()


def causal_average(S, x):
    """後ろを見ない重みでの平均。S: (n, n) の点数、x: (n,) → (n,)。PyTorch の注意に、点数を渡して求める。"""
    S, x = (torch.as_tensor(np.asarray(value, dtype=float)) for value in (S, x))
    zero = torch.zeros(1, len(x), 1, dtype=S.dtype)
    hidden = torch.full_like(S, -torch.inf).triu(1)
    return F.scaled_dot_product_attention(zero, zero, x[None, :, None], S.tril() + hidden)[0, :, 0].numpy()


def _positions(kind, n, c):
    """n トークンに c 個を足すあいだに、モデルに通るトークンの数。数えるだけのモデルで、輪をそのまま回す。"""
    fed = []

    def model(ids, **_):
        fed.append(ids.shape[1])
        return SimpleNamespace(logits=torch.zeros(1, 1, 1), cache=None)

    extend(kind(model), [0] * int(n), max_new=int(c))
    return sum(fed)


def positions_whole(n, c):
    """取っておかないとき、n トークンに c 個を足すまでに通すトークンの数。"""
    return _positions(Whole, n, c)


def positions_cached(n, c):
    """取っておくとき、n トークンに c 個を足すまでに通すトークンの数。"""
    return _positions(Cached, n, c)


def cache_bytes(L, h, d, N, B):
    """キャッシュの大きさ（バイト）。L: 層、h: キーのヘッド、d: ヘッドの幅、N: トークン、B: 数 1 つのバイト数。"""
    one = np.empty((int(h), int(N), int(d)), dtype=f"V{int(B)}")
    return sum(keys.nbytes + values.nbytes for keys, values in [(one, one)] * int(L))


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


@one_thread()
@torch.no_grad()
def choices():
    """最初の発言への返事を 1 トークンずつ選んだ記録。次点のトークンと確率も並べる。"""
    ids, rows = encode(chat_prompt(DIALOGUE[:1])), []
    scores = Cached(memorized())
    while TOKENS[ids[-1]] != END:
        p = scores(ids).softmax(0)
        best, second = p.topk(2).indices.tolist()
        rows.append((TOKENS[best], p[best].item(), TOKENS[second], p[second].item()))
        ids.append(best)
    return ("選んだトークン", "確率", "次点", "次点の確率"), rows


def conversation(scores=None):
    """用意した発言に、1 回ずつ返事をさせた記録。"""
    messages, scores = [], scores or Cached(memorized())
    for said in DIALOGUE[::2]:
        messages = reply([*messages, said], scores)
    return ("role", "content"), [(message["role"], message["content"]) for message in messages]


def continuations():
    """同じ文字列の続きを、学習の前と後のモデルに書かせたもの。"""
    texts = [chat_prompt(DIALOGUE[:1]), USER + "お元気", chat_prompt([{"role": "user", "content": "明日。"}])]
    rows = [(text, continuation(text, untrained()), continuation(text)) for text in texts]
    return ("渡した文字列", "乱数の重みのモデルの続き", "丸暗記のあとの続き"), rows


def template_type():
    """いまの Transformers の apply_chat_template が、return_tensors="pt" で返すものの型の名。"""
    return type(tokenizer().apply_chat_template(DIALOGUE, return_tensors="pt")).__name__


def parameters():
    """小さなモデルの、学習する数の個数。"""
    return sum(parameter.numel() for parameter in memorized().parameters())


def fed_by_turn():
    """3 回の返事で、モデルを呼ぶごとに通したトークンの数。入口の表を引いた回数を、実際に数える。

    → {方法: [回ごとの並び]}。方法は、取っておかない、返事のあいだだけ取っておく、会話のあいだずっと取っておく。
    """
    model = memorized()
    kept = Cached(model)
    ways = {"取っておかない": Whole, "返事のあいだ": Cached, "会話のあいだ": lambda _: kept}
    result = {}
    for name, way in ways.items():
        result[name] = []
        for turn in range(0, len(DIALOGUE), 2):
            with counted(model) as fed:
                reply(DIALOGUE[: turn + 1], way(model))
            result[name].append(fed)
    return result


def turns():
    """返事 1 回ごとに、モデルに通したトークンの数。"""
    fed = fed_by_turn()
    rows = [[sum(calls) for calls in way] for way in fed.values()]
    table = [(f"{k} 回め", *column) for k, column in enumerate(zip(*rows, strict=True), start=1)]
    return ("返事", *fed), [*table, ("合計", *map(sum, rows))]


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


def plot_kept(fig):
    """自信のある分布（上）と、迷っている分布（下）で、残るトークン。
    上位 3 個はどちらも 3 個を残し、上位 p は、自信のあるときは少なく、迷うときは多く残す。
    """
    fig.set_size_inches(7.2, 4.2)
    ways = {"もとの確率": np.array, "上位 3 個": lambda w: top_k(w, 3), "和が 0.9 まで": lambda w: top_p(w, 0.9)}
    for row, w in zip(fig.subplots(2, 3, sharex=True, sharey=True), (SURE, UNSURE), strict=True):
        for ax, (name, way) in zip(row, ways.items(), strict=True):
            left = way(w)
            ax.bar(range(1, 7), w, color="none", edgecolor="C1", linestyle=":", label="もとの確率")
            ax.bar(range(1, 7), left, color="C0", alpha=0.35, edgecolor="C0", label="残した確率")
            ax.set_title(f"{name}（{np.count_nonzero(left)} 個）", fontsize=9)
            ax.set(ylim=(0, 1), xticks=range(1, 7))
        row[0].set_ylabel("確率")
    for ax in fig.axes[3:]:
        ax.set_xlabel("トークン")
    fig.axes[0].legend(fontsize=8)


def plot_fed(fig):
    """3 回の返事のあいだに、モデルを呼ぶごとに通したトークンの数（実際に数えたもの）。
    取っておかなければ、会話が長くなるほど増える。取っておけば、新しい発言のところだけ増え、ほかは 1 つずつ。
    """
    fig.set_size_inches(7.2, 3.2)
    top, bottom = fig.subplots(2, 1, sharex=True)
    fed = fed_by_turn()
    for ax, name, color in ((top, "取っておかない", "C1"), (bottom, "会話のあいだ", "C0")):
        calls = sum(fed[name], [])
        ax.bar(range(1, len(calls) + 1), calls, color=color, alpha=0.35, edgecolor=color)
        ax.set(ylabel="トークン数")
        ax.set_title(f"{name}（合わせて {sum(calls):,}）", fontsize=9)
        for start in np.cumsum([0, *map(len, fed[name][:-1])]):
            ax.axvline(start + 0.5, color="C3", linestyle=":", lw=0.8)
    bottom.set(xlabel="モデルを呼んだ回（点線は、新しい発言が来たところ）")
