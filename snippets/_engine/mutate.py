"""式の変異。ページの LaTeX を一か所だけ書きかえ、照合がそれを断るかを見る。

断られない変異は、もとの式と同じ意味か、検査の穴である。
"""

from dataclasses import dataclass, replace
from itertools import pairwise

from . import FormulaError
from .check import check
from .nodes import Node, rebuild, walk
from .parser import RELATIONS, parse
from .reading import Reading

_COMPARISONS = ("<", ">", r"\le", r"\ge", r"\ne")
_LOGIC = {"and": r"\land", "or": r"\lor", "xor": r"\oplus"}


@dataclass(frozen=True)
class Mutant:
    """kind は書きかえ方、latex は書きかえたあとの式。"""

    label: str
    kind: str
    latex: str


def mutants(label, latex, symbols):
    """一か所だけ違う式を並べる。同じ木になるものと、関係の文字の名だけを変えたものは除く。"""
    original, seen = parse(latex, symbols), {}
    for statement in original:
        for node in walk(statement):
            for kind, start, end, text in _edits(node, latex, symbols):
                mutated = latex[:start] + text + latex[end:]
                seen.setdefault(mutated, kind)
    seen.pop(latex, None)
    return [Mutant(label, kind, m) for m, kind in seen.items() if not _same(m, original, symbols, ":" in label)]


def _same(latex, original, symbols, renaming):
    try:
        mutated = parse(latex, symbols)
    except FormulaError:
        return False
    return mutated == original or (renaming and _renamed(mutated, symbols) == _renamed(original, symbols))


def _renamed(statements, symbols):
    """実数の記号を、現れた順の番号に付けかえた木。"""
    order = {}

    def rename(node):
        if node.op == "symbol" and symbols[node.args[0]].type.kind == "real":
            kind = symbols[node.args[0]].type
            return Node("symbol", (order.setdefault(node.args[0], len(order)), kind))
        return rebuild(node, rename)

    return [rename(statement) for statement in statements]


def _edits(node, latex, symbols):
    """節についての (種類, 始まり, 終わり, 新しい文) の並び。"""

    def text(part):
        return latex[part.start : part.end]

    rule = _RULES.get(node.op)
    return rule(node, latex, text, symbols) if rule else ()


def _operator(left, right, latex, *signs):
    """二つの子のあいだにある演算子の位置。"""
    for sign in signs:
        at = latex.find(sign, left.end, right.start)
        if at >= 0:
            return at, at + len(sign)
    return None


def _sum(node, latex, text, symbols):
    left, right = node.args
    sign, other = ("+", "-") if node.op == "add" else ("-", "+")
    if place := _operator(left, right, latex, sign):
        yield "符号", *place, other
    yield "項を落とす", node.start, node.end, text(left)
    yield "項を落とす", node.start, node.end, text(right)
    if node.op == "subtract":
        yield "差の入れかえ", node.start, node.end, f"{text(right)} - {text(left)}"


def _negative(node, latex, text, symbols):
    yield "符号", node.start, node.end, text(node.args[0])


def _product(node, latex, text, symbols):
    for part in node.args:
        yield "因子を落とす", node.start, node.end, text(part)
    if node.op == "hadamard" and (place := _operator(*node.args, latex, r"\odot")):
        yield "積の種類", *place, r"\cdot"


def _quotient(node, latex, text, symbols):
    top, bottom = (text(part).strip("{}") if part.op in ("number", "symbol") else text(part) for part in node.args)
    yield "分数の入れかえ", node.start, node.end, rf"\frac{{{bottom}}}{{{top}}}"
    yield "分母を落とす", node.start, node.end, f"({top})"


def _big(node, latex, text, symbols):
    op, _, low, high, _ = node.args
    for bound in filter(None, (low, high)):
        inner = text(bound).strip("{}")
        for shift in ("+1", "-1"):
            new = str(int(inner) + int(shift)) if inner.isdigit() else inner + shift
            yield "範囲の端", bound.start, bound.end, new if bound is low else f"{{{new}}}"
    other = {"argmax": "argmin", "argmin": "argmax", "max": "min", "min": "max", "sum": "prod"}.get(op)
    if other:
        yield "最大と最小", node.start, node.end, text(node).replace(op, other, 1)


def _relations(node, latex, text, symbols):
    sides = node.args[1:]
    written = {value: key for key, value in RELATIONS.items()}
    for relation, left, right in zip(node.args[0], sides, sides[1:], strict=False):
        if place := _operator(left, right, latex, written[relation]):
            for sign in _COMPARISONS if relation not in ("=", "<-") else ():
                yield "関係", *place, sign + " "


def _number(node, latex, text, symbols):
    value = float(node.args[0])
    if value == int(value):
        changed = [str(int(value) + 1)] + [str(int(value) - 1)] * (value > 0)
    else:
        changed = [str(value * 2), str(value + 1)]
    for new in changed:
        yield "定数", node.start, node.end, f"{{{new}}}"


def _symbol(node, latex, text, symbols):
    mine = symbols[node.args[0]]
    for other in symbols.declared():
        if other.name != mine.name and other.type == mine.type:
            braced = latex[max(0, node.start - 1)] in "_^"
            yield "文字", node.start, node.end, f"{{{other.name}}}" if braced else f"{other.name} "
    if node.args[0] in (r"\max", r"\min"):
        yield "最大と最小", node.start, node.end, r"\min" if node.args[0] == r"\max" else r"\max"


def _unwrap(kind):
    def rule(node, latex, text, symbols):
        yield kind, node.start, node.end, text(node.args[0])

    return rule


def _root(node, latex, text, symbols):
    yield "根を落とす", node.start, node.end, f"({text(node.args[0])})".replace("({", "(").replace("})", ")")


def _power(node, latex, text, symbols):
    base, exponent = node.args
    inner = text(exponent).strip("{}")
    yield "累乗を落とす", node.start, node.end, text(base)
    if base.end <= exponent.start:
        yield "指数", exponent.start, exponent.end, f"{{{inner}+1}}"


def _index(node, latex, text, symbols):
    for index in node.args[1:]:
        yield "添字", index.start, index.end, f"{{{text(index).strip('{}')}+1}}"
    yield "添字を落とす", node.start, node.end, text(node.args[0])


def _logic(node, latex, text, symbols):
    sign = _LOGIC[node.op]
    if place := _operator(*node.args, latex, sign):
        for other in _LOGIC.values():
            if other != sign:
                yield "論理", *place, other


def _cases(node, latex, text, symbols):
    values = [branch.args[0] for branch in node.args]
    for one, two in pairwise(values):
        swapped = text(two) + latex[one.end : two.start] + text(one)
        yield "場合の入れかえ", one.start, two.end, swapped


def _rows(node, latex, text, symbols):
    items = list(node.args)
    for one, two in pairwise(items):
        yield "成分を落とす", one.start, two.start, ""


_RULES = {
    "add": _sum, "subtract": _sum, "negative": _negative, "multiply": _product, "dot": _product, "times": _product,
    "hadamard": _product, "fraction": _quotient, "divide": _quotient, "big": _big, "chain": _relations,
    "compare": _relations, "number": _number, "symbol": _symbol, "prime": _unwrap("ダッシュを落とす"),
    "transpose": _unwrap("転置を落とす"), "not": _unwrap("否定を落とす"), "norm": _unwrap("ノルムを落とす"),
    "absolute": _unwrap("絶対値を落とす"), "sqrt": _root, "power": _power, "index": _index, "and": _logic,
    "or": _logic, "xor": _logic, "cases": _cases, "matrix": _rows, "row": _rows,
}  # fmt: skip


def page_mutants(page, library):
    """ページのすべての式の変異。"""
    found = []
    for formula, prepared in Reading(page, library, []):
        if formula.expected:
            found += mutants(formula.label, formula.latex, prepared.scope.symbols)
    return found


def survives(mutant, page, library):
    """変異を入れたページが、照合をすべて通ってしまうか。変異した式とそのあとの式を調べる。"""
    formulas = [replace(f, latex=mutant.latex) if f.label == mutant.label else f for f in page.formulas]
    problems, reached = [], False
    for formula, prepared in Reading(replace(page, formulas=formulas), library, problems):
        reached = reached or formula.label == mutant.label
        if problems:
            return False
        if reached and formula.expected:
            try:
                check(formula, prepared.statements, prepared.scope, prepared.bound)
            except FormulaError:
                return False
    return not problems
