"""地図の絵。札と矢印を、列に分けて SVG にする。色はすべて CSS の名で決まり、明暗のどちらでも読める。

札は押せるリンクで、キーボードでも止まれる。矢印は、使われる札（左）から使う札（右）へ向かう。
"""

import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from .elements import element
from .layers import layered

_SIZE, _PAD, _HEIGHT = 12, 9, 24  # 文字の大きさ、札の左右の余白、札の高さ
_ROW, _LANE, _EDGE = 32, 14, 3  # 札の間隔、通り道の間隔、絵の縁
_GAP, _STEEP, _WIDE = 46, 0.16, 104  # 列のあいだ。急な線があれば、この割合で、ここまで広げる
_HEAD = 6  # 矢じりの長さ
_MARK = 14  # 札の頭のしるしの幅
MARKS = (  # フォルダのしるし。色がなくても形で見分けられる
    "M4 0a4 4 0 1 1-8 0a4 4 0 1 1 8 0z", "M-3.6-3.6h7.2v7.2h-7.2z", "M0-4.6 4.6 0 0 4.6-4.6 0z",
    "M0-4.3 4.6 3.6h-9.2z", "M-1.4-4.4h2.8v3h3v2.8h-3v3h-2.8v-3h-3v-2.8h3z",
)  # fmt: skip


@dataclass(frozen=True)
class Card:
    """一枚の札。title は浮きでる説明、classes は形の名、hue は色としるしの番号、ident は札の id。

    hue がなければ、どのフォルダにも入らない。marked なら、しるしを札の頭に描く。
    """

    text: str
    href: str
    title: str
    classes: str = ""
    hue: int | None = None
    marked: bool = False
    ident: str = ""
    level: str = ""

    @property
    def mark(self):
        return MARKS[self.hue] if self.marked and self.hue is not None else ""

    @property
    def width(self):
        return round(2 * _PAD + bool(self.mark) * _MARK + text_width(self.text), 1)


def text_width(text):
    """等幅の文字の列の幅。全角は二文字分。"""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.61 for c in text) * _SIZE


def draw(cards, edges, name):
    """絵の SVG。cards は名から札、edges は (使う側, 使われる側) から (種類, 説明)。"""
    pairs = [(used, user) for user, used in edges]
    places, routes, height = layered(list(cards), pairs, _ROW, _LANE)
    widths = [0.0] * (1 + max(column for column, _ in places.values()))
    for key, (column, _) in places.items():
        widths[column] = max(widths[column], cards[key].width)
    lefts = _lefts(widths, routes.values())
    total = lefts[-1] + widths[-1] + _EDGE
    strongest_last = sorted(pairs, key=lambda pair: edges[pair[::-1]][0] == "both")
    lines = [_edge(routes[pair], lefts, widths, *edges[pair[::-1]]) for pair in strongest_last]
    boxes = [_card(cards[key], lefts[column], y, widths[column]) for key, (column, y) in places.items()]
    size = {"width": f"{total:g}", "height": f"{height:g}", "viewBox": f"0 0 {total:g} {height:g}"}
    return element(
        "svg", element("g", *lines, class_="graph-edges", aria_hidden="true"), *boxes,
        class_="graph-svg", role="group", aria_label=name, style=f"--width: {total:g}px", **size,
    )  # fmt: skip


def _lefts(widths, routes):
    """列の左の端。急に曲がる線のある列のあいだは、広く取る。"""
    rises = [0.0] * len(widths)
    for (_, y), (following, goal) in (step for route in routes for step in pairwise(route)):
        rises[following] = max(rises[following], abs(goal - y))
    lefts = [float(_EDGE)]
    for width, rise in zip(widths, rises[1:], strict=False):
        lefts.append(round(lefts[-1] + width + min(_WIDE, max(_GAP, _STEEP * rise)), 1))
    return lefts


def _edge(route, lefts, widths, kind, title):
    """列のあいだを曲線で、列の上を直線で進む線。"""
    parts = []
    for (column, y), (following, goal) in pairwise(route):
        start, end = lefts[column] + widths[column], lefts[following]
        if following == route[-1][0]:
            end -= _HEAD
        middle = (start + end) / 2
        parts.append(f"{'L' if parts else 'M'}{start:g} {y:g}C{middle:g} {y:g} {middle:g} {goal:g} {end:g} {goal:g}")
    tip = f"M{end + _HEAD:g} {goal:g}l-{_HEAD + 1} -3.5v7z"
    return element(
        "g", element("title", text=title), element("path", class_="graph-line", d="".join(parts)),
        element("path", class_="graph-tip", d=tip), class_=f"graph-edge {kind}",
    )  # fmt: skip


def _card(card, x, y, width):
    shape = {"x": f"{x:g}", "y": f"{y - _HEIGHT / 2:g}", "width": f"{width:g}", "height": _HEIGHT}
    round_ = _HEIGHT / 2 if "relation" in card.classes.split() else 3
    inner = [element("title", text=card.title), element("rect", rx=f"{round_:g}", **shape)]
    if card.mark:
        place = f"translate({x + _PAD + 4:g} {y:g})"
        inner.append(element("path", class_="graph-mark", d=card.mark, transform=place))
    label = element("text", text=card.text, x=f"{x + _PAD + bool(card.mark) * _MARK:g}", y=f"{y + 4.3:g}")
    hue = f"hue-{card.hue}" if card.hue is not None else ""
    level = f"level-{card.level}" if card.level else ""
    classes = " ".join(filter(None, ("graph-node", card.classes, hue, level)))
    return element("a", *inner, label, class_=classes, href=card.href, id=card.ident, data_level=card.level)


def sample(kind):
    """凡例に添える、一本の矢印。"""
    line = _edge([(0, 6), (1, 6)], [0, 34], [0, 0], kind, kind)
    line.remove(line[0])
    return element("svg", line, class_="graph-sample", aria_hidden="true", width=36, height=12, viewBox="-1 0 36 12")


def mark_sample(hue):
    """凡例に添える、一つのしるし。"""
    mark = element("path", class_="graph-mark", d=MARKS[hue])
    size = {"width": 12, "height": 12, "viewBox": "-6 -6 12 12"}
    return element("svg", mark, class_=f"graph-sample hue-{hue}", aria_hidden="true", **size)
