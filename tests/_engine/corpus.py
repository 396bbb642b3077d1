"""読み手の試験に使う 60 の式。原メモの 16 式と、教科書や文書によく出る 44 式。

各項は (名, LaTeX, 記号, 実装, 実装に渡す値, 先に定めておく式)。
実装は scipy と torch か NumPy で、式とは別に書いた。実装が None なら、定まったものどうしの関係である。
"""

import numpy as np
import torch
from scipy import special, stats
from torch.nn import functional as F

SIGMOID = r"\sigma(x) = \frac{1}{1 + e^{-x}}"
SOFTMAX = r"\operatorname{softmax}(z)_i = \frac{e^{z_i}}{\sum_{j=1}^{K} e^{z_j}}"
LOGIT = r"\operatorname{logit}(p) = \log\left(\frac{p}{1-p}\right)"
SOFTPLUS = r"\text{Softplus}(x) = \log(1 + e^{x})"
LOSS = (r"z = \sum_{i=1}^{n} w_i x_i + b", r"E = \frac{1}{2}(f(z) - t)^2")

ONE = r"x: R; \sigma: fn"
NEURON = r"E, z: R; n: 1..4; i: 1..n; x, w: R^n; b, t: R; f: fn abstract; \rho: (0, 1)"
NETWORK = r"f: fn abstract; L: 3..4; l: 1..L-1; W: R^{d@l, d@l-1} by ^l; b: R^{d@l} by ^l; z, a, \delta: R^{d@l} by ^l"
ADAM = (
    r"m, v, \hat{m}, g, \theta: R by _t; \hat{v}: R+ by _t; t: 1..5; "
    r"\beta_1, \beta_2: (0, 1); \eta: R+; \epsilon: R+"
)
NORM = r"n: 2..5; i: 1..n; x: R^n; \mu, \sigma^2: R; \gamma, \beta: R^n; \epsilon: R+; y: R^n"
SOFT = r"\operatorname{softmax}: fn; K: 2..5; i, j: 1..K; z: R^K"


def tensor(value, grad=False):
    return torch.tensor(value, dtype=torch.float64, requires_grad=grad)


def gradient(function, value):
    """torch の自動微分。"""
    leaf = tensor(value, grad=True)
    function(leaf).backward()
    return leaf.grad


def neuron_loss(w, x, b, t, f):
    return (f(w @ tensor(x) + b) - t) ** 2 / 2


def weight_gradient(w, x, b, t, f):
    return gradient(lambda leaf: neuron_loss(leaf, x, b, t, f), w)


def layer_gradient(W, a, b, t):
    return gradient(lambda leaf: ((torch.tanh(leaf @ tensor(a) + tensor(b)) - tensor(t)) ** 2).sum() / 2, W)


def score_gradient(z, t):
    return gradient(lambda leaf: -(tensor(t) * torch.log_softmax(leaf, 0)).sum(), z)


SEED = [
    (
        "s01 重み付き和", r"z = \sum_{i=1}^{n} (x_i \cdot w_i) + b",
        "z: R; n: 1..5; i: 1..n; x, w: R^n; b: R", lambda x, w, b: np.dot(x, w) + b, "z = x, w, b", (),
    ),
    ("s02 活性化", r"a = f(z)", "a: R; z: R; f: fn abstract", lambda f, z: f(z), "a = f, z", ()),
    (
        "s03 シグモイド", "\\sigma(x)\n= \\frac{1}{1 + e^{-x}}\n= \\frac{e^x}{1 + e^x}",
        ONE, lambda x: special.expit(x), "x", (),
    ),
    (
        "s04 ゲイン", r"\sigma(x) = \frac{1}{1 + e^{-ax}}", ONE + "; a: R",
        lambda x, a: special.expit(a * x), "x, a", (),
    ),
    ("s05 tanh", r"\tanh(x) = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}", "x: R", lambda x: np.tanh(x), "x", ()),
    (
        "s06 ReLU", r"\text{ReLU}(x) = \max(0, x)", r"\text{ReLU}: fn; x: R",
        lambda x: torch.relu(tensor(x)), "x", (),
    ),
    (
        "s07 ReLU の導関数",
        "\\text{ReLU}'(x) = \\begin{cases}\n1 & \\text{if } x > 0 \\\\\n0 & \\text{otherwise}\n\\end{cases}",
        r"\text{ReLU}': fn; x: R", lambda x: gradient(torch.relu, x), "x", (),
    ),
    (
        "s08 ロジット", "\n\\operatorname{logit}(p) = \\log\\left(\\frac{p}{1-p}\\right)\n= \\log(p) - \\log(1-p)\n",
        r"\operatorname{logit}: fn; p: (0, 1)", lambda p: torch.logit(tensor(p)), "p", (),
    ),
    (
        "s09 勾配降下（成分）", r"w_i\leftarrow w_i-\rho\frac{\partial E}{\partial w_i}", NEURON,
        lambda w, x, b, t, rho, f: tensor(w) - rho * weight_gradient(w, x, b, t, f), r"w, x, b, t, \rho, f", LOSS,
    ),
    (
        "s10 勾配降下", r"w\leftarrow w-\rho\frac{dE}{dw}", NEURON,
        lambda w, x, b, t, rho, f: tensor(w) - rho * weight_gradient(w, x, b, t, f), r"w, x, b, t, \rho, f", LOSS,
    ),
    ("s11 アフィン", "wx+b", "n: 1..5; w, x: R^n; b: R", lambda w, x, b: np.dot(w, x) + b, "w, x, b", ()),
    (
        "s12 拡張",
        "w=\\begin{pmatrix}\n    w_0 \\\\\n    w_1 \\\\\n    \\vdots \\\\\n    w_n\n\\end{pmatrix}\n ,"
        "x=\\begin{pmatrix}\n    1 \\\\\n    x_1 \\\\\n    \\vdots \\\\\n    x_n\n\\end{pmatrix}\n",
        "n: 2..5; w, x: R^{0..n}", lambda w, x: (w, np.concatenate([[1.0], x[1:]])), "w, x", (),
    ),
    ("s13 内積", "wx", "n: 1..5; w, x: R^n", lambda w, x: np.inner(w, x), "w, x", ()),
    ("s14 超平面", "wx=0", "n: 1..2; w, x: Z^n", lambda w, x: bool(np.dot(w, x) == 0), "w, x", ()),
    ("s15 横ベクトル", r"(x_1, x_2, \ldots, x_{100})", "x: R^{100}", lambda x: x.reshape(1, -1), "x", ()),
    (
        "s16 縦ベクトル", r"\begin{pmatrix} y_1 \\ y_2 \\ \vdots \\ y_{100} \end{pmatrix}",
        "y: R^{100}", lambda y: y, "y", (),
    ),
]  # fmt: skip

FURTHER = [
    (
        "f01 シグモイドの導関数", r"\sigma'(x) = \sigma(x)(1 - \sigma(x))", ONE,
        lambda x: gradient(torch.sigmoid, x), "x", (SIGMOID,),
    ),
    ("f02 tanh の導関数", r"\tanh'(x) = 1 - \tanh^2(x)", "x: R", lambda x: gradient(torch.tanh, x), "x", ()),
    ("f03 tanh とシグモイド", r"\tanh(x) = 2\sigma(2x) - 1", ONE, None, "", (SIGMOID,)),
    (
        "f04 逆関数", r"\sigma(\operatorname{logit}(p)) = p",
        ONE + r"; p: (0, 1); \operatorname{logit}: fn", lambda p: special.expit(special.logit(p)), "p", (SIGMOID, LOGIT),
    ),
    (
        "f05 微分の記法", r"\frac{d\sigma(x)}{dx} = \frac{e^{-x}}{(1 + e^{-x})^2}", ONE,
        lambda x: stats.logistic.pdf(x), "x", (SIGMOID,),
    ),
    ("f06 softmax", SOFTMAX, SOFT, lambda z: torch.softmax(tensor(z), -1), "z", ()),
    (
        "f07 交差エントロピー", r"E = -\sum_{k=1}^{K} t_k \log y_k", "E: R; K: 2..5; k: 1..K; y, t: simplex^K",
        lambda y, t: F.cross_entropy(torch.log(tensor(y))[None], tensor(t)[None]), "E = y, t", (),
    ),
    (
        "f08 二値交差エントロピー", r"E = -(t\log y + (1-t)\log(1-y))", "E: R; t, y: (0, 1)",
        lambda y, t: F.binary_cross_entropy(tensor(y), tensor(t)), "E = y, t", (),
    ),
    (
        "f09 平均二乗誤差", r"\text{MSE} = \frac{1}{n}\sum_{i=1}^{n} (\hat{y}_i - y_i)^2",
        r"\text{MSE}: R; n: 1..5; i: 1..n; \hat{y}, y: R^n",
        lambda a, b: F.mse_loss(tensor(a), tensor(b)), r"\text{MSE} = \hat{y}, y", (),
    ),
    (
        "f10 連鎖律", r"\frac{\partial E}{\partial w_i} = \frac{\partial E}{\partial z}\frac{\partial z}{\partial w_i}",
        NEURON, weight_gradient, "w, x, b, t, f", LOSS,
    ),
    (
        "f11 誤差の逆伝播", r"\delta^{l} = (W^{l+1})^T \delta^{l+1} \odot f'(z^{l})", NETWORK,
        lambda W, d, z, slope: (W.T @ d) * slope(z), r"\delta^{l} = W^{l+1}, \delta^{l+1}, z^{l}, f'", (),
    ),
    (
        "f12 出力層の誤差", r"\delta^{L} = \nabla_{a^{L}} E \odot f'(z^{L})",
        r"E: R; f: fn abstract; L: 3..4; z, a, t, \delta: R^{d@l} by ^l; l: 1..L",
        lambda a, t, z, slope: (a - t) * slope(z), r"\delta^{L} = a^L, t^L, z^L, f'", (r"E = \frac{1}{2}\|a^{L} - t^{L}\|^2",),
    ),
    (
        "f13 重みの勾配", r"\frac{\partial E}{\partial W^{l}} = \delta (a^{l-1})^T",
        r"l: 1..3; W: R^{d@l, d@l-1} by ^l; b, a, t: R^{d@l} by ^l; E: R; n: 1..9; z, \delta: R^n",
        layer_gradient, r"W^{l}, a^{l-1}, b^{l}, t^{l}",
        (r"z = W^{l} a^{l-1} + b^{l}", r"E = \frac{1}{2}\|\tanh(z) - t^{l}\|^2", r"\delta = \nabla_z E"),
    ),
    (
        "f14 LeakyReLU",
        r"\text{LeakyReLU}(x) = \begin{cases} x & x > 0 \\ \alpha x & \text{otherwise} \end{cases}",
        r"\text{LeakyReLU}: fn; x: R; \alpha: (0, 1)", lambda x, a: F.leaky_relu(tensor(x), a), r"x, \alpha", (),
    ),
    (
        "f15 GELU", r"\text{GELU}(x) = \frac{x}{2}\left(1 + \operatorname{erf}\frac{x}{\sqrt{2}}\right)",
        r"\text{GELU}: fn; x: R", lambda x: F.gelu(tensor(x)), "x", (),
    ),
    (
        "f16 GELU の近似",
        r"\text{GELU}_{\tanh}(x) = 0.5x\left(1 + \tanh\left(\sqrt{2/\pi}(x + 0.044715x^3)\right)\right)",
        r"\text{GELU}_{\tanh}: fn; x: R", lambda x: F.gelu(tensor(x), approximate="tanh"), "x", (),
    ),
    (
        "f17 SiLU", r"\text{SiLU}(x) = x\sigma(x)", ONE + r"; \text{SiLU}: fn",
        lambda x: F.silu(tensor(x)), "x", (SIGMOID,),
    ),
    (
        "f18 Softplus", SOFTPLUS, r"\text{Softplus}: fn; x: R",
        lambda x: F.softplus(tensor(x), threshold=1e9), "x", (),
    ),
    (
        "f19 Softplus の導関数", r"\text{Softplus}'(x) = \sigma(x)", ONE + r"; \text{Softplus}: fn",
        lambda x: special.expit(x), "x", (SIGMOID, SOFTPLUS),
    ),
    (
        "f20 Adam 一次", r"m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t", ADAM,
        lambda m, g, beta: np.interp(beta, [0, 1], [g, m]), r"m_t = m_{t-1}, g_t, \beta_1", (),
    ),
    (
        "f21 Adam 二次", r"v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2", ADAM,
        lambda v, g, beta: v + (1 - beta) * (g * g - v), r"v_t = v_{t-1}, g_t, \beta_2", (),
    ),
    (
        "f22 Adam の補正", r"\hat{m}_t = \frac{m_t}{1 - \beta_1^t}", ADAM,
        lambda m, beta, t: -m / np.expm1(t * np.log(beta)), r"\hat{m}_t = m_t, \beta_1, t", (),
    ),
    (
        "f23 Adam の更新", r"\theta_t = \theta_{t-1} - \eta\frac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon}", ADAM,
        lambda theta, m, v, eta, eps: tensor(theta).addcdiv(tensor(m), tensor(v).sqrt() + eps, value=-eta),
        r"\theta_t = \theta_{t-1}, \hat{m}_t, \hat{v}_t, \eta, \epsilon", (),
    ),
    (
        "f24 パーセプトロンの学習則", r"w \leftarrow w + \eta (t - y) x", r"n: 1..4; w, x: R^n; t, y: bit; \eta: R+",
        lambda w, x, t, y, eta: w if t == y else (w + eta * x if t else w - eta * x), r"w, x, t, y, \eta", (),
    ),
    (
        "f25 XOR", r"x_1 \oplus x_2 = (x_1 \lor x_2) \land \lnot (x_1 \land x_2)", "x_1, x_2: bit",
        lambda a, b: int(a) ^ int(b), "x_1, x_2", (),
    ),
    (
        "f26 AND", r"\text{AND}(x_1, x_2) = \begin{cases} 1 & x_1 + x_2 - 1.5 > 0 \\ 0 & \text{otherwise} \end{cases}",
        r"\text{AND}: fn; x_1, x_2: bit", lambda a, b: int(a) & int(b), "x_1, x_2", (),
    ),
    (
        "f27 ワンホット", r"y_i = \begin{cases} 1 & i = k \\ 0 & i \neq k \end{cases}",
        "n: 2..5; y: R^n; i: 1..n; k: 1..2",
        lambda n, k: F.one_hot(torch.tensor(k - 1), n), "n, k", (),
    ),
    (
        "f28 注意機構",
        r"\operatorname{Attention}(Q, K, V) = \operatorname{softmax}\left(\frac{QK^T}{\sqrt{d_k}}\right)V",
        r"\operatorname{Attention}: fn; n: 2..3; m: 2..4; d_k: 2..3; r: 1..2; Q: R^{n, d_k}; K: R^{m, d_k}; "
        r"V: R^{m, r}; \operatorname{softmax}: fn; k: 2..4; i, j: 1..k; z: R^k",
        lambda Q, K, V: F.scaled_dot_product_attention(*(tensor(x)[None] for x in (Q, K, V)))[0], "Q, K, V",
        (r"\operatorname{softmax}(z)_i = \frac{e^{z_i}}{\sum_{j=1}^{k} e^{z_j}}",),
    ),
    ("f29 平均", r"\mu = \frac{1}{n}\sum_{i=1}^{n} x_i", NORM, lambda x: np.mean(x), r"\mu = x", ()),
    (
        "f30 分散", r"\sigma^2 = \frac{1}{n}\sum_{i=1}^{n} (x_i - \mu)^2", NORM, lambda x: np.var(x), r"\sigma^2 = x",
        (r"\mu = \frac{1}{n}\sum_{i=1}^{n} x_i",),
    ),
    (
        "f31 層正規化", r"y_i = \gamma_i \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta_i", NORM,
        lambda x, g, b, eps: F.layer_norm(tensor(x), (len(x),), tensor(g), tensor(b), eps), r"y_i = x, \gamma, \beta, \epsilon",
        (r"\mu = \frac{1}{n}\sum_{i=1}^{n} x_i", r"\sigma^2 = \frac{1}{n}\sum_{i=1}^{n} (x_i - \mu)^2"),
    ),
    (
        "f32 層の順伝播", r"z^{l} = W^{l} a^{l-1} + b^{l}", NETWORK,
        lambda W, a, b: F.linear(tensor(a), tensor(W), tensor(b)), r"z^{l} = W^{l}, a^{l-1}, b^{l}", (),
    ),
    (
        "f33 softmax と交差エントロピーの勾配", r"\frac{\partial E}{\partial z_i} = y_i - t_i",
        "E: R; K: 2..4; i, j, k: 1..K; y: R^K; t: simplex^K; z: R^K; " + r"\operatorname{softmax}: fn",
        score_gradient, "z, t",
        (SOFTMAX, r"y_i = \operatorname{softmax}(z)_i", r"E = -\sum_{k=1}^{K} t_k \log y_k"),
    ),
    (
        "f34 閾値", r"h(x) = \begin{cases} 1 & (x > \theta) \\ 0 & (x \le \theta) \end{cases}",
        r"h: fn; x: R; \theta: R", lambda x, theta: np.heaviside(x - theta, 0.0), r"x, \theta", (),
    ),
    (
        "f35 平行移動", r"\operatorname{softmax}(z + c)_i = \operatorname{softmax}(z)_i", SOFT + "; c: R",
        None, "", (SOFTMAX,),
    ),
    (
        "f36 log-sum-exp", r"\log\sum_{i=1}^{n} e^{z_i} = m + \log\sum_{i=1}^{n} e^{z_i - m}",
        "z: R^n; m: R; n: 2..4; i: 1..n", lambda z: torch.logsumexp(tensor(z), 0), "z", (),
    ),
    (
        "f37 KL", r"D_{\mathrm{KL}}(p \| q) = \sum_{i=1}^{n} p_i \log\frac{p_i}{q_i}",
        r"D_{\mathrm{KL}}: fn; n: 2..4; i: 1..n; p, q: simplex^n", lambda p, q: special.rel_entr(p, q).sum(), "p, q", (),
    ),
    (
        "f38 余弦", r"\cos\theta = \frac{a \cdot b}{\|a\| \|b\|}", r"\cos\theta: R; n: 2..4; a, b: R*^n",
        lambda a, b: F.cosine_similarity(tensor(a), tensor(b), 0, 0.0), "a, b", (),
    ),
    ("f39 対称", r"1 - \sigma(x) = \sigma(-x)", ONE, None, "", (SIGMOID,)),
    (
        "f40 モメンタム", r"v \leftarrow \mu v - \eta\frac{\partial E}{\partial w}",
        NEURON.replace(r"\rho: (0, 1)", r"\mu, \eta: (0, 1)") + "; v: R^n",
        lambda v, w, x, b, t, mu, eta, f: mu * tensor(v) - eta * weight_gradient(w, x, b, t, f),
        r"v, w, x, b, t, \mu, \eta, f", LOSS,
    ),
    (
        "f41 F 値", r"F_1 = \frac{2PR}{P + R}", "F_1: R; P, R: (0, 1)",
        lambda p, r: stats.hmean([p, r]), "P, R", (),
    ),
    (
        "f42 適合率", r"\text{Precision} = \frac{TP}{TP + FP}", r"\text{Precision}: R; TP, FP: 1..9",
        lambda tp, fp: np.mean([1] * tp + [0] * fp), "TP, FP", (),
    ),
    (
        "f43 予測", r"\hat{y} = \operatorname*{argmax}_{k} y_k", r"\hat{y}: R; n: 2..5; k: 1..n; y: distinct^n",
        lambda y: int(tensor(y).argmax()) + 1, "y", (),
    ),
    (
        "f44 ELU", r"\text{ELU}(x) = \begin{cases} x & x > 0 \\ \alpha(e^x - 1) & \text{otherwise} \end{cases}",
        r"\text{ELU}: fn; x: R; \alpha: R+", lambda x, a: F.elu(tensor(x), a), r"x, \alpha", (),
    ),
]  # fmt: skip

CORPUS = SEED + FURTHER
