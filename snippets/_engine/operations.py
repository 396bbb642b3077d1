"""節ごとの計算。Evaluator の下半分で、木の形と values の代数を結ぶ。"""

import operator

import numpy as np

from . import FormulaError, linear, values
from .chance import Chance
from .dots import expand
from .logic import Logic
from .special import Special
from .values import Family, elementwise, is_array, numeric, scalar, stack


class Operations(Special, Logic, Chance):
    """_op という名のメソッドが、op という節の値を求める。"""

    def _symbol(self, node, name):
        value = self.given.get(name)
        if value is not None and not callable(value):
            return value
        if self.scope.symbols[name].type.kind == "function":
            return self.function(node)
        return self.lookup(name)

    def _callable(self, node, name):
        """実装に渡す関数そのもの。"""
        plain = name.rstrip("'")
        if plain in self.given:
            return self.given[plain].derivative if name != plain else self.given[plain]
        if name in self.scope.code:
            return self.scope.code[name].function
        raise FormulaError(f"{name} を定める式がない")

    def _number(self, node, text):
        return self.carrier.number(text)

    def _group(self, node, inner):
        return self.value(inner)

    def _negative(self, node, a):
        return -self.number(a)

    def _add(self, node, a, b):
        return values.add(self.number(a), self.number(b))

    def _subtract(self, node, a, b):
        return values.add(self.number(a), -self.number(b))

    def _multiply(self, node, a, b):
        left, right = self.number(a), self.number(b)
        if is_array(right) and not is_array(left) and a.op == "multiply" and is_array(self.value(a.args[1])):
            raise FormulaError("内積のあとに配列が並び、どの二つの積か決まらない。括弧を書く")
        return values.multiply(left, right)

    def _dot(self, node, a, b):
        left, right = self.number(a), self.number(b)
        if is_array(left) != is_array(right) and "multiply" in (a.op, b.op):
            raise FormulaError("中点と並べた積がまじり、内積の相手が決まらない。括弧を書く")
        return values.dot(left, right)

    def _times(self, node, a, b):
        return values.times(self.number(a), self.number(b))

    def _hadamard(self, node, a, b):
        return values.hadamard(self.number(a), self.number(b))

    def _divide(self, node, a, b):
        return values.divide(self.lifted(a), self.number(b))

    _fraction = _divide

    def _power(self, node, a, b):
        return values.power(self.lifted(a), self.number(b), self.carrier)

    def lifted(self, node):
        """数の体系に持ち上げた値。整数どうしの割り算が float にならないようにする。"""
        value = self.number(node)
        return self.carrier.number(value) if isinstance(value, int) else value

    def _sqrt(self, node, a):
        return elementwise(lambda u: self.real("sqrt", u), self.number(a))

    def _absolute(self, node, a):
        """数の絶対値か、正方行列の行列式。"""
        value = self.number(a)
        if linear.is_square(value):
            return linear.determinant(value)
        if is_array(value):
            raise FormulaError("配列の絶対値は読み方が決まらない。長さなら \\lVert を使う")
        return abs(value)

    def _norm(self, node, a):
        value = self.number(a)
        if not is_array(value) or (value.ndim != 1 and value.shape[0] != 1):
            raise FormulaError("ノルムの中は縦ベクトルか横ベクトルにする")
        return self.carrier.length(value.ravel() @ value.ravel())

    def _transpose(self, node, a):
        return values.transpose(self.number(a))

    def _prime(self, node, a):
        return self.function(node)

    def _call(self, node, function, *args):
        if function.op == "symbol" and self.scope.symbols[function.args[0]].type.builtin == "indicator":
            return self.truth(self.bit(args[0]))
        return self.once(node, lambda: self.function(function)(*map(self.number, args)))

    def _index(self, node, base, *indices):
        return self.locate(base, indices)[2]

    def locate(self, base, indices):
        """(入れもの, 位置, 値)。"""
        container = self.value(base)
        keys = [self.integer(index) for index in indices]
        if isinstance(container, Family):
            if len(keys) != 1 or keys[0] not in container:
                raise FormulaError(f"添字 {keys} が範囲の外")
            return container, keys[0], container[keys[0]]
        if not is_array(container) or container.ndim != len(keys):
            raise FormulaError(f"{values.shape_text(container)}に添字が {len(keys)} 個付いている")
        starts = self.scope.symbols[base.args[0]].type.starts if base.op == "symbol" else ()
        position = tuple(map(operator.sub, keys, starts)) if starts else tuple(key - 1 for key in keys)
        for key, at, length in zip(keys, position, container.shape, strict=True):
            if not 0 <= at < length:
                raise FormulaError(f"添字 {key} が範囲の外")
        return container, position, container[position]

    def integer(self, node):
        if node.op == "number" and node.args[0].isdigit():
            return int(node.args[0])
        value = self.value(node)
        if type(value) is int:
            return value
        value = numeric(value)
        whole = None if is_array(value) else self.carrier.whole(value)
        if whole is None:
            raise FormulaError("添字が整数でない")
        return whole

    def _big(self, node, *args):
        return self.once(node, lambda: self.gather(*args))

    def gather(self, op, index, low, high, body):
        name = index.args[0]
        if name in self.given and not self.scope.symbols[name].type.sampled_integer:
            raise FormulaError(f"添字 {name} は外側でも使われている")
        first, last = self.range(name) if low is None else (self.integer(low), self.integer(high))
        if not first <= last < first + 1000:
            raise FormulaError(f"{first} から {last} までの範囲は使えない")
        inside = [self.at_index({name: k}) for k in range(first, last + 1)]
        if body.op == "restricted":
            condition, body = body.args
            inside = [here for here in inside if here.bit(condition)]
        items = [here.number(body) for here in inside]
        if not items:
            return self.empty(op)
        if op == "sum":
            return sum(items[1:], items[0])
        if any(map(is_array, items)):
            raise FormulaError("総乗や最大の中が配列")
        if op == "product":
            return np.prod(np.array(items, dtype=self.carrier.dtype))
        best = max(items) if op.endswith("max") else min(items)
        if not op.startswith("arg"):
            return best
        if items.count(best) > 1:
            raise FormulaError("最大や最小を与える添字が一つに決まらない")
        return self.carrier.number(first + items.index(best))

    def empty(self, op):
        """何もない総和は 0、総乗は 1。"""
        if op not in ("sum", "product"):
            raise FormulaError("最大や最小を選ぶものがない")
        return self.carrier.number(int(op == "product"))

    def _cases(self, node, *branches):
        """真になる枝の値。重なる枝どうしは同じ値でなければならない。"""
        hits = [b.args[0] for b in branches if b.args[1].op != "otherwise" and self.bit(b.args[1])]
        hits = hits or [b.args[0] for b in branches if b.args[1].op == "otherwise"]
        if not hits:
            raise FormulaError("どの場合にも当てはまらない")
        found = [self.number(hit) for hit in hits]
        if any(np.any(value != found[0]) for value in found[1:]):
            raise FormulaError("重なる場合の値が食い違う")
        return found[0]

    def _row(self, node, *items):
        return self.column(items).reshape(1, -1)

    def _matrix(self, node, *rows):
        if all(len(row.args) == 1 for row in rows):
            return self.column([row.args[0] for row in rows])
        return stack([self.column(row.args) for row in rows], self.carrier.dtype)

    def column(self, items):
        result = stack([self.number(item) for item in expand(items, self)], self.carrier.dtype)
        if result.ndim != 1:
            raise FormulaError("成分が数でない")
        return result

    def _derivative(self, node, operand, variable):
        """記号か成分を t に置きかえて計算しなおし、t について微分する。"""
        name, current, put = self.replaceable(variable)
        if not self.scope.depends(operand, name):
            raise FormulaError(f"微分されるものが {name} によらない")

        def along(t, at=None):
            value = t if at is None else replaced(current, at, t)
            return self.moved(variable, at, t, {name: put(value)}).number(operand)

        if not is_array(current):
            return scalar(self.carrier.derivative(along, current))
        if is_array(self.child({}).number(operand)):
            raise FormulaError("ベクトルをベクトルで微分している")
        result = np.empty(current.shape, self.carrier.dtype)
        for k in np.ndindex(current.shape):
            result[k] = self.carrier.derivative(lambda t, k=k: along(t, k), current[k])
        return result

    def replaceable(self, variable):
        if variable.op == "symbol":
            return variable.args[0], self.number(variable), lambda t: t
        if variable.op == "index" and variable.args[0].op == "symbol":
            container, at, current = self.locate(variable.args[0], variable.args[1:])
            return variable.args[0].args[0], current, lambda t: replaced(container, at, t)
        if variable.op == "index" and variable.args[0].op == "index":
            name, vector, put = self.replaceable(variable.args[0])
            _, at, current = self.locate(*variable.args[:1], variable.args[1:])
            return name, current, lambda t: put(replaced(vector, at, t))
        raise FormulaError("何について微分するのか分からない")


def replaced(container, at, value):
    """一つの成分だけを置きかえた写し。"""
    twin = container.copy() if is_array(container) else Family(container)
    twin[at] = value
    return twin
