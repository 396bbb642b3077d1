"""バッチサイズ — 何件のデータを見てから、重みを 1 回更新するか。

全部を見れば勾配は正確だが、1 歩が重い。
一部だけを見れば 1 歩は軽いが、勾配に雑音が混じる。その釣り合いを決める数がバッチサイズである。
"""

import functools
import math

import numpy as np

from snippets.learning import gradient_descent

TRUE_W = np.array([1.0, -2.0, 0.5])


def losses(X, w, t):
    """1 件ごとの二乗誤差 (N,)。X: (N, n)、w: (n,)、t: (N,)。"""
    return np.square(X @ w - t)


def error(X, w, t):
    """全件の平均の誤差（スカラー）。引数は losses と同じ。"""
    return gradient_descent.mse(X @ w, t)


def gradient(X, w, t):
    """全件の平均の誤差の勾配 (n,)。引数は losses と同じ。"""
    return 2 / len(t) * (X @ w - t) @ X


def combine(g_1, g_2, B_1, B_2):
    """B_1 件と B_2 件の勾配を合わせた、全件の勾配。g_1, g_2: (n,) → (n,)。"""
    return np.average([g_1, g_2], axis=0, weights=[B_1, B_2])


def batches(N, B, seed):
    """N 件をかき混ぜて B 件ずつに分けた番号の並び。最後の 1 組は短いことがある。B が 1〜N でなければ ValueError。"""
    if not 1 <= B <= N:
        raise ValueError(f"B は 1 以上 N 以下にする: B = {B}, N = {N}")
    order = np.random.default_rng(seed).permutation(N)
    return [order[start : start + B] for start in range(0, N, B)]


def updates_per_epoch(N, B):
    """データを一巡するあいだの更新の回数。端数も 1 回に数える。"""
    return math.ceil(N / B)


@functools.cache
def data(N=100, seed=1951):
    """直線のまわりに雑音を足した N 件のデータ (X, t)。"""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N, 3))
    return X, X @ TRUE_W + rng.normal(size=N)


def train(B, epochs=20, rho=0.02):
    """バッチサイズ B で学習した、更新ごとの全件の誤差。はじめの重みは 0。"""
    X, t = data()
    w = np.zeros(3)
    history = [error(X, w, t)]
    for epoch in range(epochs):
        for rows in batches(len(t), B, epoch):
            w = gradient_descent.update(w, gradient(X[rows], w, t[rows]), rho)
            history.append(error(X, w, t))
    return np.array(history)


@functools.cache
def spread(B, trials=4000, seed=18):
    """重み 0 での、B 件の勾配の標準偏差（第 1 成分）。どの件も同じ確率で、重複を許して選ぶ。"""
    X, t = data()
    rows = np.random.default_rng(seed).integers(len(t), size=(trials, B))
    each = -2 * t * X[:, 0]  # w = 0 での 1 件ごとの勾配の第 1 成分
    return float(each[rows].mean(axis=1).std())


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
    rows = [(B, title, updates_per_epoch(100, B), len(batches(100, B, 0)[-1])) for B, title in titles.items()]
    return ("バッチサイズ B", "呼び名", "一巡の更新回数", "最後の組の件数"), rows


def noise():
    """バッチサイズごとの、勾配の雑音の大きさ。"""
    rows = [(B, spread(B), spread(B) * math.sqrt(B)) for B in (1, 4, 16, 64)]
    return ("B", "標準偏差", "標準偏差 × √B"), rows


def plot(fig):
    """同じ 20 巡の学習。左は更新の回数、右は計算に使ったデータの件数で見る。点線は全件の誤差の最小値。"""
    fig.set_size_inches(7.2, 3.3)
    X, t = data()
    floor = error(X, np.linalg.lstsq(X, t)[0], t)
    by_update, by_sample = fig.subplots(1, 2, sharey=True)
    for B, style in ((1, "C1-"), (10, "C0--"), (100, "C2-.")):
        history = train(B)
        last = len(history) - 1
        k = np.unique([*range(0, min(last, 200), 3), *np.linspace(0, last, 120).astype(int)])
        by_update.plot(k, history[k], style, lw=1.4, label=f"B = {B}")
        by_sample.plot(k * B, history[k], style, lw=1.4)
    for ax, label in ((by_update, "更新の回数"), (by_sample, "使ったデータの件数（のべ）")):
        ax.axhline(floor, color="C3", ls=":", lw=1)
        ax.set(xlabel=label, yscale="log")
    by_update.set(ylabel="全件の誤差", xlim=(-5, 200))
    by_update.legend()
