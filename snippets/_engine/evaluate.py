"""木の値。記号の値か定義をたどり、Exact か Double の数で計算する。"""

import gmpy2
import numpy as np

from . import FormulaError, linear, values
from .declarations import CONSTANT, total
from .operations import Operations
from .scope import key_of
from .values import NUMERIC, elementwise, is_array, numeric, show, stack


class Evaluator(Operations):
    """標本の値 given のもとで節の値を求める。through_code なら、実装に結ばれた関数は実装を呼ぶ。"""

    def __init__(self, carrier, scope, given, through_code=False, foreign=False, known=None):
        """known は、求めた従属変数の値。添字だけが違う計算どうしで分けあう。"""
        self.carrier, self.scope, self.given = carrier, scope, given
        self.through_code, self.foreign = through_code, foreign
        self.known = {} if known is None else known

    def child(self, given):
        """値を重ねた計算。"""
        return self.sharing(given, None)

    def inside(self, definition, given):
        """定義の本体の計算。この式の添字は、本体が使うものしか見えない。"""
        hidden = self.scope.indices - definition.outer
        merged = {k: v for k, v in self.given.items() if k not in hidden} | given
        known = None if given else self.known
        return Evaluator(self.carrier, definition.scope, merged, self.through_code, True, known)

    def at_index(self, given):
        """添字だけを重ねた計算。"""
        return self.sharing(given, self.known)

    def value(self, node):
        """節の値。誤りには、この式の中の位置を添える。"""
        op, args = node.op, node.args
        if op == "symbol" and type(found := self.given.get(args[0])) in NUMERIC:
            return found
        try:
            return _METHODS[op](self, node, *args)
        except FormulaError as error:
            if error.span is None and not self.foreign and node.end:
                error.span = node.span
            raise

    def number(self, node):
        value = self.value(node)
        return value if type(value) in NUMERIC else numeric(value)

    def once(self, node, compute):
        """節の値を、それが使う添字の値が同じあいだは一度だけ求める。実装は、ほかの添字も読むかもしれない。"""
        if self.through_code:
            return compute()
        key = (id(node), *[self.given.get(index) for index in self.scope.indices_of(node)])
        if key not in self.known:
            self.known[key] = node, compute()  # 節を持っておけば、同じ番地に別の節は来ない
        return self.known[key][1]

    def moved(self, variable, place, value, given):
        """微分する記号の値だけを動かした計算。同じところへ動かした計算どうしは、求めた値を分けあう。"""
        indices = [self.given.get(index) for index in self.scope.indices_of(variable)]
        same = value if isinstance(value, gmpy2.mpfr) else id(value)
        key = id(variable), *indices, place, gmpy2.get_context().precision, same
        *_, known = self.known.setdefault(key, (variable, value, {}))  # 鍵に番地を使うものは、持っておく
        return self.sharing(given, known)

    def sharing(self, given, known):
        """値を重ねた計算。求めた値の表 known を分けあう。"""
        return Evaluator(self.carrier, self.scope, {**self.given, **given}, self.through_code, self.foreign, known)

    # ---- 記号

    def lookup(self, name):
        value = self.given.get(name)
        if value is not None and not callable(value):
            return value
        kind = self.scope.symbols[name].type
        if value is not None:
            return value(*map(self.lookup, kind.of)) if kind.of else value
        if kind.kind == "constant":
            return self.carrier.functions[CONSTANT[name]]()
        definition = self.scope.definitions.get(name)
        if definition and definition.parameters is None:
            key = (id(definition), *[self.given.get(index) for index in definition.outer])
            if key not in self.known:
                self.known[key] = self.inside(definition, {}).defined(definition)
            return self.known[key]
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


# 演算の名から、節の値を求めるメソッドを引く表
_METHODS = {name[1:]: getattr(Evaluator, name) for name in dir(Evaluator) if name[0] == "_" != name[1]}
