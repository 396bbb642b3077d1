"""損失関数の式。"""

import numpy as np
import torch
from scipy import special
from torch.nn import functional as F

TORCH = "PyTorch documentation, torch.nn, Loss Functions"
D2L = "Zhang et al., Dive into Deep Learning, ch. 3 and 4"
BISHOP = "Bishop, Pattern Recognition and Machine Learning, ch. 3 to 7"
GOODFELLOW = "Goodfellow, Bengio, Courville, Deep Learning, MIT Press, ch. 5 and 6"
ESL = "Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, ch. 10"
SIGMOID = r"\sigma(x) = \frac{1}{1 + e^{-x}}"


def t(x):
    return torch.tensor(x, dtype=torch.float64)


PAIR = "n: 2..4; i: 1..n; y, x: R^n"

ENTRIES = [
    ("l1", TORCH, "l: R^N; N: 2..4; n: 1..N; x, y: R^N", r"l_n = \left| x_n - y_n \right|,", lambda x, y, n: abs(x - y)[n - 1]),
    ("mse", TORCH, "l: R^N; N: 2..4; n: 1..N; x, y: R^N", r"l_n = \left( x_n - y_n \right)^2,", lambda x, y, n: F.mse_loss(t(x), t(y), reduction="none")[n - 1]),
    ("bce", TORCH, "l: R^N; N: 2..4; n: 1..N; x: (0, 1)^N; y: (0, 1)^N; w: R^N", r"l_n = - w_n \left[ y_n \cdot \log x_n + (1 - y_n) \cdot \log (1 - x_n) \right],",
     lambda x, y, w, n: F.binary_cross_entropy(t(x), t(y), t(w), reduction="none")[n - 1]),
    ("bce-logits", TORCH, r"l: R^N; N: 2..4; n: 1..N; x: R^N; y: (0, 1)^N; w: R^N; \sigma: fn; a: R",
     r"l_n = - w_n \left[ y_n \cdot \log \sigma(x_n) + (1 - y_n) \cdot \log (1 - \sigma(x_n)) \right],",
     lambda x, y, w, n: F.binary_cross_entropy_with_logits(t(x), t(y), t(w), reduction="none")[n - 1], r"\sigma(a) = \frac{1}{1 + e^{-a}}"),
    ("nll", TORCH, "l: R^N; N: 2..4; n: 1..N; C: 2..4; c: 1..C; y: 1..2; x: R^{N,C}; w: R^C", r"l_n = - w_{y} x_{n,y},", lambda x, w, y, n: -w[y - 1] * x[n - 1, y - 1]),
    ("ce-torch", TORCH, "l: R^N; N: 2..4; n: 1..N; C: 2..4; c: 1..C; y: 1..2; x: R^{N,C}; w: R^C",
     r"l_n = - w_{y} \log \frac{\exp(x_{n,y})}{\sum_{c=1}^C \exp(x_{n,c})}",
     lambda x, w, y, n: w[y - 1] * F.cross_entropy(t(x)[n - 1], torch.tensor(y - 1))),
    ("ce-soft", TORCH, "l: R^N; N: 2..4; n: 1..N; C: 2..4; c, i: 1..C; x, y: R^{N,C}; w: R^C",
     r"l_n = - \sum_{c=1}^C w_c \log \frac{\exp(x_{n,c})}{\sum_{i=1}^C \exp(x_{n,i})} y_{n,c}",
     lambda x, y, w, n: -np.sum(w * special.log_softmax(x[n - 1]) * y[n - 1])),
    ("smooth-l1", TORCH, r"l: R^N; N: 2..4; n: 1..N; x, y: R^N; \beta: R+", r"""l_n = \begin{cases}
        0.5 (x_n - y_n)^2 / \beta, & \text{if } |x_n - y_n| < \beta \\
        |x_n - y_n| - 0.5 * \beta, & \text{otherwise }
        \end{cases}""", lambda x, y, beta, n: F.smooth_l1_loss(t(x), t(y), reduction="none", beta=beta)[n - 1]),
    ("huber", TORCH, r"l: R^N; N: 2..4; n: 1..N; x, y: R^N; \delta: R+", r"""l_n = \begin{cases}
        0.5 (x_n - y_n)^2, & \text{if } |x_n - y_n| < \delta \\
        \delta * (|x_n - y_n| - 0.5 * \delta), & \text{otherwise }
        \end{cases}""", lambda x, y, delta, n: F.huber_loss(t(x), t(y), reduction="none", delta=delta)[n - 1]),
    ("huber-esl", ESL, r"L, f: fn; y, u: R; \delta: R+", r"""L(y, u) = \begin{cases}
        (y - u)^2 & \text{for } |y-u| \leq \delta, \\
        2\delta |y-u| - \delta^2 & \text{otherwise.} \end{cases}""",
     lambda y, u, delta: 2 * special.huber(delta, y - u)),
    ("hinge", BISHOP, "E: fn; y, t: R", r"E(yt) = [1 - yt]_+", lambda y, t: max(0, 1 - y * t)),
    ("hinge-max", "scikit-learn User Guide, Model evaluation, Hinge loss", r"L_{\text{Hinge}}: fn; w, y: R", r"L_\text{Hinge}(y, w) = \max\left\{1 - wy, 0\right\} = \left|1 - wy\right|_+", lambda y, w: max(0, 1 - w * y)),
    ("hinge-sum", "scikit-learn User Guide, Model evaluation, Hinge loss", r"L: R; n: 2..4; i: 1..n; w, y: R^n",
     r"L = \frac{1}{n} \sum_{i=1}^{n} \max\left\{1 - w_i y_i, 0\right\}", lambda w, y: np.mean(np.maximum(1 - w * y, 0))),
    ("squared-hinge", ESL, "L: fn; y, f: R", r"L(y, f) = \left[\max(0, 1 - yf)\right]^2", lambda y, f: max(0, 1 - y * f) ** 2),
    ("exponential-loss", ESL, "L: fn; y: sign; f: (-3, 3)", r"L(y, f) = \exp(-yf).", lambda y, f: np.exp(-y * f)),
    ("deviance", ESL, "L: fn; y, f: R", r"L(y, f) = \log\left(1 + e^{-2yf}\right)", lambda y, f: np.logaddexp(0, -2 * y * f)),
    ("logistic-loss", TORCH, r"\text{loss}: R; n: 2..4; i: 1..n; x, y: R^n", r"\text{loss} = \sum_i \frac{\log(1 + \exp(-y_i * x_i))}{n}", lambda x, y: np.mean(np.logaddexp(0, -x * y))),
    ("margin-ranking", TORCH, r"\text{loss}: fn; x_1, x_2, y, \text{margin}: R", r"\text{loss}(x_1, x_2, y) = \max(0, -y * (x_1 - x_2) + \text{margin})",
     lambda x_1, x_2, y, margin: max(0, -y * (x_1 - x_2) + margin)),
    ("hinge-embedding", TORCH, r"l: R^N; N: 2..4; n: 1..N; x: R^N; y: sign^N; \Delta: R+", r"""l_n = \begin{cases}
            x_n, & \text{if}\; y_n = 1,\\
            \max \{0, \Delta - x_n\}, & \text{if}\; y_n = -1,
        \end{cases}""", lambda x, y, Delta, n: F.hinge_embedding_loss(t(x), t(y), Delta, reduction="none")[n - 1]),
    ("cosine-embedding", TORCH, r"\text{loss}: fn; x_1, x_2, y, x, \text{margin}: R", r"\text{loss}(x, y) = \begin{cases} 1 - \cos(x_1, x_2), & \text{if } y = 1 \\ \max(0, \cos(x_1, x_2) - \text{margin}), & \text{if } y = -1 \end{cases}", lambda: 0.0),
    ("triplet", "Schroff, Kalenichenko, Philbin, FaceNet, arXiv:1503.03832; PyTorch TripletMarginLoss", r"L, d: fn; n: 2..4; a, p, q, \mathbf{x}, \mathbf{y}: R^n; \mathrm{margin}: R",
     r"L(a, p, q) = \max \{d(a, p) - d(a, q) + {\rm margin}, 0\}", lambda a, p, q, margin: max(np.linalg.norm(a - p) - np.linalg.norm(a - q) + margin, 0),
     r"d({\bf x}, {\bf y}) = \left\lVert {\bf x} - {\bf y} \right\rVert_2"),
    ("triplet-alpha", "Schroff, Kalenichenko, Philbin, FaceNet, arXiv:1503.03832", r"L: fn; n: 2..4; a, p, q: R^n; \alpha: R",
     r"L(a, p, q) = \max\left(\|a - p\|_2^2 - \|a - q\|_2^2 + \alpha,\; 0\right)", lambda a, p, q, alpha: max(np.sum((a - p) ** 2) - np.sum((a - q) ** 2) + alpha, 0)),
    ("contrastive", "Hadsell, Chopra, LeCun, Dimensionality Reduction by Learning an Invariant Mapping, CVPR 2006", "L: fn; Y: bit; D_W: R+; m: R+",
     r"L(Y, D_W) = (1 - Y)\frac{1}{2}(D_W)^2 + (Y)\frac{1}{2}\left\{\max(0, m - D_W)\right\}^2", lambda Y, D_W, m: D_W**2 / 2 if Y == 0 else max(0, m - D_W) ** 2 / 2),
    ("focal", "Lin et al., Focal Loss for Dense Object Detection, arXiv:1708.02002", r"\text{FL}: fn; p_{\text{t}}: (0, 1); \gamma: (0, 5)",
     r"\text{FL}(p_\text{t}) = -(1 - p_\text{t})^\gamma \log (p_\text{t}).", lambda p_t, gamma: -((1 - p_t) ** gamma) * np.log(p_t)),
    ("focal-alpha", "Lin et al., Focal Loss for Dense Object Detection, arXiv:1708.02002", r"\text{FL}: fn; p_{\text{t}}: (0, 1); \gamma: (0, 5); \alpha_{\text{t}}: (0, 1)",
     r"\text{FL}(p_\text{t}) = -\alpha_\text{t} (1 - p_\text{t})^\gamma \log (p_\text{t}).", lambda p_t, gamma, alpha_t: -alpha_t * (1 - p_t) ** gamma * np.log(p_t)),
    ("focal-pt", "Lin et al., Focal Loss for Dense Object Detection, arXiv:1708.02002", r"p_{\text{t}}: R; p: (0, 1); y: sign",
     r"p_\text{t} = \begin{cases} p & \text{if $y = 1$} \\ 1 - p & \text{otherwise,} \end{cases}", lambda p, y: p if y == 1 else 1 - p),
    ("ce-paper", "Lin et al., Focal Loss for Dense Object Detection, arXiv:1708.02002", r"\text{CE}: fn; p: (0, 1); y: sign",
     r"\text{CE}(p, y) = \begin{cases} -\log(p) & \text{if } y = 1 \\ -\log(1-p) & \text{otherwise.} \end{cases}", lambda p, y: -np.log(p if y == 1 else 1 - p)),
    ("dice", "Milletari, Navab, Ahmadi, V-Net, arXiv:1606.04797", "D: R; N: 2..4; i: 1..N; p: (0, 1)^N; g: (0, 1)^N",
     r"D = \frac{2\sum_{i}^{N} p_i g_i}{\sum_{i}^{N} p_i^2 + \sum_{i}^{N} g_i^2}", lambda p, g: 2 * p @ g / (p @ p + g @ g)),
    ("dice-bounds", "Milletari, Navab, Ahmadi, V-Net, arXiv:1606.04797", "D: R; N: 2..4; i: 1..N; p: (0, 1)^N; g: (0, 1)^N",
     r"D = \frac{2\sum_{i=1}^{N} p_i g_i}{\sum_{i=1}^{N} p_i^2 + \sum_{i=1}^{N} g_i^2}", lambda p, g: 2 * p @ g / (p @ p + g @ g)),
    ("quantile", "Koenker, Quantile Regression; scikit-learn Pinball loss", r"\rho: fn; u: R; \tau: (0, 1); \mathbb{I}: fn indicator", r"\rho(u) = u\left(\tau - \mathbb{I}(u < 0)\right)",
     lambda u, tau: u * (tau - (u < 0))),
    ("pinball", "scikit-learn User Guide, Model evaluation, Pinball loss", r"\text{pinball}: R; n: 2..4; i: 1..n; y, \hat{y}: R^n; \alpha: (0, 1)",
     r"\text{pinball} = \frac{1}{n} \sum_{i=1}^{n} \left[\alpha \max(y_i - \hat{y}_i, 0) + (1 - \alpha) \max(\hat{y}_i - y_i, 0)\right]",
     lambda y, y_hat, alpha: np.mean(np.where(y > y_hat, alpha * (y - y_hat), (1 - alpha) * (y_hat - y)))),
    ("logcosh", "Chen et al., Log Hyperbolic Cosine Loss Improves Variational Auto-Encoder, 2019", r"L: R; n: 2..4; i: 1..n; y, \hat{y}: R^n",
     r"L = \sum_{i=1}^{n} \log\left(\cosh(\hat{y}_i - y_i)\right)", lambda y, y_hat: np.sum(np.log(np.cosh(y_hat - y)))),
    ("poisson-nll", TORCH, r"\text{loss}: fn; \text{input}, \text{target}: R", r"\text{loss}(\text{input}, \text{target}) = \exp(\text{input}) - \text{target}*\text{input}",
     lambda input, target: F.poisson_nll_loss(t(input), t(target))),
    ("gaussian-nll", TORCH, r"\text{loss}: R; \text{input}, \text{target}: R; \text{var}: R+; \text{eps}: R+",
     r"\text{loss} = \frac{1}{2}\left(\log\left(\text{max}\left(\text{var}, \ \text{eps}\right)\right) + \frac{\left(\text{input} - \text{target}\right)^2} {\text{max}\left(\text{var}, \ \text{eps}\right)}\right)",
     lambda input, target, var, eps: F.gaussian_nll_loss(t([input]), t([target]), t([var]), eps=eps)),
    ("sse-bishop", BISHOP, r"E: R; N: 2..4; n: 1..N; y, t: R^N", r"E = \frac{1}{2} \sum_{n=1}^{N} \{ y_n - t_n \}^2", lambda y, t: np.sum((y - t) ** 2) / 2),
    ("sse-reg", BISHOP, r"\widetilde{E}: R; N: 2..4; M: 2..3; n: 1..N; y, t: R^N; \mathbf{w}: R^M; \lambda: R",
     r"\widetilde{E} = \frac{1}{2} \sum_{n=1}^{N} \{ y_n - t_n \}^2 + \frac{\lambda}{2} \|\mathbf{w}\|^2", lambda y, t, w, lambda_: np.sum((y - t) ** 2) / 2 + lambda_ / 2 * (w @ w)),
    ("rms-bishop", BISHOP, r"E_{\mathrm{RMS}}: R; E: R+; N: 1..4", r"E_{\mathrm{RMS}} = \sqrt{2 E / N}", lambda E, N: np.sqrt(2 * E / N)),
    ("cross-entropy-bishop", BISHOP, r"E: R; N: 2..3; n: 1..N; y: (0, 1)^N; t: (0, 1)^N",
     r"E = - \sum_{n=1}^N \left\{ t_n \ln y_n + (1 - t_n) \ln (1 - y_n) \right\}", lambda y, t: -np.sum(special.xlogy(t, y) + special.xlog1py(1 - t, -y))),
    ("multi-ce-bishop", BISHOP, r"E: R; N: 2..3; K: 2..4; n: 1..N; k: 1..K; y: (0, 1)^{N,K}; t: R^{N,K}", r"E = - \sum_{n=1}^N \sum_{k=1}^K t_{nk} \ln y_{nk}", lambda y, t: -np.sum(t * np.log(y))),
    ("squared-d2l", D2L, r"l^{(i)}: R; \hat{y}^{(i)}, y^{(i)}: R", r"l^{(i)} = \frac{1}{2} \left(\hat{y}^{(i)} - y^{(i)}\right)^2.", lambda y_hati, yi: (y_hati - yi) ** 2 / 2),
    ("squared-average-d2l", D2L, r"L: R; n: 2..4; i: 1..n; d: 2..3; \mathbf{x}: R^d by ^i; \mathbf{w}: R^d; b: R; y: R by ^i",
     r"L = \frac{1}{n}\sum_{i=1}^n \frac{1}{2}\left(\mathbf{w}^\top \mathbf{x}^{(i)} + b - y^{(i)}\right)^2.",
     lambda x, w, b, y, n: np.mean([(w @ x[i] + b - y[i]) ** 2 / 2 for i in range(1, n + 1)])),
    ("ce-d2l", D2L, r"l: fn; q: 2..4; j: 1..q; \mathbf{y}: simplex^q; \hat{\mathbf{y}}: simplex^q; y: as \mathbf{y}; \hat{y}: as \hat{\mathbf{y}}", r"l(\mathbf{y}, \hat{\mathbf{y}}) = - \sum_{j=1}^q y_j \log \hat{y}_j.", lambda y, y_hat: -y @ np.log(y_hat)),
    ("ce-lse-d2l", D2L, r"l: R; q: 2..4; j, k: 1..q; y: simplex^q; o: R^q",
     r"""\begin{aligned}
l &=  - \sum_{j=1}^q y_j \log \frac{\exp(o_j)}{\sum_{k=1}^q \exp(o_k)} \\
&= \sum_{j=1}^q y_j \log \sum_{k=1}^q \exp(o_k) - \sum_{j=1}^q y_j o_j \\
&= \log \sum_{k=1}^q \exp(o_k) - \sum_{j=1}^q y_j o_j.
\end{aligned}""", lambda y, o: special.logsumexp(o) - y @ o),
    ("mse-goodfellow", GOODFELLOW, r"\text{MSE}_{\text{test}}: R; m: 2..4; i: 1..m; \hat{\boldsymbol{y}}^{(\text{test})}, \boldsymbol{y}^{(\text{test})}: R^m",
     r"\text{MSE}_{\text{test}} = \frac{1}{m}\sum_i \left(\hat{\boldsymbol{y}}^{(\text{test})} - \boldsymbol{y}^{(\text{test})}\right)_i^2", lambda y_hattest, ytest: np.mean((y_hattest - ytest) ** 2)),
    ("mse-norm", GOODFELLOW, r"\text{MSE}: R; m: 2..4; \hat{\boldsymbol{y}}, \boldsymbol{y}: R^m", r"\text{MSE} = \frac{1}{m}\left|\left|\hat{\boldsymbol{y}} - \boldsymbol{y}\right|\right|_2^2", lambda y_hat, y: np.mean((y_hat - y) ** 2)),
    ("mlp-loss-sklearn", "scikit-learn User Guide, Neural network models (supervised)", r"Loss: R; n: 2..3; f, y: R^n; W: R^n; \alpha: R",
     r"Loss = \frac{1}{2}||f - y ||_2^2 + \alpha ||W||_2^2", lambda f, y, W, alpha: np.sum((f - y) ** 2) / 2 + alpha * W @ W),
    ("label-smoothing", "Szegedy et al., Rethinking the Inception Architecture, arXiv:1512.00567", r"q': fn; K: 2..5; k: 1..K; y: 1..2; \delta: identity^K; \epsilon: (0, 1)",
     r"q'(k) = (1 - \epsilon) \delta_{k,y} + \frac{\epsilon}{K}", lambda k, y, epsilon, K: (1 - epsilon) * (k == y) + epsilon / K),
    ("label-smoothing-vector", "Szegedy et al., Rethinking the Inception Architecture, arXiv:1512.00567", r"q': R^K; K: 2..5; k: 1..K; y: 1..2; \delta: identity^K; \epsilon: (0, 1)",
     r"q'_k = (1 - \epsilon) \delta_{k,y} + \frac{\epsilon}{K}", lambda k, y, epsilon, K: (1 - epsilon) * (k == y) + epsilon / K),
    ("vae-kl", "Kingma, Welling, Auto-Encoding Variational Bayes, arXiv:1312.6114", r"D_{KL}: R; J: 2..4; j: 1..J; \mu: R^J; \sigma: R*^J",
     r"-D_{KL} = \frac{1}{2} \sum_{j=1}^J \left(1 + \log ((\sigma_j)^2) - (\mu_j)^2 - (\sigma_j)^2 \right)", lambda mu, sigma: np.sum(1 + np.log(sigma**2) - mu**2 - sigma**2) / 2,
     r"D_{KL} = \frac{1}{2} \sum_{j=1}^{J} \left(\mu_j^2 + \sigma_j^2 - 1 - \log(\sigma_j^2)\right)"),
    ("vae-kl-plain", "Kingma, Welling, Auto-Encoding Variational Bayes, arXiv:1312.6114", r"D_{KL}: R; J: 2..4; j: 1..J; \mu: R^J; \sigma: R*^J",
     r"D_{KL} = -\frac{1}{2} \sum_{j=1}^{J} \left(1 + \log \sigma_j^2 - \mu_j^2 - \sigma_j^2\right)", lambda mu, sigma: np.sum(mu**2 + sigma**2 - 1 - 2 * np.log(abs(sigma))) / 2),
    ("gan", "Goodfellow et al., Generative Adversarial Nets, arXiv:1406.2661", r"V: R; m: 2..3; i: 1..m; d, g: (0, 1)^m",
     r"V = \frac{1}{m} \sum_{i=1}^m \left[ \log d_i + \log \left(1-g_i\right) \right].", lambda d, g: np.mean(np.log(d) + np.log1p(-g))),
    ("infonce", "van den Oord, Li, Vinyals, Contrastive Predictive Coding, arXiv:1807.03748", r"\ell: R^N; N: 2..4; i, k: 1..N; s: R^{N,N}; \tau: R+",
     r"\ell_{i} = -\log \frac{\exp(s_{i,i}/\tau)}{\sum_{k=1}^{N} \exp(s_{i,k}/\tau)}", lambda s, tau, i: -special.log_softmax(s[i - 1] / tau)[i - 1]),
    ("ntxent", "Chen et al., SimCLR, arXiv:2002.05709", r"\ell: R^{N, N}; N: 2..4; i, j, k: 1..N; s: R^{N,N}; \tau: R+; \mathbb{1}: fn indicator",
     r"\ell_{i,j} = -\log \frac{\exp(s_{i,j}/\tau)}{\sum_{k=1}^{N} \mathbb{1}_{[k \neq i]} \exp(s_{i,k}/\tau)}",
     lambda s, tau, i, j: -s[i - 1, j - 1] / tau + np.log(np.sum(np.delete(np.exp(s[i - 1] / tau), i - 1)))),
]  # fmt: skip
