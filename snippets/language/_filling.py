"""日本語の BERT に穴を埋めさせ、確率と注意の重みを読む。"""

import functools

import numpy as np
import torch

from snippets._threads import one_thread
from snippets.language._japanese import HELD, LENGTH, MASK, UNK, pretrained, tokenizer


def read(text):
    """穴が 1 つの文を読む。→ (トークンの番号 (1, n), 穴の場所)。

    空の文、穴のない文、穴が 2 つ以上の文、長すぎる文、知っている語のない文は ValueError。
    """
    if not text.strip():
        raise ValueError(f"文が空。{MASK} を 1 つ含む文を渡す")
    ids = tokenizer()(text)["input_ids"]
    tokens = tokenizer().convert_ids_to_tokens(ids)
    if (holes := tokens.count(MASK)) != 1:
        raise ValueError(f"{MASK} は 1 つにする。受け取った文には {holes} つある")
    if len(ids) > LENGTH:
        raise ValueError(f"文を短くする。前後の印も入れて {LENGTH} トークンまでで、受け取った文は {len(ids)} トークン")
    if set(tokens[1:-1]) <= {MASK, UNK}:
        raise ValueError("穴のほかに、知っている語が 1 つもない。教えた文にある語で書く")
    return torch.tensor([ids]), tokens.index(MASK)


@one_thread()
@torch.no_grad()
def fill(text):
    """穴に入る語の確率。text: [MASK] が 1 つの文 → {語: 確率}、確率の高い順。読めない文は read の ValueError。"""
    ids, hole = read(text)
    p = pretrained()(input_ids=ids).logits[0, hole].softmax(0)
    order = p.argsort(descending=True)
    return dict(zip(tokenizer().convert_ids_to_tokens(order), p[order].tolist(), strict=True))


def best(text):
    """穴に入る、いちばん確からしい語。"""
    return next(iter(fill(text)))


@functools.cache
def held():
    """教えなかった文の穴での成績。種類: (穴の数, 当たりの数, 困惑度)。"""
    found = {}
    for kind in dict.fromkeys(hole.kind for hole in HELD):
        holes = [hole for hole in HELD if hole.kind == kind]
        q = [fill(hole.text)[hole.answer] for hole in holes]
        hits = sum(best(hole.text) == hole.answer for hole in holes)
        found[kind] = (len(holes), hits, float(np.exp(-np.log(q).mean())))
    return found


@one_thread()
@torch.no_grad()
def attention(text):
    """穴のある文を読むときの注意の重み。→ (トークンの列, 層 × ヘッド × n × n の配列)。行が見る側。"""
    ids, _ = read(text)
    layers = pretrained()(input_ids=ids, output_attentions=True).attentions
    return tokenizer().convert_ids_to_tokens(ids[0]), torch.cat(layers).numpy()


@functools.cache
def clue_weights():
    """穴が、答えを決める語に向ける重み。教えなかった文についての平均。→ 層 × ヘッドの配列と、均等に見たときの重み。"""
    found, even = [], []
    for hole in HELD:
        tokens, weights = attention(hole.text)
        found.append(weights[:, :, tokens.index(MASK), tokens.index(hole.clue)])
        even.append(1 / len(tokens))
    return np.mean(found, axis=0), float(np.mean(even))


def clue_head():
    """その重みがいちばん大きい (層, ヘッド)。0 から数える。"""
    weights, _ = clue_weights()
    return tuple(int(k) for k in np.unravel_index(weights.argmax(), weights.shape))
