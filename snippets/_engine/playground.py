"""網の遊び場。宣言を読み、学習を動かす画面の骨組みを書く。動かすのは playground.mjs。

    ```playground
    data: xor
    activation: linear
    hidden: 4, 4
    rate: 0.1
    batch: 10
    seed: 1
    ```

どの行も省ける。JavaScript がなければ操作は出さず、そのことを言う文だけを置く。
"""

import re
from dataclasses import dataclass
from html import escape

from . import FormulaError
from .settings import mapping

DATA = {"gauss": "2 つの山", "circle": "円", "xor": "XOR", "spiral": "渦巻き"}
ACTIVATIONS = {"linear": "線形", "step": "ステップ", "sigmoid": "シグモイド", "tanh": "tanh", "relu": "ReLU"}
RATES = ("0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3")
BATCHES = ("1", "5", "10", "20", "50", "100")
LAYERS, UNITS, SEEDS = 3, 8, 9999


@dataclass(frozen=True)
class Playground:
    """初めの設定。値は、ページに書いたつづりのまま。"""

    data: str = "xor"
    activation: str = "tanh"
    hidden: tuple = ("4", "4")
    rate: str = "0.1"
    batch: str = "10"
    seed: str = "1"


def read_playground(text):
    """宣言を読む。誤りは一つも落とさず、まとめて FormulaError にする。"""
    entries = mapping(text)
    if entries is None:
        raise FormulaError("遊び場は「data: xor」のように、1 行に 1 つずつ「名前: 値」と書く")
    wrong = [_complaint(name, str(value)) for name, value in entries.items()]
    if any(wrong):
        raise FormulaError("\n  ".join(filter(None, wrong)))
    if "hidden" in entries:
        entries["hidden"] = _units(entries["hidden"])
    return Playground(**entries)


def _complaint(name, value):
    choices = {"data": DATA, "activation": ACTIVATIONS, "rate": RATES, "batch": BATCHES}
    if name in choices:
        if value in choices[name]:
            return None
        remedy = f"{'、'.join(choices[name])} のどれかにする"
    elif name == "hidden":
        units = _units(value)
        if len(units) <= LAYERS and all(re.fullmatch(f"[1-{UNITS}]", unit) for unit in units):
            return None
        remedy = f"隠れ層ごとのユニットの数を、4, 4 のように {LAYERS} つまで、1 から {UNITS} で書く"
    elif name == "seed":
        if re.fullmatch("[1-9][0-9]{0,3}", value):
            return None
        remedy = f"1 から {SEEDS} の整数にする"
    else:
        known = "、".join(Playground.__dataclass_fields__)
        return f"遊び場に {name} という設定はない。あるのは {known}"
    return f"遊び場の {name} に「{value}」は書けない。{remedy}"


def _units(value):
    return tuple(part.strip() for part in value.split(","))


def playground_html(playground, ident):
    """操作と、絵の置きどころ。大きさは先に取っておき、動きだしてもページがずれないようにする。"""
    hidden = (*playground.hidden, *[""] * (LAYERS - len(playground.hidden)))
    units = {str(k): str(k) for k in range(1, UNITS + 1)}
    rows = max(2, *map(int, playground.hidden))
    fields = [
        _select("data", "データ", DATA, playground.data),
        _select("activation", "活性化関数", ACTIVATIONS, playground.activation),
        *(
            _select(f"hidden{k}", f"隠れ層 {k}", {"": "なし"} | units if k > 1 else units, hidden[k - 1])
            for k in range(1, LAYERS + 1)
        ),
        _select("rate", "学習率", dict(zip(RATES, RATES, strict=True)), playground.rate),
        _select("batch", "1 組の点の数", {b: "100（全部）" if b == "100" else b for b in BATCHES}, playground.batch),
        f'<label><span>乱数の種</span><input type="number" name="seed" min="1" max="{SEEDS}" step="1" '
        f'value="{escape(playground.seed)}" required></label>',
    ]
    return (
        f'<div class="playground" id="{escape(ident)}" style="--rows: {rows}" data-search-exclude>'
        '<div class="playground-run" role="group" aria-label="学習の操作">'
        '<button type="button" name="run">学習を始める</button>'
        '<button type="button" name="once">1 歩</button><button type="button" name="reset">初めから</button></div>'
        f'<fieldset class="playground-settings"><legend>設定</legend>{"".join(fields)}</fieldset>'
        '<p class="playground-say">この遊び場を動かすには JavaScript が要ります。</p>'
        '<p class="playground-live" role="status"></p>'
        '<div class="playground-views">'
        f"{_view('map', '判定の地図（○ は正解 1、× は正解 0、斜線は 0 と答える側）', '0 0 240 240')}"
        f"{_view('net', '重み（太さは大きさ、実線は正、破線は負）', '0 0 300 220')}"
        f"{_view('loss', '全部の点での損失', '0 0 300 220')}</div>"
        '<div class="playground-equation" role="group" tabindex="0" aria-label="いまの網の式"></div>'
        '<p class="playground-line"></p></div>'
    )


def _view(name, caption, box):
    canvas = "<canvas></canvas>" if name == "map" else ""
    drawing = f'{canvas}<svg viewBox="{box}" role="img" aria-label="{escape(caption)}"></svg>'
    return f'<figure class="playground-{name}"><div>{drawing}</div><figcaption>{escape(caption)}</figcaption></figure>'


def _select(name, label, options, chosen):
    rows = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(text)}</option>'
        for value, text in options.items()
    )
    return f'<label><span>{escape(label)}</span><select name="{name}">{rows}</select></label>'
