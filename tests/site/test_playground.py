"""網の遊び場を、キーボードと指で動かす検査。SITE_DIR（なければ site/）のサイトを使う。"""

import gzip
import re

import numpy as np
import pytest

from snippets.learning._playground_net import train
from tests.site.test_browser import AXE_CONTEXT, AXE_OPTIONS, MODES, SITE, leave, reader, unavailable  # noqa: F401

pytestmark = pytest.mark.browser

PAGE = "learning/playground/"
BUDGET = 25_000  # 遊び場のあるページが読む、われわれの JavaScript（gzip のバイト数）


def visit(reader, query="", path=PAGE, **options):  # noqa: F811
    page = reader.open(**{"viewport": {"width": 1280, "height": 900}, **options})
    page.goto(reader.origin + path + query)
    page.wait_for_function("document.querySelector('.playground-say').textContent.includes('歩')")
    return page


@pytest.fixture
def page(reader):  # noqa: F811
    """遊び場のページ。終わりに、誤りも外への問い合わせもないことを確かめる。"""
    page = visit(reader)
    yield page
    leave(page)


def press(page, name, key="Enter"):
    page.locator(f"#playground-1 button[name={name}]").press(key)


def steps(page):
    return int(re.match(r"[\d,]+", page.locator("#playground-1 .playground-say").inner_text())[0].replace(",", ""))


def learn(page, count):
    """少なくとも count 歩進めて、止める。"""
    press(page, "run")
    page.wait_for_function(
        "count => parseInt(document.querySelector('.playground-say').textContent.replace(',', '')) >= count", arg=count
    )
    press(page, "run")


def choose(page, **settings):
    for name, value in settings.items():
        page.locator(f"#playground-1 [name={name}]").select_option(value)


def bend(page):
    """境目の折れ線の頂点が、いちばんよく合う直線から外れる幅の最大。"""
    path = page.locator("#playground-1 .playground-edge").get_attribute("d")
    points = np.array(re.findall(r"[-\d.]+", path), float).reshape(-1, 2)
    assert len(points) > 20
    return np.abs((points - points.mean(0)) @ np.linalg.svd(points - points.mean(0))[2][1]).max()


def test_nothing_moves_by_itself(page):
    """開いただけでは、1 歩も進まない。"""
    page.wait_for_timeout(300)
    assert steps(page) == 0


def test_runs_and_stops_by_keyboard(page):
    """Enter で学習が始まり、もう一度で止まり、初めからで 0 に戻る。"""
    learn(page, 20)
    stopped = steps(page)
    assert stopped >= 20
    page.wait_for_timeout(300)
    assert steps(page) == stopped
    assert page.locator("#playground-1 .playground-live").inner_text().startswith(f"{stopped:,} 歩")
    press(page, "reset", " ")
    assert steps(page) == 0


def test_one_step_is_one_step_of_torch(page):
    """1 歩のボタンを 3 回押したあとの損失は、PyTorch の 3 歩のあとの損失。"""
    for _ in range(3):
        press(page, "once", " ")
    _, losses = train(("xor",), "linear", (4, 4), 0.1, 10, 1, 3)
    assert steps(page) == 3
    assert f"損失 {losses[-1, 0]:.3f}" in page.locator("#playground-1 .playground-say").inner_text()


def test_linear_boundary_never_bends(page):
    """線形の境目は、学習しても直線のまま。tanh に変えると曲がる。"""
    for _ in range(3):
        learn(page, steps(page) + 50)
        assert bend(page) < 0.02
    choose(page, activation="tanh")
    learn(page, 300)
    assert bend(page) > 10


def test_formula_follows_the_network(page):
    """式には重みとバイアスの数が全部あり、1 歩ごとに書きかわる。1 行に畳まれるのは線形だけ。"""
    equation, line = page.locator("#playground-1 .playground-equation"), page.locator("#playground-1 .playground-line")
    numbers = equation.locator("mtd > mn")
    assert numbers.count() == (2 * 4 + 4) + (4 * 4 + 4) + (4 + 1)
    before = numbers.all_text_contents()
    press(page, "once")
    after = numbers.all_text_contents()
    assert before != after and all(re.fullmatch(r"−?\d+\.\d\d", text) for text in after)
    assert line.locator("math").count() == 1
    choose(page, activation="relu", hidden2="")
    assert numbers.count() == (2 * 4 + 4) + (4 + 1)
    assert "ReLU" in equation.text_content() and line.locator("math").count() == 0
    assert "畳めません" in line.inner_text()


def test_views_tell_what_they_show(page):
    """3 枚の絵の代わりの文は、いまの数を言う。"""
    learn(page, 20)
    labels = [page.locator(f"#playground-1 .playground-{name} svg").get_attribute("aria-label")
              for name in ("map", "net", "loss")]  # fmt: skip
    assert all(re.search(r"\d", label) for label in labels)
    net = page.locator("#playground-1 .playground-net line")
    assert net.count() == 8 + 16 + 4
    dashed = page.locator("#playground-1 .playground-negative")
    assert 0 < dashed.count() < net.count()
    assert dashed.first.evaluate("line => getComputedStyle(line).strokeDasharray") != "none"


def test_settings_stay_in_the_url(reader, page):  # noqa: F811
    """変えた設定だけが URL に残り、開きなおしても同じになる。読めない値は、初めの値になる。"""
    choose(page, data="spiral", hidden3="8")
    page.locator("#playground-1 [name=seed]").fill("7")
    page.locator("#playground-1 [name=seed]").press("Enter")
    query = page.evaluate("location.search")
    assert sorted(re.findall(r"playground-1\.(\w+)=(\w+)", query)) == [
        ("data", "spiral"),
        ("hidden3", "8"),
        ("seed", "7"),
    ]
    for asked, expected in (
        (query, ["spiral", "8", "7"]),
        ("?playground-1.data=moon&playground-1.seed=0", ["xor", "", "1"]),
    ):
        other = visit(reader, asked)
        found = [other.locator(f"#playground-1 [name={name}]").input_value() for name in ("data", "hidden3", "seed")]
        assert found == expected
        assert other.notes.console == []
        other.context.close()


@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing_while_it_runs(reader, mode):  # noqa: F811
    """学習のあいだも、axe-core の規則に触れず、ページは横にはみ出さない。"""
    if reader.axe is None:
        unavailable("axe-playwright-python がない。pip install -e '.[browser]' で入る")
    page = visit(reader, **MODES[mode])
    press(page, "run")
    page.wait_for_timeout(200)
    page.evaluate("document.querySelectorAll('.katex-html').forEach(element => element.remove())")
    found = reader.axe.run(page, AXE_CONTEXT, AXE_OPTIONS).response["violations"]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert page.notes.console == []
    page.context.close()


def test_nothing_shifts(reader):  # noqa: F811
    """動きだすときも、学習のあいだも、ページの中身はずれない。"""
    page = reader.open(viewport={"width": 390, "height": 844})
    page.add_init_script("""window.shifts = [];
        new PerformanceObserver(list => shifts.push(...list.getEntries().map(entry => entry.value)))
            .observe({type: 'layout-shift', buffered: true})""")
    page.goto(reader.origin + PAGE)
    box = page.locator("#playground-1")
    height = "box => box.offsetHeight"
    page.wait_for_function("document.querySelector('.playground-say').textContent.includes('歩')")
    before = box.evaluate(height)
    learn(page, 50)
    page.wait_for_timeout(700)
    assert box.evaluate(height) == before
    assert sum(page.evaluate("shifts")) < 0.01
    page.context.close()


def test_runs_by_touch_on_a_phone(reader):  # noqa: F811
    """390 px の画面で、指で始めて止められる。押す所はどれも 44 px 以上ある。"""
    page = visit(reader, viewport={"width": 390, "height": 844}, has_touch=True)
    run = page.locator("#playground-1 [name=run]")
    run.tap()
    page.wait_for_function("parseInt(document.querySelector('.playground-say').textContent) > 5")
    run.tap()
    assert run.inner_text() == "学習を始める"
    small = page.evaluate("""() => [...document.querySelectorAll('#playground-1 :is(button, select, input)')]
        .filter(field => field.getBoundingClientRect().height < 44).map(field => field.name)""")
    assert small == []
    page.context.close()


def test_scheme_switch_repaints(page):
    """学習の途中で配色を切り替えると、境目と文字の色も変わる。"""
    ink = "getComputedStyle(document.querySelector('.playground-edge')).stroke"
    light = page.evaluate(ink)
    page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    assert page.evaluate(ink) != light


def test_reduced_motion_draws_in_jumps(reader):  # noqa: F811
    """動きを減らす設定では、学習のあいだの描きなおしは 1 秒より細かくならない。"""
    page = visit(reader, reduced_motion="reduce")
    page.evaluate("""() => { window.times = [];
        new MutationObserver(() => times.push(performance.now()))
            .observe(document.querySelector('.playground-curve'), {attributes: true}) }""")
    press(page, "run")
    page.wait_for_function("times.length >= 3")
    assert min(np.diff(page.evaluate("times"))) > 950
    page.context.close()


def test_stops_when_it_leaves_the_page(page):
    """ページから外れた遊び場は、学習をやめる。"""
    press(page, "run")
    page.evaluate("window.gone = document.querySelector('#playground-1'); gone.remove()")
    text = "gone.querySelector('.playground-say').textContent"
    page.wait_for_timeout(200)
    before = page.evaluate(text)
    page.wait_for_timeout(400)
    assert page.evaluate(text) == before


def test_without_javascript_the_figure_stands(reader):  # noqa: F811
    """JavaScript がなければ、操作は出ず、そのことを言う文と、止まった図が残る。"""
    page = reader.open(java_script_enabled=False)
    page.goto(reader.origin + PAGE)
    assert page.get_by_text("JavaScript が要ります").is_visible()
    assert not page.locator("#playground-1 button").first.is_visible()
    assert page.locator('[id="learning.playground.plot"] svg').is_visible()
    page.context.close()


def test_small_and_only_where_needed(reader):  # noqa: F811
    """遊び場のページの JavaScript は 25 kB に収まり、遊び場のないページはそれを読まない。"""
    asked = []
    for path in (PAGE, "neuron/vectors/"):
        page = reader.open()
        page.on("request", lambda request: asked.append(request.url.removeprefix(reader.origin)))
        page.goto(reader.origin + path, wait_until="networkidle")
        if path == PAGE:
            page.locator("#playground-1 .playground-say", has_text="歩").wait_for()
        page.context.close()
        found = {url for url in asked if url.startswith(("javascripts/", "assets/formulas/"))}
        asked.clear()
        if path == PAGE:
            assert "javascripts/network.mjs" in found
            assert sum(len(gzip.compress((SITE / url).read_bytes())) for url in found) <= BUDGET
        else:
            assert not any("playground" in url or "network" in url for url in found)
