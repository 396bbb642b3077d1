"""添字、累乗、転置、ダッシュ、階乗の読み方。原子のうしろに付くもの。"""

from .nodes import Node

_TRANSPOSE = ("T", r"\top", r"\intercal", r"\mathrm{T}", r"\mathsf{T}", r"\mathtt{T}")
_CLOSE = {"(": ")", "[": "]"}
_OPEN = ("fraction", "derivative", "big", "binomial")  # 添字や累乗の及ぶところが見えない形


class Scripts:
    """原子のうしろに付くものを読む。字句を進める道具は Parser にある。"""

    def family(self, node):
        """層や時刻ごとの値を表す記号なら、その添字の印。"""
        return (self.symbols[node.args[0]].type.family or ("",))[0] if node.op == "symbol" else ""

    def subscript(self, start, base):
        """v_i。v^2_i は v_i^2 と同じに組まれるので、同じに読む。"""
        self.need("_")
        if self.positive_part(base):
            return self.positive(start, base)
        if base.op in _OPEN:
            self.fail("添字がどこまでに付くか決まらない。括弧で囲む", base.span)
        if base.op in ("power", "transpose"):
            inner, *rest = base.args
            return self.node(start, base.op, self.subscripted(start, inner), *rest)
        return self.subscripted(start, base)

    def subscripted(self, start, base):
        if base.op == "norm":
            return self.node(start, "lnorm", base.args[0], self.order())
        if base.op == "index" and not (self.family(base.args[0]) == "^" and len(base.args) == 2):
            self.fail("添字は一度だけ書く")
        indices = self.indices()
        family = self.family(base)
        if family == "^":
            self.need("^")
            base = self.node(start, "index", base, self.index_group())
        elif family == "_" and len(indices) > 1:
            base, indices = self.node(start, "index", base, indices[0]), indices[1:]
        return self.node(start, "index", base, *indices)

    def positive_part(self, base):
        return base.op == "group" and self.at("+")

    def positive(self, start, base):
        """(x)_+ と (x)^+ は、x と 0 の大きい方。"""
        self.need("+")
        return self.node(start, "positive", base)

    def order(self):
        """ノルムの種類。"""
        start = self.token.start
        if self.eat(r"\infty"):
            return self.node(start, "infinity")
        if self.token.kind in ("letter", "name") and self.eat("F", r"\mathrm{F}", r"\text{F}"):
            return self.node(start, "frobenius")
        return self.group()

    def primed(self, start, base):
        if not self.is_function(base):
            self.fail("ダッシュは関数にだけ付く", base.span)
        if base.op == "prime" and base.args[0].op == "prime" and base.args[0].args[0].op == "prime":
            self.fail("ダッシュは三つまで", base.span)
        return self.node(start, "prime", base)

    def superscript(self, start, base):
        """(節, 引数を待つ累乗)。転置、層の添字、関数の累乗、ふつうの累乗のどれか。"""
        self.need("^")
        if base.op in _OPEN:
            self.fail("肩の字がどこまでに付くか決まらない。括弧で囲む", base.span)
        if self.positive_part(base):
            return self.positive(start, base), None
        if self.eat("'"):
            return self.primed(start, base), None
        if self.token.kind in ("letter", "command", "name") and self.eat(*_TRANSPOSE):
            return self.node(start, "transpose", base), None
        if self.family(base) == "^":
            return self.node(start, "index", base, self.index_group()), None
        exponent = self.group()
        if not self.is_function(base):
            return self.node(start, "power", base, exponent), None
        if not self.builtin(base) or exponent.op != "number":
            self.fail("関数の累乗は、合成か値の累乗か決まらない", base.span)
        return base, exponent

    def factorial(self, start, base):
        if self.at("!") or base.op in ("power", "transpose", "factorial"):
            self.fail("階乗がどこに付くか決まらない。括弧を書く")
        return self.node(start, "factorial", base)

    # ---- 添字

    def indices(self):
        """_{i}、_{ij}、_{i,j}。行列でない限り一つ。"""
        if not self.eat("{"):
            return [self.index_group()]
        result = [self.index()]
        while not self.eat("}"):
            self.eat(",")
            result.append(self.index())
        return result

    def index_group(self):
        """{添字}、{(添字)}、{[添字]} か、一字句の添字。"""
        if not self.eat("{"):
            return self.index_atom()
        close = _CLOSE.get(self.eat(*_CLOSE))
        inner = self.index()
        if close:
            self.need(close)
        self.need("}")
        return inner

    def index(self):
        """添字は整数の文字と数の和か差。"""
        start, left = self.token.start, self.index_atom()
        while sign := self.eat("+", "-"):
            left = self.node(start, "add" if sign == "+" else "subtract", left, self.index_atom())
        return left

    def index_atom(self):
        if self.token.kind not in ("symbol", "number"):
            if self.token.kind in ("letter", "name", "command"):
                self.unknown()
            self.fail("添字は宣言した整数か数で書く")
        start, token = self.token.start, self.token
        self.position += 1
        return self.node(start, token.kind, token.text)


def leftmost(node):
    """積のいちばん左の因子。"""
    while node.op == "multiply":
        node = node.args[0]
    return node


def is_symbol(node, name):
    return node == Node("symbol", (name,))
