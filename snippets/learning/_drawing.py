"""計算グラフを描く部品。青は順伝播、赤は逆伝播。"""

import numpy as np


def number(value):
    """有効数字 4 桁。負号は U+2212。"""
    return f"{value:.4g}".replace("-", "−")


def unbroken(text):
    """∂E/∂y を途中で折らない。斜線の両わきに、見えない U+2060 をはさむ。"""
    return text.replace("/", "\u2060/\u2060")


def node(ax, place, name, value, slope, radius=0.36):
    """丸と、上の値、下の勾配。"""
    x, y = place
    ax.plot(x + radius * np.cos(_ANGLE), y + radius * np.sin(_ANGLE), "C0-", lw=1.2)
    ax.text(x, y, name, ha="center", va="center")
    ax.text(x, y + radius + 0.06, value, ha="center", va="bottom", color="C0")
    ax.text(x, y - radius - 0.06, slope, ha="center", va="top", color="C1")


def arrows(ax, start, end, radius=0.4, gap=0.06):
    """行き（実線）と帰り（破線）の 2 本の矢印。"""
    a, b, along, across = _directions(start, end)
    for sign, color, line in ((1, "C0", "-"), (-1, "C1", "--")):
        ends = (a + radius * along + sign * gap * across, b - radius * along + sign * gap * across)[::sign]
        style = {"arrowstyle": "->", "color": color, "ls": line, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", ends[1], ends[0], arrowprops=style)


def beside(ax, start, end, share, above, below, away=0.22):
    """矢印に沿って、上に青の字、下に赤の字。share は始まりからの割合。"""
    a, b, along, across = _directions(start, end)
    turn = np.degrees(np.arctan2(along[1], along[0]))
    for text, sign, color in ((above, 1, "C0"), (below, -1, "C1")):
        spot = a + share * (b - a) + sign * away * across
        ax.text(*spot, text, ha="center", va="center", rotation=turn, color=color, fontsize=9)


_ANGLE = np.linspace(0, 2 * np.pi, 41)


def _directions(start, end):
    a, b = np.array(start, dtype=float), np.array(end, dtype=float)
    along = (b - a) / np.linalg.norm(b - a)
    return a, b, along, np.array([-along[1], along[0]])
