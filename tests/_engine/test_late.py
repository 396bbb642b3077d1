"""組み上がってから置く HTML は、はじめから置いたのと同じページになる。"""

import ast

import pytest

from snippets._engine import late
from snippets._engine.binding import TESTS
from snippets._engine.weave import count_tests
from tests._engine.staleness import built
from tests._engine.test_bad_input import CONFIG, katex, project  # noqa: F401


@pytest.fixture
def begun(monkeypatch):
    """フックのあるビルドの中。"""
    monkeypatch.setattr(late, "_held", None)
    late.begin()


def test_mark_becomes_the_html(begun):
    """札は、中に札のある HTML も含めて、もとの HTML にもどる。"""
    inner = late.hold("<b>式</b>")
    outer = late.hold(f"<i>{inner}</i>")
    assert "<" not in inner.strip("<>") and inner != outer
    assert late.placed(f"<p>{outer}と{inner}</p>") == "<p><i><b>式</b></i>と<b>式</b></p>"


def test_without_hooks_nothing_is_held(monkeypatch):
    """フックのない道具では、はじめから HTML のままである。"""
    monkeypatch.setattr(late, "_held", None)
    assert late.hold("<b>式</b>") == "<b>式</b>"


def test_hooks_change_no_byte_of_the_site(project):  # noqa: F811
    """フックのあるビルドとないビルドは、検索の索引まで含めて、同じバイト列になる。"""
    project.write("docs/index.md", "# 入口\n\n[見本](demo/square.md) の $1 + 1 = 2$ です。\n")
    plain = CONFIG.replace("{name: mkdocs, highlightjs: false}", "{name: material, font: false}")
    with_hooks = plain + "hooks: [snippets/_engine/hooks.py]\n"
    made = []
    for config, folder in ((plain, "plain"), (with_hooks, "late")):
        project.write("mkdocs.yml", config)
        code, output, files = built(project, folder)
        assert (code, output) == (0, b"")
        made.append(files)
    assert b"katex-html" in made[0]["demo/square/index.html"]
    assert made[0] == made[1]


def test_counted_tests_are_functions():
    """ページに書くテストの数は、どのファイルでも、構文木で数えた関数の数である。"""
    for path in TESTS.rglob("*.py"):
        functions = [node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.FunctionDef)]
        assert count_tests(path) == sum(function.name.startswith("test_") for function in functions), path
