"""活性化関数ギャラリー — ReLU のあとに生まれた関数を、値と傾きで見くらべる。

どれも、ReLU の「負の側の傾きが 0」と「0 で角がある」のどちらかを直すか、
シグモイド関数や tanh を安い計算に置きかえるために考えられた。
"""

import dataclasses
from collections.abc import Callable

import numpy as np
import scipy.special
import torch
from torch.nn import functional as F

from snippets.activation import logit, relu, sigmoid, tanh
from snippets.activation._profile import bottom, largest_gap, steepest
from snippets.activation.sigmoid import sigmoid as sigma


def leaky_relu(x, alpha=0.01):
    """Leaky ReLU。x: 任意の形 → 同じ形。alpha: 負の側の傾きで、0 と 1 のあいだ。PyTorch の既定値は 0.01。"""
    return relu.leaky(x, alpha)


def leaky_slope(x, alpha=0.01):
    """Leaky ReLU の傾き。x: 任意の形 → 同じ形。0 では、PyTorch に合わせて alpha とする。"""
    return np.where(np.asarray(x) > 0, 1.0, alpha)


def prelu_alpha_slope(x, alpha):
    """PReLU の、傾き alpha についての勾配。x, alpha: 数 → 数。torch の自動微分で求める。"""
    leaf = torch.tensor([float(alpha)], dtype=torch.float64, requires_grad=True)
    F.prelu(torch.tensor([float(x)], dtype=torch.float64), leaf).backward()
    return leaf.grad.item()


def elu(x, a=1.0):
    """ELU。x: 任意の形 → 同じ形。expm1 は e^x − 1 を引き算なしで返すので、0 のそばでも桁が残る。"""
    return relu.relu(x) + a * np.expm1(np.minimum(x, 0))


def elu_slope(x, a=1.0):
    """ELU の傾き。x: 任意の形 → 同じ形。0 では、PyTorch に合わせて a とする。"""
    return np.where(np.asarray(x) > 0, 1.0, a * np.exp(np.minimum(x, 0)))


def selu_alpha():
    """SELU の α。標準正規分布の入力に対して、ELU の出力の平均が 0 になる値。積分は数値で求める。"""
    up, down, _ = _moments()
    return up / down


def selu_scale():
    """SELU の λ。標準正規分布の入力に対して、λ ELU の出力の分散が 1 になる値。"""
    _, _, square = _moments()
    return (0.5 + selu_alpha() ** 2 * square) ** -0.5


def _moments():
    """標準正規分布での、正の部分の平均と、負の側での 1 − e^x と (1 − e^x)² の平均。ガウス・ルジャンドル求積。"""
    points, weights = np.polynomial.legendre.leggauss(120)
    x = 6.5 * (points + 1)  # 0 から 13 まで。その先の密度は 1e-37 より小さい
    density = 6.5 * weights * np.exp(-x * x / 2) / np.sqrt(2 * np.pi)
    return density @ x, density @ -np.expm1(-x), density @ np.expm1(-x) ** 2


def selu(x):
    """SELU。x: 任意の形 → 同じ形。定数 α と λ は積分から求める。"""
    return selu_scale() * elu(x, selu_alpha())


def selu_slope(x):
    """SELU の傾き。x: 任意の形 → 同じ形。"""
    return selu_scale() * elu_slope(x, selu_alpha())


def silu(x):
    """SiLU（Swish）。x: 任意の形 → 同じ形。分母の exp があふれる代わりに、あふれない sigmoid を使う。"""
    return x * sigma(x)


def silu_slope(x):
    """SiLU の傾き。x: 任意の形 → 同じ形。"""
    return sigma(x) + x * sigmoid.derivative(x)


def swish(x, beta=1.0):
    """門の急さ beta を付けた SiLU。x: 任意の形 → 同じ形。"""
    return x * sigma(beta * np.asarray(x))


def gelu(x):
    """GELU。x: 任意の形 → 同じ形。左の端では 1 + erf の桁が落ちるので、erfc を使う。"""
    return x * scipy.special.erfc(-np.asarray(x) / np.sqrt(2)) / 2


def gelu_slope(x):
    """GELU の傾き。x: 任意の形 → 同じ形。scipy.special.ndtr は標準正規分布の分布関数。"""
    return scipy.special.ndtr(x) + x * np.exp(-np.square(x) / 2) / np.sqrt(2 * np.pi)


def gelu_tanh(x):
    """tanh で近似した GELU。x: 任意の形 → 同じ形。(1 + tanh u)/2 = σ(2u) なので、σ で計算して桁を守る。"""
    return x * sigma(np.sqrt(8 / np.pi) * x * (1 + 0.044715 * np.square(x)))


def mish(x):
    """Mish。x: 任意の形 → 同じ形。"""
    return x * np.tanh(logit.softplus(x))


def mish_slope(x):
    """Mish の傾き。x: 任意の形 → 同じ形。"""
    gate = np.tanh(logit.softplus(x))
    return gate + x * sigma(x) * (1 - gate * gate)


def hard_sigmoid(x):
    """硬いシグモイド（PyTorch の Hardsigmoid）。x: 任意の形 → 同じ形、値は [0, 1]。"""
    return np.clip(np.asarray(x) / 6 + 0.5, 0, 1)


def hard_swish(x):
    """硬い Swish（PyTorch の Hardswish）。x: 任意の形 → 同じ形。"""
    return np.where(np.abs(x) < 3, x * (np.asarray(x) + 3) / 6, relu.relu(x))


def hard_swish_slope(x):
    """硬い Swish の傾き。x: 任意の形 → 同じ形。角のある ±3 では、PyTorch に合わせて 0 と 1 とする。"""
    return np.where(np.abs(x) < 3, np.asarray(x) / 3 + 0.5, np.greater_equal(x, 3))


def softsign(x):
    """ソフトサイン。x: 任意の形 → 同じ形、値は (−1, 1)。"""
    return x / (1 + np.abs(x))


def softsign_slope(x):
    """ソフトサインの傾き。x: 任意の形 → 同じ形。"""
    return (1 + np.abs(x)) ** -2.0


def arctan(x):
    """−1 と 1 のあいだに収まり、原点の傾きが 1 になるように縮めた逆正接。x: 任意の形 → 同じ形。"""
    return np.arctan2(x * np.pi, 2.0) * 2 / np.pi


def arctan_slope(x):
    """縮めた逆正接の傾き。x: 任意の形 → 同じ形。"""
    return 4 / (4 + np.square(np.pi * np.asarray(x)))


def glu(W, V, v):
    """GLU。W, V: (m, n)、v: (n,) → (m,)。2 枚の重みを縦に積み、PyTorch と同じく、後ろの半分を門にする。"""
    values, gate = np.split(np.concatenate([W, V]) @ v, 2)
    return values * sigma(gate)


@dataclasses.dataclass(frozen=True)
class Exhibit:
    """展示 1 枚。f と slope は x だけの関数、limits は値の範囲、source は初出とされる論文。"""

    name: str
    f: Callable
    slope: Callable
    limits: str
    source: str
    gate: Callable | None = None


GALLERY = (
    Exhibit("ReLU", relu.relu, relu.derivative, "[0, ∞)", "Fukushima 1969", lambda x: np.heaviside(x, 0.5)),
    Exhibit("Leaky ReLU", lambda x: leaky_relu(x, 0.1), lambda x: leaky_slope(x, 0.1), "(−∞, ∞)", "Maas 2013"),
    Exhibit("ELU", elu, elu_slope, "(−1, ∞)", "Clevert 2015"),
    Exhibit("SELU", selu, selu_slope, "(−ΛA, ∞)", "Klambauer 2017"),
    Exhibit("softplus", logit.softplus, sigma, "(0, ∞)", "Dugas 2000"),
    Exhibit("SiLU", silu, silu_slope, "[底, ∞)", "Hendrycks 2016", sigma),
    Exhibit("GELU", gelu, gelu_slope, "[底, ∞)", "Hendrycks 2016", logit.normal_cdf),
    Exhibit("Mish", mish, mish_slope, "[底, ∞)", "Misra 2019", lambda x: np.tanh(logit.softplus(x))),
    Exhibit("hard swish", hard_swish, hard_swish_slope, "[底, ∞)", "Howard 2019", hard_sigmoid),
    Exhibit("tanh", tanh.tanh, tanh.derivative, "(−1, 1)", "—"),
    Exhibit("softsign", softsign, softsign_slope, "(−1, 1)", "Turian 2009"),
    Exhibit("arctan", arctan, arctan_slope, "(−1, 1)", "—"),
)


def summary():
    """展示の一覧。底と傾きの上限は、値と傾きの関数から測る。Leaky ReLU は α = 0.1、ELU は α = 1。"""
    rows = []
    for item in GALLERY:
        found = bottom(item.f, item.slope)
        place = "({:.3f}, {:.4f})".format(*found).replace("-", "−") if found else "なし"
        slopes = (f"{float(v):.4g}" for v in (item.slope(0.0), steepest(item.slope)))
        cells = (item.name, item.limits, *slopes, place)
        rows.append((*(cell.replace(" ", "\u00a0") for cell in cells), item.source))
    return ("関数", "値の範囲", "0 での傾き", "傾きの上限", "底", "初出とされる論文"), rows


def gates():
    """門の値 g(x) ごとの、g(x) + g(−x) と、負の側の底。"""
    rows = []
    for item in GALLERY:
        if item.gate:
            x, found = np.linspace(-6, 6, 241), bottom(item.f, item.slope)
            total = item.gate(x) + item.gate(-x)
            even = "いつも 1" if np.ptp(total) < 1e-12 else f"{total.min():.3f} から {total.max():.3f}"
            rows.append((item.name, even, f"{found[1]:.4f}".replace("-", "−") if found else "なし"))
    return ("関数", "g(x) + g(−x)", "底の値"), rows


def sharpened():
    """β を大きくしたときの、swish と ReLU のいちばん大きい差。"""
    rows = [(beta, *largest_gap(lambda x, b=beta: swish(x, b), relu.relu)) for beta in (0.5, 1, 2, 10, 100)]
    return ("β", "差が最大になる x", "差の最大", "差の最大 × β"), [(*row, row[0] * row[2]) for row in rows]


def hard_sigmoids():
    """「硬いシグモイド」の 3 通りの約束の値。"""
    ways = {
        "PyTorch、いまの Keras（x/6 + 1/2）": hard_sigmoid,
        "以前の Keras（0.2 x + 0.5）": lambda x: np.clip(0.2 * x + 0.5, 0, 1),
        "BinaryConnect（(x + 1)/2）": lambda x: np.clip((x + 1) / 2, 0, 1),
        "σ(x)": sigma,
    }
    points = (-3.0, -1.0, 0.0, 1.0, 3.0)
    rows = [(name, *(f"{float(f(x)):.4g}" for x in points)) for name, f in ways.items()]
    return ("約束（右は x ごとの値）", *(f"{x:g}".replace("-", "−") for x in points)), rows


def plot(fig):
    """12 枚の展示。実線が値、破線が傾きで、目もりはどの面も同じ。上の 3 段が ReLU の仲間、下の段が tanh の仲間。"""
    fig.set_size_inches(7.2, 8.0)
    x = np.linspace(-4, 4, 161)
    axes = fig.subplots(4, 3, sharex=True, sharey=True)
    for ax, item in zip(axes.flat, GALLERY, strict=True):
        for level in (0, 1):
            ax.axhline(level, color="C2", lw=0.6, ls=":")
        ax.plot(x, item.f(x), "C0-", label="値")
        ax.plot(x, item.slope(x), "C1--", label="傾き")
        ax.set(title=item.name, xlim=(-4, 4), ylim=(-1.9, 2.6))
    axes[0, 0].legend(loc="upper left")
    fig.supxlabel("x")
    fig.supylabel("値と傾き")


def plot_bottoms(ax):
    """0 の左の拡大。門をかけた 4 つは底から 0 に戻り、ELU は −1 に近づき、Leaky ReLU は下りつづける。"""
    x = np.linspace(-6, 1, 281)
    styles = {"SiLU": "C0-", "GELU": "C1--", "Mish": "C2-.", "hard swish": "C3:", "ELU": "C4-", "Leaky ReLU": "C5--"}
    for item in GALLERY:
        if item.name in styles:
            ax.plot(x, item.f(x), styles[item.name], label=item.name, lw=1.8 if item.gate else 1.2)
            if found := bottom(item.f, item.slope):
                ax.plot(*found, styles[item.name][:2] + "o", ms=5)
    ax.axhline(0, color="C2", lw=0.6, ls=":")
    ax.set(xlabel="x", ylabel="値", ylim=(-1.05, 0.9))
    ax.legend(loc="upper left", ncols=2)


def plot_swish(ax):
    """swish（実線）と ReLU（点線）。門の急さは、はじめは 1 で、SiLU と同じ。"""
    x = np.linspace(-5, 3, 161)
    ax.plot(x, relu.relu(x), "C2:", lw=2, label="ReLU(x)")
    ax.plot(x, swish(x, 1.0), "C0-", lw=2, label="swish(x)", gid="activation.gallery.swish")
    ax.set(xlabel="x", ylabel="値", ylim=(-1.6, 3.1))
    ax.legend(loc="upper left")


def plot_gates(ax):
    """門の値。ReLU の門は開くか閉じるかで、ほかの門は少しずつ開く。"""
    x = np.linspace(-5, 5, 201)
    styles = {"ReLU": "C3-", "SiLU": "C0-", "GELU": "C1--", "Mish": "C2-.", "hard swish": "C4:"}
    for item in GALLERY:
        if item.gate:
            at = np.array([-5, 0, 0, 5]) if item.name == "ReLU" else x
            y = np.array([0, 0, 1, 1]) if item.name == "ReLU" else item.gate(x)
            ax.plot(at, y, styles[item.name], lw=1 if item.name == "ReLU" else 1.8, label=item.name)
    ax.set(xlabel="x", ylabel="門の値 g(x)", yticks=(0, 0.5, 1))
    ax.legend(loc="upper left")


def plot_gelu(ax):
    """GELU の 2 つの近似の誤差（近似 − 本当の値）。tanh の近似は 0.0005 に届かず、1.702 の近似は最大で 0.02 ほど。"""
    x = np.linspace(-5, 5, 401)
    ax.plot(x, 1000 * (gelu_tanh(x) - gelu(x)), "C0-", label="tanh の近似")
    ax.plot(x, 1000 * (swish(x, 1.702) - gelu(x)), "C1--", label="x σ(1.702x)")
    ax.set_yscale("symlog", linthresh=0.5)
    ax.set(xlabel="x", ylabel="誤差 × 1000", ylim=(-120, 12))
    ax.set_yticks((-20, -5, -1, -0.5, 0, 0.5, 1, 5), ("−20", "−5", "−1", "−0.5", "0", "0.5", "1", "5"))
    ax.legend(loc="lower center")
