"""入力トークン数の制限はどこから来るか — 位置の表の行数で決まる。

文はニューロンに 1 個ずつ流しこまれるのではない。
トークンの番号で表の行を引き、場所の番号でもう 1 つの表の行を引いて、足す。
2 つめの表に行がなければ、そこから先の場所は引けない。
表の代わりにベクトルを回すモデルには、そういう行き止まりがない。
"""

import itertools

import numpy as np
import torch

from snippets._threads import one_thread
from snippets.language._tiny_models import bert, llama, parameters, quiet, tokenizer
from snippets.output.one_hot import one_hot


def token_one_hot(t, V):
    """トークンの番号をワンホットにする。t: 0 以上 V 未満の整数 → (V,)。"""
    return one_hot(t, V)


def embedding(E, t):
    """表 E の t 行目を引く。E: (V, h)、t: 0 以上 V 未満の整数 → (h,)。範囲の外は IndexError（torch の誤り）。"""
    table = torch.nn.Embedding.from_pretrained(torch.tensor(np.asarray(E, dtype=float)))
    return table(torch.tensor(int(t))).numpy()


def added_parameters(L, M, h):
    """長さの上限を L から M に変えたときに増える、学習する数の個数。M が小さければ負になる。

    L 行と M 行の表を、実際に組み立てて数える。中身のない meta に置くので、大きくてもよい。
    """
    with torch.device("meta"):
        short, long = (torch.nn.Embedding(int(rows), int(h)) for rows in (L, M))
    return parameters(long) - parameters(short)


@one_thread()
@torch.no_grad()
def attempt(model, n):
    """model に n トークンの文を通す。→ 出てきた形か、誤りの名と最初の 1 行。"""
    try:
        shape = tuple(model(input_ids=torch.ones(1, n, dtype=torch.long)).last_hidden_state.shape)
    except RuntimeError as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
    return f"通る。形は {shape}"


def attempts():
    """小さな BERT と Llama に、上限ちょうどの文と、1 トークン長い文を通した結果。"""
    rows = []
    for name, model in (("BertModel", bert(limit=512)), ("LlamaModel", llama(limit=64))):
        limit = model.config.max_position_embeddings
        rows += [(name, limit, n, attempt(model, n).partition(":")[0]) for n in (limit, limit + 1)]
    return ("モデル", "設定の上限", "トークン数", "結果"), rows


def token_count(words, **options):
    """words 語の文を、トークナイザーに通した長さ。options: トークナイザーに渡す設定。"""
    with quiet():
        return len(tokenizer()(" ".join(["あ"] * words), **options)["input_ids"])


def checked(ids, limit):
    """番号の並びを、長さを確かめて返す。空か、limit より長ければ ValueError。"""
    if len(ids) == 0:
        raise ValueError("文が空です。1 トークン以上の文を渡してください。")
    if len(ids) > limit:
        raise ValueError(
            f"文が {len(ids)} トークンあり、上限の {limit} を超えています。"
            "重なりのある窓に切るか、truncation=True で後ろを捨ててください。"
        )
    return ids


def refusal(n, limit=512):
    """n トークンの文を断る文。断らなければ「通る」。"""
    try:
        checked(range(n), limit)
    except ValueError as error:
        return str(error)
    return "通る"


def sizes(hidden=32):
    """上限ごとの、学習する数の個数。hidden: 隠れ次元。実物を、中身のない meta に組み立てて数える。"""
    rows = []
    with torch.device("meta"):
        for limit in (512, 1024, 2048):
            models = bert(limit=limit, hidden=hidden), llama(limit=limit, hidden=hidden)
            rows.append((f"{limit:,}", *(f"{parameters(model):,}" for model in models)))
    return ("max_position_embeddings", "BertModel", "LlamaModel"), rows


def bert_parameters():
    """bert-base-cased と同じ大きさの BertModel の、部品ごとの学習する数の個数。"""
    from transformers import BertConfig, BertModel

    with torch.device("meta"):  # vocab_size は bert-base-cased の config.json の値。ほかは BertConfig の既定
        model = BertModel(BertConfig(vocab_size=28996))
    table = model.embeddings
    return {
        "単語の表": parameters(table.word_embeddings),
        "位置の表": parameters(table.position_embeddings),
        "文の区別の表と正規化": parameters(table.token_type_embeddings) + parameters(table.LayerNorm),
        "エンコーダ": parameters(model.encoder),
        "プーラー": parameters(model.pooler),
    }


def parameter_table():
    """部品ごとの個数と割合。"""
    parts = bert_parameters()
    total = sum(parts.values())
    rows = [(name, f"{count:,}", f"{count / total:.3%}") for name, count in parts.items()]
    return ("部品", "学習する数の個数", "割合"), [*rows, ("合計", f"{total:,}", "100%")]


def rotate(u, a):
    """2 成分のベクトル u を、角 a（ラジアン）だけ回す。u: (2,) → (2,)。複素数のかけ算で回す。"""
    z = complex(*u) * np.exp(1j * a)
    return np.array([z.real, z.imag])


def angles(p, base=10000.0):
    """1 つ隣の場所へ進むごとに、組ごとに回す角。p: 2 成分の組の個数 → (p,)、ラジアン。"""
    return np.logspace(0, 1, int(p), endpoint=False, base=1 / base)


def rope(x, place):
    """場所 place のベクトル。x: (d,)、隣りあう 2 成分の組を、組ごとの角の place 倍だけ回す → (d,)。

    d が奇数なら ValueError。出典は Su ほか 2021。
    """
    if len(x) % 2:
        raise ValueError(f"次元 {len(x)} では、成分を 2 つずつ組にできません。偶数にしてください。")
    pairs = np.reshape(x, (-1, 2))
    return np.concatenate([rotate(u, place * angle) for u, angle in zip(pairs, angles(len(pairs)), strict=True)])


def score_count(N, H):
    """注意の点数の個数。N トークン、ヘッドが H 個の 1 層ぶん。見る側と見られる側の組を並べて数える。"""
    return H * len(list(itertools.product(range(int(N)), repeat=2)))


def starts(N, w, r):
    """N トークンの文を長さ w の窓に切るときの、窓の始め。隣の窓とは r トークン重ねる。→ range。

    空の文と、窓の長さ以上の重なりは ValueError。
    """
    checked(range(N), N)
    if not 0 <= r < w:
        raise ValueError(f"重なり {r} では窓が前へ進みません。0 以上で、窓の長さ {w} より小さくしてください。")
    step = w - r
    return range(0, max(N - w, 0) + step, step)


def windows(N, w, r):
    """N トークンの文を切った窓。引数と誤りは starts と同じ。→ (始め, 終わり) のリスト。"""
    return [(start, min(start + w, N)) for start in starts(N, w, r)]


def window_count(N, w, r):
    """窓の個数。N: 文の長さ、w: 窓の長さ、r: 重なり。窓の始めを並べて数える。"""
    return len(starts(int(N), int(w), int(r)))


def savings(w=510, r=128):
    """文の長さごとの、窓の個数と、注意の点数の個数。ヘッド 1 つ、1 層ぶん。"""
    rows = []
    for N in (510, 1000, 5000, 20000):
        cut = windows(N, w, r)
        scores = sum((end - start) ** 2 for start, end in cut)
        rows.append((f"{N:,}", f"{N * N:,}", len(cut), f"{scores:,}", f"{N * N / scores:.3g} 倍"))
    return ("トークン数 N", "切らないときの点数 N²", "窓の個数", "切ったときの点数", "減り方"), rows


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


def plot_rope(fig):
    """問い q と見出し k を、場所に応じて回す。左は場所 1 と 3、右は場所 5 と 7。間の角も内積も変わらない。"""
    fig.set_size_inches(6.4, 3.4)
    q, k, angle = np.array([1.6, 0.2]), np.array([1.1, 0.6]), 0.5
    for ax, (m, n) in zip(fig.subplots(1, 2), ((1, 3), (5, 7)), strict=True):
        ends = {f"q（場所 {m}）": (rotate(q, m * angle), "C0"), f"k（場所 {n}）": (rotate(k, n * angle), "C1")}
        for name, (end, color) in ends.items():
            ax.annotate("", xy=end, xytext=(0, 0), arrowprops={"arrowstyle": "->", "color": color})
            ax.text(*(1.2 * end), name, ha="center", va="center")
        product = np.dot(*(end for end, _ in ends.values()))
        ax.set(title=f"内積 {product:.3f}".replace("-", "−"), xlim=(-2.3, 2.3), ylim=(-2.3, 2.3), aspect="equal")
        ax.set(xlabel="1 つめの成分", ylabel="2 つめの成分")
