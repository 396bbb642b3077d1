"""式の変異。ページの LaTeX を一か所だけ書きかえる。

演算ごとの書きかえ（符号、端、添字、…）が先にあり、数が足りなければ、値になる節を 2 倍にしたり 1 を足したりする。
読めない式になる書きかえは数えない。
"""

from . import FormulaError
from .edits import LOGIC, edits
from .mutant import MINIMUM, Mutant, numbered
from .nodes import Node, rebuild, walk
from .parser import parse

_ANYWHERE = (
    ("わずかに増やす", "1.000001 ({})"), ("2 倍", "2 ({})"), ("符号を変える", "-({})"), ("1 を足す", "({}) + 1"),
    ("1 を引く", "({}) - 1"), ("半分", r"\frac{{({})}}{{2}}"), ("わずかにずらす", "({}) + 0.000001"),
    ("0 にする", "0 ({})"), ("3 倍", "3 ({})"), ("半を足す", "({}) + 0.5"), ("半を引く", "({}) - 0.5"),
    ("2 乗", "({})^2"), ("絶対値", r"\lvert {} \rvert"), ("逆数", r"\frac{{1}}{{{}}}"), ("2 を足す", "({}) + 2"),
    ("2 を引く", "({}) - 2"), ("1 から引く", "1 - ({})"),
)  # fmt: skip


def formula_mutants(label, latex, symbols):
    """一か所だけ違う式を並べる。もとと同じ木になるものと、コロンの式で文字の名だけを変えたものは除く。"""
    original = parse(latex, symbols)
    seen, found = {_bare(original)}, []
    renamed = _renamed(original, symbols)

    def take(kind, start, end, text):
        mutated = latex[:start] + text + latex[end:]
        try:
            statements = parse(mutated, symbols)
        except FormulaError:
            return
        tree = _bare(statements)
        if tree not in seen and not (":" in label and _renamed(statements, symbols) == renamed):
            seen.add(tree)
            change = " ".join(f"{latex[start:end]} → {text}".split())
            found.append(Mutant(label, label, kind, change, mutated))

    for statement in original:
        for node in walk(statement):
            for edit in edits(node, latex, symbols):
                take(*edit)
    values = [node for statement in original for node in _values(statement, symbols)]
    for kind, shape in _ANYWHERE:
        for node in values:
            if len(found) < MINIMUM:
                take(kind, node.start, node.end, "{(" + shape.format(latex[node.start : node.end]) + ")}")
    return numbered(found)


def _bare(statements):
    """括弧だけの節を除いた木。"""

    def strip(node):
        return strip(node.args[0]) if node.op == "group" else rebuild(node, strip)

    return tuple(map(strip, statements))


def _values(node, symbols):
    """値になる節。0 は何倍しても同じなので除く。定義の左辺は、ほかの辺のあとに並べる。"""
    if node.op in ("symbol", "number", "index"):
        function = node.op == "symbol" and symbols[node.args[0]].type.kind == "function"
        if not function and node.args != ("0",):
            yield node
        return
    children = {
        "chain": (*node.args[2:], *node.args[1:2]), "compare": node.args[1:], "call": node.args[1:],
        "big": node.args[4:], "average": node.args[3:], "derivative": node.args[:1], "prime": (),
    }.get(node.op, node.args)  # fmt: skip
    if node.op not in ("chain", "compare", "group", "branch", "cells", "row", "otherwise", "dots", *LOGIC, "not"):
        yield node
    for child in children:
        yield from _values(child, symbols)


def _renamed(statements, symbols):
    """実数の記号を、現れた順の番号に付けかえた木。"""
    order = {}

    def rename(node):
        if node.op == "symbol" and symbols[node.args[0]].type.kind == "real":
            kind = symbols[node.args[0]].type
            return Node("symbol", (order.setdefault(node.args[0], len(order)), kind))
        return rebuild(node, rename)

    return [rename(statement) for statement in statements]
