"""点を置く板。2 組の点を足し、動かし、消すと、線で分けられるかどうかが言われる。

    ```board neuron.linear_separability.boards
    alt: 左下に × が 6 つ、右上に ○ が 6 つあり、あいだを破線が通る
    ```

関数は {name, points, hulls, line} の並びを返し、はじめのものがビルドのときに描かれる。
points は (x, y, 印) の並びで、座標は 0 から 10 の整数、印は 1（○）か −1（×）。
hulls は ○ と × の囲みの頂点、line は分ける線 w·x + b = 0 の (w₁, w₂, b)、なければ None。
JavaScript がなければ、その図と答えがそのまま残る。
"""

import math
from dataclasses import dataclass
from html import escape

from . import FormulaError
from .elements import packed
from .figure import caption_of
from .settings import mapping

SIZE, CELL, MOST = 10, 25, 24  # 目盛りの数、ひと目盛りの長さ、点の数の上限。board.mjs と同じ
KEYS = {"name", "points", "hulls", "line"}
WORDS = {
    "yes": "線形分離可能です。破線からいちばん近い点までは {} です。",
    "no": "線形分離可能ではありません。○ の囲みと × の囲みが交わっています。",
    "one": "○ と × を、どちらも 1 つは置いてください。",
}
MARKS = {
    1: '<circle r="7"/>',
    -1: '<path d="M-6 -6L6 6M-6 6L6 -6"/>',
}
HINT = "点を選ぶと、矢印で動き、Enter で印が変わり、Delete で消えます。"
BUTTONS = {"plus": "○ を足す", "minus": "× を足す", "flip": "印を変える", "remove": "消す"}


@dataclass(frozen=True)
class Board:
    """一つの宣言。function は話題の関数の名、alt は図に何が見えるか。"""

    function: str
    alt: str


def read_board(function, text):
    """宣言を読む。読めなければ FormulaError。"""
    entries = mapping(text)
    if entries is None or entries.keys() != {"alt"} or not entries["alt"]:
        raise FormulaError("board には「alt: 図に何が見えるか」の 1 行を書く")
    return Board(function, entries["alt"])


def check_examples(function, examples):
    """例の約束。破れていれば FormulaError。"""
    if not examples:
        raise FormulaError(f"{function} は、例を一つ以上返す")
    for example in examples:
        if not isinstance(example, dict) or example.keys() != KEYS:
            raise FormulaError(f"{function} の例は {', '.join(sorted(KEYS))} を持つ辞書にする: {example}")
        points, name = example["points"], example["name"]
        good = all(x in range(SIZE + 1) and y in range(SIZE + 1) and side in MARKS for x, y, side in points)
        if not good or len(points) > MOST or len({(x, y) for x, y, _ in points}) < len(points):
            message = f"点は 0 から {SIZE} の整数の、違う場所に、{MOST} 個まで置き、印は 1 か −1 にする"
            raise FormulaError(f"{function} の「{name}」の{message}")


def board_html(board, function):
    """ページに置く形。function は話題の関数。"""
    examples = function()
    check_examples(board.function, examples)
    told = [{key: example[key] for key in ("name", "points")} for example in examples]
    options = "".join(f"<option>{escape(example['name'])}</option>" for example in examples)
    buttons = "".join(f'<button type="button" data-do="{key}">{text}</button>' for key, text in BUTTONS.items())
    ident = escape(board.function)
    return (
        f'<figure class="plot board" id="{ident}" data-search-exclude data-examples="{packed(told)}"'
        f' data-words="{packed(WORDS)}"><div class="board-plane">{_drawing(examples[0], board.alt)}</div>'
        f'<div class="board-panel"><p class="board-say" role="status">{escape(_answer(examples[0]))}</p>'
        f'<div class="board-fields"><label><span>例</span><select>{options}</select></label>'
        f"<fieldset><legend>押した場所に足す印</legend>{_radio(1, '○')}{_radio(-1, '×')}</fieldset></div>"
        f'<div class="board-buttons">{buttons}</div>'
        f'<p class="board-hint" id="{ident}-hint">{HINT}</p></div>'
        f"<figcaption>{escape(caption_of(function), quote=False)}</figcaption></figure>"
    )


def _answer(example):
    if len({side for *_, side in example["points"]}) < 2:
        return WORDS["one"]
    if example["line"] is None:
        return WORDS["no"]
    *w, b = example["line"]
    gap = min(abs(w[0] * x + w[1] * y + b) for x, y, _ in example["points"]) / math.hypot(*w)
    return WORDS["yes"].format(f"{gap:.2f}")


def _radio(value, text):
    checked = " checked" if value > 0 else ""
    return f'<label><input type="radio" name="board-side" value="{value}"{checked}><span>{text}</span></label>'


def _drawing(example, alt):
    """例の図。目盛り、囲み、線、点の順に重ねる。"""
    ends, whole = (CELL, CELL * (SIZE + 1)), CELL * (SIZE + 2)
    grid = "".join(f"M{p} {ends[0]}V{ends[1]}M{ends[0]} {p}H{ends[1]}" for p in range(CELL, ends[1] + 1, CELL))
    places = {(_at((k, 0))[0], ends[1] + 18): k for k in (0, 5, 10)}
    places |= {(ends[0] - 12, _at((0, k))[1] + 4): k for k in (0, 5, 10)}
    ticks = "".join(f'<text x="{x}" y="{y}">{k}</text>' for (x, y), k in places.items())
    hulls = "".join(
        f'<path class="board-hull" data-hull="{side}" d="{_path(corners, "Z")}"/>'
        for side, corners in zip((1, -1), example["hulls"], strict=True)
    )
    line = _path(_clipped(*example["line"])) if example["line"] else ""
    points = "".join(_point(side, f'transform="translate({_spaced(_at((x, y)))})"') for x, y, side in example["points"])
    templates = "".join(_point(side, f'data-template="{side}"') for side in MARKS)
    return (
        f'<svg viewBox="0 0 {whole} {whole}" role="img" aria-label="{escape(alt)}"><defs>{templates}</defs>'
        f'<path class="board-grid" d="{grid}"/>{ticks}{hulls}<path class="board-line" d="{line}"/>'
        f'<g class="board-points">{points}</g></svg>'
    )


def _point(side, attribute):
    return f'<g class="board-point" data-side="{side}" {attribute}>{MARKS[side]}</g>'


def _clipped(w_1, w_2, b, low=-0.5, high=SIZE + 0.5):
    """線 w₁x + w₂y + b = 0 が、板の縁と交わる 2 点。"""
    ends = [(at, -(b + w_1 * at) / w_2) for at in (low, high) if w_2]
    ends += [(-(b + w_2 * at) / w_1, at) for at in (low, high) if w_1]
    inside = sorted(end for end in ends if all(low <= v <= high for v in end))
    return [inside[0], inside[-1]] if inside else []


def _at(point):
    return CELL * (point[0] + 1), CELL * (SIZE + 1 - point[1])


def _spaced(place):
    return " ".join(f"{round(float(v), 2):g}" for v in place)


def _path(places, end=""):
    return "M" + "L".join(_spaced(_at(place)) for place in places) + end if places else ""
