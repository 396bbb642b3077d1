"""活性化関数と出力層の式。"""

import numpy as np
import torch
from scipy import special
from torch.nn import functional as F

TORCH = "PyTorch documentation, torch.nn, Non-linear Activations"
D2L = "Zhang et al., Dive into Deep Learning, §5.1 Multilayer Perceptrons"
GOODFELLOW = "Goodfellow, Bengio, Courville, Deep Learning, MIT Press, ch. 3 and 6"
BISHOP = "Bishop, Pattern Recognition and Machine Learning, ch. 4 and 5"
SIGMOID = r"\sigma(x) = \frac{1}{1 + e^{-x}}"


def t(x):
    return torch.tensor(x, dtype=torch.float64)


def call(function):
    return lambda x: float(function(t(x)))


ENTRIES = [
    ("sigmoid", TORCH, r"\sigma: fn; x: R", r"\sigma(x) = \frac{1}{1 + \exp(-x)}", call(torch.sigmoid)),
    ("sigmoid-d2l", D2L, r"\operatorname{sigmoid}: fn; x: R", r"\operatorname{sigmoid}(x) = \frac{1}{1 + \exp(-x)}.", call(torch.sigmoid)),
    ("sigmoid-bishop", BISHOP, r"\sigma: fn; a: R", r"\sigma(a) = \frac{1}{1+\exp(-a)}", lambda a: special.expit(a)),
    ("sigmoid-symmetry", BISHOP, r"\sigma: fn; a, x: R", r"\sigma(-a) = 1 - \sigma(a)", lambda a: special.expit(-a), SIGMOID),
    ("logit-inverse", BISHOP, r"a: R; \sigma: (0, 1)", r"a = \ln\left(\frac{\sigma}{1-\sigma}\right)", lambda sigma: special.logit(sigma)),
    ("sigmoid-slash", "scikit-learn User Guide, Neural network models (supervised)", "g: fn; x: R", r"g(x)= 1/(1+e^{-x})", lambda x: special.expit(x)),
    ("tanh-sklearn", "scikit-learn User Guide, Neural network models (supervised)", "g: fn; x: R", r"g(x)= \frac{e^x-e^{-x}}{e^x+e^{-x}}", lambda x: np.tanh(x)),
    ("tanh-d2l", D2L, r"x: R", r"\operatorname{tanh}(x) = \frac{1 - \exp(-2x)}{1 + \exp(-2x)}.", lambda x: np.tanh(x)),
    ("tanh-text", TORCH, r"\text{Tanh}: fn; x: R", r"\text{Tanh}(x) = \tanh(x) = \frac{\exp(x) - \exp(-x)} {\exp(x) + \exp(-x)}", lambda x: np.tanh(x)),
    ("tanh-derivative", D2L, "x: R", r"\frac{d}{dx} \operatorname{tanh}(x) = 1 - \operatorname{tanh}^2(x).", lambda x: 1 / np.cosh(x) ** 2),
    ("sigmoid-derivative", D2L, r"\operatorname{sigmoid}: fn; x: R",
     r"\frac{d}{dx} \operatorname{sigmoid}(x) = \frac{\exp(-x)}{(1 + \exp(-x))^2} = \operatorname{sigmoid}(x)\left(1-\operatorname{sigmoid}(x)\right).",
     lambda x: special.expit(x) * special.expit(-x), r"\operatorname{sigmoid}(x) = \frac{1}{1+e^{-x}}"),
    ("sigmoid-derivative-bishop", BISHOP, r"\sigma: fn; a, x: R", r"\frac{d\sigma(a)}{da} = \sigma(a)\left\{ 1 - \sigma(a) \right\}",
     lambda a: special.expit(a) * special.expit(-a), SIGMOID),
    ("tanh-sigmoid", GOODFELLOW, r"\sigma: fn; z, x: R", r"\tanh(z) = 2\sigma(2z) - 1", lambda z: np.tanh(z), SIGMOID),
    ("relu", D2L, r"\operatorname{ReLU}: fn; x: R", r"\operatorname{ReLU}(x) = \max(x, 0).", call(F.relu)),
    ("relu-plus", TORCH, r"\text{ReLU}: fn; x: R", r"\text{ReLU}(x) = (x)^+ = \max(0, x)", call(F.relu)),
    ("relu-goodfellow", GOODFELLOW, "g: fn; z: R", r"g(z) = \max \{ 0, z \}", lambda z: max(z, 0.0)),
    ("leaky", TORCH, r"\text{LeakyReLU}: fn; x: R; \text{negative\_slope}: (0, 1)",
     r"\text{LeakyReLU}(x) = \max(0, x) + \text{negative\_slope} * \min(0, x)", lambda x, negative_slope: float(F.leaky_relu(t(x), negative_slope))),
    ("leaky-cases", TORCH, r"\text{LeakyReLU}: fn; x: R; \text{negative\_slope}: (0, 1)",
     r"""\text{LeakyReLU}(x) =
        \begin{cases}
        x, & \text{ if } x \geq 0 \\
        \text{negative\_slope} \times x, & \text{ otherwise }
        \end{cases}""", lambda x, negative_slope: float(F.leaky_relu(t(x), negative_slope))),
    ("prelu", TORCH, r"\text{PReLU}: fn; x: R; a: R", r"\text{PReLU}(x) = \max(0,x) + a * \min(0,x)", lambda x, a: float(F.prelu(t([x]), t([a])))),
    ("relu6", TORCH, r"\text{ReLU6}: fn; x: R", r"\text{ReLU6}(x) = \min(\max(0,x), 6)", call(F.relu6)),
    ("elu", TORCH, r"\text{ELU}: fn; x: R; \alpha: R+", r"""\text{ELU}(x) = \begin{cases}
        x, & \text{ if } x > 0\\
        \alpha * (\exp(x) - 1), & \text{ if } x \leq 0
        \end{cases}""", lambda x, alpha: float(F.elu(t(x), alpha))),
    ("elu-sum", TORCH, r"f: fn; x: R; \alpha: R+", r"f(x) = \max(0,x) + \min(0, \alpha * (\exp(x) - 1))", lambda x, alpha: float(F.elu(t(x), alpha))),
    ("selu", TORCH, r"\text{SELU}: fn; x: R; \text{scale}, \alpha: R+", r"\text{SELU}(x) = \text{scale} * (\max(0,x) + \min(0, \alpha * (\exp(x) - 1)))",
     lambda x, scale, alpha: scale * (x if x > 0 else alpha * np.expm1(x))),
    ("celu", TORCH, r"\text{CELU}: fn; x: R; \alpha: R+", r"\text{CELU}(x) = \max(0,x) + \min(0, \alpha * (\exp(x/\alpha) - 1))", lambda x, alpha: float(F.celu(t(x), alpha))),
    ("gelu-phi", TORCH, r"\text{GELU}, \Phi: fn; x: R", r"\text{GELU}(x) = x * \Phi(x)", call(F.gelu),
     r"\Phi(x) = \frac{1}{2}\left(1 + \operatorname{erf}\frac{x}{\sqrt{2}}\right)"),
    ("gelu-tanh", "Hendrycks, Gimpel, Gaussian Error Linear Units, arXiv:1606.08415", r"\text{GELU}: fn; \text{Tanh}: fn tanh; x: R",
     r"\text{GELU}(x) = 0.5 * x * (1 + \text{Tanh}(\sqrt{2 / \pi} * (x + 0.044715 * x^3)))", lambda x: float(F.gelu(t(x), approximate="tanh"))),
    ("gelu-erf", "Hendrycks, Gimpel, Gaussian Error Linear Units, arXiv:1606.08415", r"\text{GELU}: fn; x: R",
     r"\text{GELU}\left(x\right) = x \cdot \frac{1}{2}\left[1 + \text{erf}(x/\sqrt{2})\right]", call(F.gelu)),
    ("silu", TORCH, r"\text{silu}, \sigma: fn; x: R", r"\text{silu}(x) = x * \sigma(x), \text{where } \sigma(x) \text{ is the logistic sigmoid.}", call(F.silu), SIGMOID),
    ("swish", "Ramachandran, Zoph, Le, Searching for Activation Functions, arXiv:1710.05941", r"f, \sigma: fn; x, \beta: R", r"f(x) = x \cdot \sigma(\beta x)",
     lambda x, beta: x * special.expit(beta * x), SIGMOID),
    ("mish", TORCH, r"\text{Mish}, \text{Softplus}: fn; \text{Tanh}: fn tanh; x: R", r"\text{Mish}(x) = x * \text{Tanh}(\text{Softplus}(x))", call(F.mish), r"\text{Softplus}(x) = \log(1 + e^x)"),
    ("softplus", TORCH, r"\text{Softplus}: fn; x: R; \beta: R+", r"\text{Softplus}(x) = \frac{1}{\beta} * \log(1 + \exp(\beta * x))", lambda x, beta: np.logaddexp(0, beta * x) / beta),
    ("softplus-goodfellow", GOODFELLOW, r"\zeta: fn; x: R", r"\zeta(x) = \log\left(1 + \exp(x)\right)", lambda x: np.logaddexp(0, x)),
    ("softplus-difference", GOODFELLOW, r"\zeta: fn; x: R", r"\zeta(x) - \zeta(-x) = x", lambda x: x, r"\zeta(x) = \log(1 + \exp(x))"),
    ("softplus-derivative", GOODFELLOW, r"\zeta, \sigma: fn; x: R", r"\frac{d}{dx}\zeta(x) = \sigma(x)", lambda x: special.expit(x),
     r"\zeta(x) = \log(1 + \exp(x))", SIGMOID),
    ("log-sigmoid", GOODFELLOW, r"\zeta, \sigma: fn; x: R", r"\log \sigma(x) = -\zeta(-x)", lambda x: -np.logaddexp(0, -x), r"\zeta(x) = \log(1 + \exp(x))", SIGMOID),
    ("logsigmoid-torch", TORCH, r"\text{LogSigmoid}: fn; x: R", r"\text{LogSigmoid}(x) = \log\left(\frac{ 1 }{ 1 + \exp(-x)}\right)", call(F.logsigmoid)),
    ("softsign", TORCH, r"\text{SoftSign}: fn; x: R", r"\text{SoftSign}(x) = \frac{x}{ 1 + |x|}", call(F.softsign)),
    ("softsign-slash", TORCH, r"f: fn; x: R", r"f(x) = x / (1 + |x|)", call(F.softsign)),
    ("tanhshrink", TORCH, r"\text{Tanhshrink}: fn; x: R", r"\text{Tanhshrink}(x) = x - \tanh(x)", call(F.tanhshrink)),
    ("hardtanh", TORCH, r"\text{HardTanh}: fn; x: R; \text{min\_val}: (-3, 0); \text{max\_val}: (0, 3)", r"""\text{HardTanh}(x) = \begin{cases}
            \text{max\_val} & \text{ if } x > \text{ max\_val } \\
            \text{min\_val} & \text{ if } x < \text{ min\_val } \\
            x & \text{ otherwise } \\
        \end{cases}""", lambda x, min_val, max_val: np.clip(x, min_val, max_val)),
    ("hardsigmoid", TORCH, r"\text{Hardsigmoid}: fn; x: R", r"""\text{Hardsigmoid}(x) = \begin{cases}
            0 & \text{if~} x \le -3, \\
            1 & \text{if~} x \ge +3, \\
            x / 6 + 1 / 2 & \text{otherwise}
        \end{cases}""", call(F.hardsigmoid)),
    ("hardswish", "Howard et al., Searching for MobileNetV3, arXiv:1905.02244", r"\text{h-swish}, \text{ReLU6}: fn; x: R",
     r"\text{h-swish}[x] = x\frac{\text{ReLU6}(x+3)}{6}", call(F.hardswish), r"\text{ReLU6}(x) = \min(\max(0,x), 6)"),
    ("hardswish-cases", TORCH, r"\text{Hardswish}: fn; x: R", r"""\text{Hardswish}(x) = \begin{cases}
            0 & \text{if } x \le -3, \\
            x & \text{if } x \ge 3, \\
            x \cdot (x + 3) /6 & \text{otherwise}
        \end{cases}""", call(F.hardswish)),
    ("hardshrink", TORCH, r"\text{HardShrink}: fn; x: R; \lambda: (0, 2)", r"""\text{HardShrink}(x) =
        \begin{cases}
        x, & \text{ if } x > \lambda \\
        x, & \text{ if } x < -\lambda \\
        0, & \text{ otherwise }
        \end{cases}""", lambda x, lambda_: float(F.hardshrink(t(x), lambda_))),
    ("softshrink", TORCH, r"\text{SoftShrinkage}: fn; x: R; \lambda: (0, 2)", r"""\text{SoftShrinkage}(x) =
        \begin{cases}
        x - \lambda, & \text{ if } x > \lambda \\
        x + \lambda, & \text{ if } x < -\lambda \\
        0, & \text{ otherwise }
        \end{cases}""", lambda x, lambda_: float(F.softshrink(t(x), lambda_))),
    ("soft-threshold", "Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, §3.4", r"S: fn; x: R; \lambda: R+",
     r"S(x, \lambda) = \operatorname{sgn}(x)\left(|x| - \lambda\right)_+", lambda x, lambda_: np.sign(x) * max(abs(x) - lambda_, 0)),
    ("threshold", TORCH, r"y, x, \text{threshold}, \text{value}: R", r"""y =
        \begin{cases}
        x, &\text{ if } x > \text{threshold} \\
        \text{value}, &\text{ otherwise }
        \end{cases}""", lambda x, threshold, value: x if x > threshold else value),
    ("glu", TORCH, r"{GLU}: fn; n: 2..4; a, b, z: R^n; \sigma: fn; x: R", r"{GLU}(a, b)= a \otimes \sigma(b)", lambda a, b: a * special.expit(b), SIGMOID),
    ("glu-hadamard", "Dauphin et al., Language Modeling with Gated Convolutional Networks, arXiv:1612.08083", r"h: R^n; n: 2..4; \mathbf{A}, \mathbf{B}: R^n; \sigma: fn; x: R",
     r"h = \mathbf{A} \odot \sigma(\mathbf{B})", lambda A, B: A * special.expit(B), SIGMOID),
    ("softmax-torch", TORCH, r"\text{Softmax}: fn; n: 2..4; i, j: 1..n; x: R^n", r"\text{Softmax}(x_{i}) = \frac{\exp(x_i)}{\sum_j \exp(x_j)}", lambda x, i: special.softmax(x)[i - 1]),
    ("softmax-d2l", "Zhang et al., Dive into Deep Learning, §4.1 Softmax Regression", r"\hat{y}: R^q; q: 2..4; i, j: 1..q; o: R^q",
     r"\hat{y}_i = \frac{\exp(o_i)}{\sum_j \exp(o_j)}", lambda o, i: special.softmax(o)[i - 1]),
    ("softmax-goodfellow", GOODFELLOW, r"\text{softmax}: fn; n: 2..4; i, j: 1..n; \boldsymbol{x}: R^n; x: as \boldsymbol{x}",
     r"\text{softmax}(\boldsymbol{x})_i = \frac{\exp(x_i)}{\sum_{j=1}^{n}\exp(x_j)}", lambda x, i: special.softmax(x)[i - 1]),
    ("softmax-z", GOODFELLOW, r"\mathrm{softmax}: fn; n: 2..4; i, j: 1..n; z: R^n", r"\mathrm{softmax}(z)_i = \dfrac{e^{z_i}}{\displaystyle\sum_{j=1}^{n} e^{z_j}}", lambda z, i: special.softmax(z)[i - 1]),
    ("softmax-temperature", "Hinton, Vinyals, Dean, Distilling the Knowledge in a Neural Network, arXiv:1503.02531", r"q: R^n; n: 2..4; i, j: 1..n; z: R^n; T: R+",
     r"q_i = \frac{\exp(z_i/T)}{\sum_j \exp(z_j/T)}", lambda z, T, i: special.softmax(z / T)[i - 1]),
    ("softmax-shift", GOODFELLOW, r"\mathrm{softmax}: fn; n: 2..4; i, j: 1..n; z: R^n",
     r"\mathrm{softmax}(z)_i = \mathrm{softmax}\left(z - \max_{j} z_j\right)_i", lambda z, i: special.softmax(z)[i - 1],
     r"\mathrm{softmax}(z)_i = \frac{e^{z_i}}{\sum_{j=1}^{n} e^{z_j}}"),
    ("softmin", TORCH, r"s: R^n; n: 2..4; i, j: 1..n; x: R^n", r"s_{i} = \frac{\exp(-x_i)}{\sum_j \exp(-x_j)}", lambda x, i: special.softmax(-x)[i - 1]),
    ("log-softmax", GOODFELLOW, r"\log p: R^n; n: 2..4; i, j: 1..n; z: R^n", r"\log p_i = z_i - \log \sum_j \exp(z_j)", lambda z, i: special.log_softmax(z)[i - 1]),
    ("maxout", GOODFELLOW, r"g: R; k: 2..4; j: 1..k; z: R^k", r"g = \max_{j} z_j", lambda z: np.max(z)),
    ("softmax-two", BISHOP, r"p: R; a_1, a_2: R", r"p = \frac{\exp(a_1)}{\exp(a_1) + \exp(a_2)} = \frac{1}{1 + \exp(-(a_1 - a_2))}", lambda a_1, a_2: special.expit(a_1 - a_2)),
    ("probit", BISHOP, r"\Phi: fn; a: R", r"\Phi(a) = \frac{1}{2}\left\{1 + \operatorname{erf}\left(\frac{a}{\sqrt{2}}\right)\right\}", lambda a: special.ndtr(a)),
]  # fmt: skip
