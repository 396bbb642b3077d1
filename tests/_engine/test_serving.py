"""mkdocs serve は、誤りで止まらずページに見せ、--dirty では、かかわりのあるページだけを作りなおす。"""

from types import SimpleNamespace

import click
import markdown
import pytest
from mkdocs.structure.files import File, Files, InclusionLevel

from snippets._engine import Problem, current, hooks
from snippets._engine.extension import FormulaExtension

WRONG = Problem("docs/a/b.md", 3, "a.b", "式の 1 番目と 2 番目の辺が <一致しない>")


def command(name):
    """mkdocs の命令 name の中。"""
    return click.Context(click.Command(name), info_name=name).scope()


@pytest.fixture
def broken(monkeypatch):
    """誤りのある Book。"""
    monkeypatch.setattr(current, "current_book", lambda: SimpleNamespace(problems=[WRONG]))


def test_serve_shows_the_message_in_the_page(broken):
    """serve では、どのページも、端末と同じ誤りの文になる。"""
    with command("serve"):
        html = markdown.markdown("# 題\n\n本文。", extensions=[FormulaExtension()])
    assert "本文" not in html
    assert "docs/a/b.md:3" in html and "辺が &lt;一致しない&gt;" in html


@pytest.mark.parametrize("name", ["build", None])
def test_build_stops(broken, name):
    """build でも、MkDocs の外でも、同じ文を言って止まる。"""
    with pytest.raises(SystemExit, match=r"docs/a/b\.md:3"):
        if name:
            with command(name):
                markdown.markdown("本文。", extensions=[FormulaExtension()])
        else:
            markdown.markdown("本文。", extensions=[FormulaExtension()])


def files():
    """原稿より新しい出来上がりのある、三つのファイル。"""
    made = [
        File(path, "docs", "site", True, inclusion=InclusionLevel.INCLUDED) for path in ("a/b.md", "c.md", "lab/x.py")
    ]
    for file in made:
        file.is_documentation_page = lambda: True
        file.is_modified = lambda: False
    return Files(made)


@pytest.mark.parametrize(
    ("names", "marked"),
    [
        (set(), []),
        ({"a.b"}, ["a/b.md"]),
        ({"c", "lab.x"}, ["c.md", "lab/x.py"]),
        (None, ["a/b.md", "c.md"]),
    ],
)
def test_only_the_changed_pages_are_made_again(monkeypatch, names, marked):
    """変わったページだけに印が付く。全部を組みなおすときも、実行に時間のかかるノートブックには付かない。"""
    monkeypatch.setattr(current, "remade", lambda: names)
    found = hooks.on_files(files(), None)
    assert [file.src_uri for file in found if file.is_modified()] == marked


def test_changed_pages_are_known_from_the_last_book(monkeypatch):
    """作りなおすのは、調べなおしたページと、一覧を置いたページ。誤りのあとと、はじめは全部。"""
    lists = SimpleNamespace(name="ledger")
    good = SimpleNamespace(problems=[], executed=["a.b"], placed={"ledger": lists})
    bad = SimpleNamespace(problems=[WRONG], executed=[], placed={})
    for before, book, wanted in (
        (None, good, None),
        (bad, good, None),
        (good, bad, None),
        (good, good, {"a.b", "ledger"}),
    ):
        monkeypatch.setattr(current, "_memory", {"before": before})
        monkeypatch.setattr(current, "current_book", lambda book=book: book)
        assert current.remade() == wanted
