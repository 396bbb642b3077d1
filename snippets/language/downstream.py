"""下流タスクとファインチューニング — 頭を外して、付け替える。

上流で穴埋めをしていた本体に、下流の分類の頭を付ける。
外したものと新しく付けたものは、重みの名前を照らし合わせれば分かる。
本体も動かすか固めるかは、同じデータで何度も学習して比べる。
"""

import numpy as np
import scipy.stats
import torch
from torch import nn

from snippets._threads import one_thread
from snippets.language._emotions import EMOTIONS, WORDS, encode, sentences
from snippets.language._fine_tuning import (
    LABELLED,
    METHODS,
    SEEDS,
    STEPS,
    blank,
    freeze,
    pretrained,
    replace_head,
    scores,
)
from snippets.language._tiny_models import parameters

FREEZING = ("固めない", "引き継いだ重みを固める", "model.bert を固める")
PAIRS = (("引き継いで全部", "ゼロから"), ("引き継いで固める", "ゼロから"), ("引き継いで全部", "引き継いで固める"))


def pool(x, A, a):
    """[CLS] の隠れベクトルをまとめなおす。x, a: (h,)、A: (h, h) → (h,)。"""
    return np.tanh(_linear(A, a, x))


def classify(u, W, b):
    """まとめたベクトルから求めるクラスの点数。u: (h,)、W: (C, h)、b: (C,) → (C,)。"""
    return _linear(W, b, u)


def head_parameters(h, C):
    """新しく付ける分類の層の、学習する数の個数。層を実際に作って数える。"""
    return parameters(nn.Linear(int(h), int(C)))


def bert_base_cased(num_labels):
    """bert-base-cased と同じ大きさの分類のモデルの、学習する数の個数。→ (分類の層, 全体)。

    実物を meta に組み立てて数える。meta の重みには形だけがあり、値がない。
    """
    from transformers import BertConfig, BertForSequenceClassification

    with torch.device("meta"):  # vocab_size は bert-base-cased の config.json の値。ほかは BertConfig の既定
        model = BertForSequenceClassification(BertConfig(vocab_size=28996, num_labels=num_labels))
    return parameters(model.classifier), parameters(model)


def swap():
    """乱数の重みの小さな穴埋めモデルを、6 クラスの分類のモデルに読みこむ。→ (穴埋め, 分類, 重みの知らせ)。"""
    source = blank("BertForMaskedLM", 0)
    return source, *replace_head(source, len(EMOTIONS))


def report():
    """穴埋めの重みを分類のモデルに読みこませたときの、重みの行き先。"""
    _, model, info = swap()
    dropped, made = sorted(info["unexpected_keys"]), sorted(info["missing_keys"])
    return ("行き先", "枚数", "重みの名"), [
        ("引き継いだ（本体）", len(model.state_dict()) - len(made), "bert.embeddings.*、bert.encoder.*"),
        ("捨てた（穴埋めの頭）", len(dropped), "、".join(dropped)),
        ("新しく作った（乱数）", len(made), "、".join(made)),
    ]


def frozen(how):
    """固め方のとおりにした分類のモデル。how: FREEZING のどれか。ほかの名は ValueError。"""
    if how not in FREEZING:
        raise ValueError(f"固め方に「{how}」はない。{'、'.join(FREEZING)} のどれかにする")
    _, model, info = swap()
    if how == "引き継いだ重みを固める":
        freeze(model, info["missing_keys"])
    elif how == "model.bert を固める":
        model.bert.requires_grad_(False)
    return model


@one_thread()
@torch.enable_grad()
def step(model, rho=0.1):
    """気持ちの文 6 つで、1 歩だけ学習し、動いた重みの名を返す。rho: 学習率。"""
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=rho)
    inputs = encode([sentences(emotion)[0] for emotion in EMOTIONS])
    model(**inputs, labels=torch.arange(len(EMOTIONS))).loss.backward()
    optimizer.step()
    return {name for name, parameter in model.named_parameters() if not torch.equal(before[name], parameter)}


def steps():
    """1 歩の学習で動いた重みの枚数と、動かしてよい数の個数。"""
    rows = []
    for how in FREEZING:
        model = frozen(how)
        moved = step(model)
        groups = {"bert.e": [], "bert.pooler": [], "classifier": []}  # bert.e は embeddings と encoder
        for name, _ in model.named_parameters():
            next(names for start, names in groups.items() if name.startswith(start)).append(name in moved)
        free = sum(p.numel() for p in model.parameters() if p.requires_grad)
        rows.append((how, *(f"{sum(group)}/{len(group)}" for group in groups.values()), f"{free:,}"))
    return ("固め方", "本体", "プーラー（新しい）", "分類の層（新しい）", "動かしてよい数"), rows


def examples():
    """気持ちごとの、文の例と、作れる文の個数。語の間は ／ で区切って見せる。"""
    rows = []
    for k, name in enumerate(EMOTIONS):
        texts = sentences(name)
        rows.append((name, texts[43 * k].replace(" ", "／"), len(texts)))
    return ("気持ち", "文の例", "個数"), rows


def average(a):
    """平均。a: (n,) → 数。"""
    return np.mean(a)


def half_width(a, t):
    """平均の区間の、片側の幅。a: (n,)、t: t 分布の点。n が 1 なら、ばらつきが分からないので ValueError。"""
    if len(a) < 2:
        raise ValueError("区間には、2 つ以上の値がいる。種を増やす")
    return t * scipy.stats.sem(a)


def interval(a):
    """平均の 95 % 区間。a: (n,)、種ごとの値 → (下の端, 上の端)。"""
    center, half = average(a), half_width(a, scipy.stats.t.ppf(0.975, len(a) - 1))
    return float(center - half), float(center + half)


def gain(better, worse, labelled):
    """同じ種どうしで引いた、正解率の差。better, worse: 学習のしかた、labelled: 気持ち 1 つあたりの文の数 → (n,)。"""
    return np.subtract(scores(better, labelled), scores(worse, labelled))


def lengthened(labelled=12, times=4):
    """固めたままの学習の歩数を times 倍にしたときの、正解率の平均。→ (もとの歩数、延ばした歩数)。"""
    return tuple(float(average(scores("引き継いで固める", labelled, STEPS * k))) for k in (1, times))


def differences():
    """正解率の差の平均と、95 % 区間。単位はポイント。"""
    rows = []
    for labelled in LABELLED:
        for better, worse in PAIRS:
            gains = 100 * gain(better, worse, labelled)
            texts = [f"{value:+.1f}".replace("-", "−") for value in (average(gains), *interval(gains))]
            rows.append((labelled, f"「{better}」−「{worse}」", texts[0], f"{texts[1]} から {texts[2]}"))
    return ("気持ち 1 つあたりの文", "差", "平均", "95 % 区間"), rows


def plot(ax):
    """頭の付け替え。本体はそのまま引き継ぎ、穴埋めの頭は外す。"""
    boxes = [
        (0, 0, "本体（埋め込み＋エンコーダ）", "C0", "-"), (0, 2, "穴埋めの頭（外す）\n語彙数だけの点数", "C1", "--"),
        (5, 0, "本体（重みを引き継ぐ）", "C0", "-"), (5, 2, "分類の頭（新品）\nクラス数だけの点数", "C2", "-"),
    ]  # fmt: skip
    for x, y, text, color, line in boxes:
        ax.plot([x, x + 3.6, x + 3.6, x, x], [y, y, y + 1, y + 1, y], color=color, linestyle=line)
        ax.text(x + 1.8, y + 0.5, text, ha="center", va="center", linespacing=1.7)
    for x in (1.8, 6.8):
        ax.annotate("", xy=(x, 2), xytext=(x, 1), arrowprops={"arrowstyle": "->", "color": "C0"})
    ax.annotate("", xy=(5, 0.5), xytext=(3.6, 0.5), arrowprops={"arrowstyle": "->", "color": "C0"})
    ax.text(1.8, 3.35, "上流: 事前学習", ha="center", va="bottom")
    ax.text(6.8, 3.35, "下流: ファインチューニング", ha="center", va="bottom")
    ax.set(xlim=(-0.3, 8.9), ylim=(-0.3, 4.0))
    ax.set_axis_off()


def plot_pretraining(ax):
    """事前学習の損失。4 つの種の、20 歩ごとの平均。横の破線は、どの語も同じ確率と答えたときの損失。"""
    for seed in SEEDS[:4]:
        losses = np.reshape(pretrained(seed)[1], (-1, 20))
        ax.plot(np.arange(1, len(losses) + 1) * 20, losses.mean(axis=1), "C0-", lw=1)
    ax.axhline(np.log(len(WORDS)), color="gray", ls="--")
    ax.set(xlabel="事前学習の歩数", ylabel="隠した語の交差エントロピー", ylim=(0, 5.5))


def plot_few(ax):
    """ラベルの付いた文が、気持ち 1 つあたり 3 個のときの正解率。点は種、太い印と棒は平均と 95 % 区間。"""
    _scores(ax, LABELLED[0])


def plot_many(ax):
    """同じ種で、ラベルの付いた文だけを 12 個ずつに増やしたときの正解率。見方は上の図と同じ。"""
    _scores(ax, LABELLED[1])


def _scores(ax, labelled):
    """種ごとの正解率の点と、平均の区間。同じ種の点は、薄い線でつなぐ。"""
    table = np.array([scores(method, labelled) for method in METHODS])
    for column in table.T:
        ax.plot(range(len(METHODS)), column, color="gray", ls="-", lw=0.6, alpha=0.6)
    for k, (values, mark) in enumerate(zip(table, "s^o", strict=True)):
        ax.plot(np.full(len(values), k), values, f"C{k}{mark}", ms=4, alpha=0.6, ls="")
        low, high = interval(values)
        ax.errorbar(k + 0.16, average(values), (high - low) / 2, color=f"C{k}", marker=mark, ms=9, capsize=5, ls="")
    ax.axhline(1 / len(EMOTIONS), color="gray", ls="--")
    ax.text(2.45, 1 / len(EMOTIONS) + 0.02, "あてずっぽう", ha="right")
    ax.set_xticks(range(len(METHODS)), METHODS)
    ax.set(ylabel="試験の文の正解率", xlim=(-0.5, 2.5), ylim=(0, 1.04))


def _linear(W, b, x):
    """torch の全結合層に、重みを入れて通す。"""
    layer = nn.Linear(len(x), len(b), dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(np.asarray(W, dtype=float)))
        layer.bias.copy_(torch.tensor(np.asarray(b, dtype=float)))
        return layer(torch.tensor(np.asarray(x, dtype=float))).numpy()
