"""文中の式には、どれにも判定が付く。偽の関係は、どの種類としても通らない。"""

import re
from functools import cache
from pathlib import Path

import pytest

from snippets._engine import FormulaError
from snippets._engine.book import read_book
from snippets._engine.page import INLINE_MATH, Page, Span
from snippets._engine.parser import parse
from snippets._engine.reading import Reading
from snippets._engine.scope import Scope
from snippets._engine.spans import judge, scope_of_prose
from snippets._engine.statements import classify, define
from snippets._engine.symbols import Symbols

DECLARED = {
    "x, y, b": "R", "p": "(0, 1)", "a": "R+", "n": "2..4", "i": "1..n", "w, v": "R^n", "h": "simplex^n", "s": "bit",
    "E": "R(w)", r"\sigma": "fn", "f, g": "fn abstract", "z": "R", "c": "R",
}  # fmt: skip
DEFINED = [r"\sigma(x) = \frac{1}{1 + e^{-x}}", "z = w^\\top v + b", "c = 3"]


@cache
def scope():
    """σ と z と c だけが式で決まっている、小さなページ。"""
    result = Scope(Symbols(DECLARED))
    for latex in DEFINED:
        (node,) = parse(latex, result.symbols)
        define(classify(node, result), result, None)
    return result


def kind(tex, mark="", reason=""):
    return judge(Span(1, tex, mark, reason), scope())[0]


def refusal(tex, mark="", reason=""):
    with pytest.raises(FormulaError) as caught:
        judge(Span(1, tex, mark, reason), scope())
    return caught.value.message


@pytest.mark.parametrize(
    "tex",
    ["x", "w_i", r"\sigma", r"\sigma'", r"\sigma()", "f()", r"\sigma(x)", "(w_1, w_2)", r"w^\top v + b", r"\frac{1}{a}",
     r"\nabla_w E", r"\frac{\partial z}{\partial b}", r"\sum", r"\odot", r"-\infty", r"\tan", r"\arctan", r"\tanh",
     "z =", r"1 + 2 =", "n", "3"],
)  # fmt: skip
def test_mention_is_read(tex):
    """記号と、値を持つ式と、右辺を本文にあずけた式は、言及である。"""
    assert kind(tex) == "mention"


@pytest.mark.parametrize(
    ("tex", "message"),
    [
        ("u", "宣言されていない文字"),
        (r"\frac{x}{u}", "宣言されていない文字"),
        (r"\pm x", "知らない書き方"),
        ("|x|x|x|", "縦棒"),
        ("x()", "() は関数の名にだけ付く"),
        (r"\lVert x \rVert", "縦ベクトル"),
        (r"\log(-a)", "実数にならない"),
        ("w_5", "範囲"),
        ("", ""),
    ],
)
def test_unreadable_mention_is_refused(tex, message):
    """宣言のない文字と、値を持ちえない式は、言及として通らない。"""
    assert re.search(message, refusal(tex))


@pytest.mark.parametrize(
    "tex",
    [r"\sigma(0) = \frac{1}{2}", r"\sigma(x) < 1", r"\sigma'(x) = \sigma(x)(1 - \sigma(x))", "1 + 2 = 3",
     r"\frac{\partial z}{\partial w} = v", r"\lvert x y \rvert = \lvert x \rvert \lvert y \rvert", r"2c = 6",
     r"\sum_{i=1}^{n} h_i = 1", r"0 < p < 1"],
)  # fmt: skip
def test_true_relation_is_proved(tex):
    """いつでも成り立つ関係は、ラベルの付いた式と同じように証明される。"""
    found, evidence = judge(Span(1, tex), scope())
    assert (found, evidence.level) == ("statement", "proved")


@pytest.mark.parametrize(
    "tex",
    [r"\sigma(x) = 0.2", r"\sigma(0) = 1", "1 + 2 = 4", r"w^\top v = 0", r"x + y > 0", r"\lvert x \rvert = a", "c = 4",
     r"\sigma(x) > \frac{1}{2}", "0 < x", "4 > x", r"\frac{\partial z}{\partial w} = w", "2c = 7"],
)  # fmt: skip
def test_false_relation_is_refused(tex):
    """いつもは成り立たない関係は断られ、条件の書き方が添えられる。"""
    assert "いつもは成り立たない条件なら {when}$…$ と書く" in refusal(tex)


def test_refusal_shows_a_counterexample():
    """断りには、成り立たない標本とその両辺の値が付く。"""
    assert re.search(r"x = 0 のとき\s+0\.5\s+と\s+0\.2", refusal(r"\sigma(x) = 0.2"))


@pytest.mark.parametrize(
    "tex",
    ["x = 0", r"x \ne 0", "x > 0", "w = (1, 2)", "w_1 = w_2 = 1", "w_i = 2", "n = 3", "p = 0.5", r"a = \ln 3", "s = 1",
     "f(x) = 2x + 1", r"f = \tanh", "f = g", "a = f(x)", "y = 3x + 2", r"x = \ln\frac{0.2}{0.8} = -\ln 4", "z = 0",
     r"z = \ln 2", r"w \leftarrow w - a v", "x = 1, y = 2", "E = w_1^2", r"p \le \frac{1}{2}"],
)  # fmt: skip
def test_setting_gives_a_value(tex):
    """動かせる文字や任意の関数に、値や範囲を与えられる。"""
    assert kind(tex) == "setting"


def test_tail_of_a_setting_is_proved():
    """与えた値の続きの等式には、証拠が付く。"""
    found, evidence = judge(Span(1, r"x = \ln\frac{0.2}{0.8} = -\ln 4"), scope())
    assert (found, evidence.level) == ("setting", "proved")


@pytest.mark.parametrize(
    ("tex", "why"),
    [
        (r"x = \ln\frac{0.2}{0.8} = \ln 4", "続きの等式が偽"),
        (r"z = w^\top v - b", "式の決めた値と違う"),
        ("z = b", "式の決めた値と違う"),
        ("b = z", "自分で決まる値を自分に与える"),
        ("x = x + 1", "自分を使った値"),
        ("x > x + 1", "自分を使った範囲"),
        ("w_1 = -w_2", "成分どうしの方程式"),
        ("w = 2", "配列に数"),
        ("x = (1, 2)", "数に組"),
        (r"x = \tanh", "数に関数"),
        ("f = x", "関数に数"),
        (r"\sigma = \tanh", "式で定めた関数"),
        (r"\sigma(x) = 2x", "式で定めた関数"),
        ("f < g", "関数の大小"),
        (r"w + v \leftarrow w", "文字でない左辺"),
        (r"w \leftarrow 2", "配列に数"),
        (r"x = \log(-1)", "値がない"),
        ("x = u", "宣言のない文字"),
    ],
)
def test_wrong_setting_is_refused(tex, why):
    """値を与える形をしていても、与えられない関係は断られる。"""
    assert refusal(tex), why


@pytest.mark.parametrize("tex", ["p = 2", "p = 1", "a = -1", "a = 0", "n = 5", "n = 2.5", "s = 3", r"p = \ln 3"])
def test_value_outside_the_declared_type_is_refused(tex):
    """宣言した型の外の値は、与えられない。"""
    assert "の外" in refusal(tex)


CONDITIONS = [r"\sigma(x) = 0.2", r"w^\top v + b > 0", "wv = 0", r"\lvert x \rvert = a", "x = y = 0"]


@pytest.mark.parametrize("tex", CONDITIONS)
def test_marked_condition_is_read(tex):
    """{when} の付いた条件は、値を計算できれば通る。"""
    assert kind(tex, "when") == "condition"


@pytest.mark.parametrize(
    ("tex", "message"),
    [
        (r"\sigma(x) < 1", "いつでも成り立つ"),
        ("1 + 2 = 3", "いつでも成り立つ"),
        ("1 + 2 = 4", "一致しない"),
        (r"\sigma(0) = 1", "一致しない"),
        ("c = 4", "一致しない"),
        (r"\sigma = \tanh", "比べられない"),
        (r"\sigma(x)", "関係のない式"),
        ("w = 2", "数と配列"),
        (r"w \leftarrow w + v", "← は値を与える"),
        (r"\log(-a) = 1", "実数にならない"),
        (r"\sigma(u) = 0.2", "宣言されていない文字"),
    ],
)
def test_wrong_condition_is_refused(tex, message):
    """いつでも成り立つ条件、いつも成り立たない条件、計算できない条件は断られる。"""
    assert re.search(message, refusal(tex, "when"))


def test_exemption_needs_a_reason():
    """理由のある免除だけが通り、知らない印は断られる。"""
    assert kind(r"\partial f(0)", "exempt", "集合の値") == "exempt"
    for mark, reason in [("exempt", ""), ("exempt", " "), ("when", "理由"), ("wehn", "")]:
        assert "{exempt:理由}" in refusal("x", mark, reason)


@pytest.mark.parametrize(
    ("text", "mark", "tex"),
    [("a {when}$x = 1$ b", "when", "x = 1"), ("{exempt:集合}$u$", "exempt:集合", "u"), ("{wehn}$x$", "wehn", "x"),
     ("{exempt}$x$", "exempt", "x"), ("$n_{in}$ と $x$", None, "n_{in}")],
)  # fmt: skip
def test_mark_is_found_before_the_dollar(text, mark, tex):
    """ドルの直前の波括弧は、つづりを誤っていても印として読まれ、本文に残らない。"""
    match = INLINE_MATH.search(text)
    assert (match[1], match[2]) == (mark, tex)


@cache
def judged():
    """本物のページの、文中の式とその判定。"""
    library, found = read_book(), []
    for page in library.values():
        reading = Reading(page, library, [])
        for _ in reading:
            pass
        prose = scope_of_prose(page, reading.scope)
        found += [(prose, span, *judge(span, prose)) for span in page.spans]
    return found


def test_every_span_of_the_book_has_a_verdict():
    """本物のページの文中の式は、残らず五つの種類のどれかになる。"""
    spans = judged()
    assert len(spans) > 500
    assert {kind for *_, kind, _ in spans} == {"mention", "statement", "setting", "condition", "exempt"}
    assert all(evidence.level for *_, kind, evidence in spans if kind == "statement")


def test_exemptions_are_rare():
    """免除は十個以下で、全体の 2 % を超えず、どれも理由を持つ。"""
    exempt = [span for _, span, kind, _ in judged() if kind == "exempt"]
    assert len(exempt) <= min(10, 0.02 * len(judged()))
    assert all(len(span.reason.strip()) >= 4 for span in exempt)


def test_changed_numbers_of_the_book_are_refused():
    """本物のページの、いつでも成り立つ等式の最後の数を一つ増やすと、どれも断られる。"""
    equations = [(scope, span.tex) for scope, span, kind, _ in judged() if kind == "statement" and "=" in span.tex]
    changed = [(scope, re.sub(r"\d(?=\D*$)", lambda m: str(int(m[0]) + 1), tex)) for scope, tex in equations]
    changed = [pair for pair, original in zip(changed, equations, strict=True) if pair != original]
    assert len(changed) >= 8
    for scope, tex in changed:
        with pytest.raises(FormulaError, match=r"\{when\}"):
            judge(Span(1, tex), scope)


def test_own_abstract_function_is_kept():
    """任意の関数として宣言した f は、使うページの f に置きかわらない。"""
    library = read_book()
    page = library["activation.step"]
    assert "activation.sigmoid" in page.uses
    reading = Reading(page, library, [])
    for _ in reading:
        pass
    assert "f" not in reading.scope.definitions
    assert {r"\sigma"} <= reading.scope.definitions.keys()


def test_letters_that_clash_are_left_out_of_the_prose():
    """一つの式だけの文字が、本文の文字の成分と紛れるときは、本文からは見えず、例外にもならない。"""
    page = Page(Path("page.md"), "page", overrides={"page.f": {"w_1": "R — 重み", "q": "R — 数"}})
    prose = scope_of_prose(page, scope())
    assert "q" in prose.symbols and "w_1" not in prose.symbols
