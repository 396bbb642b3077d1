"""括弧、絶対値、関数の引数のように、一つの字句から始まる形の読み方。Parser の下の階。"""

import contextlib
import difflib

from .calculus import AVERAGE, BIG, Calculus
from .scripts import Scripts

DOTS = (r"\vdots", r"\ldots", r"\cdots")
_DEPTH = 80  # 因子と原子の入れ子
_PAIRS = {"(": ")", "[": "]", r"\{": r"\}"}
_FENCES = {r"\lvert": (r"\rvert", "absolute"), r"\lVert": (r"\rVert", "norm"),
           r"\lfloor": (r"\rfloor", "floor"), r"\lceil": (r"\rceil", "ceiling")}  # fmt: skip
# 波括弧は見えないので、囲んでも囲まなくても同じに組まれる形だけを囲める
_SOLID = {"symbol", "number", "group", "index", "call", "fraction", "sqrt", "root", "matrix", "row", "norm", "lnorm",
          "absolute", "floor", "ceiling", "binomial", "inner", "prime", "average"}  # fmt: skip
_TERM = {"multiply", "dot", "times", "divide", "power", "transpose"}


class Structures(Calculus, Scripts):
    """一つの字句から始まる形を読む。字句を進める道具は Parser にある。"""

    def atom(self):
        with self.nested():
            return self.primary()

    @contextlib.contextmanager
    def nested(self):
        """入れ子の数を数え、深すぎる式は断る。"""
        self.depth += 1
        if self.depth > _DEPTH:
            self.fail("入れ子が深すぎる")
        yield
        self.depth -= 1

    def primary(self):
        start, token = self.token.start, self.token
        leading, self.leading = self.leading, False
        if token.text in (r"\max", r"\min") and self.tokens[self.position + 1].text == "_":
            self.position += 1
            return self.big(start, BIG[token.text])
        if token.kind in ("symbol", "number"):
            self.position += 1
            return self.node(start, token.kind, token.text)
        if self.at(*_PAIRS):
            return self.parentheses(start)
        if self.eat("{"):
            return self.invisible(leading)
        if fence := self.eat(*_FENCES):
            close, op = _FENCES[fence]
            return self.node(start, op, self.closed(close))
        if self.eat(r"\langle"):
            return self.inner(start)
        if self.eat(r"\lnot"):
            return self.node(start, "not", self.factor())
        if self.eat(r"\sqrt"):
            degree = self.closed("]") if self.eat("[") else None
            return self.node(start, "root", self.group(), degree) if degree else self.node(start, "sqrt", self.group())
        if self.eat(r"\frac"):
            return self.fraction(start)
        if self.eat(r"\binom"):
            return self.node(start, "binomial", self.group(), self.group())
        if op := self.eat(*BIG):
            return self.big(start, BIG[op])
        if op := self.eat(*AVERAGE):
            return self.average(start, AVERAGE[op])
        if self.eat(r"\nabla"):
            return self.nabla(start)
        if self.eat(r"\underbrace", r"\overbrace"):
            return self.labelled(start)
        if self.at(r"\begin{pmatrix}", r"\begin{bmatrix}"):
            return self.matrix(start)
        if self.eat(r"\begin{cases}"):
            return self.cases(start)
        return self.unknown()

    def unknown(self):
        text = self.token.text or "式の終わり"
        if text in ("|", r"\|"):
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

    def invisible(self, leading):
        """項の中の {…}。組むと見えないので、囲まなくても同じ形か、囲みが積の全体のときだけを許す。"""
        inner = self.side()
        if self.eat(r"\choose"):
            inner = self.node(inner.start, "binomial", inner, self.side())
        self.need("}")
        alone = leading and inner.op in _TERM and not (self.starts_factor() or self.at("^", "_", "'", "!"))
        if (inner.op not in _SOLID and not alone) or (inner.op == "call" and self.at("^")):
            self.fail("波括弧は見えないので、まとまりが読み手に分からない。( ) で囲む", inner.span)
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
        opened = self.eat(*_PAIRS)
        items = [self.item()]
        while self.eat(","):
            items.append(self.item())
        if opened == r"\{" and (len(items) > 1 or items[0].op == "compare"):
            self.fail("集合は読めない", (start, self.token.end))
        self.need(_PAIRS[opened])
        return self.node(start, "row", *items) if len(items) > 1 else self.node(start, "group", items[0])

    def item(self):
        start = self.token.start
        if self.eat(*DOTS):
            return self.node(start, "dots")
        return self.condition()

    def inner(self, start):
        left = self.side()
        self.need(",")
        return self.node(start, "inner", left, self.closed(r"\rangle"))

    def labelled(self, start):
        """\\underbrace{…}_{\\text{…}}。名札は読み手への言葉なので、値を変えない。"""
        inner = self.group()
        if self.eat("_", "^"):
            if self.token.kind != "name" or not self.token.text.startswith(r"\text{"):
                self.fail("\\underbrace の名札は \\text で書く")
            self.position += 1
        return self.node(start, "group", inner)

    # ---- 関数の引数

    def called(self, start, function, power):
        close = _PAIRS[self.eat(*_PAIRS)]
        arguments = [self.argument(function)]
        while self.eat(",", ";", r"\|", r"\mid") or (self.eat("|") and (self.eat("|") or True)):
            arguments.append(self.side())
        self.need(close)
        call = self.node(start, "call", function, *arguments)
        if self.builtin(function) not in ("", "max", "min") and len(arguments) > 1:
            self.fail("この関数の引数は一つ", call.span)
        if self.builtin(function) and len(arguments) == 1 and self.at("^"):
            self.fail("累乗が引数に付くか関数の値に付くか決まらない。括弧を書く")
        return self.node(start, "power", call, power) if power else call

    def argument(self, function):
        return self.condition() if self.builtin(function) == "indicator" else self.side()

    def applied(self, start, function, power):
        """\\log y のように括弧のない引数。因子一つだけで、うしろに積が続いてはならない。"""
        argument = self.factor()
        if self.starts_factor() or self.at(r"\cdot", r"\times", "/", r"\bmod"):
            self.fail("関数の引数がどこまでか決まらない。括弧を書く")
        call = self.node(start, "call", function, argument)
        return self.node(start, "power", call, power) if power else call

    def function_subscript(self, start, function):
        """\\log_2 の底と、1_{x > 0} の条件。"""
        builtin = self.builtin(function)
        if builtin == "log" and function.op == "symbol" and self.eat("_"):
            return self.node(start, "index", function, self.group())
        if builtin != "indicator":
            self.fail("関数に添字が付いている", function.span)
        self.need("_")
        self.need("{")
        close = _PAIRS.get(self.eat(*_PAIRS))
        condition = self.condition()
        if close:
            self.need(close)
        self.need("}")
        return self.node(start, "call", function, condition)
