"""字句の並びを木にする。二通りに読める書き方と、知らない書き方は、位置を添えて断る。

優先順位は弱い順に  = ≤ ←,  ∨ ∧ ⊕,  + −,  ⊙,  · × / mod,  並べた積,  添字と累乗。
"""

from . import FormulaError
from .bars import pair_bars
from .layouts import Layouts, joined
from .nodes import Node
from .relations import LOGIC, Relations
from .structures import DOTS
from .symbols import symbolize
from .tokens import Token, starts_factor, tokenize

_PRODUCTS = {r"\cdot": "dot", r"\times": "times", "/": "divide", r"\bmod": "modulo"}
_LOOSE = {"multiply", "dot", "times", "divide", "modulo"}


def parse(latex, symbols, bare_functions=False):
    """LaTeX を文の並びにする。文は節 chain で、args は (関係の組, 辺, 辺, …)。

    bare_functions なら、関数そのものの言及も読む。
    """
    parser = Parser(latex, symbols)
    parser.bare_functions = bare_functions
    return parser.statements()


def parse_arguments(latex, symbols):
    """(左辺, 実装に渡す値の並び)。左辺は「m_t = m_{t-1}, g_t」の形のときだけある。関数は括弧なしで書ける。"""
    parser = Parser(latex, symbols)
    parser.bare_functions = True
    result, left = [parser.side()], None
    if parser.eat("=", r"\leftarrow"):
        left, result = result[0], [parser.side()]
    while parser.eat(","):
        result.append(parser.side())
    if parser.token.kind != "end":
        parser.fail(f"ここから先が読めない: {parser.token.text}")
    return left, result


class Parser(Relations, Layouts):
    """一つの式の読み手。項と因子をここで、文と関係を Relations で、分数や行列などの形を Layouts で読む。"""

    def __init__(self, latex, symbols):
        self.latex, self.symbols, self.position, self.depth = latex, symbols, 0, 0
        self.bound = []  # いま読んでいる総和などの添字
        self.leading = False  # 積の先頭の因子か
        self.bare_functions = False  # 引数の並びでは関数そのものも書ける
        tokens = pair_bars(symbolize(joined([*tokenize(latex)]), symbols), self.names_function)
        self.tokens = [*tokens, Token("end", "", len(latex), len(latex))]

    # ---- 字句

    @property
    def token(self):
        return self.tokens[self.position]

    def at(self, *texts):
        """次の字句が、記号ではなく構文としてそこにあるか。"""
        return self.token.kind not in ("symbol", "end") and self.token.text in texts

    def eat(self, *texts):
        if self.at(*texts):
            self.position += 1
            return self.tokens[self.position - 1].text

    def need(self, text):
        return self.eat(text) or self.fail(f"{text} がない")

    def fail(self, message, span=None):
        raise FormulaError(message, span or self.token.span)

    def node(self, start, op, *args):
        return Node(op, args, start, self.tokens[self.position - 1].end)

    # ---- 辺、項、積

    def side(self):
        start, left = self.token.start, self.sum()
        used = set()
        while self.at(*LOGIC):
            op = LOGIC[self.eat(*LOGIC)]
            used.add(op)
            if len(used) > 1:
                self.fail("種類の違う論理記号が並んでいる。括弧を書く")
            left = self.node(start, op, left, self.sum())
        return left

    def sum(self):
        start = self.token.start
        if self.eat("-"):
            left = self.node(start, "negative", self.term())
            if left.args[0].op == "modulo":
                self.fail("余りがどこまでにかかるか決まらない。括弧を書く", left.span)
        else:
            self.eat("+")
            left = self.term()
        while sign := self.eat("+", "-"):
            if self.at(*DOTS) and sign == "+":
                left = self.series(start, left)
                continue
            right = self.term()
            if "modulo" in (left.op, right.op):
                self.fail("余りがどこまでにかかるか決まらない。括弧を書く", (start, right.end))
            left = self.node(start, "add" if sign == "+" else "subtract", left, right)
        return left

    def series(self, start, left):
        """a_1 + a_2 + \\cdots + a_n。途中は、両隣から数えあげる。"""
        dots = self.token
        self.position += 1
        self.need("+")
        items = [Node("dots", (), dots.start, dots.end), self.term()]
        while left.op == "add":
            left, last = left.args
            items.insert(0, last)
        return self.node(start, "series", left, *items)

    def term(self):
        start, left = self.token.start, self.product()
        while self.eat(r"\odot"):
            left = self.node(start, "hadamard", left, self.product())
        return left

    def product(self):
        start, left = self.token.start, self.juxtaposed()
        while op := self.eat(*_PRODUCTS):
            right = self.juxtaposed() if op in (r"\cdot", r"\times") else self.factor()
            left = self.node(start, _PRODUCTS[op], left, right)
            if op == "/" and (self.starts_factor() or self.at(*_PRODUCTS)):
                self.fail("分母がどこまでか決まらない。\\frac か括弧を使う")
            if op == r"\bmod" and (left.args[0].op in _LOOSE or self.starts_factor() or self.at(*_PRODUCTS)):
                self.fail("余りがどこまでにかかるか決まらない。括弧を書く", left.span)
        return left

    def juxtaposed(self):
        start = self.token.start
        self.leading = self.tokens[self.position - 1].text not in _PRODUCTS
        left = self.factor()
        while self.starts_factor() and not self.reuses_index():
            if self.token.kind == "number" and not self.closed_before():
                self.fail(f"文字のあとの数 {self.token.text} は添字と紛れる。前に出すか \\cdot を書く")
            if self.at("[") and left.op in ("symbol", "index") and self.brackets_index():
                self.fail("角括弧が成分か積か決まらない。成分は x_{i}、積は ( ) で書く")
            left = self.node(start, "multiply", left, self.factor())
        return left

    def starts_factor(self):
        return starts_factor(self.token)

    def closed_before(self):
        """すぐ前が閉じ括弧で、うしろの数が添字に見えないか。"""
        return self.tokens[self.position - 1].text in (")", "]", r"\}")

    def brackets_index(self):
        """[0] や [i] のように、添字とも読める角括弧か。"""
        inner, close = self.tokens[self.position + 1], self.tokens[min(self.position + 2, len(self.tokens) - 1)]
        integer = inner.kind == "symbol" and self.symbols[inner.text].type.kind == "integer"
        return close.text == "]" and (inner.kind == "number" or integer)

    # ---- 因子

    def factor(self):
        """原子と、そのうしろの添字・累乗・ダッシュ・引数。"""
        with self.nested():
            return self.scripted(self.token.start)

    def scripted(self, start):
        base, power = self.atom(), None
        while True:
            if self.at("_"):
                named = self.is_function(base)
                base = self.function_subscript(start, base) if named else self.subscript(start, base)
            elif self.eat("'"):
                base = self.primed(start, base)
            elif self.eat("!"):
                base = self.factorial(start, base)
            elif self.at("^"):
                if base.op in ("power", "transpose") or power:
                    self.fail("累乗が重なっている。括弧を書く")
                base, power = self.superscript(start, base)
            elif self.is_function(base) and self.at("(", "[", r"\{"):
                base = self.called(start, base, power)
                power = None
            elif self.is_function(base) and self.builtin(base) and self.starts_factor():
                return self.applied(start, base, power)
            elif power:
                self.fail("関数の累乗のあとには引数の括弧がいる")
            elif self.is_function(base) and not self.bare_functions:
                self.fail("関数に引数の括弧がない")
            else:
                return base

    def is_function(self, node):
        while node.op == "prime" or (node.op == "index" and node.args[0].op == "symbol" and self.builtin(node.args[0])):
            node = node.args[0]
        return node.op == "symbol" and self.symbols[node.args[0]].type.kind == "function"

    def names_function(self, token):
        """括弧の中の縦棒が区切りになりうる、ページの関数の字句か。"""
        if token.kind != "symbol":
            return token.text == "'"
        kind = self.symbols[token.text].type
        return kind.kind == "function" and not kind.builtin

    def builtin(self, node):
        """組みこみの関数の名。底の付いた対数も log である。"""
        node = node.args[0] if node.op == "index" else node
        return node.op == "symbol" and self.symbols[node.args[0]].type.builtin
