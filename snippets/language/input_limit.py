"""入力トークン数の制限はどこから来るか — 位置の表の行数で決まる。

文はニューロンに 1 個ずつ流しこまれるのではない。
トークンの番号で表の行を引き、場所の番号でもう 1 つの表の行を引いて、足す。
2 つめの表に行がなければ、そこから先の場所は引けない。
"""

import numpy as np
import torch

from snippets.language.fill_mask import Body
from snippets.output.one_hot import one_hot

BERT = {"vocab_size": 28996, "hidden": 768, "max_length": 512, "layers": 12, "inner": 3072}  # bert-base-cased


def token_one_hot(t, V):
    """トークンの番号をワンホットにする。t: 0 以上 V 未満の整数 → (V,)。"""
    return one_hot(t, V)


def embedding(E, t):
    """表 E の t 行目を引く。E: (V, h)、t: 0 以上 V 未満の整数 → (h,)。範囲の外は IndexError（torch の誤り）。"""
    table = torch.nn.Embedding.from_pretrained(torch.tensor(np.asarray(E, dtype=float)))
    return table(torch.tensor(int(t))).numpy()


def parameter_count(vocab_size, hidden, max_length):
    """小さな BERT を実際に作り、学習する数の個数を数える。"""
    return sum(parameter.numel() for parameter in Body(vocab_size, hidden, max_length).parameters())


def added_parameters(L, M, h):
    """長さの上限を L から M に変えたときに増える、学習する数の個数。M が小さければ負になる。"""
    return parameter_count(5, int(h), int(M)) - parameter_count(5, int(h), int(L))


@torch.no_grad()
def accepts(n, max_length=512):
    """上限 max_length の小さな BERT が、n トークンの文を受け取れるか。"""
    try:
        Body(5, 4, max_length).eval()(torch.zeros(1, n, dtype=torch.long))
    except IndexError:
        return False
    return True


def bert_parameters():
    """bert-base-cased の部品ごとの、学習する数の個数。"""
    h, inner = BERT["hidden"], BERT["inner"]
    norm, square = 2 * h, h * (h + 1)
    layer = 4 * square + norm + inner * (h + 1) + h * (inner + 1) + norm  # 注意（4 枚）と全結合（2 枚）
    return {
        "単語の表": BERT["vocab_size"] * h,
        "位置の表": BERT["max_length"] * h,
        "文の区別の表と正規化": 2 * h + norm,
        "エンコーダ": BERT["layers"] * layer,
        "プーラー": square,
    }


def parameter_table():
    """部品ごとの個数と割合。"""
    parts = bert_parameters()
    total = sum(parts.values())
    rows = [(name, f"{count:,}", f"{count / total:.3%}") for name, count in parts.items()]
    return ("部品", "学習する数の個数", "割合"), [*rows, ("合計", f"{total:,}", "100%")]


def plot(ax):
    """bert-base-cased の、部品ごとの学習する数の個数。
    長さの上限を決めている位置の表は、全体のごく一部しかない。
    """
    parts = bert_parameters()
    values = np.array(list(parts.values())) / 1e6
    bars = ax.barh(list(parts), values, color="C0", alpha=0.25, edgecolor="C0")
    bars[1].set(edgecolor="C1", hatch="//")
    ax.bar_label(bars, [f"{value:.4g}" for value in values], padding=4)
    ax.set(xlabel="個数（百万）", xlim=(0, 100))
    ax.invert_yaxis()


def plot_tables(ax):
    """3 トークンの文が本体に入るまで。
    番号で引いた行と、場所で引いた行を足す。上限を決めるのは、位置の表の行数。
    """
    words = ["私", "は", "猫"]
    for k, word in enumerate(words):
        x = 2.2 * k
        rows = [(2, f"単語の表\n「{word}」の行", "C0", "-"), (0.9, f"位置の表\n{k} 行目", "C1", "--")]
        for y, text, color, line in rows:
            ax.barh(y, 1.9, 0.8, x - 0.95, color="none", edgecolor=color, linestyle=line)
            ax.text(x, y, text, ha="center", va="center", linespacing=1.7)
        ax.text(x, 1.45, "＋", ha="center", va="center")
        ax.annotate("", xy=(x, -0.2), xytext=(x, 0.45), arrowprops={"arrowstyle": "->", "color": "C0"})
        ax.text(x, 2.65, word, ha="center", va="center")
    ax.text(2.2, -0.45, "本体（同じ重みをどの場所にも使う）", ha="center", va="center")
    ax.set(xlim=(-1.2, 5.6), ylim=(-0.8, 2.9))
    ax.set_axis_off()
