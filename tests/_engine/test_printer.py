"""木から書いた LaTeX を読みなおすと、同じ木になる。"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets._engine import FormulaError
from snippets._engine.book import read_book
from snippets._engine.nodes import Node
from snippets._engine.parser import parse
from snippets._engine.printer import latex, ungrouped
from snippets._engine.reading import Reading
from snippets._engine.symbols import Symbols
from tests._engine import corpus, test_corpus, textbook
from tests._engine.textbook.judge import prepare

SYMBOLS = Symbols(
    {
        r"x, y, \alpha, \sigma^2, TP, x_0": "R", "n": "2..4", "i, j": "1..n", "v, w": "R^n", "A": "R^{n, n}",
        r"f, \operatorname{ReLU}": "fn", "t": "1..3", "h": "R^n by _t", "l": "1..3", "z": "R^n by ^l",
        r"\mathbb{1}": "fn indicator", "p, q": "bit",
    }
)  # fmt: skip


def same(node, symbols):
    return parse(latex(node, symbols), symbols) == [node]


def test_every_page_comes_back():
    """サイトのすべての式が、木のまま戻る。"""
    pages = read_book()
    found = [
        (formula.label, statement.node, prepared.scope.symbols)
        for page in pages.values()
        for formula, prepared in Reading(page, pages, [])
        for statement in prepared.statements
    ]
    assert len(found) > 150
    assert [label for label, node, symbols in found if not same(node, symbols)] == []


@pytest.mark.parametrize("entry", corpus.CORPUS, ids=[entry[0] for entry in corpus.CORPUS])
def test_corpus_comes_back(entry):
    """試験の式が、木のまま戻る。"""
    symbols = test_corpus.prepare(entry[2], entry[5]).symbols
    assert all(same(node, symbols) for node in parse(entry[1], symbols))


def test_textbook_comes_back():
    """教科書の、読めるすべての式が、木のまま戻る。"""
    count, broken = 0, []
    for name, _, declared, written, _, *before in textbook.ENTRIES:
        try:
            symbols = prepare(declared, before)[0].symbols
            nodes = parse(written, symbols)
        except FormulaError:
            continue
        count += 1
        broken += [name for node in nodes if not same(node, symbols)]
    assert count >= 500
    assert broken == []


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (("multiply", ("add", "x", "y"), "x"), "(x + y)x"),
        (("power", ("negative", "x"), "2"), "(-x)^2"),
        (("subtract", "x", ("subtract", "y", "x")), "x - (y - x)"),
        (("divide", "x", ("multiply", "x", "y")), "x / (xy)"),
        (("multiply", r"\alpha", "x"), r"\alpha x"),
        (("multiply", "x", "2"), "x(2)"),
        (("power", r"\sigma^2", "2"), r"{\sigma^2}^2"),
        (("multiply", "x", "TP"), "x{TP}"),
        (("add", "x", ("negative", "y")), "x + (-y)"),
        (("index", "z", "l"), "z^l"),
        (("index", "h", ("subtract", "t", "1")), "h_{t-1}"),
        (("index", ("index", "z", "l"), "i"), "z^l_i"),
        (("derivative", ("derivative", ("call", "f", "x"), "x"), "x"), r"\frac{d^2 f(x)}{dx^2}"),
        (("group", ("fraction", "x", "y")), r"\left( \frac{x}{y} \right)"),
    ],
)
def test_reads_well(node, text):
    """計算で作った木にも、要る括弧だけが付く。"""
    assert latex(build(node), SYMBOLS) == text


def build(shape):
    if isinstance(shape, str):
        return Node("number" if shape.isdigit() else "symbol", (shape,))
    if shape[0] in ("sum", "product", "max"):
        return Node("big", (shape[0], build(shape[1]), None, None, build(shape[2])))
    return Node(shape[0], tuple(map(build, shape[1:])))


SCALARS = ["x", "y", r"\alpha", r"\sigma^2", "TP", "x_0", "2", "10"]
VECTORS = ["v", "w"]


def trees():
    """文法の木。スカラーを成分やノルムや総和から作り、演算で組みあわせる。"""
    index = st.sampled_from(["i", "j", "1", ("add", "i", "1"), ("subtract", "n", "1")])
    leaf = st.one_of(
        st.sampled_from(SCALARS),
        st.builds(lambda v, i: ("index", v, i), st.sampled_from(VECTORS), index),
        st.builds(lambda i: ("index", ("index", "z", "l"), i), index),
        st.builds(lambda i: ("index", "A", i, "j"), index),
        st.sampled_from([("index", "h", ("add", "t", "1")), ("norm", "v"), ("lnorm", "w", "1"), ("inner", "v", "w")]),
    )
    binary = ["add", "subtract", "multiply", "dot", "times", "divide", "fraction", "modulo", "binomial", "power"]
    unary = ["negative", "sqrt", "absolute", "floor", "ceiling", "group", "factorial"]

    def grow(part):
        return st.one_of(
            st.tuples(st.sampled_from(binary), part, part),
            st.tuples(st.sampled_from(unary), part),
            st.builds(
                lambda f, a: ("call", f, a), st.sampled_from(["f", r"\operatorname{ReLU}", r"\log", r"\sin"]), part
            ),
            st.builds(lambda a, b: ("call", r"\max", a, b), part, part),
            st.builds(lambda a, x: ("derivative", a, x), part, st.sampled_from(["x", ("index", "v", "i")])),
            st.builds(lambda op, a: (op, "j", a), st.sampled_from(["sum", "product", "max"]), part),
            st.builds(lambda a, n: ("root", a, n), part, st.sampled_from(["3", "n"])),
        )

    return st.recursive(leaf, grow, max_leaves=8)


@given(trees())
def test_any_tree_comes_back(shape):
    """文法のどの木も、補った括弧を除けば、木のまま戻る。"""
    node = Node("chain", ((), build(shape)))
    written = latex(node, SYMBOLS)
    (again,) = parse(written, SYMBOLS)
    assert ungrouped(again) == ungrouped(node)
    assert latex(again, SYMBOLS) == written
