"""fill-mask の出力層は語彙数と同じか — 1 か所あたり、語彙の数だけ点数が出る。

頭を付け替えた小さなモデルで、出力の形を測る。重みは乱数でよい。形は、学習の前も後も変わらない。
そのあと、この本のために学習した日本語の BERT で、穴に入る語の確率を見る。
"""

import numpy as np
import torch
from torch import nn

from snippets._threads import one_thread
from snippets.language import _heads
from snippets.language._filling import attention, best, clue_head, clue_weights, fill, held
from snippets.language._japanese import FACTS, HELD, SENTENCES, pretrained, tokenizer
from snippets.language._tiny_models import seeded

SHOWN = ("日本の首都は[MASK]です。", "月曜日の次の日は[MASK]です。")  # 図に描く、教えなかった文


def logits(E, h, b):
    """1 か所の点数。E: (V, d)、h: (d,)、b: (V,) → (V,)。"""
    E, h, b = (torch.tensor(np.asarray(value, dtype=float)) for value in (E, h, b))
    return nn.functional.linear(h, E, b).numpy()


def output_count(n, V):
    """n トークンの文から出る数の個数。どの場所の、どの語の点数か、という組を、1 つずつ数える。V: 語彙数。"""
    return sum(1 for _ in range(n) for _ in range(V))


def loss(q):
    """穴埋めの損失。q: 隠した場所ごとの、正解の語の確率 (r,) → 数。"""
    return -np.log(q).mean()


def padded(N, m):
    """N を m の倍数に切り上げた数。N: トークナイザーの語の数、m: 行列の行数をそろえる数。"""
    return N + -N % m


@one_thread()
def shapes():
    """頭を付け替えたモデルに 7 トークンの文を 1 つ通したときの、出力の個数と形。要約は、5 トークンまで書いたところ。"""
    rows = []
    for task, kind in _heads.TASKS.items():
        model = _heads.build(task)
        out = _heads.scores(model)
        shape = str(tuple(out[0].shape)) + (f" が {len(out)} つ" if len(out) > 1 else "")
        rows.append((task, kind, f"{_heads.head(model).out_features:,}", shape))
    return ("タスク", "クラス", "出口の out_features", "logits.shape"), rows


def vocabularies():
    """多言語のモデルの語彙数。上の 2 つは、Transformers の設定の既定値を読む。"""
    from transformers import M2M100Config, MarianConfig

    rows = [("Marian（設定の既定値）", "2", MarianConfig().vocab_size)]
    rows += [("M2M100（同上）", "100", M2M100Config().vocab_size)]
    rows += [("mBART-50（公開の設定の写し）", "50", 250054), ("NLLB-200（同上）", "約 200", 256206)]
    return ("モデル", "言語の数", "語彙数"), [(*row[:2], f"{row[2]:,}") for row in rows]


def translators(vocab_size=40, decoder_vocab_size=30):
    """小さな翻訳のモデル。{名: モデル}。最後の 1 つだけ、訳文の語彙を decoder_vocab_size 語に分ける。"""
    import transformers as t

    apart = {"decoder_vocab_size": decoder_vocab_size, "share_encoder_decoder_embeddings": False}
    kinds = {
        "M2M100": (t.M2M100ForConditionalGeneration, {}),
        "Marian（既定）": (t.MarianMTModel, {"decoder_vocab_size": vocab_size}),
        "Marian（別々にする設定）": (t.MarianMTModel, apart),
    }
    configs = {name: _heads.tiny(kind.config_class, vocab_size, **more) for name, (kind, more) in kinds.items()}
    return {name: seeded(lambda n=name: kinds[n][0](configs[n])) for name in kinds}


def tables(model):
    """翻訳のモデルの、原文の入口、訳文の入口、訳文の出口の重み。3 つの行列。"""
    encoder, decoder = model.get_encoder(), model.get_decoder()
    return encoder.embed_tokens.weight, decoder.embed_tokens.weight, model.get_output_embeddings().weight


def sharing():
    """小さな翻訳のモデルの、3 か所の行数と、そのうち別々の行列の枚数。"""
    rows = []
    for name, model in translators().items():
        three = tables(model)
        rows.append((name, *(len(table) for table in three), len({id(table) for table in three})))
    return ("モデル", "原文の入口", "訳文の入口", "訳文の出口", "行列の枚数"), rows


def _cell(word, p):
    return f"{word}（{p:.2f}）"


def card():
    """日本語の BERT の大きさ。"""
    model = pretrained()
    names = ("教えた文", "試験の穴", "語彙", "層", "隠れ次元", "重みの数")
    sizes = (len(SENTENCES), len(HELD), len(tokenizer()), model.config.num_hidden_layers, model.config.hidden_size)
    return names, [(*sizes, f"{model.num_parameters():,}")]


def grades():
    """教えなかった文での成績。困惑度は、正解に付けた確率の逆数の平均（相乗平均）。"""
    rows = [(kind, count, hits, f"{perplexity:.2f}") for kind, (count, hits, perplexity) in held().items()]
    return ("種類", "穴の数", "当たった数", "困惑度"), rows


def guesses(*texts):
    """文ごとの、穴に入る語の上から 3 つ。かっこの中は確率。"""
    rows = [(text, *(_cell(*pair) for pair in list(fill(text).items())[:3])) for text in texts]
    return ("文", "1 位", "2 位", "3 位"), rows


def misses():
    """教えなかった文のうち、外れたもの。かっこの中は、モデルが付けた確率。"""
    rows = []
    for hole in HELD:
        p = fill(hole.text)
        if (word := next(iter(p))) != hole.answer:
            rows.append((hole.text, _cell(hole.answer, p[hole.answer]), _cell(word, p[word])))
    return ("文", "正解", "モデルの 1 位"), rows


def neighbours():
    """教えなかった曜日の文のうち、反対どなりの曜日を答えた数。手がかりが b の位置に来る組の、a が反対どなり。"""
    other = dict(fact.split()[::-1] for fact in FACTS["曜日"].split("/"))
    return sum(best(hole.text) == other[hole.clue] for hole in HELD if hole.kind == "曜日")


def plot(ax):
    """頭ごとの、1 回に出す数の個数（横軸は対数）。
    本体は同じで、頭だけが違う。語彙数に等しいのは、語を答える 2 つだけ。
    """
    sizes = [_heads.head(_heads.build(task)).out_features for task in _heads.TASKS]
    bars = ax.barh(list(_heads.TASKS), sizes, color="C0", alpha=0.25, edgecolor="C0")
    ax.bar_label(bars, [f"{size:,}" for size in sizes], padding=4)
    ax.set_xscale("log")
    ax.set(xlabel="出力の個数", xlim=(1, 3e5))
    ax.invert_yaxis()


def plot_mask(fig):
    """教えなかった 2 つの文の、穴に入る語の確率。上から 6 語。濃い棒が正解。"""
    fig.set_size_inches(7.2, 2.9)
    answers = {hole.text: hole.answer for hole in HELD}
    for ax, text in zip(fig.subplots(1, 2), SHOWN, strict=True):
        words, p = zip(*list(fill(text).items())[:6], strict=True)
        right = [word == answers[text] for word in words]
        shades = [("C0", 0.7 if r else 0.25) for r in right]
        bars = ax.barh(words, p, color=shades, edgecolor="C0")
        ax.bar_label(bars, [f"{v:.3f}" + "（正解）" * r for v, r in zip(p, right, strict=True)], padding=3)
        ax.set(title=text, xlabel="確率", xlim=(0, 1.5), xticks=(0, 0.5, 1))
        ax.invert_yaxis()


def plot_attention(fig):
    """左は、1 つのヘッドの注意の重み。
    右は、穴が手がかりの語に向ける重みを、8 つのヘッドについて、教えなかった文で平均したもの。
    """
    fig.set_size_inches(7.2, 3.7)
    left, right = fig.subplots(1, 2, width_ratios=(1.25, 1))
    layer, head = clue_head()
    tokens, weights = attention(SHOWN[0])
    for i, row in enumerate(weights[layer, head]):
        for j, w in enumerate(row):
            left.fill([j, j + 1, j + 1, j], [i, i, i + 1, i + 1], color="C0", alpha=0.6 * float(w), lw=0)
            if w >= 0.1:
                left.text(j + 0.5, i + 0.5, f"{w:.1f}", ha="center", va="center", fontsize=8)
    n, middle = len(tokens), np.arange(len(tokens)) + 0.5
    left.set_xticks(middle, tokens, rotation=60)
    left.set_yticks(middle, tokens)
    left.set(xlim=(0, n), ylim=(n, 0), xlabel="見られる側", ylabel="見る側")
    left.set_title(f"{layer + 1} 層めのヘッド {head + 1}")
    mean, even = clue_weights()
    names = [f"{i + 1} – {j + 1}" for i in range(len(mean)) for j in range(len(mean[0]))]
    right.barh(names, mean.ravel(), color="C0", alpha=0.25, edgecolor="C0")
    right.axvline(even, color="C1", ls="--", label="均等に見たとき")
    right.set(xlabel="穴が手がかりに向ける重み", ylabel="層 – ヘッド", xlim=(0, 1))
    right.legend(loc="upper right")
    right.invert_yaxis()
