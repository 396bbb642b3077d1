# %% [markdown]
# # XOR を学習させる
#
# <!--
# symbols:
#   n: 2..2 — 入力の数
#   x: R^n — 入力を並べたベクトル
#   w: R^n — 出力の重み
#   W: R^{n, n} — 隠れ層の重み
#   c: R^n — 隠れ層のバイアス
#   h: R^n — 隠れ層の出力
#   b: R — バイアス
#   z: R — 出力を丸める前の値
#   L: R(w) — 損失
#   \rho: R — 学習率
#   \sigma: fn — シグモイド関数
# uses: [activation.sigmoid]
# -->
#
# **直線 1 本では分けられない 4 点を、2 層の網は、損失の傾きだけを頼りに分けられるようになるでしょうか。**
#
# 読む前に: [XOR と多層パーセプトロン](../neuron/xor.md)、[自動微分](../learning/autodiff.md)
#
# このページのコードは、サイトを組み立てるときに、上から順に実行されます。
# 出力も図も、そのとき得られたものです。
# 文で言い切ったことは `assert` が確かめるので、ひとつでも破れると、サイトは組み上がりません。

# %%
import math

import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from snippets._engine.figure import show

torch.set_num_threads(1)  # 足し算の順を変えず、毎回同じ値を得る

# %% [markdown]
# ## 4 つの点
#
# 入力 $(x_1, x_2)$ は 4 通りしかありません。
# 答えは AND と OR なら直線 1 本で分けられ、XOR では分けられません。

# %%
X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
AND = torch.tensor([0.0, 0.0, 0.0, 1.0])
OR = torch.tensor([0.0, 1.0, 1.0, 1.0])
XOR = torch.tensor([0.0, 1.0, 1.0, 0.0])

# %% [markdown]
# ## 学習のしかた
#
# どの網も同じ手順で育てます。
# 損失 $L$ を計算し、`backward()` で勾配を求め、重みを動かします。
# 式で書けば $w \leftarrow w - \rho \, \frac{\partial L}{\partial w}$ です。
# 損失は交差エントロピー、学習率は $\rho = 0.5$ です。
# 網が返す $z$ は、シグモイド関数 $\sigma$ を通す前の値です。
# {when}$\sigma(z) > 0.5$ と $z > 0$ は同じことなので、答えは $z$ の符号で決まります。


# %%
def start(*shapes, seed):
    """正規分布から引いた、学習前の重み。"""
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator).requires_grad_() for shape in shapes]


def train(network, weights, t, steps=1000, rho=0.5):
    """weights を書きかえながら学習し、損失の移り変わりを返す。"""
    history = []
    for _ in range(steps):
        loss = cross_entropy(network(X, *weights), t)
        loss.backward()
        with torch.no_grad():
            for w in weights:
                w -= rho * w.grad
                w.grad = None
        history.append(loss.item())
    return history


@torch.no_grad()
def answers(network, weights):
    """4 点についての確率。"""
    return torch.sigmoid(network(X, *weights))


# %% [markdown]
# ## 1 層の網
#
# まず、重みが $w_1, w_2, b$ の 3 つだけの網 $z = w_1 x_1 + w_2 x_2 + b$ です。


# %%
def single(x, w, b):
    """x: (N, 2) → z: (N,)。"""
    return x @ w + b


losses, chances = {}, {}
for name, t in {"AND": AND, "OR": OR, "XOR": XOR}.items():
    weights = start(2, (), seed=0)
    losses[name] = train(single, weights, t)
    chances[name] = answers(single, weights)
    print(f"{name:3}  損失 {losses[name][-1]:.4f}  確率", [f"{p:.3f}" for p in chances[name].tolist()])

assert torch.equal(chances["AND"] > 0.5, AND.bool())
assert torch.equal(chances["OR"] > 0.5, OR.bool())

# %% [markdown]
# AND と OR は、4 点とも正しく答えられるようになりました。
# XOR では、どの点にも確率 0.5 と答えています。
# 損失は $\log 2$ で止まり、それより下がりません。
# 「0 か 1 か、まったくわからない」と答え続けるのが、この網にできる最善です。

# %%
assert torch.allclose(chances["XOR"], torch.full((4,), 0.5), atol=1e-4)
assert math.isclose(losses["XOR"][-1], math.log(2), abs_tol=1e-6)

# %% [markdown]
# ## 2 層の網
#
# 間に $h = \tanh(W^\top x + c)$ という 2 個のユニットをはさみます。
# 答えは、その $h$ から $z = w^\top h + b$ で求めます。


# %%
def double(x, W, c, w, b):
    """x: (N, 2) → z: (N,)。隠れユニットは W の列の数だけある。"""
    return torch.tanh(x @ W + c) @ w + b


solved = start((2, 2), 2, 2, (), seed=0)
losses["XOR（2 層）"] = train(double, solved, XOR)
print([f"{p:.3f}" for p in answers(double, solved).tolist()])

assert torch.equal(answers(double, solved) > 0.5, XOR.bool())
assert losses["XOR（2 層）"][-1] < 0.01

# %% [markdown]
# 4 点とも正しく答えています。
# 損失の移り変わりを、1 層の網と並べます。


# %%
def plot_losses(ax):
    """損失の移り変わり。1 層の網の XOR だけが、log 2 で横ばいになる。"""
    for name, history in losses.items():
        ax.plot(range(1, len(history) + 1), history, label=name)
    ax.set(xlabel="更新の回数", ylabel="損失", xscale="log", yscale="log")
    ax.legend()


show(plot_losses, "損失の折れ線。AND、OR、2 層の XOR は下がり続け、1 層の XOR は 0.69 あたりから動かない")

# %% [markdown]
# 2 層の網は、平面をどう分けたのでしょうか。
# 隠れユニットは 1 個につき 1 本の直線を引きます。
# 2 本の直線にはさまれた帯が答え 0、その両側が答え 1 です。


# %%
def points(ax, xy):
    """4 点。答え 1 は丸、0 はばつ。"""
    ax.scatter(*xy[XOR == 0].T, marker="x", color="C1", s=60, label="答え 0", zorder=3)
    ax.scatter(*xy[XOR == 1].T, marker="o", color="C0", s=60, label="答え 1", zorder=3)


@torch.no_grad()
def plot_regions(fig):
    """左は入力の平面で、塗ったところが答え 1。右は隠れユニットの平面で、移った 4 点を直線 1 本が分ける。"""
    fig.set_size_inches(7, 4)
    left, right = fig.subplots(1, 2)
    W, c, w, b = solved
    grid = torch.linspace(-0.5, 1.5, 60)
    z = double(torch.cartesian_prod(grid, grid), *solved).reshape(60, 60).T
    left.contourf(grid, grid, z, levels=[0, z.max()], colors=["C0"], alpha=0.2)
    for k in range(2):
        left.plot(grid, -(W[0, k] * grid + c[k]) / W[1, k], color=f"C{k + 2}", label=f"ユニット {k + 1}")
    points(left, X)
    left.set(xlabel="x₁", ylabel="x₂", xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), xticks=[0, 1], yticks=[0, 1])
    h = torch.tensor([-1.2, 1.2])
    (border,) = right.plot(h, -(w[0] * h + b) / w[1], color="C3", linestyle=":", label="z = 0")
    points(right, torch.tanh(X @ W + c))
    right.set(xlabel="h₁", ylabel="h₂", xlim=(-1.2, 1.2), ylim=(-1.2, 1.2), xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    for ax in (left, right):
        ax.set_aspect("equal")
    fig.legend(handles=[*left.get_legend_handles_labels()[0], border], loc="outside lower center", ncols=5)


show(
    plot_regions,
    "左は 2 本の直線にはさまれた帯に (0,0) と (1,1) が入る図、右は移った 4 点が直線 1 本で分かれる図",
)

# %% [markdown]
# 隠れ層を通ると、離れていた $(0, 0)$ と $(1, 1)$ が、ほとんど同じ場所に移ります。
# だから右の平面では、直線 1 本で足ります。

# %%
with torch.no_grad():
    moved = torch.tanh(X @ solved[0] + solved[1])
    middle = double(torch.tensor([[0.5, 0.5]]), *solved)

assert middle < 0
assert torch.dist(X[0], X[3]) > 1.4
assert torch.dist(moved[0], moved[3]) < 0.05

# %% [markdown]
# ## 始まりが悪いと
#
# 重みの初めの値だけを変えて、同じことをもう一度やってみます。

# %%
stuck = start((2, 2), 2, 2, (), seed=2)
history = train(double, stuck, XOR)
print(f"損失 {history[-1]:.4f}  確率", [f"{p:.3f}" for p in answers(double, stuck).tolist()])

unsure = (answers(double, stuck) - 0.5).abs() < 0.01
assert unsure.sum() == 2
assert math.isclose(history[-1], math.log(2) / 2, rel_tol=0.02)

# %% [markdown]
# 2 点には正しく答えますが、残りの 2 点は確率 0.5 のままで、損失は $\frac{1}{2} \log 2$ あたりで止まりました。
# 解ける網でも、傾きをたどるだけでは解にたどり着かないことがあります。
#
# では、どのくらいの割合で成功するのでしょうか。
# 初めの値を 100 通り用意し、100 個の網をいちどに育てます。


# %%
def successes(units, trials=100):
    """XOR の 4 点をすべて当てるようになった網の数。"""
    weights = start((trials, 2, units), (trials, 1, units), (trials, units, 1), (trials, 1, 1), seed=0)
    t = XOR.reshape(4, 1).expand(trials, 4, 1)
    # 損失は全部の網の平均なので、学習率に網の数を掛けて、1 個だけのときと歩幅をそろえる
    train(double, weights, t, rho=0.5 * trials)
    return int(((answers(double, weights) > 0.5) == t.bool()).all(dim=(1, 2)).sum())


found = {units: successes(units) for units in (1, 2, 4)}
for units, count in found.items():
    print(f"隠れユニット {units} 個: 100 通りのうち {count} 通りで成功")

assert found[1] == 0
assert 30 < found[2] < 70 < 90 < found[4]

# %% [markdown]
# 1 個では一度も成功しません。
# 2 個あれば XOR を表せますが、初めの値によっては学習が止まります。
# 4 個に増やすと、成功する割合はずっと高くなります。
# 「表せる」ことと「学習で見つかる」ことは、別の話なのです。
#
# ## つながり
#
# - なぜ 1 層では足りないのか、その証明は [XOR と多層パーセプトロン](../neuron/xor.md) にあります。
# - `backward()` の中で起きていることは [自動微分](../learning/autodiff.md) で、手で確かめられます。
# - 重みの動かし方は [勾配降下法](../learning/gradient_descent.md) で、1 次元から説明しています。
