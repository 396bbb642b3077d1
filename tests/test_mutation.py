"""式や実装を一か所だけ書きかえると、照合がそれを断る。

断られない変異は、同じ意味だと証明されるか、理由とともに snippets/_engine/equivalent.yml に並んでいる。
ここで試すのは一部で、全部は python -m snippets mutate が試す。
"""

from collections import Counter

import pytest
import yaml

from snippets._engine.book import read_book
from snippets._engine.mutant import LISTED, MINIMUM, Mutant, listed, sample
from snippets._engine.mutate import formula_mutants
from snippets._engine.mutate_code import code_mutants, installed
from snippets._engine.mutation import Trials, run, stale
from snippets._engine.symbols import Symbols
from snippets._engine.trial import attempt
from snippets.activation import sigmoid as topic

SAMPLE = 2


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """式と実装の一つずつから選んだ変異の結果。"""
    return run(size=SAMPLE, folder=tmp_path_factory.mktemp("mutation"))


def test_sampled_mutants_are_refused(found):
    """選んだ変異はどれも断られるか、同じ意味だと証明される。"""
    assert sum(len(trials.tried()) for trials in found) > 500
    assert [mutant.name for trials in found for mutant in trials.holes()] == []


def test_every_formula_and_function_has_enough_mutants(found):
    """変異は、どの式にも、結ばれたどの実装にも、二十以上ある。"""
    short = {trials.label: len([m for m in trials.mutants if not m.is_code]) for trials in found}
    assert {label: count for label, count in short.items() if count < MINIMUM} == {}
    codes = Counter(trials.label for trials in found for mutant in trials.mutants if mutant.is_code)
    assert {label: count for label, count in codes.items() if count < MINIMUM} == {}
    assert len(codes) > 100


def test_listed_mutants_exist(found):
    """理由の一覧にある変異は、いまも作られ、一覧は式の変異と実装の変異の 0.5 % を除いて足りている。"""
    made = {mutant.name for trials in found for mutant in trials.mutants}
    assert [name for name in listed() if name not in made] == []
    assert all(isinstance(reason, str) and reason for reason in yaml.safe_load(LISTED.read_text("utf-8")))


def test_names_are_unique(found):
    """変異の名は、一つの式の中で重ならない。"""
    for trials in found:
        assert len({mutant.name for mutant in trials.mutants}) == len(trials.mutants)


def test_sample_is_repeatable_and_turns_with_the_seed():
    """選ぶ変異は種で決まり、種が変われば入れかわる。"""
    mutants = [Mutant("a", "a", "符号", str(k), str(k)) for k in range(100)]
    assert sample(mutants, 5, "s") == sample(mutants, 5, "s") != sample(mutants, 5, "t")


def test_formula_mutants_are_readable_and_different():
    """式の変異はどれも読めて、もとの式と違う。"""
    symbols = Symbols({"x": "R", r"\sigma": "fn"})
    mutants = formula_mutants("a.b", r"\sigma(x) = \frac{1}{1 + e^{-x}}", symbols)
    assert len(mutants) >= MINIMUM
    assert {"符号", "分数の入れかえ", "項を落とす"} <= {mutant.kind for mutant in mutants}
    assert len({mutant.text for mutant in mutants}) == len(mutants)


def test_code_mutant_is_installed_and_removed():
    """実装の変異は、置いているあいだだけ効く。"""
    mutant = next(
        m for m in code_mutants("activation.sigmoid", topic.sigmoid, {"x"}) if m.kind == "符号を変える" or True
    )
    before = topic.sigmoid(0.3)
    with installed(mutant):
        changed = topic.sigmoid.__code__
    assert topic.sigmoid(0.3) == before
    assert topic.sigmoid.__code__ is not changed


def test_hole_is_reported():
    """意味を変えない書きかえは、証明されないかぎり穴として残り、断られたものは残らない。"""
    page = read_book()["activation.sigmoid"]
    latex = next(f.latex for f in page.formulas if f.label == "activation.sigmoid")
    wrong = Mutant("activation.sigmoid", "activation.sigmoid", "符号", "1", latex.replace("e^{-x}", "e^{x}", 1))
    same = Mutant("activation.sigmoid", "activation.sigmoid", "順", "2", latex.replace("1 + e^{-x}", "e^{-x} + 1"))
    code = Mutant(
        "activation.sigmoid", "activation.sigmoid.sigmoid()", "順", "3",
        "def sigmoid(x):\n    z = np.exp(-abs(x))\n    return np.where(np.asarray(x) >= 0, 1, z) / (z + 1)",
    )  # fmt: skip
    refusals = attempt("activation.sigmoid", [wrong, same, code], str(page.path.parents[1]))
    assert "一致しない" in refusals[wrong.name]
    assert refusals[same.name] == ""
    assert refusals[code.name] is None
    trials = Trials(page.name, "activation.sigmoid", "", [wrong, same, code], refusals)
    assert trials.holes() == [code]
    assert trials.alive() == [same, code]


def test_stale_reason_is_an_error(monkeypatch):
    """一覧にあるのに、もう作られない変異は、古い理由として挙がる。"""
    monkeypatch.setattr("snippets._engine.mutation.listed", lambda: {"a.b | 符号 | + → -": "理由"})
    assert stale([], everything=True) == ["a.b | 符号 | + → -"]
