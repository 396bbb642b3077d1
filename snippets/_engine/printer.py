"""木から LaTeX へ。読み手の逆で、読みなおすと同じ木になる。

括弧は木の group だけから出る。計算で作った木に括弧が足りなければ補い、そのときは group の分だけ木が大きくなる。
高さのある中身は \\left( と \\right) で囲む。
"""

import re

from .calculus import AVERAGE, BIG
from .nodes import Node, free_names, names
from .relations import WRITTEN

_BIG = {op: sign for sign, op in (BIG | AVERAGE).items()}
_INFIX = {"add": " + ", "subtract": " - ", "hadamard": r" \odot ", "dot": r" \cdot ", "times": r" \times ",
          "divide": " / ", "modulo": r" \bmod ", "and": r" \land ", "or": r" \lor ", "xor": r" \oplus "}  # fmt: skip
_FENCE = {"group": ("(", ")"), "row": ("(", ")"), "absolute": (r"\lvert ", r" \rvert"),
          "norm": (r"\lVert ", r" \rVert"), "floor": (r"\lfloor ", r" \rfloor"), "ceiling": (r"\lceil ", r" \rceil"),
          "inner": (r"\langle ", r" \rangle")}  # fmt: skip
_TALL = re.compile(r"\\(?:frac|sum|prod|binom|begin|left|sqrt)(?![A-Za-z])")

# 結びつきの強さ。書いてない op は因子である
_SIDE, _SUM, _TERM, _PRODUCT, _JUXTAPOSED, _FACTOR = range(1, 7)
_LEVEL = {
    "chain": 0, "compare": 0, "and": _SIDE, "or": _SIDE, "xor": _SIDE, "modulo": _SIDE, "add": _SUM, "subtract": _SUM,
    "negative": _SUM, "series": _SUM, "hadamard": _TERM, "dot": _PRODUCT, "times": _PRODUCT, "divide": _PRODUCT,
    "multiply": _JUXTAPOSED,
}  # fmt: skip
# 二項の演算の、左と右に書ける最も弱い結びつき
_SIDES = {
    "add": (_SUM, _TERM), "subtract": (_SUM, _TERM), "hadamard": (_TERM, _PRODUCT), "dot": (_PRODUCT, _JUXTAPOSED),
    "times": (_PRODUCT, _JUXTAPOSED), "divide": (_PRODUCT, _FACTOR), "modulo": (_FACTOR, _FACTOR),
}  # fmt: skip
_BARE = {"symbol", "number", "group", "row", "index", "call", "matrix", "absolute", "norm", "lnorm", "floor", "ceiling",
         "inner", "positive", "average", "sqrt", "root", "binomial", "factorial", "prime"}  # fmt: skip


def latex(node, symbols):
    """節の LaTeX。"""
    return Printer(symbols).show(node)


class Printer:
    """_op という名のメソッドが、op という節を書く。"""

    def __init__(self, symbols):
        self.symbols = symbols

    def show(self, node):
        if node.op in _SIDES:
            return self.infix(node)
        if node.op in _FENCE:
            return fenced(", ".join(map(self.show, node.args)), *_FENCE[node.op])
        return getattr(self, "_" + node.op)(*node.args)

    def fit(self, node, level, followed=False):
        """level より弱く結びつく式は括弧に入れる。followed は、うしろに積が続くこと。"""
        loose = _LEVEL.get(node.op, _FACTOR) < level or (followed and swallows(node))
        text = self.show(node)
        return fenced(text, "(", ")") if loose else text

    # ---- 関係と論理

    def _chain(self, relations, *sides):
        return "".join([self.show(sides[0]), *map(self.related, relations, sides[1:])])

    _compare = _chain

    def related(self, relation, side):
        return f" {WRITTEN[relation]} {self.show(side)}"

    def logic(self, op, a, b):
        if "compare" in (a.op, b.op):
            return rf"{self.show(a)} \text{{ {op} }} {self.show(b)}"
        return self.fit(a, _SIDE if a.op == op else _SUM) + _INFIX[op] + self.fit(b, _SUM)

    def _and(self, a, b):
        return self.logic("and", a, b)

    def _or(self, a, b):
        return self.logic("or", a, b)

    def _xor(self, a, b):
        return self.logic("xor", a, b)

    def _not(self, a):
        return r"\lnot " + self.fit(a, _FACTOR)

    # ---- 和と積

    def infix(self, node):
        left, right = node.args
        low, high = _SIDES[node.op]
        tight = low == _PRODUCT
        first = self.fit(left, low, followed=tight)
        if tight and left.op == "divide":
            first = fenced(first, "(", ")")
        return first + _INFIX[node.op] + self.fit(right, high)

    def _negative(self, a):
        return "-" + self.fit(a, _TERM)

    def _series(self, *items):
        return " + ".join(r"\cdots" if item.op == "dots" else self.fit(item, _SUM if not k else _TERM)
                          for k, item in enumerate(items))  # fmt: skip

    def _multiply(self, a, b):
        again = a.op == b.op == "big" and a.args[0] == "sum" and a.args[1] == b.args[1]
        left, right = self.fit(a, _JUXTAPOSED, followed=not again), self.fit(b, _FACTOR)
        if right[0].isdigit() and left[-1] != ")":
            right = fenced(right, "(", ")")
        gap = " " if re.search(r"\\[A-Za-z]+$", left) and right[0].isalpha() else ""
        return left + gap + right

    # ---- 因子

    def _symbol(self, name):
        several = name.isalpha() and len(name) > 1 and self.symbols[name].type.kind != "function"
        return f"{{{name}}}" if several else name

    def _number(self, text):
        return text

    def base(self, node, *marks):
        """添字や累乗の付くもの。すでに同じ印が付いていれば、見えない波括弧で包む。"""
        text = self.show(node)
        if node.op not in _BARE or (node.op == "symbol" and self.symbols[node.args[0]].type.builtin and "^" in marks):
            return fenced(text, "(", ")")
        named = node.op in ("symbol", "index") and any(mark in re.sub(r"\{[^{}]*\}", "", text) for mark in marks)
        return f"{{{text}}}" if named else text

    def _power(self, a, b):
        exponent = self.script("^", self.show(b))
        if a.op == "call" and self.builtin(a.args[0]) and len(a.args) == 2:
            if b.op != "number":
                return fenced(self.show(a), "(", ")") + exponent
            return self.show(a.args[0]) + exponent + fenced(self.show(a.args[1]), "(", ")")
        return self.base(a, "^") + exponent

    def _transpose(self, a):
        return self.base(a, "^") + r"^\top"

    def script(self, mark, text):
        return f"{mark}{text}" if len(text) == 1 else f"{mark}{{{text}}}"

    def _index(self, base, *indices):
        written = ", ".join(self.plain(index) for index in indices)
        if base.op == "index" and self.mark(base.args[0]) == "_":
            return self._index(base.args[0], *base.args[1:], *indices)
        mark = self.mark(base)
        return self.base(base, mark) + self.script(mark, written)

    def mark(self, base):
        """添字を書くところ。層の番号は上、それ以外は下。"""
        family = self.symbols[base.args[0]].type.family if base.op == "symbol" else ()
        return family[0] if family else "_"

    def plain(self, index):
        """添字の中の式。"""
        if index.op in ("add", "subtract"):
            return self.plain(index.args[0]) + ("+" if index.op == "add" else "-") + self.plain(index.args[1])
        return index.args[0]

    def _call(self, function, *args):
        name = function.args[0] if function.op == "symbol" else self.show(function)
        return name + fenced(", ".join(map(self.show, args)), "(", ")")

    def builtin(self, function):
        function = function.args[0] if function.op == "index" else function
        return function.op == "symbol" and self.symbols[function.args[0]].type.builtin

    def _prime(self, a):
        return self.show(a) + "'"

    def _sqrt(self, a):
        return rf"\sqrt{{{self.show(a)}}}"

    def _root(self, a, degree):
        return rf"\sqrt[{self.show(degree)}]{{{self.show(a)}}}"

    def _fraction(self, a, b):
        return rf"\frac{{{self.show(a)}}}{{{self.show(b)}}}"

    def _binomial(self, a, b):
        return rf"\binom{{{self.show(a)}}}{{{self.show(b)}}}"

    def _factorial(self, a):
        return self.base(a, "^", "!") + "!"

    def _positive(self, a):
        return self.fit(a, _FACTOR) + "_+"

    def _lnorm(self, a, order):
        kind = {"infinity": r"\infty", "frobenius": r"\mathrm{F}"}.get(order.op) or self.show(order)
        return fenced(self.show(a), *_FENCE["norm"]) + self.script("_", kind)

    # ---- 微分、総和

    def _derivative(self, operand, variable):
        variables = [variable]
        while operand.op == "derivative":
            operand, inner = operand.args
            variables.append(inner)
        single = free_names(operand) <= {*names(variable), *self.functions(operand)} and "d" not in self.symbols
        mark = "d" if single else r"\partial "
        order = f"^{len(variables)}" if len(variables) > 1 else ""
        below = r" \, ".join(mark + self.show(v) if count == 1 else mark + self.base(v, "^") + f"^{count}"
                             for v, count in runs(variables))  # fmt: skip
        if operand.op in ("symbol", "call", "index", "multiply", "power"):
            return rf"\frac{{{mark.strip()}{order} {self.show(operand)}}}{{{below}}}"
        return rf"\frac{{{mark.strip()}{order}}}{{{below}}} {self.fit(operand, _FACTOR)}"

    def functions(self, node):
        return {name for name in names(node) if self.symbols[name].type.kind in ("function", "constant")}

    def _big(self, op, index, low, high, body):
        clause, above = index.args[0], ""
        if low is not None:
            clause, above = f"{clause}={self.show(low)}", self.script("^", self.show(high))
        if body.op == "restricted":
            condition, body = body.args
            clause = self.show(condition) if low is None else f"{clause}, {self.show(condition)}"
        wide = op == "sum" or (body.op == "multiply" and index.args[0] in free_names(body.args[1]))
        inner = self.fit(body, (_PRODUCT if op == "sum" else _JUXTAPOSED) if wide else _FACTOR)
        return f"{_BIG[op]}_{{{clause}}}{above} {inner}"

    def _average(self, op, index, law, body):
        chosen = rf"_{{{self.show(index)} \sim {self.show(law)}}}" if index else ""
        return f"{_BIG[op]}{chosen}" + fenced(self.show(body), "[", "]")

    # ---- 並べたもの

    def _dots(self):
        return r"\ldots"

    def _matrix(self, *rows):
        return environment("pmatrix", (" & ".join(map(self.cell, row.args)) for row in rows))

    def cell(self, item):
        return r"\vdots" if item.op == "dots" else self.show(item)

    def _cases(self, *branches):
        return environment("cases", (f"{self.show(b.args[0])} & {self.when(b.args[1])}" for b in branches))

    def when(self, condition):
        return r"\text{otherwise}" if condition.op == "otherwise" else rf"\text{{if }} {self.show(condition)}"


def fenced(text, left, right):
    """括弧で囲む。高さがあれば、括弧も高くする。"""
    if _TALL.search(text):
        return rf"\left{left.strip()} {text} \right{right.strip()}"
    return left + text + right


def environment(name, rows):
    return rf"\begin{{{name}}} " + r" \\ ".join(rows) + rf" \end{{{name}}}"


def swallows(node):
    """うしろに並ぶ因子を飲みこむ式か。総和の本体や、微分される因子が開いている。"""
    if node.op in ("multiply", "dot", "times", "divide"):
        return swallows(node.args[1])
    if node.op == "derivative":
        operand = node.args[0]
        while operand.op == "derivative":
            operand = operand.args[0]
        return operand.op not in ("symbol", "call", "index", "multiply", "power")
    return node.op == "big"


def runs(items):
    """続けて同じものの (もの, 個数)。"""
    found = []
    for item in items:
        if found and found[-1][0] == item:
            found[-1] = (item, found[-1][1] + 1)
        else:
            found.append((item, 1))
    return found


def ungrouped(node):
    """括弧だけの節を外した木。"""
    if node.op == "group":
        return ungrouped(node.args[0])
    return Node(node.op, tuple(ungrouped(a) if isinstance(a, Node) else a for a in node.args), node.start, node.end)
