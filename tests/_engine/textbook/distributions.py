"""分布、推定、検定の式。"""

import math

import numpy as np
from scipy import stats

BISHOP = "Bishop, Pattern Recognition and Machine Learning, ch. 1, 2 and Appendix B"
SCIPY = "SciPy documentation, scipy.stats"
WASSERMAN = "Wasserman, All of Statistics"
MULTI = r"D: 2..3; \mathbf{x}, \boldsymbol{\mu}: R^D; \boldsymbol{\Sigma}: spd^D"


def normal(x, mu, Sigma):
    return stats.multivariate_normal(mu, Sigma).pdf(x)


ENTRIES = [
    ("gaussian", BISHOP, r"\mathcal{N}: fn; x, \mu: R; \sigma^2: R+",
     r"\mathcal{N}\left(x | \mu, \sigma^2\right) = \frac{1}{\left(2\pi\sigma^2\right)^{1/2}} \exp\left\{-\frac{1}{2\sigma^2} (x - \mu)^2\right\}", lambda x, mu, sigma2: stats.norm.pdf(x, mu, np.sqrt(sigma2))),
    ("gaussian-e", "Zhang et al., Dive into Deep Learning, §3.1", r"p: fn; x, \mu: R; \sigma^2: R+", r"p(x) = \frac{1}{\sqrt{2 \pi \sigma^2}} \exp\left(-\frac{1}{2 \sigma^2} (x - \mu)^2\right).", lambda x, mu, sigma2: stats.norm.pdf(x, mu, np.sqrt(sigma2))),
    ("gaussian-sigma", WASSERMAN, r"f: fn; x, \mu: R; \sigma: R+", r"f(x) = \frac{1}{\sigma\sqrt{2\pi}} \exp\left\{ -\frac{1}{2\sigma^2} (x-\mu)^2 \right\},", lambda x, mu, sigma: stats.norm.pdf(x, mu, sigma)),
    ("gaussian-sigma-squared-arg", "Goodfellow, Bengio, Courville, Deep Learning, §3.9", r"\mathcal{N}: fn; x, \mu: R; \sigma: R+",
     r"\mathcal{N}(x;\mu,\sigma^2) = \sqrt{\frac{1}{2\pi\sigma^2}} \exp \left( -\frac{1}{2\sigma^2} (x -\mu)^2 \right).", lambda x, mu, sigma: stats.norm.pdf(x, mu, sigma)),
    ("gaussian-precision", "Goodfellow, Bengio, Courville, Deep Learning, §3.9", r"\mathcal{N}: fn; x, \mu: R; \beta: R+",
     r"\mathcal{N}(x;\mu,\beta) = \sqrt{\frac{\beta}{2\pi}} \exp \left( -\frac{1}{2}\beta (x -\mu)^2 \right).", lambda x, mu, beta: stats.norm.pdf(x, mu, beta**-0.5)),
    ("standard", SCIPY, r"f: fn; x: R", r"f(x) = \frac{\exp(-x^2/2)}{\sqrt{2\pi}}", lambda x: stats.norm.pdf(x)),
    ("multivariate", BISHOP, r"\mathcal{N}: fn; " + MULTI,
     r"""\mathcal{N}(\mathbf{x}|\boldsymbol{\mu}, \boldsymbol{\Sigma}) = \frac{1}{(2\pi)^{D/2}} \frac{1}{|\boldsymbol{\Sigma}|^{1/2}}
     \exp\left\{ -\frac{1}{2} (\mathbf{x} - \boldsymbol{\mu})^{\mathrm T} \boldsymbol{\Sigma}^{-1} (\mathbf{x} - \boldsymbol{\mu}) \right\}""", lambda x, mu, Sigma: normal(x, mu, Sigma)),
    ("multivariate-scipy", SCIPY, r"f: fn; k: 2..3; x, \mu: R^k; \Sigma: spd^k",
     r"f(x) = \frac{1}{\sqrt{(2 \pi)^k \det \Sigma}} \exp\left( -\frac{1}{2} (x - \mu)^T \Sigma^{-1} (x - \mu) \right),", lambda x, mu, Sigma: normal(x, mu, Sigma)),
    ("multivariate-mml", "Deisenroth, Faisal, Ong, Mathematics for Machine Learning, §6.5", r"p: fn; " + MULTI,
     r"p(\mathbf{x} \mid \boldsymbol{\mu}, \boldsymbol{\Sigma}) = (2\pi)^{-\frac{D}{2}}|\boldsymbol{\Sigma}|^{-\frac{1}{2}} \exp\left(-\tfrac{1}{2}(\mathbf{x}-\boldsymbol{\mu})^{\top}\boldsymbol{\Sigma}^{-1}(\mathbf{x}-\boldsymbol{\mu})\right),",
     lambda x, mu, Sigma: normal(x, mu, Sigma)),
    ("log-likelihood", BISHOP, r"\ell: R; N: 2..3; n: 1..N; x: R^N; \mu: R; \sigma^2: R+",
     r"\ell = -\frac{1}{2\sigma^2} \sum_{n=1}^N (x_n - \mu)^2 - \frac{N}{2} \ln \sigma^2 - \frac{N}{2} \ln (2\pi)", lambda x, mu, sigma2: np.sum(stats.norm.logpdf(x, mu, np.sqrt(sigma2)))),
    ("bernoulli", BISHOP, r"\mathrm{Bern}: fn; x: bit; \mu: (0, 1)", r"\mathrm{Bern}(x|\mu) = \mu^x (1-\mu)^{1-x}", lambda x, mu: stats.bernoulli.pmf(x, mu)),
    ("bernoulli-scipy", SCIPY, r"f: fn; k: bit; p: (0, 1)", r"f(k) = \begin{cases}1-p  &\text{if } k = 0\\ p    &\text{if } k = 1\end{cases}", lambda k, p: stats.bernoulli.pmf(k, p)),
    ("bernoulli-likelihood", BISHOP, r"L: R; N: 2..3; n: 1..N; x: bit^N; \mu: (0, 1)", r"L = \prod_{n=1}^N \mu^{x_n} (1-\mu)^{1-x_n}", lambda x, mu: np.prod(stats.bernoulli.pmf(x, mu))),
    ("binomial", BISHOP, r"\mathrm{Bin}: fn; m: 0..2; N: 2..4; \mu: (0, 1)", r"\mathrm{Bin}(m|N,\mu) = \binom{N}{m} \mu^m (1-\mu)^{N-m}", lambda m, N, mu: stats.binom.pmf(m, N, mu)),
    ("binomial-coefficient", BISHOP, r"N: 2..5; m: 0..2", r"\binom{N}{m} \equiv \frac{N!}{(N-m)!m!}", lambda N, m: math.comb(N, m)),
    ("choose", "Knuth, The Art of Computer Programming, vol. 1", "n: 2..5; k: 1..2", r"{n \choose k} = \frac{n!}{k!\,(n-k)!}", lambda n, k: math.comb(n, k)),
    ("poisson", SCIPY, r"f: fn; k: 0..5; \mu: R+", r"f(k) = \exp(-\mu) \frac{\mu^k}{k!}", lambda k, mu: stats.poisson.pmf(k, mu)),
    ("poisson-e", WASSERMAN, r"f: fn; x: 0..5; \lambda: R+", r"f(x) = e^{-\lambda} \frac{\lambda^x}{x!}", lambda x, lambda_: stats.poisson.pmf(x, lambda_)),
    ("geometric", SCIPY, r"f: fn; k: 1..5; p: (0, 1)", r"f(k) = (1-p)^{k-1} p", lambda k, p: stats.geom.pmf(k, p)),
    ("negative-binomial", SCIPY, r"f: fn; k: 0..4; n: 1..3; p: (0, 1)", r"f(k) = \binom{k+n-1}{n-1} p^n (1-p)^k", lambda k, n, p: stats.nbinom.pmf(k, n, p)),
    ("hypergeometric", SCIPY, r"p: fn; k: 0..1; M: 6..8; n: 2..3; N: 2..3", r"p(k, M, n, N) = \frac{\binom{n}{k} \binom{M - n}{N - k}}{\binom{M}{N}}", lambda k, M, n, N: stats.hypergeom.pmf(k, M, n, N)),
    ("exponential", SCIPY, r"f: fn; x: R+; \lambda: R+", r"f(x) = \lambda e^{-\lambda x}, \quad x \geq 0", lambda x, lambda_: (lambda_ * math.exp(-lambda_ * x), True)),
    ("exponential-plain", WASSERMAN, r"f: fn; x: R+; \beta: R+", r"f(x) = \frac{1}{\beta} e^{-x/\beta}", lambda x, beta: stats.expon.pdf(x, scale=beta)),
    ("exponential-indicator", "Goodfellow, Bengio, Courville, Deep Learning, §3.9", r"p: fn; x: R; \lambda: R+; \boldsymbol{1}: fn indicator", r"p(x;\lambda) = \lambda \boldsymbol{1}_{x\geq 0} \exp(-\lambda x).",
     lambda x, lambda_: stats.expon.pdf(x, scale=1 / lambda_)),
    ("laplace", "Goodfellow, Bengio, Courville, Deep Learning, §3.9", r"\mathrm{Laplace}: fn; x, \mu: R; \gamma: R+", r"\mathrm{Laplace}(x;\mu,\gamma) = \frac{1}{2\gamma} \exp \left( -\frac{|x - \mu|}{\gamma} \right).", lambda x, mu, gamma: stats.laplace.pdf(x, mu, gamma)),
    ("gamma", BISHOP, r"\mathrm{Gam}: fn; \Gamma: fn gamma; \lambda, a, b: R+", r"\mathrm{Gam}(\lambda|a,b) = \frac{1}{\Gamma(a)} b^a \lambda^{a-1} \exp(-b\lambda)", lambda lambda_, a, b: stats.gamma.pdf(lambda_, a, scale=1 / b)),
    ("beta", BISHOP, r"\mathrm{Beta}: fn; \Gamma: fn gamma; \mu: (0, 1); a, b: R+", r"\mathrm{Beta}(\mu|a,b) = \frac{\Gamma(a+b)}{\Gamma(a)\Gamma(b)} \mu^{a-1} (1-\mu)^{b-1}", lambda mu, a, b: stats.beta.pdf(mu, a, b)),
    ("student", BISHOP, r"\mathrm{St}: fn; \Gamma: fn gamma; x, \mu: R; \lambda, \nu: R+",
     r"\mathrm{St}(x|\mu,\lambda,\nu) = \frac{\Gamma(\nu/2 + 1/2)}{\Gamma(\nu/2)} \left(\frac{\lambda}{\pi\nu}\right)^{1/2} \left[ 1 + \frac{\lambda (x-\mu)^2}{\nu} \right]^{-\nu/2 - 1/2}",
     lambda x, mu, lambda_, nu: stats.t.pdf(x, nu, mu, lambda_**-0.5)),
    ("cauchy", SCIPY, "f: fn; x: R", r"f(x) = \frac{1}{\pi (1 + x^2)}", lambda x: stats.cauchy.pdf(x)),
    ("logistic", SCIPY, "f: fn; x: R", r"f(x) = \frac{\exp(-x)} {(1+\exp(-x))^2}", lambda x: stats.logistic.pdf(x)),
    ("gumbel", SCIPY, "f: fn; x: R", r"f(x) = \exp(-(x + e^{-x}))", lambda x: stats.gumbel_r.pdf(x)),
    ("weibull", SCIPY, "f: fn; x: R+; c: R+", r"f(x, c) = c x^{c-1} \exp(-x^c)", lambda x, c: stats.weibull_min.pdf(x, c)),
    ("pareto", SCIPY, "f: fn; x: (1, 9); b: R+", r"f(x, b) = \frac{b}{x^{b+1}}", lambda x, b: stats.pareto.pdf(x, b)),
    ("von-mises-arctan", SCIPY, "F: fn; x: R", r"F(x) = \frac{1}{2} + \frac{1}{\pi} \arctan(x)", lambda x: stats.cauchy.cdf(x)),
    ("uniform", "Deisenroth, Faisal, Ong, Mathematics for Machine Learning, §6.2", r"p: fn; x: R; a: (-3, 0); b: (0, 3)",
     r"p(x) = \begin{cases} \frac{1}{b-a} & \text{if } x \in [a, b] \\ 0 & \text{otherwise} \end{cases}", lambda x, a, b: stats.uniform.pdf(x, a, b - a)),
    ("triangular", "Evans, Hastings, Peacock, Statistical Distributions", r"f: fn; x: R; a: (-3, -1); c: (-1, 1); b: (1, 3)", r"""f(x) = \begin{cases}
       0 & \text{for } x < a, \\
       \frac{2(x-a)}{(b-a)(c-a)} & \text{for } a \le x \text{ and } x < c, \\
       \frac{2(b-x)}{(b-a)(b-c)} & \text{for } c \le x \le b, \\
       0 & \text{for } b < x. \end{cases}""", lambda x, a, b, c: stats.triang.pdf(x, (c - a) / (b - a), a, b - a)),
    ("sample-mean", WASSERMAN, r"\overline{X}: R; n: 2..4; i: 1..n; X: R^n", r"\overline{X} = \frac{1}{n} \sum_{i=1}^{n} X_i", lambda X: np.mean(X)),
    ("sample-variance", WASSERMAN, r"S^2: R; n: 2..4; i: 1..n; X: R^n; \overline{X}: R", r"S^2 = \frac{1}{n-1} \sum_{i=1}^n \left(X_i - \overline{X}\right)^2", lambda X: np.var(X, ddof=1), r"\overline{X} = \frac{1}{n} \sum_{i=1}^{n} X_i"),
    ("z-score", "scikit-learn User Guide, Preprocessing data", "z: R; x, u: R; s: R+", "z = (x - u) / s", lambda x, u, s: (x - u) / s),
    ("minmax", "scikit-learn User Guide, Preprocessing data", r"x': R^n; n: 2..4; i, j: 1..n; x: distinct^n", r"x'_i = \frac{x_i - \min_j x_j}{\max_j x_j - \min_j x_j}", lambda x, i: ((x - x.min()) / np.ptp(x))[i - 1]),
    ("t-statistic", WASSERMAN, r"t: R; \overline{x}, \mu_0: R; s: R+; n: 2..9", r"t = \frac{\overline{x} - \mu_0}{s / \sqrt{n}}", lambda x_overline, mu_0, s, n: (x_overline - mu_0) * math.sqrt(n) / s),
    ("chi-square", WASSERMAN, r"\chi^2: R; k: 2..4; j: 1..k; O: R^k; E: R+^k", r"\chi^2 = \sum_{j=1}^k \frac{(O_j - E_j)^2}{E_j}", lambda O, E: np.sum((O - E) ** 2 / E)),
    ("welch", "Welch, The generalization of Student's problem, 1947", r"t: R; \bar{X}_1, \bar{X}_2: R; s_1, s_2: R+; n_1, n_2: 2..5", r"t = \frac{\bar{X}_1 - \bar{X}_2}{\sqrt{\frac{s_1^2}{n_1} + \frac{s_2^2}{n_2}}}",
     lambda X_bar_1, X_bar_2, s_1, s_2, n_1, n_2: (X_bar_1 - X_bar_2) / math.sqrt(s_1**2 / n_1 + s_2**2 / n_2)),
    ("gmm", BISHOP, r"p: fn; x: R; K: 2..3; k: 1..K; \pi_k: R; \alpha: simplex^K; m: R^K; s: R+^K; \mathcal{N}: fn; u, \mu: R; v: R+",
     r"p(x) = \sum_{k=1}^K \alpha_k \mathcal{N}(x | m_k, s_k)", lambda x, alpha, m, s: np.sum(alpha * stats.norm.pdf(x, m, np.sqrt(s))),
     r"\mathcal{N}(u | \mu, v) = \frac{1}{\sqrt{2\pi v}} \exp\left(-\frac{(u-\mu)^2}{2v}\right)"),
    ("responsibility", BISHOP, r"\gamma: R^K; K: 2..3; k, j: 1..K; \alpha: simplex^K; f: R+^K", r"\gamma_k = \frac{\alpha_k f_k}{\sum_{j=1}^K \alpha_j f_j}", lambda alpha, f, k: (alpha * f)[k - 1] / (alpha @ f)),
    ("em-mean", BISHOP, r"\boldsymbol{\mu}: R^D by _k; D: 2..3; K: 2..2; k: 1..K; N: 2..3; n: 1..N; \gamma: (0, 1)^{N,K}; \mathbf{x}: R^D by _n; M: R^K",
     r"\boldsymbol{\mu}_k = \frac{1}{M_k} \sum_{n=1}^N \gamma_{nk} \mathbf{x}_n", lambda gamma, x, k, N: sum(gamma[n - 1, k - 1] * x[n] for n in range(1, N + 1)) / gamma[:, k - 1].sum(), r"M_k = \sum_{n=1}^N \gamma_{nk}"),
    ("posterior-mean", BISHOP, r"\mu_N: R; \mu_0, \mu_{\mathrm{ML}}: R; \sigma^2, \sigma_0^2: R+; N: 1..5",
     r"\mu_N = \frac{\sigma^2}{N\sigma_0^2 + \sigma^2} \mu_0 + \frac{N\sigma_0^2}{N\sigma_0^2 + \sigma^2} \mu_{\mathrm{ML}}", lambda mu_0, mu_ML, sigma2, sigma_02, N: (sigma2 * mu_0 + N * sigma_02 * mu_ML) / (N * sigma_02 + sigma2)),
    ("posterior-precision", BISHOP, r"\sigma_N^2: R+; \sigma_0^2, \sigma^2: R+; N: 1..5", r"\frac{1}{\sigma_N^2} = \frac{1}{\sigma_0^2} + \frac{N}{\sigma^2}", lambda sigma_02, sigma2, N: 1 / sigma_02 + N / sigma2,
     r"\sigma_N^2 = \frac{\sigma_0^2 \sigma^2}{N \sigma_0^2 + \sigma^2}"),
    ("laplace-smoothing", "scikit-learn User Guide, Naive Bayes", r"\hat{\theta}_{yi}: R; N_{yi}, N_y: 1..5; \alpha: R+; n: 2..4", r"\hat{\theta}_{yi} = \frac{ N_{yi} + \alpha}{N_y + \alpha n}", lambda N_yi, N_y, alpha, n: (N_yi + alpha) / (N_y + alpha * n)),
    ("naive-bayes", "scikit-learn User Guide, Naive Bayes", r"\hat{y}: R; n, K: 2..3; i: 1..n; y: 1..K; \pi_y: R; \theta: (0, 1)^{K,n}; \alpha: simplex^K", r"\hat{y} = \arg\max_y \alpha_y \prod_{i=1}^{n} \theta_{yi},", lambda theta, alpha: 1 + np.argmax(alpha * theta.prod(1))),
    ("cdf-erf", WASSERMAN, r"F: fn; x, \mu: R; \sigma: R+", r"F(x) = \frac{1}{2}\left[1 + \operatorname{erf}\left(\frac{x - \mu}{\sigma\sqrt{2}}\right)\right]", lambda x, mu, sigma: stats.norm.cdf(x, mu, sigma)),
]  # fmt: skip
