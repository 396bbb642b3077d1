"""sin を隠れ層 1 つの網で近づける実験。組み立てた網、最小二乗、シグモイドの階段、学習した網を比べる。"""

import functools

import numpy as np

from snippets.activation.relu import relu

SIZES = (4, 8, 16, 32, 64)
LEARNED = (8, 16, 32)  # 学習もさせる大きさ
ITERATIONS = 2000  # 学習の歩数
X = np.linspace(-np.pi, np.pi, 2001)


def interpolated(m):
    """m 等分の折れ線の、sin との差の最大。"""
    knots = np.linspace(-np.pi, np.pi, m + 1)
    return float(np.abs(np.interp(X, knots, np.sin(knots)) - np.sin(X)).max())


def least_squares(m):
    """同じ節点の ReLU m 個と定数の係数を、最小二乗で選んだときの、sin との差の最大。"""
    knots = np.linspace(-np.pi, np.pi, m + 1)[:-1]
    features = np.c_[np.ones_like(X), relu(np.subtract.outer(X, knots))]
    best = np.linalg.lstsq(features, np.sin(X), rcond=None)[0]
    return float(np.abs(features @ best - np.sin(X)).max())


def steps(m, sharpness=20.0):
    """シグモイド m 個の階段の、sin との差の最大。各段の高さは区間の端での値、境目は区間のまん中、急さは 20/η。"""
    knots, eta = np.linspace(-np.pi, np.pi, m + 1), 2 * np.pi / m
    rise = 1 / (1 + np.exp(-np.clip(np.subtract.outer(X, knots[:-1] + eta / 2) * sharpness / eta, -700, 700)))
    return float(np.abs(rise @ np.diff(np.sin(knots)) + np.sin(knots[0]) - np.sin(X)).max())


def bound(m):
    """m 等分の折れ線の誤差の上限 η²/8。"""
    return (2 * np.pi / m) ** 2 / 8


@functools.cache
def trained(m, runs=10, iterations=ITERATIONS, rho=0.02, seed=0):
    """ReLU m 個の網を、runs 通りの初期値から勾配降下法で sin に合わせたときの、差の最大 (runs,)。小さい順。

    重みは He の初期化、バイアスは ±1 の一様乱数。損失は等間隔の 65 点での平均二乗誤差、学習率は rho。
    """
    rng = np.random.default_rng(seed)
    x = np.linspace(-np.pi, np.pi, 65)[:, np.newaxis]
    w, b = rng.normal(0, 2**0.5, (runs, 1, m)), rng.uniform(-1, 1, (runs, 1, m))
    v, c = rng.normal(0, (2 / m) ** 0.5, (runs, m, 1)), np.zeros((runs, 1, 1))
    for _ in range(iterations):
        z = x * w + b
        a = relu(z)
        d = 2 * (a @ v + c - np.sin(x)) / len(x)
        back = d @ v.transpose(0, 2, 1) * (z > 0)
        v = v - rho * a.transpose(0, 2, 1) @ d
        c = c - rho * d.sum(1, keepdims=True)
        w = w - rho * (back * x).sum(1, keepdims=True)
        b = b - rho * back.sum(1, keepdims=True)
    outputs = (relu(X[:, np.newaxis] * w + b) @ v + c)[..., 0]
    return np.sort(np.abs(outputs - np.sin(X)).max(1))


def errors():
    """m ごとの誤差と、1 つ前の行との比。"""
    rows, before = [], None
    for m in SIZES:
        error = interpolated(m)
        ratio = f"{before / error:.2f}" if before else "—"
        rows.append((m, error, bound(m), ratio, least_squares(m), steps(m)))
        before = error
    return ("m", "折れ線", "上限 η²/8", "前の行との比", "係数を最小二乗で", "シグモイドの階段"), rows


def learned():
    """学習した網の、いちばん良い回とまん中の回。"""
    rows = [(m, interpolated(m), *map(float, (trained(m)[0], np.median(trained(m))))) for m in LEARNED]
    return ("隠れユニット m", "組み立てた網", "学習: いちばん良い回", "学習: まん中"), rows


def draw_errors(ax):
    """両対数の誤差のグラフ。"""
    ax.loglog(SIZES, [steps(m) for m in SIZES], "C1s--", label="シグモイドの階段")
    ax.loglog(SIZES, [interpolated(m) for m in SIZES], "C0o-", label="ReLU の折れ線")
    ax.loglog(SIZES, [bound(m) for m in SIZES], "C0:", label="上限 η²/8")
    ax.loglog(SIZES, [least_squares(m) for m in SIZES], "C2^-.", label="係数を最小二乗で")
    ax.loglog(LEARNED, [np.median(trained(m)) for m in LEARNED], "C3x", ms=8, label="学習した網（まん中の回）")
    ax.set(xlabel="隠れユニットの数 m", ylabel="sin との差の最大", xticks=SIZES, xticklabels=SIZES)
    ax.minorticks_off()
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
