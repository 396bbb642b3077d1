"""選んで引く表と、点を置く板の宣言と約束。破れば、原因と直し方を言って断る。"""

import json
import re
from html import unescape
from itertools import product

import pytest

from snippets._engine import FormulaError
from snippets._engine.blocks import scan
from snippets._engine.board import WORDS, board_html, check_examples, read_board
from snippets._engine.chapter import check_page
from snippets._engine.choices import check_rows, choices_html, read_choices
from snippets._engine.page import read_page
from snippets._engine.widgets import KINDS

PAIR = read_choices("a.b.rows", "left: 左 = x\nright: 右 = y")
ROWS = [{"left": left, "right": right, "text": [left, right]} for left, right in product("xz", "yw")]
GOOD = {"name": "例", "points": [(0, 0, 1), (1, 0, -1)], "hulls": [[(0, 0)], [(1, 0)]], "line": (-1, 0, 0.5)}


@pytest.mark.parametrize("text", ["", "[", "left: 左", "left: = x", "- left", "text: 文 = x", "left:\n  a: 1"])
def test_bad_choices_are_refused(text):
    """欄の書き方の誤りは、直し方を言って断る。"""
    with pytest.raises(FormulaError, match="名前: 見出し = 初めの値"):
        read_choices("a.b.rows", text)


@pytest.mark.parametrize("text", ["", "[", "alt:", "alt: 図\nsize: 3", "図"])
def test_bad_boards_are_refused(text):
    """板の書き方の誤りは、直し方を言って断る。"""
    with pytest.raises(FormulaError, match="1 行を書く"):
        read_board("a.b.boards", text)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "一度ずつ並べる"),
        (ROWS[:-1], "一度ずつ並べる"),
        ([*ROWS, ROWS[0]], "一度ずつ並べる"),
        ([{"left": "x", "text": ["文"]}], "left, right, text を持つ辞書にする"),
        ([{**ROWS[0], "text": []}], "持つ辞書にする"),
        (["x"], "持つ辞書にする"),
        ([row | {"left": "左" + row["left"]} for row in ROWS], "初めの値「x」が行にない。あるのは 左x、左z"),
    ],
)
def test_broken_rows_are_refused(rows, message):
    """欠けた組み合わせ、重なった組み合わせ、欄の違い、ない初めの値は断る。"""
    with pytest.raises(FormulaError, match=re.escape(message)):
        check_rows(PAIR, rows)


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        ([], "一つ以上返す"),
        ([{"name": "例"}], "持つ辞書にする"),
        ([GOOD | {"points": [(0, 11, 1)]}], "0 から 10 の整数"),
        ([GOOD | {"points": [(0.5, 1, 1)]}], "0 から 10 の整数"),
        ([GOOD | {"points": [(0, 1, 2)]}], "印は 1 か −1"),
        ([GOOD | {"points": [(0, 1, 1), (0, 1, -1)]}], "違う場所"),
        ([GOOD | {"points": [(k % 11, k // 11, 1) for k in range(25)]}], "24 個まで"),
    ],
)
def test_broken_examples_are_refused(examples, message):
    """板からはみ出す点、重なる点、多すぎる点、知らない印は断る。"""
    with pytest.raises(FormulaError, match=re.escape(message)):
        check_examples("a.b.boards", examples)


def test_every_text_is_found_by_the_places_of_its_choices():
    """文は、左の欄ほどゆっくり動く順に並び、選んだ番号から引ける。行の順にはよらない。"""

    def rows():
        """表。"""
        return ROWS[::-1]

    html = choices_html(PAIR, rows)
    texts = json.loads(unescape(re.search(r'data-texts="([^"]*)"', html)[1]))
    options = [re.findall(r"<option[^>]*>([^<]+)", select) for select in re.findall(r"<select.*?</select>", html)]
    assert texts == [list(pair) for pair in product(*options)]
    assert re.findall(r"<option selected>([^<]+)", html) == ["x", "y"]
    assert "<p>x</p><p>y</p>" in html


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, WORDS["yes"].format("0.50")),
        ({"line": None}, WORDS["no"]),
        ({"points": [(0, 0, 1)], "hulls": [[(0, 0)], []], "line": None}, WORDS["one"]),
    ],
)
def test_static_board_says_its_answer(change, said):
    """JavaScript がなくても、はじめの例の点と答えがある。"""

    def boards():
        """板。"""
        return [GOOD | change]

    html = board_html(read_board("a.b.boards", "alt: 図"), boards)
    drawn = html.partition('<g class="board-points">')[2]
    assert drawn.count('class="board-point"') == len((GOOD | change)["points"])
    assert re.search(r'role="status">([^<]+)', html)[1] == said


@pytest.mark.parametrize("kind", ["choices", "board"])
def test_page_says_where_the_widget_is_wrong(tmp_path, kind):
    """ページの誤りは、行の番号と関数の名と原因を言う。"""
    (tmp_path / "page.md").write_text(f"# 題\n\n```{kind} neuron.xor.plot\n```\n", "utf-8")
    page = read_page(tmp_path / "page.md", tmp_path)
    (problem,) = check_page(page, {page.name: page}).problems
    assert (problem.line, problem.label) == (3, "neuron.xor.plot")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_block(kind):
    """並べた種類は、どれも本文のまとまりとして読まれる。"""
    (block,) = scan([f"```{kind} a.b.c", "alt: 図", "```"])
    assert (block.kind, block.alt) == (kind, "a.b.c")
