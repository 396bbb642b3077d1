"""式の札を、マウスと指とキーボードで動かす検査。SITE_DIR（なければ site/）のサイトを使う。"""

import importlib
import inspect
import re
from pathlib import Path

import pytest

from snippets._engine import katex
from snippets._engine.book import KATEX_CACHE, read_book
from tests.site.test_browser import AXE_CONTEXT, AXE_OPTIONS, MODES, PAGES, leave, reader, unavailable  # noqa: F401

pytestmark = pytest.mark.browser

SIGMOID = "activation/sigmoid/"
LABEL = "activation.sigmoid"
DERIVATIVE = "activation.sigmoid.derivative"
WITH_FORMULAS = [path for path in PAGES if path not in ("courses/index.html", "graph/index.html", "ledger/index.html")]

# 式の箱と、その中のすべての文字の場所を、番号の付いたままと、番号なしで組んだものに入れかえたあとで測る。
LAYOUT = """async plain => {
    await document.fonts.ready;
    const measure = math => {
        const home = math.getBoundingClientRect(), spots = [];
        const walker = document.createTreeWalker(math.querySelector('.katex-html'), NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const range = document.createRange(), text = walker.currentNode;
            for (let i = 0; i < text.length; i++) {
                range.setStart(text, i);
                range.setEnd(text, i + 1);
                const box = range.getBoundingClientRect();
                spots.push([text.data[i], box.left - home.left, box.top - home.top, box.width, box.height]);
            }
        }
        return [home.width, home.height, math.scrollWidth, math.scrollHeight, spots];
    };
    return [...document.querySelectorAll('.formula-math')].map(math => {
        const tex = math.querySelector('annotation').textContent, marked = measure(math);
        math.innerHTML = plain[tex];
        return [tex, marked, measure(math)];
    });
}"""


@pytest.fixture
def page(reader):  # noqa: F811
    """シグモイド関数のページ。終わりに、誤りも外への問い合わせもないことを確かめる。"""
    page = reader.open(viewport={"width": 1280, "height": 900})
    page.goto(reader.origin + SIGMOID)
    yield page
    leave(page)


def formula(page, label=LABEL):
    """式の札。"""
    return page.locator(f'[id="{label}"]')


def symbol(page, text, label=LABEL):
    """式の中の、その文字の記号。"""
    return formula(page, label).locator("[data-s]", has_text=re.compile(f"^{text}$")).first


def hover(page, text, label=LABEL):
    """記号の上へマウスを動かす。KaTeX の空の箱が文字の上に重なることがあるので、場所で指す。"""
    target = symbol(page, text, label)
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def card(page):
    return page.locator(".symbol-card")


def test_wrapping_moves_no_pixel(reader):  # noqa: F811
    """サイトのすべての式で、番号の付いた文字は、番号なしで組んだときと、1/32 px まで同じ場所にある。

    ブラウザは場所を 1/64 px に丸めるので、長い式では丸めの差が積もる。
    """
    formulas = [f for book_page in read_book().values() for f in book_page.formulas]
    typeset = katex.render([(f.tex, True) for f in formulas], KATEX_CACHE)
    plain = {f.tex: html for f, html in zip(formulas, typeset, strict=True)}
    page, seen = reader.open(viewport={"width": 1280, "height": 900}), 0
    for path in WITH_FORMULAS:
        page.goto(reader.url(path))
        page.add_style_tag(content=".md-typeset .katex-html { content-visibility: visible !important; }")
        for tex, marked, expected in page.evaluate(LAYOUT, plain):
            assert marked[:4] == expected[:4], (path, tex)
            assert [spot[0] for spot in marked[4]] == [spot[0] for spot in expected[4]]
            moved = [
                (a, b) for a, b in zip(marked[4], expected[4], strict=True) if a[1:] != pytest.approx(b[1:], abs=0.04)
            ]
            assert moved == [], (path, tex)
            seen += 1
    assert seen == len(formulas)
    page.context.close()


def test_hover_tells_the_meaning(page):
    """記号にマウスを乗せると、意味と型が出て、離れると消える。"""
    hover(page, "x")
    assert "入力" in card(page).inner_text()
    assert card(page).locator(".symbol-type > *").all_inner_texts() == ["R", "実数"]
    page.mouse.move(5, 5)
    card(page).wait_for(state="hidden")


def test_every_occurrence_is_underlined(page):
    """同じ記号には、現れる所すべてに下線が付く。色だけには頼らない。"""
    hover(page, "x")
    marks = formula(page).locator(".symbol-mark")
    count = formula(page).locator("[data-s]", has_text=re.compile("^x$")).count()
    assert marks.count() == count == 4
    assert formula(page).locator(".symbol-here").count() == 1
    for k in range(count):
        assert marks.nth(k).evaluate("mark => parseFloat(getComputedStyle(mark).borderBottomWidth)") >= 2


def test_card_can_be_reached_and_followed(page):
    """マウスは札へ移れて、記号を定めた式へのリンクをたどれる。"""
    hover(page, "σ", DERIVATIVE)
    link = card(page).locator("a")
    assert link.inner_text() == LABEL
    link.hover()
    page.wait_for_timeout(400)
    assert card(page).is_visible()
    link.click()
    assert page.url.endswith(f"#{LABEL}")


def test_defining_formula_says_so(page):
    """記号を定めている式の上では、自分へのリンクの代わりに、そう書く。"""
    hover(page, "σ")
    assert "この式が定めます" in card(page).inner_text()
    assert card(page).locator("a").count() == 0


def test_override_is_shown_only_in_its_formula(page):
    """その式だけの記号は、その式の上でだけ、その式の意味になる。"""
    hover(page, "σ", "activation.sigmoid.gain")
    assert "一般のシグモイド関数" in card(page).inner_text()
    hover(page, "σ")
    assert "標準シグモイド関数" in card(page).inner_text()


def test_builtin_constant_has_a_meaning(page):
    """宣言のいらない e にも意味がある。"""
    hover(page, "e")
    assert "自然対数の底" in card(page).inner_text()


def test_arrow_keys_walk_the_symbols(page):
    """式は一つの Tab の停留所で、矢印と Home と End で記号を移り、Escape で閉じる。移るたびに読み上げる文が変わる。"""
    math = formula(page).locator(".formula-math")
    math.focus()
    count = len(math.get_attribute("data-symbols").split())
    status, said = page.locator(".formula-status"), []
    for key in ("ArrowRight", "ArrowRight", "End", "ArrowRight", "Home", "ArrowLeft"):
        page.keyboard.press(key)
        said.append(status.inner_text())
    places = [int(re.search(r"（(\d+) / (\d+)）", text)[1]) for text in said]
    assert places == [1, 2, count, count, 1, 1]
    assert said[0].startswith("σ、標準シグモイド関数、関数")
    assert math.evaluate("math => math === document.activeElement")
    page.keyboard.press("Escape")
    assert card(page).is_hidden()
    assert formula(page).locator(".symbol-mark").count() == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.classList.contains('formula-name')")


def test_arrow_keys_reveal_hidden_symbols(reader):  # noqa: F811
    """狭い画面で隠れた記号も、矢印で移れば見える所まで送られる。"""
    page = reader.open(viewport={"width": 320, "height": 700})
    page.goto(reader.origin + SIGMOID)
    math = formula(page, "activation.sigmoid:derivation").locator(".formula-math")
    math.focus()
    page.keyboard.press("End")
    inside = """math => { const here = math.querySelector('.symbol-here').getBoundingClientRect();
        const box = math.getBoundingClientRect(); return here.left >= box.left && here.right <= box.right; }"""
    assert math.evaluate(inside)
    page.context.close()


def test_finger_opens_and_closes(reader):  # noqa: F811
    """指でふれると意味が出て、ほかの所にふれると消える。少し外れても、近い記号になる。"""
    page = reader.open(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto(reader.origin + SIGMOID)
    symbol(page, "x").tap()
    assert "入力" in card(page).inner_text()
    box = card(page).bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.locator("h1").tap()
    assert card(page).is_hidden()
    spot = symbol(page, "x").bounding_box()
    page.touchscreen.tap(spot["x"] + spot["width"] / 2, spot["y"] - 8)
    assert "入力" in card(page).inner_text()
    page.context.close()


def test_nothing_shifts(page):
    """意味の札も献立も、まわりの何も動かさない。"""
    where = "[...document.querySelectorAll('.formula, h2, .plot')].map(e => e.getBoundingClientRect().top + scrollY)"
    size = "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
    before = page.evaluate(where), page.evaluate(size)
    hover(page, "x")
    assert (page.evaluate(where), page.evaluate(size)) == before
    formula(page).locator(".formula-more").click()
    assert (page.evaluate(where), page.evaluate(size)) == before


def test_page_loads_without_shift(reader):  # noqa: F811
    """読みこみのあいだ、ボタンが後から付いても、字体の届いた数式のほかは動かない。"""
    page = reader.open(viewport={"width": 390, "height": 844})
    page.add_init_script("""window.moved = []; new PerformanceObserver(list => list.getEntries()
        .forEach(entry => window.moved.push(...entry.sources
            .map(({node}) => node?.closest ? node : node?.parentElement)
            .filter(node => node?.closest('.md-content') && !node.closest('.katex'))
            .map(node => node.outerHTML)))).observe({type: 'layout-shift', buffered: true})""")
    page.goto(reader.origin + SIGMOID)
    page.wait_for_timeout(300)
    assert page.evaluate("window.moved") == []
    page.context.close()


@pytest.fixture
def clipboard(page):
    """写しの許されたページで、写しの中身を読む関数。"""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return lambda: page.evaluate("navigator.clipboard.readText()")


def choose(page, title, label=LABEL):
    formula(page, label).locator(".formula-more").click()
    page.get_by_role("menuitem", name=title).click()
    page.wait_for_function("document.querySelector('.formula-status').textContent === 'コピーしました'")


def test_copies_the_latex_of_the_page(page, clipboard):
    """写した LaTeX は、ページの源の LaTeX そのものである。"""
    choose(page, "LaTeX をコピー")
    source = Path("docs/activation/sigmoid.md").read_text("utf-8")
    body = source.partition("$$")[2].partition("\\label{activation.sigmoid}")[0]
    assert clipboard() == body.strip()
    assert formula(page).locator(".formula-more").get_attribute("data-done") == "コピーしました"


def test_copies_clean_mathml(page, clipboard):
    """写した MathML は、LaTeX の注釈の付いた MathML で、このサイトの属性を含まない。"""
    choose(page, "MathML をコピー")
    text = clipboard()
    assert text.startswith("<math xmlns=") and text.endswith("</math>")
    assert 'encoding="application/x-tex"' in text and "<mi>σ</mi>" in text
    assert "data-" not in text and "class" not in text


def test_copies_the_source_of_the_function(page, clipboard):
    """写した Python は、結ばれた関数のソースそのものである。"""
    choose(page, "Python をコピー", DERIVATIVE)
    function = importlib.import_module("snippets.activation.sigmoid").derivative
    assert clipboard() == inspect.getsource(function)


def test_relation_has_no_python(page):
    """実装のない関係には、Python の写しがない。"""
    formula(page, "activation.sigmoid:symmetry").locator(".formula-more").click()
    titles = page.get_by_role("menuitem").all_inner_texts()
    assert "Python をコピー" not in titles and "LaTeX をコピー" in titles


def test_copies_the_link(page, clipboard):
    """写したリンクは、その式を開く。"""
    choose(page, "この式へのリンクをコピー", DERIVATIVE)
    page.goto(clipboard())
    assert formula(page, DERIVATIVE).evaluate("box => box.matches(':target')")


def test_without_permission_the_text_is_selected(page):
    """写しの許されない画面では、選んだ文を見せ、閉じるとボタンに戻る。"""
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    more = formula(page).locator(".formula-more")
    more.click()
    page.get_by_role("menuitem", name="LaTeX をコピー").click()
    area = page.locator("dialog textarea")
    area.wait_for()
    assert area.evaluate("a => a.value.slice(a.selectionStart, a.selectionEnd)").startswith("\\sigma(x)")
    page.keyboard.press("Escape")
    assert more.evaluate("button => button === document.activeElement")


def test_menu_by_keyboard(page):
    """献立は、開く、巡る、頭文字で飛ぶ、閉じるのすべてがキーボードでできる。"""
    more = formula(page).locator(".formula-more")
    focused = "document.activeElement.textContent"
    more.focus()
    page.keyboard.press("Enter")
    assert more.get_attribute("aria-expanded") == "true"
    titles = page.get_by_role("menuitem").all_inner_texts()
    assert page.evaluate(focused) == titles[0]
    for key, expected in [("ArrowDown", 1), ("End", -1), ("ArrowDown", 0), ("ArrowUp", -1), ("Home", 0), ("p", 2)]:
        page.keyboard.press(key)
        assert page.evaluate(focused) == titles[expected], key
    page.keyboard.press("Escape")
    assert page.locator(".formula-menu").count() == 0
    assert more.evaluate("button => button === document.activeElement")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == titles[-1]
    page.keyboard.press("Tab")
    assert page.locator(".formula-menu").count() == 0
    assert more.get_attribute("aria-expanded") == "false"


def test_ledger_of_the_formula(page):
    """献立の台帳は、この式の行を開く。"""
    formula(page, DERIVATIVE).locator(".formula-more").click()
    page.get_by_role("menuitem", name="台帳のこの式へ").click()
    page.wait_for_url("**/ledger/**")
    assert page.url.endswith(f"/ledger/#{DERIVATIVE}")
    assert page.locator(":target").count() == 1


def test_page_is_complete_without_javascript(reader):  # noqa: F811
    """JavaScript がなくても、記号の表に型の言葉と組みこみの記号があり、台帳へのリンクが見える。"""
    page = reader.open(java_script_enabled=False)
    page.goto(reader.origin + SIGMOID)
    table = page.locator(".symbols table")
    for text in ("実数", "自然対数の底", "標準シグモイド関数"):
        assert text in table.text_content()
    assert formula(page).locator(".formula-ledger").is_visible()
    assert page.locator(".formula-more").count() == 0
    page.context.close()


@pytest.mark.parametrize("mode", MODES)
def test_axe_with_card_and_menu_open(reader, mode):  # noqa: F811
    """意味の札を開いても、献立を開いても、axe-core は何も見つけない。"""
    if reader.axe is None:
        unavailable("axe-playwright-python がない。pip install -e '.[browser]' で入る")
    page = reader.open(**MODES[mode])
    page.goto(reader.origin + SIGMOID)
    context = {"include": [[f'[id="{DERIVATIVE}"]'], [".formula-status"]], **AXE_CONTEXT}
    formula(page, DERIVATIVE).locator(".formula-math").focus()
    page.keyboard.press("ArrowRight")
    assert card(page).locator("a").is_visible()
    found = reader.axe.run(page, context, AXE_OPTIONS).response["violations"]
    formula(page, DERIVATIVE).locator(".formula-more").click()
    found += reader.axe.run(page, context, AXE_OPTIONS).response["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found] == []
    page.context.close()
