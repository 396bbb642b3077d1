"""行列、場合分け、揃えた式のように、& と \\\\ で並べる形の読み方。Parser と Structures のあいだの階。"""

from .nodes import Node
from .structures import Structures

_OTHERWISE = tuple(
    rf"{font}{{{word}}}"
    for font in (r"\text", r"\mathrm", r"\operatorname")
    for word in ("otherwise", "otherwise.", "otherwise,", "if otherwise", "else", "それ以外", "その他")
)
_IF = tuple(rf"{font}{{{word}}}" for font in (r"\text", r"\mathrm") for word in ("if", "for", "when"))


def joined(tokens):
    """aligned の中で、\\\\ & + や \\\\ & - と続く行を、前の行につないだ字句の並び。"""
    result, inside, k = [], [], 0
    texts = [*(token.text for token in tokens), "", ""]
    while k < len(tokens):
        text = texts[k]
        if text.startswith(r"\begin{"):
            inside.append(text)
        elif text.startswith(r"\end{") and inside:
            inside.pop()
        after = k + 1
        if text == "\\\\" and inside[-1:] == [r"\begin{aligned}"] and texts[after] == "&":
            after += 1
            while texts[after] in (r"\quad", r"\qquad"):
                after += 1
            if texts[after] in ("+", "-"):
                k = after
                continue
        result.append(tokens[k])
        k += 1
    return result


class Layouts(Structures):
    """行と列に並べた形を読む。"""

    def rows(self, end, item):
        rows = [[item()]]
        while not self.eat(end):
            if self.eat("&"):
                rows[-1].append(item())
            elif self.eat("\\\\"):
                if self.eat(end):
                    break
                rows.append([item()])
            else:
                self.fail("ここには & か \\\\ がいる")
        return rows

    def matrix(self, start):
        end = self.eat(r"\begin{pmatrix}", r"\begin{bmatrix}").replace("begin", "end")
        rows = [Node("cells", tuple(row), row[0].start, row[-1].end) for row in self.rows(end, self.item)]
        return self.node(start, "matrix", *rows)

    def cases(self, start):
        branches = []
        for row in self.rows(r"\end{cases}", self.case):
            if len(row) != 2:
                self.fail("場合分けの行は「値 & 条件」と書く")
            branches.append(Node("branch", tuple(row), row[0].start, row[1].end))
        return self.node(start, "cases", *branches)

    def case(self):
        self.eat(r"\quad", r"\qquad")
        start = self.token.start
        if self.eat(*_OTHERWISE):
            return self.node(start, "otherwise")
        self.eat(*_IF)
        return self.condition()

    def aligned(self):
        """aligned の行。関係で始まる行は前の行の続き。"""
        self.need(r"\begin{aligned}")
        result = []
        while not self.eat(r"\end{aligned}"):
            start, sides, relations = self.token.start, [], []
            self.eat("&")
            if self.at("+"):
                self.fail("+ で始まる行は、前の行の続きなら & を先に書く" if result else "最初の行が + で始まる")
            relation = self.relation()
            if relation and not result:
                self.fail("最初の行に左辺がない")
            if relation:
                last = result.pop()
                start, relations, sides = last.start, [*last.args[0], relation], list(last.args[1:])
                self.eat("&")
            sides.append(self.side())
            while self.eat("&") or self.at("=", r"\le", r"\ge", "<", ">", r"\leftarrow"):
                if relation := self.relation():
                    self.eat("&")
                    relations.append(relation)
                    sides.append(self.side())
                elif not self.at("\\\\"):
                    self.fail("& のうしろに関係がない")
            self.eat(",")
            result.append(self.chained(start, relations, sides))
            if not self.eat("\\\\") and not self.at(r"\end{aligned}"):
                self.fail("ここには \\\\ がいる")
        return result
