"""式から見えるもの。記号の表、これまでの定義、それらが何によるか。"""

from dataclasses import dataclass, field
from functools import cached_property

from .nodes import Node, free_names, names
from .symbols import Symbols


@dataclass(frozen=True)
class Definition:
    """式が定めたもの。label は定めた式のラベル。

    parameters が None なら従属変数、index（名か名の組）があれば成分ごとの定義。
    """

    parameters: tuple | None
    body: Node
    index: str | tuple | None
    scope: "Scope"
    label: str = ""

    @cached_property
    def outer(self):
        """本体か、本体の従属変数が使う、外側の添字。"""
        used = free_names(self.body)
        found = used & self.scope.indices
        for name in used & self.scope.definitions.keys():
            if self.scope.definitions[name].parameters is None:
                found |= self.scope.definitions[name].outer
        return found - set(self.indices)

    @property
    def indices(self):
        """左辺の添字の並び。"""
        return (self.index,) if isinstance(self.index, str) else self.index or ()


@dataclass
class Scope:
    """式から見えるもの。記号の表と、これまでの定義と、定義に結ばれた実装。"""

    symbols: Symbols
    definitions: dict = field(default_factory=dict)
    code: dict = field(default_factory=dict)
    _indices_of: dict = field(default_factory=dict, init=False, repr=False, compare=False)
    _reached: dict = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def integers(self):
        """宣言された整数の、名と型。"""
        return {s.name: s.type for s in self.symbols.declared() if s.type.kind == "integer"}

    @cached_property
    def indices(self):
        """総和や自由な添字として動く整数の名。"""
        return {name for name, kind in self.integers.items() if not (kind.sampled_integer or kind.random)}

    def indices_of(self, node):
        """節の値が依存する整数の名。定義と、添字の範囲をたどる。総和の添字になるものは、縛られていても含む。"""
        if id(node) not in self._indices_of:
            found, pending, visited = set(), [(self, node)], set()
            while pending:
                scope, inner = pending.pop()
                visited.add(id(inner))
                used = scope.symbols.reached(names(inner))
                found |= used & scope.integers.keys()
                for key in (*used, *[name + "'" for name in used]):
                    definition = scope.definitions.get(key)
                    if definition and id(definition.body) not in visited:
                        pending.append((definition.scope, definition.body))
            self._indices_of[id(node)] = node, sorted(found)
        return self._indices_of[id(node)][1]

    def reached(self, node):
        """節の値が依存する記号の名。定義と、任意の関数の引数をたどる。"""
        found, pending = set(), free_names(node)
        while pending:
            name = pending.pop()
            if name in found:
                continue
            found.add(name)
            for key in (name, name + "'"):
                if definition := self.definitions.get(key):
                    pending |= free_names(definition.body) - set(definition.parameters or ())
            if name in self.symbols:
                pending |= set(self.symbols[name].type.of)
        return found

    def depends(self, node, name):
        """節の値が、記号 name によるか。"""
        if id(node) not in self._reached:
            self._reached[id(node)] = node, self.reached(node)
        return name in self._reached[id(node)][1]


def key_of(node):
    """関数の節の名。ダッシュは後ろに付ける。"""
    if node.op == "index":
        return key_of(node.args[0])
    return key_of(node.args[0]) + "'" if node.op == "prime" else node.args[0]
