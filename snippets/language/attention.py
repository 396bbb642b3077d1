"""注意機構を手短に — やわらかく引く辞書。

辞書は、見出し（キー）が問い（クエリ）とぴったり合う項の中身（バリュー）を返す。
注意機構は、合い具合に応じた重みで、すべての項の中身を平均して返す。
"""

import functools
import itertools

import numpy as np
import torch

from snippets.output.one_hot import one_hot, softmax

TOKENS = ("猫", "が", "魚", "を", "食べ", "た")
# おもちゃのベクトル。4 つの成分は、主語らしさ、目的語らしさ、動詞らしさ、助詞らしさ
KEYS = np.array([[3, 1, 0, 0], [0, 0, 0, 2], [1, 3, 0, 0], [0, 0, 0, 2], [0, 0, 3, 0], [0, 0, 1, 1]], dtype=float)
QUERIES = np.array([[0, 0, 2, 0], [3, 0, 0, 0], [0, 0, 2, 0], [0, 3, 0, 0], [2, 2, 0, 0], [0, 0, 3, 0]], dtype=float)


def scores(q, K):
    """合い具合。q: (d,)、K: (n, d) → (n,)。見出しごとの内積を √d で割る。"""
    return np.inner(K, q) / np.sqrt(len(q))


def weights(q, K):
    """重み。q: (d,)、K: (n, d) → (n,)。足すと 1 になる。"""
    return softmax(scores(q, K))


def lookup(q, K, V):
    """やわらかく引いた中身。q: (d,)、K: (n, d)、V: (n, r) → (r,)。"""
    return weights(q, K) @ V


def attention(Q, K, V, mask=None):
    """注意。Q: (m, d)、K: (n, d)、V: (n, r) → (m, r)。mask: (m, n) の真偽で、偽の場所は見ない。

    形の合わない入力と、どこも見られない行のある mask は ValueError。
    """
    return attention_weights(Q, K, mask) @ V


def attention_weights(Q, K, mask=None):
    """重みの表。Q: (m, d)、K: (n, d) → (m, n)。どの行も足すと 1 になる。"""
    if np.shape(Q)[1] != np.shape(K)[1]:
        raise ValueError(f"Q と K の列の数をそろえる。受け取った形は {np.shape(Q)} と {np.shape(K)}")
    S = np.einsum("ik,jk->ij", Q, K) * np.shape(K)[1] ** -0.5
    if mask is not None:
        if not np.all(np.any(mask, axis=1)):
            raise ValueError("mask のどの行にも、見てよい場所がいる")
        S = np.where(mask, S, -np.inf)
    return softmax(S)


def row_softmax(M):
    """行ごとの softmax。M: (m, n) → 同じ形。"""
    return softmax(M)


def causal_weights(S):
    """自分より後ろを見ない重み。S: (n, n) → 同じ形で、対角線の右上は 0。点数を −∞ にしてから softmax を通す。"""
    return softmax(np.where(np.tri(len(S), dtype=bool), S, -np.inf))


def softmax_jacobian(s):
    """重みを点数で微分した表。s: (n,) → (n, n)。torch の自動微分で求める。"""
    s = torch.tensor(np.asarray(s, dtype=float))
    return torch.autograd.functional.jacobian(lambda u: torch.softmax(u, -1), s).numpy()


def dot_variance(d):
    """±1 が同じ確率で出る独立な成分のベクトルどうしの、内積の分散。すべての組を数えあげる。d: 次元。"""
    vectors = np.array(list(itertools.product((-1, 1), repeat=d)))
    return float(np.var(vectors @ vectors.T))


def rotation():
    """3 つのトークンの順を 1 つずつ回す置換行列。→ (3, 3)。"""
    return np.roll(np.eye(3), 1, axis=1)


def head_parameters(h, w):
    """ヘッドが h 個、幅が w ずつの層の、学習する数の個数。バイアスのない層を実際に作って数える。"""
    layer = torch.nn.MultiheadAttention(h * w, h, bias=False)
    return sum(parameter.numel() for parameter in layer.parameters())


class _Counted:
    """かけ算の回数を数える数。値は持たない。"""

    times = 0

    def __mul__(self, other):
        _Counted.times += 1
        return self

    def __add__(self, other):
        return self


def multiplications(n, d, r):
    """n トークンの注意の、2 つの行列の積に要るかけ算の回数。積を実際に計算して数える。d: キーの次元、r: 中身の次元。"""
    _Counted.times = 0
    keys, values, weights = (np.full((n, columns), _Counted(), dtype=object) for columns in (d, r, n))
    np.dot(keys, keys.T)
    np.dot(weights, values)
    return _Counted.times


def width(h, w):
    """ヘッドをつないだ幅。h: ヘッドの個数、w: ヘッド 1 つの幅。ヘッドごとの幅を足す。"""
    return sum([w] * h)


def token_one_hot(y, N):
    """トークンの番号をワンホットにする。y: 0 から数えた番号 → (N,)。"""
    return one_hot(y, N)


def embedding(E, t):
    """表 E の t 行目。E: (N, D)、t: 0 から数えた番号 → (D,)。かけ算はせず、行を引く。"""
    return np.asarray(E)[int(t)]


@functools.cache
def saturation(d, scaled, n=16, trials=400, seed=0):
    """標準正規乱数の問いと見出しでの、(最大の重みの平均, 微分の表の大きさの平均)。scaled なら √d で割る。"""
    rng = np.random.default_rng(seed)
    q, K = rng.normal(size=(trials, d)), rng.normal(size=(trials, n, d))
    p = softmax(np.einsum("td,tnd->tn", q, K) / (np.sqrt(d) if scaled else 1.0))
    jacobian = p[:, :, None] * (np.eye(n) - p[:, None, :])
    return float(p.max(axis=1).mean()), float(np.linalg.norm(jacobian, axis=(1, 2)).mean())


def saturations():
    """次元ごとの、最大の重みと、微分の表の大きさ。見出しは 16 個。"""
    rows = [(d, *saturation(d, False), *saturation(d, True)) for d in (4, 16, 64, 256)]
    return ("次元 d", "最大の重み", "微分の大きさ", "最大の重み（√d で割る）", "微分の大きさ（√d で割る）"), rows


def costs(D=768):
    """トークンの数ごとの、1 層のかけ算の回数。幅は D。"""
    rows = []
    for n in (128, 512, 2 * D, 8192):
        projections, mixing = 4 * n * D * D, 2 * n * n * D
        rows.append((f"{n:,}", f"{projections / 1e9:,.2f}", f"{mixing / 1e9:,.2f}", f"{mixing / projections:.2g}"))
    return ("トークン数 n", "射影 4nD²（十億回）", "注意 2n²D（十億回）", "注意 ÷ 射影"), rows


def orders():
    """「猫が魚を」の順を入れかえたときの、「猫」の出力。位置を足すと、順で変わる。"""
    rng = np.random.default_rng(0)
    X, place = rng.normal(size=(4, 4)), rng.normal(size=(4, 4))
    rows = []
    for name, order in (("猫 が 魚 を", [0, 1, 2, 3]), ("魚 が 猫 を", [2, 1, 0, 3])):
        at = order.index(0)
        plain, placed = X[order], X[order] + place
        outputs = (attention(x, x, X[order])[at] for x in (plain, placed))
        rows.append((name, *("(" + ", ".join(f"{v:.3f}" for v in y[:2]) + ", …)" for y in outputs)))
    return ("文", "「猫」の出力（位置なし）", "「猫」の出力（位置あり）"), [
        tuple(cell.replace("-", "−") for cell in row) for row in rows
    ]


def _heat(ax, table, title):
    """重みの表を、濃さと数で描く。"""
    n = len(table)
    for i, j in itertools.product(range(n), range(n)):
        if table[i, j] > 0:
            ax.fill([j, j + 1, j + 1, j], [i, i, i + 1, i + 1], color="C0", alpha=0.5 * float(table[i, j]), lw=0)
            ax.text(j + 0.5, i + 0.5, f"{table[i, j]:.2f}", ha="center", va="center", fontsize=8)
    ax.set_xticks(np.arange(n) + 0.5, TOKENS)
    ax.set_yticks(np.arange(n) + 0.5, TOKENS)
    ax.set(
        xlim=(0, n), ylim=(n, 0), title=title, xlabel="見られる側（キー）", ylabel="見る側（クエリ）", aspect="equal"
    )


def plot(fig):
    """おもちゃのベクトルで計算した重み。右は、自分より後ろを見ない場合で、右上が空になる。どの行も足すと 1。"""
    fig.set_size_inches(7.2, 3.9)
    left, right = fig.subplots(1, 2)
    _heat(left, attention_weights(QUERIES, KEYS), "すべて見る")
    _heat(right, attention_weights(QUERIES, KEYS, np.tri(len(KEYS), dtype=bool)), "後ろを見ない")


def plot_lookup(ax):
    """問いを長くしていくと、出力は 4 つの中身の平均から、いちばん合う中身へ動く。四角形（凸包）の外には出ない。"""
    V = np.array([[0.0, 0.0], [4.0, 0.5], [3.5, 3.0], [0.5, 3.5]])
    K = np.array([[-1.0, -1.0], [1.0, -0.6], [0.9, 0.9], [-0.8, 1.0]])
    q = np.array([1.0, 0.55])
    path = np.array([lookup(size * q, K, V) for size in np.linspace(0, 14, 80)])
    ax.fill(*V.T, color="C0", alpha=0.12)
    ax.plot(*np.vstack([V, V[:1]]).T, "C0-", lw=0.8)
    ax.plot(*V.T, "C0s", ms=6, label="中身（バリュー）")
    ax.plot(*path.T, "C1-", label="出力の道")
    for size, mark in ((0, "o"), (1, "^"), (4, "D"), (14, "*")):
        ax.plot(*lookup(size * q, K, V), "C1" + mark, ms=12 if mark == "*" else 8, label=f"問いの倍率 {size}")
    for k, (x, y) in enumerate(V, start=1):
        ax.annotate(f"$v_{k}$", (x, y), xytext=(8, 6), textcoords="offset points")
    ax.set(xlabel="1 つめの成分", ylabel="2 つめの成分", aspect="equal", xlim=(-0.4, 4.6), ylim=(-0.4, 4.0))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))


def plot_saturation(fig):
    """次元ごとの、最大の重み（左）と、点数についての微分の大きさ（右）。見出しは 16 個、成分は標準正規乱数。"""
    fig.set_size_inches(7.2, 3.0)
    d = (2, 4, 8, 16, 32, 64, 128, 256)
    names = ("最大の重みの平均", "微分の表の大きさ")
    for k, (ax, name) in enumerate(zip(fig.subplots(1, 2), names, strict=True)):
        for scaled, style, label in ((False, "C1o--", "そのまま"), (True, "C0s-", "√d で割る")):
            ax.plot(d, [saturation(v, scaled)[k] for v in d], style, label=label)
        ax.set_xscale("log", base=2)
        ax.set_xticks(d, d)
        ax.set(xlabel="次元 d", ylabel=name, ylim=(0, 1.05) if k == 0 else (0, 0.4))
    ax.legend(loc="lower left")
