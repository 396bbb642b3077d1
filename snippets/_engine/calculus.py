"""微分、勾配、総和、総乗、最大、最小、期待値、分散の読み方。"""

from .nodes import Node, free_names
from .scripts import is_symbol, leftmost

BIG = {r"\sum": "sum", r"\prod": "product", r"\max": "max", r"\min": "min",
       r"\operatorname*{argmax}": "argmax", r"\operatorname*{argmin}": "argmin"}  # fmt: skip
AVERAGE = {r"\mathbb{E}": "mean", r"\operatorname{Var}": "variance"}
_ORDERS = tuple("23456789")


class Calculus:
    """範囲や変数を従える記号を読む。字句を進める道具は Parser にある。"""

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
        top, bottom = self.group(), self.group()
        if bottom.op == "multiply" and all(is_symbol(leftmost(part), "d") for part in (top, bottom)):
            self.fail("微分か、文字 d の積か決まらない", (start, bottom.end))
        return self.node(start, "fraction", top, bottom)

    def differential(self):
        """\\frac のうしろが微分なら、その印 d か \\partial。"""
        after = self.tokens[self.position + 1] if self.at("{") else self.token
        return after.text if after.kind in ("letter", "command") and after.text in ("d", r"\partial") else None

    def derivative(self, start, mark):
        inside = self.eat("{")
        self.need(mark)
        order = self.derivative_order() if self.eat("^") else 1
        operand = self.closed("}") if inside and not self.eat("}") else None
        if operand and operand.op in ("add", "subtract", "negative"):
            self.fail("どこまでを微分するのか決まらない。括弧を書く", operand.span)
        self.need("{")
        variables = []
        while self.eat(mark):
            variable = self.factor()
            count = 1
            if variable.op == "power" and variable.args[1].op == "number" and variable.args[1].args[0] in _ORDERS:
                variable, count = variable.args[0], int(variable.args[1].args[0])
            if variable.op not in ("symbol", "index", "group"):
                self.fail("何について微分するのか決まらない", variable.span)
            variables += [variable] * count
        if not variables:
            self.fail(f"分母に {mark} がない")
        self.need("}")
        if len(variables) != order:
            self.fail("分子と分母で微分の階数が違う", (start, self.tokens[self.position - 1].end))
        result = self.operand() if operand is None else operand
        for variable in reversed(variables):
            result = self.node(start, "derivative", result, variable)
        return result

    def derivative_order(self):
        if self.token.kind != "number" or self.token.text not in _ORDERS:
            self.fail("微分の階数は 2 から 9 の数で書く")
        self.position += 1
        return int(self.tokens[self.position - 1].text)

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
        indices, low, condition = self.bounds()
        for index in indices:
            if index.op != "symbol" or self.symbols[index.args[0]].type.kind != "integer":
                self.fail("総和などの添字は宣言した整数にする", index.span)
        high = self.group() if self.eat("^") else None
        if (low is None) != (high is None):
            self.fail("総和などの端は、両方書くか、両方略す")
        self.bound += [index.args[0] for index in indices]
        body = self.product() if op == "sum" else self.range_body(op, indices)
        del self.bound[-len(indices) :]
        if condition:
            body = self.node(condition.start, "restricted", condition, body)
        for index in reversed(indices):
            body = self.node(start, "big", op, index, low, high, body)
        return body

    def bounds(self):
        """(添字の並び, 下の端, 条件)。{i=1}、{i,j}、{j \\ne i}、{j=1, j \\ne i}。"""
        braced = self.eat("{")
        indices, low, condition = [self.index_atom()], None, None
        while braced and not self.eat("}"):
            last = indices[-1]
            if low is None and not condition and self.eat("="):
                low = self.sum()
            elif not condition and self.eat(r"\ne"):
                condition = self.node(last.start, "compare", ("!=",), last, self.sum())
            elif not condition and self.eat(","):
                indices.append(self.index_atom())
            else:
                self.fail("総和などの範囲は {i=1}、{i,j}、{j \\ne i} のように書く")
        distinct = list(dict.fromkeys(indices))
        if condition and (len(distinct) > 1 or len(indices) > 2):
            self.fail("条件の付いた総和の添字は一つにする", condition.span)
        return distinct, low, condition

    def reuses_index(self):
        """次が、同じ添字の総和か。\\sum_i a_i \\sum_i b_i は、入れ子ではなく、二つの総和の積である。"""
        if not self.at(*BIG):
            return False
        following = self.tokens[self.position + 2 : self.position + 4]
        index = next((token for token in following if token.kind == "symbol" or token.text != "{"), self.token)
        return index.kind == "symbol" and index.text in self.bound

    def range_body(self, op, indices):
        """総乗や最大の及ぶところ。因子が続くときは、最後の因子にも添字があれば、積の全体に及ぶ。"""
        body = self.factor()
        if (self.starts_factor() and not self.reuses_index()) or self.at(r"\cdot", r"\times", "/", r"\bmod"):
            factors = [body]
            while self.starts_factor() and not self.reuses_index():
                factors.append(self.factor())
            inner = {index.args[0] for index in indices}
            if self.at(r"\cdot", r"\times", "/", r"\bmod") or not inner & free_names(factors[-1]):
                self.fail("どこまでが範囲か決まらない。括弧を書く", factors[1].span if factors[1:] else None)
            for factor in factors[1:]:
                body = self.node(body.start, "multiply", body, factor)
        return body

    # ---- 期待値、分散

    def average(self, start, op):
        """E[…] は中の確率変数について、E_{k \\sim p}[…] は確率 p で選ぶ添字 k についての平均。"""
        index = law = None
        if self.eat("_"):
            self.need("{")
            index = self.index_atom()
            if index.op != "symbol" or self.symbols[index.args[0]].type.kind != "integer":
                self.fail("\\sim の左は、宣言した整数の添字にする", index.span)
            self.need(r"\sim")
            law = self.side()
            self.need("}")
        if not self.eat("["):
            self.fail("期待値と分散の中は [ ] で囲む")
        return self.node(start, "average", op, index, law, self.closed("]"))
