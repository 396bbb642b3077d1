"""動く図。図のすぐ下に書いたスライダーの宣言を読み、図の線を、ページの式で描きなおせる形にする。

    ```sliders activation.sigmoid.plot_gain
    a: 0.2..20 by 0.1 = 1 — ゲイン
    say: a = {a} のとき、原点での傾きは {activation.sigmoid.gain_slope}
    ```

線の gid が式のラベルなら、その線が動く。式の文字のうち、スライダーのないものが一つ、横軸になる。
JavaScript がなければ、図はそのまま残る。
"""

import json
import re
from dataclasses import dataclass
from html import escape

import yaml

from . import FormulaError
from .binding import identifier
from .declarations import split_declaration
from .javascript import script

MODULES = "formulas"
_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\.\.({_NUMBER})(?:\s+by\s+({_NUMBER}))?\s*=\s*({_NUMBER})")
_CURVE = re.compile(r'data-curve="([^"]+)"')
_VALUE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Slider:
    """一本のスライダー。symbol は式でのつづり、text は幅の宣言のまま。"""

    symbol: str
    low: str
    high: str
    step: str
    start: str
    meaning: str

    @property
    def name(self):
        """式を写した関数での、引数の名。"""
        return identifier(self.symbol)


@dataclass(frozen=True)
class Control:
    """一つの図のスライダーと、値を言う文。"""

    figure: str
    sliders: tuple
    say: str = ""


def read_control(figure, text):
    """スライダーの宣言を読む。読めなければ FormulaError。"""
    try:
        entries = yaml.load(text, yaml.BaseLoader) or {}
    except yaml.YAMLError:
        entries = None
    if not isinstance(entries, dict):
        raise FormulaError("スライダーは「文字: 0..1 by 0.1 = 0.5 — 意味」と書く")
    say = entries.pop("say", "")
    sliders = tuple(_slider(symbol, declared) for symbol, declared in entries.items())
    if not sliders:
        raise FormulaError("スライダーが一つもない")
    return Control(figure, sliders, say)


def _slider(symbol, text):
    declared, meaning = split_declaration(text)
    match = _RANGE.fullmatch(declared)
    if not match or not meaning:
        raise FormulaError(f"スライダー {symbol} は「0..1 by 0.1 = 0.5 — 意味」のように、範囲と初めの値と意味を書く")
    low, high, step, start = match[1], match[2], match[3] or "any", match[4]
    if not float(low) <= float(start) <= float(high) or float(low) == float(high):
        raise FormulaError(f"スライダー {symbol} の初めの値 {start} が {low}..{high} に入らない")
    return Slider(symbol, low, high, step, start, meaning)


def curves(svg):
    """図の中の、動く線のラベル。"""
    return sorted(set(_CURVE.findall(svg)))


def scripts(control, svg, prepared):
    """ラベルから、式を写した関数 (引数の名, 本体, 横軸の名)。prepared はページの式。"""
    given = {slider.name for slider in control.sliders}
    labels = curves(svg)
    if not labels:
        raise FormulaError(f"図 {control.figure} に、動く線がない。線の gid に式のラベルを付ける")
    found = {label: _script(label, prepared, given, along=1) for label in labels}
    spoken = [name for name in _VALUE.findall(control.say) if name not in given]
    found |= {label: _script(label, prepared, given, along=0) for label in spoken}
    unused = given - {name for parameters, *_ in found.values() for name in parameters}
    if unused:
        raise FormulaError(f"スライダー {', '.join(sorted(unused))} が、動く線の式に出てこない")
    return found


def _script(label, prepared, given, along):
    if label not in prepared:
        raise FormulaError(f"動く図の式 {label} が、このページにない")
    statement = prepared[label].statements[0]
    parameters, body = script(statement.evaluated[0], prepared[label].scope)
    free = sorted(set(parameters) - given)
    if len(free) != along:
        names = "、".join(free) or "なし"
        raise FormulaError(f"{label} の文字のうち、スライダーのないものは {along} つにする（いまは {names}）")
    return parameters, body, *free


def module(scripts):
    """一ページの式を写した JavaScript。"""
    functions = [
        f"  {json.dumps(label)}: {{ along: {json.dumps(rest[0] if rest else '')}, "
        f"value: ({{ {', '.join(parameters)} }}) => {{ {body} }} }},"
        for label, (parameters, body, *rest) in sorted(scripts.items())
    ]
    head = 'import { erf, product, sum } from "../../javascripts/numbers.mjs"'
    return "\n".join([head, "", "export default {", *functions, "}", ""])


def controls_html(control, page):
    """図の札に置くスライダー。"""
    rows = []
    for slider in control.sliders:
        attributes = {"type": "range", "name": slider.name, "min": slider.low, "max": slider.high,
                      "step": slider.step, "value": slider.start}  # fmt: skip
        written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
        rows.append(f"<label><span>{escape(slider.meaning)}</span><input {written}><output></output></label>")
    say = f'<p class="controls-say" role="status" data-say="{escape(control.say)}"></p>' if control.say else ""
    return f'<div class="controls" data-module="{escape(page)}" data-search-exclude>{"".join(rows)}{say}</div>'


def write_modules(book, folder):
    """動く図のあるページの式を書きだす。中身が変わらなければ触れず、要らなくなったものは消す。"""
    wanted = {f"{name}.mjs": module(result["scripts"]) for name, result in book.results.items() if result["scripts"]}
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.mjs"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = folder / name
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
