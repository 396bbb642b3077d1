"""1 歩ずつ進む図の宣言と、計算の列の約束。破れば、場所と原因を言って断る。"""

import json
import re
from html import unescape

import markdown
import pytest

from snippets._engine import FormulaError
from snippets._engine.blocks import scan
from snippets._engine.book import Book
from snippets._engine.chapter import check_page
from snippets._engine.extension import Weave
from snippets._engine.page import read_page
from snippets._engine.stepper import boxed, check_tape, read_stepper, stepper_html
from snippets.learning.backprop import tape

DECLARED = "alt: 計算グラフ\nrate: 0.1"


def row(name, rule="given", inputs=(), **changes):
    given = {"name": name, "label": name, "rule": rule, "inputs": inputs, "place": (0, 0), "value": 1, "gradient": 1}
    return {**given, **changes}


A, B = row("a"), row("b", "weight")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "2 行を書く"),
        ("[", "2 行を書く"),
        ("rate: 0.1", "2 行を書く"),
        ("alt:\nrate: 0.1", "2 行を書く"),
        ("alt: 図\nrate: 0.1\nspeed: 3", "2 行を書く"),
        ("alt: 図\nrate: 速い", "0 より大きく 100 以下の数にする（いまは 速い）"),
        ("alt: 図\nrate: 0", "0 より大きく"),
        ("alt: 図\nrate: nan", "0 より大きく"),
        ("alt: 図\nrate: [1]", "0 より大きく"),
    ],
)
def test_bad_declarations_are_refused(text, message):
    """宣言の誤りは、原因と直し方を言って断る。"""
    with pytest.raises(FormulaError, match=re.escape(message)):
        read_stepper("a.b.tape", text)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "出口は、最後の計算ただ一つ"),
        ([A], "出口は、最後の計算ただ一つ"),
        ([A, B, row("c", "times", ("a", "b")), row("d")], "出口は、最後の計算ただ一つ"),
        ([A, B, row("d"), row("c", "times", ("a", "b"))], "どこにも使われない"),
        ([A, row("a"), row("c", "times", ("a", "a"))], "同じ名 a が二つ"),
        ([A, row("c", "times", ("a", "b")), B], "もとになる b が、c より前にない"),
        ([A, row("c", "divide", ("a", "a"))], "計算 divide を知らない"),
        ([A, row("c", "times", ("a",))], "もとになる数は 2 個（いまは 1 個）"),
        ([A, row("c", "plus", ("a",))], "もとになる数は 2 個（いまは 1 個）"),
        ([A, row("c", "sigmoid", ())], "もとになる数は 1 個（いまは 0 個）"),
        ([A, row("c", "given", ("a",))], "もとになる数は 0 個"),
        ([A, row("c", "sigmoid", ("a",), value=float("nan"))], "有限の数でない"),
        ([{"name": "a"}], "辞書にする"),
        (["a"], "辞書にする"),
    ],
)
def test_broken_tapes_are_refused(rows, message):
    """使う順、名、計算の種類、個数、出口、数のどれが破れた計算の列も断る。"""
    with pytest.raises(FormulaError, match=re.escape(message)):
        check_tape(rows)


def test_a_number_may_be_used_twice():
    """同じ数を 2 度使う計算も、3 つの数の和も、計算の列になる。"""
    check_tape([A, B, row("c", "times", ("a", "a")), row("d", "plus", ("a", "b", "c"))])


def test_block_is_read_with_its_function():
    """```stepper のかこみは、関数の名と宣言を持つ一つのまとまりになり、字下げも保つ。"""
    (block,) = scan(["    ```stepper a.b.tape", "    alt: 図", "    ```"])
    assert (block.kind, block.alt, block.content, block.indent) == ("stepper", "a.b.tape", "    alt: 図", "    ")


@pytest.mark.parametrize(
    ("function", "declared", "message"),
    [
        ("learning.backprop.tape", "rate: 0.1", "2 行を書く"),
        ("learning.nowhere.tape", DECLARED, "話題 learning.nowhere が snippets/ にない"),
        ("learning.backprop.nothing", DECLARED, "図 learning.backprop.nothing を描く関数がない"),
        ("learning.backprop.value_lines", DECLARED, "計算できない: TypeError"),
        ("learning.backprop.identity", DECLARED, "計算できない: TypeError"),
    ],
)
def test_page_says_where_the_stepper_is_wrong(tmp_path, function, declared, message):
    """ページの誤りは、行の番号と関数の名と原因を言う。"""
    path = tmp_path / "page.md"
    path.write_text(f"# 題\n\n```stepper {function}\n{declared}\n```\n", "utf-8")
    page = read_page(path, tmp_path)
    (problem,) = check_page(page, {page.name: page}).problems
    assert (problem.line, problem.label) == (3, function)
    assert message in problem.message


def test_page_shows_the_stepper_where_it_is_written(tmp_path):
    """かこみのあったところに、字下げの中でも、結果の図がそのまま入る。"""
    text = f"```stepper learning.backprop.tape\n{DECLARED}\n```"
    path = tmp_path / "page.md"
    path.write_text(f"# 題\n\n{text}\n", "utf-8")
    page = read_page(path, tmp_path)
    result = check_page(page, {page.name: page})
    assert result.problems == []
    md = markdown.Markdown()
    woven = Weave(md, Book({page.name: page}, {page.name: result.__dict__})).run(
        ["前の文。", *text.split("\n"), "後の文。"]
    )
    assert woven[0] == "前の文。" and woven[-1] == "後の文。"
    assert [block.startswith('<figure class="plot stepper"') for block in md.htmlStash.rawHtmlBlocks] == [True]


def test_figure_has_every_number_without_javascript():
    """図には、どの数の名と値と勾配も、ビルドのときに書いてある。"""
    html = stepper_html(read_stepper("learning.backprop.tape", DECLARED), tape)
    for each in tape():
        group = re.search(rf'data-node="{each["name"]}".*?</g>', html)[0]
        texts = re.findall(r"<text[^>]*>([^<]*)</text>", group)
        assert texts[0] == each["label"]
        assert texts[-2:] == [boxed(each["value"]), f"({boxed(each['gradient'])})"]
    assert html.count('class="stepper-edge"') == sum(len(each["inputs"]) for each in tape())
    assert 'aria-label="計算グラフ"' in html


def test_numbers_for_the_page_come_from_the_function():
    """ページに渡る計算の列は、関数の返す名と計算と、入口の数だけを持つ。"""
    html = stepper_html(read_stepper("learning.backprop.tape", DECLARED), tape)
    told = json.loads(unescape(re.search(r'data-tape="([^"]*)"', html)[1]))
    assert [(t["name"], t["rule"], tuple(t["inputs"])) for t in told] == [
        (each["name"], each["rule"], each["inputs"]) for each in tape()
    ]
    assert [t.get("start") for t in told] == [None if each["inputs"] else each["value"] for each in tape()]


def test_every_control_is_native_and_named():
    """動かすところは、名の付いたボタンと、札の付いた range と数の欄だけでできている。"""
    html = stepper_html(read_stepper("learning.backprop.tape", DECLARED), tape)
    assert re.findall(r"<button[^>]*>([^<]+)</button>", html) == [
        "はじめへ", "一つ戻る", "一つ進む", "終わりへ", "重みを 1 歩動かす", "もとの数に戻す",
    ]  # fmt: skip
    assert html.count("<input") == len(re.findall(r"<label[^>]*><span>[^<]+</span><input", html)) == 14
    assert 'type="range" max="38" value="38"' in html


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (-0.09242343, "−0.09242"),
        (1.25e-7, "1.25e−7"),
        (1.23456e-7, "1.235e−7"),
        (-1.2345e-7, "−1.2e−7"),
        (-123456.0, "−1.235e5"),
    ],
)
def test_numbers_fit_in_a_box(value, text):
    """箱の数は 8 字までで、負号は U+2212 である。"""
    assert boxed(value) == text and len(text) <= 8
