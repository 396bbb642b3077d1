"""ロジット — 0 と 1 のあいだの割合を、すべての実数に引きのばす。

シグモイド関数の逆関数で、割合をオッズに直して対数をとったものである。
深層学習では、シグモイド関数やソフトマックスに通す前の値もロジットと呼ぶ。
"""

import numpy as np
import scipy.special
import torch
from torch.nn import functional as F

from snippets._precision import Comparison, line, on_torch
from snippets.activation.sigmoid import sigmoid


def _probability(p):
    """p が [0, 1] に収まることを確かめる。"""
    if not np.all((np.asarray(p) >= 0) & (np.asarray(p) <= 1)):
        raise ValueError(f"p は 0 以上 1 以下にする。受け取ったのは {p}")
    return np.asarray(p, dtype=np.result_type(np.asarray(p), np.float16))  # float16 と float32 は広げない


def odds(p):
    """オッズ p : (1 − p) の比の値。p: 任意の形 → 同じ形。p = 1 では ∞。[0, 1] の外なら ValueError。"""
    p = _probability(p)
    with np.errstate(divide="ignore"):
        return p / (1 - p)


def logit(p):
    """logit(p) を返す。p: 任意の形 → 同じ形。両端では ±∞、[0, 1] の外なら ValueError。

    p = 1/2 の近くでは、ほぼ等しい対数の引き算で桁が落ちるので、tanh の逆関数 arctanh を使う。
    """
    p = _probability(p)
    with np.errstate(divide="ignore"):
        return np.where(np.abs(p - 0.5) <= 0.25, 2 * np.arctanh(2 * p - 1), np.log(p) - np.log1p(-p))[()]


def derivative(p):
    """logit'(p) を返す。p: 任意の形 → 同じ形。両端では ∞。"""
    p = _probability(p)
    with np.errstate(divide="ignore"):
        return 1 / p + 1 / (1 - p)


def normal_cdf(x):
    """標準正規分布の分布関数 Φ(x)。x: 任意の形 → 同じ形。左の裾は erfc で、桁を落とさずに求める。"""
    return scipy.special.erfc(-np.asarray(x) / np.sqrt(2)) / 2


def softplus(x):
    """log(1 + e^x) を返す。x: 任意の形 → 同じ形。logaddexp は e^x をあふれさせない。"""
    return np.logaddexp(0, x)


def cross_entropy(x, t):
    """ロジット x と正解の割合 t（0 から 1）の交差エントロピー。x, t: 同じ形 → 同じ形。

    PyTorch の binary_cross_entropy_with_logits にあたる。シグモイド関数の値は使わない。
    """
    return np.maximum(x, 0) - np.multiply(t, x) + np.log1p(np.exp(-np.abs(x)))


def through_probability(x, t):
    """交差エントロピーの左辺をそのまま書いたもの。σ(x) が 1 か 0 に丸められると ∞ か nan になる。"""
    p = sigmoid(x)
    return -t * np.log(p) - (1 - t) * np.log(1 - p)


FORMS = Comparison(
    exact=lambda p: (p / (1 - p)).log(),
    ways={
        "log(p / (1 - p))": lambda p: np.log(p / (1 - p)),
        "log(p) - log(1 - p)": lambda p: np.log(p) - np.log(1 - p),
        "log(p) - log1p(-p)": lambda p: np.log(p) - np.log1p(-p),
        "2 * arctanh(2 * p - 1)": lambda p: 2 * np.arctanh(2 * p - 1),
        "このノートの logit": logit,
        "scipy.special.logit": scipy.special.logit,
        "torch.logit": on_torch(torch.logit),
    },
    home=0.25,
    points=line(0.5, 1.0, reach=1, spans=(1,)),
    domain=lambda p: (p > 0) & (p < 1),
)

SOFTPLUS_FORMS = Comparison(
    exact=lambda x: x.exp().log1p(),
    ways={
        "log(1 + exp(x))": lambda x: np.log(1 + np.exp(x)),
        "log1p(exp(x))": lambda x: np.log1p(np.exp(x)),
        "max(0, x) + log1p(exp(-abs(x)))": lambda x: np.maximum(0, x) + np.log1p(np.exp(-np.abs(x))),
        "このノートの softplus": softplus,
        "-scipy.special.log_expit(-x)": lambda x: -scipy.special.log_expit(-x),
        "F.softplus": on_torch(F.softplus),
    },
    home=0,
)

LOSS_FORMS = Comparison(
    exact=lambda x: (-x).exp().log1p(),
    ways={
        "-t log(σ) - (1 - t) log(1 - σ)": lambda x: through_probability(x, 1),
        "softplus(x) - t x": lambda x: softplus(x) - x,
        "このノートの cross_entropy": lambda x: cross_entropy(x, 1),
        "F.binary_cross_entropy": on_torch(
            lambda x: F.binary_cross_entropy(torch.sigmoid(x), torch.ones_like(x), reduction="none")
        ),
        "F.binary_cross_entropy_with_logits": on_torch(
            lambda x: F.binary_cross_entropy_with_logits(x, torch.ones_like(x), reduction="none")
        ),
    },
    home=0,
)


def accuracy():
    """ロジットの書き方ごとの誤差。"""
    return FORMS.table()


def accuracy_softplus():
    """ソフトプラス関数の書き方ごとの誤差。"""
    return SOFTPLUS_FORMS.table()


def accuracy_loss():
    """正解が 1 のときの交差エントロピーの、書き方ごとの誤差。"""
    return LOSS_FORMS.table()


def scales():
    """割合とオッズとロジットの対応。"""
    ratios = (0.01, 0.1, 0.2, 0.5, 0.8, 0.9, 0.99)
    return ("割合 p", "オッズ", "ロジット"), [(p, float(odds(p)), float(logit(p))) for p in ratios]


def round_trips():
    """シグモイド関数に通してから、ロジットで戻した値。"""
    rows = [(x, f"{sigmoid(x):.17g}", _digits(logit(sigmoid(x)))) for x in (1, 10, 20, 30, 36, 37)]
    return ("x", "σ(x)", "logit(σ(x))"), rows


def losses():
    """正解が 0 のときの損失。シグモイド関数を通した値から求めたものと、ロジットのまま求めたもの。"""
    with np.errstate(divide="ignore"):
        rows = [(x, _digits(-np.log(1 - sigmoid(x))), _digits(softplus(x))) for x in (1, 10, 30, 36, 40)]
    return ("ロジット x", "−log(1 − σ(x))", "softplus(x)"), rows


def _digits(value):
    return f"{value:.6g}".replace("inf", "∞")


def plot(ax):
    """ロジットのグラフ（実線）と、シグモイド関数のグラフ（破線）。直線 y = x について対称になる。"""
    x = np.linspace(-5, 5, 201)
    ax.plot(sigmoid(x), x, "C1-", label="y = logit(x)")
    ax.plot(x, sigmoid(x), "C0--", label="y = σ(x)")
    ax.plot([-5, 5], [-5, 5], "C3:", lw=1, label="y = x")
    ax.set(xlabel="x", ylabel="y", aspect="equal", xlim=(-5, 5), ylim=(-5, 5))
    ax.legend(loc="lower right")


def plot_scales(ax):
    """同じ割合を、3 つの物差しで読む。縦にそろった目もりが、同じ割合を指す。"""
    x = logit(np.array([0.01, 0.1, 0.2, 0.5, 0.8, 0.9, 0.99]))
    texts = {
        "割合 p": [f"{p:.2g}" for p in sigmoid(x)],
        "オッズ": ["1/99", "1/9", "1/4", "1", "4", "9", "99"],
        "ロジット": [f"{v + 0:.2f}".replace("-", "−") for v in x],
    }
    for height, (name, row) in zip((2, 1, 0), texts.items(), strict=True):
        ax.plot([-5, 5], [height, height], "C0-", lw=1)
        ax.plot(x, np.full(len(x), height), "C0|", ms=10)
        ax.text(-5.2, height, name, ha="right", va="center")
        for position, text in zip(x, row, strict=True):
            ax.text(position, height + 0.16, text, ha="center", va="bottom", fontsize=8)
    ax.vlines(x, 0, 2, "C1", ":", lw=0.8)
    ax.set(xlim=(-6.6, 5.2), ylim=(-0.3, 2.6))
    ax.set_axis_off()


def plot_round_trip(ax):
    """σ に通してから logit で戻したときの誤差（対数の目もり、0 は 10⁻¹⁷ に描いた）。右へ行くほど桁を失う。"""
    x = np.linspace(-20, 36.5, 160)
    error = np.abs(logit(sigmoid(x)) - x)
    ax.semilogy(x, np.maximum(error, 1e-17), "C1.", ms=4, label="誤差")
    ax.axvline(53 * np.log(2), color="C0", ls="--", label="σ(x) が 1 に丸められる境目")
    ax.set(xlabel="x", ylabel="誤差")
    ax.legend(loc="upper left")


def plot_accuracy(fig):
    """ロジットの書き方ごとの、float64 の誤差。上は p が 0 に近いほど左、下は p が 1/2 に近いほど左。"""
    fig.set_size_inches(6.8, 7.2)
    near_zero, near_half = fig.subplots(2)
    p = FORMS.sample(np.float64)
    near_zero.set(xscale="log", xlabel="p", xlim=(1e-20, 0.5))
    FORMS.plot(near_zero)
    near_half.set(xscale="log", xlabel="1/2 − p", xlim=(4e-17, 0.25))
    FORMS.plot(near_half, 0.5 - p)
    near_half.get_legend().remove()


def plot_accuracy_losses(fig):
    """ソフトプラス関数（上）と、正解が 1 のときの交差エントロピー（下）の、書き方ごとの float64 の誤差。"""
    fig.set_size_inches(6.8, 7.2)
    panels = {"ソフトプラス関数の入力 x": SOFTPLUS_FORMS, "ロジット x": LOSS_FORMS}
    for ax, (name, forms) in zip(fig.subplots(2), panels.items(), strict=True):
        ax.set_xscale("symlog", linthresh=1)
        ax.set(xlabel=name, xlim=(-1e4, 1e4))
        forms.plot(ax)
