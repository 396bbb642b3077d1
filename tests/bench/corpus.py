"""どの道具にも同じ原稿。N ページの、文と、式と、走らせるコードと、図。

一ページに、日本語の文、式 6 つ（文中 2、独立 4）、走らせる NumPy のコード 2 つ、matplotlib の図 1 つ。
数と文の並びはページごとに違うので、ページのあいだで結果が使いまわされることはない。
"""

import random
from dataclasses import dataclass

PROSE = (
    "この節では、式の形を変えても値が変わらないことを、数を入れて確かめます。",
    "太字の小文字はベクトル、大文字は行列を表すと、はじめに決めておきます。",
    "学習率が大きすぎると値は行ったり来たりし、小さすぎると歩みが進みません。",
    "近似が使えるのは、ずらす幅が小さく、二階の微分が暴れないところだけです。",
    "データが互いに独立だという仮定は、時間とともに並ぶ値ではよく崩れます。",
    "正則化の項は、重みを原点のほうへ少しずつ引きもどす働きをします。",
    "指数の中身から最大の値を引いておくと、桁があふれず、答えも変わりません。",
    "標本の数を四倍にすると、推定した値のばらつきはおよそ半分になります。",
    "重みは行ごとに足すと一になるので、出力は入力の平均の一種とみなせます。",
    "特異値の小さいものから捨てていくと、行列を少ない数で近似できます。",
    "つまずきやすいのは、転置の向きと、和をとる番号の対応です。",
    "条件の悪い行列では、わずかな丸めの誤差が答えを大きく動かします。",
)


FORMULAS_PER_PAGE = 6


@dataclass(frozen=True)
class Formula:
    """独立した式。name は結ばれる関数の名、code はその実装、symbols は文字の型と意味。"""

    name: str
    tex: str
    code: str
    symbols: dict


SIZE = {"h": "2..4 — 次元"}
FORMULAS = (
    Formula(
        "logistic",
        r"\sigma(x) = \frac{1}{1 + e^{-x/%(c)d}} = \frac{e^{x/%(c)d}}{1 + e^{x/%(c)d}}",
        "def logistic(x):\n    z = np.exp(-np.abs(x) / %(c)d)\n    return np.where(x >= 0, 1, z) / (1 + z)",
        {"x": "R — 入力", r"\sigma": "fn — S 字の関数"},
    ),
    Formula(
        "squash",
        r"\begin{aligned} g(u) &= \frac{e^{u/%(c)d} - e^{-u/%(c)d}}{e^{u/%(c)d} + e^{-u/%(c)d}} \\"
        r" &= 1 - \frac{2}{1 + e^{2u/%(c)d}} \end{aligned}",
        "def squash(u):\n    return np.tanh(u / %(c)d)",
        {"u": "R — 入力", "g": "fn — 押しこむ関数"},
    ),
    Formula(
        "softmax",
        r"p_k = \frac{e^{z_k/%(c)d}}{\sum_{j=1}^{K} e^{z_j/%(c)d}}",
        "def softmax(z):\n    e = np.exp((z - np.max(z)) / %(c)d)\n    return e / e.sum()",
        {"K": "2..4 — クラスの数", "k, j": "1..K — クラスの番号", "z": "R^K — 点数", "p": "R^K — 確率"},
    ),
    Formula(
        "loss",
        r"E = \frac{1}{%(c)dN} \sum_{i=1}^{N} (y_i - t_i)^2",
        "def loss(y, t):\n    return np.mean(np.square(y - t)) / %(c)d",
        {"N": "2..4 — 件数", "i": "1..N — 件の番号", "y": "R^N — 出力", "t": "R^N — 正解", "E": "R — 誤差"},
    ),
    Formula(
        "divergence",
        r"D = \frac{1}{%(c)d} \sum_{l=1}^{M} q_l \log \frac{q_l}{r_l}",
        "def divergence(q, r):\n    return (q @ np.log(q) - q @ np.log(r)) / %(c)d",
        {"M": "2..4 — 値の数", "l": "1..M — 値の番号", "q, r": "(0, 1)^M — 重み", "D": "R — へだたり"},
    ),
    Formula(
        "quadratic",
        r"Q(w) = \frac{%(c)d}{2} w^\top A w",
        "def quadratic(w, A):\n    return %(c)d * np.einsum('i,ij,j', w, A, w) / 2",
        SIZE | {"w": "R^h — 重み", "A": "R^{h, h} — 曲がり方", "Q": "fn — 谷の高さ"},
    ),
    Formula(
        "scores",
        r"S = \frac{1}{%(c)d \sqrt{h}} U V^\top",
        "def scores(U, V):\n    return np.einsum('ik,jk', U, V) / (%(c)d * np.sqrt(U.shape[1]))",
        SIZE | {"m, n": "2..3 — 語の数", "U": "R^{m, h} — 問い", "V": "R^{n, h} — 鍵", "S": "R^{m, n} — 点数"},
    ),
    Formula(
        "slope",
        r"s(v) = \frac{d}{dv} \log(1 + e^{v/%(c)d}) = \frac{1}{%(c)d (1 + e^{-v/%(c)d})}",
        "def slope(v):\n    return 0.5 * (1 + np.tanh(v / (2 * %(c)d))) / %(c)d",
        {"v": "R — 入力", "s": "fn — 傾き"},
    ),
)
INLINE = (
    "(a + %(c)d)^2 = a^2 + 2 (%(c)d a) + %(c)d^2",
    r"a^2 + %(c)d \ge %(c)d",
    r"\log e^{a/%(c)d} = a/%(c)d",
    "e^{a + %(c)d} = e^a e^{%(c)d}",
)
FIT = '''def fit():
    """乱数のデータに、リッジ回帰を当てはめる。"""
    scale = 1.000
    rng = np.random.default_rng(%(number)d)
    X = rng.normal(size=(200, 5)) * scale
    w = np.linalg.solve(X.T @ X + %(c)d * np.eye(5), X.T @ X[:, 0])
    return "tok-%%d-%%d, %%s" %% (%(number)d * 7919 %% 100003, round(scale * 1000), np.round(w, 4))'''
GAP = '''def gap():
    """softmax の傾きを、差分と比べた差。"""
    z = np.random.default_rng(%(number)d).normal(size=(50, 4))
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    total = lambda z: np.log(np.exp(z).sum(axis=1))
    steps = 1e-5 * np.eye(4)
    slopes = [(total(z + step) - total(z - step)) / 2e-5 for step in steps]
    return "%%.0e より小さい" %% (10 * max(1e-9, np.abs(p - np.transpose(slopes)).max()))'''
PLOT = '''def plot(ax):
    """雑音のある点と、もとの曲線。"""
    rng = np.random.default_rng(%(number)d)
    x = np.linspace(-3, 3, 200)
    for power in range(1, 5):
        ax.plot(x, np.tanh(power * x / %(c)d), label="k = %%d" %% power)
    ax.scatter(rng.uniform(-3, 3, 60), rng.normal(size=60) / 4, s=9)
    ax.set(xlabel="x", ylabel="tanh(k x / %(c)d)")
    ax.legend(loc="upper left")'''


@dataclass(frozen=True)
class Page:
    """一ページ。paragraphs は文中の式を $…$ で書いた文、token は走らせたページにだけ現れる番号。"""

    number: int
    folder: str
    name: str
    title: str
    paragraphs: tuple
    formulas: tuple
    fit: str
    gap: str
    plot: str

    @property
    def path(self):
        return f"{self.folder}/{self.name}"

    def token(self, scale=1000):
        """コードの scale を scale / 1000 にして走らせたときの出力の頭。"""
        return f"tok-{self.number * 7919 % 100003}-{scale},"


def pages(count):
    """count ページ。number 番めのページは、count が違っても同じになる。"""
    return [page(number) for number in range(count)]


def page(number):
    """number 番めのページ。"""
    chance, numbers = random.Random(number), {"number": number, "c": number + 2}
    spans = [f"${tex % numbers}$" for tex in chance.sample(INLINE, 2)]

    def prose(*more):
        return "\n".join([*chance.sample(PROSE, 4), *more])

    chosen = chance.sample(FORMULAS, 4)
    return Page(
        number,
        f"topic{number // 25}",
        f"p{number:04}",
        f"第 {number} 節の実験",
        (
            prose("このページは版番号 v0 の原稿です。"),
            prose(f"どの数でも {spans[0]} です。"),
            prose(f"また {spans[1]} です。"),
            prose(),
        ),
        tuple(Formula(f.name, f.tex % numbers, f.code % numbers, f.symbols) for f in chosen),
        *(code % numbers for code in (FIT, GAP, PLOT)),
    )
