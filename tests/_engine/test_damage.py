"""どんな文字列も、木になるか、場所を添えて断られる。ほかの例外は出ず、終わらないこともない。"""

import functools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snippets._engine import FormulaError
from snippets._engine.carriers import Exact, lifted
from snippets._engine.evaluate import Evaluator
from snippets._engine.parser import parse
from snippets._engine.sampling import Sampler
from snippets._engine.statements import Statement, classify, needed
from snippets._engine.tokens import tokenize
from tests._engine import textbook
from tests._engine.textbook.judge import prepare

PIECES = [
    *"xyabvwijn0123", *"+-*/^_=<>(){}[],;&'|!:. ", "\\\\", r"\|", r"\{", r"\}", r"\frac", r"\sqrt", r"\sum_", r"\max_",
    r"\prod_{i=1}^{n}", r"\log", r"\sin", r"\exp", r"\partial", r"\frac{d}{dx}", r"\nabla_", r"\left(", r"\right)",
    r"\left|", r"\right|", r"\begin{cases}", r"\end{cases}", r"\begin{pmatrix}", r"\end{pmatrix}", r"\text{if }",
    r"\begin{aligned}", r"\end{aligned}", r"\cdots", r"\ldots", r"\binom", r"\lfloor", r"\rfloor", r"\langle",
    r"\rangle", r"\land", r"\lnot", r"\ne", r"\le", r"\leftarrow", r"\underbrace", r"\bmod", r"\choose", r"\top",
    r"\mathbf", r"\hat x", r"\infty", r"\in", r"\arg\max", r"\mathbb{1}", r"\quad", r"\_", "{}",
]  # fmt: skip
DECLARED = (
    r"x, y, a, b: R; n: 2..3; i, j: 1..n; v, w: R^n; W: R^{n, n}; f, g: fn abstract; z: R^n by ^l; l: 1..2; "
    r"h: R by _t; t: 1..2; \mathbb{1}: fn indicator"
)
FEW = settings(max_examples=120)


@functools.cache
def scope_of(declared, before=()):
    return prepare(declared, before)[0]


def read(latex, symbols):
    """木か断り。断りの場所は、文字列の中にある。"""
    try:
        return parse(latex, symbols)
    except FormulaError as error:
        start, end = error.span
        assert 0 <= start <= end <= len(latex)
        assert error.message
        return None


READABLE = [entry for entry in textbook.ENTRIES if entry[2].count(":") == len(entry[2].split(";"))]


@FEW
@given(st.text(max_size=40))
def test_any_text(latex):
    """でたらめな文字列。"""
    read(latex, scope_of(DECLARED).symbols)


@FEW
@given(st.binary(max_size=40))
def test_any_bytes(content):
    """でたらめなバイト列。"""
    read(content.decode("latin-1"), scope_of(DECLARED).symbols)


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=16).map("".join))
def test_any_pieces(latex):
    """LaTeX のかけらを並べたもの。読めたら、計算もしてみる。"""
    scope = scope_of(DECLARED)
    evaluate(read(latex, scope.symbols), scope)


@settings(max_examples=300)
@given(st.sampled_from(READABLE), st.integers(0, 2**32))
def test_damaged_formula(entry, seed):
    """本物の式の字句を、消し、増やし、入れかえたもの。読めたら、計算もしてみる。"""
    scope = scope_of(entry[2], tuple(entry[5:]))
    evaluate(read(damaged(entry[3], random.Random(seed)), scope.symbols), scope)


def damaged(latex, rng):
    """字句を一つか二つ壊した式。"""
    try:
        pieces = [latex[token.start : token.end] for token in tokenize(latex)]
    except FormulaError:
        pieces = list(latex)
    for _ in range(rng.randint(1, 2)):
        at, other = rng.randrange(len(pieces)), rng.randrange(len(pieces))
        change = rng.choice(("delete", "insert", "swap", "copy"))
        if change == "delete" and len(pieces) > 1:
            del pieces[at]
        elif change == "swap":
            pieces[at], pieces[other] = pieces[other], pieces[at]
        else:
            pieces.insert(at, rng.choice(PIECES) if change == "insert" else pieces[other])
    return " ".join(pieces)


def evaluate(nodes, scope):
    """読めた木の計算。断りと、照合が文にする例外のほかは出ない。"""
    for node in nodes or ():
        try:
            statement = classify(node, scope)
            given = Sampler(scope.symbols, needed(statement.evaluated, scope)).draw(5)
            for here, _ in statement.instances(Evaluator(Exact, scope, lifted(given))):
                for side in statement.evaluated:
                    here.value(side)
        except (FormulaError, ArithmeticError, ValueError, TypeError, IndexError, KeyError, AttributeError):
            assert isinstance(statement_or_none(node, scope), (Statement, type(None)))


def statement_or_none(node, scope):
    """種類の分からない文は、断られる。"""
    try:
        return classify(node, scope)
    except FormulaError:
        return None


@pytest.mark.parametrize(
    "latex",
    [
        "{" * 10_000 + "x" + "}" * 10_000,
        "(" * 10_000 + "x" + ")" * 10_000,
        "(" * 10_000,
        r"\sqrt{" * 5_000 + "x" + "}" * 5_000,
        r"\frac{1}{" * 5_000 + "x" + "}" * 5_000,
        "x^{" * 5_000 + "x" + "}" * 5_000,
        r"\lnot " * 10_000 + "x",
        r"\log " * 10_000 + "x",
        "|" * 10_000 + "x" + "|" * 10_000,
        r"\left|" * 5_000 + "x" + r"\right|" * 5_000,
        "-(" * 5_000 + "x" + ")" * 5_000,
        r"\sum_{i} " * 5_000 + "x",
        r"\sum_{" * 5_000 + "i",
        "f" + "'" * 10_000 + "(x)",
        "x + " * 10_000 + "x",
        "x" * 10_000,
        r"\begin{cases} " * 3_000 + "x",
        r"\frac{\partial " * 3_000 + "x",
        r"\underbrace{" * 3_000 + "x",
        r"v_{i" + "+1" * 10_000 + "}",
        "n" + "!" * 10_000,
        r"\hat{" * 10_000 + "x" + "}" * 10_000,
    ],
    ids=lambda latex: latex[:16],
)
def test_deep_formula_is_refused(latex):
    """深い入れ子と長い並びは、Python の限界より先に断られる。"""
    assert read(latex, scope_of(DECLARED).symbols) is None


@pytest.mark.parametrize(
    "latex", ["9^{9^{9^{9^{9}}}}", r"e^{e^{e^{e^{99}}}}", r"(9^{99})!", r"\binom{9^9}{2}", "2^{10^{30}} - 1"]
)
def test_enormous_value_ends(latex):
    """途方もない値も、すぐに終わる。"""
    scope = scope_of(DECLARED)
    evaluate(read(latex, scope.symbols), scope)
