"""点を置く板と、選んで引く表を、キーボードと指とマウスで動かす検査。SITE_DIR（なければ site/）のサイトを使う。"""

import gzip
import re

import pytest

from snippets.neuron.vectors import combinations
from tests.site.test_browser import AXE_CONTEXT, AXE_OPTIONS, MODES, PAGES, SITE, leave, reader  # noqa: F401

pytestmark = pytest.mark.browser

BOARD, CHOICES = "neuron/linear_separability/index.html", "neuron/vectors/index.html"
WIDGETS = [(BOARD, "board"), (CHOICES, "choices")]
PLACES = "() => [...document.querySelectorAll('.board-point[data-k]')].map(mark => mark.getAttribute('aria-label'))"
LIMIT = 15_000  # 触れる図のあるページの、こちらの JavaScript の上限（gzip のバイト数）


def visit(reader, path, **options):  # noqa: F811
    page = reader.open(**options)
    page.goto(reader.url(path))
    page.wait_for_selector("figure[data-live]", state="attached")
    return page


@pytest.fixture
def board(reader):  # noqa: F811
    """点を置く板のページ。終わりに、誤りも外への問い合わせもないことを確かめる。"""
    page = visit(reader, BOARD, viewport={"width": 1280, "height": 900})
    page.locator(".board").scroll_into_view_if_needed()
    yield page
    leave(page)


def said(page):
    return page.locator(".board-say").inner_text()


def spot(page, x, y):
    """板の目盛り (x, y) の、画面での場所。"""
    box = page.locator(".board svg").bounding_box()
    return box["x"] + box["width"] * (x + 1) / 12, box["y"] + box["height"] * (11 - y) / 12


def test_keyboard_builds_an_example_from_nothing(board):
    """マウスを使わずに、例を選び、点を動かし、印を変え、消し、足せ、そのたびに答えが変わる。"""
    board.locator(".board select").select_option("AND")
    assert "線形分離可能です" in said(board)
    board.locator(".board-point[data-k]").first.focus()
    board.keyboard.press("Enter")
    assert board.evaluate(PLACES)[0] == "× (8, 8)" and "どちらも" in said(board)
    board.keyboard.press("Enter")
    board.keyboard.press("ArrowLeft")
    board.keyboard.press("ArrowDown")
    assert board.evaluate(PLACES)[0] == "○ (7, 7)"
    assert board.evaluate("document.activeElement.getAttribute('aria-label')") == "○ (7, 7)"
    board.keyboard.press("Delete")
    assert len(board.evaluate(PLACES)) == 3
    board.get_by_role("button", name="○ を足す").press("Enter")
    assert board.evaluate(PLACES)[-1] == "○ (5, 5)" and "線形分離可能ではありません" in said(board)
    assert board.locator(".board-line").get_attribute("d") == ""
    for _ in range(3):
        board.keyboard.press("ArrowRight")
        board.keyboard.press("ArrowUp")
    assert board.evaluate(PLACES)[-1] == "○ (8, 8)" and "線形分離可能です" in said(board)
    assert board.locator(".board-say").get_attribute("role") == "status"


def test_points_stay_on_the_board_and_apart(board):
    """点は板の外にも、ほかの点の上にも動かない。"""
    board.locator(".board select").select_option("1 列")
    board.locator(".board-point[data-k]").first.focus()
    for _ in range(15):
        board.keyboard.press("ArrowRight")
    assert board.evaluate(PLACES)[0] == "○ (4, 5)"
    for _ in range(15):
        board.keyboard.press("ArrowUp")
    assert board.evaluate(PLACES)[0] == "○ (4, 10)"


def test_mouse_adds_and_drags(board):
    """空いたところを押すと選んだ印の点が足され、つかんだ点は離したところに残る。"""
    board.locator(".board select").select_option("AND")
    board.locator(".board-fields").get_by_text("×", exact=True).click()
    board.mouse.click(*spot(board, 10, 10))
    assert board.evaluate(PLACES)[-1] == "× (10, 10)" and "線形分離可能ではありません" in said(board)
    board.mouse.move(*spot(board, 10, 10))
    board.mouse.down()
    board.mouse.move(*spot(board, 5, 3), steps=8)
    board.mouse.up()
    assert board.evaluate(PLACES)[-1] == "× (5, 3)" and "線形分離可能です" in said(board)


def test_board_takes_no_more_than_it_can(board):
    """点が上限の 24 個に届くと、足すボタンは使えないと言い、それ以上は増えない。"""
    more = board.get_by_role("button", name="× を足す")
    more.focus()
    for _ in range(20):
        more.dispatch_event("click")
    assert len(board.evaluate(PLACES)) == 24 and more.get_attribute("aria-disabled") == "true"


def test_finger_moves_a_point(reader):  # noqa: F811
    """390 px の画面で、指で触れて足せ、押すところはどれも 44 px 以上で、横にはみ出さない。"""
    page = visit(reader, BOARD, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.locator(".board").scroll_into_view_if_needed()
    before = len(page.evaluate(PLACES))
    page.touchscreen.tap(*spot(page, 0, 10))
    assert page.evaluate(PLACES)[before:] == ["○ (0, 10)"]
    small = page.evaluate("""() => [...document.querySelectorAll('.board :is(button, select, fieldset label)')]
        .filter(element => element.getBoundingClientRect().height < 44).map(element => element.outerHTML)""")
    assert small == [] and page.evaluate("document.documentElement.scrollWidth") <= 390
    leave(page)


def test_every_choice_tells_its_row(reader):  # noqa: F811
    """どの組み合わせを選んでも、Python の返した文が出て、高さは変わらない。"""
    page = visit(reader, CHOICES)
    heights = set()
    for row in combinations():
        for name in ("left", "sign", "right"):
            page.locator(f'.choices select[name="{name}"]').select_option(row[name])
        assert page.locator(".choices-say p").all_text_contents() == row["text"]
        heights.add(page.locator(".choices").bounding_box()["height"])
    assert len(heights) == 1
    leave(page)


def test_reload_keeps_the_state(reader):  # noqa: F811
    """URL を開きなおすと、板の点も、表の選びも、同じところから始まる。"""
    page = visit(reader, BOARD)
    page.locator(".board select").select_option("XOR")
    page.locator(".board-point[data-k]").first.focus()
    page.keyboard.press("ArrowUp")
    places = page.evaluate(PLACES)
    page.wait_for_function("location.search")
    page.reload()
    page.wait_for_selector(".board[data-live]")
    assert page.evaluate(PLACES) == places
    leave(page)
    page = visit(reader, CHOICES)
    page.locator('.choices select[name="sign"]').select_option("@")
    text = page.locator(".choices-say").inner_text()
    page.reload()
    page.wait_for_selector(".choices[data-live]")
    assert page.locator(".choices-say").inner_text() == text and "sign=" in page.url
    leave(page)


@pytest.mark.parametrize("state", ["zz", "55o55x", "%00", "0o", "55o" * 100])
def test_broken_state_is_harmless(reader, state):  # noqa: F811
    """壊れた URL を開いても、板は動き、誤りは出ない。"""
    page = reader.open()
    page.goto(reader.url(BOARD) + f"?neuron.linear_separability.boards={state}")
    page.wait_for_selector(".board[data-live]")
    assert len(page.evaluate(PLACES)) <= 1
    page.get_by_role("button", name="× を足す").click()
    assert any(place.startswith("×") for place in page.evaluate(PLACES))
    leave(page)


@pytest.mark.parametrize(("path", "kind"), WIDGETS)
@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing(reader, path, kind, mode):  # noqa: F811
    """動きだした図に、axe-core は何も見つけない。"""
    page = visit(reader, path, **MODES[mode])
    context = {**AXE_CONTEXT, "include": [[f"figure.{kind}"]]}
    assert reader.axe.run(page, context, AXE_OPTIONS).response["violations"] == []
    leave(page)


@pytest.mark.parametrize(("path", "kind"), WIDGETS)
def test_starting_moves_nothing(reader, path, kind):  # noqa: F811
    """動きだすときに、図の高さも見える字も変わらない。"""
    page = reader.open(java_script_enabled=False)
    page.goto(reader.url(path))
    text = "figure => figure.querySelector('[role=status]').textContent"
    still = page.locator(f"figure.{kind}").evaluate(text)
    leave(page)
    page = reader.open()
    page.add_init_script(f"""document.addEventListener('DOMContentLoaded', () => {{
        window.early = document.querySelector('figure.{kind}').offsetHeight }})""")
    page.goto(reader.url(path))
    page.wait_for_selector("figure[data-live]")
    figure = page.locator(f"figure.{kind}")
    assert figure.evaluate(text) == still
    assert figure.evaluate("figure => figure.offsetHeight") == page.evaluate("window.early")
    leave(page)


def test_without_javascript_and_on_paper_the_answer_stands(reader):  # noqa: F811
    """JavaScript がなくても紙の上でも、点と答えは見え、押すところは出ない。"""
    for options, media in (({"java_script_enabled": False}, "screen"), ({}, "print")):
        page = reader.open(**options)
        page.goto(reader.url(BOARD))
        page.emulate_media(media=media)
        assert page.locator(".board svg").is_visible() and "線形分離可能です" in said(page)
        assert not page.locator(".board-buttons").is_visible()
        leave(page)


@pytest.mark.parametrize(("path", "kind"), WIDGETS)
def test_page_stays_small(path, kind):
    """触れる図のあるページの、こちらの JavaScript は、圧縮して 15 kB に収まる。"""
    names = {"board": ["board.mjs", "separation.mjs"], "choices": ["choices.mjs"]}[kind]
    assert re.search(f'class="plot {kind}"', (SITE / path).read_text("utf-8"))
    files = [SITE / "javascripts" / name for name in ["formula.js", "state.mjs", *names]]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) <= LIMIT


def test_only_these_pages_have_them():
    """板と表は、置いたページだけにある。"""
    found = {(p, k) for p in PAGES for _, k in WIDGETS if f'class="plot {k}"' in (SITE / p).read_text("utf-8")}
    assert found == set(WIDGETS)
