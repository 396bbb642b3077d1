"""式の木。節は演算の名と子だけを持ち、どこに書かれていたかを覚えている。"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Node:
    """op は演算の名、args は子（Node か文字列）、[start, end) は LaTeX の中の位置。

    位置は同一性に入らない。同じ形の式は等しい。
    """

    op: str
    args: tuple = ()
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    @property
    def span(self):
        return self.start, self.end

    def children(self):
        return (arg for arg in self.args if isinstance(arg, Node))


def walk(node):
    """節を上から順に巡る。"""
    yield node
    for child in node.children():
        yield from walk(child)


def depth(node):
    """木の深さ。深い木でも、再帰せずに数える。"""
    level, count = [node], 0
    while level:
        level, count = [child for item in level for child in item.children()], count + 1
    return count


def names(node):
    """木に現れる記号の名。総和などで縛られた添字も含む。"""
    return {n.args[0] for n in walk(node) if n.op == "symbol"}


def callables(node):
    """実装に関数のまま渡す名。"""
    return {n.args[0].rstrip("'") for n in walk(node) if n.op == "callable"}


def free_names(node):
    """木に現れる記号の名から、総和などで縛られたものを除いた集まり。"""
    if node.op == "symbol":
        return {node.args[0]}
    inner = set().union(*map(free_names, node.children())) if node.args else set()
    if node.op not in ("big", "average") or node.args[1] is None:
        return inner
    _, index, *outside, body = node.args
    return free_names(body) - {index.args[0]} | set().union(*(free_names(b) for b in outside if b is not None))


def rebuild(node, function):
    """子に function を施した木。"""
    args = tuple(function(a) if isinstance(a, Node) else a for a in node.args)
    return Node(node.op, args, node.start, node.end)
