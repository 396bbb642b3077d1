"""サイトの式を一か所だけ書きかえると、照合がそれを断る。

断られない変異は、意味が同じである理由とともに tests/_engine/equivalent.py に並んでいる。
"""

import multiprocessing
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import pytest

from snippets._engine.book import read_book
from snippets._engine.mutate import page_mutants, survives
from tests._engine.equivalent import EQUIVALENT

PAGES = [page.name for page in read_book().values() if any(formula.expected for formula in page.formulas)]


def outcome(name):
    """(変異の数, 断られなかった変異)。"""
    library = read_book()
    found = page_mutants(library[name], library)
    return len(found), [mutant for mutant in found if survives(mutant, library[name], library)]


@pytest.fixture(scope="module")
def outcomes():
    """全ページの変異を、空いたコアに配る。"""
    with ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("spawn")) as pool:
        yield {name: pool.submit(outcome, name) for name in PAGES}


@pytest.mark.parametrize("name", PAGES)
def test_every_mutant_of_the_page_is_refused(name, outcomes):
    """変異はどれも断られる。例外は、同じ意味だと分かっているものだけである。"""
    count, alive = outcomes[name].result()
    assert count > 0
    expected = {key: number for key, (number, _) in EQUIVALENT.items() if page_of(key[0]) == name}
    assert Counter((mutant.label, mutant.kind) for mutant in alive) == expected, [mutant.latex for mutant in alive]


def test_kill_rate(outcomes):
    """変異は 2,000 個以上あり、その 98 % 以上が断られる。"""
    results = [future.result() for future in outcomes.values()]
    total, alive = sum(count for count, _ in results), sum(len(rest) for _, rest in results)
    assert total >= 2000
    assert alive <= 0.02 * total


def page_of(label):
    """ラベルの置かれたページの名。"""
    return next(p.name for p in read_book().values() if any(formula.label == label for formula in p.formulas))
