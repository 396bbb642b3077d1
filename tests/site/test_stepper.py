"""1 歩ずつ進む図を、キーボードと指とマウスで動かす検査。SITE_DIR（なければ site/）のサイトを使う。"""

import pytest

from tests.site.test_browser import AXE_CONTEXT, AXE_OPTIONS, MODES, leave, reader, unavailable  # noqa: F401

pytestmark = pytest.mark.browser

PATH = "learning/backprop/"
STEPPER = "figure.stepper"
# 本文の中で起きた、読み手の手によらない場所のずれ。テーマの横の案内は数えない。
SHIFTS = """() => { window.shifts = []; new PerformanceObserver(list => list.getEntries().forEach(entry => {
    for (const { node } of entry.sources) {
        const element = node?.nodeType === 1 ? node : node?.parentElement;
        if (element?.closest('.md-content')) window.shifts.push(element.outerHTML.slice(0, 80));
    } })).observe({type: 'layout-shift', buffered: true}) }"""
BOXES = """() => [...document.querySelectorAll('figure.stepper .stepper-node')].map(node =>
    [node.dataset.node, ...['value', 'slope'].map(part => node.querySelector(`.stepper-${part}`).textContent)])"""
PLACES = """() => [...document.querySelectorAll('.stepper, .stepper :is(button, input, svg)')].map(element => {
    const box = element.getBoundingClientRect();
    return [box.left, box.top + scrollY, box.width, box.height].join() }).join(' ')"""
SAID_FITS = "(say => say.scrollHeight <= say.clientHeight + 1)(document.querySelector('.stepper-say'))"


def opened(reader, **options):  # noqa: F811
    """バックプロパゲーションのページを開き、図が動きだすのを待つ。"""
    page = reader.open(**options)
    page.goto(reader.origin + PATH)
    page.locator(f"{STEPPER}[data-live]").wait_for()
    page.evaluate("document.fonts.ready")
    return page


@pytest.fixture
def page(reader):  # noqa: F811
    """終わりに、誤りも外への問い合わせもないことを確かめる。"""
    page = opened(reader, viewport={"width": 1280, "height": 900})
    yield page
    leave(page)


def button(page, name):
    return page.locator(STEPPER).get_by_role("button", name=name, exact=True)


def field(page, name):
    return page.locator(f'{STEPPER} input[name="{name}"]')


def said(page):
    return page.locator(".stepper-say p").all_inner_texts()


def slopes(page):
    """名から、箱に見えている勾配。"""
    return {name: slope.strip("()") for name, _, slope in page.evaluate(BOXES)}


def test_last_step_equals_the_table_of_the_page(page):
    """終わりまで進むと、どの勾配も、ページの逆伝播の表と同じ字になる。"""
    button(page, "終わりへ").click()
    rows = page.locator("table", has_text="δ₁ = ∂E").locator("tbody tr").all()
    table = [[cell.replace("\u2060", "") for cell in row.locator("td").all_inner_texts()] for row in rows]
    plain = str.maketrans("₁₂", "12")
    shown = {row[0].rpartition("∂E/∂")[2].translate(plain): row[-1] for row in table}
    assert len(shown) == 16
    assert shown.items() <= slopes(page).items()


def test_static_figure_is_the_last_step(reader):  # noqa: F811
    """JavaScript がなければボタンは出ず、すべての値と勾配の入った、終わりと同じ図が残る。"""
    page = reader.open(java_script_enabled=False)
    page.goto(reader.origin + PATH)
    assert not page.locator(".stepper-panel").is_visible()
    still = [g.locator("text").all_text_contents() for g in page.locator(f"{STEPPER} .stepper-node").all()]
    page.context.close()
    page = opened(reader)
    button(page, "終わりへ").click()
    live = [g.locator("text").all_text_contents() for g in page.locator(f"{STEPPER} .stepper-node").all()]
    page.context.close()
    assert still == live and all(all(texts) for texts in still)


def test_keyboard_walks_the_whole_tape(page):
    """左右の矢印と Home と End だけで、順伝播から逆伝播の終わりまで行って戻れ、歩みは静かに告げられる。"""
    button(page, "一つ進む").focus()
    place = page.get_by_label("歩み")
    assert (place.input_value(), place.get_attribute("aria-valuetext")) == ("0", "はじめ")
    for k in range(1, 13):
        page.keyboard.press("ArrowRight")
        assert said(page)[0] == place.get_attribute("aria-valuetext") == f"順伝播 {k} / 12"
    assert said(page)[1:3] == ["E = (y − t)²", "= (0.5379 − 1)² = 0.2136"]
    assert set(slopes(page).values()) == {""}
    for k in range(1, 27):
        page.keyboard.press("ArrowRight")
        assert said(page)[0] == f"逆伝播 {k} / 26"
    page.keyboard.press("ArrowRight")
    assert place.input_value() == "38" and button(page, "一つ進む").get_attribute("aria-disabled") == "true"
    assert page.evaluate("document.activeElement.dataset.go") == "next"
    page.keyboard.press("Home")
    assert place.input_value() == "0"
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert place.input_value() == "37"
    assert page.locator(".stepper-say").get_attribute("role") == "status"


def test_arrows_stay_with_the_field_being_written(page):
    """数を書いているあいだの矢印は歩みを進めず、range の上では range だけを 1 歩動かす。"""
    field(page, "x1").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_label("歩み").input_value() == "0"
    page.get_by_label("歩み").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_label("歩み").input_value() == "1" and said(page)[0] == "順伝播 1 / 12"


def test_input_waits_for_both_paths(page):
    """2 か所で使われる x₂ は、1 本めが届くと点線の枠で待ち、2 本めを足して決まる。"""
    button(page, "終わりへ").click()
    waited = False
    node = page.locator('[data-node="x2"]')
    for _ in range(25):
        button(page, "一つ戻る").click()
        if "waiting" in node.get_attribute("class"):
            waited = True
            assert slopes(page)["x2"] == "0.3634+"
            assert node.locator("rect").evaluate("element => getComputedStyle(element).strokeDasharray") != "none"
    assert waited


def test_one_operation_is_marked_without_colour(page):
    """いまの計算は、太い枠の箱 1 つと、太い矢印で示され、帰りの矢印は破線になる。"""
    width = "element => parseFloat(getComputedStyle(element).strokeWidth)"
    for _ in range(3):
        button(page, "一つ進む").click()
    assert page.locator(".stepper-node.here").count() == 1
    assert page.locator(".stepper-edge.ahead").count() == 3
    here, other = page.locator(".here rect"), page.locator(".stepper-node:not(.here) rect").first
    assert here.evaluate(width) > 2 * other.evaluate(width)
    button(page, "終わりへ").click()
    back = page.locator(".stepper-edge.behind > path").first
    assert page.locator(".stepper-edge.behind").count() == 1 and back.evaluate(width) > 2
    assert back.evaluate("element => getComputedStyle(element).strokeDasharray") != "none"


def test_numbers_can_be_changed_and_restored(page):
    """数を書きかえると値も勾配も変わり、読めない数は断られ、もとに戻せる。"""
    button(page, "終わりへ").click()
    before = page.evaluate(BOXES)
    field(page, "t").fill("0.5")
    assert next(value for name, value, _ in page.evaluate(BOXES) if name == "t") == "0.5"
    assert slopes(page)["E"] == "1" and slopes(page)["y"] == "0.07577"
    field(page, "t").fill("")
    assert "数を入れてください" in said(page)[-1] and field(page, "t").get_attribute("aria-invalid") == "true"
    field(page, "t").fill("1000")
    assert field(page, "t").get_attribute("aria-invalid") == "true" and slopes(page)["y"] == "0.07577"
    button(page, "もとの数に戻す").click()
    assert field(page, "t").input_value() == "1" and field(page, "t").get_attribute("aria-invalid") is None
    button(page, "終わりへ").click()
    assert page.evaluate(BOXES) == before


def test_one_step_of_descent_starts_again(page):
    """「重みを 1 歩動かす」と、誤差がページの言うとおりに下がり、はじめに戻り、入力と正解は動かない。"""
    button(page, "重みを 1 歩動かす").click()
    text = page.locator("p", has_text="に下がります").first.inner_text()
    before, after = said(page)[1].removeprefix("E は ").removesuffix(" へ").split(" から ")
    assert f"誤差は {before} から {after} に下がります" in text
    assert page.get_by_label("歩み").input_value() == "0"
    assert [field(page, name).input_value() for name in ("x1", "x2", "t")] == ["1", "2", "1"]
    assert field(page, "b").input_value() == "0.592423"


def test_a_touch_is_enough_on_a_phone(reader):  # noqa: F811
    """390 px の画面で、指だけで進み、押すところはどれも 44 px 以上で、図は画面に収まって読める大きさである。"""
    page = opened(reader, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for _ in range(13):
        button(page, "一つ進む").tap()
    assert said(page)[0] == "逆伝播 1 / 26"
    small = page.evaluate("""() => [...document.querySelectorAll('.stepper :is(button, input)')]
        .filter(element => element.getBoundingClientRect().height < 44).map(element => element.outerHTML)""")
    assert small == []
    box = page.locator(f"{STEPPER} svg").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert box["width"] / float(page.locator(f"{STEPPER} svg").get_attribute("viewBox").split()[2]) * 11 >= 10
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.notes.console == []
    page.context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves_while_stepping(reader, width):  # noqa: F811
    """動きだすときも、38 歩のどこでも、図とボタンの場所と大きさは変わらない。"""
    page = opened(reader, viewport={"width": width, "height": 900})
    page.locator(STEPPER).scroll_into_view_if_needed()
    page.evaluate(SHIFTS)
    places = {page.evaluate(PLACES)}
    button(page, "一つ進む").focus()
    for _ in range(38):
        page.keyboard.press("ArrowRight")
        places.add(page.evaluate(PLACES))
        assert page.evaluate(SAID_FITS), said(page)
    assert len(places) == 1
    assert page.evaluate("window.shifts") == []
    page.context.close()


@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing_at_any_step(reader, mode):  # noqa: F811
    """はじめと途中と終わりで、axe-core の規則に触れない。"""
    if reader.axe is None:
        unavailable("axe-playwright-python がない。pip install -e '.[browser]' で入る")
    page = opened(reader, **MODES[mode])
    for name in (None, "一つ進む", "終わりへ"):
        if name:
            button(page, name).click()
        context = {"include": [[STEPPER]], **AXE_CONTEXT}
        assert reader.axe.run(page, context, AXE_OPTIONS).response["violations"] == []
    assert page.notes.console == []
    page.context.close()


def test_colours_follow_the_scheme_at_once(page):
    """配色を切り替えると、進めたところのまま、箱の地と字の色が変わる。"""
    button(page, "一つ進む").click()
    colours = """() => ['rect', '.stepper-value', '.stepper-slope'].map(part =>
        getComputedStyle(document.querySelector('.stepper ' + part)).fill)"""
    light = page.evaluate(colours)
    page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    dark = page.evaluate(colours)
    assert all(a != b for a, b in zip(light, dark, strict=True))
    assert said(page)[0] == "順伝播 1 / 12"


def test_print_keeps_the_figure_alone(page):
    """紙には図だけが残り、ボタンも数の欄も出ない。"""
    page.emulate_media(media="print")
    assert page.locator(f"{STEPPER} svg").is_visible()
    assert not page.locator(".stepper-panel").is_visible()


def test_reload_keeps_the_place_and_the_numbers(page):
    """URL を開きなおすと、同じ歩みの、同じ数の図から始まり、もとに戻せば URL には何も残らない。"""
    field(page, "t").fill("0.5")
    for _ in range(5):
        button(page, "一つ進む").click()
    page.wait_for_function("location.search.includes('step=5') && location.search.includes('t=0.5')")
    before = page.evaluate(BOXES)
    page.reload()
    page.locator(f"{STEPPER}[data-live]").wait_for()
    assert page.evaluate(BOXES) == before and said(page)[0] == "順伝播 5 / 12"
    button(page, "もとの数に戻す").click()
    page.wait_for_function("!location.search")


@pytest.mark.parametrize("state", ["step=1e999", "step=-3", "step=abc", "t=", "t=1e9", "t=NaN"])
def test_broken_state_is_harmless(page, state):
    """壊れた URL を開いても、はじめの数のまま動く。"""
    page.goto(page.url.partition("?")[0] + f"?learning.backprop.tape.{state}")
    page.locator(f"{STEPPER}[data-live]").wait_for()
    assert field(page, "t").input_value() == "1"
    button(page, "終わりへ").click()
    assert page.get_by_label("歩み").input_value() == "38"
