"""この本のための日本語の BERT。文も、語彙も、学習も、このファイルの中にある。

文は、事実（国と首都など）を型にはめて作る。事実ごとに型を 1 つずつ教えずに残し、学習のあとの試験に使う。
学習は 1 度だけで、結果を .cache/models/japanese に置く。
"""

import functools
import math
from typing import NamedTuple

import torch
from torch import nn

from snippets import _threads
from snippets._threads import one_thread
from snippets.language import _stored, _tiny_models
from snippets.language._stored import FOLDER, key, stored
from snippets.language._tiny_models import quiet

SOURCES = [module.__file__ for module in (_stored, _threads, _tiny_models)] + [__file__]
SPECIAL = PAD, UNK, CLS, SEP, MASK = "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"
LENGTH = 32  # 特別なトークンも入れた、1 文の長さの上限
STEPS, BATCH, LEARNING_RATE, DECAY = 1600, 32, 5e-3, 0.5

FACTS = {  # 種類: 型の {a} と {b} に入る語の組
    "首都": "日本 東京/韓国 ソウル/中国 北京/タイ バンコク/フランス パリ/ドイツ ベルリン/イタリア ローマ/"
    "スペイン マドリード/イギリス ロンドン/ロシア モスクワ/カナダ オタワ/ケニア ナイロビ",
    "鳴き声": "犬 ワンワン/猫 ニャーニャー/牛 モーモー/羊 メーメー/豚 ブーブー/"
    "馬 ヒヒーン/からす カーカー/かえる ケロケロ",
    "色": "りんご 赤/いちご 赤/空 青/海 青/雪 白/牛乳 白/バナナ 黄色/レモン 黄色/草 緑/葉 緑/炭 黒/夜 黒",
    "用語": "学習率 歩幅/勾配 傾き/損失 誤差/重み 強さ/語彙 単語",
    "曜日": "月曜日 火曜日/火曜日 水曜日/水曜日 木曜日/木曜日 金曜日/金曜日 土曜日/土曜日 日曜日/日曜日 月曜日",
}
FRAMES = {  # 種類: 文の型。空白は語の切れ目
    "首都": "{a} の 首都 は {b} です/{b} は {a} の 首都 です/{a} の 政府 は {b} に あり ます/"
    "{a} の 首都 {b} を 歩き まし た",
    "鳴き声": "{a} は {b} と 鳴き ます/{b} と 鳴く の は {a} です/{a} の 鳴き声 は {b} です/"
    "{b} と 聞こえ たら {a} が い ます",
    "色": "{a} の 色 は {b} です/{a} を 描く とき は {b} を 使い ます/{a} は {b} に 見え ます",
    "用語": "{a} は {b} を 表し ます/{b} を 表す の は {a} です/{a} とは {b} に 関わる 数 です",
    "曜日": "{a} の 次 の 日 は {b} です/{b} の 前 の 日 は {a} です/{a} の 翌日 は {b} に なり ます/"
    "昨日 が {a} なら 今日 は {b} です",
}
ALONE = """分類 の 損失 関数 は 交差 エントロピー です
回帰 の 損失 関数 は 二乗 誤差 です
逆伝播 は 出力 の 側 から 勾配 を 求め ます
勾配 降下法 は 勾配 の 逆 の 向き に 重み を 動かし ます
softmax の 値 は 全部 足す と 1 に なり ます
出力 の 数 は 語彙 の 数 と 同じ です
シグモイド の 値 は 0 より 大きく 1 より 小さい です"""


class Hole(NamedTuple):
    """教えなかった文の穴。text は [MASK] を 1 つ含む。answer は隠した語で、clue はそれを決める語。"""

    kind: str
    text: str
    clue: str
    answer: str


def _written():
    """(教える文, 教えない文の穴)。k 番目の事実では、k 番目の型（型の数で割った余り）を教えずに残す。"""
    taught, held = [line + " 。" for line in ALONE.splitlines()], []
    for kind, facts in FACTS.items():
        frames = FRAMES[kind].split("/")
        for k, (a, b) in enumerate(fact.split() for fact in facts.split("/")):
            for j, frame in enumerate(frames):
                if j == k % len(frames):
                    held.append(Hole(kind, frame.format(a=a, b=MASK).replace(" ", "") + "。", a, b))
                else:
                    taught.append(frame.format(a=a, b=b) + " 。")
    return taught, held


SENTENCES, HELD = _written()


@functools.cache
def tokenizer():
    """教える文の語と文字を語彙にした、WordPiece のトークナイザー。

    切れ目に空白はいらない。前から順に、語彙にあるいちばん長いものを切り出し、知らない文字の続きは [UNK] にする。
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = {word for sentence in SENTENCES for word in sentence.split()}
    letters = set("".join(words))
    vocabulary = {token: k for k, token in enumerate((*SPECIAL, *sorted(words | letters)))}
    core = Tokenizer(
        models.WordPiece(vocabulary, unk_token=UNK, max_input_chars_per_word=10**6, continuing_subword_prefix="")
    )
    core.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s"), "")])
    core.pre_tokenizer = pre_tokenizers.Split(Regex(f"[{''.join(sorted(letters))}]+"), "isolated")
    ends = [(name, vocabulary[name]) for name in (CLS, SEP)]
    core.post_processor = processors.TemplateProcessing(single=f"{CLS} $A {SEP}", special_tokens=ends)
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL, strict=True))
    return PreTrainedTokenizerFast(tokenizer_object=core, model_max_length=LENGTH, **names)


def hide(ids, vocab_size, generator):
    """ids: (N, n) の文ごとに 1 か所を隠し、(入力, 目標) を返す。どちらも (N, n)。目標は、隠さない場所では −100。

    隠した場所の 8 割は [MASK]、1 割は乱数の語、1 割はもとのまま（Devlin ほか 2019 の 3.1 節）。
    特別なトークンは隠さない。
    """
    draw = torch.rand(ids.shape, generator=generator).masked_fill(ids < len(SPECIAL), math.inf)
    hidden = draw == draw.amin(1, keepdim=True)
    turn = torch.rand(ids.shape, generator=generator)
    other = torch.randint(len(SPECIAL), vocab_size, ids.shape, generator=generator)
    inputs = torch.where(hidden & (turn < 0.8), SPECIAL.index(MASK), ids)
    inputs = torch.where(hidden & (turn >= 0.9), other, inputs)
    return inputs, ids.masked_fill(~hidden, -100)


@one_thread()
@torch.enable_grad()
def trained(steps=STEPS, seed=0):
    """SENTENCES の穴埋めを steps 歩だけ学習した BertForMaskedLM。層は 2 つ、隠れ次元は 64。"""
    from transformers import BertConfig, BertForMaskedLM

    names = tokenizer()
    config = BertConfig(
        vocab_size=len(names), hidden_size=64, num_hidden_layers=2, num_attention_heads=4, intermediate_size=128,
        max_position_embeddings=LENGTH, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = BertForMaskedLM(config).train()
    ids = names(SENTENCES, padding=True, return_tensors="pt")["input_ids"]
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=DECAY)
    for step in range(steps):
        for group in optimizer.param_groups:  # 50 歩で上げ、そのあとは余弦に沿って 0 まで下げる
            group["lr"] = LEARNING_RATE * min(1, (step + 1) / 50) * (1 + math.cos(math.pi * step / steps)) / 2
        batch = ids[torch.randint(len(ids), (BATCH,), generator=generator)]
        inputs, targets = hide(batch, len(names), generator)
        scores = model(input_ids=inputs, attention_mask=(batch != 0).long()).logits
        optimizer.zero_grad()
        nn.functional.cross_entropy(scores.transpose(1, 2), targets).backward()
        optimizer.step()
    return model.eval()


@functools.cache
def pretrained():
    """学習ずみの BertForMaskedLM。初めて呼ぶと学習する（CPU で 20 秒ほど）。次からは読むだけ。"""
    from transformers import BertForMaskedLM

    with quiet():
        place = stored(lambda place: trained().save_pretrained(place), FOLDER / "japanese" / key(*SOURCES))
        return BertForMaskedLM.from_pretrained(place, attn_implementation="eager", local_files_only=True).eval()
