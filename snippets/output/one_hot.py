"""ワンホットと交差エントロピー — 正解の番号を、出力と比べられる形にする。

番号 2 は番号 1 の「2 倍」ではない。
そこで正解を「その場所だけ 1」のベクトルに直し、softmax が返す確率と並べて損失を測る。
"""

import numpy as np
import scipy.special
import torch
from torch.nn import functional as F

from snippets._precision import Comparison, exact_values, on_torch

LOGITS = (2.0, 1.0, 0.1)  # 3 クラスの点数の例。正解は 0 番とする


def one_hot(t, C):
    """クラスの番号をワンホットにする。t: 0 以上 C 未満の整数、形は () か (N,) → (C,) か (N, C)。

    番号は Python に合わせて 0 から数える。整数でない t と範囲の外の t は ValueError。
    """
    t = np.asarray(t)
    if np.any(t != np.floor(t)) or np.any(t < 0) or np.any(t >= C):
        raise ValueError(f"t は 0 以上 {C} 未満の整数にする。受け取った値は {t.tolist()}")
    return np.eye(int(C))[t.astype(int)]


def softmax(z):
    """点数を確率にする。z: (…, C) → 同じ形、最後の軸の和は 1。最大値を引くので exp はあふれない。"""
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def probabilities(z):
    """モデルの確率 p。z: (C,) → (C,)。"""
    return np.exp(z - log_sum_exp(z)[..., None])


def log_sum_exp(z):
    """log Σ exp(z) を返す。z: (…, C) → (…)。最大値をくくり出すので exp はあふれない。

    くくり出した最大値の項は e^0 = 1 なので、足さずに log1p に任せる。残りがどれほど小さくても消えない。
    """
    z = np.sort(z, axis=-1)
    top, rest = z[..., -1], z[..., :-1]
    return top + np.log1p(np.sum(np.exp(rest - top[..., None]), axis=-1))


def cross_entropy(y, p):
    """確率どうしの交差エントロピー。y, p: (C,) → 数。y が 0 の成分は、p が 0 でも数えない。"""
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    if y.shape != p.shape:
        raise ValueError(f"y と p の形をそろえる。受け取った形は {y.shape} と {p.shape}")
    return -float(np.dot(y[y > 0], np.log(p[y > 0])))


def loss(z, t):
    """点数と正解の番号から直接求める損失。z: (…, C)、t: 0 以上 C 未満の整数 → (…)。

    ほかのクラスとの差だけを見る。確率を経由しないので、p が 0 に丸められるほど外れても有限の値になり、
    1 に丸められるほど当たっても、わずかな損失が 0 につぶれない。
    """
    t = int(t)
    gaps = np.delete(z, t, axis=-1) - np.asarray(z)[..., t : t + 1]
    return np.logaddexp(0, np.logaddexp.reduce(gaps, axis=-1))


def gradient(z, y):
    """損失の z についての勾配。z, y: (C,) → (C,)。torch の自動微分で求める。"""
    z = torch.tensor(np.asarray(z, dtype=float), requires_grad=True)
    F.cross_entropy(z, torch.tensor(np.asarray(y, dtype=float))).backward()
    return z.grad.numpy()


def smoothed(t, C, epsilon):
    """ならした正解。t: 0 以上 C 未満の整数、epsilon: 全クラスに配る割合 → (C,)。正解には、配った残りが残る。"""
    return np.where(one_hot(t, C) == 1, 1 - epsilon * (C - 1) / C, epsilon / C)


def descent(t, steps=60, rho=0.3):
    """点数 (2, 1, 0.1) から、勾配と逆へ steps 回動かした確率の道。t: 正解の番号 → (steps + 1, 3)。"""
    z, path = np.array(LOGITS), []
    for _ in range(steps + 1):
        path.append(softmax(z))
        z = z - rho * (path[-1] - one_hot(t, 3))
    return np.array(path)


def three_scores(x):
    """三つの点数 (x, 0, −x/3)。x: (N,) → (N, 3)。三つめは x と同じ型に丸めてある。"""
    return np.stack([x, 0 * x, -x / 3], axis=-1)


def two_scores(x):
    """二つの点数 (x, 0)。x: (N,) → (N, 2)。"""
    return np.stack([x, 0 * x], axis=-1)


def exact_total(z):
    """log-sum-exp の正しい値。z: arb の並び。大きい点数をくくり出し、桁の要る計算を減らしてある。"""
    *rest, top = sorted(z)
    return top + sum((score - top).exp() for score in rest).log1p()


def naive_softmax(z):
    """softmax の式をそのまま書いたもの。点数が 709.8 を超えると nan になる。"""
    return np.exp(z) / np.sum(np.exp(z), axis=-1, keepdims=True)


def shifted_total(z):
    """最大値をくくり出すだけの log-sum-exp。和に 1 が入るので、ほかの項が小さいと丸めで消える。"""
    top = np.max(z, axis=-1, keepdims=True)
    return top[..., 0] + np.log(np.sum(np.exp(z - top), axis=-1))


FORMS = Comparison(
    exact=lambda z: [1 / sum((other - score).exp() for other in z) for score in z],
    ways={
        "exp(z) / sum(exp(z))": naive_softmax,
        "exp(z - log_sum_exp(z))": probabilities,
        "このノートの softmax": softmax,
        "scipy.special.softmax": lambda z: scipy.special.softmax(z, axis=-1),
        "torch.softmax": on_torch(lambda z: torch.softmax(z, -1)),
    },
    home=0,
    inputs=three_scores,
)

TOTAL_FORMS = Comparison(
    exact=exact_total,
    ways={
        "log(sum(exp(z)))": lambda z: np.log(np.sum(np.exp(z), axis=-1)),
        "m + log(sum(exp(z - m)))": shifted_total,
        "このノートの log_sum_exp": log_sum_exp,
        "np.logaddexp.reduce": lambda z: np.logaddexp.reduce(z, axis=-1),
        "scipy.special.logsumexp": lambda z: scipy.special.logsumexp(z, axis=-1),
        "torch.logsumexp": on_torch(lambda z: torch.logsumexp(z, -1)),
    },
    home=0,
    inputs=two_scores,
)

LOSS_FORMS = Comparison(
    exact=lambda z: sum((other - z[0]).exp() for other in z[1:]).log1p(),
    ways={
        "-log(softmax(z)[t])": lambda z: -np.log(softmax(z)[..., 0]),
        "log_sum_exp(z) - z[t]": lambda z: log_sum_exp(z) - z[..., 0],
        "このノートの loss": lambda z: loss(z, 0),
        "scipy.special.log_softmax": lambda z: -scipy.special.log_softmax(z, axis=-1)[..., 0],
        "F.cross_entropy": on_torch(
            lambda z: F.cross_entropy(z, torch.zeros(len(z), dtype=torch.long), reduction="none")
        ),
    },
    home=0,
    inputs=three_scores,
)


def accuracy():
    """softmax の書き方ごとの誤差。"""
    return FORMS.table()


def accuracy_total():
    """log-sum-exp の書き方ごとの誤差。"""
    return TOTAL_FORMS.table()


def accuracy_loss():
    """交差エントロピーの書き方ごとの誤差。"""
    return LOSS_FORMS.table()


def totals():
    """四組の点数の log-sum-exp。最後の組では、指数の和がほぼ 1 になる。"""
    zero = -np.log1p(np.exp(-1))
    scores = np.array([[800, 799], [-800, -801], [0, -40], [zero, zero - 1]])
    truth = exact_values(TOTAL_FORMS.exact, scores)
    with np.errstate(all="ignore"):
        columns = [np.ldexp(truth.head, truth.exponent), *(way(scores) for way in TOTAL_FORMS.ways.values())]
    names = [f"({a:.4g}, {b:.4g})".replace("-", "−") for a, b in scores]
    rows = [(way, *map(float, column)) for way, column in zip(("正しい値", *TOTAL_FORMS.ways), columns, strict=True)]
    return ("書き方", *names), rows


def example():
    """点数 (2, 1, 0.1)、正解が 0 番のときの値を並べた表。"""
    p, y = softmax(np.array(LOGITS)), one_hot(0, 3)
    rows = zip(range(3), LOGITS, p.tolist(), y.astype(int).tolist(), gradient(LOGITS, y).tolist(), strict=True)
    return ("クラス", "点数 z", "確率 p", "正解 y", "勾配 p − y"), list(rows)


def twice():
    """softmax を通した値を、もう一度 loss に渡してしまったときの損失。"""
    return loss(softmax(np.array(LOGITS)), 0)


def plot(ax):
    """正解のクラスに割り当てた確率と損失。
    確率 1 で損失は 0 になり、確率が 0 に近づくと限りなく大きくなる。
    """
    p = np.geomspace(0.002, 1, 200)
    ax.plot(p, [cross_entropy([1.0, 0.0], [q, 1 - q]) for q in p], color="C0")
    for q in (0.9, 0.5, 0.1, 0.01):
        ax.plot(q, -np.log(q), "o", color="C1")
        ax.annotate(f"({q:g}, {-np.log(q):.2f})", (q, -np.log(q)), xytext=(6, 6), textcoords="offset points")
    ax.set(xlabel="正解のクラスの確率 $p_t$", ylabel="損失 $-\\log p_t$", xlim=(-0.02, 1.14), ylim=(-0.2, 6.5))


def plot_gradient(ax):
    """点数 (2, 1, 0.1)、正解が 0 番のときの確率と勾配。
    勾配は、正解のクラスでだけ負になる。点数を勾配と逆に動かすと、正解の点数が上がり、残りが下がる。
    """
    place, p, g = np.arange(3), softmax(np.array(LOGITS)), gradient(LOGITS, one_hot(0, 3))
    ax.bar(place - 0.2, p, 0.4, color="C0", alpha=0.25, edgecolor="C0", label="確率 $p_k$")
    ax.bar(place + 0.2, g, 0.4, color="none", hatch="//", edgecolor="C1", label="勾配 $p_k - y_k$")
    ax.axhline(0, color="C2", linewidth=0.8)
    ax.set_xticks(place, ["クラス 0（正解）", "クラス 1", "クラス 2"])
    ax.set(ylabel="値", ylim=(-0.5, 0.85))
    ax.legend()


def plot_scores(ax):
    """3 つの点数から決まる確率（太い棒）と勾配（細い棒）。はじめの点数は (2, 1, 0.1)、正解は 0 番。"""
    places = np.arange(1, 4)
    slope = gradient(LOGITS, one_hot(0, 3))
    ax.vlines(places, 0, softmax(np.array(LOGITS)), "C0", lw=40, alpha=0.4, gid="output.one_hot.softmax", label="確率")
    ax.vlines(places, 0, slope, "C1", lw=10, gid="output.one_hot.gradient", label="勾配")
    ax.axhline(0, color="C2", linewidth=0.8)
    ax.set_xticks(places, ["クラス 0（正解）", "クラス 1", "クラス 2"])
    ax.set(ylabel="値", xlim=(0.5, 3.5), ylim=(-1.05, 1.05))
    ax.legend(loc="lower right", markerscale=0.3)


def plot_simplex(ax):
    """3 クラスの確率を置いた三角形。点数を勾配と逆へ 60 歩動かした道（丸が出発点）と、損失の等しい点線。"""
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(3) / 2]])
    ax.fill(*corners.T, color="C0", alpha=0.08)
    ax.plot(*np.vstack([corners, corners[:1]]).T, "C0-", lw=1)
    for height in (0.25, 0.5, 1.0, 2.0):
        q = np.exp(-height)
        ends = np.array([[1 - q, q, 0.0], [0.0, q, 1 - q]]) @ corners
        ax.plot(*ends.T, "C2:", lw=1)
        ax.annotate(f"損失 {height:g}", ends[0], xytext=(0, -12), textcoords="offset points", ha="center", fontsize=8)
    path = descent(1) @ corners
    ax.plot(*path.T, "C1.-", lw=1, ms=4, label="確率の道")
    ax.plot(*path[0], "C1o", ms=8)
    for (x, y), name, side in zip(
        corners, ("クラス 0", "クラス 1（正解）", "クラス 2"), ("right", "left", "left"), strict=True
    ):
        ax.annotate(name, (x, y), xytext=(-6 if side == "right" else 6, 4), textcoords="offset points", ha=side)
    ax.set(xlim=(-0.25, 1.35), ylim=(-0.12, 0.95), aspect="equal")
    ax.set_axis_off()


def plot_accuracy(ax):
    """点数 (x, 0, −x/3) の softmax の、書き方ごとの float64 の誤差。|x| が大きいほど、点数の差を丸めた誤差が効く。"""
    ax.set_xscale("symlog", linthresh=1)
    ax.set(xlabel="x", xlim=(-1e4, 1e4))
    FORMS.plot(ax)


def plot_accuracy_losses(fig):
    """点数 (x, 0) の log-sum-exp（上）と、点数 (x, 0, −x/3) の損失（下）の、書き方ごとの float64 の誤差。"""
    fig.set_size_inches(6.8, 7.2)
    panels = {"log-sum-exp を決める x": TOTAL_FORMS, "損失を決める x": LOSS_FORMS}
    for ax, (name, forms) in zip(fig.subplots(2), panels.items(), strict=True):
        ax.set_xscale("symlog", linthresh=1)
        ax.set(xlabel=name, xlim=(-1e4, 1e4))
        forms.plot(ax)
