"""自動微分 — プログラムを 1 回たどるだけで、すべての重みの傾きを正確に求める。

数値微分は関数を 2n 回呼び、刻みの選び方で誤差が変わる。
自動微分は計算の 1 つ 1 つに微分の規則を付けるので、刻みがなく、逆向きにたどれば回数も n によらない。
"""

import functools

import numpy as np

from snippets.learning import gradient_descent
from snippets.learning._dual import Dual

BERT_PARAMETERS = 109_514_298  # bert-base-uncased と穴埋めの出力層
STEPS = 10.0 ** np.arange(-15, 0.01, 0.5)


class Counter:
    """呼ばれた回数を数える関数。"""

    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, *args):
        self.calls += 1
        return self.function(*args)


def forward_difference(x, f, h):
    """前進差分。x: 微分する点、f: 数 → 数、h: 刻み。h が 0 なら ValueError。"""
    if h == 0:
        raise ValueError("h は 0 以外にする: h = 0")
    return (f(x + h) - f(x)) / h


def central_difference(x, f, h):
    """中心差分。引数は forward_difference と同じ。"""
    return (forward_difference(x, f, h) + forward_difference(x, f, -h)) / 2


def numeric_gradient(E, w, h=1e-5):
    """中心差分で求めた勾配 (n,)。E を 2n 回呼ぶ。"""
    return np.array([(E(w + h * e) - E(w - h * e)) / (2 * h) for e in np.eye(len(w))])


def directional(E, w, v):
    """w から v の向きへ動いたときの E の傾き（数）。フォワードモードで、E を 1 回呼ぶ。"""
    return float(E(np.array([Dual(*pair) for pair in zip(w, v, strict=True)])).slope)


def forward_gradient(E, w):
    """フォワードモードで求めた勾配 (n,)。向きを 1 つずつ変え、E を n 回呼ぶ。"""
    return np.array([directional(E, w, e) for e in np.eye(len(w))])


def reverse_gradient(E, w):
    """リバースモードで求めた勾配 (n,)。E を 1 回呼び、逆向きに 1 回たどる。"""
    return gradient_descent.gradient(E, w)


METHODS = {
    "数値微分（中心差分）": numeric_gradient,
    "フォワードモード": forward_gradient,
    "リバースモード": reverse_gradient,
}


def smooth(w):
    """試すための誤差関数。NumPy、二重数、PyTorch のどれでも計算できる。"""
    s = (w * w * w - w).sum()
    return s / (1 + s * s)


@functools.cache
def count(method, n):
    """n 個の重みの勾配を求めるのに、誤差関数を呼んだ回数。"""
    counter = Counter(smooth)
    METHODS[method](counter, np.linspace(-1, 1, n))
    return counter.calls


def disagreement(method, n=50):
    """リバースモードの勾配との差の最大値。"""
    w = np.linspace(-1, 1.2, n)
    return float(np.abs(METHODS[method](smooth, w) - reverse_gradient(smooth, w)).max())


def calls():
    """方法ごとの、関数を呼ぶ回数。"""
    sizes = (1, 10, 100)
    extra = {"リバースモード": "（と、逆に 1 回）"}
    rows = [(name, *(f"{count(name, n)} 回{extra.get(name, '')}" for n in sizes)) for name in METHODS]
    return ("方法", *(f"重み {n} 個" for n in sizes)), rows


def days(n, milliseconds):
    """n 個の重みを中心差分で微分するのにかかる日数。milliseconds: 順伝播 1 回の時間。"""
    return 2 * n * milliseconds / 1000 / 86400


def errors(difference):
    """e^x の x = 1 での傾きについての、刻み STEPS ごとの相対誤差。"""
    return np.array([abs(difference(1.0, np.exp, h) / np.e - 1) for h in STEPS])


def best(difference):
    """誤差が最小になる (刻み, その相対誤差)。"""
    found = errors(difference)
    return float(STEPS[found.argmin()]), float(found.min())


def plot(fig):
    """左は勾配を求めるために関数を呼ぶ回数。右は差分の刻みと誤差で、小さくしすぎると桁落ちで誤差が戻ってくる。"""
    fig.set_size_inches(7.2, 3.3)
    left, right = fig.subplots(1, 2)
    n = [1, 10, 100]
    for name, style in zip(METHODS, ("C3s--", "C2^:", "C0o-"), strict=True):
        left.loglog(n, [count(name, k) for k in n], style, label=name, ms=5)
    left.set(xlabel="重みの個数", ylabel="呼んだ回数")
    left.legend(fontsize=8)
    for difference, style, name in ((forward_difference, "C2--", "前進差分"), (central_difference, "C3-", "中心差分")):
        right.loglog(STEPS, np.maximum(errors(difference), 1e-16), style, label=name)
    right.axhline(2.0**-52, color="C0", ls=":", label="float64 の限界")
    right.set(xlabel="刻み h", ylabel="相対誤差", xticks=(1e-15, 1e-10, 1e-5, 1), yticks=(1e-15, 1e-10, 1e-5, 1))
    right.legend(fontsize=8)
