"""文と関係の読み方。= や ≤ や ← でつないだ辺、条件、場合分けの and と or。"""

from .nodes import depth, free_names
from .scripts import leftmost

RELATIONS = {"=": "=", r"\leftarrow": "<-", "<": "<", ">": ">", r"\le": "<=", r"\ge": ">=", r"\ne": "!="}
WRITTEN = {relation: sign for sign, relation in RELATIONS.items()}
LOGIC = {r"\land": "and", r"\lor": "or", r"\oplus": "xor"}
_WORDS = {r"\text{and}": "and", r"\text{or}": "or"}
_HEIGHT = 120  # 木の高さ。長い和も左へ深くなる


class Relations:
    """辺をつないで文にする。字句を進める道具は Parser にある。"""

    def statements(self):
        if self.at(r"\begin{aligned}"):
            result = self.aligned()
        else:
            result = [self.chain()]
            while self.eat(",", ";"):
                self.eat(r"\quad", r"\qquad")
                result.append(self.chain())
        if self.token.kind != "end":
            self.fail(f"ここから先が読めない: {self.token.text}")
        for statement in result:
            if depth(statement) > _HEIGHT:
                self.fail("式が長すぎる。途中に名前を付けて分ける", statement.span)
        return result

    def chain(self):
        start, sides, relations = self.token.start, [self.side()], []
        while relation := self.relation():
            relations.append(relation)
            sides.append(self.side())
        return self.chained(start, relations, sides)

    def chained(self, start, relations, sides):
        """関係でつないだ辺。:= は、左の文字が右にもあれば更新、なければ定義である。"""
        if len(relations) > 1:
            self.refuse_bare_logic(sides)
        if relations[:1] == [":="]:
            target = leftmost(sides[0])
            name = (target.args[0] if target.op == "index" else target).args[:1]
            relations = ["<-" if {*name} & free_names(sides[1]) else "=", *relations[1:]]
        if ":=" in relations or ("<-" in relations and len(relations) > 1):
            self.fail(":= や ← にほかの関係は並べられない", (start, sides[-1].end))
        return self.node(start, "chain", tuple(relations), *sides)

    def relation(self):
        if self.eat(r"\coloneqq") or (self.eat(":") and self.need("=")):
            return ":="
        found = self.eat(*RELATIONS)
        return RELATIONS[found] if found else None

    def refuse_bare_logic(self, sides):
        for side in sides:
            if side.op in LOGIC.values():
                self.fail("論理記号と関係が並ぶときは括弧がいる", side.span)

    def condition(self):
        """括弧や場合分けの中。比較と、and や or でつないだ比較も許す。"""
        start, left, used = self.token.start, self.comparison(), set()
        while self.at(*_WORDS):
            op = _WORDS[self.eat(*_WORDS)]
            used.add(op)
            if len(used) > 1:
                self.fail("種類の違う論理の語が並んでいる")
            left = self.node(start, op, left, self.comparison())
        return left

    def comparison(self):
        start, sides, relations = self.token.start, [self.side()], []
        if self.eat(r"\in"):
            return self.membership(start, sides[0])
        while not self.at(r"\leftarrow", r"\coloneqq", ":") and (relation := self.relation()):
            relations.append(relation)
            sides.append(self.side())
        if not relations:
            return sides[0]
        self.refuse_bare_logic(sides)
        return self.node(start, "compare", tuple(relations), *sides)

    def membership(self, start, middle):
        """x \\in [a, b) は a ≤ x < b。"""
        left = "<=" if self.eat("[") else self.need("(") and "<"
        low = self.sum()
        self.need(",")
        high = self.sum()
        right = "<=" if self.eat("]") else self.need(")") and "<"
        return self.node(start, "compare", (left, right), low, middle, high)
