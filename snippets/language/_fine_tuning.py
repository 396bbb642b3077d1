"""同じ本体から始める 3 つの学習の比べ。下流のページの図と表が使う。

種 1 つにつき、文の分け方、事前学習、新しい頭の乱数、学習の順を、残らず引きなおす。
試験の文は、事前学習にも学習にも出てこない。学習率は、ここにない種（100 番台）で選んだ。
"""

import functools
import json
import tempfile
from functools import partial

import torch

from snippets import _threads
from snippets._threads import one_thread
from snippets.language import _emotions, _stored, _tiny_models
from snippets.language._emotions import EMOTIONS, LENGTH, MASK, PAD, WORDS, encode, split
from snippets.language._stored import FOLDER, key, stored
from snippets.language._tiny_models import bert, quiet

SOURCES = [module.__file__ for module in (_emotions, _stored, _threads, _tiny_models)] + [__file__]

SEEDS = range(8)
LABELLED = (3, 12)  # 気持ち 1 つあたりの、ラベルの付いた文
METHODS = {"ゼロから": 0.003, "引き継いで固める": 0.03, "引き継いで全部": 0.003}  # 名: 学習率
STEPS, PRETRAINING, MASKED = 40, 600, 0.4  # 学習の歩数、事前学習の歩数、隠すトークンの割合


def blank(head, seed, **more):
    """気持ちの文のための、乱数の小さな BERT。head: transformers のクラスの名。"""
    return bert(
        head, hidden=32, vocab=len(WORDS), limit=LENGTH, pad_token_id=PAD, initializer_range=0.1, seed=seed, **more
    )


@functools.cache
def pretrained(seed, steps=PRETRAINING):
    """ラベルのない文で事前学習した (BertForMaskedLM, 1 歩ごとの損失)。初めて呼ぶと学習し、次からは読むだけ。"""
    from transformers import BertForMaskedLM

    with quiet():
        place = stored(partial(_write, seed, steps), FOLDER / "emotions" / f"{key(*SOURCES)}-{seed}-{steps}")
        model = BertForMaskedLM.from_pretrained(place, local_files_only=True).eval()
    return model, json.loads((place / "losses.json").read_text("utf-8"))


def _write(seed, steps, place):
    model, losses = pretraining(seed, steps)
    model.save_pretrained(place)
    (place / "losses.json").write_text(json.dumps(losses), "utf-8")


@one_thread()
@torch.enable_grad()
def pretraining(seed, steps):
    """ラベルのない文で、隠した語を当てる事前学習をする。→ (BertForMaskedLM, 1 歩ごとの損失)。"""
    model, losses = blank("BertForMaskedLM", seed).train(), []
    texts = encode(split(seed, 0)[0])
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, fused=True)
    slower = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, steps)  # 終わりほど小さく動かす
    random = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        chosen = torch.randint(len(texts["input_ids"]), (32,), generator=random)
        ids, present = texts["input_ids"][chosen], texts["attention_mask"][chosen]
        hidden = (torch.rand(ids.shape, generator=random) < MASKED) & (ids > MASK)
        loss = model(
            input_ids=ids.masked_fill(hidden, MASK), attention_mask=present, labels=ids.masked_fill(~hidden, -100)
        ).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        slower.step()
        losses.append(loss.item())
    return model.eval(), losses


def replace_head(model, num_labels, seed=0):
    """穴埋めのモデルをいったん保存し、分類のモデルに読みこむ。→ (BertForSequenceClassification, 重みの知らせ)。"""
    from transformers import BertForSequenceClassification

    with tempfile.TemporaryDirectory() as folder, quiet(), torch.random.fork_rng():
        torch.manual_seed(seed)
        model.save_pretrained(folder)
        return BertForSequenceClassification.from_pretrained(folder, num_labels=num_labels, output_loading_info=True)


@torch.enable_grad()
def fit(model, texts, labels, rate, steps=STEPS):
    """動かしてよい重みだけを、AdamW で steps 歩だけ動かす。毎回すべての文を使う。texts: N 個の文、labels: (N,)。"""
    moving = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer, inputs = torch.optim.AdamW(moving, lr=rate, fused=True), encode(texts)
    for _ in range(steps):
        optimizer.zero_grad()
        model(**inputs, labels=labels).loss.backward()
        optimizer.step()
    return model.eval()


@torch.no_grad()
def accuracy(model, texts, labels):
    """正解率。texts: N 個の文、labels: (N,)。"""
    return (model(**encode(texts)).logits.argmax(-1) == labels).double().mean().item()


@functools.cache
@one_thread()
def score(method, labelled, seed, steps=STEPS):
    """1 回の学習の、試験の文での正解率。method: METHODS の名、labelled: 気持ち 1 つあたりの文の数、steps: 歩数。"""
    _, train, test = split(seed, labelled)
    if method == "ゼロから":
        model = blank("BertForSequenceClassification", seed, num_labels=len(EMOTIONS))
    else:
        model, info = replace_head(pretrained(seed)[0], len(EMOTIONS), seed)
        if method == "引き継いで固める":
            freeze(model, info["missing_keys"])
    return accuracy(fit(model, *train, METHODS[method], steps), *test)


def freeze(model, new):
    """引き継いだ重みを固める。動かすのは、名が new にある新しい重みだけ。"""
    for name, parameter in model.named_parameters():
        parameter.requires_grad = name in new
    return model


def scores(method, labelled, steps=STEPS):
    """種ごとの正解率。→ 種と同じ個数のリスト。"""
    return [score(method, labelled, seed, steps) for seed in SEEDS]
