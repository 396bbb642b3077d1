"""期待値と分散。確率変数の値を残らず数えあげた平均と、その断り。"""

import itertools

import mpmath
import numpy as np
import pytest

from snippets._engine import FormulaError
from snippets._engine.carriers import Exact, lifted
from snippets._engine.check import check
from snippets._engine.evaluate import Evaluator
from snippets._engine.mutate import formula_mutants
from snippets._engine.page import Formula
from snippets._engine.parser import parse
from snippets._engine.printer import latex, ungrouped
from snippets._engine.proof import prove
from snippets._engine.scope import Scope
from snippets._engine.statements import classify
from snippets._engine.symbol_words import type_words
from snippets._engine.symbols import Symbols

SYMBOLS = {
    "n": "2..4", "i": "1..n", "N": "2..4", "j": "1..N", "s": "random sign^n", "u": "random bit", "k": "random 1..N",
    "c": "R^n", "v": "R^N", "p": "simplex^N", "a": "R", "S": "random sign^{n, n}", "b": "random bit^N",
}  # fmt: skip


def value(formula, given):
    """式の 60 桁の値。"""
    scope = Scope(Symbols(SYMBOLS))
    (node,) = parse(formula, scope.symbols)
    return Evaluator(Exact, scope, lifted(given)).value(node.args[1])


def verify(formula):
    """照合した判定と、証明できたか。"""
    scope = Scope(Symbols(SYMBOLS))
    statements = [classify(node, scope) for node in parse(formula, scope.symbols)]
    return check(Formula("page", 1, "page:formula", formula), statements, scope), prove(statements, scope)


GIVEN = {"n": 3, "N": 4, "c": np.array([0.5, -2.0, 3.0]), "v": np.array([1.0, -1.0, 4.0, 0.25]), "a": 2.0,
         "p": np.array([0.5, 0.25, 0.125, 0.125])}  # fmt: skip
SIGNS = [np.array(signs) for signs in itertools.product((-1, 1), repeat=3)]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (r"\mathbb{E}[u]", 0.5),
        (r"\operatorname{Var}[u]", 0.25),
        (r"\mathbb{E}[k]", 2.5),
        (r"\operatorname{Var}[k]", 1.25),
        (r"\mathbb{E}[v_k]", np.mean(GIVEN["v"])),
        (r"\operatorname{Var}[v_k]", np.var(GIVEN["v"])),
        (r"\mathbb{E}_{j \sim p}[v_j]", np.average(GIVEN["v"], weights=GIVEN["p"])),
        (r"\operatorname{Var}_{j \sim p}[v_j]", float(np.cov(GIVEN["v"], aweights=GIVEN["p"], ddof=0))),
        (r"\mathbb{E}[\max(0, s^\top c)]", np.mean([max(0.0, s @ GIVEN["c"]) for s in SIGNS])),
        (r"\operatorname{Var}[(s^\top c)^2]", np.var([(s @ GIVEN["c"]) ** 2 for s in SIGNS])),
        (r"\mathbb{E}[u + s_1 + a]", 2.5),
        (r"\mathbb{E}[u s_1]", 0.0),
        (r"\mathbb{E}[\operatorname{Var}[u] + u]", 0.75),
        (r"\mathbb{E}[u]^2", 0.25),
        (r"\frac{d}{da} \mathbb{E}[(a + u)^2]", 2 * GIVEN["a"] + 1),
    ],
)
def test_averages_over_every_outcome(formula, expected):
    """期待値と分散は、NumPy で数えあげた平均と等しい。"""
    assert mpmath.almosteq(value(formula, GIVEN), expected, 1e-15)


@pytest.mark.parametrize(
    "formula",
    [
        r"\operatorname{Var}[s^\top c] = \sum_{i=1}^{n} c_i^2",
        r"\mathbb{E}[s s^\top] c = c",
        r"\operatorname{Var}_{j \sim p}[v_j] = \mathbb{E}_{j \sim p}[v_j^2] - \mathbb{E}_{j \sim p}[v_j]^2",
        r"\mathbb{E}[v_k] = \frac{1}{N} \sum_{j=1}^{N} v_j",
        r"\mathbb{E}[b^\top v] = \frac{1}{2} \sum_{j=1}^{N} v_j",
    ],
)
def test_identities_are_proved(formula):
    """期待値の恒等式は、数えあげた和のまま証明される。"""
    verdict, proved = verify(formula)
    assert verdict.kind == "identity" and proved


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (r"\operatorname{Var}[s^\top c] = \sum_{i=1}^{n} c_i", "一致しない"),
        (r"\mathbb{E}[\max(0, s^\top c)^2] = \frac{1}{3} \operatorname{Var}[s^\top c]", "一致しない"),
        (r"\mathbb{E}[a] = a", "確率変数がない"),
        (r"\mathbb{E}(u) = a", "[ ] で囲む"),
        (r"\mathbb{E}^2[u] = a", "[ ] で囲む"),
        (r"\operatorname{Var}[s] = a", "分散の中は数"),
        (r"v_k = a", "確率変数の番号 k は"),
        (r"\mathbb{E}_{j \sim v}[v_j] = a", "足して 1"),
        (r"\mathbb{E}_{j \sim c}[v_j] = a", "同じ長さ|足して 1"),
        (r"\mathbb{E}_{a \sim p}[v_j] = a", "整数の添字"),
        (r"\mathbb{E}_{j}[v_j] = a", "{ がない"),
        (r"\mathbb{E}_{j \sim p}[\mathbb{E}_{j \sim p}[v_j]] = a", "外側でも使われている"),
        (r"\sum_{i=1}^{n} \mathbb{E}[c_k] = a", "範囲の外"),
    ],
)
def test_refuses_what_is_wrong_or_unclear(formula, words):
    """誤った等式と、何についての平均か決まらない書き方は断る。"""
    with pytest.raises(FormulaError, match=words.replace("[", r"\[")):
        verify(formula)


def test_refuses_a_size_that_is_random():
    """大きさが確率変数で決まるベクトルの平均は断る。"""
    scope = Scope(Symbols({"m": "random 1..3", "x": "R^m"}))
    statements = [classify(node, scope) for node in parse(r"\mathbb{E}[x^\top x] = 0", scope.symbols)]
    with pytest.raises(FormulaError, match="大きさは確率変数にできない"):
        check(Formula("page", 1, "page:formula", ""), statements, scope)


def test_refuses_too_many_outcomes():
    """数えあげきれない数の値は、黙って間引かずに断る。"""
    scope = Scope(Symbols({"n": "4..4", "S": "random sign^{n, n}", "c": "R^n"}))
    statements = [classify(node, scope) for node in parse(r"\mathbb{E}[c^\top S c] = 0", scope.symbols)]
    with pytest.raises(FormulaError, match="成分が 16 個"):
        check(Formula("page", 1, "page:formula", ""), statements, scope)


@pytest.mark.parametrize("text", ["random R", "random simplex^n", "random fn", "random random bit", "random bit by _t"])
def test_refuses_laws_that_are_not_finite(text):
    """値が有限でない型の確率変数は宣言できない。"""
    with pytest.raises(FormulaError, match="読めない"):
        Symbols({"x": text})


@pytest.mark.parametrize(
    "formula",
    [r"\mathbb{E}[u]^2", r"\operatorname{Var}_{j \sim p}[v_j] + 1", r"\mathbb{E}\left[ \frac{u}{2} \right]"],
)
def test_is_printed_as_it_was_read(formula):
    """書きもどした LaTeX は、読みなおすと同じ木になる。"""
    symbols = Symbols(SYMBOLS)
    (node,) = parse(formula, symbols)
    (again,) = parse(latex(node, symbols), symbols)
    assert ungrouped(node) == ungrouped(again)


@pytest.mark.parametrize("spelling", [r"\operatorname{E}[u]", r"\mathbb E[u]", r"\mathrm{E}\bigl[u\bigr]"])
def test_other_spellings_are_the_same(spelling):
    """同じに読まれる書き方は、同じ木になる。"""
    symbols = Symbols(SYMBOLS)
    assert parse(spelling, symbols) == parse(r"\mathbb{E}[u]", symbols)


def survives(mutant):
    """照合を通る変異か。"""
    try:
        return bool(verify(mutant.text))
    except FormulaError:
        return False


def test_every_mutant_of_the_variance_dies():
    """分散の式を一か所書きかえると断られる。通るのは、並べた縦ベクトルを内積と読む書きかえだけ。"""
    formula = r"\operatorname{Var}[s^\top c] = \sum_{i=1}^{n} c_i^2"
    mutants = list(formula_mutants("page:formula", formula, Symbols(SYMBOLS)))
    assert any(mutant.kind == "期待値と分散" for mutant in mutants)
    assert [mutant.kind for mutant in mutants if survives(mutant)] == ["転置を落とす"]


def test_the_type_is_put_in_words():
    """読者に見える型の言いかえは、確率変数であることを言う。"""
    assert type_words("random sign^n") == "どの値も同じ確率の確率変数（−1 か 1 の値を n 個並べたベクトル）"
