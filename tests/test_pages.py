"""どの話題のページも、同じ骨組みを持つ。問い、読む前に、図と表、つまずき、演習と答え、つながり、参考文献。"""

import re

import pytest

from snippets._engine.binding import topics
from snippets._engine.blocks import scan
from snippets._engine.book import DOCS, read_book
from snippets._engine.notes import read_notes
from snippets._engine.order import ordered, prerequisites
from snippets._engine.page import split_front_matter

PAGES = read_book()
TOPICS = sorted(set(topics()) & set(PAGES))
GRID = re.compile(r"\s*\|(?:\s*:?-+:?\s*\|)+\s*$")


def body(name):
    return split_front_matter(PAGES[name].text)[1]


@pytest.mark.parametrize("name", TOPICS)
def test_opens_with_a_bold_question(name):
    """題のすぐ下に、太字の問いが一つある。"""
    assert re.search(r"^# .+\n\n\*\*.+か。\*\*$", body(name), re.M)


@pytest.mark.parametrize("name", TOPICS)
def test_says_what_to_read_before(name):
    """最初のページのほかは、読む前に読むページを言う。"""
    assert prerequisites(PAGES[name], PAGES) or name == ordered(PAGES)[0]


@pytest.mark.parametrize("name", TOPICS)
def test_argues_with_figures_and_tables(name):
    """論を運ぶ図か表が三つ以上ある。"""
    blocks = list(scan(body(name).split("\n")))
    shown = [block for block in blocks if block.kind in ("figure", "table")]
    grids = [block for block in blocks if block.kind == "text" and GRID.match(block.content)]
    assert len(shown) + len(grids) >= 3


@pytest.mark.parametrize("name", TOPICS)
def test_has_pitfalls_exercises_and_hidden_answers(name):
    """つまずきポイントと、答えを折りたたんだ演習がある。"""
    text = body(name)
    assert '!!! trap "つまずきポイント' in text
    questions, answers = re.search(
        r'^!!! check "演習"\n(.+?)^    \?\?\? success "答え"\n(.+?)^##', text, re.M | re.S
    ).groups()
    asked = re.findall(r"^    (\d)\. ", questions, re.M)
    assert len(asked) >= 2
    assert re.findall(r"^        (\d)\. ", answers, re.M) == asked


@pytest.mark.parametrize("name", TOPICS)
def test_ends_with_links_and_sources(name):
    """終わりに、つながりと参考文献がこの順にあり、つながりからほかのページへ行ける。"""
    headings = re.findall(r"^## (.+?)(?: \{.*)?$", body(name), re.M)
    assert headings[-2:] == ["つながり", "参考文献"]
    links = re.search(r"^## つながり\n(.+?)^## 参考文献", body(name), re.M | re.S)[1]
    assert "](" in links


def test_every_wrong_claim_is_corrected_in_a_box():
    """誤りか不正確と判定した主張は、そのページの訂正か補足の箱に、番号つきで載っている。"""
    notes, _ = read_notes(DOCS)
    missing = [
        f"{note.at}: {note.ident}"
        for note in notes.values()
        if note.verdict in ("誤り", "不正確")
        and not re.search(rf'^ *!!! correction "(?:訂正|補足) [^"]*{note.ident}(?!\w)', PAGES[note.at].text, re.M)
    ]
    assert missing == []


def test_ten_minutes_can_be_read_in_ten_minutes():
    """10 分で一回りの文は、1 分 500 字で 10 分に収まり、6 つの式を持つ。"""
    page = PAGES["ten_minutes"]
    prose = re.sub(r"\$\$.+?\$\$|!\[.*?\]|\(.*?\)|\s", "", body("ten_minutes"), flags=re.S)
    assert len(prose) < 5000
    assert len(page.formulas) == 6
