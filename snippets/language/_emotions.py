"""気持ちを書いた短い文と、その番号。下流のページが、事前学習にも分類にも使う。

文は「誰 は 出来事 気持ち の 表れ」の形で、語の間を空ける。
出来事と表れは、気持ちごとに 6 通りずつ、手で書いた。ラベルは、その気持ちの番号。
"""

import itertools

import numpy as np
import torch

WHO = ("私", "妹", "兄", "母", "父", "弟", "姉", "祖母")
EMOTIONS = {  # 名: (出来事, 表れ)
    "喜び": (
        "試合 に 勝っ て|試験 に 受かっ て|くじ に 当たっ て|贈り物 を もらっ て|先生 に ほめ られ て|満点 を 取っ て",
        "飛び跳ね た|笑顔 に なっ た|歌い だし た|手 を 打っ た|うきうき し た|胸 が 弾ん だ",
    ),
    "悲しみ": (
        "試合 に 負け て|試験 に 落ち て|友だち と 別れ て|犬 に 死な れ て|手紙 が 途絶え て|夢 を あきらめ て",
        "涙 を 流し た|うつむい た|しくしく 泣い た|肩 を 落とし た|声 が 沈ん だ|しょんぼり し た",
    ),
    "怒り": (
        "足 を 踏ま れ て|列 に 割りこま れ て|悪口 を 言わ れ て|"
        "うそ を つか れ て|自転車 を 壊さ れ て|約束 を 破ら れ て",
        "どなり 返し た|机 を たたい た|にらみ つけ た|文句 を 言っ た|ぷんぷん し た|声 を 荒げ た",
    ),
    "恐れ": (
        "蛇 に 出会っ て|暗い 道 に 迷っ て|雷 が 鳴り だし て|橋 が 揺れ て|足音 が 近づい て|犬 に ほえ られ て",
        "ぶるぶる 震え た|足 が すくん だ|悲鳴 を 上げ た|逃げ だし た|びくびく し た|背筋 が 凍っ た",
    ),
    "驚き": (
        "箱 が 急に 開い て|旧友 に ばったり 会っ て|手品 を 見せ られ て|"
        "急に 名前 を 呼ば れ て|予想 が 外れ て|夏 に 雪 が 降っ て",
        "目 を 丸く し た|息 を のん だ|口 を 開け た|二度 見 た|耳 を 疑っ た|腰 を 抜かし た",
    ),
    "安らぎ": (
        "湯 に つかっ て|仕事 が 片付い て|波 の 音 を 聞い て|"
        "ふとん に 入っ て|温かい お茶 を 飲ん で|猫 を 膝 に 乗せ て",
        "ほっと し た|のんびり 過ごし た|うとうと し た|深く 息 を つい た|静かに ほほえん だ|手足 を のばし た",
    ),
}
SPECIAL = ("[PAD]", "[CLS]", "[SEP]", "[MASK]")
PAD, CLS, SEP, MASK = range(4)


def sentences(emotion):
    """その気持ちの文を残らず並べる。emotion: EMOTIONS の名 → 文字列のリスト（語の間は空白）。"""
    events, signs = (text.split("|") for text in EMOTIONS[emotion])
    return [f"{who} は {event} {sign}" for who, event, sign in itertools.product(WHO, events, signs)]


WORDS = (*SPECIAL, *sorted({word for emotion in EMOTIONS for text in sentences(emotion) for word in text.split()}))
LENGTH = 2 + max(len(text.split()) for emotion in EMOTIONS for text in sentences(emotion))  # [CLS] と [SEP] を足す
_NUMBER = {word: k for k, word in enumerate(WORDS)}


def encode(texts):
    """文をトークンの番号にする。texts: N 個の文 → {input_ids, attention_mask}、どちらも (N, いちばん長い文の長さ)。

    文がないか、表にない語があれば ValueError。
    """
    rows = [[CLS, *map(_number, text.split()), SEP] for text in texts]
    if not rows:
        raise ValueError("文が 1 つもない。1 つ以上の文を渡す")
    width = max(map(len, rows))
    ids = torch.tensor([row + [PAD] * (width - len(row)) for row in rows])
    return {"input_ids": ids, "attention_mask": (ids != PAD).long()}


def _number(word):
    if word not in _NUMBER:
        raise ValueError(f"「{word}」は語の表にない。WORDS の語だけで、語の間を空けて書く")
    return _NUMBER[word]


def split(seed, labelled, test=20, unlabelled=100):
    """文を、重なりのない 3 つに分ける。数は、どれも気持ち 1 つあたり。seed: 乱数の種。

    → (ラベルのない文のリスト, (学習の文, ラベル), (試験の文, ラベル))。ラベルは (N,) の番号。
    同じ seed なら、labelled だけを増やしても、試験の文とラベルのない文は変わらない。足りなければ ValueError。
    """
    rng = np.random.default_rng(seed)
    plain, train, held = [], [], []
    for emotion in EMOTIONS:
        texts = rng.permutation(sentences(emotion)).tolist()
        if test + unlabelled + labelled > len(texts):
            raise ValueError(f"気持ち 1 つの文は {len(texts)} 個しかない。数の合計をそれ以下にする")
        held.append(texts[:test])
        plain += texts[test : test + unlabelled]
        train.append(texts[test + unlabelled :][:labelled])
    return plain, _labelled(train), _labelled(held)


def _labelled(groups):
    """気持ちごとの文を 1 列に並べ、番号を付ける。"""
    labels = torch.tensor([k for k, group in enumerate(groups) for _ in group])
    return [text for group in groups for text in group], labels
