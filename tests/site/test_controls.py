"""動く図を、キーボードと指で動かす検査。SITE_DIR（なければ site/）のサイトを使う。"""

import gzip
import re

import pytest

from tests.site.test_browser import AXE_CONTEXT, AXE_OPTIONS, MODES, PAGES, SITE, leave, reader  # noqa: F401

pytestmark = pytest.mark.browser

MOVING = [path for path in PAGES if 'class="controls"' in (SITE / path).read_text("utf-8")]
SIGMOID, GAIN = "activation/sigmoid/index.html", "activation.sigmoid.plot_gain"
LIMIT = 15_000  # スライダーのあるページの、こちらの JavaScript の上限（gzip のバイト数）

HEIGHTS = "() => [...document.querySelectorAll('figure:has(.controls)')].map(figure => figure.offsetHeight)"
EARLY = f"document.addEventListener('DOMContentLoaded', () => {{ window.early = ({HEIGHTS})() }})"
DRAWN = "figure => [...figure.querySelectorAll('[data-curve] path, [data-curve] use')].map(e => e.outerHTML).join()"


def visit(reader, path, **options):  # noqa: F811
    page = reader.open(**options)
    page.add_init_script(EARLY)
    page.goto(reader.url(path))
    page.wait_for_selector(".controls[data-alive] output:not(:empty)", state="attached")
    return page


def figures(page):
    """スライダーのある図。たたんだ箱は開いておく。"""
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    return page.locator("figure:has(.controls)").all()


@pytest.mark.parametrize(("path", "mode"), [*((path, "明") for path in MOVING), (SIGMOID, "暗"), (SIGMOID, "390px")])
def test_every_slider_moves_its_figure(reader, path, mode):  # noqa: F811
    """どのスライダーも、キーだけで図を動かし、値を読み上げの文と URL に出し、まわりを動かさない。"""
    page = visit(reader, path, **MODES[mode])
    assert page.evaluate(HEIGHTS) == page.evaluate("window.early"), "動きだすときに、図の高さが変わった"
    for figure in figures(page):
        for slider in figure.locator("input").all():
            name = slider.get_attribute("name")
            before, height, start = figure.evaluate(DRAWN), figure.bounding_box()["height"], slider.input_value()
            low = start == slider.get_attribute("min")
            slider.focus()
            page.keyboard.press("ArrowRight" if low else "ArrowLeft")
            assert slider.input_value() != start
            page.keyboard.press("End" if low else "Home")
            assert figure.evaluate(DRAWN) != before, f"{name} を動かしても図が変わらない"
            shown = slider.locator("xpath=following-sibling::output").inner_text()
            assert slider.get_attribute("aria-valuetext").endswith(shown)
            assert f"{figure.get_attribute('id')}.{name}={slider.input_value()}" in page.url
            assert figure.bounding_box()["height"] == height
            assert figure.evaluate(DRAWN).count("NaN") == 0
    leave(page)


@pytest.mark.parametrize("path", [SIGMOID, "learning/optimizers/index.html", "neuron/perceptron/index.html"])
def test_reload_keeps_the_state(reader, path):  # noqa: F811
    """URL を開きなおすと、スライダーも図も同じところから始まる。"""
    page = visit(reader, path)
    for slider in page.locator(".controls input").all():
        slider.evaluate("s => { s.value = s.min; s.dispatchEvent(new Event('input', {bubbles: true})) }")
        slider.evaluate("s => s.dispatchEvent(new Event('change', {bubbles: true}))")
    drawn = [figure.evaluate(DRAWN) for figure in figures(page)]
    page.reload()
    page.wait_for_selector(".controls[data-alive] output:not(:empty)", state="attached")
    page.wait_for_timeout(200)
    assert [figure.evaluate(DRAWN) for figure in figures(page)] == drawn
    leave(page)


def test_finger_can_move_it(reader):  # noqa: F811
    """390 px の画面で、指の幅（44 px）のつまみに触れると動く。"""
    page = visit(reader, SIGMOID, viewport={"width": 390, "height": 844}, has_touch=True)
    slider = page.locator(f'[id="{GAIN}"] input')
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box["height"] >= 44
    page.touchscreen.tap(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    assert float(slider.input_value()) > 10
    leave(page)


@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing_in_the_controls(reader, mode):  # noqa: F811
    """動きだしたスライダーにも、axe-core は何も見つけない。"""
    page = visit(reader, SIGMOID, **MODES[mode])
    context = {**AXE_CONTEXT, "include": [["figure:has(.controls)"]]}
    assert reader.axe.run(page, context, AXE_OPTIONS).response["violations"] == []
    leave(page)


def test_without_javascript_the_figure_stands(reader):  # noqa: F811
    """JavaScript がなければ、図だけが見え、動かないスライダーは出ない。"""
    page = reader.open(java_script_enabled=False)
    page.goto(reader.url(SIGMOID))
    figure = page.locator(f'[id="{GAIN}"]')
    assert figure.locator("svg").is_visible() and not figure.locator(".controls").is_visible()
    leave(page)


def test_paper_has_no_controls(reader):  # noqa: F811
    """紙には、スライダーは出ない。"""
    page = visit(reader, SIGMOID)
    page.emulate_media(media="print")
    assert not page.locator(f'[id="{GAIN}"] .controls').is_visible()
    leave(page)


def test_other_pages_fetch_nothing(reader):  # noqa: F811
    """動く図のないページは、動かす道具を取りに行かない。"""
    page, asked = reader.open(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(reader.url("courses/index.html"), wait_until="networkidle")
    assert asked and not [url for url in asked if url.endswith(".mjs")]
    leave(page)


@pytest.mark.parametrize("path", MOVING or [SIGMOID])
def test_page_stays_small(path):
    """スライダーのあるページの、こちらの JavaScript は、圧縮して 15 kB に収まる。"""
    module = re.search(r'data-module="([^"]+)"', (SITE / path).read_text("utf-8"))[1]
    names = ["formula.js", "moving.mjs", "numbers.mjs", "state.mjs"]
    files = [SITE / "javascripts" / name for name in names] + [SITE / "assets" / "formulas" / f"{module}.mjs"]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) <= LIMIT


def test_instant_navigation_starts_the_figures(reader):  # noqa: F811
    """テーマの設定で navigation.instant を使い、ページを読みなおさずに移っても、動く図と式の札が動きだす。"""
    page = reader.open(viewport={"width": 1280, "height": 900})
    urls = "".join(f"<url><loc>{reader.url(path)}</loc></url>" for path in PAGES)
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'

    def instant(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('"navigation.tracking"', '"navigation.instant"'))

    page.route("**/sitemap.xml", lambda route: route.fulfill(content_type="text/xml", body=sitemap))
    page.route(re.compile("/$"), instant)
    page.goto(reader.url("activation/step/index.html"), wait_until="networkidle")
    page.evaluate("window.kept = true")
    page.locator('.md-sidebar a[href$="sigmoid/"]').first.click()
    page.wait_for_selector(".controls[data-alive] output:not(:empty)", state="attached")
    assert page.evaluate("window.kept"), "ページごと読みなおした"
    slider = page.locator(f'[id="{GAIN}"] input')
    slider.focus()
    before = page.locator(f'[id="{GAIN}"]').evaluate(DRAWN)
    page.keyboard.press("ArrowRight")
    assert page.locator(f'[id="{GAIN}"]').evaluate(DRAWN) != before
    assert page.locator(".formula-more").count() == page.locator("div.formula").count()
    page.go_back()
    page.wait_for_selector('h1:has-text("ステップ")')
    page.wait_for_timeout(300)
    assert page.locator(".formula-more").count() == page.locator("div.formula").count()
    leave(page)
