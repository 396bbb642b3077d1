"""選んで引く表。話題の関数が返す行のうち、選んだものに当たる一行の文を見せる。

    ```choices neuron.vectors.combinations
    left: 左 = 横 (1, 3)
    sign: 演算 = @
    right: 右 = 縦 (3, 1)
    ```

一行が、関数の返す行の欄「名前: 見出し = 初めの値」になる。
関数は、その欄と text（文の並び）を持つ辞書を、欄の値の組み合わせのすべてについて返す。
答えはビルドのときに Python が求めてあり、ページの JavaScript は引くだけである。
"""

import re
from dataclasses import dataclass
from html import escape
from math import prod

from . import FormulaError
from .elements import packed
from .figure import caption_of
from .settings import mapping

_FIELD = re.compile(r"(\S.*?)\s+=\s+(\S.*)")


@dataclass(frozen=True)
class Choices:
    """一つの宣言。fields は、欄の名から、見出しと初めの値。"""

    function: str
    fields: dict


def read_choices(function, text):
    """宣言を読む。読めなければ FormulaError。"""
    matches = {k: _FIELD.fullmatch(str(v)) for k, v in (mapping(text) or {}).items()}
    if not matches or not all(matches.values()) or "text" in matches:
        raise FormulaError("choices には、選ぶ欄ごとに「名前: 見出し = 初めの値」と書く（text という名は使えない）")
    return Choices(function, {name: match.groups() for name, match in matches.items()})


def check_rows(choices, rows):
    """行の約束。欄の値の組み合わせが、どれもちょうど一度ずつある。破れていれば FormulaError。"""
    keys = {*choices.fields, "text"}
    for row in rows:
        if not isinstance(row, dict) or row.keys() != keys or not row["text"]:
            raise FormulaError(f"{choices.function} の行は {', '.join(sorted(keys))} を持つ辞書にする: {row}")
    options = options_of(choices, rows)
    found = {tuple(row[name] for name in choices.fields) for row in rows}
    if not rows or len(found) != len(rows) or len(found) != prod(map(len, options.values())):
        raise FormulaError(f"{choices.function} の行は、欄の値の組み合わせのすべてを、一度ずつ並べる")
    for name, (_, start) in choices.fields.items():
        if start not in options[name]:
            raise FormulaError(f"{name} の初めの値「{start}」が行にない。あるのは {'、'.join(options[name])}")


def options_of(choices, rows):
    """欄の名から、選べる値。並びは行に出てくる順。"""
    return {name: list(dict.fromkeys(row[name] for row in rows)) for name in choices.fields}


def choices_html(choices, function):
    """ページに置く形。function は話題の関数。"""
    rows = function()
    check_rows(choices, rows)
    options = options_of(choices, rows)
    starts = {name: start for name, (_, start) in choices.fields.items()}
    # 文の並びは、行の順に関わらず、左の欄ほどゆっくり動く順にする
    rows = sorted(rows, key=lambda row: [options[name].index(row[name]) for name in options])
    (shown,) = [row["text"] for row in rows if all(row[name] == start for name, start in starts.items())]
    texts = packed([row["text"] for row in rows])
    fields = "".join(_select(name, *choices.fields[name], options[name]) for name in options)
    height = max(len(row["text"]) for row in rows)
    lines = "".join(f"<p>{escape(line)}</p>" for line in shown)
    return (
        f'<figure class="plot choices" id="{escape(choices.function)}" data-search-exclude data-texts="{texts}">'
        f'<div class="choices-fields">{fields}</div>'
        f'<div class="choices-say" role="status" style="--lines: {height}">{lines}</div>'
        f"<figcaption>{escape(caption_of(function), quote=False)}</figcaption></figure>"
    )


def _select(name, label, start, options):
    rows = "".join(f"<option{' selected' if each == start else ''}>{escape(each)}</option>" for each in options)
    return f'<label><span>{escape(label)}</span><select name="{escape(name)}">{rows}</select></label>'
