"""線形代数の式。"""

import numpy as np

MML = "Deisenroth, Faisal, Ong, Mathematics for Machine Learning, ch. 2 to 4"
COOKBOOK = "Petersen, Pedersen, The Matrix Cookbook"
GOODFELLOW = "Goodfellow, Bengio, Courville, Deep Learning, ch. 2"
D2L = "Zhang et al., Dive into Deep Learning, §2.3 Linear Algebra"
STRANG = "Strang, Introduction to Linear Algebra"
BISHOP = "Bishop, Pattern Recognition and Machine Learning, Appendix C"
AB = r"n: 2..3; \mathbf{A}, \mathbf{B}: invertible^n"
VW = r"n: 2..4; i: 1..n; \mathbf{x}, \mathbf{y}: R^n; x: as \mathbf{x}; y: as \mathbf{y}"

ENTRIES = [
    ("dot-d2l", D2L, VW, r"\mathbf{x}^\top \mathbf{y} = \sum_{i=1}^{n} x_i y_i", lambda x, y: x @ y),
    ("dot-same-letter", D2L, "n: 2..4; i: 1..n; x, y: R^n", r"x^\top y = \sum_{i=1}^{n} x_i y_i", lambda x, y: x @ y),
    ("inner-mml", MML, "n: 2..4; i: 1..n; x, y: R^n", r"\langle x, y\rangle := x^\top y = \sum_{i=1}^n x_i y_i", lambda x, y: x @ y),
    ("inner-sum", MML, "n: 2..4; i: 1..n; x, y: R^n", r"\left\langle x, y \right\rangle = \sum_{i=1}^n x_i y_i", lambda x, y: x @ y),
    ("norm-inner", MML, r"n: 2..4; \boldsymbol{x}: R^n", r"\|\boldsymbol{x}\| = \sqrt{\langle \boldsymbol{x}, \boldsymbol{x} \rangle}", lambda x: np.linalg.norm(x)),
    ("l2", D2L, "n: 2..4; i: 1..n; x: R^n", r"\|x\|_2 = \sqrt{\sum_{i=1}^n x_i^2}.", lambda x: np.linalg.norm(x)),
    ("l1", D2L, "n: 2..4; i: 1..n; x: R^n", r"\|x\|_1 = \sum_{i=1}^n \left|x_i \right|.", lambda x: np.linalg.norm(x, 1)),
    ("linf", GOODFELLOW, "n: 2..4; i: 1..n; x: R^n", r"||x||_\infty = \max_i |x_i|.", lambda x: np.linalg.norm(x, np.inf)),
    ("frobenius", D2L, "m, n: 2..3; i: 1..m; j: 1..n; X: R^{m,n}; x: as X", r"\|X\|_\textrm{F} = \sqrt{\sum_{i=1}^m \sum_{j=1}^n x_{ij}^2}.", lambda X: np.linalg.norm(X)),
    ("frobenius-f", GOODFELLOW, "m, n: 2..3; i: 1..m; j: 1..n; A: R^{m,n}", r"||A||_F = \sqrt{\sum_{i,j} A_{i,j}^2},", lambda A: np.linalg.norm(A)),
    ("frobenius-trace", GOODFELLOW, r"n: 2..3; \boldsymbol{A}: R^{n,n}; \text{Tr}: fn trace", r"||\boldsymbol{A}||_F = \sqrt{\text{Tr}(\boldsymbol{A}\boldsymbol{A}^\top)}.", lambda A: np.linalg.norm(A)),
    ("trace-sum", GOODFELLOW, r"n: 2..3; i: 1..n; A: R^{n,n}", r"\operatorname{tr}(A) = \sum_i A_{i,i}.", lambda A: np.trace(A)),
    ("trace-cyclic", COOKBOOK, AB + r"; \mathbf{C}: invertible^n; \text{Tr}: fn trace", r"\text{Tr}(\mathbf{A}\mathbf{B}\mathbf{C}) = \text{Tr}(\mathbf{B}\mathbf{C}\mathbf{A}) = \text{Tr}(\mathbf{C}\mathbf{A}\mathbf{B})", lambda A, B, C: np.trace(A @ B @ C)),
    ("inverse-product", COOKBOOK, AB, r"(\mathbf{A}\mathbf{B})^{-1} = \mathbf{B}^{-1}\mathbf{A}^{-1}", lambda A, B: np.linalg.inv(A @ B)),
    ("inverse-product-space", COOKBOOK, AB, r"(\mathbf{AB})^{-1} = \mathbf{B}^{-1}\mathbf{A}^{-1}", lambda A, B: np.linalg.inv(A @ B)),
    ("transpose-product", COOKBOOK, AB, r"(\mathbf{A}\mathbf{B})^T = \mathbf{B}^T\mathbf{A}^T", lambda A, B: (A @ B).T),
    ("inverse-transpose", COOKBOOK, AB, r"(\mathbf{A}^T)^{-1} = (\mathbf{A}^{-1})^T", lambda A: np.linalg.inv(A).T),
    ("inverse-identity", STRANG, r"n: 2..3; A: invertible^n; I: identity^n", "AA^{-1} = A^{-1}A = I", lambda n: np.eye(n)),
    ("det-product", COOKBOOK, AB, r"\det(\mathbf{A}\mathbf{B}) = \det(\mathbf{A})\det(\mathbf{B})", lambda A, B: np.linalg.det(A) * np.linalg.det(B)),
    ("det-bars", BISHOP, AB, r"|\mathbf{A}\mathbf{B}| = |\mathbf{A}||\mathbf{B}|", lambda A, B: np.linalg.det(A @ B)),
    ("det-inverse", BISHOP, AB, r"\left|\mathbf{A}^{-1}\right| = \frac{1}{|\mathbf{A}|}.", lambda A: 1 / np.linalg.det(A)),
    ("det-2", STRANG, "a, b, c, f: R", r"\det\begin{bmatrix} a & b \\ c & f \end{bmatrix} = af - bc", lambda a, b, c, f: a * f - b * c),
    ("inverse-2", MML, r"A: R^{2,2}; a: (2, 4); b, c: (-1, 1); f: (2, 4)", r"A^{-1} = \frac{1}{af - bc}\begin{bmatrix} f & -b \\ -c & a \end{bmatrix}", lambda a, b, c, f: np.linalg.inv([[a, b], [c, f]]),
     r"A = \begin{bmatrix} a & b \\ c & f \end{bmatrix}"),
    ("woodbury", COOKBOOK, r"n: 2..3; \mathbf{A}, \mathbf{B}: spd^n; \mathbf{C}: R^{n,n}",
     r"(\mathbf{A} + \mathbf{C}\mathbf{B}\mathbf{C}^T)^{-1} = \mathbf{A}^{-1} - \mathbf{A}^{-1}\mathbf{C}(\mathbf{B}^{-1} + \mathbf{C}^T\mathbf{A}^{-1}\mathbf{C})^{-1}\mathbf{C}^T\mathbf{A}^{-1}",
     lambda A, B, C: np.linalg.inv(A + C @ B @ C.T)),
    ("sherman-morrison", COOKBOOK, r"n: 2..3; A: spd^n; b: R^n", r"(A + bb^T)^{-1} = A^{-1} - \frac{A^{-1}bb^TA^{-1}}{1 + b^TA^{-1}b}", lambda A, b: np.linalg.inv(A + np.outer(b, b))),
    ("determinant-lemma", COOKBOOK, r"n: 2..3; I: identity^n; u, v: R^n", r"\det(I + uv^T) = 1 + u^Tv", lambda u, v: 1 + u @ v),
    ("normal-equation", GOODFELLOW, r"\boldsymbol{w}: R^n; n: 2..3; \boldsymbol{X}: invertible^n; \boldsymbol{y}: R^n",
     r"\boldsymbol{w} = \left(\boldsymbol{X}^{\top} \boldsymbol{X}\right)^{-1} \boldsymbol{X}^{\top} \boldsymbol{y}", lambda X, y: np.linalg.lstsq(X, y)[0]),
    ("ridge", "Bishop, Pattern Recognition and Machine Learning, §3.1", r"\mathbf{w}: R^M; N, M: 2..3; \boldsymbol{\Phi}: R^{N,M}; \mathsf{t}: R^N; \mathbf{I}: identity^M; \lambda: R+",
     r"\mathbf{w} = \left(\lambda \mathbf{I} + \boldsymbol{\Phi}^{\mathrm T} \boldsymbol{\Phi}\right)^{-1} \boldsymbol{\Phi}^{\mathrm T} \mathsf{t}.", lambda Phi, t, lambda_, M: np.linalg.solve(lambda_ * np.eye(M) + Phi.T @ Phi, Phi.T @ t)),
    ("projection", STRANG, r"p: R^n; n: 2..3; a: R*^n; b: R^n", r"p = \frac{a^T b}{a^T a} a", lambda a, b: a * (a @ b) / (a @ a)),
    ("projection-matrix", STRANG, r"P: R^{n,n}; n: 2..3; a: R*^n", r"P = \frac{aa^T}{a^Ta}", lambda a: np.outer(a, a) / (a @ a)),
    ("householder", "Golub, Van Loan, Matrix Computations", r"P: R^{n,n}; n: 2..3; I: identity^n; v: R*^n", r"P = I - \frac{2}{v^Tv} vv^T", lambda v, n: np.eye(n) - 2 * np.outer(v, v) / (v @ v)),
    ("quadratic-form", MML, r"n: 2..3; i, j: 1..n; x: R^n; A: R^{n,n}; a: as A", r"x^\top A x = \sum_{i=1}^n \sum_{j=1}^n a_{ij}x_i x_j", lambda x, A: x @ A @ x),
    ("quadratic-form-caps", MML, r"n: 2..3; i, j: 1..n; x: R^n; A: R^{n,n}", r"x^\top A x = \sum_{i,j=1}^n A_{ij}x_i x_j", lambda x, A: x @ A @ x),
    ("positive-definite", MML, r"n: 2..3; \boldsymbol{A}: spd^n; \boldsymbol{x}: R*^n", r"\boldsymbol{x}^\top \boldsymbol{A} \boldsymbol{x} > 0", lambda x, A: True),
    ("positive-definite-plain", STRANG, r"n: 2..3; A: spd^n; x: R*^n", r"x^T A x > 0", lambda x, A: True),
    ("cauchy-schwarz", MML, "n: 2..3; x, y: R^n", r"|\langle x, y\rangle| \leqslant \|x\|\|y\|", lambda x, y: True),
    ("triangle", MML, "n: 2..3; x, y: R^n", r"\|x + y\| \le \|x\| + \|y\|", lambda x, y: True),
    ("norms-inequality", GOODFELLOW, "n: 2..3; x: R^n", r"\|x\|_\infty \leq \|x\|_2 \leq \|x\|_1 \leq \sqrt{n}\,\|x\|_2", lambda x: True),
    ("angle", D2L, r"\cos(\theta): R; n: 2..3; \mathbf{v}, \mathbf{w}: R*^n", r"\cos(\theta) = \frac{\mathbf{v}\cdot\mathbf{w}}{\|\mathbf{v}\|\|\mathbf{w}\|}.", lambda v, w: v @ w / np.sqrt((v @ v) * (w @ w))),
    ("pythagoras", MML, "n: 2..3; x, y: R^n", r"\|x+y\|^2 = \|x\|^2 + \|y\|^2 + 2\langle x,y\rangle", lambda x, y: np.sum((x + y) ** 2)),
    ("parallelogram", STRANG, "n: 2..3; x, y: R^n", r"\|x+y\|^2 + \|x-y\|^2 = 2\|x\|^2 + 2\|y\|^2", lambda x, y: 2 * (x @ x + y @ y)),
    ("matmul", D2L, "C: R^{n,m}; n, k, m: 2..3; i: 1..n; j: 1..m; l: 1..k; A: R^{n,k}; B: R^{k,m}", r"C_{ij} = \sum_{l=1}^k A_{il} B_{lj}", lambda A, B, i, j: (A @ B)[i - 1, j - 1]),
    ("hadamard", D2L, r"n, m: 2..3; \mathbf{A}, \mathbf{B}: R^{n,m}", r"\mathbf{A} \odot \mathbf{B} = \mathbf{B} \odot \mathbf{A}", lambda A, B: A * B),
    ("diag", GOODFELLOW, r"n: 2..3; \boldsymbol{v}, \boldsymbol{x}: R^n; \text{diag}: fn diag", r"\text{diag}(\boldsymbol{v})\boldsymbol{x} = \boldsymbol{v} \odot \boldsymbol{x}.", lambda v, x: v * x),
    ("rotation", STRANG, r"R: R^{2,2}; \theta: R", r"R = \begin{bmatrix} \cos\theta & -\sin\theta \\ \sin\theta & \cos\theta \end{bmatrix}", lambda theta: np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]])),
    ("gradient-quadratic-d2l", D2L, r"n: 2..3; \mathbf{A}: R^{n,n}; \mathbf{x}: R^n", r"\nabla_{\mathbf{x}} \mathbf{x}^\top \mathbf{A} \mathbf{x} = (\mathbf{A} + \mathbf{A}^\top)\mathbf{x}", lambda A, x: (A + A.T) @ x),
    ("gradient-quadratic", COOKBOOK, r"n: 2..3; \mathbf{B}: R^{n,n}; \mathbf{x}: R^n", r"\frac{\partial \mathbf{x}^T \mathbf{B}\mathbf{x}}{\partial \mathbf{x}} = (\mathbf{B} + \mathbf{B}^T) \mathbf{x}", lambda B, x: (B + B.T) @ x),
    ("gradient-linear", COOKBOOK, r"n: 2..3; \mathbf{a}, \mathbf{x}: R^n", r"\frac{\partial \mathbf{x}^T\mathbf{a}}{\partial \mathbf{x}} = \frac{\partial \mathbf{a}^T\mathbf{x}}{\partial \mathbf{x}} = \mathbf{a}", lambda a: a),
    ("gradient-norm", D2L, r"n: 2..3; \mathbf{x}: R^n", r"\nabla_{\mathbf{x}} \|\mathbf{x} \|^2 = \nabla_{\mathbf{x}} (\mathbf{x}^\top \mathbf{x}) = 2\mathbf{x}.", lambda x: 2 * x),
    ("gradient-bilinear", COOKBOOK, r"n: 2..3; \mathbf{a}, \mathbf{b}: R^n; \mathbf{X}: R^{n,n}", r"\frac{\partial \mathbf{a}^T\mathbf{X}\mathbf{b}}{\partial \mathbf{X}} = \mathbf{a}\mathbf{b}^T", lambda a, b: np.outer(a, b)),
    ("gradient-logdet", COOKBOOK, r"n: 2..2; \mathbf{X}: spd^n", r"\frac{\partial \ln |\det(\mathbf{X})|}{\partial \mathbf{X}} = (\mathbf{X}^{-1})^T", lambda X: np.linalg.inv(X).T),
    ("gradient-trace", COOKBOOK, r"n: 2..2; X, A: R^{n,n}", r"\frac{\partial}{\partial X} \operatorname{tr}(XA) = A^T", lambda A: A.T),
    ("covariance", MML, r"C: R^{D,D}; D, N: 2..3; n: 1..N; \boldsymbol{x}: R^D by _n", r"C = \frac{1}{N}\sum_{n=1}^{N} \boldsymbol{x}_n\boldsymbol{x}_n^\top.", lambda x, N: sum(np.outer(x[n], x[n]) for n in range(1, N + 1)) / N),
    ("pca-variance", BISHOP, r"n: 2..3; \mathbf{u}: R^n; \mathbf{S}: spd^n; \lambda: R", r"\mathbf{u}^{\mathrm T}\mathbf{S}\mathbf{u} + \lambda\left(1 - \mathbf{u}^{\mathrm T}\mathbf{u}\right)", lambda u, S, lambda_: u @ S @ u + lambda_ * (1 - u @ u)),
    ("matrix-square", STRANG, "n: 2..3; A: R^{n,n}", "A^2 A = A A^2 = A^3", lambda A: np.linalg.matrix_power(A, 3)),
]  # fmt: skip
