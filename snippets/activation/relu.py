"""ReLU（ランプ関数）— 正の数はそのまま通し、負の数は 0 にする。

正の側では傾きがいつも 1 なので、層を重ねても勾配が小さくならない。
その代わり、0 では微分できず、負の側では傾きが 0 なので、どのデータにも働かない「死んだ」ユニットが生まれる。
"""

import functools

import numpy as np

from snippets.activation.sigmoid import sigmoid


def relu(x):
    """ReLU(x) を返す。x: 任意の形 → 同じ形。np.max ではなく np.maximum を使う。"""
    return np.maximum(0, x)


def derivative(x, at_zero=0.0):
    """ReLU'(x) を返す。x: 任意の形 → 同じ形の 0 か 1。0 での値 at_zero は約束で、[0, 1] の外なら ValueError。"""
    if not 0 <= at_zero <= 1:
        raise ValueError(f"at_zero は 0 以上 1 以下にする。受け取ったのは {at_zero}")
    return np.heaviside(x, at_zero)


def leaky(x, alpha):
    """Leaky ReLU。x: 任意の形 → 同じ形。負の側にも傾き alpha を残す。alpha が (0, 1) の外なら ValueError。"""
    if not 0 < alpha < 1:
        raise ValueError(f"alpha は 0 より大きく 1 より小さくする。受け取ったのは {alpha}")
    return np.where(np.asarray(x) > 0, 1.0, alpha) * x


def support(x, s):
    """0 を通る傾き s の直線。x, s: 数か、形の合う配列。"""
    return np.multiply(s, x)


def is_subgradient(s):
    """傾き s の直線が、0 の左でも右でも ReLU を上回らないか。左の傾き 0 と右の傾き 1 の中点からのずれで決まる。"""
    return bool(abs(2 * s - 1) <= 1)


def outputs(v, w, b):
    """データ v を 1 件ずつ受けたユニットの出力。v: (N,)、w, b: 数 → (N,)。"""
    return relu(np.polyval([w, b], v))


def alive(v, w, b):
    """出力が正になるデータの件数。v: (N,)、w, b: 数 → 数。傾き 0 か 1 の和で数える。"""
    return float(np.sum(derivative(np.polyval([w, b], v))))


def gradients_at_zero():
    """PyTorch の書き方ごとの、0 での勾配。→ 書き方から数への辞書。"""
    import torch  # 読みこみに時間がかかるので、使うときに

    zeros, where = torch.zeros(()), torch.where
    ways = {
        "torch.relu(x)": torch.relu,
        "torch.where(x > 0, x, 0 * x)": lambda x: where(x > 0, x, 0 * x),
        "(x + x.abs()) / 2": lambda x: (x + x.abs()) / 2,
        "torch.maximum(x, zeros)": lambda x: torch.maximum(x, zeros),
        "x.clamp(min=0)": lambda x: x.clamp(min=0),
    }
    found = {}
    for name, f in ways.items():
        x = torch.tensor(0.0, requires_grad=True)
        f(x).backward()
        found[name] = x.grad.item()
    return found


@functools.cache
def trained(rho=0.3, runs=100, steps=300, seed=0):
    """2-4-2-1 の網を runs 通りの初期値から学習させる。→ (正解率, 2 つめの隠れ層の死んだユニットの数)、ともに (runs,)。

    データは (2, 2) と (−2, −2) を中心とする 2 つの山で、あわせて 40 点。直線 1 本で分けられる。
    重みは分散 2/n の正規乱数（He の初期化）、バイアスは 0、損失は交差エントロピー、学習率は rho。
    どのデータにも 0 を返すユニットを、死んだものと数える。
    """
    rng = np.random.default_rng(seed)
    t = np.arange(40) % 2
    x = (4 * t - 2) + rng.normal(0, 0.7, (2, 40))
    weights = [rng.normal(0, (2 / n) ** 0.5, (runs, m, n)) for n, m in ((2, 4), (4, 2), (2, 1))]
    biases = [np.zeros((*w.shape[:2], 1)) for w in weights]
    for _ in range(steps):
        z, a = _forward(x, weights, biases)
        delta = (sigmoid(z[-1]) - t) / t.size
        for k in (2, 1, 0):
            back = np.swapaxes(weights[k], 1, 2) @ delta
            weights[k] -= rho * delta @ np.swapaxes(a[k], -1, -2)
            biases[k] -= rho * delta.sum(-1, keepdims=True)
            delta = back * derivative(z[k - 1]) if k else None
    z, a = _forward(x, weights, biases)
    return ((z[-1][:, 0] > 0) == t).mean(-1), (a[2] == 0).all(-1).sum(-1)


def _forward(x, weights, biases):
    """重み付き和の並び z と、入力に始まる出力の並び a。"""
    z, a = [], [x]
    for w, b in zip(weights, biases, strict=True):
        z.append(w @ a[-1] + b)
        a.append(relu(z[-1]))
    return z, a


def conventions():
    """書き方ごとの、0 での勾配。"""
    return ("書き方", "0 での勾配"), list(gradients_at_zero().items())


def deaths():
    """学習率ごとの、死んだユニットの数の内訳と、学習に失敗した回数。"""
    rows = []
    for rho in (0.1, 1.0, 3.0):
        accuracy, dead = trained(rho)
        rows.append((rho, *(int((dead == k).sum()) for k in (0, 1, 2)), int((accuracy < 0.99).sum())))
    return ("学習率", "0 個", "1 個", "2 個", "失敗"), rows


def plot(ax):
    """ReLU のグラフ（実線）と傾き（破線）。平らな道から上り坂（ramp）へ入る形をしている。"""
    x = np.array([-3.0, 0.0, 3.0])
    ax.fill_between(x, relu(x), -0.25, color="C0", alpha=0.12, hatch="//", lw=0)
    ax.plot(x, relu(x), "C0-", lw=2.4, label="ReLU(x)")
    ax.plot([-3, 0], [0, 0], "C1--", label="ReLU′(x)")
    ax.plot([0, 3], [1, 1], "C1--")
    ax.plot(0, 0, "o", color="C1", label="0 での傾きは約束")
    ax.plot(0, 1, "o", color="C1", mfc="none")
    ax.text(2.1, 2.2, "上り坂", rotation=36, ha="center", va="bottom")
    ax.set(xlabel="x", ylabel="値と傾き", ylim=(-0.25, 3.1))
    ax.legend(loc="upper left")


def plot_secants(ax):
    """ReLU を 0 で下から支える直線。傾きが 0 から 1 までなら、どの直線も ReLU を上回らない。"""
    x = np.array([-2.0, 0.0, 2.0])
    ax.fill_between(x, np.minimum(0, x), relu(x), color="C1", alpha=0.15, lw=0)
    for slope, style in ((0.0, ":"), (1.0, "-.")):
        ax.plot(x, support(x, slope), "C1", ls=style, lw=1.2, label=f"傾き {slope:g}")
    ax.plot(x, support(x, 0.5), "C1--", lw=2, label="はじめは傾き 0.5", gid="activation.relu.support")
    ax.plot(x, relu(x), "C0-", lw=2.4, label="ReLU(x)")
    ax.set(xlabel="x", ylabel="高さ", aspect="equal", ylim=(-2.2, 2.2))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))


def plot_outputs(ax):
    """9 件のデータを受けるユニットの出力。横に並べた数は入力で、棒のないデータでは働いていない。"""
    v = np.linspace(-2, 2, 9)
    places = np.arange(1, len(v) + 1)
    ax.vlines(places, 0, outputs(v, 1.0, 0.0), "C0", lw=18, gid="activation.relu.outputs")
    ax.set_xticks(places, [f"{x:g}".replace("-", "−") for x in v])
    ax.set(xlabel="入力 v", ylabel="出力", xlim=(0.4, 9.6), ylim=(-0.2, 5))


def plot_leaky(ax):
    """Leaky ReLU（実線）と ReLU（点線）。負の側の傾きは、はじめは 0.1。"""
    x = np.linspace(-4, 2, 121)
    ax.plot(x, relu(x), "C2:", lw=2, label="ReLU(x)")
    ax.plot(x, leaky(x, 0.1), "C0-", lw=2, label="LeakyReLU(x)", gid="activation.relu.leaky")
    ax.set(xlabel="x", ylabel="値", ylim=(-3.8, 2.2))
    ax.legend(loc="upper left")


def plot_dead(fig):
    """同じ 40 点のデータを受ける、生きたユニットと死んだユニット。横は重み付き和、縦は出力。"""
    fig.set_size_inches(7.2, 2.8)
    data = np.random.default_rng(0).normal(0, 2, 40)
    for ax, w, b, title in zip(
        fig.subplots(1, 2, sharey=True), (1.0, 0.6), (0.0, -5.0), ("生きている", "死んでいる"), strict=True
    ):
        z = w * data + b
        ax.plot([-10, 0, 5], [0, 0, 5], "C0-")
        ax.plot(z[z > 0], relu(z[z > 0]), "C2o", ms=5, label="傾き 1")
        ax.plot(z[z <= 0], relu(z[z <= 0]), "C1x", ms=6, label="傾き 0")
        ax.set(xlabel="重み付き和 z", ylabel="出力", title=title)
        ax.legend(loc="upper left")
