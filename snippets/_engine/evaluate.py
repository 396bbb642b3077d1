"""木の値。記号の値か定義をたどり、Exact か Double の数で計算する。"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from . import FormulaError, linear, values
from .declarations import CONSTANT, total
from .nodes import Node, free_names
from .operations import Operations
from .symbols import Symbols
from .values import elementwise, is_array, numeric, show, stack


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

    @cached_property
    def indices(self):
        """総和や自由な添字として動く整数の名。"""
        kinds = {s.name: s.type for s in self.symbols.declared() if s.type.kind == "integer"}
        return {name for name, kind in kinds.items() if not (kind.sampled_integer or kind.random)}

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


class Evaluator(Operations):
    """標本の値 given のもとで節の値を求める。through_code なら、実装に結ばれた関数は実装を呼ぶ。"""

    def __init__(self, carrier, scope, given, through_code=False, foreign=False):
        self.carrier, self.scope, self.given = carrier, scope, given
        self.through_code, self.foreign = through_code, foreign
        self.dependents = {}

    def child(self, given):
        """値を重ねた計算。"""
        return Evaluator(self.carrier, self.scope, {**self.given, **given}, self.through_code, self.foreign)

    def inside(self, definition, given):
        """定義の本体の計算。この式の添字は、本体が使うものしか見えない。"""
        hidden = self.scope.indices - definition.outer
        merged = {k: v for k, v in self.given.items() if k not in hidden} | given
        return Evaluator(self.carrier, definition.scope, merged, self.through_code, foreign=True)

    def at_index(self, given):
        """添字だけを重ねた計算。従属変数は添字によらないので、求めた値を使いまわす。"""
        twin = self.child(given)
        twin.dependents = self.dependents
        return twin

    def value(self, node):
        """節の値。誤りには、この式の中の位置を添える。"""
        try:
            return getattr(self, "_" + node.op)(node, *node.args)
        except FormulaError as error:
            if error.span is None and not self.foreign and node.end:
                error.span = node.span
            raise

    def number(self, node):
        return numeric(self.value(node))

    # ---- 記号

    def lookup(self, name):
        kind = self.scope.symbols[name].type
        if name in self.given:
            value = self.given[name]
            return value(*map(self.lookup, kind.of)) if kind.of and callable(value) else value
        if kind.kind == "constant":
            return self.carrier.functions[CONSTANT[name]]()
        definition = self.scope.definitions.get(name)
        if definition and definition.parameters is None:
            if definition.outer:
                return self.inside(definition, {}).defined(definition)
            if name not in self.dependents:
                self.dependents[name] = self.inside(definition, {}).defined(definition)
            return self.dependents[name]
        if kind.random:
            raise FormulaError(f"確率変数の番号 {name} は \\mathbb{{E}}[ ] か \\operatorname{{Var}}[ ] の中で使う")
        raise FormulaError(f"{name} の値がない")

    def defined(self, definition, outer=0):
        """定義の値。添字があれば、そのすべての値で計算して並べる。"""
        if outer == len(definition.indices):
            return self.value(definition.body)
        name = definition.indices[outer]
        low, high = self.range(name)
        items = [numeric(self.at_index({name: k}).defined(definition, outer + 1)) for k in range(low, high + 1)]
        return stack(items, self.carrier.dtype)

    def range(self, name):
        kind = self.scope.symbols[name].type
        if kind.kind != "integer":
            raise FormulaError(f"{name} は添字ではない")
        return total(kind.low, self.given), total(kind.high, self.given)

    # ---- 関数

    def function(self, node):
        """関数の節を、値の関数にする。"""
        if node.op == "prime":
            bound = self.through_code and self.scope.code.get(key_of(node))
            return self.call_code(bound) if bound else self.slope(self.function(node.args[0]))
        if node.op == "index":
            return self.logarithm(self.number(node.args[1]))
        name = node.args[0]
        kind = self.scope.symbols[name].type
        if kind.builtin:
            return self.builtin(kind.builtin)
        if self.through_code and name in self.scope.code:
            return self.call_code(self.scope.code[name])
        if name in self.scope.definitions:
            return lambda *args: self.apply(name, args)
        if name in self.given:
            return lambda x: elementwise(self.given[name], x)
        raise FormulaError(f"{name} を定める式がない")

    def slope(self, function):
        return lambda x: elementwise(lambda u: self.carrier.derivative(function, u), x)

    def logarithm(self, base):
        """底の付いた対数。"""
        scale = self.real("log", self.carrier.number(base))
        return lambda x: elementwise(lambda u: values.divide(self.real("log", u), scale), x)

    def builtin(self, name):
        if name in ("max", "min"):
            return lambda *args: self.extreme(name, args)
        if name in linear.FUNCTIONS:
            return linear.FUNCTIONS[name]
        return lambda x: elementwise(lambda u: self.real(name, u), x)

    def real(self, name, u):
        """組みこみの関数。実数の範囲で値がなければ断る。"""
        function = self.carrier.functions.get(name)
        if function is None:
            raise FormulaError(f"{name} は、この計算では扱えない")
        result = function(self.carrier.number(u) if isinstance(u, int) else u)
        if not self.carrier.is_real(result):
            raise FormulaError(f"{name}({show(u)}) は実数にならない")
        return result

    def extreme(self, name, args):
        if any(map(is_array, args)):
            raise FormulaError(f"{name} の引数が配列。成分ごとか全体かが決まらない")
        return max(args) if name == "max" else min(args)

    def apply(self, name, args):
        """定義された関数に引数を入れる。スカラーの関数は成分ごと、ベクトルの関数は行ごとに働く。"""
        definition = self.scope.definitions[name]
        if definition.parameters is None or len(args) != len(definition.parameters):
            raise FormulaError(f"{name} の引数の数が定義と違う")
        bound = {}
        for position, (parameter, arg) in enumerate(zip(definition.parameters, args, strict=True)):
            dims = definition.scope.symbols[parameter].type.dims
            if is_array(arg) and arg.ndim > len(dims):
                parts = [self.apply(name, [*args[:position], row, *args[position + 1 :]]) for row in arg]
                return stack(parts, self.carrier.dtype)
            if len(dims) != np.ndim(arg):
                raise FormulaError(f"{name} の引数の形が {parameter} の宣言と合わない")
            bound[parameter] = arg
            bound |= self.sizes(dims, np.shape(arg), bound)
        return self.inside(definition, bound).defined(definition)

    def sizes(self, dims, shape, known):
        """実際の形から、次元の文字の大きさを読む。"""
        found = {}
        for dim, length in zip(dims, shape, strict=True):
            low, dots, high = dim.rpartition("..")
            size = length - 1 + int(low) if dots else length
            if high in known and known[high] != size:
                raise FormulaError(f"次元 {high} が {known[high]} でもあり {size} でもある")
            if not high.isdigit():
                found[high] = size
        return found

    def call_code(self, bound):
        """実装を、左辺に並ぶ引数の値と、それ以外の記号の値で呼ぶ関数。"""

        def call(*args):
            given = self.given | dict(zip(bound.parameters, args, strict=True))
            inner = Evaluator(self.carrier, bound.scope, given, self.through_code, foreign=True)
            return bound.call({name: inner.value(node) for name, node in bound.arguments.items()})

        return call


def key_of(node):
    """関数の節の名。ダッシュは後ろに付ける。"""
    if node.op == "index":
        return key_of(node.args[0])
    return key_of(node.args[0]) + "'" if node.op == "prime" else node.args[0]
