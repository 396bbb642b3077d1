"""更新の式の並びから JavaScript へ。ベクトルの更新を、一つの成分の計算に書く。

成分ごとに計算できる式だけを書く。内積のように成分が混じる式は断る。
"""

from . import FormulaError
from .binding import identifier
from .javascript import Script
from .nodes import Node

_BOTH = {"multiply": "*", "dot": "*", "times": "*"}  # ベクトルどうしでは、成分が混じる
_PLAIN = {"add", "subtract", "hadamard", "negative", "group", "number", "symbol", "index", "sqrt"}


def recurrence(labels, prepared):
    """一回りの計算 (引数の名の並び, 定める名の並び, 関数の本体)。labels の順に、定義か更新を一つずつ行う。"""
    read, written, lines = [], [], []
    for label in labels:
        if label not in prepared:
            raise FormulaError(f"繰り返す式 {label} が、このページにない")
        for statement in prepared[label].statements:
            key, parameters, index = statement.head
            if statement.kind not in ("update", "definition") or key is None or parameters or isinstance(index, tuple):
                raise FormulaError(f"{label} は、繰り返せる更新でも、文字の定義でもない")
            writer = Component(prepared[label].scope, index)
            body = writer.show(statement.sides[1])
            read += sorted(writer.free - set(read) - set(written))
            name = identifier(key)
            lines.append(f"{name} = {body};")
            written += [name] if name not in written else []
    fresh = [name for name in written if name not in read]
    start = [f"let {', '.join(fresh)};"] if fresh else []
    return read, written, "\n".join([*start, *lines, f"return {{ {', '.join(written)} }}"])


class Component(Script):
    """一つの成分の計算の書き手。index は、左辺の添字の名か None。"""

    def __init__(self, scope, index):
        super().__init__(scope, bound=frozenset(symbol.name for symbol in scope.symbols.declared()))
        self.index = index

    def show(self, node):
        vectors = [part for part in node.children() if self.rank(part)]
        if node.op in _BOTH and len(vectors) == 2:
            raise FormulaError("ベクトルどうしの積は成分が混じるので、繰り返す式に書けない", node.span)
        if vectors and node.op not in _PLAIN | set(_BOTH) and not self.divides(node):
            raise FormulaError(f"ベクトルの {node.op} は、繰り返す式に書けない", node.span)
        if node.op == "hadamard":
            return "({} * {})".format(*map(self.show, node.args))
        return super().show(node)

    def divides(self, node):
        return node.op in ("divide", "fraction") and not self.rank(node.args[1])

    def rank(self, node):
        """0 なら数、1 ならベクトル。"""
        if node.op == "symbol":
            return len(self.scope.symbols[node.args[0]].type.dims)
        return 0 if node.op == "index" else max(map(self.rank, node.children()), default=0)

    def is_array(self, node):
        return self.rank(node) > 1

    def _symbol(self, name):
        if self.rank(Node("symbol", (name,))) > (self.index is None):
            raise FormulaError(f"{name} は、成分の添字を付けるか、成分のある文字の式で使う")
        if self.scope.symbols[name].type.kind != "constant":
            self.free.add(identifier(name))
        return super()._symbol(name)

    def _index(self, base, *indices):
        if indices != (Node("symbol", (self.index,)),) or base.op != "symbol":
            raise FormulaError("繰り返す式の添字は、左辺の添字と同じ文字にする", base.span)
        self.free.add(identifier(base.args[0]))
        return identifier(base.args[0])

    def _big(self, *_):
        raise FormulaError("総和は成分が混じるので、繰り返す式に書けない")

    def _call(self, function, *args):
        if self.scope.symbols[function.args[0]].type.builtin:
            return super()._call(function, *args)
        raise FormulaError(f"{function.args[0]} は、繰り返す式に書けない", function.span)
