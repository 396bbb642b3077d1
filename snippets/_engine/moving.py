"""動く図の中身。図の線の名札と、ページの式から、線を描きなおす JavaScript を作る。

線の gid が式のラベルなら、その線が動く。式の文字のうち、値の決まらないものが一つ、横軸になる。
"""

import contextlib
import json
import re

from . import FormulaError
from .binding import identifier, import_topic, is_topic
from .javascript import script
from .nodes import Node
from .recurrence import recurrence

MODULES = "formulas"
_CURVE = re.compile(r'data-curve="([^"]+)"')


def curves(svg):
    """図の中の、動く線のラベル。"""
    return sorted(set(_CURVE.findall(svg)))


def entries(control, svg, prepared):
    """ラベルから、写した式。prepared はページの式。"""
    labels = curves(svg)
    if not labels:
        raise FormulaError(f"図 {control.figure} に、動く線がない。線の gid に式のラベルを付ける")
    tables = {name: {"rows": _rows(name)} for name in control.tables}
    sliders = {slider.name for slider in control.sliders}
    columns = {key for table in tables.values() for key in table["rows"][0]}
    known = sliders | set(control.fixed) | columns
    known |= {name.rpartition("_")[0] for name in known if re.search(r"_\d$", name)}  # z_0, z_1, … は z の成分
    last = control.repeat[-1] if control.repeat else None
    found = {label: _path(control, prepared, known) if label == last else _value(label, prepared, known, 1)
             for label in labels}  # fmt: skip
    if control.repeat and last not in found:
        raise FormulaError(f"繰り返しの終わりの式 {last} の線が、図 {control.figure} にない")
    spoken = [name for name in control.spoken if name not in known]
    found |= {label: _value(label, prepared, known, 0) for label in spoken}
    used = {name for entry in found.values() for name in entry["parameters"]}
    used |= set(control.spoken)
    idle = {s.name for s in control.sliders if not s.table and not {s.name, s.name.rpartition("_")[0]} & used}
    if idle:
        raise FormulaError(f"スライダー {', '.join(sorted(idle))} が、動く線の式に出てこない")
    return found | tables


def _rows(name):
    """めくる表。行は、文字の名から、数か文。"""
    topic, _, function = name.rpartition(".")
    if not is_topic(topic) or not hasattr(import_topic(topic), function):
        raise FormulaError(f"表 {name} が snippets/ にない")
    rows = [dict(row) for row in getattr(import_topic(topic), function)()]
    if not rows or any(row.keys() != rows[0].keys() for row in rows):
        raise FormulaError(f"表 {name} は、同じ名の並んだ行を一つ以上返す")
    return rows


def _value(label, prepared, known, along):
    if label not in prepared:
        raise FormulaError(f"動く図の式 {label} が、このページにない")
    statement, scope = prepared[label].statements[0], prepared[label].scope
    sides = statement.evaluated
    if statement.kind == "relation" and "=" not in statement.relations:
        sides = [Node("compare", (statement.relations, *statement.sides))]
    parameters, body = _first(sides, scope)
    free = sorted(set(parameters) - known)
    if len(free) != along:
        names = "、".join(free) or "なし"
        raise FormulaError(f"{label} の文字のうち、スライダーのないものは {along} つにする（いまは {names}）")
    return {"parameters": parameters, "body": body, "along": free[0] if free else "", "whole": _whole(free, scope)}


def _first(sides, scope):
    """書ける辺のうちの、はじめのもの。どれも書けなければ、終わりの辺の理由を言う。"""
    for side in sides[:-1]:
        with contextlib.suppress(FormulaError):
            return script(side, scope)
    return script(sides[-1], scope)


def _path(control, prepared, known):
    parameters, written, body = recurrence(control.repeat, prepared)
    free = sorted(set(parameters) - known)
    scope = prepared[control.repeat[-1]].scope
    if free and not (len(free) == 1 and _whole(free, scope)):
        raise FormulaError(f"繰り返す式の {'、'.join(free)} の値が決まらない。「文字: 1, 25」のように初めの値を書く")
    return {"parameters": parameters, "body": body, "round": free[0] if free else "", "state": written[-1]}


def _whole(free, scope):
    """横軸の文字が整数か。"""
    return any(identifier(s.name) in free and s.type.kind == "integer" for s in scope.symbols.declared())


def module(found):
    """一ページの式を写した JavaScript。"""
    lines = [f"  {json.dumps(label)}: {_written(entry)}," for label, entry in sorted(found.items())]
    head = 'import { erf, product, sum } from "../../javascripts/numbers.mjs"'
    return "\n".join([head, "", "export default {", *lines, "}", ""])


def _written(entry):
    if "rows" in entry:
        return json.dumps(entry, ensure_ascii=False)
    settings = {key: value for key, value in entry.items() if key not in ("parameters", "body")}
    function = f"({{ {', '.join(entry['parameters'])} }}) => {{ {entry['body']} }}"
    return f"{{ ...{json.dumps(settings)}, value: {function} }}"


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
