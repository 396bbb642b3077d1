"""オプティマイザの図の描き方。値は呼ぶ側が計算して渡す。"""

import numpy as np

from snippets.learning.gradient_descent import draw_bowl

STYLES = ("C1o-", "C0s--", "C0^:", "C3D-.", "C2v-")  # モメンタムとネステロフは同じ仲間なので同じ色


HEIGHTS, VIEW = (0.05, 0.5, 2, 8), {"xlim": (-0.9, 1.2), "ylim": (-1.25, 1.25)}


def paths(fig, named, marks):
    """谷の等高線と、名前ごとの道すじ。named: 名前 → (steps + 1, 2)。marks: 印を付ける歩数。"""
    for ax, (name, path) in zip(fig.subplots(2, 2, sharex=True, sharey=True).flat, named.items(), strict=True):
        draw_bowl(ax, path, HEIGHTS)
        ax.plot(*path[marks].T, "C3s", ms=5, mfc="none")
        ax.set(title=name, **VIEW)
    fig.supxlabel("$w_1$")
    fig.supylabel("$w_2$")


def moving_path(ax, path, gid):
    """谷の等高線と、動かせる道すじ 1 本。gid: 繰り返す式のうち、終わりのもののラベル。"""
    draw_bowl(ax, path, HEIGHTS, gid)
    ax.set(xlabel="$w_1$", ylabel="$w_2$", **VIEW)


def curves(ax, named, every):
    """名前ごとの誤差の曲線。縦軸は対数。named: 名前 → 誤差の並び。"""
    for (name, values), style in zip(named.items(), STYLES, strict=True):
        k = np.arange(0, len(values), every)
        ax.semilogy(k, values[k], style, ms=3.5, lw=1.4, markevery=5, label=name)
    ax.set(xlabel="歩数", ylabel="E")
    ax.legend(fontsize=8)


def factors(ax, rho, named, optimum):
    """学習率と、いちばん遅い向きの倍率。optimum: いちばん速い (学習率, 倍率)。"""
    for (name, values), style in zip(named.items(), ("C1-", "C0--", "C2:", "C3-."), strict=True):
        ax.plot(rho, values, style, lw=1.8, label=name)
    ax.plot(*optimum, "C2*", ms=11)
    ax.axhline(1, lw=0.8, ls=":", color="C1")
    ax.set(xlabel="学習率 ρ", ylabel="1 歩あたりの倍率", ylim=(0.6, 1.12))
    ax.legend(fontsize=8, loc="lower left")


def averages(fig, noisy, plain, fixed, t, ratio):
    """左: 勾配、0 から始めた平均、補正した平均。右: 補正しないときの歩幅の比。"""
    fig.set_size_inches(7.2, 3.2)
    left, right = fig.subplots(1, 2)
    k = np.arange(1, len(noisy) + 1)
    left.plot(k, noisy, "C3.", ms=4, alpha=0.7, label="勾配 $g_t$")
    left.plot(k, plain, "C1--", lw=1.8, label="$m_t$（補正なし）")
    left.plot(k, fixed, "C0-", lw=1.8, label="$\\hat{m}_t$（補正あり）")
    left.axhline(1, lw=0.8, ls=":", color="C2")
    left.set(xlabel="歩数 t", ylabel="値", ylim=(-0.1, 2.1))
    left.legend(fontsize=8)
    right.semilogx(t, ratio, "C1-", lw=1.8)
    right.axhline(1, lw=0.8, ls=":", color="C2")
    right.set(xlabel="歩数 t", ylabel="補正なし / 補正あり", ylim=(0, 7.5))


def schedules(ax, named):
    """名前ごとの学習率の予定。named: 名前 → (動かせるなら式のラベル, 学習率の並び)。"""
    for (name, (gid, values)), style in zip(named.items(), ("C1-", "C0--", "C2-.", "C3:"), strict=True):
        ax.plot(values, style, lw=2, label=name, gid=gid)
    ax.set(xlabel="歩の番号 k", ylabel="学習率", ylim=(-0.05, 1.2))
    ax.legend(fontsize=8, loc="upper right", ncols=2)


def drift(ax, named):
    """名前ごとの重みの動き。3 歩ごとに点を取る。横の点線は、動ける範囲の端。"""
    for (name, values), style in zip(named.items(), ("C1-", "C0--", "C3:"), strict=True):
        ax.plot(np.arange(0, len(values), 3), values[::3], style, lw=1.6, label=name)
    for edge in (-1, 1):
        ax.axhline(edge, lw=0.8, ls=":", color="C2")
    ax.set(xlabel="歩数", ylabel="w", ylim=(-1.2, 1.45))
    ax.legend(fontsize=8, loc="upper right", ncols=3)
