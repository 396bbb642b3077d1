"""節ごとの書きかえ方。符号、落とした項、端のずれ、似た関数、入れかわった文字など、書きまちがえやすいものを並べる。"""

from itertools import pairwise

from .relations import WRITTEN

_COMPARISONS = ("<", ">", r"\le", r"\ge", r"\ne")
LOGIC = {"and": r"\land", "or": r"\lor", "xor": r"\oplus"}
_LIKE = {r"\max": r"\min", r"\min": r"\max", r"\tanh": r"\sinh", r"\sinh": r"\cosh", r"\cosh": r"\sinh",
         r"\sin": r"\cos", r"\cos": r"\sin", r"\exp": r"\sinh", r"\log": r"\tanh"}  # fmt: skip


def edits(node, latex, symbols):
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


def _average(node, latex, text, symbols):
    op, *_, body = node.args
    sign, other = (r"\operatorname{Var}", r"\mathbb{E}")[:: 1 if op == "variance" else -1]
    yield "期待値と分散", node.start, node.end, text(node).replace(sign, other, 1)
    yield "平均を落とす", node.start, node.end, f"({text(body)})"


def _relations(node, latex, text, symbols):
    sides = node.args[1:]
    for relation, left, right in zip(node.args[0], sides, sides[1:], strict=False):
        if place := _operator(left, right, latex, WRITTEN[relation]):
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
    if like := _LIKE.get(node.args[0]):
        yield "似た関数", node.start, node.end, like + " "
    if len(mine.type.dims) == 2 and not mine.type.family:
        yield "転置を足す", node.start, node.end, f"{text(node)}^T"


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
        if index.op == "number":
            continue
        braced = latex[index.start - 1] in "_^"
        inner = text(index).strip("{}") if braced else text(index)
        comma = "," if index is not node.args[-1] and "," not in latex[index.end : node.end] else ""
        for shift in ("+1", "-1"):
            yield "添字", index.start, index.end, f"{{{inner}{shift}}}" if braced else inner + shift + comma
    yield "添字を落とす", node.start, node.end, text(node.args[0])


def _logic(node, latex, text, symbols):
    sign = LOGIC[node.op]
    if place := _operator(*node.args, latex, sign):
        for other in LOGIC.values():
            if other != sign:
                yield "論理", *place, other
    for part in node.args:
        yield "否定を足す", part.start, part.end, rf"\lnot ({text(part)})"


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
    "hadamard": _product, "fraction": _quotient, "divide": _quotient, "big": _big, "average": _average,
    "chain": _relations, "compare": _relations, "number": _number, "symbol": _symbol,
    "prime": _unwrap("ダッシュを落とす"),
    "transpose": _unwrap("転置を落とす"), "not": _unwrap("否定を落とす"), "norm": _unwrap("ノルムを落とす"),
    "absolute": _unwrap("絶対値を落とす"), "sqrt": _root, "power": _power, "index": _index, "and": _logic,
    "or": _logic, "xor": _logic, "cases": _cases, "matrix": _rows, "row": _rows,
}  # fmt: skip
