"""記号表には、話題のページの宣言がすべて、文字の順に並ぶ。"""

from functools import cache
from pathlib import Path
from types import SimpleNamespace
from xml.etree.ElementTree import tostring

from snippets._engine.book import DOCS
from snippets._engine.notation_page import PARTS, Entry, entries, notation
from snippets._engine.page import read_page
from snippets._engine.symbol_table import declared


@cache
def pages():
    read = [read_page(path, DOCS) for path in [*DOCS.rglob("*.md"), *DOCS.glob("lab/*.py")]]
    return {page.name: page for page in read}


def made(path):
    """前もって実行した結果の道。"""
    return path.with_suffix(".ipynb")


def page_of(notation_page):
    book = SimpleNamespace(pages=pages(), placed={"notation": pages()["notation"]})
    return notation(book, lambda tex: f"${tex}$") if notation_page else book


def test_every_declaration_is_listed_once():
    """話題のページのどの宣言も、文字と意味とページの組として、ちょうど一度だけ載る。"""
    listed = [
        (e.name, meaning, name) for e in entries(pages()) for meaning, (_, used) in e.uses.items() for name in used
    ]
    topics = [page for page in pages().values() if "." in page.name]
    wanted = {(name, row.meaning, page.name) for page in topics for row in declared(page) for name in row.names}
    assert sorted(listed) == sorted(wanted)


def test_letters_are_in_order():
    """ラテン文字、ギリシャ文字、名前で書く関数の順で、飾りや添字のある文字は元の文字のあとに並ぶ。"""
    names = [
        r"\operatorname{softmax}",
        r"\lambda_{\max}",
        "x_0",
        r"\text{AND}",
        "X",
        r"\bar{x}",
        r"\lambda",
        r"\ell",
        "x",
        "k",
        r"\mathbb{1}",
    ]
    made = SimpleNamespace(path=DOCS / "a" / "b.md", name="a.b", symbols=dict.fromkeys(names, "R — 意味"), overrides={})
    found = [entry.name for entry in entries({"a.b": made})]
    assert found == [
        r"\mathbb{1}",
        "k",
        r"\ell",
        "x",
        "x_0",
        r"\bar{x}",
        "X",
        r"\lambda",
        r"\lambda_{\max}",
        r"\text{AND}",
        r"\operatorname{softmax}",
    ]


def test_same_meaning_is_one_line():
    """同じ意味なら、型が違っても一行にまとめ、型とページを並べる。"""
    entry, page = Entry("x"), SimpleNamespace(name="a.b")
    entry.add("R", "入力", page)
    entry.add("R^n", "入力", page)
    assert list(entry.uses) == ["入力"]
    assert list(entry.uses["入力"][0]) == ["R", "R^n"]


def test_page_shows_every_letter():
    """ページには、文字のどれもが部の見出しの下に載り、ページへのリンクは宣言したページを指す。"""
    tree = page_of(True)
    assert [node.text for node in tree.iter("span") if node.get("class") == "symbol"] == [
        f"${e.name}$" for e in entries(pages())
    ]
    assert [node.get("id") for node in tree.iter("h3")] == list(PARTS)
    targets = {path.relative_to(DOCS) for page in pages().values() for path in (page.path, made(page.path))}
    hrefs = {Path(node.get("href")) for node in tree.iter("a")}
    assert hrefs <= targets
    assert all(not made(DOCS / href).is_file() for href in hrefs if href.suffix == ".py")
    assert "学習率" in tostring(tree, encoding="unicode")
