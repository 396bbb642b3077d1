"""文の種類。

定義（左辺がまだ定まっていない）、更新（←）、値（辺が一つ）、配置（自分の成分を並べなおす行列）、
関係（左辺も計算できる）。関係のほかは、実装がなければならない。
"""

import itertools
from dataclasses import dataclass, replace
from functools import cached_property

from . import FormulaError
from .nodes import Node, callables, free_names, names, walk
from .scope import Definition, Scope, key_of


@dataclass(frozen=True)
class Statement:
    """一つの文と、その種類。head は左辺が定めるものの (鍵, 引数, 添字)。"""

    kind: str
    node: Node
    head: tuple = (None, None, None)

    @property
    def relations(self):
        return self.node.args[0]

    @property
    def sides(self):
        return self.node.args[1:]

    @property
    def evaluated(self):
        """値を求める辺。定義と更新の左辺は除く。"""
        return self.sides[1:] if self.kind in ("definition", "layout", "update") else self.sides

    @property
    def compared(self):
        """値を求める辺のあいだの関係。"""
        return self.relations[len(self.sides) - len(self.evaluated) :]

    @cached_property
    def free(self):
        """縛られていない名。現れる順。"""
        free = set().union(*map(free_names, self.sides))
        found = (n.args[0] for side in self.sides for n in walk(side) if n.op == "symbol")
        return [name for name in dict.fromkeys(found) if name in free]

    def instances(self, evaluator):
        """自由な添字のすべての値について、(計算, 添字の範囲)。"""
        names = [name for name in self.free if name in evaluator.scope.indices]
        spans = {name: range(low, high + 1) for name in names for low, high in [evaluator.range(name)]}
        for combination in itertools.product(*spans.values()):
            yield evaluator.at_index(dict(zip(names, combination, strict=True))), spans


def classify(node, scope):
    """文の種類を決める。"""
    relations, sides = node.args[0], node.args[1:]
    if not relations:
        return Statement("value", node)
    refuse_tautology(relations, sides)
    if "<-" in relations:
        if relations != ("<-",):
            raise FormulaError("← の文に、ほかの関係は並べられない", node.span)
        require_same_indices(sides[0], sides[1:], scope)
        return Statement("update", node, head_of(sides[0], scope))
    head = head_of(sides[0], scope)
    if relations[0] != "=" or head[0] is None or is_defined(head[0], scope):
        return Statement("relation", node)
    if head[0].endswith("'") and head[0] not in scope.symbols:
        raise FormulaError(f"{head[0]} の前に、もとの関数を定める式がいる", sides[0].span)
    mentions_itself = any(head[0] in names(side) for side in sides[1:])
    if mentions_itself:
        layout = len(sides) == 2 and sides[1].op in ("matrix", "row")
        return Statement("layout" if layout else "relation", node, head if layout else (None, None, None))
    require_same_indices(sides[0], sides[1:], scope)
    return Statement("definition", node, head)


def refuse_tautology(relations, sides):
    """まったく同じ辺を等号で結んだ関係は、何も言っていない。"""
    for relation, left, right in zip(relations, sides, sides[1:], strict=False):
        if relation == "=" and left == right:
            raise FormulaError("両辺がまったく同じ式で、何も言っていない", right.span)


def require_same_indices(left, others, scope):
    """右辺で自由な添字は、左辺にもある。"""
    for side in others:
        for name in sorted(free_names(side) & scope.indices - free_names(left)):
            raise FormulaError(f"右辺の添字 {name} が左辺にない", left.span)


def head_of(side, scope):
    """左辺が新しく定めうるもの。定められない形なら鍵は None。添字は一つなら名、二つなら名の組。"""
    if family := family_key(side, scope):
        return family, None, None
    index, names = None, [i.args[0] for i in side.args[1:] if i.op == "symbol"] if side.op == "index" else []
    if names and len(names) == len(set(names)) == len(side.args) - 1 and scope.indices >= set(names):
        index, side = names[0] if len(names) == 1 else tuple(names), side.args[0]
    if side.op == "call" and all(arg.op == "symbol" for arg in side.args[1:]):
        parameters = tuple(arg.args[0] for arg in side.args[1:])
        if len(set(parameters)) == len(parameters):
            return key_of(side.args[0]), parameters, index
    if side.op == "symbol":
        if scope.symbols[side.args[0]].type.family:
            raise FormulaError(f"{side.args[0]} に添字がない", side.span)
        return side.args[0], None, index
    return None, None, None


def family_key(side, scope):
    """層や時刻の値なら、その鍵。"""
    if side.op != "index":
        return None
    if side.args[0].op != "symbol":
        return family_key(side.args[0], scope)
    family = scope.symbols[side.args[0].args[0]].type.family
    return f"{side.args[0].args[0]}{family[0]}" if family else None


def is_defined(key, scope):
    """すでに値の決まっている名か。組みこみ、これまでの定義、定義された関数の導関数、任意の関数。"""
    if key in scope.definitions:
        return True
    base = key.rstrip("'_^")
    if base not in scope.symbols:
        return False
    kind = scope.symbols[base].type
    if kind.builtin or kind.kind == "constant" or kind.abstract or kind.of or kind.kind == "integer":
        return True
    return key.endswith("'") and key not in scope.symbols and base in scope.definitions


def define(statement, scope, bound):
    """文が定めたものを、あとの式から見えるようにする。"""
    key, parameters, index = statement.head
    if statement.kind != "definition" or key.endswith(("_", "^")):
        return
    frozen = Scope(scope.symbols, dict(scope.definitions), dict(scope.code))
    scope.definitions[key] = Definition(parameters, statement.sides[1], index, frozen, bound.label if bound else "")
    note_code(statement, scope, bound)


def note_code(statement, scope, bound):
    """左辺の関数に実装を結ぶ。導関数の関係 σ'(x) = … も σ' の実装になる。"""
    key, parameters, _ = head_of(statement.sides[0], scope)
    computes = statement.kind == "definition" or (statement.relations[:1] == ("=",) and (key or "").endswith("'"))
    if bound and parameters and computes:
        frozen = Scope(scope.symbols, dict(scope.definitions), dict(scope.code))
        scope.code[key] = replace(bound, parameters=parameters, scope=frozen)


def needed(nodes, scope):
    """値を選ばなければならない記号の名。定義で決まる変数は除く。"""
    found = set().union(*map(callables, nodes), *map(scope.reached, nodes), *map(names, nodes))
    return found - {name for name, definition in scope.definitions.items() if definition.parameters is None}
