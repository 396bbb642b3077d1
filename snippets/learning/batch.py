"""バッチサイズ — 何件のデータを見てから、重みを 1 回更新するか。

全部を見れば勾配は正確だが、1 歩が重い。
一部だけを見れば 1 歩は軽いが、勾配に雑音が混じる。その釣り合いを決める数がバッチサイズである。
"""

import functools
import itertools
import math

import numpy as np
import scipy.stats

from snippets.learning import gradient_descent
from snippets.learning._batch_runs import batches, bottom, data, errors, excess, slope, train


def losses(X, w, t):
    """1 件ごとの二乗誤差 (N,)。X: (N, n)、w: (n,)、t: (N,)。"""
    return np.square(X @ w - t)


def error(X, w, t):
    """全件の平均の誤差（スカラー）。引数は losses と同じ。"""
    return gradient_descent.mse(X @ w, t)


def gradient(X, w, t):
    """全件の平均の誤差の勾配 (n,)。引数は losses と同じ。"""
    return slope(X, w, t)


def per_sample(X, w, t):
    """1 件ごとの損失の勾配 (N, n)。行が 1 件に当たる。"""
    return np.einsum("k,ki->ki", 2 * (X @ w - t), X)


def center(a):
    """全件の平均。a: (N,) → スカラー。"""
    return math.fsum(a) / len(a)


def variance(a):
    """1 件を無作為に選んだときの分散。N で割る。a: (N,) → スカラー。"""
    return float(np.var(a))


def with_replacement(a, B):
    """重複を許して選んだ B 件の平均の分散。N の B 乗通りの選び方を残らず数える。"""
    return float(np.var([np.mean(chosen) for chosen in itertools.product(a, repeat=B)]))


def without_replacement(a, B):
    """重複なく選んだ B 件の平均の分散。すべての組み合わせを残らず数える。B が 1〜N でなければ ValueError。"""
    if not 1 <= B <= len(a):
        raise ValueError(f"B は 1 以上 N 以下にする: B = {B}, N = {len(a)}")
    return float(np.var([np.mean(chosen) for chosen in itertools.combinations(a, B)]))


def density(z, B):
    """標準正規分布に従う B 件の平均が、z だけ外れる密度。z: 任意の形 → 同じ形。"""
    return np.exp(scipy.stats.norm.logpdf(z, scale=shrink(B)))


def shrink(B):
    """B 件の平均の標準偏差。1 件の標準偏差を 1 とする。"""
    return math.exp(-math.log(B) / 2)


def floor(rho, lambda_, d):
    """学習率を変えずに回し続けたときの、重みの散らばり（2 乗の平均）。毎歩の縮みと雑音の等比級数の和。"""
    return (rho * d) ** 2 / (1 - (1 - rho * lambda_) ** 2)


def combine(g_1, g_2, B_1, B_2):
    """B_1 件と B_2 件の勾配を合わせた、全件の勾配。g_1, g_2: (n,) → (n,)。"""
    return np.average([g_1, g_2], axis=0, weights=[B_1, B_2])


def updates_per_epoch(N, B):
    """データを一巡するあいだの更新の回数。端数も 1 回に数える。"""
    return len(range(0, N, B))


def last_batch(N, B):
    """最後の組の件数。"""
    return N % B or B


@functools.cache
def spread(B, trials=4000, seed=18):
    """重み 0 での、B 件の勾配の標準偏差（第 1 成分）。どの件も同じ確率で、重複を許して選ぶ。"""
    rows = np.random.default_rng(seed).integers(len(slopes()), size=(trials, B))
    return float(slopes()[rows].mean(axis=1).std())


@functools.cache
def shuffled_spread(B, trials=2000, seed=18):
    """spread と同じ量。かき混ぜた列の先頭から、重複なく B 件を選ぶ。"""
    rows = np.random.default_rng(seed).random((trials, len(slopes()))).argsort(axis=1)[:, :B]
    return float(slopes()[rows].mean(axis=1).std())


@functools.cache
def slopes():
    """重み 0 での、1 件ごとの勾配の第 1 成分 (N,)。"""
    X, t = data()
    return per_sample(X, np.zeros(3), t)[:, 0]


def uneven():
    """100 件を 64 件と 36 件に分けたとき、(単純平均, 件数で重みづけた平均) の全件の勾配とのずれ。"""
    X, t = data()
    w = np.zeros(3)
    parts = batches(100, 64, 0)
    grads = [gradient(X[rows], w, t[rows]) for rows in parts]
    means = np.mean(grads, axis=0), combine(*grads, *map(len, parts))
    return tuple(float(np.abs(mean - gradient(X, w, t)).max()) for mean in means)


def names():
    """100 件のデータでの、バッチサイズと呼び名と一巡あたりの更新回数。"""
    titles = {1: "逐次（オンライン）学習", 10: "ミニバッチ学習", 32: "ミニバッチ学習", 100: "バッチ学習"}
    rows = [(B, title, updates_per_epoch(100, B), last_batch(100, B)) for B, title in titles.items()]
    return ("バッチサイズ B", "呼び名", "一巡の更新回数", "最後の組の件数"), rows


def noise():
    """バッチサイズごとの、勾配の雑音の大きさ。"""
    rows = []
    for B in (1, 4, 16, 64, 100):
        ratio = math.sqrt((100 - B) / 99)
        rows.append((B, spread(B), spread(B) * math.sqrt(B), shuffled_spread(B), slopes().std() / math.sqrt(B) * ratio))
    return ("B", "重複あり（測定）", "重複あり × √B", "重複なし（測定）", "重複なし（式）"), rows


def shaking():
    """バッチサイズと学習率の組ごとの、最後の 10 巡での誤差の余りの平均。全部で 60 巡。"""
    rows = []
    for B, rho in ((1, 0.02), (10, 0.2), (1, 0.002), (10, 0.02), (100, 0.2)):
        path = train(B, 60, rho)
        tail = excess(path[-10 * updates_per_epoch(100, B) :]).mean()
        rows.append((B, f"{rho:g}", f"{rho / B:g}", float(tail)))
    return ("B", "学習率 ρ", "ρ / B", "誤差の余り"), rows


def scaling():
    """1 件ずつ 10 歩と、10 件まとめて 10 倍の学習率で 1 歩の、着いた重みのずれ。"""
    X, t = data()
    rows = []
    for rho in (0.02, 0.01, 0.005, 0.0025):
        w = np.zeros(3)
        for k in range(10):
            w = gradient_descent.update(w, gradient(X[k : k + 1], w, t[k : k + 1]), rho)
        once = gradient_descent.update(np.zeros(3), gradient(X[:10], np.zeros(3), t[:10]), 10 * rho)
        rows.append((f"{rho:g}", float(np.linalg.norm(once)), float(np.linalg.norm(w - once))))
    return ("1 件ずつの学習率", "まとめた 1 歩の長さ", "10 歩とのずれ"), rows


def plot(fig):
    """同じ 20 巡の学習。左は更新の回数、右は計算に使ったデータの件数で見る。点線は全件の誤差の最小値。"""
    fig.set_size_inches(7.2, 3.3)
    by_update, by_sample = fig.subplots(1, 2, sharey=True)
    for B, style in ((1, "C1-"), (10, "C0--"), (100, "C2-.")):
        history = errors(train(B))
        last = len(history) - 1
        k = np.unique([*range(0, min(last, 200), 3), *np.linspace(0, last, 120).astype(int)])
        by_update.plot(k, history[k], style, lw=1.4, label=f"B = {B}")
        by_sample.plot(k * B, history[k], style, lw=1.4)
    for ax, label in ((by_update, "更新の回数"), (by_sample, "使ったデータの件数（のべ）")):
        ax.axhline(errors(bottom()), color="C3", ls=":", lw=1)
        ax.set(xlabel=label, yscale="log")
    by_update.set(ylabel="全件の誤差", xlim=(-5, 200))
    by_update.legend()


def plot_density(ax):
    """1 歩の勾配の外れ方の密度。点線が 1 件、実線がミニバッチ。はじめは B = 4。"""
    z = np.linspace(-3, 3, 241)
    ax.plot(z, density(z, 1), "C1:", lw=2, label="B = 1")
    ax.plot(z, density(z, 4), "C0-", lw=2, label="はじめは B = 4", gid="learning.batch.density")
    ax.set(xlabel="平均からの外れ方 z", ylabel="密度", ylim=(0, 2.4))
    ax.legend()


def plot_noise(ax):
    """B 件の勾配の標準偏差（第 1 成分、重み 0）。印は無作為に選んで測った値、線は式の値。両軸とも対数。"""
    B = np.arange(1, 100)
    sigma = slopes().std()
    ax.loglog(B, sigma / np.sqrt(B), "C1-", lw=1.6, label="σ/√B")
    ax.loglog(B, sigma * np.sqrt((100 - B) / 99 / B), "C0--", lw=1.6, label="重複なしの式")
    some = (1, 2, 4, 8, 16, 32, 64, 90)
    ax.loglog(some, [spread(size) for size in some], "C1o", label="重複あり（測定）")
    ax.loglog(some, [shuffled_spread(size) for size in some], "C0s", mfc="none", label="重複なし（測定）")
    ax.set(xlabel="バッチサイズ B", ylabel="勾配の標準偏差")
    ax.legend(fontsize=8)


def plot_paths(fig):
    """重みの第 1・第 2 成分の道すじ。左と中は 2 巡、右は 8 巡。楕円は等高線、星は全件の誤差の底。"""
    fig.set_size_inches(7.2, 2.9)
    X, t = data()
    end, angle = bottom()[:2], np.linspace(0, 2 * np.pi, 41)
    shape = np.linalg.cholesky(np.linalg.inv((X.T @ X / len(t))[:2, :2]))
    circle = shape @ np.array([np.cos(angle), np.sin(angle)])
    for ax, (B, rho) in zip(
        fig.subplots(1, 3, sharex=True, sharey=True), ((1, 0.02), (10, 0.1), (100, 0.4)), strict=True
    ):
        for size in (0.3, 0.9, 1.6, 2.4):
            ax.plot(*(end[:, None] + size * circle), "C0-", lw=0.7, alpha=0.6)
        path = train(B, 2 if B < 100 else 8, rho)[:, :2]
        ax.plot(*path.T, "C1.-", lw=0.9, ms=3)
        ax.plot(*end, "C2*", ms=10)
        ax.set(title=f"B = {B}、ρ = {rho:g}", xlabel="$w_1$", xlim=(-0.7, 2), ylim=(-2.8, 0.5))
    fig.axes[0].set_ylabel("$w_2$")


def plot_floor(ax):
    """誤差の余り（最小値との差）を、1 巡ごとの平均で見る。学習率を変えなければ、揺れの高さで止まる。"""
    runs = (
        ("B = 1、ρ = 0.02", "C1o-", 1, 0.02, 0.0),
        ("B = 10、ρ = 0.2", "C3D--", 10, 0.2, 0.0),
        ("B = 10、ρ = 0.02", "C0s-.", 10, 0.02, 0.0),
        ("B = 1、ρ を減らす", "C2^-", 1, 0.02, 0.005),
    )
    for label, style, B, rho, gamma in runs:
        each = excess(train(B, 60, rho, gamma))[1:].reshape(60, -1).mean(axis=1)
        ax.semilogy(np.arange(1, 61), each, style, ms=3.5, lw=1.4, markevery=6, label=label)
    ax.set(xlabel="一巡の番号", ylabel="誤差の余り")
    ax.legend(fontsize=8)
