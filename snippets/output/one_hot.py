"""ワンホットと交差エントロピー — 正解の番号を、出力と比べられる形にする。

番号 2 は番号 1 の「2 倍」ではない。
そこで正解を「その場所だけ 1」のベクトルに直し、softmax が返す確率と並べて損失を測る。
"""

import numpy as np
import torch

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
    return np.exp(z - _log_total(z))


def cross_entropy(y, p):
    """確率どうしの交差エントロピー。y, p: (C,) → 数。y が 0 の成分は、p が 0 でも数えない。"""
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    if y.shape != p.shape:
        raise ValueError(f"y と p の形をそろえる。受け取った形は {y.shape} と {p.shape}")
    return -float(np.dot(y[y > 0], np.log(p[y > 0])))


def loss(z, t):
    """点数と正解の番号から直接求める損失。z: (C,)、t: 0 以上 C 未満の整数 → 数。

    ほかのクラスとの差だけを見る。確率を経由しないので、p が 0 に丸められるほど外れても有限の値になり、
    1 に丸められるほど当たっても、わずかな損失が 0 につぶれない。
    """
    gaps = np.delete(z, int(t)) - z[int(t)]
    return float(np.logaddexp(0, np.logaddexp.reduce(gaps)))


def gradient(z, y):
    """損失の z についての勾配。z, y: (C,) → (C,)。torch の自動微分で求める。"""
    z = torch.tensor(np.asarray(z, dtype=float), requires_grad=True)
    torch.nn.functional.cross_entropy(z, torch.tensor(np.asarray(y, dtype=float))).backward()
    return z.grad.numpy()


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


def _log_total(z):
    """log Σ exp(z)。最大値をくくり出すので exp はあふれない。"""
    top = np.max(z)
    return top + np.log(np.sum(np.exp(np.asarray(z) - top)))
