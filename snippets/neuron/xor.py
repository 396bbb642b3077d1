"""XOR — 直線 1 本では作れないが、2 本なら作れる。

AND・OR・NAND は重みを 1 組選べばできる。XOR だけは、どんな重みでも 4 問中 3 問が限界になる。
隠れ層をはさむと、4 つの点が別の平面へ移り、そこでは直線 1 本で分けられる。
重みがあることと、学習で見つかることは別なので、初期値を変えて成功の割合も数える。
"""

import numpy as np

from snippets.activation.relu import relu
from snippets.neuron import bias_w0
from snippets.neuron._two_layer import HIDDEN, WIDTHS, train
from snippets.neuron.perceptron import POINTS, TARGETS, output

ANSWERS = np.array(TARGETS["XOR"])
GATES = {"AND": (-1.5, 1, 1), "OR": (-0.5, 1, 1), "NAND": (1.5, -1, -1)}  # w_0, w_1, w_2
TRIALS, STEPS = 100, 1000  # 初期値の数と、学習の歩数
BOX = (-0.45, 1.45)


def unit(w_1, w_2, b, x_1, x_2):
    """2 入力の単純パーセプトロン。重みとバイアスは実数、x_1, x_2 は 0 か 1 → 0 か 1。"""
    return output(np.array([b, w_1, w_2]), np.array([1, x_1, x_2]))


def and_gate(x_1, x_2):
    """AND。x_1, x_2: 0 か 1 → 0 か 1。"""
    return output(GATES["AND"], (1, x_1, x_2))


def or_gate(x_1, x_2):
    """OR。x_1, x_2: 0 か 1 → 0 か 1。"""
    return output(GATES["OR"], (1, x_1, x_2))


def nand_gate(x_1, x_2):
    """NAND。x_1, x_2: 0 か 1 → 0 か 1。"""
    return output(GATES["NAND"], (1, x_1, x_2))


def conditions(w_1, w_2, b):
    """XOR の 4 問に正解したか。(0,0), (0,1), (1,0), (1,1) の順の真偽の組。"""
    return tuple(unit(w_1, w_2, b, *x) == t for x, t in zip(POINTS, ANSWERS, strict=True))


def correct(w_1, w_2, b):
    """XOR の 4 問のうち、正解した数。"""
    return float(sum(conditions(w_1, w_2, b)))


def boundary(x_1, w_1, w_2, b):
    """境界線の、横の位置 x_1 での高さ x_2。w_2 が 0 なら線は縦で、nan か無限大を返す。"""
    return bias_w0.line(x_1, (w_1, w_2), b)


def hidden(x_1, x_2):
    """隠れ層の値 h = (NAND, OR)。2 つのユニットを行列の積で一度に計算する。"""
    return np.heaviside(np.array([GATES["NAND"], GATES["OR"]]) @ (1, x_1, x_2), 0)


def xor(x_1, x_2):
    """XOR。隠れ層の 2 つの値を AND に渡す。"""
    return and_gate(*hidden(x_1, x_2))


def two_relus(x_1, x_2):
    """ReLU 2 個の 2 層の網。入口の重みはどれも 1、バイアスは 0 と −1、出口の重みは 1 と −2。"""
    return float(relu(np.ones((2, 2)) @ (x_1, x_2) + (0, -1)) @ (1, -2))


def four_nands(x_1, x_2):
    """NAND 4 個の回路。"""
    middle = nand_gate(x_1, x_2)
    return nand_gate(nand_gate(x_1, middle), nand_gate(x_2, middle))


def with_product(x_1, x_2):
    """3 つ目の特徴として積 x_1 x_2 を足した単純パーセプトロン。"""
    return output((-0.5, 1, 1, -2), (1, x_1, x_2, x_1 * x_2))


def loss(z, t):
    """交差エントロピー ℓ。z: シグモイドに通す前の値、t: 0 か 1。正解の側の確率の −log。"""
    return float(np.logaddexp(0, -z if t else z))


def best_on_grid(count=17):
    """重みとバイアスを −2 から 2 まで count 通りずつ試したときの、いちばん多い正解の数。"""
    axis = np.linspace(-2, 2, count)
    b, w_1, w_2 = np.meshgrid(axis, axis, axis)
    z = np.stack([b, b + w_2, b + w_1, b + w_1 + w_2])
    return int(((z > 0) == (ANSWERS > 0)[:, None, None, None]).sum(axis=0).max())


def gate_table():
    """手で選んだ重みと、4 点での出力。(見出し, 行)。"""
    rows = [
        (name, w_1, w_2, b, *(int(output((b, w_1, w_2), (1, *x))) for x in POINTS))
        for name, (b, w_1, w_2) in GATES.items()
    ]
    return ("", "w₁", "w₂", "b", "(0,0)", "(0,1)", "(1,0)", "(1,1)"), rows


def truth_table():
    """隠れ層をはさんだ XOR の真理値表。(見出し, 行)。"""
    rows = [(*map(int, x), *map(int, hidden(*x)), int(xor(*x))) for x in POINTS]
    return ("x₁", "x₂", "NAND", "OR", "AND(NAND, OR)"), rows


def trained(activation):
    """XOR の学習の結果。幅の違う網を TRIALS 個ずつ、STEPS 歩動かす。"""
    return train(activation, TRIALS, STEPS)


def solve_rate(activation, width):
    """隠れユニットが width 個の網のうち、XOR を学習できたものの割合。"""
    return float(trained(activation).solved[WIDTHS.index(width)].mean())


def learning_table():
    """隠れユニットの数と活性化関数ごとの、学習できた割合。(見出し, 行)。"""
    rows = [(width, *(f"{solve_rate(name, width):.2f}" for name in HIDDEN)) for width in WIDTHS]
    return ("隠れユニットの数", *HIDDEN), rows


def dead_share(solved):
    """ReLU 2 個の網で、学習できた（solved=True）か、できなかった網のうち、死んだユニットをもつものの割合。"""
    outcome = trained("ReLU")
    start = sum(WIDTHS[: WIDTHS.index(2)])
    chosen = outcome.solved[WIDTHS.index(2)] == solved
    return float(outcome.dead[start : start + 2].any(axis=0)[chosen].mean())


def plot(fig):
    """4 つの関数の 4 点（塗りが 1）と境界線。XOR だけは線が引けず、同じ答えの 2 点を結ぶ線分が中央で交わる。"""
    fig.set_size_inches(7.2, 2.3)
    for ax, (name, target) in zip(fig.subplots(1, 4), TARGETS.items(), strict=True):
        target = np.array(target)
        if name in GATES:
            _draw_line(ax, GATES[name])
        else:
            for value, style in ((1, "C1-"), (0, "C1:")):
                ax.plot(*POINTS[target == value].T, style)
        _draw_points(ax, POINTS, target, name)
    fig.axes[0].set_ylabel("$x_2$")


def plot_line(ax):
    """1 本の境界線と、XOR の 4 点（塗りが 1）。はじめの線は OR で、4 問中 3 問に正解する。"""
    b, w_1, w_2 = GATES["OR"]
    x_1 = np.linspace(*BOX, 121)
    line = [boundary(x, w_1, w_2, b) for x in x_1]
    ax.plot(x_1, line, "C1--", label="境界線", gid="neuron.xor.boundary")
    _draw_points(ax, POINTS, ANSWERS, "XOR")
    ax.set_ylabel("$x_2$")


def plot_hidden(fig):
    """左: もとの平面では、2 本の線のあいだが 1。右: 隠れ層の平面では 2 点が重なり、1 本の線で分けられる。"""
    fig.set_size_inches(7, 3.3)
    left, right = fig.subplots(1, 2)
    for name, style in (("NAND", "--"), ("OR", ":")):
        left.plot(*bias_w0.boundary_2d(GATES[name][1:], GATES[name][0], BOX).T, "C1", linestyle=style, label=name)
    left.legend(loc="upper right")
    _draw_points(left, POINTS, ANSWERS, "もとの平面")
    _draw_line(right, GATES["AND"])
    moved = np.array([hidden(*x) for x in POINTS])
    _draw_points(right, moved, ANSWERS, "隠れ層の平面", ("NAND", "OR"))
    left.set_ylabel("$x_2$")
    for ax, points in ((left, POINTS), (right, moved)):
        for place in np.unique(points, axis=0):
            names = [f"({x[0]:g},{x[1]:g})" for x, p in zip(POINTS, points, strict=True) if np.array_equal(p, place)]
            ax.annotate("\n".join(names), place, xytext=(8, -8), textcoords="offset points", va="top", size="small")


def plot_learning(fig):
    """左: 学習できた割合。右: 隠れユニット 2 個の tanh の網 12 個の損失。途中の高さで止まる網がある。"""
    fig.set_size_inches(7.2, 3.3)
    left, right = fig.subplots(1, 2)
    for name, style in zip(HIDDEN, ("C0o-", "C2s--", "C1^-.", "C3x:"), strict=True):
        left.plot(range(len(WIDTHS)), [solve_rate(name, width) for width in WIDTHS], style, label=name)
    left.set(xlabel="隠れユニットの数", ylabel="学習できた割合", ylim=(-0.05, 1.05))
    left.set_xticks(range(len(WIDTHS)), map(str, WIDTHS))
    left.legend(loc="lower right", bbox_to_anchor=(1, 0.06), labelspacing=0.2, fontsize="small")
    outcome, row = trained("tanh"), WIDTHS.index(2)
    steps = 10 * np.arange(len(outcome.loss))
    for solved, style, name in ((True, "C0-", "学習できた"), (False, "C1--", "止まった")):
        some = outcome.loss[:, row, :12][:, outcome.solved[row, :12] == solved]
        lines = right.plot(steps, some, style, linewidth=1)
        lines[0].set_label(name)
    right.set(xlabel="更新の回数", ylabel="交差エントロピー", xlim=(0, 500), ylim=(0, 1))
    right.legend()


def _draw_line(ax, weights):
    """境界線を引き、1 と答える側を薄く塗る。"""
    x_1, x_2 = np.meshgrid(BOX, BOX)
    z = weights[0] + weights[1] * x_1 + weights[2] * x_2
    ax.contourf(x_1, x_2, z, levels=[0, 9], colors=["C0"], alpha=0.15)
    ax.plot(*bias_w0.boundary_2d(weights[1:], weights[0], BOX).T, "C1--")


def _draw_points(ax, points, target, title, names=("$x_1$", "$x_2$")):
    one = np.asarray(target) == 1
    ax.plot(*points[one].T, "o", color="C0", ms=9)
    ax.plot(*points[~one].T, "o", color="C0", ms=9, mfc="none")
    ax.set(xlim=BOX, ylim=BOX, xticks=(0, 1), yticks=(0, 1), aspect="equal", title=title)
    ax.set(xlabel=names[0], ylabel=names[1])
    ax.grid(visible=False)
