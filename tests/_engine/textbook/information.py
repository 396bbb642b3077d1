"""情報理論と確率の式。"""

import numpy as np
from scipy import stats

D2L = "Zhang et al., Dive into Deep Learning, §22.11 Information Theory"
COVER = "Cover, Thomas, Elements of Information Theory, ch. 2"
BISHOP = "Bishop, Pattern Recognition and Machine Learning, §1.6"
GOODFELLOW = "Goodfellow, Bengio, Courville, Deep Learning, ch. 3"
PQ = "n: 2..4; i: 1..n; p, q: simplex^n"
JOINT = "n, m: 2..3; x: 1..n; y: 1..m; p: (0, 1)^{n,m}"

ENTRIES = [
    ("self-information", D2L, "I: fn; p: (0, 1)", r"I(p) = - \log_2 (p),", lambda p: -np.log2(p)),
    ("self-information-x", D2L, "I, X: fn; p: (0, 1)", r"I(X) = - \log_2 (p),", lambda p: -np.log2(p)),
    ("bits", D2L, "x: R", r"- \log_2 \left( \frac{1}{2^4} \right) = 4", lambda: 4.0),
    ("entropy-d2l", D2L, "H: R; n: 2..4; i: 1..n; p: simplex^n", r"H = - \sum_i p_i \log p_i", lambda p: stats.entropy(p)),
    ("entropy-braces", D2L, "H: R; n: 2..4; i: 1..n; p: simplex^n", r"H = - \sum_i {p_i \cdot \log p_i}.", lambda p: stats.entropy(p)),
    ("entropy-cover", COVER, "H: R; n: 2..4; i: 1..n; p: simplex^n", r"H = \sum_{i=1}^{n} p_i \log_2 \frac{1}{p_i} = -\sum_{i=1}^{n} p_i \log_2 p_i", lambda p: stats.entropy(p, base=2)),
    ("binary-entropy", COVER, "H: fn; p: (0, 1)", r"H(p) = -p \log_2 p - (1-p) \log_2 (1-p).", lambda p: stats.entropy([p, 1 - p], base=2)),
    ("joint-entropy", D2L, "H: R; " + JOINT, r"H = - \sum_{x} \sum_{y} p_{x, y} \log p_{x, y}", lambda p: -np.sum(p * np.log(p))),
    ("joint-entropy-pair", D2L, "H: R; " + JOINT, r"H = - \sum_{x, y} p_{x,y} \log p_{x,y}", lambda p: -np.sum(p * np.log(p))),
    ("conditional-entropy", D2L, "H: R; " + JOINT + "; r: R^n", r"H = - \sum_{x} \sum_{y} p_{xy} \log \frac{p_{xy}}{r_x}", lambda p: -np.sum(p * np.log(p / p.sum(1, keepdims=True))), r"r_x = \sum_y p_{xy}"),
    ("mutual", COVER, "I: R; " + JOINT + "; r: R^n; s: R^m", r"I = \sum_{x}\sum_{y} p_{xy} \log \frac{p_{xy}}{r_x s_y}",
     lambda p: np.sum(p * np.log(p / np.outer(p.sum(1), p.sum(0)))), r"r_x = \sum_y p_{xy}", r"s_y = \sum_x p_{xy}"),
    ("kl-d2l", D2L, r"D_{\mathrm{KL}}: fn; " + PQ, r"D_{\mathrm{KL}}(p\|q) = \sum_i p_i \log \frac{p_i}{q_i}", lambda p, q: stats.entropy(p, q)),
    ("kl-pipes", "Kullback, Leibler, On Information and Sufficiency, 1951", r"D_{KL}: fn; " + PQ, r"D_{KL}(p||q) = \sum_{i=1}^{n} p_i \ln\left(\frac{p_i}{q_i}\right)", lambda p, q: stats.entropy(p, q)),
    ("kl-parallel", COVER, r"D: fn; " + PQ, r"D(p \parallel q) = -\sum_i p_i \log \frac{q_i}{p_i} \geq 0", lambda p, q: True),
    ("kl-middle", BISHOP, r"\mathrm{KL}: fn; " + PQ, r"\mathrm{KL}\left(p \,\middle\|\, q\right) = - \sum_{i} p_i \ln \left\{ \frac{q_i}{p_i} \right\}", lambda p, q: stats.entropy(p, q)),
    ("kl-nonnegative", COVER, PQ, r"\sum_{i} p_i \log \frac{p_i}{q_i} \ge 0", lambda: True),
    ("cross-entropy", D2L, r"\mathrm{CE}: fn; " + PQ, r"\mathrm{CE}(p, q) = - \sum_i p_i \log q_i", lambda p, q: -p @ np.log(q)),
    ("ce-decomposition", D2L, r"\mathrm{CE}, H, D_{\mathrm{KL}}: fn; " + PQ, r"\mathrm{CE} (p, q) = H(p) + D_{\mathrm{KL}}(p\|q).", lambda p, q: -p @ np.log(q),
     r"\mathrm{CE}(p, q) = - \sum_i p_i \log q_i", r"H(p) = -\sum_i p_i \log p_i", r"D_{\mathrm{KL}}(p\|q) = \sum_i p_i \log \frac{p_i}{q_i}"),
    ("js", "Lin, Divergence measures based on the Shannon entropy, 1991", r"\mathrm{JSD}, D: fn; n: 2..4; i: 1..n; p, q: simplex^n; M: R^n; a, b: R^n",
     r"\mathrm{JSD}(p \parallel q) = \frac{1}{2}D(p \parallel M) + \frac{1}{2}D(q \parallel M),", lambda p, q: (stats.entropy(p, (p + q) / 2) + stats.entropy(q, (p + q) / 2)) / 2,
     r"D(a \parallel b) = \sum_i a_i \log \frac{a_i}{b_i}", r"M = \frac{1}{2}(p + q)"),
    ("pmi", D2L, r"\mathrm{pmi}: fn; p_{xy}, p_x, p_y: (0, 1)", r"\mathrm{pmi}(p_{xy}, p_x, p_y) = \log \frac{p_{xy}}{p_x \, p_y}", lambda p_xy, p_x, p_y: np.log(p_xy / (p_x * p_y))),
    ("perplexity", D2L, r"P: R; n: 2..4; t: 1..n; p: (0, 1)^n", r"P = \exp\left(-\frac{1}{n} \sum_{t=1}^n \log p_t\right).", lambda p: 1 / stats.gmean(p)),
    ("entropy-expectation", D2L, "H, X: fn", r"H(X) = - E_{x \sim P} [\log p(x)].", lambda: 0.0),
    ("entropy-integral", D2L, "H, X: fn", r"H(X) = - \int_x p(x) \log p(x) \; dx.", lambda: 0.0),
    ("gaussian-entropy", BISHOP, r"H: R; \sigma^2: R+", r"H = \frac{1}{2} \left\{ 1 + \ln(2 \pi \sigma^2) \right\}", lambda sigma2: stats.norm.entropy(scale=np.sqrt(sigma2))),
    ("kl-gaussian", BISHOP, r"D: R; \mu_1, \mu_2: R; \sigma_1, \sigma_2: R+", r"D = \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1 - \mu_2)^2}{2\sigma_2^2} - \frac12",
     lambda mu_1, mu_2, sigma_1, sigma_2: np.log(sigma_2 / sigma_1) + (sigma_1**2 + (mu_1 - mu_2) ** 2) / (2 * sigma_2**2) - 0.5),
    ("hellinger", "Le Cam, Asymptotic Methods in Statistical Decision Theory", "H: fn; " + PQ, r"H(p, q) = \frac{1}{\sqrt{2}} \sqrt{\sum_{i=1}^{n} (\sqrt{p_i} - \sqrt{q_i})^2},", lambda p, q: np.linalg.norm(np.sqrt(p) - np.sqrt(q)) / np.sqrt(2)),
    ("total-variation", "Levin, Peres, Wilmer, Markov Chains and Mixing Times", r"\delta: fn; " + PQ, r"\delta(p, q) = \frac{1}{2} \| p - q \|_1 = \frac{1}{2} \sum_i |p_i - q_i|", lambda p, q: np.sum(abs(p - q)) / 2),
    ("pinsker", "Csiszar, Korner, Information Theory", r"D, \delta: fn; " + PQ, r"\delta(p,q) \le \sqrt{\frac{1}{2} D(p\|q)}", lambda: True, r"\delta(p, q) = \frac{1}{2} \| p - q \|_1", r"D(p\|q) = \sum_i p_i \log \frac{p_i}{q_i}"),
    ("renyi", "Renyi, On measures of entropy and information, 1961", r"H_\alpha: R; n: 2..4; i: 1..n; p: simplex^n; \alpha: (2, 5)", r"H_\alpha = \frac{1}{1-\alpha}\log\left(\sum_{i=1}^n p_i^\alpha\right)", lambda p, alpha: np.log(np.sum(p**alpha)) / (1 - alpha)),
    ("gini", "scikit-learn User Guide, Decision Trees", r"H: R; K: 2..4; k: 1..K; p: simplex^K", r"H = \sum_k p_{k} (1 - p_{k})", lambda p: 1 - p @ p),
    ("information-gain", "Quinlan, Induction of Decision Trees, 1986", r"G: R; H, H_l, H_r: R; n_l, n_r: 1..5; n: 2..4", r"G = H - \left(\frac{n_l}{n} H_l + \frac{n_r}{n} H_r\right)", lambda H, H_l, H_r, n_l, n_r, n: H - (n_l * H_l + n_r * H_r) / n),
    ("bayes", BISHOP, r"p: fn", r"p(Y|X) = \frac{p(X|Y)p(Y)}{p(X)}", lambda: 0.0),
    ("bayes-two", GOODFELLOW, r"q: R; a, b, c: (0, 1)", r"q = \frac{a b}{a b + c (1 - b)}", lambda a, b, c: a * b / (a * b + c * (1 - b))),
    ("total-probability", GOODFELLOW, r"P: R^n; n, m: 2..3; x: 1..n; y: 1..m; J: (0, 1)^{n,m}", r"P_x = \sum_y J_{x,y}.", lambda J, x: J[x - 1].sum()),
    ("expectation", GOODFELLOW, r"\mathbb{E}[f]: R; n: 2..4; x: 1..n; P: simplex^n; f: R^n", r"\mathbb{E}[f] = \sum_x P_x f_x", lambda P, f: P @ f),
    ("variance-identity", BISHOP, r"n: 2..4; i: 1..n; p: simplex^n; x: R^n; \mu: R", r"\sum_i p_i (x_i - \mu)^2 = \sum_i p_i x_i^2 - \mu^2", lambda p, x: p @ x**2 - (p @ x) ** 2, r"\mu = \sum_i p_i x_i"),
    ("expectation-sim", GOODFELLOW, r"\mathbb{E}: fn", r"\mathbb{E}_{\mathrm{x} \sim P}[f(x)] = \sum_x P(x) f(x)", lambda: 0.0),
]  # fmt: skip
