"""勾配降下法 — 坂の傾きを計算し、下る向きへ学習率の分だけ動く。

重みの良し悪しを 1 つの数（誤差関数 E）で測れば、学習は「E を小さくする重みを探す」問題になる。
傾きがわかれば、どちらへ動かせば E が減るかは、試さなくてもわかる。
"""

import functools
import itertools

import numpy as np
import torch

CURVATURE = np.array([1.0, 25.0])  # 谷の曲がり方。w_2 の向きが 25 倍きつい
START = np.array([1.0, 1.0])


def gradient(E, w):
    """E の勾配。E: テンソル (n,) → スカラー、w: (n,) → (n,)。PyTorch の自動微分による。"""
    leaf = torch.tensor(np.asarray(w, dtype=float), requires_grad=True)
    return torch.autograd.grad(E(leaf), leaf)[0].numpy()


def step(w, E, rho):
    """勾配降下法の 1 歩。n 個の成分を一度に動かす。w: (n,)、E: テンソル (n,) → スカラー → (n,)。"""
    return w - rho * gradient(E, w)


def update(w, slope, rho):
    """傾き slope がわかっているときの 1 歩。w, slope: 同じ形 → 同じ形。形が違えば ValueError。"""
    if np.shape(w) != np.shape(slope):
        raise ValueError(f"w と slope は同じ形にする。受け取った形は {np.shape(w)} と {np.shape(slope)}")
    return np.subtract(w, np.multiply(rho, slope))


def gradient_descent(slope, w, rho, steps):
    """steps 歩の道すじ (steps + 1, n)。slope: w → 勾配。rho: 数、または歩の番号 k → 数。

    重みが有限でなくなれば FloatingPointError（発散）。
    """
    rate = rho if callable(rho) else lambda k: rho
    path = [np.asarray(w, dtype=float)]
    for k in range(steps):
        with np.errstate(over="ignore", invalid="ignore"):
            path.append(update(path[-1], slope(path[-1]), rate(k)))
        if not np.all(np.isfinite(path[-1])):
            raise FloatingPointError(f"{k + 1} 歩目で重みが有限でなくなった。学習率 rho を小さくする: rho = {rate(k)}")
    return np.stack(path)


def mse(y, t):
    """平均二乗誤差。y, t: (N,) → スカラー。形が違えば ValueError（(N,) と (N, 1) は N×N に広がってしまう）。"""
    if np.shape(y) != np.shape(t):
        raise ValueError(f"y と t は同じ形にする。受け取った形は {np.shape(y)} と {np.shape(t)}")
    return float(np.mean(np.square(np.subtract(y, t))))


def mse_gradient(X, w, t):
    """線形モデル Xw の平均二乗誤差の、w についての勾配。X: (N, n)、w: (n,)、t: (N,) → (n,)。"""
    inputs, targets = torch.tensor(X), torch.tensor(t)
    return gradient(lambda v: torch.nn.functional.mse_loss(inputs @ v, targets), w)


def delta_rule(w, x, t, rho):
    """1 件の二乗誤差の半分を下る 1 歩（ADALINE の学習則）。w, x: (n,)、t: 正解の数 → (n,)。"""
    return step(w, lambda v: (t - v @ torch.tensor(x)) ** 2 / 2, rho)


def perceptron_criterion(w, x, t):
    """パーセプトロン規準。w, x: (n,)、t: 1 か −1 → 当たりなら 0、外れなら境界からのずれ。"""
    return max(0.0, -t * float(np.dot(w, x)))


def perceptron_step(w, x, t, rho):
    """パーセプトロン規準を下る 1 歩。境界の上（内積が 0）では傾きが決まらないので ValueError。"""
    if np.dot(w, x) == 0:
        raise ValueError(f"w·x = 0 では微分できない: w = {w}, x = {x}")
    return step(w, lambda v: torch.relu(-t * (v @ torch.tensor(x))), rho)


def bowl(w, lambda_):
    """曲がり方 lambda_ の谷の高さ。w, lambda_: (n,) → スカラー。"""
    return float(np.dot(lambda_, np.square(w)) / 2)


def bowl_step(w, lambda_, rho):
    """谷での 1 歩。成分ごとに 1 − rho·lambda_ 倍するだけになる。"""
    return np.asarray(w) * (1 - rho * np.asarray(lambda_))


def is_stable(rho, lambda_max):
    """いちばんきつい向きで、1 歩ごとに谷底へ近づくか。"""
    return bool(abs(1 - rho * lambda_max) < 1)


def decayed_rate(rho_0, gamma, k):
    """k 歩目の学習率。rho_0: 最初の値、gamma: 減らす速さ、k: 0, 1, 2, …。k が負なら ValueError。"""
    if k < 0:
        raise ValueError(f"k は 0 以上にする: k = {k}")
    return rho_0 / (1 + gamma * k)


def bowl_path(rho, steps=100):
    """E = (w_1² + 25 w_2²)/2 を (1, 1) から下る道すじ (steps + 1, 2)。"""
    return gradient_descent(lambda w: CURVATURE * w, START, rho, steps)


def bowl_error(rho, steps=100):
    """その道すじの終わりの E。"""
    return bowl(bowl_path(rho, steps)[-1], CURVATURE)


def rates():
    """学習率ごとの、100 歩あとの誤差。"""
    words = {0.02: "遅い", 0.04: "順調", 0.07: "速い", 0.079: "往復が残る", 0.08: "往復したまま", 0.081: "発散"}
    rows = [(str(rho), f"{1 - 25 * rho:.4g}".replace("-", "−"), bowl_error(rho), word) for rho, word in words.items()]
    return ("学習率 ρ", "w₂ にかかる倍率 1 − 25ρ", "100 歩あとの E", "ようす"), rows


@functools.cache
def typical_slope(n, count=20000, seed=1847):
    """でたらめな向きへ動いたときの傾きの大きさの平均。勾配の長さを 1 とする。n: 次元。"""
    v = np.random.default_rng(seed).normal(size=(count, n))
    return float(np.mean(np.abs(v[:, 0]) / np.linalg.norm(v, axis=1)))  # 勾配の向きを第 1 軸にとる


def plot(ax):
    """E = 2w² を w = 1 から 3 歩。点線は接線、軸の下の矢印は学習率 0.1 の 1 歩。坂がゆるくなると歩幅も縮む。"""
    w = np.linspace(-0.4, 1.2, 200)
    ax.plot(w, 2 * w**2, "C0", lw=2)
    path = gradient_descent(lambda v: 4 * v, np.array([1.0]), 0.1, 3)[:, 0]
    for k, (here, there) in enumerate(itertools.pairwise(path)):
        tangent = np.array([here - 0.4, here + 0.15])
        ax.plot(tangent, 2 * here**2 + 4 * here * (tangent - here), "C1:", lw=1.4)
        ax.vlines(here, -0.25, 2 * here**2, "C0", linestyles="--", lw=0.8)
        ax.annotate("", (there, -0.25), (here, -0.25), arrowprops={"arrowstyle": "->", "color": "C1"})
        ax.text((here + there) / 2, -0.3, f"{k + 1} 歩目", ha="center", va="top", fontsize=8)
    ax.plot(path, 2 * path**2, "C0o")
    ax.set(xlabel="w", ylabel="E", xticks=[0, *np.round(path[:-1], 2)], ylim=(-0.6, 2.9))


def draw_bowl(ax, path, heights=(0.5, 2, 8, 30, 80), gid=None):
    """谷の等高線と、道すじ path (steps + 1, 2) と、底の星。gid: 動く道すじの、繰り返す式のラベル。"""
    angle = np.linspace(0, 2 * np.pi, 41)
    for height in heights:
        radius = np.sqrt(2 * height / CURVATURE)
        ax.plot(radius[0] * np.cos(angle), radius[1] * np.sin(angle), "C0-", lw=0.7, alpha=0.6)
    ax.plot(*path.T, "C1.-", lw=1, ms=4, gid=gid)
    ax.plot(0, 0, "C2*", ms=9)


def plot_path(ax):
    """谷 E = (w₁² + 25w₂²)/2 を (1, 1) から 40 歩。楕円は等高線、星は谷底。はじめの学習率は 0.04。"""
    draw_bowl(ax, bowl_path(0.04, 40), gid="learning.gradient_descent.bowl_step")
    ax.set(xlabel="$w_1$", ylabel="$w_2$", xlim=(-1.3, 1.4), ylim=(-2.9, 2.9))


def plot_paths(fig):
    """谷 E = (w₁² + 25w₂²)/2 を (1, 1) から 40 歩。楕円は等高線、折れ線は重みの道すじ、星は谷底。"""
    fig.set_size_inches(7.2, 5)
    for ax, rho in zip(fig.subplots(2, 2, sharex=True, sharey=True).flat, (0.02, 0.04, 0.079, 0.081), strict=True):
        draw_bowl(ax, bowl_path(rho, 40))
        ax.set(title=f"ρ = {rho}", xlim=(-1.3, 1.4), ylim=(-2.9, 2.9))
    fig.supxlabel("$w_1$")
    fig.supylabel("$w_2$")


def plot_rates(ax):
    """学習率と、100 歩あとの誤差。破線の 2/25 = 0.08 を越えたとたんに発散する。"""
    rho = np.concatenate([np.linspace(0.001, 0.0768, 120), np.linspace(0.077, 0.083, 60)])
    ax.semilogy(rho, [bowl_error(r) for r in rho], "C0", lw=2)
    ax.axvline(0.08, color="C1", ls="--")
    ax.set(xlabel="学習率 ρ", ylabel="100 歩あとの E")


def plot_directions(ax):
    """でたらめな向きへ動いたときの傾き（丸）。次元が増えると、勾配の向き（四角）に遠く及ばない。"""
    n = [1, 2, 5, 10, 20, 50, 100, 200]
    ax.loglog(n, [typical_slope(k) for k in n], "C3o--", label="でたらめな向き（平均）")
    ax.loglog(n, np.ones(len(n)), "C0s-", label="勾配の向き")
    ax.set(xlabel="重みの個数", ylabel="傾きの大きさ")
    ax.legend()
