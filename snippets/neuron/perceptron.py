"""パーセプトロン — 間違えたときだけ、正解の側へ重みを 1 歩動かす。

出力は 0 か 1 なので傾きがなく、勾配降下法は使えない。
それでもローゼンブラットの規則は、線形分離できるデータなら有限回の修正で止まる。
何回で止まるかの上限は、データの大きさと余裕だけで決まる。
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import nnls

from snippets.activation.step import step
from snippets.neuron import bias_w0
from snippets.neuron.bias_w0 import augment, boundary_2d

POINTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TARGETS = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "NAND": (1, 1, 1, 0), "XOR": (0, 1, 1, 0)}
EVENTS = (
    (1943, "マカロックとピッツ — 閾値素子で論理を組む"),
    (1957, "ローゼンブラット — 技術報告"),
    (1958, "ローゼンブラット — 学術誌の論文"),
    (1960, "ウィドローとホフ — ADALINE"),
    (1962, "ノヴィコフ — 止まることの証明"),
    (1969, "ミンスキーとパパート — 『Perceptrons』"),
    (1986, "ラメルハート、ヒントン、ウィリアムズ — 逆伝播"),
)


class History(NamedTuple):
    """学習の記録。

    errors: 一巡ごとの間違いの数。path: 修正のたびの重み (更新の回数+1, n+1)。seen: 直した点の番号。
    """

    errors: list
    path: np.ndarray
    seen: list

    @property
    def w(self):
        """最後の重み (n+1,)。0 番がバイアス。"""
        return self.path[-1]

    @property
    def updates(self):
        """更新の回数。"""
        return len(self.seen)

    @property
    def converged(self):
        """最後の一巡を間違えずに終えたか。"""
        return self.errors[-1] == 0


def output(w, x):
    """単純パーセプトロンの出力 y。w, x: (n,) → 0 か 1。バイアスは w に、対応する 1 は x に含める。"""
    return float(step(np.vdot(w, x)))


def update(w, x, t, rho=1.0):
    """学習則を 1 回当てた重み。w, x: (n,)、t: 0 か 1。当たっていれば動かさない。t がほかの値なら ValueError。"""
    if t not in (0, 1):
        raise ValueError(f"t は 0 か 1 にする: t = {t}")
    if output(w, x) == t:
        return np.array(w, dtype=float)
    return w + rho * np.asarray(x) if t else w - rho * np.asarray(x)


def fit(X, t, rho=1.0, max_epochs=100):
    """重み 0 から始め、間違いがなくなるまで上から順に一巡を繰り返す。X: (N, n)、t: (N,) の 0 か 1 → History。

    形や値が違えば ValueError。max_epochs 巡しても終わらなければ、そこまでの記録を返す。
    """
    rows, t = augment(X), np.asarray(t)
    if t.shape != rows.shape[:1]:
        raise ValueError(f"t の長さは X の行の数にする。受け取った形は {rows[:, 1:].shape} と {t.shape}")
    path, seen, errors = [np.zeros(rows.shape[1])], [], []
    for _ in range(max_epochs):
        before = len(seen)
        for k, (x, target) in enumerate(zip(rows, t, strict=True)):
            if output(path[-1], x) != target:
                path.append(update(path[-1], x, target, rho))
                seen.append(k)
        errors.append(len(seen) - before)
        if errors[-1] == 0:
            break
    return History(errors, np.array(path), seen)


def line(p, w):
    """境界線の、横の位置 p での高さ。w: (3,)、0 番がバイアス。w_2 が 0 なら高さは決まらず、nan か無限大。"""
    return bias_w0.line(p, w[1:], w[0])


def predict(X, w):
    """X: (N, n)、w: (n+1,) → (N,) の 0 か 1。"""
    return step(augment(X) @ w)


def radius(X):
    """原点からいちばん遠い点までの距離 R。X: (N, n)。"""
    return float(np.linalg.norm(X, axis=1).max())


def margin(X, u, s):
    """長さ 1 のベクトル u が分ける余裕 γ。X: (N, n)、u: (n,)、s: (N,) の ±1。"""
    return float((s * (X @ u)).min())


def best_direction(X, s):
    """余裕がいちばん大きい、長さ 1 のベクトル。X: (N, n)、s: (N,) の ±1 → (n,)。分けられなければ ValueError。

    余裕を 1 以上に保ったまま長さを最小にする問題で、非負最小二乗に直せる（Lawson と Hanson の最小距離計画）。
    """
    rows = np.asarray(s)[:, np.newaxis] * X
    system = np.r_[rows.T, np.ones((1, len(rows)))]
    goal = np.r_[np.zeros(rows.shape[1]), 1]
    residual = system @ nnls(system, goal)[0] - goal
    if np.linalg.norm(residual) < 1e-9:
        raise ValueError("原点を通る超平面では分けられないので、余裕が決まらない")
    w = -residual[:-1] / residual[-1]
    return w / np.linalg.norm(w)


def within_bound(k, R, gamma):
    """更新の回数 k がノヴィコフの上限に収まるか。R, gamma: 正の数。"""
    return bool(k * gamma**2 <= R**2)


def novikoff_bound(X, t):
    """更新の回数の上限 (R/γ)²。X: (N, n)、t: (N,) の 0 か 1。入力の先頭に 1 を足した空間で測る。"""
    rows, s = augment(X), 2 * np.asarray(t) - 1
    return (radius(rows) / margin(rows, best_direction(rows, s), s)) ** 2


def learn(name, rho=1.0):
    """論理関数 name を学習した記録。POINTS を 00, 01, 10, 11 の順に見せる。"""
    return fit(POINTS, TARGETS[name], rho)


def learning_table(*names):
    """学習の結果と、更新の回数の上限。(見出し, 行)。"""
    rows = []
    for name in names:
        history = learn(name)
        if history.converged:
            weights, bound = _numbers(history.w), round(novikoff_bound(POINTS, TARGETS[name]))
            errors = ", ".join(map(str, history.errors))
        else:
            weights, bound = "止まらない", "なし"
            errors = ", ".join(map(str, history.errors[:6])) + ", …"
        rows.append((name, weights, errors, history.updates, bound))
    return ("関数", "(w₀, w₁, w₂)", "一巡ごとの間違い", "更新の回数", "上限 (R/γ)²"), rows


def steps():
    """AND の学習を 1 点ずつ。行は、見せた回数の順に、重み w と、その回に起きたことの文 text。"""
    w = np.zeros(3)
    rows = [{"w": w.tolist(), "text": "まだ何も見せていません。重みは (0, 0, 0) です。"}]
    while len(rows) <= 4 * len(learn("AND").errors):
        k = (len(rows) - 1) % 4
        x, t = augment(POINTS)[k], TARGETS["AND"][k]
        y, w = int(output(w, x)), update(w, x, t)
        text = f"{len(rows)} 回め: 点 {_numbers(x[1:])} の出力 {y}、正解 {t}。"
        text += "当たりなので動かしません。" if y == t else f"外れなので、重みは {_numbers(w)} に変わりました。"
        rows.append({"w": w.tolist(), "text": text})
    return rows


def steps_table(name, count):
    """はじめの count 回の提示で起きること。(見出し, 行)。"""
    w, rows = np.zeros(3), []
    for k in range(count):
        x, t = augment(POINTS)[k % 4], TARGETS[name][k % 4]
        after = update(w, x, t)
        y = int(output(w, x))
        rows.append((_numbers(x[1:]), _numbers(w), f"{w @ x:g}", y, t, _numbers(after) if y != t else "そのまま"))
        w = after
    return ("(x₁, x₂)", "(w₀, w₁, w₂)", "z", "y", "t", "新しい重み"), rows


def plot(fig):
    """AND の学習。10 回の修正のあとの境界線を順に並べる。塗った側が 1、輪で囲んだのがその回に直した点。"""
    fig.set_size_inches(7.2, 3.6)
    history = learn("AND")
    for k, ax in enumerate(fig.subplots(2, 5).ravel(), 1):
        w = history.path[k]
        _draw_boundary(ax, w)
        one = np.array(TARGETS["AND"]) == 1
        ax.plot(*POINTS[one].T, "o", color="C0", ms=7)
        ax.plot(*POINTS[~one].T, "o", color="C0", ms=7, mfc="none")
        ax.plot(*POINTS[history.seen[k - 1]], "o", color="C1", ms=13, mfc="none")
        ax.set_title(f"{k} 回目 {_numbers(w)}", size="small")
        ax.set(xlim=(-0.6, 1.6), ylim=(-0.6, 1.6), xticks=(0, 1), yticks=(0, 1), aspect="equal")
        ax.grid(visible=False)
        ax.label_outer()
    fig.supxlabel("$x_1$")
    fig.supylabel("$x_2$")


def plot_steps(ax):
    """AND の 4 点と、学習の終わりの境界線（破線）。塗りの丸が、1 と答えるべき点。"""
    p = np.linspace(-0.6, 1.6, 23)
    ax.plot(p, [line(x, learn("AND").w) for x in p], "C1--", label="境界線", gid="neuron.perceptron.line")
    one = np.array(TARGETS["AND"]) == 1
    ax.plot(*POINTS[one].T, "o", color="C0", ms=9, label="正解が 1")
    ax.plot(*POINTS[~one].T, "o", color="C0", ms=9, mfc="none", label="正解が 0")
    ax.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(-0.6, 1.6), ylim=(-0.6, 1.6), aspect="equal")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))


def plot_errors(ax):
    """一巡ごとの間違いの数。いったん増えても、分けられる 3 つの関数では 0 になって止まる。"""
    for name, style, size in (("AND", "C0o-", 9), ("OR", "C2s--", 5), ("NAND", "C1^:", 5)):
        errors = learn(name).errors
        ax.plot(range(1, len(errors) + 1), errors, style, ms=size, mfc="none", label=name)
    ax.set(xlabel="何巡目か", ylabel="間違えた点の数", xticks=range(1, 7), yticks=range(5))
    ax.legend()


def plot_timeline(fig):
    """パーセプトロンをめぐる年表。縦の間隔は年の間隔に合わせてある。"""
    fig.set_size_inches(6, 4)
    ax = fig.subplots()
    years = [year for year, _ in EVENTS]
    ax.plot(np.zeros(len(years)), years, "C0o-")
    heights = (1943, 1954.6, 1957.2, 1959.8, 1962.4, 1969, 1986)  # 文字が重ならないようにずらした高さ
    for (year, text), height in zip(EVENTS, heights, strict=True):
        ax.plot([0, 0.5, 0.9], [year, height, height], "C0:", linewidth=1)
        ax.text(1, height, f"{year}  {text}", va="center")
    ax.set(xlim=(-0.2, 8), ylim=(1988, 1941))
    ax.set_axis_off()


def _numbers(values):
    return "(" + ", ".join(f"{v:g}".replace("-", "−") for v in values) + ")"


def _draw_boundary(ax, w):
    """境界線を引き、1 と答える側を薄く塗る。"""
    edge = (-0.6, 1.6)
    x_1, x_2 = np.meshgrid(edge, edge)
    z = w[0] + w[1] * x_1 + w[2] * x_2
    if z.max() > 0:
        ax.contourf(x_1, x_2, z, levels=[0, z.max() + 1], colors=["C0"], alpha=0.15)
    if np.any(w[1:]):
        ax.plot(*boundary_2d(w[1:], w[0], edge).T, "C1--")
