"""途中を略した並び。a_1, a_2, \\ldots, a_n の両隣を見比べて、あいだの成分を埋める。"""

from . import FormulaError
from .nodes import Node, rebuild


def expand(items, evaluator):
    """a_1, a_2, \\vdots, a_n の途中を埋める。両隣の違うところが、数えあげる数である。"""
    result = []
    for k, item in enumerate(items):
        if item.op != "dots":
            result.append(item)
            continue
        if not 0 < k < len(items) - 1:
            raise FormulaError("\\vdots には前後の成分がいる", item.span)
        result += between(items[:k], items[k + 1], evaluator)
    return result


def between(before, after, evaluator):
    """途中の成分。"""
    template, first, last = unify(before[-1], after)
    if first is None:
        raise FormulaError("\\vdots の両隣が同じ", after.span)
    start, stop = int(first.args[0]), evaluator.integer(last)
    if len(before) > 1 and _plain(fill(template, start - 1)) != before[-2] and before[-2].op == before[-1].op:
        raise FormulaError("\\vdots の前の成分が順に数えていない", before[-1].span)
    if stop <= start:
        raise FormulaError("\\vdots のあいだに成分がない", after.span)
    return [fill(template, k) for k in range(start + 1, stop)]


def unify(first, last):
    """(型紙, 始まりの数, 終わりの式)。違う場所はただ一組でなければならない。"""
    if first == last:
        return first, None, None
    if first.op == "number" and first.args[0].isdigit() and last.op in ("number", "symbol", "add", "subtract"):
        return Node("hole"), first, last
    if first.op != last.op or len(first.args) != len(last.args):
        raise FormulaError("\\vdots の両隣の形が違う", last.span)
    args, found = [], None
    for a, b in zip(first.args, last.args, strict=True):
        if not isinstance(a, Node):
            if a != b:
                raise FormulaError("\\vdots の両隣の形が違う", last.span)
            args.append(a)
            continue
        part, low, high = unify(a, b)
        if low is not None and found not in (None, (low, high)):
            raise FormulaError("\\vdots の両隣で動く数が一つに決まらない", last.span)
        found = found or (low and (low, high))
        args.append(part)
    return Node(first.op, tuple(args), first.start, first.end), *(found or (None, None))


def _plain(node):
    """x^1 を x にした式。"""
    if node.op == "power" and node.args[1] == Node("number", ("1",)):
        return _plain(node.args[0])
    return rebuild(node, _plain)


def fill(template, k):
    if template.op == "hole":
        return Node("number", (str(k),))
    return Node(template.op, tuple(fill(a, k) if isinstance(a, Node) else a for a in template.args))
