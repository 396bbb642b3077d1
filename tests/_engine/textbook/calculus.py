"""微分、級数、多変数の解析の式。"""

import math

import numpy as np
from scipy import special

D2L = "Zhang et al., Dive into Deep Learning, §22 Mathematics for Deep Learning"
STEWART = "Stewart, Calculus"
MML = "Deisenroth, Faisal, Ong, Mathematics for Machine Learning, ch. 5"
DLMF = "NIST Digital Library of Mathematical Functions"

ENTRIES = [
    ("product-rule", STEWART, "f, g: fn abstract; x: R", r"\frac{d}{dx}\left[f(x)g(x)\right] = f(x) g'(x) + g(x) f'(x)", lambda f, g, x: f(x) * g.derivative(x) + g(x) * f.derivative(x)),
    ("product-rule-prime", MML, "f, g: fn abstract; x: R", r"(f(x)g(x))' = f'(x)g(x) + f(x)g'(x)", lambda f, g, x: f(x) * g.derivative(x) + g(x) * f.derivative(x)),
    ("sum-rule", D2L, "f, g: fn abstract; x: R", r"\frac{d}{dx} [f(x) + g(x)] = \frac{d}{dx} f(x) + \frac{d}{dx} g(x)", lambda f, g, x: f.derivative(x) + g.derivative(x)),
    ("chain-rule", MML, "f, g: fn abstract; x: R", r"\frac{\mathrm{d}}{\mathrm{d}x} g(f(x)) = g'(f(x))f'(x)", lambda f, g, x: g.derivative(f(x)) * f.derivative(x)),
    ("chain-leibniz", STEWART, "y, u: R; f, g: fn abstract; x: R", r"\frac{dy}{dx} = \frac{dy}{du} \frac{du}{dx}", lambda f, g, x: f.derivative(g(x)) * g.derivative(x), "u = g(x)", "y = f(u)"),
    ("power-rule", D2L, "x: R+; n: 2..5", r"\frac{d}{dx} x^n = n x^{n-1}", lambda x, n: n * x ** (n - 1)),
    ("exp-rule", D2L, "x: R", r"\frac{d}{dx} e^x = e^x", lambda x: math.exp(x)),
    ("log-rule", D2L, "x: R+", r"\frac{d}{dx} \ln x = x^{-1}", lambda x: 1 / x),
    ("sin-rule", STEWART, "x: R", r"\frac{d}{dx}\sin x = \cos x", lambda x: math.cos(x)),
    ("arctan-rule", STEWART, "x: R", r"\frac{d}{dx}(\arctan x) = \frac{1}{1+x^2}", lambda x: 1 / (1 + x * x)),
    ("tan-rule", STEWART, "x: (-1, 1)", r"\frac{d}{dx}(\tan x) = \frac{1}{\cos^2 x}", lambda x: 1 / math.cos(x) ** 2),
    ("second", D2L, "f: fn abstract; x: R", r"\frac{d^2}{dx^2} \sin(x) = -\sin(x)", lambda x: -math.sin(x)),
    ("second-f", STEWART, "y: R; x: R+", r"\frac{d^2y}{dx^2} = 6x", lambda x: 6 * x, "y = x^3"),
    ("second-partial", MML, "z: R; x, y: R", r"\frac{\partial^2 z}{\partial x^2} = 2y", lambda y: 2 * y, "z = x^2 y + y^3"),
    ("clairaut", MML, "f: R(x, y); x, y: R", r"\frac{\partial^2 f}{\partial x\,\partial y} = \frac{\partial^2 f}{\partial y\,\partial x}", lambda f, x, y: mixed(f, x, y)),
    ("laplacian", STEWART, "u: R; x, y: R", r"\frac{\partial^2 u}{\partial x^2} + \frac{\partial^2 u}{\partial y^2} = 0", lambda: 0.0, r"u = e^x \sin(y)"),
    ("hessian-entry", MML, "q: R; n: 2..2; i, j: 1..n; x: R^n; A: R^{n,n}", r"\frac{\partial^2 q}{\partial x_i \partial x_j} = A_{ij} + A_{ji}", lambda A, i, j: (A + A.T)[i - 1, j - 1], "q = x^T A x"),
    ("gradient-two", D2L, r"L: R; w_1, w_2: R", r"\frac{\partial L}{\partial w_1} = 2 w_1 w_2", lambda w_1, w_2: 2 * w_1 * w_2, "L = w_1^2 w_2"),
    ("multivariate-chain", D2L, "f, u, v: R; a, b: R", r"\frac{\partial f}{\partial a} = \frac{\partial f}{\partial u} \frac{\partial u}{\partial a} + \frac{\partial f}{\partial v} \frac{\partial v}{\partial a}",
     lambda a, b: 2 * (a + b) * a * b + (a + b) ** 2 * b, "u = a + b", "v = a b", "f = u^2 v"),
    ("total-derivative", STEWART, "z, x, y: R; t: R", r"\frac{dz}{dt} = \frac{\partial z}{\partial x}\frac{dx}{dt} + \frac{\partial z}{\partial y}\frac{dy}{dt}", lambda t: 3 * math.cos(t) - 2 * t * 1.0, "x = 3 \\sin(t)", "y = t^2", "z = x - y"),
    ("difference-quotient", STEWART, "f: fn", r"f'(x) = \lim_{h \to 0} \frac{f(x+h) - f(x)}{h}", lambda: 0.0),
    ("directional", MML, "f: R(w); n: 2..2; w: R^n; v: R^n", r"\left(\nabla_w f\right)^T v", lambda f, w, v: sum(gradient(f, w) * v)),
    ("taylor-two", D2L, "T: fn; f: fn abstract; x, h: R", r"T(x, h) = f(x) + f'(x) h + \frac{1}{2} f''(x) h^2", lambda x, h, f: f(x) + f.derivative(x) * h + curvature(f, x) * h * h / 2),
    ("integral", STEWART, "f: fn", r"\int_a^b f(x)\,dx = F(b) - F(a)", lambda: 0.0),
    ("arithmetic", "Knuth, Concrete Mathematics, ch. 2", "n: 1..6; k: 1..n", r"\sum_{k=1}^n k = \frac{n(n+1)}{2}", lambda n: n * (n + 1) / 2),
    ("arithmetic-dots", "Knuth, Concrete Mathematics, ch. 2", "n: 4..6", r"1 + 2 + \cdots + n = \frac{n(n+1)}{2}", lambda n: n * (n + 1) / 2),
    ("squares", "Knuth, Concrete Mathematics, ch. 2", "n: 1..6; k: 1..n", r"\sum_{k=1}^{n} k^2 = \frac{n(n+1)(2n+1)}{6}", lambda n: sum(k * k for k in range(n + 1))),
    ("cubes", "Knuth, Concrete Mathematics, ch. 2", "n: 1..6; k: 1..n", r"\sum_{k=1}^n k^3 = \left(\sum_{k=1}^n k\right)^2", lambda n: (n * (n + 1) // 2) ** 2),
    ("geometric", "Knuth, Concrete Mathematics, ch. 2", "n: 1..5; k: 0..n; x: (0, 1)", r"\sum_{k=0}^{n} x^k = \frac{1 - x^{n+1}}{1 - x}", lambda x, n: sum(x**k for k in range(1, n + 1)) + 1),
    ("geometric-dots", STEWART, "n: 4..6; a: R; r: (0, 1)", r"a + ar + ar^2 + \cdots + ar^{n} = \frac{a(1 - r^{n+1})}{1-r}", lambda a, r, n: a * sum(r**k for k in range(n + 1))),
    ("binomial-theorem", DLMF + ", §1.2", "n: 1..4; k: 0..n; a, b: R+", r"(a+b)^n = \sum_{k=0}^n \binom{n}{k} a^k b^{n-k}", lambda a, b, n: (a + b) ** n),
    ("pascal", "Knuth, Concrete Mathematics, ch. 5", "n: 3..6; k: 1..2", r"\binom{n}{k} = \binom{n-1}{k} + \binom{n-1}{k-1}", lambda n, k: math.comb(n, k)),
    ("binomial-sum", "Knuth, Concrete Mathematics, ch. 5", "n: 1..6; k: 0..n", r"\sum_{k=0}^{n} \binom{n}{k} = 2^n", lambda n: 2**n),
    ("exp-series", DLMF + ", §4.2", "x: R", r"e^x = \sum_{n=0}^\infty \frac{x^n}{n!}", lambda x: math.exp(x)),
    ("pythagorean", DLMF + ", §4.21", "z: R", r"\sin^2 z + \cos^2 z = 1", lambda: 1.0),
    ("addition-sin", DLMF + ", §4.21", "u, v: R", r"\sin(u + v) = \sin u \cos v + \cos u \sin v", lambda u, v: math.sin(u + v)),
    ("addition-sin-parens", "Abramowitz, Stegun, Handbook of Mathematical Functions, §4.3", "u, v: R", r"\sin(u + v) = \sin(u)\cos(v) + \cos(u)\sin(v)", lambda u, v: math.sin(u + v)),
    ("addition-tan", DLMF + ", §4.21", "u, v: (-0.7, 0.7)", r"\tan(u + v) = \frac{\tan u + \tan v}{1 - \tan u \tan v}", lambda u, v: math.tan(u + v)),
    ("addition-tan-parens", "Abramowitz, Stegun, Handbook of Mathematical Functions, §4.3", "u, v: (-0.7, 0.7)", r"\tan(u + v) = \frac{\tan u + \tan v}{1 - \tan(u)\tan(v)}", lambda u, v: math.tan(u + v)),
    ("double-angle", DLMF + ", §4.21", "z: R", r"\cos(2z) = 2\cos^2 z - 1 = 1 - 2\sin^2 z = \cos^2 z - \sin^2 z", lambda z: math.cos(2 * z)),
    ("half-angle", STEWART, "x: R", r"\sin^2 x = \tfrac12(1 - \cos 2x)", lambda x: math.sin(x) ** 2),
    ("half-angle-parens", STEWART, "x: R", r"\sin^2 x = \tfrac12(1 - \cos(2x))", lambda x: math.sin(x) ** 2),
    ("cosh-sinh", DLMF + ", §4.35", "z: R", r"\cosh^2 z - \sinh^2 z = 1", lambda: 1.0),
    ("sinh-def", DLMF + ", §4.28", "z: R", r"\sinh z = \frac{e^z - e^{-z}}{2}", lambda z: math.sinh(z)),
    ("artanh", DLMF + ", §4.37", "a: R; x: (-1, 1)", r"a = \frac{1}{2}\ln\left(\frac{1 + x}{1 - x}\right)", lambda x: math.atanh(x)),
    ("arctan-sum", DLMF + ", §4.24", "z: R+", r"\arctan z + \arctan \frac{1}{z} = \frac{\pi}{2}", lambda: math.pi / 2),
    ("arcsin-arccos", DLMF + ", §4.24", "x: (-1, 1)", r"\arcsin x + \arccos x = \tfrac{1}{2}\pi", lambda: math.pi / 2),
    ("log-product", DLMF + ", §4.8", "x, y: R+", r"\ln(xy) = \ln x + \ln y", lambda x, y: math.log(x) + math.log(y)),
    ("log-power", DLMF + ", §4.8", "x: R+; a: R", r"\ln\left(x^a\right) = a \ln x", lambda x, a: a * math.log(x)),
    ("log-base", DLMF + ", §4.2", "a: (2, 9); z: R+", r"\log_a z = \frac{\ln z}{\ln a}", lambda a, z: math.log(z, a)),
    ("exp-base", DLMF + ", §4.2", "a: R+; z: R", r"a^z = \exp(z \ln a)", lambda a, z: a**z),
    ("gamma-recurrence", DLMF + ", §5.5", r"\Gamma: fn gamma; z: R+", r"\Gamma(z+1) = z\Gamma(z)", lambda z: math.gamma(z + 1)),
    ("gamma-reflection", DLMF + ", §5.5", r"\Gamma: fn gamma; z: (0, 1)", r"\Gamma(z)\Gamma(1-z) = \pi / \sin(\pi z)", lambda z: math.pi / math.sin(math.pi * z)),
    ("gamma-factorial", DLMF + ", §5.4", r"\Gamma: fn gamma; n: 1..6", r"\Gamma(n+1) = n!", lambda n: math.factorial(n)),
    ("digamma-recurrence", DLMF + ", §5.5", r"\psi: fn digamma; z: R+", r"\psi(z+1) = \psi(z) + \frac{1}{z}", lambda z: special.digamma(z) + 1 / z),
    ("erf-odd", DLMF + ", §7.4", r"\operatorname{erfc}: fn; z: R", r"\operatorname{erfc}(z) = 1 - \operatorname{erf}z", lambda z: math.erfc(z)),
    ("erf-derivative", DLMF + ", §7.10", "z: R", r"\frac{d}{dz}\operatorname{erf}(z) = \frac{2}{\sqrt{\pi}}e^{-z^2}", lambda z: 2 / math.sqrt(math.pi) * math.exp(-z * z)),
    ("erf-integral", DLMF + ", §7.2", "z: R", r"\operatorname{erf} z = \frac{2}{\sqrt{\pi}} \int_0^z e^{-t^2}\,dt", lambda z: math.erf(z)),
    ("euler", DLMF + ", §4.14", "z: R", r"\cos z = \frac{e^{iz} + e^{-iz}}{2}", lambda z: math.cos(z)),
    ("am-gm", "Hardy, Littlewood, Polya, Inequalities", "a, b: R+", r"\sqrt{ab} \leq \frac{a+b}{2}", lambda a, b: True),
    ("am-gm-n", "Hardy, Littlewood, Polya, Inequalities", "n: 2..3; i: 1..n; x: R+^n", r"\sqrt[n]{\prod_{i=1}^n x_i} \leq \frac{1}{n}\sum_{i=1}^n x_i", lambda x: True),
    ("bernoulli", "Hardy, Littlewood, Polya, Inequalities", "x: (-1, 3); n: 1..4", r"(1+x)^n \geq 1 + nx", lambda x: True),
    ("exp-bound", "Boyd, Vandenberghe, Convex Optimization", "x: R", r"e^x \geq 1 + x", lambda x: True),
    ("log-bound", "Cover, Thomas, Elements of Information Theory", "x: R+", r"1 - \frac{1}{x} \le \ln x \le x - 1", lambda x: True),
    ("jensen", "Boyd, Vandenberghe, Convex Optimization, §3.1", r"x, y: R; \theta: (0, 1)", r"\left(\theta x + (1-\theta)y\right)^2 \leq \theta x^2 + (1-\theta)y^2", lambda x, y, theta: True),
    ("quadratic-formula", STEWART, "r: R; a: (1, 3); b: (5, 9); c: (0, 1)", r"r = \frac{-b + \sqrt{b^2 - 4ac}}{2a}", lambda a, b, c: max(np.roots([a, b, c]))),
    ("square", "Euclid, Elements", "a, b: R", r"(a+b)^2 = a^2 + 2ab + b^2", lambda a, b: (a + b) ** 2),
    ("cubes-difference", STEWART, "a, b: R", r"a^3 - b^3 = (a - b)(a^2 + ab + b^2)", lambda a, b: a**3 - b**3),
    ("abs-triangle", STEWART, "a, b: R", r"\bigl||a| - |b|\bigr| \leq |a - b|", lambda a, b: True),
    ("abs-max", "Spivak, Calculus", "a, b: R", r"\max(a, b) = \frac{a + b + |a - b|}{2}", lambda a, b: max(a, b)),
]  # fmt: skip


def gradient(f, w):
    """中心差分の勾配。"""
    steps = 1e-4 * np.eye(len(w))
    return np.array([(8 * (f(w + s) - f(w - s)) - f(w + 2 * s) + f(w - 2 * s)) / (12e-4) for s in steps])


def curvature(f, x):
    """a tanh(bx + c) + d sin x の二階微分。"""
    a, b, c, d = f.coefficients[0]
    bend = np.tanh(b * x + c)
    return -2 * a * b * b * bend * (1 - bend * bend) - d * np.sin(x)


def mixed(f, x, y, h=2.0**-8):
    """混ざった二階微分の中心差分。二度の外挿で誤差を消す。"""

    def at(h):
        return (f(x + h, y + h) - f(x + h, y - h) - f(x - h, y + h) + f(x - h, y - h)) / (4 * h * h)

    near, middle, far = at(h), at(2 * h), at(4 * h)
    return (64 * near - 20 * middle + far) / 45
