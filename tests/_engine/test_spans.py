"""文中の式の判定。正しい関係は証明され、いつもは成り立たない関係は、印がなければ断られる。"""

from functools import cache

import pytest

from snippets._engine import FormulaError
from snippets._engine.book import read_book
from snippets._engine.evaluate import Scope
from snippets._engine.page import Span, read_page
from snippets._engine.parser import parse
from snippets._engine.reading import Reading
from snippets._engine.spans import judge, scope_of_prose
from snippets._engine.statements import classify, define
from snippets._engine.symbols import Symbols

DECLARED = {"x, y, b": "R", "n": "2..4", "i": "1..n", "w, v": "R^n", "z": "R", "f": "fn abstract", r"\sigma": "fn"}


@cache
def scope():
    """σ と z = wᵀv + b の定まった見本。"""
    made = Scope(Symbols(DECLARED))
    for latex in (r"\sigma(x) = \frac{1}{1 + e^{-x}}", r"z = w^\top v + b"):
        define(classify(parse(latex, made.symbols)[0], made), made, None)
    return made


@pytest.mark.parametrize(
    ("tex", "mark", "kind", "level"),
    [
        ("x", "", "mention", ""),
        (r"\sigma", "", "mention", ""),
        ("f()", "", "mention", ""),
        (r"\odot", "", "mention", ""),
        ("w_i", "", "mention", ""),
        (r"\sigma(x)", "", "mention", ""),
        ("z =", "", "mention", ""),
        (r"\frac{1}{x}", "", "mention", ""),
        (r"\sigma(0) = \frac{1}{2}", "", "statement", "proved"),
        (r"2 \times 3 - 1 = 5", "", "statement", "proved"),
        (r"\sigma(-x) = 1 - \sigma(x)", "", "statement", "proved"),
        (r"z = w^\top v + b", "", "statement", "proved"),
        ("x = 0", "", "setting", ""),
        ("y = 3x + 2", "", "setting", ""),
        ("w = v", "", "setting", ""),
        ("z = 0", "", "setting", ""),
        (r"x \ne 0", "", "setting", ""),
        ("f(x) = x^2", "", "setting", ""),
        (r"x = \ln\frac{0.2}{0.8} = -\ln 4", "", "setting", "proved"),
        (r"\sigma(x) = 0.2", "when", "condition", ""),
        (r"w^\top v > 0", "when", "condition", ""),
        (r"\pm 1", "exempt", "exempt", ""),
    ],
)
def test_kind_and_evidence(tex, mark, kind, level):
    """言及、関係、値の指定、条件、免除を見分け、関係には証拠の強さが付く。"""
    found, evidence = judge(Span(1, tex, mark, "理由" if mark == "exempt" else ""), scope())
    assert (found, evidence.level) == (kind, level)


@pytest.mark.parametrize(
    ("tex", "mark", "message"),
    [
        (r"\sigma(0) = \frac{1}{3}", "", "一致しない"),
        (r"\sigma(-x) = 1 + \sigma(x)", "", "{when}"),
        (r"z = w^\top v - b", "", "{when}"),
        (r"\sigma(x) = 0.2", "", "{when}"),
        (r"x = \ln\frac{0.2}{0.8} = \ln 4", "", "一致しない"),
        (r"x = 1 = 2", "", "一致しない"),
        (r"\sigma(-x) = 1 - \sigma(x)", "when", "いつでも成り立つ"),
        ("x = x", "", "何も言っていない"),
        ("u", "", "宣言されていない文字"),
        (r"\log 2x", "", "どこまでか決まらない"),
        (r"\frac{1}{x - x}", "", "分母が 0"),
    ],
)
def test_is_refused(tex, mark, message):
    """偽の関係、印のない条件、余計な印、宣言のない文字、値のない式は断られる。"""
    with pytest.raises(FormulaError, match=message.replace("{", r"\{")):
        judge(Span(1, tex, mark), scope())


def test_exemption_has_a_reason(tmp_path):
    """免除の印には理由がいる。理由のない印と、知らない印は、場所を添えて断られる。"""
    path = tmp_path / "page.md"
    path.write_text("{exempt:集合}$\\{1\\}$ と {when}$y = 1$\n{exempt}$x$ と {where}$x$", "utf-8")
    page = read_page(path, tmp_path)
    assert [(s.mark, s.reason) for s in page.spans[:2]] == [("exempt", "集合"), ("when", "")]
    assert [p.line for p in page.problems] == [2, 2]
    assert "{exempt}" in page.problems[0].message and "{where}" in page.problems[1].message


def test_every_span_of_the_site_has_a_verdict():
    """サイトの文中の式には、どれも判定があり、免除は全体の 2 % までである。"""
    pages, kinds = read_book(), []
    for page in pages.values():
        reading = Reading(page, pages, [])
        for _ in reading:
            pass
        prose = scope_of_prose(page, reading.scope)
        kinds += [judge(span, prose)[0] for span in page.spans]
    assert len(kinds) > 600
    assert kinds.count("exempt") <= 0.02 * len(kinds)
    assert set(kinds) == {"mention", "statement", "setting", "condition", "exempt"}


def test_abstract_function_is_not_replaced_by_a_used_page():
    """ページが任意の関数と宣言した f は、使うページが定めた f に置きかわらない。"""
    pages = read_book()
    step = pages["activation.step"]
    assert "activation.sigmoid" in step.uses and step.symbols["f"].startswith("fn abstract")
    reading = Reading(step, pages, [])
    for _ in reading:
        pass
    assert r"\sigma" in reading.scope.definitions and "f" not in reading.scope.definitions
