"""1 歩ずつ進む計算グラフ。話題の関数が返す計算の列から、値と勾配の入った図と、歩みを進めるボタンを作る。

    ```stepper learning.backprop.tape
    alt: 上に入口の数、下に誤差。どの箱にも名と値と勾配が並ぶ
    rate: 0.1
    ```

関数は {name, label, rule, inputs, place, value, gradient} の並びを返し、docstring の最初の段落が図の説明になる。
図はビルドのときに、すべての値と勾配を入れて描く。JavaScript がなければ、それがそのまま残る。
"""

import math
import re
from dataclasses import dataclass
from html import escape

from . import FormulaError
from .elements import packed
from .figure import caption_of
from .settings import mapping

LEAVES = ("given", "weight")
RULES = {"times": 2, "plus": None, "sigmoid": 1, "square_gap": 2}  # もとになる数の個数
KEYS = {"name", "label", "rule", "inputs", "place", "value", "gradient"}
WIDTH, HEIGHT = 60, 48  # 箱の大きさ
MARGIN = 4
SIGNS = {"times": "×", "plus": "+", "sigmoid": "σ", "square_gap": "( − )²"}
BUTTONS = {"first": "はじめへ", "back": "一つ戻る", "next": "一つ進む", "last": "終わりへ"}


@dataclass(frozen=True)
class Stepper:
    """一つの宣言。function は話題の関数の名、alt は図に何が見えるか、rate は学習率。"""

    function: str
    alt: str
    rate: str


def read_stepper(function, text):
    """宣言を読む。読めなければ FormulaError。"""
    entries = mapping(text)
    if entries is None or entries.keys() != {"alt", "rate"} or not entries["alt"]:
        raise FormulaError("stepper には「alt: 図に何が見えるか」と「rate: 0.1」の 2 行を書く")
    try:
        positive = 0 < float(entries["rate"]) <= 100
    except (TypeError, ValueError):
        positive = False
    if not positive:
        raise FormulaError(f"学習率 rate は 0 より大きく 100 以下の数にする（いまは {entries['rate']}）")
    return Stepper(function, entries["alt"], entries["rate"])


def check_tape(tape):
    """計算の列の約束。どの数も使う計算より前にあり、出口は最後の一つだけ。破れていれば FormulaError。"""
    known, used = set(), set()
    for node in tape:
        if not isinstance(node, dict) or node.keys() != KEYS:
            raise FormulaError(f"計算の列の一つずつは {', '.join(sorted(KEYS))} を持つ辞書にする: {node}")
        name, rule, inputs = node["name"], node["rule"], node["inputs"]
        if name in known:
            raise FormulaError(f"計算の列に、同じ名 {name} が二つある")
        if rule not in RULES and rule not in LEAVES:
            raise FormulaError(f"{name} の計算 {rule} を知らない。使えるのは {', '.join((*LEAVES, *RULES))}")
        wanted = 0 if rule in LEAVES else RULES[rule] or max(2, len(inputs))
        if len(inputs) != wanted:
            raise FormulaError(f"{name} の計算 {rule} のもとになる数は {wanted} 個（いまは {len(inputs)} 個）")
        if missing := [each for each in inputs if each not in known]:
            raise FormulaError(f"{name} のもとになる {', '.join(missing)} が、{name} より前にない")
        if not all(map(math.isfinite, (node["value"], node["gradient"], *node["place"]))):
            raise FormulaError(f"{name} の値か勾配か場所が、有限の数でない")
        known.add(name)
        used.update(inputs)
    if not tape or tape[-1]["rule"] in LEAVES or known - used != {tape[-1]["name"]}:
        raise FormulaError("計算の列の出口は、最後の計算ただ一つにする。どこにも使われない数は置けない")


def boxed(value):
    """箱に収まる数。有効数字 4 桁で、8 字を超えれば 2 桁の指数にする。equations.mjs の boxed と同じ字になる。"""
    text, short = (
        re.sub(r"e([+-])0*", lambda sign: "e-" if sign[1] == "-" else "e", f"{value + 0.0:{spec}}")
        for spec in (".4g", ".1e")
    )
    return (text if len(text) <= 8 else short).replace("-", "−")


def stepper_html(stepper, function):
    """ページに置く形。function は話題の関数。"""
    tape = function()
    check_tape(tape)
    told = [
        {"name": n["name"], "label": n["label"], "rule": n["rule"], "inputs": list(n["inputs"])}
        | ({} if n["inputs"] else {"start": n["value"]})
        for n in tape
    ]
    data = packed(told)
    ident = escape(stepper.function)
    return (
        f'<figure class="plot stepper" id="{ident}" data-search-exclude data-tape="{data}">'
        f'<div class="stepper-graph" tabindex="-1">{_graph(tape, stepper.alt)}</div>{_panel(tape, stepper.rate)}'
        f"<figcaption>{escape(caption_of(function), quote=False)}</figcaption></figure>"
    )


def _graph(tape, alt):
    places = {node["name"]: node["place"] for node in tape}
    left, right = _ends((x for x, _ in places.values()), WIDTH)
    top, bottom = _ends((y for _, y in places.values()), HEIGHT)
    view = f"{left} {top} {right - left} {bottom - top}"
    edges = [
        _edge(node["name"], k, places[start], places[node["name"]])
        for node in tape
        for k, start in enumerate(node["inputs"])
    ]
    drawn = "".join(edges) + "".join(map(_box, tape))
    return f'<svg viewBox="{view}" role="img" aria-label="{escape(alt)}">{drawn}</svg>'


def _ends(places, size):
    """箱の真ん中の並びから、箱が収まる範囲の両端。"""
    found = list(places)
    return min(found) - size // 2 - MARGIN, max(found) + size // 2 + MARGIN


def _edge(name, k, start, end):
    """もとになる数の箱から計算の箱へ。同じ高さなら横に、そうでなければ縦に出る。行きと帰りの矢じりを持つ。"""
    across = start[1] == end[1]
    reach = (math.copysign(WIDTH / 2, end[0] - start[0]), 0) if across else (0, HEIGHT / 2)
    a = [p + r for p, r in zip(start, reach, strict=True)]
    b = [p - r for p, r in zip(end, reach, strict=True)]
    line = f"M{_at(a)}L{_at(b)}"
    return (
        f'<g class="stepper-edge" data-edge="{escape(name)} {k}"><path d="{line}"/>'
        f'<path class="stepper-ahead" d="{_head(a, b)}"/><path class="stepper-behind" d="{_head(b, a)}"/></g>'
    )


def _head(start, end, size=7):
    """end を指す三角の矢じり。"""
    length = math.dist(start, end)
    x, y = ((e - s) / length for s, e in zip(start, end, strict=True))
    corners = ([end[0] - size * (x + side * y / 2), end[1] - size * (y - side * x / 2)] for side in (1, -1))
    return f"M{_at(end)}" + "".join(f"L{_at(corner)}" for corner in corners) + "Z"


def _at(point):
    return " ".join(f"{p:.1f}".removesuffix(".0") for p in point)


def _box(node):
    x, y = node["place"]
    kind = "stepper-leaf" if node["rule"] in LEAVES else "stepper-operation"
    sign = SIGNS.get(node["rule"], "")
    mark = f'<text class="stepper-sign" x="{WIDTH // 2 + 4}" y="-14">{sign}</text>' if sign else ""
    return (
        f'<g class="stepper-node {kind}" data-node="{escape(node["name"])}" transform="translate({x} {y})">'
        f'<rect x="{-WIDTH // 2}" y="{-HEIGHT // 2}" width="{WIDTH}" height="{HEIGHT}"/>'
        f'<text class="stepper-name" y="-11">{escape(node["label"])}</text>{mark}'
        f'<text class="stepper-value" y="4">{boxed(node["value"])}</text>'
        f'<text class="stepper-slope" y="19">({boxed(node["gradient"])})</text></g>'
    )


def _panel(tape, rate):
    """歩みの文と、ボタンと、数の入れどころ。"""
    buttons = "".join(f'<button type="button" data-go="{key}">{text}</button>' for key, text in BUTTONS.items())
    fields = "".join(
        f"<label><span>{escape(node['label'])}</span>{_field(node['value'], -100, name=node['name'])}</label>"
        for node in tape
        if node["rule"] in LEAVES
    )
    # 歩みは、計算のたび、出発の 1、もとになる数へ送るたびに 1 歩
    steps = 1 + sum(len(node["inputs"]) + bool(node["inputs"]) for node in tape)
    return (
        '<div class="stepper-panel"><div class="stepper-say" role="status"></div>'
        f'<div class="stepper-buttons">{buttons}</div>'
        f'<label class="stepper-place"><span>歩み</span><input type="range" max="{steps}" value="{steps}"></label>'
        f"<fieldset><legend>数を変える</legend>{fields}</fieldset>"
        f'<div class="stepper-learn"><label><span>学習率</span>{_field(rate, 0, class_="stepper-rate")}</label>'
        '<button type="button" data-go="learn">重みを 1 歩動かす</button>'
        '<button type="button" data-go="reset">もとの数に戻す</button></div></div>'
    )


def _field(value, low, **attributes):
    """数を入れるところ。"""
    given = {"type": "number", "min": low, "max": 100, "step": "any", "value": f"{float(value):g}", **attributes}
    return "<input " + " ".join(f'{name.rstrip("_")}="{escape(str(text))}"' for name, text in given.items()) + ">"
