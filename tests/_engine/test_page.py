"""本文の読み方と織りこみ方。どの行も失われず、コードの中の記号は式にならない。"""

import inspect
import re
from html import unescape

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets._engine import FormulaError
from snippets._engine.blocks import scan
from snippets._engine.book import Book, read_book
from snippets._engine.chapter import check_page
from snippets._engine.extension import FormulaExtension
from snippets._engine.page import read_page
from snippets._engine.reading import Reading
from snippets._engine.weave import ledger_link
from snippets.learning._value import Value

LINES = st.lists(
    st.sampled_from(
        ["文。", "", "$$", "x = x", "$$ x $$", "```python", "```", "~~~", "```refused", "    $$", "![絵](a.b.plot)"]
    ),
    max_size=12,
)


@given(LINES)
def test_every_line_belongs_to_one_block(lines):
    """Block をつなぐと、もとの行がちょうど一度ずつ現れる。"""
    covered = [k for block in scan(lines) for k in range(block.start, block.end)]
    assert covered == list(range(len(lines)))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("$$\nx\n$$", "formula"),
        ("    $$\n    x\n    $$", "formula"),
        ("$$ x \\label{a.b} $$", "formula"),
        ("```python\n$$\n```", "code"),
        ("~~~\n$$\n~~~", "code"),
        ("```refused\nx\n```", "refused"),
        ("![絵](activation.sigmoid.plot)", "figure"),
        ("![絵](picture.png)", "text"),
        ("![絵](../assets/logo.svg)", "text"),
        ("{table}`activation.sigmoid.slopes()`", "table"),
        ("{source}`learning.autodiff.smooth`", "source"),
        ("文中の {source}`learning.autodiff.smooth` です。", "text"),
        ("文中の {eval}`1 + 1` です。", "text"),
        ("$$\nx", "unclosed"),
    ],
)
def test_block_is_recognised(text, kind):
    """まとまりの種類は、行の形で決まる。"""
    assert [block.kind for block in scan(text.split("\n"))] == [kind]


def read(tmp_path, text):
    path = tmp_path / "page.md"
    path.write_text(text, "utf-8")
    return read_page(path, tmp_path)


def test_dollars_in_code_are_not_formulas(tmp_path):
    """コードの中のドル記号と、値段のドル記号は、式にならない。"""
    page = read(
        tmp_path, "式は $x_1$ です。\n`$y$` と \\$5 と 3$ と `` `$z$` `` は違う。\n<!-- $c$ -->\n```\n$w$\n```\n"
    )
    assert [(span.line, span.tex) for span in page.spans] == [(1, "x_1")]
    assert page.problems == []


def test_front_matter_is_read(tmp_path):
    """記号と、一つの式だけの記号と、使うページと、引数を読む。行の番号はファイルの先頭から数える。"""
    page = read(
        tmp_path,
        "---\ntitle: 題\nsymbols:\n  x: R — 入力\n  a.b.c:\n    y: R — 値\n"
        "uses: [d.e]\narguments:\n  a.b: 'x, y'\n---\n\n"
        "$$\nx\n\\label{a.b}\n$$\n",
    )
    assert (page.title, page.symbols, page.uses) == ("題", {"x": "R — 入力"}, ["d.e"])
    assert page.overrides == {"a.b.c": {"y": "R — 値"}}
    assert page.arguments == {"a.b": "x, y"}
    assert [(f.line, f.label, f.tex) for f in page.formulas] == [(13, "a.b", "x")]


def woven(text):
    return markdown.markdown(text, extensions=[FormulaExtension(), "admonition", "fenced_code", "tables"])


def test_formula_becomes_a_card_even_inside_a_box():
    """箱の中の式も、名と判定と実装の付いた札になる。"""
    html = woven("!!! note\n    前の文。\n\n    $$\n    x\n    \\label{activation.sigmoid}\n    $$\n\n    後の文。\n")
    assert '<div class="formula" id="activation.sigmoid">' in html
    assert "katex-html" in html and "<math" in html
    assert "snippets/activation/sigmoid.py" in html
    assert html.index("前の文") < html.index("katex-html") < html.index("後の文")
    assert "$$" not in html


def test_code_is_left_alone():
    """囲まれたコードは、そのまま残る。"""
    html = woven("前。\n\n```python\nprice = '$$'\nx = 1\n```\n\n後。\n")
    assert "price = '$$'" in html.replace("&#x27;", "'").replace("&#39;", "'")
    assert "x = 1" in html


def test_sentences_are_joined_without_a_gap():
    """一行一文の改行は、和文のあいだの空白にならない。コードの改行は残る。"""
    html = woven("一つめ。\n二つめ。\n\n    a = 1\n    b = 2\n")
    assert "一つめ。二つめ。" in html
    assert "a = 1\nb = 2" in html


def test_inline_formula_survives_markdown():
    """文中の式の下線と星は、強調にならない。"""
    html = woven("値は $w_1 x_1$ と $a_2^*$ です。")
    assert html.count('<math-inline class="math"') == 2
    assert "<em>" not in html


def test_unknown_number_is_an_error():
    """サイト全体の数の名を書きまちがえると断る。"""
    with pytest.raises(FormulaError, match="という数はない"):
        woven("{site}`formulae` 個。")


def test_unreadable_sample_is_refused_but_its_label_must_exist(tmp_path):
    """誤りの見本は、読めないことでも断られてよい。ただし、結べないラベルは見本でも誤りになる。"""
    page = read(
        tmp_path,
        "```refused\n1 / 2 \\pi\n\\label{activation.sigmoid:unreadable}\n```\n\n"
        "```refused\n1 = 2\n\\label{activation.sigmoidd:lost}\n```\n",
    )
    reading = Reading(page, {}, [])
    assert list(reading) == []
    assert "分母がどこまでか決まらない" in reading.refused["activation.sigmoid:unreadable"]
    (problem,) = reading.problems
    assert (problem.line, problem.label) == (7, "activation.sigmoidd:lost")


def test_ledger_link_follows_the_ledger(tmp_path):
    """式の札は、台帳のあるサイトでだけ、自分の行を指す。"""
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "one.md").write_text("$$\nx\n\\label{part.one}\n$$\n", "utf-8")
    alone = Book({"part.one": read_page(tmp_path / "part" / "one.md", tmp_path)}, {})
    assert ledger_link(alone, "part.one") == []
    (tmp_path / "book.md").write_text("{ledger}\n", "utf-8")
    pages = alone.pages | {"book": read_page(tmp_path / "book.md", tmp_path)}
    (link,) = ledger_link(Book(pages, {}), "part.one")
    assert link.get("href") == "../book.md#part.one"


def test_title_of_a_notebook_is_its_heading():
    """front matter に題のないページとノートブックの題は、最初の見出しである。"""
    assert read_book()["lab.xor"].title == "XOR を学習させる"
    assert all(page.title for page in read_book().values())


def test_source_is_shown_as_it_is_written(tmp_path):
    """{source} は、クラスの実装を、ファイルにあるままに見せる。見せるものがなければ誤りになる。"""
    page = read(tmp_path, "{source}`learning.backprop.Value`\n")
    html = check_page(page, {}).computed["source:learning.backprop.Value"]
    assert unescape(re.sub(r"<[^>]*>", "", html)).strip() == inspect.getsource(Value).strip()
    missing = read(tmp_path, "{source}`learning.backprop.Valeu`\n")
    (problem,) = check_page(missing, {}).problems
    assert "AttributeError" in problem.message and problem.line == 1
