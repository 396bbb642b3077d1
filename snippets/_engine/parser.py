"""字句の並びを木にする。二通りに読める書き方と、知らない書き方は、位置を添えて断る。

優先順位は弱い順に  = ≤ ←,  ∨ ∧ ⊕,  + −,  ⊙,  · × /,  並べた積,  添字と累乗。
"""

from . import FormulaError
from .layouts import Layouts
from .nodes import Node, depth
from .symbols import symbolize
from .tokens import Token, tokenize

RELATIONS = {"=": "=", r"\leftarrow": "<-", "<": "<", ">": ">", r"\le": "<=", r"\ge": ">=", r"\ne": "!="}
LOGIC = {r"\land": "and", r"\lor": "or", r"\oplus": "xor"}
_DEPTH = 100  # 木の深さの上限
_NOT_FACTOR = {
    r"\cdot", r"\times", r"\odot", r"\land", r"\lor", r"\oplus", r"\leftarrow", r"\le", r"\ge", r"\ne",
    r"\rvert", r"\rVert", r"\}", r"\top", r"\vdots", r"\ldots", r"\cdots", r"\quad", r"\qquad", r"\end",
}  # fmt: skip


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


class Parser(Layouts):
    """一つの式の読み手。辺・項・因子をここで、分数や行列などの形を Structures と Layouts で読む。"""

    def __init__(self, latex, symbols):
        self.latex, self.symbols, self.position = latex, symbols, 0
        self.nesting = 0
        self.bar_closes = False  # \| がノルムや引数の閉じになる場所
        self.bare_functions = False  # 引数の並びでは関数そのものも書ける
        self.tokens = [*symbolize(tokenize(latex), symbols), Token("end", "", len(latex), len(latex))]

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

    # ---- 文と関係

    def statements(self):
        if self.at(r"\begin{aligned}"):
            result = self.aligned()
        else:
            result = [self.chain()]
            while self.eat(","):
                self.eat(r"\quad", r"\qquad")
                result.append(self.chain())
        if self.token.kind != "end":
            self.fail(f"ここから先が読めない: {self.token.text}")
        for statement in result:
            if depth(statement) > _DEPTH:
                self.fail("式が長すぎる。いくつかに分ける", statement.span)
        return result

    def chain(self):
        start, sides, relations = self.token.start, [self.side()], []
        while relation := self.relation():
            relations.append(relation)
            sides.append(self.side())
        if len(relations) > 1:
            self.refuse_bare_logic(sides)
        return self.node(start, "chain", tuple(relations), *sides)

    def relation(self):
        if self.at(":"):
            self.position += 1
            self.need("=")
            return "="
        found = self.eat(*RELATIONS)
        return RELATIONS[found] if found else None

    def refuse_bare_logic(self, sides):
        for side in sides:
            if side.op in LOGIC.values():
                self.fail("論理記号と関係が並ぶときは括弧がいる", side.span)

    def condition(self):
        """括弧や場合分けの中。比較も許す。"""
        start, sides, relations = self.token.start, [self.side()], []
        while not self.at(r"\leftarrow", ":") and (relation := self.relation()):
            relations.append(relation)
            sides.append(self.side())
        if not relations:
            return sides[0]
        self.refuse_bare_logic(sides)
        return self.node(start, "compare", tuple(relations), *sides)

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
        else:
            left = self.term()
        while sign := self.eat("+", "-"):
            left = self.node(start, "add" if sign == "+" else "subtract", left, self.term())
        return left

    def term(self):
        start, left = self.token.start, self.product()
        while self.eat(r"\odot"):
            left = self.node(start, "hadamard", left, self.product())
        return left

    def product(self):
        start, left = self.token.start, self.juxtaposed()
        while op := self.eat(r"\cdot", r"\times", "/"):
            right = self.juxtaposed() if op != "/" else self.factor()
            left = self.node(start, {r"\cdot": "dot", r"\times": "times", "/": "divide"}[op], left, right)
            if op == "/" and (self.starts_factor() or self.at(r"\cdot", r"\times", "/")):
                self.fail("分母がどこまでか決まらない。\\frac か括弧を使う")
        return left

    def juxtaposed(self):
        start, left = self.token.start, self.factor()
        while self.starts_factor():
            if self.token.kind == "number":
                self.fail(f"文字のあとの数 {self.token.text} は添字と紛れる。前に出すか \\cdot を書く")
            left = self.node(start, "multiply", left, self.factor())
        return left

    def starts_factor(self):
        token = self.token
        if token.kind in ("symbol", "number", "letter"):
            return True
        if token.kind == "name":
            return not token.text.startswith(r"\text{") and self.symbols.find((token.text,)) is None
        if token.kind == "environment":
            return token.text.startswith(r"\begin")
        if token.text == r"\|":
            return not self.bar_closes
        if token.kind == "command":
            return token.text not in _NOT_FACTOR
        return token.text in ("(", "[", "{")

    # ---- 因子

    def factor(self):
        """原子と、そのうしろの添字・累乗・ダッシュ・引数。"""
        start, base, power = self.token.start, self.atom(), None
        while True:
            if self.at("_"):
                base = self.subscript(start, base)
            elif self.eat("'"):
                base = self.primed(start, base)
            elif self.at("^"):
                if base.op == "power" or power:
                    self.fail("累乗が重なっている。括弧を書く")
                base, power = self.superscript(start, base)
            elif self.is_function(base) and self.at("(", "["):
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

    def subscript(self, start, base):
        self.need("_")
        if base.op in ("index", "power", "transpose"):
            self.fail("添字は一度だけ、累乗より前に書く")
        indices = self.indices()
        return self.node(start, "index", base, *indices)

    def primed(self, start, base):
        if not self.is_function(base):
            self.fail("ダッシュは関数にだけ付く", base.span)
        return self.node(start, "prime", base)

    def superscript(self, start, base):
        """(節, 引数を待つ累乗)。転置、層の添字、関数の累乗、ふつうの累乗のどれか。"""
        self.need("^")
        if self.eat("'"):
            return self.primed(start, base), None
        if self.token.kind in ("letter", "command") and self.eat("T", r"\top"):
            return self.node(start, "transpose", base), None
        if base.op == "symbol" and self.symbols[base.args[0]].type.family[:1] == ("^",):
            return self.node(start, "index", base, self.index_group()), None
        exponent = self.group()
        if not self.is_function(base):
            return self.node(start, "power", base, exponent), None
        if not self.builtin(base) or exponent.op != "number":
            self.fail("関数の累乗は、合成か値の累乗か決まらない", base.span)
        return base, exponent

    def is_function(self, node):
        while node.op == "prime":
            node = node.args[0]
        return node.op == "symbol" and self.symbols[node.args[0]].type.kind == "function"

    def builtin(self, node):
        return node.op == "symbol" and self.symbols[node.args[0]].type.builtin
