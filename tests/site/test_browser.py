"""組み上がったサイトを Chromium で 1 ページずつ開く検査。

サイトはここでは組まない。環境変数 SITE_DIR（なければ site/）のものを、手元だけに開いたサーバーから見せる。

    mkdocs build && pytest -m browser tests/site

playwright か Chromium がなければ見送る。REQUIRE_BROWSER=1 なら、見送らずに失敗する。
"""

import os
import shutil
import threading
from dataclasses import dataclass, field
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

SITE = Path(os.environ.get("SITE_DIR") or Path(__file__).parents[2] / "site").resolve()
PAGES = sorted(p.relative_to(SITE).as_posix() for p in SITE.rglob("*.html") if p.name != "404.html")
MODES = {
    "明": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "暗": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "390px": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# axe-core には、読み上げから外れた飾り（KaTeX の組版と図の線）を外して見せる。残すと 10 倍ほど遅い。
STRIP = """() => {
    document.querySelectorAll('.katex-html').forEach(element => element.remove());
    document.querySelectorAll('.plot svg').forEach(element => element.replaceChildren());
}"""
# .md-code__nav はコピーのボタンを包むためにテーマの JavaScript が作り、名前を付けられない。
# empty-table-header は MathML を読まず、式だけの見出しを空だと見なす。
AXE_CONTEXT = {"exclude": [[".md-code__nav"]]}
AXE_OPTIONS = {"resultTypes": ["violations"], "rules": {"empty-table-header": {"enabled": False}}}

# 折りたたみをすべて開いてから、式が描かれているかと、横にはみ出していないかを調べる。
INSPECT = """async () => {
    document.querySelectorAll('details').forEach(details => details.open = true);
    await document.fonts.ready;
    for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
    const name = element => element.closest('[id]')?.id + ': ' + element.textContent.trim().slice(0, 40);
    const seen = element => element.checkVisibility({checkVisibilityCSS: true});
    const painted = element => {
        const html = element.querySelector('.katex-html');
        const box = html?.getBoundingClientRect();
        return box && box.width > 0 && box.height > 0 && element.querySelector('.katex-mathml math');
    };
    const math = [...document.querySelectorAll('.formula-math, .math')].filter(seen);
    const fonts = [...document.fonts].filter(font => font.family.startsWith('KaTeX'));
    const width = document.documentElement.clientWidth;
    const boxes = '.formula-math, .playground-equation, .graph-scroll, .md-typeset__scrollwrap, pre, svg';
    const inside = element => element.parentElement?.closest(boxes);
    const wide = element => element.getBoundingClientRect().right > width + 1;
    return {
        math: math.length,
        unpainted: math.filter(element => !painted(element)).map(name),
        errors: [...document.querySelectorAll('.katex-error')].map(name),
        fonts: fonts.filter(font => font.status === 'loaded').length,
        failed: fonts.filter(font => font.status === 'error').map(font => font.family),
        overflow: document.documentElement.scrollWidth - width,
        culprits: [...document.querySelectorAll('.md-content *')]
            .filter(element => seen(element) && wide(element) && !inside(element)).slice(0, 3)
            .map(element => element.outerHTML.slice(0, 80)),
        scheme: document.body.dataset.mdColorScheme,
    };
}"""


def unavailable(reason):
    """ブラウザがないときの分かれ道。"""
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@dataclass
class Visit:
    """1 ページを 1 つの見え方で開いて、わかったこと。"""

    seen: dict = field(default_factory=dict)
    console: list = field(default_factory=list)
    outside: list = field(default_factory=list)
    failed: list = field(default_factory=list)
    violations: list = field(default_factory=list)


class Reader:
    """ブラウザを 1 つだけ起こし、見え方ごとに 1 枚のタブを使いまわす読み手。"""

    def __init__(self, browser, origin, axe):
        self.browser, self.origin, self.axe = browser, origin, axe
        self.visit = cache(self._visit)

    def open(self, **options):
        """新しいタブと、そこで起きたことを書きとめる Visit の入れ物。"""
        page = self.browser.new_context(locale="ja-JP", **options).new_page()
        page.notes = Visit()
        page.on("console", lambda m: m.type in ("error", "warning") and page.notes.console.append(m.text))
        page.on("pageerror", lambda error: page.notes.console.append(str(error)))
        page.on("request", lambda r: self._outside(r.url) and page.notes.outside.append(r.url))
        page.on("response", lambda r: r.status >= 400 and page.notes.failed.append(f"{r.status} {r.url}"))
        return page

    def _outside(self, url):
        return not url.startswith((self.origin, "data:", "blob:"))

    @cache  # noqa: B019  タブは読み手と同じだけ生きる
    def tab(self, mode):
        return self.open(**MODES[mode])

    def url(self, path):
        return self.origin + path.removesuffix("index.html")

    def _visit(self, path, mode):
        page = self.tab(mode)
        page.notes = visit = Visit()
        page.goto(self.url(path), wait_until="load")
        visit.seen = page.evaluate(INSPECT)
        if self.axe:
            page.evaluate(STRIP)
            for found in self.axe.run(page, AXE_CONTEXT, AXE_OPTIONS).response["violations"]:
                nodes = "、".join(node["html"][:120] for node in found["nodes"][:3])
                visit.violations.append(f"{found['id']}: {found['help']} — {nodes}")
        return visit


@pytest.fixture(scope="module")
def reader():
    """サイトを見せるサーバーと、それを読む Chromium。"""
    if not PAGES:
        unavailable(f"サイトがない: {SITE.name}/ に index.html がない。先に mkdocs build を実行する")
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        unavailable("playwright がない。pip install -e '.[browser]' で入る")
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        axe = None
    else:
        axe = Axe()

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(SITE)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with sync_playwright() as playwright:
            try:
                browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
            except Error as error:
                unavailable(f"Chromium を起動できない: {error.message.splitlines()[0]}")
            yield Reader(browser, f"http://127.0.0.1:{server.server_port}/", axe)
            browser.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def find_chromium():
    """PATH にある Chromium。なければ None で、playwright が持つものに任せる。"""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def leave(page):
    """タブを閉じる。誤りも、外への問い合わせも、読めないファイルもないことを確かめる。"""
    assert page.notes.console == [] and page.notes.outside == [] and page.notes.failed == []
    page.context.close()


every_page = pytest.mark.parametrize("path", PAGES or ["index.html"])
every_mode = pytest.mark.parametrize("mode", MODES)


@every_mode
@every_page
def test_page_opens_without_complaint(reader, path, mode):
    """どのページも、コンソールに誤りも警告も出さず、読めないファイルもない。"""
    visit = reader.visit(path, mode)
    assert visit.console == []
    assert visit.failed == []


@every_mode
@every_page
def test_page_asks_nobody_else(reader, path, mode):
    """どのページも、自分のサーバーの外へ問い合わせない。"""
    assert reader.visit(path, mode).outside == []


@every_mode
@every_page
def test_every_formula_is_painted(reader, path, mode):
    """どの式にも、見える大きさの組版と MathML があり、KaTeX の字で描かれている。"""
    seen = reader.visit(path, mode).seen
    assert seen["unpainted"] == []
    assert seen["errors"] == []
    assert seen["failed"] == []
    assert seen["fonts"] > 0 or seen["math"] == 0


@every_mode
@every_page
def test_page_does_not_overflow_sideways(reader, path, mode):
    """折りたたみをすべて開いても、ページは横にはみ出さない。"""
    seen = reader.visit(path, mode).seen
    assert seen["overflow"] <= 0, seen["culprits"]
    assert seen["culprits"] == []


@every_mode
@every_page
def test_axe_finds_nothing(reader, path, mode):
    """axe-core の調べるアクセシビリティの規則に、1 つも触れない。"""
    if reader.axe is None:
        unavailable("axe-playwright-python がない。pip install -e '.[browser]' で入る")
    assert reader.visit(path, mode).violations == []


@every_mode
def test_scheme_follows_the_reader(reader, mode):
    """はじめの配色は、端末の設定に従う。"""
    expected = "slate" if MODES[mode]["color_scheme"] == "dark" else "default"
    assert reader.visit("index.html", mode).seen["scheme"] == expected


def test_home_shows_a_checked_and_a_refused_formula(reader):
    """表紙には、丸の付いた式と、断られた式とその理由が並ぶ。"""
    page = reader.open()
    page.goto(reader.origin)
    assert page.locator(".formula:not(.refused) .verdict").count() >= 1
    assert page.locator(".formula.refused .verdict-refused").count() >= 1
    assert "のとき" in page.locator(".formula.refused .formula-message").first.inner_text()
    page.context.close()


def test_scheme_can_be_switched_by_hand(reader):
    """配色のボタンは、端末の設定にかかわらず、明るい表示から暗い表示へ切り替える。"""
    page = reader.open(color_scheme="light")
    page.goto(reader.origin)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    for _ in range(2):
        page.locator(".palette:visible").click()
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    assert page.evaluate(ground) != light
    page.context.close()


def test_link_leads_to_painted_formulas(reader):
    """表紙の目次から移ったページでも、式は描かれている。"""
    page = reader.open()
    page.goto(reader.origin)
    page.locator(".parts a").first.click()
    page.wait_for_url(lambda url: url != reader.origin)
    page.wait_for_selector(".formula-math .katex-html")
    seen = page.evaluate(INSPECT)
    assert seen["math"] > 0
    assert seen["unpainted"] == []
    assert page.notes.console == []
    page.context.close()


def test_search_finds_a_japanese_word(reader):
    """検索欄に日本語の用語を入れると、その話題のページが見つかる。"""
    page = reader.open(viewport={"width": 1280, "height": 900})
    page.goto(reader.origin)
    page.keyboard.press("/")
    page.keyboard.type("シグモイド")
    page.keyboard.press("Shift")  # テーマは keyup で検索を始める
    result = page.locator(".md-search-result__link", has_text="シグモイド").first
    result.wait_for()
    assert "activation/sigmoid" in result.get_attribute("href")
    assert page.notes.outside == []
    page.context.close()


def test_reduced_motion_is_respected(reader):
    """動きを減らす設定では、移り変わりも動きも付かない。"""
    page = reader.open(reduced_motion="reduce")
    page.goto(reader.origin)
    moving = page.evaluate("""() => [...document.querySelectorAll('*')].flatMap(element =>
        [null, '::before', '::after'].map(part => getComputedStyle(element, part))
            .filter(style => style.transitionDuration.split(', ').some(time => parseFloat(time) > 0)
                || style.animationName !== 'none')
            .map(() => element.className.toString() || element.tagName))""")
    assert moving == []
    page.context.close()


def test_keyboard_focus_is_visible(reader):
    """Tab で止まったところには、必ず枠が見える。"""
    page = reader.open(viewport={"width": 1280, "height": 900})
    page.goto(reader.origin)
    bare = []
    for _ in range(40):
        page.keyboard.press("Tab")
        bare += page.evaluate("""() => {
            const element = document.activeElement;
            if (element === document.body || element.matches('.md-search__input, .md-toggle, .md-option')) return [];
            const style = getComputedStyle(element);
            return style.outlineStyle === 'none' || parseFloat(style.outlineWidth) === 0
                ? [element.outerHTML.slice(0, 80)] : [];
        }""")
    assert bare == []
    page.context.close()


def test_print_drops_the_frame_and_opens_the_answers(reader):
    """紙に刷ると、まわりの案内は消え、演習の答えは開いて出る。"""
    path = next((p for p in PAGES if p.startswith("activation/sigmoid")), None)
    assert path, "シグモイド関数のページがない"
    page = reader.open()
    page.goto(reader.url(path))
    answer = page.locator("details.success > :not(summary)").first
    assert not answer.is_visible()
    page.emulate_media(media="print")
    assert answer.is_visible()
    for frame in (".md-header", ".md-sidebar--primary", ".md-footer"):
        assert not page.locator(frame).is_visible()
    page.context.close()
