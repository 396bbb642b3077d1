"""最適化と学習率の式。"""

import math

import numpy as np

ADAM = "Kingma, Ba, Adam: A Method for Stochastic Optimization, arXiv:1412.6980"
TORCH = "PyTorch documentation, torch.optim"
D2L = "Zhang et al., Dive into Deep Learning, ch. 12"
NG = "Ng, CS229 Lecture Notes, Part I"
M = r"t: 1..5; m, g, v, \theta: R by _t; \beta_1, \beta_2: (0, 1)"
LOSS = r"J = \frac{1}{2}\sum_{i=1}^{n} (\theta^T x^{(i)} - y^{(i)})^2"
DATA = r"n: 2..3; i: 1..n; d: 2..3; j: 1..d; \theta: R^d; x: R^d by ^i; y: R by ^i; J: R"


def residuals(theta, x, y, n):
    return np.array([theta @ x[i] - y[i] for i in range(1, n + 1)])


ENTRIES = [
    ("adam-m", ADAM, "m: R by _t; t: 1..5; g: R by _t; \\beta_1: (0, 1)", r"m_t \leftarrow \beta_1 \cdot m_{t-1} + (1 - \beta_1) \cdot g_t", lambda m, g, beta_1, t: np.interp(beta_1, [0, 1], [g[t], m[t - 1]])),
    ("adam-v", ADAM, "v: R by _t; t: 1..5; g: R by _t; \\beta_2: (0, 1)", r"v_t \leftarrow \beta_2 \cdot v_{t-1} + (1 - \beta_2) \cdot g^2_t", lambda v, g, beta_2, t: beta_2 * v[t - 1] + (1 - beta_2) * g[t] ** 2),
    ("adam-mhat", ADAM, r"\widehat{m}: R by _t; t: 1..5; m: R by _t; \beta_1: (0, 1)", r"\widehat{m}_t \leftarrow m_t / (1 - \beta_1^t)", lambda m, beta_1, t: -m[t] / math.expm1(t * math.log(beta_1))),
    ("adam-theta", ADAM, r"\theta: R by _t; t: 1..5; \widehat{m}: R by _t; \widehat{v}: R+ by _t; \alpha, \epsilon: R+",
     r"\theta_t \leftarrow \theta_{t-1} - \alpha \cdot \widehat{m}_t / (\sqrt{\widehat{v}_t} + \epsilon)", lambda theta, m_widehat, v_widehat, alpha, epsilon, t: theta[t - 1] - alpha * m_widehat[t] / (np.sqrt(v_widehat[t]) + epsilon)),
    ("adamax", ADAM, r"u: R by _t; t: 1..5; g: R by _t; \beta_2: (0, 1)", r"u_t \leftarrow \max(\beta_2 \cdot u_{t-1}, |g_t|)", lambda u, g, beta_2, t: max(beta_2 * u[t - 1], abs(g[t]))),
    ("adam-unrolled", ADAM, r"v: R by _t; t: 2..4; i: 1..t; g: R by _t; \beta_2: (0, 1)", r"v_t=(1-\beta_2)\sum_{i=1}^t \beta_2^{t-i} \cdot g_i^2", lambda g, beta_2, t: (1 - beta_2) * sum(beta_2 ** (t - i) * g[i] ** 2 for i in range(1, t + 1))),
    ("adamw", "Loshchilov, Hutter, Decoupled Weight Decay Regularization, arXiv:1711.05101", r"\theta: R by _t; t: 1..4; \eta, \alpha, \lambda, \epsilon: R+; \hat{m}: R by _t; \hat{v}: R+ by _t",
     r"\theta_t \leftarrow \theta_{t-1} - \eta \left( \alpha \hat{m}_t / (\sqrt{\hat{v}_t} + \epsilon) + \lambda \theta_{t-1} \right)",
     lambda theta, eta, alpha, lambda_, epsilon, m_hat, v_hat, t: theta[t - 1] * (1 - eta * lambda_) - eta * alpha * m_hat[t] / (np.sqrt(v_hat[t]) + epsilon)),
    ("sgd-torch", TORCH, r"\theta: R^n by _t; t: 1..4; n: 2..3; \gamma: R+; g: R^n by _t", r"\theta_t \leftarrow \theta_{t-1} - \gamma g_t", lambda theta, gamma, g, t: theta[t - 1] - gamma * g[t]),
    ("sgd-momentum", TORCH, r"\textbf{b}: R^n by _t; t: 1..4; n: 2..3; \mu, \tau: R; g: R^n by _t", r"\textbf{b}_t \leftarrow \mu \textbf{b}_{t-1} + (1-\tau) g_t", lambda b, mu, tau, g, t: mu * b[t - 1] + (1 - tau) * g[t]),
    ("momentum-v", TORCH, r"v: R by _t; t: 1..4; \mu: R; g: R by _t", r"v_{t+1} = \mu * v_{t} + g_{t+1},", lambda v, mu, g, t: mu * v[t] + g[t + 1]),
    ("momentum-p", TORCH, r"p: R by _t; t: 1..4; \text{lr}: R; v: R by _t", r"p_{t+1} = p_{t} - \text{lr} * v_{t+1},", lambda p, lr, v, t: p[t] - lr * v[t + 1]),
    ("nesterov", "Sutskever et al., On the importance of initialization and momentum in deep learning, 2013", r"v: R^n by _t; t: 1..4; n: 2..3; \mu, \epsilon: R; g, \theta: R^n by _t",
     r"v_{t+1} = \mu v_t - \epsilon g_t, \quad \theta_{t+1} = \theta_t + v_{t+1}", lambda v, mu, epsilon, g, theta, t: (mu * v[t] - epsilon * g[t], theta[t] + v[t + 1])),
    ("adagrad", D2L + ", §12.7", r"\mathbf{s}: R^n by _t; t: 1..4; n: 2..3; \mathbf{g}: R^n by _t", r"\mathbf{s}_t = \mathbf{s}_{t-1} + \mathbf{g}_t^2,", lambda s, g, t: s[t - 1] + g[t] ** 2),
    ("adagrad-scalar", "Duchi, Hazan, Singer, Adaptive Subgradient Methods, 2011", r"w: R by _t; t: 1..4; g: R by _t; s: R+ by _t; \eta, \epsilon: R+",
     r"w_t = w_{t-1} - \frac{\eta}{\sqrt{s_t + \epsilon}} \cdot g_t.", lambda w, g, s, eta, epsilon, t: w[t - 1] - eta * g[t] / np.sqrt(s[t] + epsilon)),
    ("rmsprop-odot", "Goodfellow, Bengio, Courville, Deep Learning, §8.5", r"\boldsymbol{r}: R^n; n: 2..3; \rho: (0, 1); \boldsymbol{g}: R^n",
     r"\boldsymbol{r} \leftarrow \rho \boldsymbol{r} + (1 - \rho) \boldsymbol{g} \odot \boldsymbol{g}", lambda r, rho, g: rho * r + (1 - rho) * g**2),
    ("adadelta", "Zeiler, ADADELTA, arXiv:1212.5701", r"x: R by _t; t: 1..4; \Delta x: R by _t", r"x_{t+1} = x_t + \Delta x_t", lambda x, Deltax, t: x[t] + Deltax[t]),
    ("ema", "Polyak, Juditsky, Acceleration of stochastic approximation by averaging, 1992", r"\bar{\theta}: R by _t; t: 1..4; \alpha: (0, 1); \theta: R by _t",
     r"\bar\theta_t = \alpha \bar\theta_{t-1} + (1 - \alpha)\theta_t", lambda theta_bar, alpha, theta, t: alpha * theta_bar[t - 1] + (1 - alpha) * theta[t]),
    ("clip", "Pascanu, Mikolov, Bengio, On the difficulty of training recurrent neural networks, arXiv:1211.5063", r"\mathbf{g}: R*^n; n: 2..3; \theta: R+",
     r"\mathbf{g} \leftarrow \min\left(1, \frac{\theta}{\|\mathbf{g}\|}\right) \mathbf{g}.", lambda g, theta: min(1, theta / np.linalg.norm(g)) * g),
    ("clip-cases", "Goodfellow, Bengio, Courville, Deep Learning, §10.11", r"\boldsymbol{g}: R*^n; n: 2..3; v: R+", r"\boldsymbol{g} \leftarrow \frac{\boldsymbol{g} v}{||\boldsymbol{g}||}", lambda g, v: g * v / np.linalg.norm(g)),
    ("cosine-annealing", "Loshchilov, Hutter, SGDR, arXiv:1608.03983; PyTorch CosineAnnealingLR", r"\eta_t: R; \eta_{min}, \eta_{max}: R; T_{cur}: 0..4; T_{max}: 1..4",
     r"\eta_t = \eta_{min} + \frac{1}{2}(\eta_{max} - \eta_{min})\left(1 + \cos\left(\frac{T_{cur}}{T_{max}}\pi\right)\right)",
     lambda eta_min, eta_max, T_cur, T_max: eta_min + (eta_max - eta_min) * math.cos(math.pi * T_cur / T_max / 2) ** 2),
    ("cosine-d2l", D2L + ", §12.11", r"\eta_t: R; \eta_0, \eta_T: R; t: 0..4; T: 1..4", r"\eta_t = \eta_T + \frac{\eta_0 - \eta_T}{2} \left(1 + \cos(\pi t/T)\right)", lambda eta_0, eta_T, t, T: eta_T + (eta_0 - eta_T) * math.cos(math.pi * t / T / 2) ** 2),
    ("exponential-decay", D2L + ", §12.11", r"\eta: fn; t: 0..4; \eta_0: R; \lambda: R+", r"\eta(t) = \eta_0 \cdot e^{-\lambda t}", lambda t, eta_0, lambda_: eta_0 * math.exp(-lambda_ * t)),
    ("polynomial-decay", D2L + ", §12.11", r"\eta: fn; t: 0..4; \eta_0: R; \alpha: R; \beta: R+", r"\eta(t) = \eta_0 \cdot (\beta t + 1)^{-\alpha}", lambda t, eta_0, beta, alpha: eta_0 / (beta * t + 1) ** alpha),
    ("step-decay", "PyTorch documentation, torch.optim.lr_scheduler.StepLR", r"\eta: fn; t: 0..9; \eta_0: R; \gamma: (0, 1); s: 1..4", r"\eta(t) = \eta_0 \gamma^{\lfloor t / s \rfloor}", lambda t, eta_0, gamma, s: eta_0 * gamma ** (t // s)),
    ("factor-decay", D2L + ", §12.11", r"\eta_{t+1}: R; \eta_{\mathrm{min}}, \eta_t, \alpha: R", r"\eta_{t+1} \leftarrow \mathop{\mathrm{max}}(\eta_{\mathrm{min}}, \eta_t \cdot \alpha)", lambda eta_min, eta_t, alpha: max(eta_min, eta_t * alpha)),
    ("goodfellow-decay", "Goodfellow, Bengio, Courville, Deep Learning, §8.3", r"\epsilon_k: R; \epsilon_0, \epsilon_\tau: R; k: 0..3; \tau: 4..6; \alpha: R",
     r"\epsilon_k = (1 - \alpha) \epsilon_0 + \alpha \epsilon_\tau", lambda epsilon_0, epsilon_tau, k, tau: np.interp(k, [0, tau], [epsilon_0, epsilon_tau]), r"\alpha = \frac{k}{\tau}"),
    ("inverse-scaling", "scikit-learn User Guide, Stochastic Gradient Descent", r"\eta^{(t)}: R; eta_0: R; power\_t: (0, 1); t: 1..5", r"\eta^{(t)} = \frac{eta_0}{t^{power\_t}}", lambda eta_0, power_t, t: eta_0 / t**power_t),
    ("inverse-scaling-text", "scikit-learn User Guide, Stochastic Gradient Descent", r"\eta^{(t)}: R; \eta_0: R; \text{power}: (0, 1); t: 1..5", r"\eta^{(t)} = \frac{\eta_0}{t^{\text{power}}}", lambda eta_0, power, t: eta_0 * t**-power),
    ("lms-cost", NG, "J: fn; " + DATA.replace("; J: R", ""), r"J(\theta) = \frac{1}{2} \sum_{i=1}^n \left(\theta^T x^{(i)} - y^{(i)}\right)^2.",
     lambda theta, x, y, n: np.sum(residuals(theta, x, y, n) ** 2) / 2),
    ("lms-update", NG, r"\theta: R^d; " + DATA.replace(r"\theta: R^d; ", "") + r"; \alpha: R+", r"\theta_j := \theta_j - \alpha \frac{\partial}{\partial \theta_j} J",
     lambda theta, x, y, n, alpha, j: theta[j - 1] - alpha * sum(r * x[i][j - 1] for i, r in enumerate(residuals(theta, x, y, n), 1)), LOSS),
    ("lms-rule", NG, r"\theta: R^d; " + DATA.replace(r"\theta: R^d; ", "") + r"; \alpha: R+; h: R by ^i",
     r"\theta_j := \theta_j + \alpha \sum_{i=1}^n \left(y^{(i)} - h^{(i)}\right) x_j^{(i)}", lambda theta, x, y, h, n, alpha, j: theta[j - 1] + alpha * sum((y[i] - h[i]) * x[i][j - 1] for i in range(1, n + 1))),
    ("lms-gradient", NG, r"J: R; " + DATA.replace("; J: R", ""), r"\frac{\partial J}{\partial \theta_j} = \sum_{i=1}^n (\theta^T x^{(i)} - y^{(i)}) x_j^{(i)}",
     lambda theta, x, y, n, j: sum(r * x[i][j - 1] for i, r in enumerate(residuals(theta, x, y, n), 1)), LOSS),
    ("newton", NG, r"\theta: R; f: fn abstract", r"\theta := \theta - \frac{f(\theta)}{f'(\theta)}.", lambda theta, f: theta - f(theta) / f.derivative(theta)),
    ("gd-d2l", D2L + ", §12.3", "x: R; \\eta: R+; f: fn abstract", r"x \leftarrow x - \eta f'(x)", lambda x, eta, f: x - eta * f.derivative(x)),
    ("gd-vector", D2L + ", §12.3", r"\mathbf{x}: R^n; n: 2..3; \eta: R+; f: R(\mathbf{x})", r"\mathbf{x} \leftarrow \mathbf{x} - \eta \nabla f(\mathbf{x}).", lambda x: x),
    ("weight-decay", D2L + ", §3.7", r"\mathbf{w}: R^n; n: 2..3; \eta, \lambda: R+; \mathbf{g}: R^n", r"\mathbf{w} \leftarrow \left(1- \eta\lambda \right) \mathbf{w} - \eta \mathbf{g}", lambda w, eta, lambda_, g: w - eta * (lambda_ * w + g)),
    ("penalty", D2L + ", §3.7", r"P: fn; n: 2..3; L: R; \mathbf{w}: R^n; \lambda: R", r"P(\mathbf{w}) = L + \frac{\lambda}{2} \|\mathbf{w}\|^2,", lambda w, L, lambda_: L + lambda_ * (w @ w) / 2),
    ("perceptron-rule", "Rosenblatt; Goodfellow, Bengio, Courville, Deep Learning", r"w: R^n; n: 2..3; \eta: R+; y, \hat{y}: bit; x: R^n", r"w \leftarrow w + \eta\,(y - \hat{y})\,x", lambda w, eta, y, y_hat, x: w + eta * (y - y_hat) * x),
    ("elastic-net", "scikit-learn User Guide, Linear Models", r"C: R; n: 2..3; X: R^{n,n}; w, y: R^n; \alpha, \rho: (0, 1)",
     r"C = \frac{1}{2n} ||X w - y||_2 ^ 2 + \alpha \rho ||w||_1 + \frac{\alpha(1-\rho)}{2} ||w||_2 ^ 2", lambda X, w, y, alpha, rho, n: np.sum((X @ w - y) ** 2) / (2 * n) + alpha * rho * np.sum(abs(w)) + alpha * (1 - rho) / 2 * w @ w),
    ("lasso", "scikit-learn User Guide, Linear Models", r"n_\text{samples}: 2..3; X: R^{n_\text{samples}, n_\text{samples}}; w, y: R^{n_\text{samples}}; \alpha: R", r"\min_{w} { \frac{1}{2n_{\text{samples}}} ||X w - y||_2 ^ 2 + \alpha ||w||_1}", lambda w: 0.0),
    ("ridge-objective", "scikit-learn User Guide, Linear Models", r"n: 2..3; X: R^{n,n}; w, y: R^n; \alpha: R", r"|| X w - y||_2^2 + \alpha ||w||_2^2", lambda X, w, y, alpha: np.sum((X @ w - y) ** 2) + alpha * w @ w),
    ("linear-warmup", "Goyal et al., Accurate, Large Minibatch SGD, arXiv:1706.02677", r"\eta: R by _t; t: 1..5; \hat{\eta}: R+; m: 5..6", r"\eta_t = \hat{\eta} \cdot \min\left(1, \frac{t}{m}\right)", lambda eta_hat, t, m: eta_hat * t / m),
    ("lars", "You, Gitman, Ginsburg, Large Batch Training of Convolutional Networks, arXiv:1708.03888", r"\lambda^l: R; n: 2..3; \eta: R+; w, g: R*^n", r"\lambda^l = \eta \times \frac{\|w\|}{\|g\|}", lambda eta, w, g: eta * np.linalg.norm(w) / np.linalg.norm(g)),
    ("nadam-mu", TORCH, r"\mu: R by _t; t: 1..4; \beta_1: (0, 1); \psi: (0, 1)", r"\mu_t \leftarrow \beta_1 \big(1 - \frac{1}{2} 0.96^{t \psi} \big)", lambda beta_1, psi, t: beta_1 * (1 - 0.96 ** (t * psi) / 2)),
    ("radam-rho", TORCH, r"\rho_\infty: R; \beta_2: (0, 1)", r"\rho_\infty \leftarrow 2/(1-\beta_2) -1", lambda beta_2: 2 / (1 - beta_2) - 1),
    ("rprop", TORCH, r"\eta: R by _t; t: 1..4; \eta_{-}: (0, 1); \Gamma_{min}: R", r"\eta_t \leftarrow \max(\eta_{t-1} \eta_{-}, \Gamma_{min})", lambda eta, eta_, Gamma_min, t: max(eta[t - 1] * eta_, Gamma_min)),
    ("mini-batch", D2L + ", §12.5", r"\mathbf{g}: R^n; n: 2..3; B: 2..3; i: 1..B; \mathbf{h}: R^n by _i", r"\mathbf{g} = \frac{1}{B} \sum_{i=1}^{B} \mathbf{h}_i", lambda h, B: sum(h[i] for i in range(1, B + 1)) / B),
    ("leaky-average", D2L + ", §12.6", r"\mathbf{v}: R^n by _t; t: 1..3; n: 2..3; \beta: (0, 1); \mathbf{g}: R^n by _t", r"\mathbf{v}_t = \beta \mathbf{v}_{t-1} + \mathbf{g}_t", lambda v, beta, g, t: beta * v[t - 1] + g[t]),
    ("momentum-limit", D2L + ", §12.6", r"\beta: (0, 1); k: 3..5; \tau: 0..k", r"\sum_{\tau=0}^{k} \beta^\tau = \frac{1 - \beta^{k+1}}{1-\beta}", lambda beta, k: sum(beta**j for j in range(k + 1))),
]  # fmt: skip
