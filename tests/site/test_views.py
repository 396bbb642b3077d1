"""式の多いページを、送り、飛び、探し、刷る検査。SITE_DIR（なければ site/）のサイトを使う。

画面から遠い式と図は、近づくまで組まない。そうとわからないことを確かめる。
"""

import json
from urllib.parse import quote

import pytest

from tests.bench.views import richest
from tests.site.test_browser import MODES, PAGES, SITE, leave, reader, unavailable  # noqa: F401

pytestmark = pytest.mark.browser

LIMIT = 0.02  # 置き場所のずれの上限。CLS と同じ数え方
NOTEBOOK = 150_000  # 実験ノートの HTML の上限（バイト）
WATCH = """() => {
    window.shift = 0;
    new PerformanceObserver(list => list.getEntries().forEach(entry => {
        if (!entry.hadRecentInput) window.shift += entry.value;
    })).observe({type: 'layout-shift', buffered: true});
}"""
LAZY = ".formula-math .katex-html, .plot > svg[style]"
HEIGHTS = f"[...document.querySelectorAll('{LAZY}')].map(box => box.getBoundingClientRect().height)"
SKIPPED = f"""[...document.querySelectorAll('{LAZY}')].filter(
    box => !box.firstElementChild.checkVisibility({{contentVisibilityAuto: true}})).length"""
BOTTOM = "scrollY + innerHeight >= document.documentElement.scrollHeight - 2"


@pytest.fixture(params=["明", "390px"])
def page(reader, request):  # noqa: F811
    """いちばん式の多いページ。広い画面と狭い画面で開く。"""
    page = reader.open(**MODES[request.param])
    page.add_init_script(f"({WATCH})()")
    page.goto(reader.url(richest(SITE)))
    page.evaluate("document.fonts.ready.then(() => 0)")
    yield page
    leave(page)


def settle(page):
    """送ったあとの描きなおしが終わるまで待つ。"""
    page.evaluate(
        "() => new Promise(done => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 300))"
    )


def headings(page):
    """本文の見出しの名。"""
    return page.evaluate("[...document.querySelectorAll('.md-content :is(h2, h3)[id]')].map(heading => heading.id)")


def at_top(page, ident):
    """見出しが、上の帯のすぐ下にあるか。いちばん下まで送ったときは、見えていればよい。"""
    return page.evaluate(
        f"""id => {{
        const top = document.getElementById(id).getBoundingClientRect().top;
        const band = document.querySelector('.md-header').getBoundingClientRect().bottom;
        return top >= band - 1 && (top <= band + 60 || ({BOTTOM} && top < innerHeight));
    }}""",
        ident,
    )


def test_far_formulas_wait(page):
    """開いたばかりのページでは、画面から遠い式と図の大半は、まだ組まれていない。"""
    settle(page)
    assert page.evaluate(SKIPPED) > page.evaluate(f"document.querySelectorAll('{LAZY}').length") / 2


def test_unseen_boxes_have_their_true_height(page):
    """まだ組まれていない式と図の丈は、組んだあとの丈と 1 px しか違わない。"""
    settle(page)
    waiting = page.evaluate(HEIGHTS)
    page.add_style_tag(content=".md-typeset :is(.katex-html, .plot > svg) { content-visibility: visible !important; }")
    page.evaluate("document.fonts.ready.then(() => 0)")
    settle(page)
    done = page.evaluate(HEIGHTS)
    assert page.evaluate(SKIPPED) == 0
    assert done == pytest.approx(waiting, abs=1.01)


def test_nothing_moves_while_scrolling(page):
    """終わりまで送るあいだ、見えているものは動かない。"""
    page.mouse.move(200, 400)
    while not page.evaluate(BOTTOM):
        page.mouse.wheel(0, 700)
        page.wait_for_timeout(60)
    settle(page)
    assert page.evaluate("shift") <= LIMIT


def test_jump_lands_on_the_heading(page):
    """目次のどこへ飛んでも、見出しが画面の上に来て、あとから動かない。"""
    found = headings(page)
    for ident in (found[-1], found[len(found) // 3], found[2 * len(found) // 3]):
        page.evaluate("id => { location.hash = id }", ident)
        settle(page)
        assert at_top(page, ident), ident
    assert page.evaluate("shift") <= LIMIT


def test_link_from_outside_lands_on_the_heading(reader, page):  # noqa: F811
    """見出しの付いた URL で開いても、その見出しが画面の上に来る。"""
    ident = headings(page)[-2]
    page.goto("about:blank")
    page.goto(reader.url(richest(SITE)) + "#" + quote(ident))
    page.evaluate("document.fonts.ready.then(() => 0)")
    settle(page)
    assert at_top(page, ident)
    assert page.evaluate("shift") <= LIMIT


def test_find_reaches_a_formula_not_yet_painted(page):
    """ページの中の検索は、まだ組まれていない式の中の文字も見つけ、そこまで送る。"""
    settle(page)
    word = page.evaluate("""() => {
        const boxes = [...document.querySelectorAll('.plot > svg[style] text')];
        const seen = text => document.body.innerText.split(text).length > 2;
        return boxes.map(box => box.textContent.trim()).filter(text => text.length > 4 && !seen(text)).at(-1);
    }""")
    assert page.evaluate("word => find(word)", word), word
    settle(page)
    assert page.evaluate("""() => {
        const box = getSelection().getRangeAt(0).getBoundingClientRect();
        return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight;
    }""")


def test_every_formula_stays_in_the_accessibility_tree(page):
    """まだ組まれていない式も、MathML のまま読み上げの木にある。"""
    settle(page)
    assert page.evaluate(SKIPPED) > 0
    session = page.context.new_cdp_session(page)
    session.send("Accessibility.enable")
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    spoken = [node for node in nodes if node.get("role", {}).get("value") == "MathMLMath" and not node["ignored"]]
    shown = page.evaluate("""[...document.querySelectorAll('.md-content math')]
        .filter(math => !math.closest('details:not([open]) > :not(summary)')).length""")
    assert len(spoken) == shown > 0


def test_print_shows_every_formula(page):
    """紙に刷るときは、画面で組んでいない式も図も、すべて組まれる。"""
    assert page.evaluate(SKIPPED) > 0
    page.emulate_media(media="print")
    settle(page)
    assert page.evaluate(SKIPPED) == 0
    page.emulate_media(media="screen")


def test_opening_recalculates_few_elements(reader):  # noqa: F811
    """開くときにスタイルを求める要素は、ページの要素の数の 2 倍に届かない。文書全体を何度も計算しなおさない。"""
    page = reader.open(**MODES["明"])
    browser = page.context.browser
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    page.goto(reader.url(richest(SITE)), wait_until="load")
    settle(page)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    styled = sum(event["args"].get("elementCount", 0) for event in events if event["name"] == "UpdateLayoutTree")
    assert 0 < styled < 2 * page.evaluate("document.querySelectorAll('*').length")
    leave(page)


def test_first_view_is_light_on_notebooks():
    """実験ノートの HTML は 150 kB に収まる。"""
    sizes = {path: (SITE / path).stat().st_size for path in PAGES if path.startswith("lab/")}
    assert sizes and max(sizes.values()) < NOTEBOOK, sizes


def test_scheme_is_set_before_the_first_paint(reader):  # noqa: F811
    """暗い表示を選んだ読み手には、はじめの描画から暗い。"""
    page = reader.open(color_scheme="light")
    page.goto(reader.origin)
    for _ in range(2):
        page.locator(".palette:visible").click()
    page.route("**/bundle*.js", lambda route: route.abort())
    page.goto(reader.origin, wait_until="domcontentloaded")
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    page.context.close()
