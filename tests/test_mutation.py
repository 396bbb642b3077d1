"""サイトの式か実装を一か所だけ書きかえると、照合がそれを断る。

ここで試すのは、python -m snippets mutate --sample 1 と同じ標本である。変異の名だけで決まり、どの機械でも同じになる。
.ci/run は、5 個ずつ試す。
断られない変異は、通ってよい理由とともに snippets/_engine/equivalent.yml に並んでいる。
"""

import io
import re
import sys

import numpy as np
import pytest
from rich.console import Console

from snippets._engine import mutation
from snippets._engine.book import read_book
from snippets._engine.mutant import MINIMUM, Mutant, listed
from snippets._engine.mutate import formula_mutants
from snippets._engine.mutate_code import code_mutants, installed
from snippets._engine.mutation_report import mutate
from snippets._engine.symbols import Symbols
from snippets._engine.trial import attempt, code_refusal
from snippets.activation import relu, sigmoid, tanh
from snippets.learning import gradient_descent

SAMPLE = 1
PAGES = [page.name for page in read_book().values() if any(formula.expected for formula in page.formulas)]
WEAK = r"""---
title: 狭すぎる定義域
symbols:
  x: "[3, 4] — 入力"
  \text{ReLU}: fn — ランプ関数
---

$$
\text{ReLU}(x) = \max(0, x)
\label{activation.relu}
$$
"""


@pytest.fixture(scope="module")
def sampled():
    """全ページの標本の結果。"""
    return mutation.run(size=SAMPLE)


@pytest.mark.parametrize("name", PAGES)
def test_every_sampled_mutant_of_the_page_is_refused(name, sampled):
    """選んだ変異はどれも断られる。"""
    trials = [one for one in sampled if one.page == name]
    assert all(len(one.tried(False)) == SAMPLE for one in trials)
    assert [mutant.name for one in trials for mutant in one.holes()] == []


def test_every_formula_and_function_has_enough_mutants(sampled):
    """どの式からも、どの結ばれた関数からも、20 個以上の変異ができる。"""
    for trials in sampled:
        code = sum(mutant.is_code for mutant in trials.mutants)
        assert len(trials.mutants) - code >= MINIMUM, trials.label
        assert code >= MINIMUM or ":" in trials.label, trials.label


def test_every_listed_name_is_a_mutant(sampled):
    """理由の一覧にある名は、どれもいまの変異の名である。"""
    names = {mutant.name for trials in sampled for mutant in trials.mutants}
    assert sorted(listed().keys() - names) == []


@pytest.fixture
def folder(tmp_path):
    """狭すぎる定義域のページ一枚のサイト。"""
    page = tmp_path / "docs" / "activation" / "relu.md"
    page.parent.mkdir(parents=True)
    page.write_text(WEAK, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("neuron.bias_w0", "neuron.bias_w0.on_hyperplane() | 定数 | 0.0 → 0.5"),  # 境目のすぐ隣
        (
            "learning.gradient_descent",
            r"learning.gradient_descent.is_stable | わずかに増やす | \rho → {(1.000001 (\rho))}",
        ),
        ("activation.step", "activation.step.straight_through() | 比較 | w @ x > 0 → w @ x >= 0"),  # w だけが 0
        ("neuron.neuron", "neuron.neuron.ones() | 2 倍 | N → 2 * N"),  # 成分が多すぎる実装
    ],
)
def test_fine_difference_is_refused(page, name, sampled):
    """境目のわずかなずれも、一つの記号だけが 0 のときの違いも、余分な成分も断られる。"""
    mutant = next(m for trials in sampled for m in trials.mutants if m.name == name)
    assert mutation.attempt(page, [mutant], str(mutation.DOCS))[name]


class TestWeakPage:
    """定義域の狭いページでは、変異が通りぬける。それが報告される。"""

    def test_hole_is_reported(self, folder):
        """理由なく通る変異があれば、差分を書き、終了コードは 1 になる。"""
        output = io.StringIO()
        status = mutate(Console(file=output, width=200), {"activation.relu"}, None, folder / "docs", folder)
        assert status == 1
        assert "定数の変異が断られない" in output.getvalue()
        assert re.search("式 1 件の変異 .*同じ意味と証明 [1-9]", output.getvalue())
        assert "+    return np.maximum(1, x)" in output.getvalue()

    def test_unchanged_page_is_not_tried_again(self, folder):
        """変わらないページは試しなおさず、変わったページは試しなおす。"""
        calls, page = [], folder / "docs" / "activation" / "relu.md"

        def again(size):
            calls.clear()
            mutation.run(
                {"activation.relu"}, size, folder / "docs", folder / "cache", progress=lambda *n: calls.append(n)
            )
            return len(calls)

        assert again(2) > 0
        assert again(2) == 0
        page.write_text(WEAK.replace("[3, 4]", "[3, 5]"), "utf-8")
        assert again(2) > 0

    def test_sample_follows_the_names(self):
        """標本は変異の名だけで決まり、並びにも、選ばれなかったものにもよらない。"""
        mutants = formula_mutants("a:b", r"x + x = 2 \cdot x", Symbols({"x": "R — 数"}))
        chosen = mutation.sample(mutants, 5)
        assert chosen != mutants[:5]
        assert mutation.sample(mutants[::-1], 5) == chosen
        assert mutation.sample([m for m in mutants if m in chosen[:3] or m not in chosen], 3) == chosen[:3]


class TestInstalled:
    """実装の変異は、その関数を呼ぶすべての話題に見え、終われば消える。"""

    def test_other_topics_see_the_mutant(self):
        """from … import した話題からも、変異した関数が見える。"""
        mutant = next(
            m
            for m in code_mutants("activation.sigmoid", sigmoid.sigmoid, {"x"})
            if m.change.startswith("1 + z → 1 - z")
        )
        before = tanh.from_sigmoid(0.5)
        with installed(mutant):
            assert tanh.from_sigmoid(0.5) != before
        assert tanh.from_sigmoid(0.5) == before

    def test_default_value_is_mutated_only_when_it_is_used(self):
        """照合が渡さない引数の既定値だけを書きかえる。"""
        kinds = [m.change for m in code_mutants("activation.relu.derivative", relu.derivative, {"x"})]
        passed = [m.change for m in code_mutants("activation.relu.derivative", relu.derivative, {"x", "at_zero"})]
        assert "0.0 → 1.0" in kinds
        assert "0.0 → 1.0" not in passed

    def test_guard_is_not_mutated(self):
        """入力を断る文は、式の主張ではないので書きかえない。"""
        texts = [m.text for m in code_mutants("learning.gradient_descent.update", gradient_descent.update, set())]
        assert all("if np.shape(w) != np.shape(slope):" in text for text in texts)

    def test_endless_mutant_is_refused(self, monkeypatch):
        """終わらない変異は、制限時間で断られる。"""
        monkeypatch.setattr("snippets._engine.check.SECONDS", 0.2)
        mutant = Mutant(
            "activation.relu", "activation.relu.relu()", "試し", "", "def relu(x):\n    while True:\n        pass"
        )
        page = read_book()["activation.relu"]
        assert "終わらない" in code_refusal(mutant, page, str(mutation.DOCS))
        np.testing.assert_array_equal(relu.relu(np.array([-1.0, 2.0])), [0.0, 2.0])


def test_same_meaning_is_proved_or_remains_a_hole():
    """順を変えただけの式は同じ意味だと証明され、証明のない実装の書きかえは、理由がなければ穴として残る。"""
    page, label = read_book()["activation.sigmoid"], "activation.sigmoid"
    latex = next(formula.latex for formula in page.formulas if formula.label == label)
    wrong = Mutant(label, label, "符号", "1", latex.replace("e^{-x}", "e^{x}", 1))
    same = Mutant(label, label, "順", "2", latex.replace("1 + e^{-x}", "e^{-x} + 1"))
    body = "z = np.exp(-abs(x))\n    return np.where(np.asarray(x) >= 0, 1, z) / (z + 1)"
    code = Mutant(label, f"{label}.sigmoid()", "順", "3", f"def sigmoid(x):\n    {body}")
    refusals = attempt(page.name, [wrong, same, code], str(mutation.DOCS))
    assert "一致しない" in refusals[wrong.name]
    assert refusals[same.name] == ""
    trials = mutation.Trials(page.name, label, "", [wrong, same, code], refusals)
    assert (trials.alive(), trials.proved(), trials.holes()) == ([same, code], [same], [code])


def test_stale_reason_is_an_error(monkeypatch):
    """一覧にあるのに、もう作られないか断られた変異は、古い理由として挙がる。"""
    monkeypatch.setattr("snippets._engine.mutation.listed", lambda: {"a.b | 符号 | + → -": "理由"})
    assert mutation.stale([], everything=True) == ["a.b | 符号 | + → -"]


def test_topics_do_not_know_of_mutants():
    """変異を試したあとも、親のプロセスの関数はもとのままである。"""
    assert sys.modules["snippets.activation.relu"].relu(-1.0) == 0.0
