"""式の木から JavaScript へ。動く図は、ページに見えている式そのものを計算する。

数と、添字の付いた成分と、総和の式だけを書ける。書けない形は、黙って近い式にせず断る。
"""

from . import FormulaError
from .binding import identifier
from .declarations import CONSTANT
from .nodes import Node

_INFIX = {"add": "+", "subtract": "-", "multiply": "*", "dot": "*", "times": "*", "divide": "/", "fraction": "/"}
_MATH = {"exp", "log", "tanh", "sinh", "cosh", "sin", "cos", "tan", "sign", "max", "min"}
_ARC = {"arctan": "atan", "arcsin": "asin", "arccos": "acos"}
_COMPARE = {"=": "===", "!=": "!==", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_BIG = {"sum": "sum", "product": "product"}
_LOGIC = {"and": "&&", "or": "||", "xor": "!=="}


def script(node, scope):
    """(引数の名の並び, 関数の本体)。引数は、値が標本で決まる記号の Python での名。"""
    writer = Script(scope)
    result = writer.show(node)
    return sorted(writer.free), "\n".join([*writer.functions.values(), f"return {result}"])


class Script:
    """_op という名のメソッドが、op という節を書く。free は引数になる名、functions は使う関数の定め。"""

    def __init__(self, scope, free=None, functions=None, bound=frozenset()):
        self.scope, self.bound = scope, bound
        self.free = set() if free is None else free
        self.functions = {} if functions is None else functions

    def inside(self, definition, bound):
        """定義の本体の書き手。"""
        return Script(definition.scope, self.free, self.functions, frozenset(bound))

    def show(self, node):
        if node.op in _INFIX:
            return self.infix(node)
        if node.op in _LOGIC:
            left, right = map(self.show, node.args)
            return f"+(Boolean({left}) {_LOGIC[node.op]} Boolean({right}))"
        method = getattr(self, "_" + node.op, None)
        if method is None:
            raise FormulaError(f"{node.op} を含む式は、動く図にできない", node.span)
        return method(*node.args)

    def infix(self, node):
        for part in node.args:
            if self.is_array(part):
                raise FormulaError("配列の計算は、動く図にできない。成分で書く", part.span)
        left, right = map(self.show, node.args)
        return f"({left} {_INFIX[node.op]} {right})"

    def is_array(self, node):
        return node.op == "symbol" and bool(self.scope.symbols[node.args[0]].type.dims)

    # ---- 記号と数

    def _number(self, text):
        return text

    def _group(self, inner):
        return self.show(inner)

    def _symbol(self, name):
        kind = self.scope.symbols[name].type
        if kind.kind == "constant":
            return {"e": "Math.E", "pi": "Math.PI"}[CONSTANT[name]]
        definition = self.scope.definitions.get(name)
        if definition and definition.parameters is None and name not in self.bound:
            if definition.indices:
                raise FormulaError(f"{name} は成分ごとに定めた値なので、動く図にできない")
            return self.inside(definition, ()).show(definition.body)
        if name not in self.bound:
            self.free.add(identifier(name))
        return identifier(name)

    def _index(self, base, *indices):
        if definition := self.components(base):
            places = [self.show(index) for index in indices]
            arguments = [self.show(arg) for arg in base.args[1:]] if base.op == "call" else []
            name = base.args[0].args[0] if base.op == "call" else base.args[0]
            return self.defined(name, definition, [*arguments, *places])
        if len(indices) != 1 or not self.is_array(base):
            raise FormulaError("ベクトルの成分のほかの添字は、動く図にできない", base.span)
        (dim,) = self.scope.symbols[base.args[0]].type.dims
        first = dim.partition("..")[0] if ".." in dim else "1"
        return f"{self.show(base)}[{self.show(indices[0])} - {first}]"

    # ---- 演算

    def _negative(self, a):
        return f"(-{self.show(a)})"

    def _power(self, a, b):
        if a == Node("symbol", ("e",)):
            return f"Math.exp({self.show(b)})"
        return f"({self.show(a)} ** {self.show(b)})"

    def _sqrt(self, a):
        return f"Math.sqrt({self.show(a)})"

    def _absolute(self, a):
        return f"Math.abs({self.show(a)})"

    def _positive(self, a):
        return f"Math.max({self.show(a)}, 0)"

    def _floor(self, a):
        return f"Math.floor({self.show(a)})"

    def _not(self, a):
        return f"+!({self.show(a)})"

    def _call(self, function, *args):
        written = ", ".join(map(self.show, args))
        if function.op != "symbol":
            raise FormulaError("導関数は、動く図にできない。導関数の式のラベルを使う", function.span)
        name, kind = function.args[0], self.scope.symbols[function.args[0]].type
        if kind.builtin in _MATH:
            return f"Math.{kind.builtin}({written})"
        if kind.builtin in _ARC:
            return f"Math.{_ARC[kind.builtin]}({written})"
        if kind.builtin == "erf":
            return f"erf({written})"
        definition = self.scope.definitions.get(name)
        if definition is None or kind.builtin or definition.indices:
            raise FormulaError(f"{name} は、動く図で計算できない", function.span)
        return self.defined(name, definition, [written])

    def components(self, base):
        """成分ごとの定義。softmax(z)_k や p_k の、softmax や p を定めたもの。"""
        head = base.args[0] if base.op == "call" else base
        if head.op != "symbol" or head.args[0] in self.bound:
            return None
        definition = self.scope.definitions.get(head.args[0])
        return definition if definition and definition.indices else None

    def defined(self, name, definition, arguments):
        """定義の本体を関数に書き、それを呼ぶ。引数は、定義の引数と添字の順。"""
        heads = (*(definition.parameters or ()), *definition.indices)
        if identifier(name) not in self.functions:
            body = self.inside(definition, heads).show(definition.body)
            written = f"const {identifier(name)} = ({', '.join(map(identifier, heads))}) => {body};"
            self.functions[identifier(name)] = written
        return f"{identifier(name)}({', '.join(arguments)})"

    # ---- 場合と条件と総和

    def _cases(self, *branches):
        result = "NaN"
        for branch in reversed(branches):
            value, condition = branch.args
            written = self.show(value)
            result = written if condition.op == "otherwise" else f"({self.show(condition)} ? {written} : {result})"
        return result

    def _compare(self, relations, *sides):
        written = list(map(self.show, sides))
        parts = zip(written, relations, written[1:], strict=False)
        return "+(" + " && ".join(f"{a} {_COMPARE[relation]} {b}" for a, relation, b in parts) + ")"

    def _big(self, op, index, low, high, body):
        if op not in _BIG or body.op == "restricted":
            raise FormulaError(f"{op} は、動く図にできない", index.span)
        name, kind = index.args[0], self.scope.symbols[index.args[0]].type
        ends = (self.show(low), self.show(high)) if low else (self.end(kind.low), self.end(kind.high))
        inner = Script(self.scope, self.free, self.functions, self.bound | {name})
        return f"{_BIG[op]}({ends[0]}, {ends[1]}, {identifier(name)} => {inner.show(body)})"

    def end(self, text):
        return text if text.isdigit() else self.show(Node("symbol", (text,)))
