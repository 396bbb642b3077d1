"""層、正規化、注意機構、再帰、畳み込みの式。"""

import math

import numpy as np
import torch
from scipy import special
from torch.nn import functional as F

TORCH = "PyTorch documentation, torch.nn"
D2L = "Zhang et al., Dive into Deep Learning"
NIELSEN = "Nielsen, Neural Networks and Deep Learning, ch. 2"
ATTENTION = "Vaswani et al., Attention Is All You Need, arXiv:1706.03762"
BATCHNORM = "Ioffe, Szegedy, Batch Normalization, arXiv:1502.03167"
DUMOULIN = "Dumoulin, Visin, A guide to convolution arithmetic for deep learning, arXiv:1603.07285"
S = r"; \sigma: fn; a: R"
SIGMOID = r"\sigma(a) = \frac{1}{1 + e^{-a}}"
LSTM = r"t: 1..4; d: 2..2; h: 3..3; x: R^d by _t; W_{ii}, W_{if}, W_{ig}, W_{io}: R^{h,d}; W_{hi}, W_{hf}, W_{hg}, W_{ho}: R^{h,h}; b_{ii}, b_{if}, b_{ig}, b_{io}, b_{hi}, b_{hf}, b_{hg}, b_{ho}: R^h"


def t(x):
    return torch.tensor(x, dtype=torch.float64)


ENTRIES = [
    ("linear", TORCH, "y: R^{1, m}; n, m: 2..3; x: R^{1, n}; A: R^{m, n}; b: R^{1, m}", "y = xA^T + b", lambda x, A, b: F.linear(t(x), t(A), t(b))),
    ("affine-d2l", D2L + ", §3.1", r"\hat{y}: R; d: 2..4; \mathbf{w}, \mathbf{x}: R^d; b: R", r"\hat{y} = \mathbf{w}^\top \mathbf{x} + b.", lambda w, x, b: w @ x + b),
    ("affine-dots-d2l", D2L + ", §3.1", r"\hat{y}: R; d: 3..5; w, x: R^d; b: R", r"\hat{y} = w_1  x_1 + \cdots + w_d  x_d + b.", lambda w, x, b: w @ x + b),
    ("affine-matrix-d2l", D2L + ", §3.1", r"{\hat{\mathbf{y}}}: R^n; n, d: 2..4; \mathbf{X}: R^{n,d}; \mathbf{w}: R^d; b: R", r"{\hat{\mathbf{y}}} = \mathbf{X} \mathbf{w} + b,", lambda X, w, b: X @ w + b),
    ("mlp-hidden-d2l", D2L + ", §5.1", r"\mathbf{H}: R^{n,h}; n, d, h: 2..3; \mathbf{X}: R^{n,d}; \mathbf{W}^{(1)}: R^{d,h}; \mathbf{b}^{(1)}: R^{n,h}" + S,
     r"\mathbf{H} = \sigma(\mathbf{X} \mathbf{W}^{(1)} + \mathbf{b}^{(1)})", lambda X, W1, b1: special.expit(X @ W1 + b1), SIGMOID),
    ("mlp-broadcast-d2l", D2L + ", §5.1", r"\mathbf{O}: R^{n,q}; n, h, q: 2..3; \mathbf{H}: R^{n,h}; \mathbf{W}^{(2)}: R^{h,q}; \mathbf{b}^{(2)}: R^{1,q}",
     r"\mathbf{O} = \mathbf{H}\mathbf{W}^{(2)} + \mathbf{b}^{(2)}.", lambda H, W2, b2: H @ W2 + b2),
    ("nielsen-bp1", NIELSEN, r"\delta: R^{d@l} by ^l; L: 2..3; l: 1..L; j: 1..2; a, y, z: R^{d@l} by ^l; C: R; f: fn abstract",
     r"\delta^L_j = \frac{\partial C}{\partial a^L_j} f'(z^L_j).", lambda a, y, z, f, L, j: (a[L] - y[L])[j - 1] * f.derivative(z[L][j - 1]), r"C = \frac{1}{2}\|y^L - a^L\|^2"),
    ("nielsen-bp1a", NIELSEN, r"\delta: R^{d@l} by ^l; L: 2..3; l: 1..L; a, y, z: R^{d@l} by ^l; f: fn abstract",
     r"\delta^L = (a^L-y^L) \odot f'(z^L).", lambda a, y, z, f, L: (a[L] - y[L]) * f.derivative(z[L])),
    ("nielsen-bp2", NIELSEN, r"\delta: R^{d@l} by ^l; l: 1..3; w: R^{d@l, d@l-1} by ^l; z: R^{d@l} by ^l; f: fn abstract",
     r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot f'(z^l),", lambda delta, w, z, f, l: (w[l + 1].T @ delta[l + 1]) * f.derivative(z[l])),
    ("nielsen-forward", NIELSEN, r"a: R^{d@l} by ^l; l: 1..3; w: R^{d@l, d@l-1} by ^l; b: R^{d@l} by ^l; \sigma: fn; u: R",
     r"a^{l} = \sigma(w^l a^{l-1}+b^l).", lambda a, w, b, l: special.expit(w[l] @ a[l - 1] + b[l]), r"\sigma(u) = \frac{1}{1 + e^{-u}}"),
    ("nielsen-cost", NIELSEN, r"C: R; L: 2..3; l: 1..L; y, a: R^{d@l} by ^l; j: 1..2", r"C = \frac{1}{2} \|y^L-a^L\|^2", lambda y, a, L: np.sum((y[L] - a[L]) ** 2) / 2),
    ("ng-forward", "Ng, Deep Learning Specialization, course 1", r"z: R^{d@l} by ^l; l: 1..3; W: R^{d@l, d@l-1} by ^l; a, b: R^{d@l} by ^l",
     r"z^{[l]} = W^{[l]}a^{[l-1]} + b^{[l]}", lambda W, a, b, l: W[l] @ a[l - 1] + b[l]),
    ("attention", ATTENTION, r"\mathrm{Attention}: fn; n, m: 2..3; d_k: 2..3; r: 2..2; Q: R^{n,d_k}; K: R^{m,d_k}; V: R^{m,r}; \mathrm{softmax}: fn; u: 2..4; i, j: 1..u; z: R^u",
     r"\mathrm{Attention}(Q, K, V) = \mathrm{softmax}(\frac{QK^T}{\sqrt{d_k}})V", lambda Q, K, V: F.scaled_dot_product_attention(*(t(x)[None] for x in (Q, K, V)))[0],
     r"\mathrm{softmax}(z)_i = \frac{e^{z_i}}{\sum_{j=1}^{u} e^{z_j}}"),
    ("ffn", ATTENTION, r"\mathrm{FFN}: fn; n, m: 2..3; x: R^{1,n}; W_1: R^{n,m}; W_2: R^{m,n}; b_1: R^{1,m}; b_2: R^{1,n}",
     r"\mathrm{FFN}(x)=\max(0, xW_1 + b_1) W_2 + b_2", lambda x, W_1, W_2, b_1, b_2: np.maximum(0, x @ W_1 + b_1) @ W_2 + b_2),
    ("pe-sin", ATTENTION, r"PE_{(pos,2i)}: R; pos: 0..5; i: 0..2; d_{\text{model}}: 2..8", r"PE_{(pos,2i)} = \sin(pos / 10000^{2i/d_{\text{model}}})",
     lambda pos, i, d_model: math.sin(pos / 10000 ** (2 * i / d_model))),
    ("lrate", ATTENTION, r"lrate: R; d_{\text{model}}: 2..8; step\_num: 1..9; warmup\_steps: 2..5",
     r"lrate = d_{\text{model}}^{-0.5} \cdot \min({step\_num}^{-0.5}, {step\_num} \cdot {warmup\_steps}^{-1.5})", lambda d_model, step_num, warmup_steps: min(step_num**-0.5, step_num * warmup_steps**-1.5) / np.sqrt(d_model)),
    ("lrate-text", ATTENTION, r"lrate: R; d_{\text{model}}: 2..8; \text{step}: 1..9; \text{warmup}: 2..5",
     r"lrate = d_{\text{model}}^{-0.5} \cdot \min\left(\text{step}^{-0.5}, \text{step} \cdot \text{warmup}^{-1.5}\right)",
     lambda d_model, step, warmup: min(step**-0.5, step * warmup**-1.5) / np.sqrt(d_model)),
    ("additive-attention", "Bahdanau, Cho, Bengio, arXiv:1409.0473", r"n, m: 2..3; i: 1..n; j: 1..m; s, h: R^{d} by _i; d: 2..3; v_a: R^{c}; c: 2..2; W_a, U_a: R^{c,d}",
     r"e_{ij} = v_a^\top \tanh\left(W_a s_{i-1} + U_a h_j\right)", lambda: 0.0),
    ("alpha-bahdanau", "Bahdanau, Cho, Bengio, arXiv:1409.0473", r"\alpha: R^{n,T_x}; n, T_x: 2..3; i: 1..n; j, k: 1..T_x",
     r"\alpha_{ij} = \frac{\exp \left( e_{ij} \right)}{\sum_{k=1}^{T_x} \exp \left( e_{ik} \right)},", lambda i, j: 0.0),
    ("context-bahdanau", "Bahdanau, Cho, Bengio, arXiv:1409.0473", r"c: R^{d} by _i; n, T_x: 2..3; d: 2..3; i: 1..n; j: 1..T_x; \alpha: R^{n,T_x}; h: R^{d} by _j",
     r"c_i = \sum_{j=1}^{T_x} \alpha_{ij} h_j.", lambda alpha, h, i: sum(alpha[i - 1, j - 1] * h[j] for j in range(1, alpha.shape[1] + 1))),
    ("bn-mean", BATCHNORM, r"\mu_{\mathcal{B}}: R; m: 2..4; i: 1..m; x: R^m", r"\mu_{\mathcal{B}} \leftarrow \frac{1}{m}\sum_{i=1}^m x_i", lambda x: np.mean(x)),
    ("bn-var", BATCHNORM, r"\sigma_{\mathcal{B}}^2: R; m: 2..4; i: 1..m; x: R^m; \mu_{\mathcal{B}}: R", r"\sigma_{\mathcal{B}}^2 \leftarrow \frac{1}{m} \sum_{i=1}^m (x_i - \mu_{\mathcal{B}})^2",
     lambda x: np.var(x), r"\mu_{\mathcal{B}} = \frac{1}{m}\sum_{i=1}^m x_i"),
    ("bn-normalize", BATCHNORM, r"\widehat{x}: R^m; m: 2..4; i: 1..m; x: R^m; \mu_{\mathcal{B}}: R; \sigma_{\mathcal{B}}^2: R+; \epsilon: R+",
     r"\widehat{x}_i \leftarrow \frac{x_i - \mu_{\mathcal{B}}}{\sqrt{\sigma_{\mathcal{B}}^2 + \epsilon}}",
     lambda x, mu_B, sigma_B2, epsilon, i: (x[i - 1] - mu_B) / np.sqrt(sigma_B2 + epsilon)),
    ("bn-scale", BATCHNORM, r"y: R^m; m: 2..4; i: 1..m; \widehat{x}: R^m; \gamma, \beta: R", r"y_i \leftarrow \gamma \widehat{x}_{i} + \beta", lambda x_widehat, gamma, beta, i: gamma * x_widehat[i - 1] + beta),
    ("bn-torch", TORCH + ", BatchNorm1d", r"y: R; x, \mathrm{E}[x]: R; \mathrm{Var}[x]: R+; \epsilon: R+; \gamma, \beta: R",
     r"y = \frac{x - \mathrm{E}[x]}{\sqrt{\mathrm{Var}[x] + \epsilon}} * \gamma + \beta", lambda x, Ex, Varx, epsilon, gamma, beta: (x - Ex) / np.sqrt(Varx + epsilon) * gamma + beta),
    ("ln-mu", "Ba, Kiros, Hinton, Layer Normalization, arXiv:1607.06450", r"\mu^l: R; H: 2..4; i: 1..H; a: R^H", r"\mu^l = \frac{1}{H} \sum_{i=1}^H a_i", lambda a: np.mean(a)),
    ("ln-sigma", "Ba, Kiros, Hinton, Layer Normalization, arXiv:1607.06450", r"\sigma: R; H: 2..4; i: 1..H; a: R^H; \mu: R",
     r"\sigma = \sqrt{\frac{1}{H}\sum_{i=1}^H\left(a_i - \mu\right)^2}", lambda a: np.std(a), r"\mu = \frac{1}{H} \sum_{i=1}^H a_i"),
    ("ln-layer", "Ba, Kiros, Hinton, Layer Normalization, arXiv:1607.06450", r"\mu: R by ^l; l: 1..3; H: 2..4; i: 1..H; a: R^H by ^l",
     r"\mu^l = \frac{1}{H} \sum_{i=1}^H a^l_i", lambda a, l: np.mean(a[l])),
    ("rmsnorm", "Zhang, Sennrich, Root Mean Square Layer Normalization, arXiv:1910.07467", r"\bar{a}: R^n; n: 2..4; i, j: 1..n; a, g: R*^n",
     r"\bar{a}_i = \frac{a_i}{\sqrt{\frac{1}{n}\sum_{j=1}^{n} a_j^2}}\, g_i", lambda a, g, i: (a / np.sqrt(np.mean(a**2)) * g)[i - 1]),
    ("dropout", D2L + ", §5.6", r"E: R; p: (0, 1); h: R", r"E = p \cdot 0 + (1-p) \frac{h}{1-p} = h", lambda h: h),
    ("dropout-cases", D2L + ", §5.6", r"h': R; p: (0, 1); h: R; r: (0, 1)", r"""\begin{aligned}
h' =
\begin{cases}
    0 & \textrm{ with probability } p \\
    \frac{h}{1-p} & \textrm{ otherwise}
\end{cases}
\end{aligned}""", lambda h, p: h / (1 - p)),
    ("residual", "He et al., Deep Residual Learning, arXiv:1512.03385", r"\mathbf{y}: R^n; n: 2..3; \mathbf{x}: R^n; W_1, W_2: R^{n,n}" + S,
     r"\mathbf{y} = W_2\sigma(W_1\mathbf{x}) + \mathbf{x}.", lambda x, W_1, W_2: W_2 @ special.expit(W_1 @ x) + x, SIGMOID),
    ("highway", "Srivastava, Greff, Schmidhuber, Highway Networks, arXiv:1505.00387", r"\mathbf{y}: R^n; n: 2..3; H, T, \mathbf{x}: R^n", r"\mathbf{y} = H \odot T + \mathbf{x} \odot (1 - T).", lambda H, T, x: H * T + x * (1 - T)),
    ("rnn", TORCH + ", RNN", r"h: R^{k} by _t; t: 1..4; d: 2..2; k: 3..3; x: R^d by _t; W_{ih}: R^{k,d}; W_{hh}: R^{k,k}; b_{ih}, b_{hh}: R^k",
     r"h_t = \tanh(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})", lambda h, x, W_ih, W_hh, b_ih, b_hh, t: np.tanh(W_ih @ x[t] + b_ih + W_hh @ h[t - 1] + b_hh)),
    ("rnn-torch-parens", TORCH + ", RNN", r"h: R^{k} by _t; t: 1..4; d: 2..2; k: 3..3; x: R^d by _t; W_{ih}: R^{k,d}; W_{hh}: R^{k,k}; b_{ih}, b_{hh}: R^k",
     r"h_t = \tanh(x_t W_{ih}^T + b_{ih} + h_{t-1}W_{hh}^T + b_{hh})", lambda h, x, W_ih, W_hh, b_ih, b_hh, t: np.tanh(W_ih @ x[t] + b_ih + W_hh @ h[t - 1] + b_hh)),
    ("lstm-i", TORCH + ", LSTM", r"i: R^h by _t; " + LSTM + r"; h_t, h_{t-1}: R^h" + S, r"i_t = \sigma(W_{ii} x_t + b_{ii} + W_{hi} h_{t-1} + b_{hi})",
     lambda W_ii, x, b_ii, W_hi, h_t1, b_hi, t: special.expit(W_ii @ x[t] + b_ii + W_hi @ h_t1 + b_hi), SIGMOID),
    ("lstm-g", TORCH + ", LSTM", r"g: R^h by _t; " + LSTM + r"; h_t, h_{t-1}: R^h", r"g_t = \tanh(W_{ig} x_t + b_{ig} + W_{hg} h_{t-1} + b_{hg})",
     lambda W_ig, x, b_ig, W_hg, h_t1, b_hg, t: np.tanh(W_ig @ x[t] + b_ig + W_hg @ h_t1 + b_hg)),
    ("lstm-c", TORCH + ", LSTM", r"c: R^h by _t; t: 1..4; h: 2..3; f, i, g: R^h by _t", r"c_t = f_t \odot c_{t-1} + i_t \odot g_t", lambda c, f, i, g, t: f[t] * c[t - 1] + i[t] * g[t]),
    ("lstm-h", TORCH + ", LSTM", r"h: R^k by _t; t: 1..4; k: 2..3; o, c: R^k by _t", r"h_t = o_t \odot \tanh(c_t)", lambda o, c, t: o[t] * np.tanh(c[t])),
    ("lstm-circ", "Hochreiter, Schmidhuber; notation of the Wikipedia article on LSTM", r"s: R^k by _t; t: 1..4; k: 2..3; o, c: R^k by _t", r"s_t = \tanh(c_t) \circ o_t", lambda o, c, t: o[t] * np.tanh(c[t])),
    ("lstm-concat", "Olah, Understanding LSTM Networks", r"f: R^k by _t; t: 1..4; k: 2..3; W_f: R^{k,k}; h, x: R^k by _t; b_f: R^k" + S,
     r"f_t = \sigma\left(W_f \cdot [h_{t-1}, x_t] + b_f\right)", lambda t: 0.0, SIGMOID),
    ("gru-r", D2L + ", §10.2", r"\mathbf{R}: R^{n,h} by _t; t: 1..3; n, d, h: 2..3; \mathbf{X}: R^{n,d} by _t; \mathbf{H}: R^{n,h} by _t; \mathbf{W}_{xr}: R^{d,h}; \mathbf{W}_{hr}: R^{h,h}; \mathbf{b}_r: R^{n,h}" + S,
     r"""\begin{aligned}
\mathbf{R}_t = \sigma(\mathbf{X}_t \mathbf{W}_{xr} + \mathbf{H}_{t-1} \mathbf{W}_{hr} + \mathbf{b}_r),\\
\end{aligned}""", lambda X, H, W_xr, W_hr, b_r, t: special.expit(X[t] @ W_xr + H[t - 1] @ W_hr + b_r), SIGMOID),
    ("gru-candidate", D2L + ", §10.2",
     r"\tilde{\boldsymbol{H}}: R^{n,h} by _t; t: 1..3; n, d, h: 2..3; \boldsymbol{X}: R^{n,d} by _t; \boldsymbol{H}, \boldsymbol{R}: R^{n,h} by _t; \boldsymbol{W}_{xh}: R^{d,h}; \boldsymbol{W}_{hh}: R^{h,h}; \boldsymbol{b}_h: R^{n,h}",
     r"\tilde{\boldsymbol{H}}_t = \text{tanh}(\boldsymbol{X}_t \boldsymbol{W}_{xh} + \left(\boldsymbol{R}_t \odot \boldsymbol{H}_{t-1}\right) \boldsymbol{W}_{hh} + \boldsymbol{b}_h),",
     lambda X, R, H, W_xh, W_hh, b_h, t: np.tanh(X[t] @ W_xh + (R[t] * H[t - 1]) @ W_hh + b_h)),
    ("gru-h", D2L + ", §10.2", r"\boldsymbol{H}: R^{n,h} by _t; t: 1..3; n, h: 2..3; \boldsymbol{Z}, \tilde{\boldsymbol{H}}: R^{n,h} by _t",
     r"\boldsymbol{H}_t = \boldsymbol{Z}_t \odot \boldsymbol{H}_{t-1}  + (1 - \boldsymbol{Z}_t) \odot \tilde{\boldsymbol{H}}_t.", lambda H, Z, H_tilde, t: Z[t] * H[t - 1] + (1 - Z[t]) * H_tilde[t]),
    ("conv-size", TORCH + ", Conv2d", r"H_{out}: R; H_{in}: 8..9; \text{padding}[0]: 0..1; \text{dilation}[0]: 1..2; \text{kernel\_size}[0]: 2..3; \text{stride}[0]: 1..3",
     r"""H_{out} = \left\lfloor\frac{H_{in}  + 2 \times \text{padding}[0] - \text{dilation}[0]
                        \times (\text{kernel\_size}[0] - 1) - 1}{\text{stride}[0]} + 1\right\rfloor""",
     lambda H_in, padding0, dilation0, kernel_size0, stride0: len(range(0, H_in + 2 * padding0 - dilation0 * (kernel_size0 - 1), stride0))),
    ("conv-size-undeclared", TORCH + ", MaxPool1d", r"L_{out}: R; L_{in}: 8..9; \text{padding}, \text{stride}: 1..2; \text{kernel\_size}: 2..3",
     r"L_{out} = \left\lfloor \frac{L_{in} + 2 \times \text{padding}[0] - \text{kernel\_size}[0]}{\text{stride}[0]} + 1\right\rfloor", lambda L_in: 0.0),
    ("pool-size", TORCH + ", MaxPool1d", r"L_{out}: R; L_{in}: 8..9; \text{padding}: 0..1; \text{stride}: 1..2; \text{kernel\_size}: 2..3; \text{dilation}: 1..2",
     r"""L_{out} = \left\lfloor \frac{L_{in} + 2 \times \text{padding} - \text{dilation}
              \times (\text{kernel\_size} - 1) - 1}{\text{stride}} + 1\right\rfloor""",
     lambda L_in, padding, stride, kernel_size, dilation: F.max_pool1d(torch.zeros(1, 1, L_in), kernel_size, stride, padding, dilation).shape[-1]),
    ("conv-dumoulin", DUMOULIN, "o: R; i: 6..9; k: 2..3; p: 0..1; s: 1..3", r"o = \left\lfloor \frac{i + 2p - k}{s} \right\rfloor + 1.", lambda i, k, p, s: len(range(0, i + 2 * p - k + 1, s))),
    ("conv-unit", DUMOULIN, "o: R; i: 6..9; k: 2..3", r"o = (i - k) + 1.", lambda i, k: i - k + 1),
    ("conv-half", DUMOULIN, "o: R; i: 6..9; k: 3..5", r"o = i + 2 \lfloor k / 2 \rfloor - (k - 1)", lambda i, k: i + 2 * (k // 2) - k + 1),
    ("transposed", DUMOULIN, "o': R; i': 4..6; k: 2..3; p: 0..1; s: 1..3", r"o' = s (i' - 1) + k - 2p", lambda i_prime, k, p, s: F.conv_transpose1d(torch.zeros(1, 1, i_prime), torch.zeros(1, 1, k), stride=s, padding=p).shape[-1]),
    ("d2l-conv-size", D2L + ", §7.3", "o: R; n_h: 6..9; k_h: 2..3; p_h: 0..2; s_h: 1..3", r"\lfloor(n_h-k_h+p_h+s_h)/s_h\rfloor", lambda n_h, k_h, p_h, s_h: (n_h - k_h + p_h + s_h) // s_h),
    ("cross-correlation", "Goodfellow, Bengio, Courville, Deep Learning, §9.1", r"S: fn; M, N: 2..3; i, j: 0..2; m: 0..M-1; n: 0..N-1; I: R^{0..5,0..5}; K: R^{0..M-1,0..N-1}",
     r"S(i,j) = \sum_m \sum_n I_{i+m,j+n} K_{m,n}", lambda i, j, I, K: np.sum(I[i : i + K.shape[0], j : j + K.shape[1]] * K)),
    ("cross-correlation-calls", "Goodfellow, Bengio, Courville, Deep Learning, §9.1", "S: fn", r"S(i,j) = (I * K)(i,j) = \sum_m \sum_n I(m,n) K(i-m,j-n)", lambda: 0.0),
    ("conv-d2l", D2L + ", §7.1", r"[\mathbf{H}]: R^{m,m}; m: 2..2; c: 1..1; i, j: 1..m; a, b: 0..c; u: R; [\mathbf{V}]: R^{0..c,0..c}; [\mathbf{X}]: R^{1..m+1,1..m+1}",
     r"[\mathbf{H}]_{i, j} = u + \sum_a \sum_b [\mathbf{V}]_{a, b}  [\mathbf{X}]_{i+a, j+b}.", lambda u, V, X, i, j: u + np.sum(V * X[i - 1 : i + 1, j - 1 : j + 1])),
    ("xavier", "Glorot, Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010", r"\text{std}: R; \text{gain}: R+; \text{fan\_in}, \text{fan\_out}: 1..5",
     r"\text{std} = \text{gain} \times \sqrt{\frac{2}{\text{fan\_in} + \text{fan\_out}}}", lambda gain, fan_in, fan_out: gain * np.sqrt(2 / (fan_in + fan_out))),
    ("xavier-bound", TORCH + ".init", r"a: R; \text{gain}: R+; \text{fan\_in}, \text{fan\_out}: 1..5", r"a = \text{gain} \times \sqrt{\frac{6}{\text{fan\_in} + \text{fan\_out}}}", lambda gain, fan_in, fan_out: gain * np.sqrt(6 / (fan_in + fan_out))),
    ("kaiming", "He et al., Delving Deep into Rectifiers, arXiv:1502.01852", r"\text{bound}: R; \text{gain}: R+; \text{fan\_mode}: 1..5", r"\text{bound} = \text{gain} \times \sqrt{\frac{3}{\text{fan\_mode}}}", lambda gain, fan_mode: gain * np.sqrt(3 / fan_mode)),
    ("kaiming-condition", "He et al., Delving Deep into Rectifiers, arXiv:1502.01852", r"n: 1..4; v: R+", r"\frac{1}{2} n v = 1", lambda n, v: n * v == 2),
    ("leaky-gain", TORCH + ".init", r"g: R; \text{negative\_slope}: R", r"g = \sqrt{\frac{2}{1 + \text{negative\_slope}^2}}", lambda negative_slope: np.sqrt(2 / (1 + negative_slope**2))),
    ("lora", "Hu et al., LoRA, arXiv:2106.09685", r"h: R^d; d, k: 2..3; r: 1..2; W_0: R^{d,k}; B: R^{d,r}; A: R^{r,k}; x: R^k; \Delta W: R^{d,k}",
     r"h = W_0 x + \Delta W x = W_0 x + BA x", lambda W_0, B, A, x: (W_0 + B @ A) @ x, r"\Delta W = BA"),
    ("swiglu", "Shazeer, GLU Variants Improve Transformer, arXiv:2002.05202", r"y: R^m; n, m: 2..3; x: R^n; W, V: R^{m,n}; \operatorname{Swish}, \sigma: fn; a: R",
     r"y = \operatorname{Swish}(Wx) \odot (Vx)", lambda W, V, x: (W @ x) * special.expit(W @ x) * (V @ x), SIGMOID, r"\operatorname{Swish}(a) = a\sigma(a)"),
    ("alibi", "Press, Smith, Lewis, ALiBi, arXiv:2108.12409", r"s: R^{n,n}; n, d: 2..3; i, j: 1..n; \mathbf{q}, \mathbf{k}: R^d by _i; m: R+",
     r"s_{i,j} = \mathbf{q}_i^\top \mathbf{k}_j - m(i-j)", lambda q, k, m, i, j: q[i] @ k[j] - m * (i - j)),
    ("mha-dot", ATTENTION, r"d_k: 1..4; i: 1..d_k; q, k: R^{d_k}", r"q \cdot k = \sum_{i=1}^{d_k} q_ik_i", lambda q, k: q @ k),
    ("group-norm-size", "Wu, He, Group Normalization, arXiv:1803.08494", r"m: R; C: 4..8; G: 1..3; H, W: 1..3", r"m = \left\lceil \frac{C}{G} \right\rceil H W", lambda C, G, H, W: -(-C // G) * H * W),
    ("deconv-size", TORCH + ", ConvTranspose2d", r"H_{out}: R; H_{in}: 3..5; \text{stride}[0]: 1..2; \text{padding}[0]: 0..1; \text{dilation}[0]: 1..2; \text{kernel\_size}[0]: 2..3; \text{output\_padding}[0]: 0..0",
     r"""H_{out} = (H_{in} - 1) \times \text{stride}[0] - 2 \times \text{padding}[0] + \text{dilation}[0]
                        \times (\text{kernel\_size}[0] - 1) + \text{output\_padding}[0] + 1""",
     lambda H_in, stride0, padding0, dilation0, kernel_size0: F.conv_transpose1d(torch.zeros(1, 1, H_in), torch.zeros(1, 1, kernel_size0), stride=stride0, padding=padding0, dilation=dilation0).shape[-1]),
    ("bilinear", TORCH + ", Bilinear", r"y: R; n, m: 2..3; x_1: R^n; x_2: R^m; A: R^{n,m}; b: R", r"y = x_1^T A x_2 + b", lambda x_1, A, x_2, b: F.bilinear(t(x_1), t(x_2), t(A)[None], t([b]))[0]),
    ("prelu-vector", "He et al., Delving Deep into Rectifiers, arXiv:1502.01852", r"f: fn; y: R; a: R", r"f(y) = \begin{cases} y, & \mbox{if } y > 0 \\ a y, & \mbox{if } y \le 0 \end{cases}.", lambda y, a: float(F.prelu(t([y]), t([a])))),
]  # fmt: skip
