"""教科書の式を読み、手で書いた意味と比べる。黙って違う読みはない。"""

import pytest

from snippets._engine.equivalence import equivalent
from snippets._engine.mutate import formula_mutants
from snippets._engine.parser import parse
from snippets._engine.statements import Statement
from tests._engine.textbook import ENTRIES
from tests._engine.textbook.judge import judge, prepare

STEP, POINTS = 9, 48  # 変異を調べる式の間隔と、標本の数


@pytest.fixture(scope="module")
def outcomes():
    return [judge(entry) for entry in ENTRIES]


def test_is_large_and_sourced():
    """300 を超える別々の式に、名と出典がある。"""
    assert len(ENTRIES) >= 300
    assert len({entry[3] for entry in ENTRIES}) >= 300
    assert all(len(source) > 10 for _, source, *_ in ENTRIES)


def test_nothing_is_silently_wrong(outcomes):
    """読めた式は、手で書いた意味と一致する。"""
    wrong = [(e[0], o.reason) for e, o in zip(ENTRIES, outcomes, strict=True) if o.kind == "wrong"]
    assert wrong == []


def test_most_are_read(outcomes):
    """9 割を超える式が読める。"""
    assert sum(outcome.kind == "correct" for outcome in outcomes) >= 0.9 * len(ENTRIES)


def test_refusals_have_a_place(outcomes):
    """断りには、式の中の場所がある。"""
    for entry, outcome in zip(ENTRIES, outcomes, strict=True):
        if outcome.kind == "refused":
            start, end = outcome.span
            assert 0 <= start <= end <= len(entry[3])


def test_judge_can_disagree(outcomes):
    """書きかえた式は、断られるか、食い違うか、同じ意味だと証明される。残りは 3 % に満たない。"""
    alive, count = [], 0
    for entry, outcome in list(zip(ENTRIES, outcomes, strict=True))[::STEP]:
        if outcome.kind == "correct":
            scope, _ = prepare(entry[2], entry[5:])
            mutants = list(formula_mutants("", entry[3], scope.symbols))
            alive += [(entry, mutant) for mutant in mutants if judge(entry, mutant.text, POINTS).kind == "correct"]
            count += len(mutants)
    assert count > 800
    while len(alive) >= 0.03 * count:  # 証明は、いるだけ
        entry, mutant = next(pair for pair in alive if proved(*pair))
        alive.remove((entry, mutant))


def proved(entry, mutant):
    """書きかえても同じ意味だと証明できるか。"""
    scope, _ = prepare(entry[2], entry[5:])
    original, changed = (
        [Statement("relation", node) for node in parse(latex, scope.symbols)] for latex in (entry[3], mutant.text)
    )
    return equivalent(original, changed, scope)
