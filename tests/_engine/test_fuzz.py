"""どんな文字列を渡しても、読み手は木を返すか、場所を添えて断る。書いて読みなおした木は、もとと同じである。"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snippets._engine import FormulaError
from snippets._engine.book import read_book
from snippets._engine.carriers import Exact, lifted
from snippets._engine.evaluate import Evaluator
from snippets._engine.parser import parse
from snippets._engine.printer import latex as printed
from snippets._engine.reading import Reading
from snippets._engine.sampling import Sampler
from snippets._engine.scope import Scope
from snippets._engine.statements import Statement, needed
from snippets._engine.symbols import Symbols
from snippets._engine.tokens import tokenize
from tests._engine import corpus
from tests._engine.test_corpus import prepare

SYMBOLS = Symbols({
    "x, y, a": "R", r"\beta_1": "R", r"\hat{y}": "R", "n": "2..4", "i, j": "1..n", "v, w": "R^n", "W": "R^{n, n}",
    "z": "R^n by ^l", "l": "1..3", "f, g": "fn abstract", "p, q": "bit", r"\text{ReLU}": "fn abstract",
})  # fmt: skip
PAGES = read_book()
FORMULAS = [formula.latex for page in PAGES.values() for formula in page.formulas]
PIECES = sorted({token.text for latex in FORMULAS for token in tokenize(latex) if token.text})


def outcome(latex, symbols=SYMBOLS):
    """読めれば文の並び、断られれば None。断りには、文字列の中の場所がある。"""
    try:
        return parse(latex, symbols)
    except FormulaError as error:
        assert error.message
        assert error.span is None or 0 <= error.span[0] <= error.span[1] <= len(latex)
        return None


def same(latex, symbols=SYMBOLS):
    """読めるなら、書いて読みなおした木は同じ。"""
    statements = outcome(latex, symbols)
    return statements is None or all(parse(printed(node, symbols), symbols) == [node] for node in statements)


TWO = [
    "{} + {}", "{} - {}", "{} {}", r"{} \cdot {}", r"{} \odot {}", "{} / {}", r"\frac{{{}}}{{{}}}", "{}^{{{}}}",
    "({}, {})", r"\max({}, {})", "{} = {}", r"{} \le {}", r"\sum_{{i={}}}^{{n}} {}", r"{} \land {}", "{}_{}",
    r"\begin{{pmatrix}} {} \\ {} \end{{pmatrix}}", r"\frac{{\partial {}}}{{\partial {}}}", r"{} \leftarrow {}",
    r"\begin{{cases}} {} & {} > 0 \\ 0 & \text{{otherwise}} \end{{cases}}",
]  # fmt: skip
ONE = [
    "-{}", "({})", "{{{}}}", "f({})", r"\log {}", r"\tanh^2({})", r"\sqrt{{{}}}", r"{}^\top", "{}'",
    r"\lvert {} \rvert", r"\lVert {} \rVert", "{}_i", "{}_{{ij}}", r"\sum_{{i=1}}^{{n}} {}", r"\prod_j {}",
    r"\nabla_w {}", r"\lnot {}", r"\left( {} \right)", r"\frac{{d}}{{dx}} {}", r"\max_{{i}} {}",
]  # fmt: skip
ATOMS = [
    "x", "y", "a", r"\beta_1", r"\hat{y}", "v", "w", "W", "v_i", "z^{l}", "z^{l-1}_i", "n", "p", "q", "f", "2", "0.5",
    r"\pi", "e", "f(x)",
]  # fmt: skip


def extend(inner):
    """小さい式から大きい式を作る。半分ほどは読めない形になる。"""
    two = st.tuples(inner, inner)
    return st.one_of(
        st.builds(lambda shape, pair: shape.format(*pair), st.sampled_from(TWO), two),
        st.builds(lambda shape, part: shape.format(part), st.sampled_from(ONE), inner),
    )


GRAMMAR = st.recursive(st.sampled_from(ATOMS), extend, max_leaves=8)


@settings(max_examples=600)
@given(GRAMMAR)
def test_grammar_is_read_or_refused(latex):
    """文法から作った式は、読めるか断られ、読めたものは書いて読みなおすと同じ木になる。"""
    assert same(latex)


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=20))
def test_pieces_of_pages_are_read_or_refused(pieces):
    """サイトの式の字句をでたらめに並べても、例外は出ない。"""
    assert same(" ".join(pieces))


@settings(max_examples=400)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    """どんな文字列でも、例外は出ない。"""
    assert same(text)


@settings(max_examples=400)
@given(st.sampled_from(FORMULAS), st.data())
def test_damaged_formula_is_read_or_refused(latex, data):
    """サイトの式の一部を消したり、写したり、入れかえたりしても、例外は出ない。"""
    a, b = sorted(data.draw(st.tuples(*[st.integers(0, len(latex))] * 2)))
    c = data.draw(st.integers(0, len(latex)))
    damaged = data.draw(
        st.sampled_from([latex[:a] + latex[b:], latex[:c] + latex[a:b] + latex[c:], latex[:b] + latex[a:]])
    )
    assert same(damaged)


@settings(max_examples=150)
@given(GRAMMAR)
def test_accepted_formula_evaluates_or_is_refused(latex):
    """読めた式の計算は、値になるか、一文で断られる。"""
    statements = outcome(latex) or []
    scope = Scope(SYMBOLS)
    for node in statements:
        statement = Statement("value", node)
        given_values = Sampler(SYMBOLS, needed(node.args[1:], scope)).draw(5)
        try:
            for here, _ in statement.instances(Evaluator(Exact, scope, lifted(given_values))):
                for side in statement.sides:
                    here.value(side)
        except (FormulaError, ArithmeticError, TypeError, ValueError) as error:
            assert str(error) or isinstance(error, ArithmeticError)


DEEP = {
    "括弧": "(" * 10_000,
    "波括弧": "{" * 10_000 + "x" + "}" * 10_000,
    "否定": r"\lnot " * 5_000 + "p",
    "根": r"\sqrt" * 5_000,
    "和": "x + " * 5_000 + "x",
    "ダッシュ": "f" + "'" * 5_000 + "(x)",
    "累乗": "x" + "^x" * 5_000,
    "負号": "-" * 5_000 + "x",
}


@pytest.mark.parametrize("latex", DEEP.values(), ids=DEEP.keys())
def test_deep_and_long_formulas_are_refused(latex):
    """深い入れ子と長い式は、あふれる前に断られる。"""
    assert outcome(latex) is None


def every_formula():
    for page in PAGES.values():
        for formula, prepared in Reading(page, PAGES, []):
            yield formula.latex, prepared.scope.symbols
    for _, latex, symbols, _, _, before in corpus.CORPUS:
        yield latex, prepare(symbols, before).symbols


def test_every_formula_survives_writing():
    """サイトと見本の式は、どれも書いて読みなおすと同じ木になる。"""
    found = list(every_formula())
    assert len(found) > 200
    assert [latex for latex, symbols in found if not same(latex, symbols)] == []
