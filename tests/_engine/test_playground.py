"""遊び場の宣言。読めない設定は、原因と直し方を言って断る。"""

import re

import pytest

from snippets._engine import FormulaError
from snippets._engine.blocks import scan
from snippets._engine.page import read_page
from snippets._engine.playground import Playground, playground_html, read_playground


def test_every_setting_may_be_left_out():
    """何も書かなければ、既定の設定になる。"""
    assert read_playground("") == Playground()


def test_settings_are_read():
    """書いた設定は、そのまま初めの値になる。"""
    text = "data: spiral\nactivation: relu\nhidden: 8, 6,4\nrate: 0.03\nbatch: 100\nseed: 42"
    assert read_playground(text) == Playground("spiral", "relu", ("8", "6", "4"), "0.03", "100", "42")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("data: moon", "「moon」.*gauss、circle"),
        ("activation: gelu", "「gelu」.*linear、step"),
        ("hidden: 4, 4, 4, 4", "3 つまで"),
        ("hidden: 0", "1 から 8"),
        ("hidden: 9", "1 から 8"),
        ("hidden: ''", "1 から 8"),
        ("rate: 0.2", "「0.2」.*0.1、0.3"),
        ("batch: 7", "「7」.*5、10"),
        ("hidden: ４", "1 から 8"),
        ("seed: ７", "1 から 9999"),
        ("seed: 0", "1 から 9999"),
        ("seed: 1.5", "整数"),
        ("units: 4", "units という設定はない.*hidden"),
        ("- xor", "名前: 値"),
        ("data: [", "名前: 値"),
        ("data: [xor]", "書けない"),
    ],
)
def test_bad_settings_are_refused(text, message):
    """読めない設定は、受けとった値と、書けるものを言って断る。"""
    with pytest.raises(FormulaError, match=message):
        read_playground(text)


def test_all_mistakes_are_told_at_once(tmp_path):
    """いくつ誤りがあっても、その場所とともに、一度に全部言う。"""
    path = tmp_path / "page.md"
    path.write_text("# 題\n\n```playground\ndata: moon\nrate: 0.2\nseed: x\n```\n", "utf-8")
    (problem,) = read_page(path, tmp_path).problems
    assert problem.line == 3
    assert all(word in problem.message for word in ("moon", "0.2", "「x」"))


def test_block_is_not_code():
    """遊び場の囲みは、ふつうのコードの囲みとは別のものとして読まれる。"""
    kinds = [block.kind for block in scan(["```playground", "data: xor", "```", "```python", "1", "```"])]
    assert kinds == ["playground", "code"]


def test_controls_are_native_and_labelled():
    """操作は名前の付いた button と select と input で、初めの値を持つ。"""
    html = playground_html(read_playground("activation: linear\nhidden: 4, 6"), "playground-1")
    labels = re.findall(r'<label><span>([^<]+)</span><(?:select|input)[^>]* name="(\w+)"', html)
    assert [name for _, name in labels] == [
        "data", "activation", "hidden1", "hidden2", "hidden3", "rate", "batch", "seed",
    ]  # fmt: skip
    assert re.findall(r'<option value="(\w*)" selected>', html) == ["xor", "linear", "4", "6", "", "10"]
    assert '<option value="0.1" selected>' in html
    assert html.count('<button type="button"') == 3
    assert "JavaScript が要ります" in html and "--rows: 6" in html
    for drawing in re.findall(r"<svg[^>]*>", html):
        assert 'role="img"' in drawing and "aria-label=" in drawing
