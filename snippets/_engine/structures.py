"""括弧、関数の引数、添字、分数、微分、総和の読み方。Parser の下の階。"""

import difflib

from .nodes import Node

_DOTS = (r"\vdots", r"\ldots", r"\cdots")
BIG = {r"\sum": "sum", r"\prod": "product", r"\max": "max", r"\min": "min",
        r"\operatorname*{argmax}": "argmax", r"\operatorname*{argmin}": "argmin"}  # fmt: skip
_PAIRS = {"(": ")", "[": "]"}
_NESTING = 40
_LOOSE = {
    "add", "subtract", "negative", "multiply", "dot", "times", "divide", "hadamard", "and", "or", "xor", "not", "big",
}  # fmt: skip


class Structures:
    """一つの字句から始まる形を読む。字句を進める道具は Parser にある。"""

    def atom(self):
        """一つの原子。入れ子の数を数え、深すぎる式は断る。"""
        self.nesting += 1
        if self.nesting > _NESTING:
            self.fail("入れ子が深すぎる")
        result = self.primary()
        self.nesting -= 1
        return result

    def primary(self):
        start, token = self.token.start, self.token
        if token.text in (r"\max", r"\min") and self.tokens[self.position + 1].text == "_":
            self.position += 1
            return self.big(start, BIG[token.text])
        if token.kind in ("symbol", "number"):
            self.position += 1
            return self.node(start, token.kind, token.text)
        if self.at("(", "["):
            return self.parentheses(start)
        if self.eat("{"):
            return self.invisible(self.closed("}"))
        if self.eat(r"\lvert"):
            return self.node(start, "absolute", self.closed(r"\rvert"))
        if self.at(r"\lVert", r"\|"):
            close = r"\|" if self.eat(r"\|") else (self.eat(r"\lVert") and r"\rVert")
            return self.node(start, "norm", self.closing_bar(self.closed, close))
        if self.eat(r"\lnot"):
            return self.node(start, "not", self.factor())
        if self.eat(r"\sqrt"):
            return self.node(start, "sqrt", self.group())
        if self.eat(r"\frac"):
            return self.fraction(start)
        if op := self.eat(*BIG):
            return self.big(start, BIG[op])
        if self.eat(r"\nabla"):
            return self.nabla(start)
        if self.at(r"\begin{pmatrix}", r"\begin{bmatrix}"):
            return self.matrix(start)
        if self.eat(r"\begin{cases}"):
            return self.cases(start)
        return self.unknown()

    def unknown(self):
        text = self.token.text or "式の終わり"
        if text == "|":
            self.fail("縦棒の開きと閉じが決まらない。\\lvert と \\rvert を使う")
        if self.token.kind in ("letter", "name") or text.startswith("\\"):
            declared = [s.name for s in self.symbols.declared()]
            close = difflib.get_close_matches(text, declared, 1, 0.6)
            hint = f"。もしかして {close[0]}？" if close else "。front matter の symbols に書く"
            self.fail(f"宣言されていない文字か、知らない書き方 {text}{hint}")
        self.fail(f"ここに {text} は書けない")

    # ---- まとまり

    def closed(self, close):
        inner = self.side()
        self.need(close)
        return inner

    def invisible(self, inner):
        """式の途中の {…}。波括弧は紙に出ないので、和や積を囲んでも、読者にはまとまって見えない。"""
        if inner.op in _LOOSE or (inner.op == "call" and self.builtin(inner.args[0]) and self.at("^")):
            self.fail("波括弧は表示されず、まとまりが見えない。丸括弧で囲む", inner.span)
        return inner

    def group(self):
        """{…} か、一字句。"""
        if self.unbraced_number() and len(self.token.text) > 1:
            self.fail("TeX は最初の 1 文字だけを読む。波括弧で囲む")
        if self.eat("{"):
            return self.closed("}")
        if self.token.kind in ("operator", "end") and not self.at("{"):
            self.fail(f"ここに {self.token.text or '式の終わり'} は書けない")
        return self.atom()

    def unbraced_number(self):
        return self.token.kind == "number" and self.latex[self.token.start] != "{"

    def parentheses(self, start):
        close = _PAIRS[self.eat(*_PAIRS)]
        outer, self.bar_closes = self.bar_closes, False
        items = [self.item()]
        while self.eat(","):
            items.append(self.item())
        self.bar_closes = outer
        self.need(close)
        return self.node(start, "row", *items) if len(items) > 1 else self.node(start, "group", items[0])

    def item(self):
        start = self.token.start
        if self.eat(*_DOTS):
            return self.node(start, "dots")
        return self.condition()

    def closing_bar(self, read, *args):
        """\\| が閉じとして現れる場所を読む。"""
        outer, self.bar_closes = self.bar_closes, True
        result = read(*args)
        self.bar_closes = outer
        return result

    # ---- 関数の引数

    def called(self, start, function, power):
        close = {"(": ")", "[": "]"}[self.eat("(", "[")]
        arguments = [self.closing_bar(self.side)]
        while self.eat(",", r"\|", "|", r"\mid"):
            arguments.append(self.closing_bar(self.side))
        self.need(close)
        call = self.node(start, "call", function, *arguments)
        if self.builtin(function) and len(arguments) == 1 and self.at("^"):
            self.fail("累乗が引数に付くか関数の値に付くか決まらない。括弧を書く")
        return self.node(start, "power", call, power) if power else call

    def applied(self, start, function, power):
        """\\log y のように括弧のない引数。因子一つだけで、うしろに積が続いてはならない。"""
        argument = self.factor()
        if self.starts_factor() or self.at(r"\cdot", r"\times", "/"):
            self.fail("関数の引数がどこまでか決まらない。括弧を書く")
        call = self.node(start, "call", function, argument)
        return self.node(start, "power", call, power) if power else call

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
        """{添字} か、一字句の添字。"""
        if self.eat("{"):
            inner = self.index()
            self.need("}")
            return inner
        return self.index_atom()

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
        return self.atom()

    # ---- 分数と微分

    def fraction(self, start):
        derivative = self.differential()
        if derivative:
            return self.derivative(start, derivative)
        token = self.token
        if self.unbraced_number() and len(token.text) == 2:
            self.position += 1
            top = Node("number", (token.text[0],), token.start, token.start + 1)
            bottom = Node("number", (token.text[1],), token.start + 1, token.end)
            return self.node(start, "fraction", top, bottom)
        top = self.group()
        return self.node(start, "fraction", top, self.group())

    def differential(self):
        """\\frac のうしろが微分なら、その印 d か \\partial。"""
        after = self.tokens[self.position + 1] if self.at("{") else self.token
        return after.text if after.kind in ("letter", "command") and after.text in ("d", r"\partial") else None

    def derivative(self, start, mark):
        inside = self.eat("{")
        self.need(mark)
        if self.at("^"):
            self.fail("高階の微分はまだ読めない")
        operand = self.closed("}") if inside else None
        if operand and operand.op in ("add", "subtract", "negative"):
            self.fail("どこまでを微分するのか決まらない。括弧を書く", operand.span)
        self.need("{")
        self.eat(mark) or self.fail(f"分母に {mark} がない")
        variable = self.factor()
        self.need("}")
        if operand is None:
            operand = self.operand()
        return self.node(start, "derivative", operand, variable)

    def nabla(self, start):
        if not self.eat("_"):
            self.fail("何についての勾配か分からない。\\nabla_w のように書く")
        variable = self.group()
        if self.at("_"):
            variable = self.subscript(variable.start, variable)
        return self.node(start, "derivative", self.operand(), variable)

    def operand(self):
        """微分される因子一つ。"""
        inner = self.factor()
        if self.starts_factor():
            self.fail("どこまでを微分するのか決まらない。括弧を書く")
        return inner

    # ---- 総和、総乗、最大、最小

    def big(self, start, op):
        self.need("_")
        low = high = None
        if self.eat("{"):
            index = self.atom()
            low = self.sum() if self.eat("=") else None
            self.need("}")
        else:
            index = self.atom()
        if index.op != "symbol" or self.symbols[index.args[0]].type.kind != "integer":
            self.fail("総和などの添字は宣言した整数にする", index.span)
        if self.eat("^"):
            high = self.group()
        if (low is None) != (high is None):
            self.fail("総和などの端は、両方書くか、両方略す")
        body = self.product() if op == "sum" else self.factor()
        if op != "sum" and (self.starts_factor() or self.at(r"\cdot", r"\times", "/")):
            self.fail("どこまでが範囲か決まらない。括弧を書く")
        return self.node(start, "big", op, index, low, high, body)
