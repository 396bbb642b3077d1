"""台帳。サイトのすべての式と、その判定を、文中の式まで残らず並べる。

一行は一つの式で、JSON に書ける。判定のない式はない。数はどれも、この行から数える。
"""

import json
from collections import Counter

from . import ROOT
from .binding import path_of_tests, split_label
from .evidence import tally

KINDS = {
    "identity": "恒等式", "bound": "不等式", "condition": "条件", "definition": "定義", "refused": "誤りの見本",
    "statement": "文中の関係", "setting": "値の指定", "mention": "言及", "exempt": "免除",
}  # fmt: skip
_CONTRACT = "tests/test_formulas.py::test_formula_has_its_verdict"


def entries(book):
    """台帳の行。ページの順、ページの中では現れる順。"""
    found = []
    for page in book.pages.values():
        result = book.results[page.name]
        rows = [_formula(book, page, formula, result) for formula in page.formulas]
        rows += [_span(page, span) for span in result["spans"]]
        found += sorted(rows, key=lambda row: row["line"])
    return found


def _formula(book, page, formula, result):
    """ラベルの付いた式の行。"""
    row = {"page": page.name, "line": formula.line, "latex": formula.tex, "label": formula.label}
    if not formula.expected:
        return row | {"kind": "refused", "level": "", "count": 0, "message": result["refused"][formula.label]}
    verdict, label = result["verdicts"][formula.label], formula.label
    topic, function = split_label(label)
    source = result["sources"].get(label)
    own = path_of_tests(topic).relative_to(ROOT).as_posix()
    return row | verdict | {
        "symbols": [{"name": n, "type": t, "meaning": m} for n, t, m in result["symbols"][label]],
        "code": source and {"path": source["path"], "line": source["line"], "function": function},
        "uses": book.graph.uses(label), "used_by": book.graph.used_by(label),
        "tests": [f"{_CONTRACT}[{label}]", own],
    }  # fmt: skip


def _span(page, span):
    """文中の式の行。"""
    row = {key: span[key] for key in ("line", "kind", "level", "count")} | {"page": page.name, "latex": span["tex"]}
    return row | ({"reason": span["reason"]} if span["reason"] else {})


def summary(rows):
    """種類ごとの数、免除の割合、恒等式と不等式のうち証明か包含のもの。"""
    counts = Counter(row["kind"] for row in rows)
    return {
        "spans": len(rows),
        "kinds": {kind: counts[kind] for kind in KINDS if counts[kind]},
        "unknown": sum(counts[kind] for kind in counts.keys() - KINDS.keys()),
        "exempt": counts["exempt"] / max(1, len(rows)),
        "claims": {kind: {"strong": strong, "all": count} for kind, (strong, count) in tally(rows).items()},
    }


def write(book, path):
    """台帳を JSON に書く。中身が変わらなければ、ファイルに触れない。"""
    rows = entries(book)
    text = json.dumps({"summary": summary(rows), "formulas": rows}, ensure_ascii=False, indent=1) + "\n"
    if not path.is_file() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
