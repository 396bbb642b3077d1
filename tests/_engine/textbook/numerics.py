"""数値計算、論理、離散数学、強化学習の式。"""

import math

import numpy as np
from scipy import special

HIGHAM = "Higham, Accuracy and Stability of Numerical Algorithms"
ROSEN = "Rosen, Discrete Mathematics and Its Applications"
SUTTON = "Sutton, Barto, Reinforcement Learning: An Introduction"
RECIPES = "Press et al., Numerical Recipes"
GOODFELLOW = "Goodfellow, Bengio, Courville, Deep Learning, ch. 4"
LOGIC = "A, B, C: bit"

ENTRIES = [
    ("logsumexp", GOODFELLOW, "n: 2..4; i: 1..n; x: R^n; m: R", r"\log \sum_{i=1}^{n} \exp(x_i) = m + \log \sum_{i=1}^{n} \exp(x_i - m)", lambda x: special.logsumexp(x)),
    ("logsumexp-bounds", "Boyd, Vandenberghe, Convex Optimization, §3.1", "n: 2..4; i: 1..n; x: R^n", r"\max_i x_i \leq \log \sum_{i=1}^n e^{x_i} \leq \max_i x_i + \log n", lambda x: True),
    ("logaddexp", "NumPy Reference, numpy.logaddexp", "a, b: R", r"\log(e^a + e^b) = \max(a, b) + \log\left(1 + e^{-|a-b|}\right)", lambda a, b: np.logaddexp(a, b)),
    ("relative-error", HIGHAM, r"E: R; x: R*; \widehat{x}: R", r"E = \frac{|x - \widehat{x}|}{|x|}", lambda x, x_widehat: abs((x - x_widehat) / x)),
    ("machine-epsilon", HIGHAM, "u: R; p: 2..9", r"u = 2^{-p}", lambda p: math.ldexp(1, -p)),
    ("central-difference", RECIPES, "D: fn; f: fn abstract; x: R; h: R+", r"D(x, h) = \frac{f(x+h) - f(x-h)}{2h}", lambda x, h, f: (f(x + h) - f(x - h)) / (2 * h)),
    ("forward-second", RECIPES, "D: fn; f: fn abstract; x: R; h: R+", r"D(x) = \frac{f(x+h) - 2f(x) + f(x-h)}{h^2}", lambda x, f, h: (f(x + h) + f(x - h) - 2 * f(x)) / h**2),
    ("trapezoid", RECIPES, "T: R; n: 4..5; i: 1..n; f: R^{0..n}; h: R", r"T = h\left[\frac{1}{2}f_0 + f_1 + f_2 + \cdots + f_{n-1} + \frac{1}{2}f_n\right]", lambda f, h: np.trapezoid(f, dx=h)),
    ("trapezoid-sum", RECIPES, "T: R; n: 2..4; i: 0..n-1; f: R^{0..n}; h: R", r"T = \frac{h}{2}\sum_{i=0}^{n-1}\left(f_i + f_{i+1}\right)", lambda f, h: np.trapezoid(f, dx=h)),
    ("horner", "Knuth, The Art of Computer Programming, vol. 2", "a, b, c, x: R", r"ax^2 + bx + c = (ax + b)x + c", lambda a, b, c, x: np.polyval([a, b, c], x)),
    ("polynomial", "Bishop, Pattern Recognition and Machine Learning, §1.1", r"y: fn; M: 4..5; j: 0..M; x: R+; w: R^{0..M}",
     r"y(x, w) = w_0 + w_1x + w_2x^2 + \cdots + w_Mx^M = \sum_{j=0}^M w_j x^j", lambda x, w: np.polyval(w[::-1], x)),
    ("newton-sqrt", RECIPES, "x: R+ by _n; n: 1..4; a: R+", r"x_{n+1} = \frac{1}{2}\left(x_n + \frac{a}{x_n}\right)", lambda x, a, n: (x[n] + a / x[n]) / 2),
    ("secant", RECIPES, "x: R by _n; n: 1..4; f: fn abstract", r"x_{n+1} = x_n - \frac{f(x_n)}{f'(x_n)}", lambda x, f, n: x[n] - f(x[n]) / f.derivative(x[n])),
    ("euler-method", RECIPES, "y: R by _n; n: 1..4; t: R by _n; h: R+; f: R by _n", r"y_{n+1} = y_n + h f_n", lambda y, h, f, n: y[n] + h * f[n]),
    ("rk4", RECIPES, "y: R by _n; n: 1..4; k_1, k_2, k_3, k_4, h: R", r"y_{n+1} = y_n + \tfrac{h}{6}(k_1 + 2k_2 + 2k_3 + k_4)", lambda y, k_1, k_2, k_3, k_4, h, n: y[n] + h / 6 * (k_1 + 2 * k_2 + 2 * k_3 + k_4)),
    ("condition-number", HIGHAM, r"\kappa: fn; n: 2..2; A: invertible^n", r"\kappa(A) = \|A\|_F \|A^{-1}\|_F", lambda A: np.linalg.cond(A, "fro")),
    ("lerp", "Foley et al., Computer Graphics", "v: R; a, b: R; t: (0, 1)", r"v = (1 - t)a + tb = a + t(b - a)", lambda a, b, t: np.interp(t, [0, 1], [a, b])),
    ("floor-mod", "Knuth, Concrete Mathematics, ch. 3", "x: R; y: R+", r"x \bmod y = x - y\lfloor x/y \rfloor", lambda x, y: x % y),
    ("ceil-floor", "Knuth, Concrete Mathematics, ch. 3", "x: R", r"\lceil x \rceil = -\lfloor -x \rfloor", lambda x: math.ceil(x)),
    ("floor-bounds", "Knuth, Concrete Mathematics, ch. 3", "x: R", r"x - 1 < \lfloor x \rfloor \leq x \leq \lceil x \rceil < x + 1", lambda x: True),
    ("iverson", "Knuth, Concrete Mathematics, ch. 2", "n: 2..4; i, j: 1..n; x: R^n; S: R; 1: fn indicator", r"S = \sum_{i=1}^n 1\{x_i > 0\}", lambda x: np.sum(x > 0)),
    ("round", "Jacob et al., Quantization and Training of Neural Networks, arXiv:1712.05877", "r: R; q, Z: 0..9; S: R+", r"r = S(q - Z)", lambda q, Z, S: S * (q - Z)),
    ("quantize", "Jacob et al., Quantization and Training of Neural Networks, arXiv:1712.05877", r"q: R; x: R; s: R+; z: 0..5", r"q = \left\lfloor \frac{x}{s} + \frac{1}{2} \right\rfloor + z", lambda x, s, z: math.floor(x / s + 0.5) + z),
    ("clamp", "PyTorch documentation, torch.clamp", r"y: R^n; n: 2..4; i: 1..n; x: R^n; \text{min\_value}: (-2, 0); \text{max\_value}: (0, 2)",
     r"y_i = \min(\max(x_i, \text{min\_value}), \text{max\_value})", lambda x, min_value, max_value, i: np.clip(x, min_value, max_value)[i - 1]),
    ("demorgan", ROSEN, LOGIC, r"\neg(A \land B) = \neg A \lor \neg B", lambda A, B: float(not (A and B))),
    ("demorgan-or", ROSEN, LOGIC, r"\neg (A \vee B) \equiv \neg A \wedge \neg B", lambda A, B: float(not (A or B))),
    ("distributive", ROSEN, LOGIC, r"A \lor (B \land C) \equiv (A \lor B) \land (A \lor C)", lambda A, B, C: float(A or (B and C))),
    ("absorption", ROSEN, LOGIC, r"A \lor (A \land B) \equiv A", lambda A: A),
    ("xor", ROSEN, LOGIC, r"A \oplus B \equiv (A \lor B) \land \neg (A \land B)", lambda A, B: float(A != B)),
    ("xor-mod", ROSEN, LOGIC, r"A \oplus B = (A + B) \bmod 2", lambda A, B: float(A != B)),
    ("excluded-middle", ROSEN, LOGIC, r"A \lor \neg A = 1", lambda: 1.0),
    ("implication", ROSEN, LOGIC, r"A \to B \equiv \neg A \lor B", lambda A, B: float(not A or B)),
    ("mcculloch-pitts", "McCulloch, Pitts, A logical calculus, 1943", r"y: R; n: 2..3; i: 1..n; x: bit^n; \theta: 1..2",
     r"y = \begin{cases} 1 & \text{if } \sum_{i=1}^n x_i \geq \theta \\ 0 & \text{otherwise} \end{cases}", lambda x, theta: float(x.sum() >= theta)),
    ("perceptron", "Minsky, Papert, Perceptrons", r"f: fn; n: 2..3; \mathbf{w}, \mathbf{x}: R^n; b: R", r"f(\mathbf{x}) = \begin{cases}1 & \text{if }\ \mathbf{w} \cdot \mathbf{x} + b > 0,\\0 & \text{otherwise}\end{cases}", lambda x, w, b: float(w @ x + b > 0)),
    ("sign-cases", "Bishop, Pattern Recognition and Machine Learning, §4.1", "f: fn; a: R", r"f(a) = \left\{\begin{array}{ll} +1, & a \geqslant 0 \\ -1, & a < 0 \end{array}\right.", lambda a: 1.0 if a >= 0 else -1.0),
    ("sign-cases-env", "Bishop, Pattern Recognition and Machine Learning, §4.1", "f: fn; a: R", r"f(a) = \begin{cases} +1, & a \geqslant 0 \\ -1, & a < 0. \end{cases}", lambda a: 1.0 if a >= 0 else -1.0),
    ("return", SUTTON, r"G: R by _t; t: 1..3; \gamma: (0, 1); R: R by _t", r"G_t = R_{t+1} + \gamma G_{t+1}", lambda G, gamma, R, t: R[t + 1] + gamma * G[t + 1]),
    ("return-sum", SUTTON, r"G: R by _t; t: 1..3; k: 0..3; \gamma: (0, 1); R: R by _t", r"G_t \doteq \sum_{k=0}^{\infty} \gamma^k R_{t+k+1},", lambda t: 0.0),
    ("return-finite", SUTTON, r"G: R by _t; t: 1..3; k: 0..3; \gamma: (0, 1); R: R by _t", r"G_t = \sum_{k=0}^{3} \gamma^k R_{t+k+1},", lambda R, gamma, t: sum(gamma**k * R[t + k + 1] for k in range(1, 4)) + R[t + 1]),
    ("incremental-mean", SUTTON, r"Q: R by _n; n: 1..4; R: R by _n", r"Q_{n+1} = Q_n + \frac{1}{n}\left[R_n - Q_n\right]", lambda Q, R, n: Q[n] + (R[n] - Q[n]) / n),
    ("td-error", SUTTON, r"\delta: R by _t; t: 1..3; R, V: R by _t; \gamma: (0, 1)", r"\delta_t = R_{t+1} + \gamma V_{t+1} - V_t", lambda R, V, gamma, t: R[t + 1] + gamma * V[t + 1] - V[t]),
    ("epsilon-greedy-p", SUTTON, r"p: R^K; K: 2..4; a: 1..K; b: 1..2; \varepsilon: (0, 1)", r"p_a = \begin{cases} 1 - \varepsilon + \varepsilon/K & \text{if } a = b \\ \varepsilon/K & \text{if } a \neq b \end{cases}", lambda K, a, b, varepsilon: varepsilon / K + (1 - varepsilon) * (a == b)),
    ("boltzmann", SUTTON, r"p: R^K; K: 2..4; a, b: 1..K; H: R^K", r"p_a = \frac{e^{H_a}}{\sum_{b=1}^K e^{H_b}}", lambda H, a: special.softmax(H)[a - 1]),
    ("ucb", SUTTON, r"A: R; K: 2..4; a: 1..K; Q: distinct^K; N: (1, 5)^K; t: 2..9; c: R+", r"A = \operatorname*{arg\,max}_a \left[ Q_a + c \sqrt{\frac{\ln t}{N_a}} \right]", lambda Q, N, t, c: 1 + np.argmax(Q + c * np.sqrt(np.log(t) / N))),
    ("bellman", SUTTON, r"v: R^n; n: 2..3; s, s': 1..n; r, u: R^n; P: R^{n,n}; \gamma: (0, 1)", r"v_s = r_s + \gamma \sum_{s'} P_{ss'} u_{s'}", lambda r, P, u, gamma, s: (r + gamma * P @ u)[s - 1]),
    ("bellman-j", SUTTON, r"v: R^n; n: 2..3; s, j: 1..n; r, u: R^n; P: R^{n,n}; \gamma: (0, 1)", r"v_s = r_s + \gamma \sum_{j} P_{sj} u_{j}", lambda r, P, u, gamma, s: (r + gamma * P @ u)[s - 1]),
    ("ddpm", "Ho, Jain, Abbeel, Denoising Diffusion Probabilistic Models, arXiv:2006.11239", r"x_t: R^n; n: 2..3; \bar\alpha_t: (0, 1); x_0, \epsilon: R^n",
     r"x_t = \sqrt{\bar\alpha_t} x_0 + \sqrt{1 - \bar\alpha_t}\epsilon", lambda alpha_bar_t, x_0, epsilon: np.sqrt(alpha_bar_t) * x_0 + np.sqrt(1 - alpha_bar_t) * epsilon),
    ("ddpm-alpha", "Ho, Jain, Abbeel, Denoising Diffusion Probabilistic Models, arXiv:2006.11239", r"\bar\alpha_t: R; t: 1..4; s: 1..t; \beta: (0, 1) by _s", r"\bar\alpha_t = \prod_{s=1}^{t} (1 - \beta_s)", lambda beta, t: np.prod([1 - beta[s] for s in range(1, t + 1)])),
    ("ddim", "Song, Meng, Ermon, Denoising Diffusion Implicit Models, arXiv:2010.02502", r"\hat{x}_0: R^n; n: 2..3; x_t, \epsilon: R^n; a: (0, 1)", r"\hat{x}_0 = \frac{x_t - \sqrt{1 - a}\,\epsilon}{\sqrt{a}}", lambda x_t, epsilon, a: (x_t - np.sqrt(1 - a) * epsilon) / np.sqrt(a)),
    ("big-o", ROSEN, "n: 1..5", r"T(n) = \mathcal{O}(n \log n)", lambda n: 0.0),
]  # fmt: skip
