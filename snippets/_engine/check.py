"""式と実装の照合。標本ごとに、式のすべての辺を 60 桁で、実装を float64 で求めて比べる。"""

from dataclasses import dataclass
from itertools import pairwise
from math import inf, isfinite, ulp

import numpy as np

from . import FormulaError
from .binding import component
from .carriers import DIGITS, Double, Exact, lifted, lowered
from .evaluate import Evaluator
from .logic import COMPARE
from .nodes import names
from .sampling import COUNT, Sampler
from .sharpness import ORDER, Sharpness
from .statements import needed
from .timing import SECONDS, TimeLimit, time_limit
from .values import Family, everywhere, flat, is_array, scalar, shape, shape_text, show

SIDES = (1e-40, 1e-45)  # 辺どうし。相対と絶対
CODE = (1e-9, 1e-12)  # 式と float64 の実装
THROUGH = (1e-6, 1e-9)  # 実装の値を流した関係
TIE = 2.0**-19  # 条件の境目に当たったとみなす幅
CONDITION = 8  # 条件は境目に当たるまで、この倍の標本を見る


@dataclass(frozen=True)
class Verdict:
    """通った式について分かったこと。

    kind は identity（等号でつながる辺がある）、bound（不等号だけ）、condition（真偽）、definition（辺が一つ）。
    scalar は、比べた辺がどれも数であること。
    ulp は実装の最大誤差を float64 の間隔で測ったもの、error は 1 より小さい値では絶対誤差、大きい値では相対誤差。
    どちらも、実装に結ばれない関係では None。
    """

    label: str
    points: int
    exhaustive: bool
    ulp: float | None
    error: float | None = None
    digits: int = DIGITS
    kind: str = "definition"
    scalar: bool = True


def check(formula, statements, scope, bound=None, seed=0, count=COUNT):
    """式を照合し Verdict を返す。合わなければ FormulaError。"""
    try:
        with time_limit(SECONDS):
            return Check(statements, scope, bound, seed, count).run(formula.label)
    except TimeLimit:
        where = f" — {bound.location}" if bound else ""
        raise FormulaError(f"{SECONDS:g} 秒たっても照合が終わらない{where}") from None


class Check:
    """一つの式の照合。"""

    def __init__(self, statements, scope, bound, seed, count):
        self.statements, self.scope, self.bound = statements, scope, bound
        self.ulp = self.error = 0.0 if bound else None
        self.condition, self.truths = False, {True: 0, False: 0}
        self.compared, self.scalar = 0, True
        self.sharpness = {}
        for statement in statements:
            if not bound and statement.kind != "relation":
                raise FormulaError("コロンのラベルは、定まったものどうしの関係にだけ使う。定義や値には実装がいる")
            if bound:
                self.pin(statement)
        nodes = [side for statement in statements for side in statement.evaluated]
        nodes += list(bound.arguments.values()) if bound else []
        self.sampler = Sampler(scope.symbols, needed(nodes, scope), seed, count)

    def run(self, label):
        for points, given in enumerate(self.points(), 1):  # noqa: B007
            try:
                self.point(given)
            except FormulaError as error:
                raise FormulaError(self.at(error.message, given), error.span) from None
            except (ArithmeticError, ValueError, TypeError, IndexError, KeyError, AttributeError) as error:
                raise FormulaError(self.at(f"計算できない（{type(error).__name__}: {error}）", given)) from error
        if not self.compared:
            raise FormulaError("添字の範囲がいつも空で、一度も比べていない")
        if self.condition and not all(self.truths.values()):
            only = "真" if self.truths[True] else "偽"
            raise FormulaError(f"条件が標本 {points} 点すべてで{only}になり、何も区別していない")
        for statement, k in self.sharpness:
            self.sharpness[statement, k].require(statement.sides[k + 1].span)
        return Verdict(label, points, self.sampler.exhaustive, self.ulp, self.error, DIGITS, self.kind, self.scalar)

    @property
    def kind(self):
        if self.condition:
            return "condition"
        relations = {relation for statement in self.statements for relation in statement.compared}
        return "identity" if "=" in relations else "bound" if relations else "definition"

    def points(self):
        """標本と、条件の境目に当たった標本のすぐ隣。"""
        for given in self.sampler:
            self.tied = False
            yield given
            if self.tied:
                yield from self.sampler.neighbours(given)

    def pin(self, statement):
        """左辺を実装に結びとめる。左辺を別の文字に書きかえれば、ここで止まる。"""
        left = statement.sides[0]
        if self.bound.left is not None and left != self.bound.left:
            raise FormulaError("左辺が front matter の arguments の左辺と違う", left.span)
        if statement.kind == "definition" and self.bound.left is None:
            if (statement.head[0] or "").endswith(("_", "^")):
                raise FormulaError("層や時刻の値の定義には、arguments に「左辺 = 引数, …」と書く", left.span)
            if left in self.bound.arguments.values():
                raise FormulaError("左辺は実装に渡す値なので、ここでは定義できない", left.span)
        leading = leading_names(statement)
        passed = [node.args[0] for node in self.bound.arguments.values() if node.op in ("symbol", "callable")]
        if len(self.statements) == 1 and leading != passed[: len(leading)]:
            message = f"左辺の {', '.join(leading)} が、実装の引数の先頭に並んでいない — {self.bound.location}"
            raise FormulaError(message, left.span)

    def point(self, given):
        """標本一点で、すべての文を比べる。"""
        exact = Evaluator(Exact, self.scope, lifted(given))
        passed = set().union(*map(names, self.bound.arguments.values())) if self.bound else set()
        once = None
        for k, statement in enumerate(self.statements):
            for here, spans in statement.instances(exact):
                if self.bound and (once is None or passed & spans.keys()):
                    once = self.code_at(here)
                part = [(here.given[n] - span[0], len(span)) for n, span in spans.items() if n not in passed]
                self.compare(statement, here, component(once[k], part) if self.bound else None)

    def code_at(self, exact):
        """文ごとの実装の値。"""
        result = self.bound.call({name: exact.value(node) for name, node in self.bound.arguments.items()})
        if len(self.statements) == 1:
            result = result if isinstance(result, tuple) else (result,)
        if not isinstance(result, tuple) or len(result) != len(self.statements):
            count = len(self.statements)
            raise FormulaError(f"文は {count} 個あるので、実装は同じ数の組を返す — {self.bound.location}")
        return result

    def compare(self, statement, here, got):
        self.compared += 1
        sides = [here.value(side) for side in statement.evaluated]
        if isinstance(got, bool) and statement.kind == "relation":
            return self.compare_condition(statement, sides, got)
        self.compare_sides(statement, sides)
        if self.bound:
            if statement.kind == "relation" and statement.relations[0] != "=":
                raise FormulaError("不等式は、真偽を返す関数か、コロンのラベルに結ぶ", statement.node.span)
            self.compare_code(sides[0], got)
        else:
            self.compare_through(statement, here, sides)

    def compare_condition(self, statement, sides, got):
        if not self.condition:
            self.condition = True
            self.sampler.extend(CONDITION)
        self.tied = self.tied or any(np.any(abs(a - b) <= TIE * (1 + abs(b))) for a, b in pairwise(sides))
        pairs = zip(statement.relations, sides, sides[1:], strict=False)
        truth = all(everywhere(holds(relation, a, b, exactly=True)) for relation, a, b in pairs)
        self.truths[truth] += 1
        if truth != got:
            raise FormulaError(f"式と実装が一致しない — {self.bound.location}\n  式 {show(truth)}  実装 {show(got)}")

    def compare_sides(self, statement, sides):
        shift = len(statement.sides) - len(sides)
        for k, (relation, a, b) in enumerate(zip(statement.compared, sides, sides[1:], strict=False)):
            if is_array(a) != is_array(b) or shape(a) != shape(b):
                raise FormulaError(f"辺の形が違う: {shape_text(a)} と {shape_text(b)}", statement.node.span)
            if relation == "!=":
                raise FormulaError("≠ は、真偽を返す実装に結んだ条件にだけ使う", statement.node.span)
            self.scalar &= not is_array(a)
            if relation in ORDER:
                gauge = self.sharpness.setdefault((statement, k + shift), Sharpness(relation))
                gauge.note(a, b)
            if not everywhere(holds(relation, a, b)):
                position = k + 1 + shift
                sign = "一致しない" if relation == "=" else f"関係 {relation} を満たさない"
                message = f"式の {position} 番目と {position + 1} 番目の辺が{sign}\n  {show(a)}  と  {show(b)}"
                raise FormulaError(message, statement.sides[k + 1 + shift].span)

    def compare_code(self, want, got):
        where = self.bound.location
        got = float(got) if isinstance(got, bool) else got
        want = want if not isinstance(want, bool) else float(want)
        if shape(want) != shape(got):
            raise FormulaError(f"実装の形が式と違う — {where}\n  式 {shape_text(want)}  実装 {shape_text(got)}")
        for w, g in zip(flat(want), flat(got), strict=True):
            error = abs(w - g) if isfinite(g) else inf
            if not error <= CODE[1] + CODE[0] * abs(w):
                detail = f"式 {show(want)}  実装 {show(got)}"
                raise FormulaError(f"式と実装が一致しない — {where}\n  {detail}")
            self.ulp = max(self.ulp, float(error / ulp(w)))
            self.error = max(self.error, float(error / max(1, abs(w))))

    def compare_through(self, statement, here, sides):
        """名に結ばれた実装を通した float64 の値が、60 桁の値から離れないこと。"""
        double = Evaluator(Double, self.scope, {k: lowered(v) for k, v in here.given.items()}, through_code=True)
        with np.errstate(all="ignore"):
            found = [double.value(side) for side in statement.sides]
        for side, want, got in zip(statement.sides, sides, found, strict=True):
            for w, g in zip(flat(want), flat(got), strict=True):
                if not abs(float(g) - float(w)) <= THROUGH[1] + THROUGH[0] * abs(float(w)):
                    detail = f"式 {show(want)}  実装 {show(scalar(np.asarray(got)))}"
                    raise FormulaError(f"実装を通した値が式の値から離れる\n  {detail}", side.span)

    def at(self, message, given):
        """反例の標本を添える。"""
        shown = [
            f"{name} = {show(value)}"
            for name, value in given.items()
            if not callable(value) and not isinstance(value, Family)
        ]
        if not shown or "\n" not in message:
            return message + (f"\n  {', '.join(shown)} のとき" if shown else "")
        head, detail = message.split("\n", 1)
        return f"{head}\n  {', '.join(shown)} のとき  {detail.strip()}"


def leading_names(statement):
    """実装の引数の先頭に並ぶべき記号の名。更新する記号か、定義の左辺の引数。"""
    if statement.kind == "update":
        base, *indices = statement.sides[0].args if statement.sides[0].op == "index" else [statement.sides[0]]
        if base.op != "symbol" or any(index.op != "symbol" for index in indices):
            raise FormulaError("← の左辺は、文字か、添字を一つ付けた文字にする", statement.sides[0].span)
        return [base.args[0]]
    return list(statement.head[1] or ()) if statement.kind == "definition" else []


def holds(relation, a, b, exactly=False):
    """関係が成り立つか。等号と等号つき不等号は、丸めの分だけゆるめる。"""
    difference = a - b
    if relation in ("!=", "<", ">"):
        return COMPARE[relation](difference, 0)
    slack = 0 if exactly else SIDES[1] + SIDES[0] * abs(b)
    if relation == "=":
        return abs(difference) <= slack
    return difference <= slack if relation == "<=" else difference >= -slack
