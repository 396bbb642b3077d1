"""自動微分 — プログラムを 1 回たどるだけで、すべての重みの傾きを正確に求める。

数値微分は関数を 2n 回呼び、刻みの選び方で誤差が変わる。
自動微分は計算の 1 つ 1 つに微分の規則を付けるので、刻みがなく、逆向きにたどれば回数も n によらない。
"""

import numpy as np
import torch

from snippets.learning import _difference, _expression, gradient_descent
from snippets.learning._counting import calls_of, smooth
from snippets.learning._difference import EPSILON, STEPS, best
from snippets.learning._dual import Dual
from snippets.learning._multiplying import counted, from_left, from_right
from snippets.learning._value import Value

BERT_PARAMETERS = 109_514_298  # bert-base-uncased と穴埋めの出力層


# ---- 勾配の求め方と、呼び出しの回数


def one_sided_gradient(E, w, h=1e-8):
    """前進差分で求めた勾配 (n,)。E を n + 1 回呼ぶ。"""
    here = E(w)
    return np.array([(E(w + h * e) - here) / h for e in np.eye(len(w))])


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
    "数値微分（前進差分）": one_sided_gradient,
    "フォワードモード": forward_gradient,
    "リバースモード": reverse_gradient,
}


def call_counts(n):
    """METHODS の順の、呼び出しの回数の組。"""
    return tuple(float(calls_of(method, n)) for method in METHODS.values())


def disagreement(method, n=50):
    """リバースモードの勾配との差の最大値。"""
    w = np.linspace(-1, 1.2, n)
    return float(np.abs(METHODS[method](smooth, w) - reverse_gradient(smooth, w)).max())


def calls():
    """方法ごとの、関数を呼ぶ回数。"""
    sizes = (1, 10, 100)
    extra = {"リバースモード": "（と、逆に 1 回）"}
    rows = [
        (name, *(f"{calls_of(method, n)} 回{extra.get(name, '')}" for n in sizes)) for name, method in METHODS.items()
    ]
    return ("方法", *(f"重み {n} 個" for n in sizes)), rows


def hours(n, milliseconds):
    """n 個の重みを中心差分で微分するのにかかる時間。milliseconds: 順伝播 1 回の時間。"""
    return 2 * n * milliseconds / 1000 / 3600


# ---- 数値微分の誤差


def forward_difference(x, f, h):
    """前進差分。x: 微分する点、f: 数 → 数、h: 刻み。h が 0 なら ValueError。"""
    if h == 0:
        raise ValueError("h は 0 以外にする: h = 0")
    return (f(x + h) - f(x)) / h


def central_difference(x, f, h):
    """中心差分。引数は forward_difference と同じ。"""
    return (forward_difference(x, f, h) + forward_difference(x, f, -h)) / 2


def complex_step(x, f, h):
    """複素数の刻み ih で動かしたときの、虚部 / h。f: 複素数 → 複素数。"""
    return float(np.imag(f(complex(x, h))) / h)


def complex_cube(x, h):
    """x³ の複素数の刻みによる傾き。"""
    return complex_step(x, lambda z: z * z * z, h)


def forward_budget(h, varepsilon):
    """前進差分の相対誤差の見こみ。丸めと打ち切りの和。"""
    return (4 * varepsilon + h * h) / (2 * h)


def central_budget(h, varepsilon):
    """中心差分の相対誤差の見こみ。"""
    return (6 * varepsilon + h**3) / (6 * h)


def central_best(varepsilon):
    """中心差分の見こみが最小になる刻み。"""
    return float(np.cbrt(3 * varepsilon))


def budget_table():
    """見こみの底と、実際に測った底。"""
    (h_1, e_1), (h_2, e_2) = best(forward_difference), best(central_difference)
    q_1, q_2 = 2 * np.sqrt(EPSILON), central_best(EPSILON)
    rows = [("前進差分", q_1, forward_budget(q_1, EPSILON), h_1, e_1)]
    rows.append(("中心差分", q_2, central_budget(q_2, EPSILON), h_2, e_2))
    return ("", "見こみの底の刻み", "見こみの誤差", "測った底の刻み", "測った誤差"), rows


# ---- 二重数


def dual_matrix(a, b):
    """二重数 a + bε を表す行列 (2, 2)。"""
    return a * np.eye(2) + b * np.eye(2, k=1)


def complex_matrix(a, b):
    """複素数 a + bi を表す行列 (2, 2)。"""
    return a * np.eye(2) + b * np.array([[0, -1], [1, 0]])


def dual_product(a, b, c, d):
    """Dual どうしの積の、値と傾き (2,)。"""
    product = Dual(a, b) * Dual(c, d)
    return np.array([product.value, product.slope])


def dual_quotient(a, b, c, d):
    """Dual どうしの商の、値と傾き (2,)。"""
    quotient = Dual(a, b) / Dual(c, d)
    return np.array([quotient.value, quotient.slope])


# ---- ヤコビ行列とのかけ算


def layer_sum(A, w):
    """z。A: (m, n)、w: (n,) → (m,)。"""
    return np.einsum("ij,j->i", A, w)


def layer(z, f):
    """y。z: (m,) → (m,)。"""
    return f(z)


def _of_layer(A, f):
    matrix = torch.tensor(A)
    return lambda w: f(matrix @ w)


def jacobian(A, w, f):
    """ヤコビ行列 J (m, n)。リバースモードで 1 行ずつ求める。"""
    return torch.autograd.functional.jacobian(_of_layer(A, f), torch.tensor(w))


def jvp(A, w, v, f):
    """J v (m,)。二重数を 1 回流す。"""
    return np.array([out.slope for out in f(np.array([Dual(*pair) for pair in zip(A @ w, A @ v, strict=True)]))])


def vjp(A, w, s, f):
    """J の転置と s の積 (n,)。PyTorch のリバースモードを 1 回。"""
    leaf = torch.tensor(w, requires_grad=True)
    return torch.autograd.grad(_of_layer(A, f)(leaf), leaf, torch.tensor(s))[0]


def matrix_first(m, k, n):
    """(PQ)v のかけ算の回数。P: (m, k)、Q: (k, n)、v: (n, 1)。"""
    return counted(from_left, (m, k), (k, n), (n, 1))


def vector_first(m, k, n):
    """P(Qv) のかけ算の回数。"""
    return counted(from_right, (m, k), (k, n), (n, 1))


def chain_from_exit(n, K):
    """横ベクトル 1 個と n×n の行列 K 個の積を、左からかけたときのかけ算の回数。"""
    return counted(from_left, (1, n), *[(n, n)] * K)


def chain_from_entrance(n, K):
    """同じ積を、右からかけたときのかけ算の回数。"""
    return counted(from_right, (1, n), *[(n, n)] * K)


def order_table():
    """層の幅と段数ごとの、かけ算の回数。"""
    rows = [(n, K, chain_from_exit(n, K), chain_from_entrance(n, K)) for n, K in ((4, 3), (10, 3), (20, 5), (40, 5))]
    rows = [(n, K, f"{few:,.0f}", f"{many:,.0f}", f"{many / few:.1f} 倍") for n, K, few, many in rows]
    return ("層の幅 n", "段数 K", "出口から", "入口から", "比"), rows


# ---- 逆にたどる代金


def chain_program(x, k):
    """y ← 4y(1 − y) を k 回。"""
    for _ in range(k):
        x = 4.0 * (x * (1.0 + -1.0 * x))
    return x


def work(k):
    """chain_program を Value で動かしたときの、(順伝播の計算の数, 逆向きのかけ算の数, 覚えている数の個数)。"""
    trace = chain_program(Value(0.3), k).trace()
    made = [node for node in trace if node.parents]
    return len(made), sum(len(node.parents) for node in made), len(trace)


def work_table():
    """くり返しの回数ごとの、計算の数と、覚えておく数。"""
    rows = [(k, *work(k), 2) for k in (1, 10, 100)]
    headers = ("くり返し", "順伝播の計算", "逆向きのかけ算", "リバースモードが覚える数", "フォワードモードが覚える数")
    return headers, rows


def swell(k):
    """k 回くり返した式の大きさと、数式処理で求めた導関数の式の大きさ。"""
    tree = _expression.logistic(k)
    return _expression.size(tree), _expression.size(_expression.derivative(tree))


def branching(w):
    """w² + 3w を、w が 0 のときだけ別の枝で 0 として書いたもの。"""
    return 0.0 * w if w == 0 else w * w + 3 * w


def branch_table():
    """式は同じ w² + 3w なのに、0 だけ別の枝を通るプログラムの傾き。"""
    rows = []
    for x in (-1.0, 0.0, 1.0):
        slope = reverse_gradient(lambda w: branching(w[0]), np.array([x]))[0]
        rows.append((x, 2 * x + 3, float(slope)))
    return ("w", "w² + 3w の傾き", "枝のあるプログラムの傾き"), rows


def plot(ax):
    """勾配を 1 つ求めるために、誤差関数を呼んだ回数。リバースモードだけが、重みの個数によらない。"""
    n = [1, 10, 100]
    for (name, method), style in zip(METHODS.items(), ("C3s--", "C1v-.", "C2^:", "C0o-"), strict=True):
        ax.loglog(n, [calls_of(method, k) for k in n], style, label=name)
    ax.set(xlabel="重みの個数", ylabel="呼んだ回数")
    ax.legend()


def plot_errors(ax):
    """eˣ の x = 1 での傾きの誤差。細い線は見こみ B と G。底の左では丸めが、右では打ち切りが効く。誤差 0 は下端。"""
    forward = (forward_difference, forward_budget, "C2^", "前進差分")
    central = (central_difference, central_budget, "C3s", "中心差分")
    for difference, budget, style, name in (forward, central):
        ax.loglog(STEPS, np.maximum(_difference.errors(difference), 1e-17), style, ms=4, label=name)
        ax.loglog(STEPS, [budget(h, EPSILON) for h in STEPS], style[:2] + "-", lw=0.8)
    ax.loglog(STEPS, np.maximum(_difference.errors(complex_step), 1e-17), "C0o:", ms=3, label="複素数の刻み")
    ax.axhline(2.0**-52, color="C1", ls="--", lw=1, label="float64 の間隔")
    ax.set(xlabel="刻み h", ylabel="相対誤差", ylim=(1e-17, 10))
    ax.legend(fontsize=8, ncols=2)


def plot_swell(ax):
    """くり返しの回数と大きさ。導関数の式は指数の速さで膨らみ、自動微分の計算は比例して増えるだけである。"""
    k = np.arange(1, 9)
    sizes = np.array([swell(int(i)) for i in k]).T
    ax.semilogy(k, sizes[1], "C3s--", label="導関数の式（数式処理）")
    ax.semilogy(k, sizes[0], "C2^:", label="もとの式")
    ax.semilogy(k, [sum(work(int(i))[:2]) for i in k], "C0o-", label="自動微分の計算（行きと帰り）")
    ax.set(xlabel="くり返しの回数", ylabel="大きさ、回数")
    ax.legend()
