"""ページに書かれた数式は、ひとつ残らず実装と一致する。

サイトのビルドが呼ぶのと同じ check_book を呼ぶ。
"""

import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from snippets._engine import ROOT
from snippets._engine.binding import path_of_tests, public_functions, topic_path, topics
from snippets._engine.book import check_book, read_book
from snippets._engine.contract import contract
from tests._engine import corpus

PAGES = read_book()
FORMULAS = [(page.name, formula) for page in PAGES.values() for formula in page.formulas]


@cache
def book():
    return check_book()


def test_nothing_is_wrong():
    """すべてのページを照合して、誤りは一件もない。"""
    assert [str(problem) for problem in book().problems] == []


@pytest.mark.parametrize(("name", "formula"), FORMULAS, ids=[formula.label for _, formula in FORMULAS])
def test_formula_has_its_verdict(name, formula):
    """正しい式には判定があり、誤りの見本は断られている。"""
    result = book().results[name]
    if formula.expected:
        verdict = result["verdicts"][formula.label]
        assert verdict["exhaustive"] or verdict["points"] >= 64
    else:
        assert formula.label in result["refused"]


@pytest.mark.parametrize("topic", topics())
class TestTopic:
    """話題はどれも、ページと式と図とテストを持つ。"""

    def test_is_explained(self, topic):
        """同じ名のページに、この話題に結ばれた式がある。"""
        labels = [formula.label for formula in PAGES[topic].formulas]
        assert any(label == topic or label.startswith((f"{topic}.", f"{topic}:")) for label in labels)

    def test_is_drawn(self, topic):
        """図を描く関数は、どれもどこかのページに出ている。"""
        drawn = {ident for page in PAGES.values() for _, ident, _ in page.figures}
        plots = [n for n in public_functions(topic) if n == "plot" or n.startswith("plot_")]
        assert "plot" in plots
        assert {f"{topic}.{name}" for name in plots} <= drawn

    def test_is_tested(self, topic):
        """同じ名のテストがあり、話題を import している。"""
        text = path_of_tests(topic).read_text("utf-8")
        folder, _, name = topic.rpartition(".")
        assert re.search(rf"from snippets\.{topic} import|from snippets\.{folder} import .*\b{name}\b", text)
        assert "def test_" in text

    def test_knows_nothing_of_the_engine(self, topic):
        """話題は、エンジンを import しない。"""
        assert "_engine" not in topic_path(topic).read_text("utf-8")


@pytest.mark.parametrize("entry", corpus.SEED, ids=[entry[0] for entry in corpus.SEED])
def test_formula_of_the_notes_is_on_a_page(entry):
    """原メモの式は、空白のほかは一字も変えずに、どこかのページに立っている。"""
    shown = {"".join(formula.latex.split()) for _, formula in FORMULAS}
    assert "".join(entry[1].split()) in shown


def test_contract_is_kept():
    """ラベルに重なりはなく、話題とページとテストと図がそろっている。"""
    assert contract(PAGES) == []


def test_every_result_survives_json():
    """結果はどれも JSON に書けて、読みもどすと等しい。"""
    results = book().results
    assert json.loads(json.dumps(results)) == results


def test_second_run_executes_nothing(monkeypatch):
    """変わらないサイトをもう一度照合しても、実装も図も動かず、Node も起きない。"""
    book()

    def refuse(*args, **options):
        raise AssertionError("プロセスを起こした")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr("snippets._engine.workers.mapped", refuse)
    assert check_book().executed == []


def test_no_code_of_this_machine():
    """ページとソースに、この機械だけの道は書かれていない。"""
    files = [p for folder in ("docs", "snippets") for p in Path(ROOT / folder).rglob("*") if p.suffix in (".md", ".py")]
    assert files
    assert [p for p in files if "/home/" in p.read_text("utf-8") or "/root/" in p.read_text("utf-8")] == []
