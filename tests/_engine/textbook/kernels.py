"""カーネル、ガウス過程、サポートベクトル、クラスタリングの式。"""

import numpy as np
from scipy.spatial import distance
from scipy.spatial.distance import cdist

SKLEARN = "scikit-learn User Guide, Pairwise metrics, Affinities and Kernels"
GP = "scikit-learn User Guide, Gaussian Processes"
RW = "Rasmussen, Williams, Gaussian Processes for Machine Learning, ch. 2 and 4"
BISHOP = "Bishop, Pattern Recognition and Machine Learning, ch. 6, 7 and 9"
XY = "n: 2..3; x, y: R^n"
DIST = r"n: 2..3; x_i, x_j: R^n; d: fn; u, v: R^n; l: R+"
NORM = r"d(u, v) = \|u - v\|"

ENTRIES = [
    ("cosine", SKLEARN, "k: fn; n: 2..3; x, y: R*^{1, n}", r"k(x, y) = \frac{x y^\top}{\|x\| \|y\|}", lambda x, y: x @ y.T / np.linalg.norm(x) / np.linalg.norm(y)),
    ("linear", SKLEARN, "k: fn; " + XY, r"k(x, y) = x^\top y", lambda x, y: x @ y),
    ("polynomial", SKLEARN, r"k: fn; n: 2..3; x, y: R+^n; \gamma, c_0: R+; d: 2..3", r"k(x, y) = (\gamma x^\top y +c_0)^d", lambda x, y, gamma, c_0, d: (gamma * (x @ y) + c_0) ** d),
    ("sigmoid", SKLEARN, r"k: fn; " + XY + r"; \gamma, c_0: R", r"k(x, y) = \tanh( \gamma x^\top y + c_0)", lambda x, y, gamma, c_0: np.tanh(gamma * (x @ y) + c_0)),
    ("rbf", SKLEARN, r"k: fn; " + XY + r"; \gamma: R+", r"k(x, y) = \exp( -\gamma \| x-y \|^2)", lambda x, y, gamma: np.exp(-gamma * distance.sqeuclidean(x, y))),
    ("laplacian", SKLEARN, r"k: fn; " + XY + r"; \gamma: R+", r"k(x, y) = \exp( -\gamma \| x-y \|_1)", lambda x, y, gamma: np.exp(-gamma * distance.cityblock(x, y))),
    ("chi2", SKLEARN, r"k: fn; n: 2..3; i: 1..n; x, y: R+^n; \gamma: R+", r"k(x, y) = \exp \left (-\gamma \sum_i \frac{(x[i] - y[i]) ^ 2}{x[i] + y[i]} \right )", lambda x, y, gamma: np.exp(-gamma * np.sum((x - y) ** 2 / (x + y)))),
    ("chi2-index", "Zhang, Marszalek, Lazebnik, Schmid, Local features and kernels, 2007", r"k: fn; n: 2..3; i: 1..n; x, y: R+^n; \gamma: R+", r"k(x, y) = \exp \left (-\gamma \sum_i \frac{(x_i - y_i)^2}{x_i + y_i} \right )", lambda x, y, gamma: np.exp(-gamma * np.sum((x - y) ** 2 / (x + y)))),
    ("gp-rbf", GP, "k: fn; " + DIST, r"k(x_i, x_j) = \text{exp}\left(- \frac{d(x_i, x_j)^2}{2l^2} \right)", lambda x_i, x_j, l: np.exp(-distance.sqeuclidean(x_i, x_j) / (2 * l * l)), NORM),
    ("gp-abs-exp", GP, "k: fn; " + DIST, r"k(x_i, x_j) = \exp \Bigg(- \frac{1}{l} d(x_i , x_j ) \Bigg)", lambda x_i, x_j, l: np.exp(-distance.euclidean(x_i, x_j) / l), NORM),
    ("gp-abs-exp-tail", GP, "k: fn; " + DIST + r"; \nu: R", r"k(x_i, x_j) = \exp \Bigg(- \frac{1}{l} d(x_i , x_j ) \Bigg) \quad \quad \nu= \tfrac{1}{2}", lambda x_i, x_j, l: np.exp(-distance.euclidean(x_i, x_j) / l), NORM),
    ("gp-matern32", GP, "k: fn; " + DIST, r"k(x_i, x_j) =  \Bigg(1 + \frac{\sqrt{3}}{l} d(x_i , x_j )\Bigg) \exp \Bigg(-\frac{\sqrt{3}}{l} d(x_i , x_j ) \Bigg)",
     lambda x_i, x_j, l: (1 + 3**0.5 * distance.euclidean(x_i, x_j) / l) * np.exp(-(3**0.5) * distance.euclidean(x_i, x_j) / l), NORM),
    ("gp-matern52", GP, "k: fn; " + DIST, r"k(x_i, x_j) = \Bigg(1 + \frac{\sqrt{5}}{l} d(x_i , x_j ) +\frac{5}{3l^2} d(x_i , x_j )^2 \Bigg) \exp \Bigg(-\frac{\sqrt{5}}{l} d(x_i , x_j ) \Bigg)",
     lambda x_i, x_j, l: (1 + (r := 5**0.5 * distance.euclidean(x_i, x_j) / l) + r * r / 3) * np.exp(-r), NORM),
    ("gp-rq", GP, r"k: fn; " + DIST + r"; \alpha: R+", r"k(x_i, x_j) = \left(1 + \frac{d(x_i, x_j)^2}{2\alpha l^2}\right)^{-\alpha}", lambda x_i, x_j, l, alpha: (1 + distance.sqeuclidean(x_i, x_j) / (2 * alpha * l * l)) ** -alpha, NORM),
    ("gp-periodic", GP, "k: fn; " + DIST + "; p: R+", r"k(x_i, x_j) = \text{exp}\left(- \frac{ 2\sin^2(\pi d(x_i, x_j) / p) }{ l^ 2} \right)", lambda x_i, x_j, l, p: np.exp(-2 * np.sin(np.pi * distance.euclidean(x_i, x_j) / p) ** 2 / l**2), NORM),
    ("gp-dot", GP, r"k: fn; n: 2..3; x_i, x_j: R^n; \sigma_0: R", r"k(x_i, x_j) = \sigma_0 ^ 2 + x_i \cdot x_j", lambda x_i, x_j, sigma_0: sigma_0**2 + x_i @ x_j),
    ("gp-matern", GP, r"k: fn; " + DIST + r"; \nu: R+; \Gamma: fn gamma", r"k(x_i, x_j) = \frac{1}{\Gamma(\nu)2^{\nu-1}}\Bigg(\frac{\sqrt{2\nu}}{l} d(x_i , x_j )\Bigg)^\nu K_\nu\Bigg(\frac{\sqrt{2\nu}}{l} d(x_i , x_j )\Bigg),", lambda x_i, x_j: 0.0, NORM),
    ("gp-mean", RW, r"\bar{f}_*: R^m; n, m: 2..3; K: spd^n; K_*: R^{m, n}; \sigma_n^2: R+; I: identity^n; \mathbf{y}: R^n",
     r"\bar{f}_* = K_* \left[K + \sigma_n^2 I\right]^{-1}\mathbf{y}", lambda K, K_, sigma_n2, y, n: K_ @ np.linalg.solve(K + sigma_n2 * np.eye(n), y)),
    ("gp-variance", RW, r"V: R; n: 2..3; k: R; \mathbf{k}_*: R^n; K: spd^n; \sigma_n^2: R+; I: identity^n",
     r"V = k - \mathbf{k}_*^\top (K + \sigma_n^2 I)^{-1} \mathbf{k}_*.", lambda k, k_, K, sigma_n2, n: k - k_ @ np.linalg.solve(K + sigma_n2 * np.eye(n), k_)),
    ("gp-evidence", RW, r"\mathcal{L}: R; n: 2..3; \mathbf{y}: R^n; K: spd^n",
     r"\mathcal{L} = -\tfrac{1}{2}\mathbf{y}^\top K^{-1}\mathbf{y} - \tfrac{1}{2}\log |K| - \tfrac{n}{2}\log 2\pi", lambda y, K, n: -(y @ np.linalg.solve(K, y) + np.linalg.slogdet(K)[1] + n * np.log(2 * np.pi)) / 2),
    ("gp-evidence-parens", RW, r"\mathcal{L}: R; n: 2..3; \mathbf{y}: R^n; K: spd^n",
     r"\mathcal{L} = -\frac{1}{2}\mathbf{y}^\top K^{-1}\mathbf{y} - \frac{1}{2}\log |K| - \frac{n}{2}\log (2\pi)", lambda y, K, n: -(y @ np.linalg.solve(K, y) + np.linalg.slogdet(K)[1] + n * np.log(2 * np.pi)) / 2),
    ("gaussian-kernel", BISHOP, r"k: fn; n: 2..3; \mathbf{x}, \mathbf{x}': R^n; \sigma^2: R+", r"k(\mathbf{x}, \mathbf{x}') = \exp\left(-\|\mathbf{x} - \mathbf{x}'\|^2 / 2\sigma^2\right)", lambda x, x_prime, sigma2: np.exp(-distance.sqeuclidean(x, x_prime) / (2 * sigma2))),
    ("gaussian-kernel-frac", BISHOP, r"k: fn; n: 2..3; \mathbf{x}, \mathbf{x}': R^n; \sigma^2: R+", r"k(\mathbf{x}, \mathbf{x}') = \exp\left(-\frac{\|\mathbf{x} - \mathbf{x}'\|^2}{2\sigma^2}\right)", lambda x, x_prime, sigma2: np.exp(-distance.sqeuclidean(x, x_prime) / (2 * sigma2))),
    ("kernel-feature", BISHOP, r"k: R; M: 2..3; \boldsymbol{\phi}, \boldsymbol{\phi}': R^M", r"k = \boldsymbol{\phi}^{\mathrm T}\boldsymbol{\phi}'", lambda phi, phi_prime: phi @ phi_prime),
    ("quadratic-kernel", BISHOP, "a_1, a_2, b_1, b_2: R", r"(a_1 b_1 + a_2 b_2)^2 = a_1^2 b_1^2 + 2 a_1 b_1 a_2 b_2 + a_2^2 b_2^2", lambda a_1, a_2, b_1, b_2: (a_1 * b_1 + a_2 * b_2) ** 2),
    ("gram", BISHOP, r"K: R^{N,N}; N, D: 2..3; n, m: 1..N; \mathbf{x}: R^D by _n", r"K_{nm} = \mathbf{x}_n^{\mathrm T} \mathbf{x}_m", lambda x, n, m: x[n] @ x[m]),
    ("svm-decision", BISHOP, r"y: fn; N, D: 2..3; n: 1..N; a, t: R^N; b: R; \mathbf{x}: R^D; \mathbf{z}: R^D by _n",
     r"y(\mathbf{x}) = \sum_{n=1}^N a_n t_n \mathbf{z}_n^{\mathrm T}\mathbf{x} + b.", lambda x, a, t, z, b, N: sum(a[n - 1] * t[n - 1] * (z[n] @ x) for n in range(1, N + 1)) + b),
    ("svm-dual", BISHOP, r"\widetilde{L}: R; N, D: 2..3; n, m: 1..N; a, t: R^N; K: R^{N,N}",
     r"\widetilde{L} = \sum_{n=1}^N a_n - \frac{1}{2} \sum_{n=1}^N \sum_{m=1}^N a_n a_m t_n t_m K_{nm}", lambda a, t, K: a.sum() - (a * t) @ K @ (a * t) / 2),
    ("svm-margin", BISHOP, r"r: R; D: 2..3; \mathbf{w}: R*^D; \mathbf{x}: R^D; b: R; t: sign", r"\frac{t (\mathbf{w}^{\mathrm T} \mathbf{x} + b)}{\|\mathbf{w}\|}", lambda w, x, b, t: t * (w @ x + b) / np.linalg.norm(w)),
    ("svm-condition", BISHOP, r"D: 1..2; \mathbf{w}, \mathbf{x}: R^D; b: R; t: sign", r"t \left(\mathbf{w}^{\mathrm T} \mathbf{x} + b\right) \geqslant 1", lambda w, x, b, t: t * (w @ x + b) >= 1),
    ("kmeans", BISHOP, r"J: R; N, K, D: 2..3; n: 1..N; k: 1..K; r: bit^{N,K}; \mathbf{x}: R^D by _n; \boldsymbol{\mu}: R^D by _k",
     r"J = \sum_{n=1}^N \sum_{k=1}^K r_{nk} \|\mathbf{x}_n - \boldsymbol{\mu}_k\|^2", lambda r, x, mu, N, K: np.sum(r * cdist([x[n] for n in range(1, N + 1)], [mu[k] for k in range(1, K + 1)], "sqeuclidean"))),
    ("kmeans-update", BISHOP, r"\boldsymbol{\mu}: R^D by _k; N, K, D: 2..3; n: 1..N; k: 1..K; r: (0, 1)^{N,K}; \mathbf{x}: R^D by _n",
     r"\boldsymbol{\mu}_k = \frac{\sum_n r_{nk} \mathbf{x}_n}{\sum_n r_{nk}}", lambda r, x, k, N: sum(r[n - 1, k - 1] * x[n] for n in range(1, N + 1)) / r[:, k - 1].sum()),
    ("knn-distance", "Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, §2.3", r"\hat{Y}: R; k: 2..4; i: 1..k; y: R^k", r"\hat{Y} = \frac{1}{k} \sum_{i} y_i", lambda y: y.mean()),
    ("kde", BISHOP, r"p: fn; N: 2..3; n: 1..N; x: R; u: R^N; h: R+", r"p(x) = \frac{1}{N} \sum_{n=1}^N \frac{1}{(2\pi h^2)^{1/2}} \exp\left\{ -\frac{(x - u_n)^2}{2h^2} \right\}", lambda x, u, h: np.mean(np.exp(-((x - u) ** 2) / (2 * h * h)) / np.sqrt(2 * np.pi * h * h))),
    ("tsne", "van der Maaten, Hinton, Visualizing Data using t-SNE, 2008", r"q: R^{n,n}; n, D: 2..3; i, j, k: 1..n; y: R^D by _i",
     r"q_{ij} = \frac{\left(1 + \|y_i - y_j\|^2\right)^{-1}}{\sum_{k \neq i} \left(1 + \|y_i - y_k\|^2\right)^{-1}}", lambda y, n, i, j: 1 / (1 + np.sum((y[i] - y[j]) ** 2)) / sum(1 / (1 + np.sum((y[i] - y[k]) ** 2)) for k in range(1, n + 1) if k != i)),
    ("sne", "van der Maaten, Hinton, Visualizing Data using t-SNE, 2008", r"p: R^{n,n}; n, D: 2..3; i, j, k: 1..n; x: R^D by _i; \sigma: R+^n",
     r"p_{j|i} = \frac{\exp\left(-\|x_i - x_j\|^2 / 2\sigma_i^2\right)}{\sum_{k \neq i} \exp\left(-\|x_i - x_k\|^2 / 2\sigma_i^2\right)},", lambda x: 0.0),
]  # fmt: skip
