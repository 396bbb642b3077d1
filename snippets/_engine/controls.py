"""動く図の宣言。図のすぐ下に、スライダーと、動かさない値と、値を言う文を書く。

    ```sliders learning.optimizers.plot_momentum
    \\rho: 0.005..0.16 by 0.005 = 0.04 — 学習率 ρ
    \\lambda: 1, 25
    w: 1, 1
    repeat: learning.optimizers.bowl_slope, learning.optimizers.move
    say: ρ = {\\rho} は、限界より{learning.optimizers.is_stable?小さい|大きい}値です。
    ```

スライダーは「範囲 by 刻み = 初めの値 — 意味」、または「話題.関数 = 初めの行 — 意味」と書く。
後のものは、その関数の返す行を一つずつめくり、行の値を文字に入れる。
repeat は、繰り返す更新の式の並び。JavaScript がなければ、図はそのまま残る。
"""

import json
import re
from dataclasses import dataclass
from html import escape

from . import FormulaError
from .binding import identifier
from .declarations import split_declaration
from .settings import mapping

_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\.\.({_NUMBER})(?:\s+by\s+({_NUMBER}))?\s*=\s*({_NUMBER})")
_NUMBERS = re.compile(rf"{_NUMBER}(?:\s*,\s*{_NUMBER})*")
_TABLE = re.compile(r"([a-z_]\w*(?:\.[a-z_]\w*)+)(?:\s*=\s*(\d+))?")
_SPOKEN = re.compile(r"\{([^{}?]+)(\?[^{}|]*\|[^{}]*)?\}")


@dataclass(frozen=True)
class Slider:
    """一本のスライダー。symbol は式でのつづり、ほかは宣言のまま。table は、めくる表を返す関数。"""

    symbol: str
    meaning: str
    low: str = "0"
    high: str = "0"
    step: str = "1"
    start: str = "0"
    table: str = ""

    @property
    def name(self):
        """式を写した関数での、引数の名。"""
        return identifier(self.symbol)


@dataclass(frozen=True)
class Control:
    """一つの図のスライダー、動かさない値（名から、数か成分の並び）、繰り返す式のラベル、値を言う文。"""

    figure: str
    sliders: tuple
    fixed: dict
    repeat: tuple = ()
    say: str = ""

    @property
    def spoken(self):
        """文の波括弧の中の、ラベルか、文字の Python での名。"""
        return [_spoken(name) for name, _ in _SPOKEN.findall(self.say)]

    @property
    def tables(self):
        return [slider.table for slider in self.sliders if slider.table]


def _spoken(name):
    return name if "." in name else identifier(name)


def read_control(figure, text):
    """宣言を読む。読めなければ FormulaError。"""
    entries = mapping(text)
    if entries is None or not all(isinstance(value, str) for value in entries.values()):
        raise FormulaError("スライダーは「文字: 0..1 by 0.1 = 0.5 — 意味」と書く")
    say, repeat = entries.pop("say", ""), entries.pop("repeat", "").replace(",", " ").split()
    fixed = {identifier(symbol): _numbers(value) for symbol, value in entries.items() if _NUMBERS.fullmatch(value)}
    sliders = [_slider(symbol, text) for symbol, text in entries.items() if not _NUMBERS.fullmatch(text)]
    if not sliders:
        raise FormulaError("スライダーが一つもない")
    return Control(figure, tuple(sliders), fixed, tuple(repeat), say)


def _numbers(text):
    found = [float(number) for number in text.split(",")]
    return found if len(found) > 1 else found[0]


def _slider(symbol, text):
    declared, meaning = split_declaration(text)
    if meaning and (match := _TABLE.fullmatch(declared)):
        return Slider(symbol, meaning, table=match[1], start=match[2] or "0")
    match = _RANGE.fullmatch(declared)
    if not match or not meaning:
        raise FormulaError(f"スライダー {symbol} は「0..1 by 0.1 = 0.5 — 意味」のように、範囲と初めの値と意味を書く")
    low, high, step, start = match[1], match[2], match[3] or "any", match[4]
    if not float(low) <= float(start) <= float(high) or float(low) == float(high):
        raise FormulaError(f"スライダー {symbol} の初めの値 {start} が {low}..{high} に入らない")
    return Slider(symbol, meaning, low, high, step, start)


def _longest(control, scripts):
    """値を入れた文のうち、いちばん長いもの。文が変わっても図の高さを変えないように、場所を取っておく。"""
    rows = [row for table in control.tables for row in scripts[table]["rows"]]

    def widest(match):
        texts = [row[match[1]] for row in rows if isinstance(row.get(match[1]), str)]
        return max([*texts, *(match[2] or "?0.00000")[1:].split("|")], key=len)

    return _SPOKEN.sub(widest, control.say)


def controls_html(control, page, scripts):
    """図の札に置くスライダー。scripts は、そのページの動く図の中身。"""
    rows = []
    for slider in control.sliders:
        high = len(scripts[slider.table]["rows"]) - 1 if slider.table else slider.high
        attributes = {"type": "range", "name": slider.name, "min": slider.low, "max": high,
                      "step": slider.step, "value": slider.start}  # fmt: skip
        attributes |= {"data-rows": slider.table} if slider.table else {}
        written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
        rows.append(f"<label><span>{escape(slider.meaning)}</span><input {written}><output></output></label>")
    text = _SPOKEN.sub(lambda match: f"{{{_spoken(match[1])}{match[2] or ''}}}", control.say)
    say = (
        f'<p class="controls-say" role="status" data-longest="{escape(_longest(control, scripts))}">'
        f'<span data-say="{escape(text)}"></span></p>'
    )
    fixed = escape(json.dumps(control.fixed))
    head = f'<div class="controls" data-module="{escape(page)}" data-fixed="{fixed}" data-search-exclude>'
    return f"{head}{''.join(rows)}{say if text else ''}</div>"
