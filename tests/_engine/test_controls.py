"""動く図。式を写した JavaScript は、ページの式とも Python の実装とも同じ値になる。"""

import itertools
import re
from functools import cache

import mpmath
import numpy as np
import pytest

from snippets._engine import FormulaError
from snippets._engine.binding import identifier, import_topic
from snippets._engine.book import read_book
from snippets._engine.carriers import Double
from snippets._engine.controls import controls_html, read_control
from snippets._engine.drawing import draw
from snippets._engine.evaluate import Evaluator
from snippets._engine.javascript import script
from snippets._engine.moving import curves, entries, module
from snippets._engine.parser import parse
from snippets._engine.reading import Prepared, Reading
from snippets._engine.recurrence import recurrence
from snippets._engine.scope import Scope
from snippets._engine.statements import classify, define
from snippets._engine.symbols import Symbols
from tests.javascript import SCRIPTS, javascript

POINTS = 1000  # 一つの式につき、比べる点の数
RUN = """
import formulas from "./page.mjs"
import { path } from "SCRIPTS/moving.mjs"
const answers = ASKED.map(([label, given, steps]) =>
  steps ? path(formulas[label], given, steps) : formulas[label].value(given))
const plain = value => typeof value === "number" && !Number.isFinite(value) ? String(value) : value
console.log(JSON.stringify(answers, (_, value) => plain(value)))
"""


@cache
def site():
    """(ページの名, Control, 図の SVG, ラベルからページの式) の並び。"""
    found = []
    pages = read_book()
    for page in pages.values():
        if page.controls:
            prepared = {formula.label: each for formula, each in Reading(page, pages, [])}
            for _, control in page.controls:
                topic, _, name = control.figure.rpartition(".")
                svg = draw(getattr(import_topic(topic), name), control.figure).svg
                found.append((page.name, control, svg, prepared))
    return found


def calculate(folder, source, asked):
    """写した式を、プロジェクトの Node で計算する。"""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page.mjs").write_text(source.replace("../../javascripts", SCRIPTS), "utf-8")
    answers = javascript(folder, RUN, asked)
    return [float(answer) if isinstance(answer, str) else answer for answer in answers]  # NaN と Infinity


def span(svg, label):
    """動く線の、横軸の両端。"""
    view = re.search(rf'data-curve="{re.escape(label)}" data-view="([^"]+)"', svg)[1]
    return tuple(map(float, view.split()[:2]))


def choose(rng, control, row):
    """スライダーを動かした値。整数を刻むものは整数にし、z_0, z_1, … は z の成分にも並べる。"""
    given = {**control.fixed, **row}
    for slider in control.sliders:
        if not slider.table:
            value = rng.uniform(float(slider.low), float(slider.high))
            given[slider.name] = round(value) if slider.step == "1" else value
    return gathered(given)


def gathered(given):
    """z_0, z_1, … を、z の成分にも並べる。"""
    for name, value in list(given.items()):
        if part := re.fullmatch(r"(.+)_\d", name):
            given.setdefault(part[1], []).append(value)
    return given


def rows_of(control, found):
    """めくる表の行。表がなければ、空の行が一つ。"""
    return found[control.tables[0]]["rows"] if control.tables else [{}]


def passed(prepared, given):
    """実装に渡す引数。LaTeX の記号の名から値を引く。"""
    found = {}
    for name, argument in prepared.bound.arguments.items():
        if argument.op == "symbol":
            value = given[identifier(argument.args[0])]
        else:  # arguments に書いた t - 1 のような式
            declared = [symbol.name for symbol in prepared.scope.symbols.declared()]
            numbers = {name: given[identifier(name)] for name in declared if identifier(name) in given}
            value = Evaluator(Double, prepared.scope, numbers).value(argument)
        found[name] = np.array(value, float) if isinstance(value, list) else value
    return found


def code_of(prepared):
    return prepared.bound.function


def test_moving_figures_equal_the_code(tmp_path):
    """どの動く図の式も、スライダーの幅と横軸の全体の 1,000 点以上で、結ばれた Python の関数と 12 桁合う。"""
    rng = np.random.default_rng(0)
    assert site()
    for number, (_, control, svg, prepared) in enumerate(site()):
        found = entries(control, svg, prepared)
        values = {label: entry for label, entry in found.items() if "along" in entry}
        asked, expected = [], []
        for label, entry in values.items():
            for _ in range(POINTS):
                given = choose(rng, control, rng.choice(rows_of(control, found)))
                if entry["along"]:
                    x = rng.uniform(*span(svg, label))
                    given[entry["along"]] = round(x) if entry["whole"] else x
                result = code_of(prepared[label])(**passed(prepared[label], given))
                expected.append(float(result if np.ndim(result) == 0 else result[place(prepared[label], entry, given)]))
                asked.append((label, given))
        answers = calculate(tmp_path / str(number), module(found), asked)
        np.testing.assert_allclose(answers, expected, rtol=1e-12, atol=1e-12, err_msg=control.figure)


def place(prepared, entry, given):
    """実装が成分を並べて返すとき、横軸の値に当たる成分の場所。"""
    name = entry["along"]
    (low,) = {s.type.low for s in prepared.scope.symbols.declared() if identifier(s.name) == name}
    return given[name] - int(low)


def walked(control, prepared, given, steps):
    """繰り返す式の道すじを、結ばれた Python の関数で求める。"""
    state = {name: np.array(value, float) if isinstance(value, list) else value for name, value in given.items()}
    last = prepared[control.repeat[-1]].statements[-1].head[0]
    turn = {identifier(s.name) for s in prepared[control.repeat[-1]].scope.symbols.declared()} & {"t", "k"}
    points = [state[identifier(last)]]
    for k in range(1, steps + 1):
        for label in control.repeat:
            each = prepared[label]
            result = code_of(each)(**passed(each, {**dict.fromkeys(turn, k), **state}))
            results = result if isinstance(result, tuple) else (result,)
            state |= {identifier(s.head[0]): value for s, value in zip(each.statements, results, strict=True)}
        points.append(state[identifier(last)])
    return np.array(points)


def test_moving_paths_equal_the_code(tmp_path):
    """繰り返す式の道すじは、結ばれた Python の関数を同じ順に呼んだ道すじと、1,000 点以上で 12 桁合う。"""
    rng, count = np.random.default_rng(1), 0
    for number, (_, control, svg, prepared) in enumerate(site()):
        if control.repeat:
            found, steps = entries(control, svg, prepared), 40
            chosen = [choose(rng, control, {}) for _ in range(30)]
            asked = [(control.repeat[-1], given, steps) for given in chosen]
            answers = calculate(tmp_path / f"path{number}", module(found), asked)
            expected = [walked(control, prepared, given, steps) for given in chosen]
            np.testing.assert_allclose(answers, expected, rtol=1e-12, atol=1e-12, err_msg=control.figure)
            assert np.ptp(expected) > 0.1
            count += np.size(answers) // 2
    assert count > POINTS


def test_starting_curve_is_the_static_one(tmp_path):
    """スライダーの初めの値で描いた線は、ビルドのときに描いた線と重なる。"""
    for number, (_, control, svg, prepared) in enumerate(site()):
        found = entries(control, svg, prepared)
        first = next((int(slider.start) for slider in control.sliders if slider.table), 0)
        given = {**control.fixed, **rows_of(control, found)[first]}
        given = gathered(given | {each.name: float(each.start) for each in control.sliders if not each.table})
        for label in curves(svg):
            group = re.search(rf'data-curve="{re.escape(label)}" data-view="([^"]+)">(.*?)</g>', svg)
            _, _, x0, dx, y0, dy, count = map(float, group[1].split())
            drawn = [re.findall(r"-?[\d.]+", d) for d in re.findall(r' d="([^"]+)"', group[2].split("<defs>")[0])]
            drawn = np.array([number for d in drawn for number in d], float).reshape(-1, 2)
            entry, folder = found[label], tmp_path / f"{number}-{label}"
            if "state" in entry:
                answers = calculate(folder, module(found), [(label, given, int(count) - 1)])[0]
                ours = np.array([x0, y0]) + np.array([dx, dy]) * np.array(answers)
                assert np.max(np.min(np.linalg.norm(ours[:, None] - drawn, axis=2), axis=0)) < 0.2
                continue
            ends = drawn[1::2] if entry["whole"] and np.all(drawn[::2, 1] == drawn[0, 1]) else drawn
            places = [(px - x0) / dx for px, _ in ends]
            asked = [(label, {**given, entry["along"]: round(x) if entry["whole"] else x}) for x in places]
            answers = calculate(folder, module(found), asked)
            assert np.max(np.abs(y0 + dy * np.array(answers) - ends[:, 1])) < 0.2


def test_error_function_agrees_with_mpmath(tmp_path):
    """誤差関数は、60 桁の値と 15 桁合う。"""
    x = [float(v) for v in np.linspace(-7, 7, 281)]
    source = 'import { erf } from "../../javascripts/numbers.mjs"\nexport default { f: { value: ({ x }) => erf(x) } }\n'
    answers = calculate(tmp_path, source, [("f", {"x": value}) for value in x])
    np.testing.assert_allclose(answers, [float(mpmath.erf(value)) for value in x], rtol=4e-15, atol=1e-17)


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"f(x) + a", lambda x, a: 1 / (1 + np.exp(-x)) + a),
        (
            r"\begin{cases} x & \text{if } x > a \\ -2x & \text{otherwise} \end{cases}",
            lambda x, a: x if x > a else -2 * x,
        ),
        (r"\sum_{i=1}^{3} x^i + \prod_{i=1}^{3} (i + a)", lambda x, a: x + x**2 + x**3 + (1 + a) * (2 + a) * (3 + a)),
        (r"\max(x, a) - \lvert x a \rvert", lambda x, a: max(x, a) - abs(x * a)),
        (r"-x^2 \sqrt{a^2} + e^{-x}", lambda x, a: -(x**2) * abs(a) + np.exp(-x)),
        (r"z - \pi", lambda x, a: x * a - np.pi),
    ],
)
def test_tree_becomes_the_same_number(tmp_path, latex, expected):
    """式の木を写した関数は、手で書いた関数と同じ値になる。"""
    scope = Scope(Symbols({"x": "R", "a": "R", "i": "1..3", "f": "fn", "z": "R"}))
    for known in (r"f(x) = \frac{1}{1 + e^{-x}}", "z = x a"):
        define(classify(parse(known, scope.symbols)[0], scope), scope, None)
    parameters, body = script(parse(latex, scope.symbols)[0].args[1], scope)
    points = list(itertools.product((-1.5, 0.0, 0.5, 2.0), repeat=2))
    asked = [("f", {"x": x, "a": a}) for x, a in points]
    answers = calculate(tmp_path, module({"f": {"parameters": parameters, "body": body}}), asked)
    np.testing.assert_allclose(answers, [expected(x, a) for x, a in points], rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("latex", [r"\frac{d}{dx} x^2", "v + v", r"v^\top v", "f'(x)", r"\max_{i} v_i"])
def test_refuses_what_it_cannot_write(latex):
    """写せない式は、近い式にせずに断る。"""
    scope = Scope(Symbols({"x": "R", "i": "1..3", "v": "R^3", "f": "fn"}))
    define(classify(parse("f(x) = x", scope.symbols)[0], scope), scope, None)
    with pytest.raises(FormulaError, match="動く図"):
        script(parse(latex, scope.symbols)[0].args[1], scope)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1..2", "範囲と初めの値"),
        ("a: 0..1 = 2 — 幅", "入らない"),
        ("a: 0..1 = 0.5", "範囲と初めの値"),
        ("say: 文", "一つもない"),
        ("[", "と書く"),
    ],
)
def test_bad_declarations_are_refused(text, message):
    """スライダーの宣言の誤りは、原因を言って断る。"""
    with pytest.raises(FormulaError, match=message):
        read_control("topic.plot", text)


def test_wrong_pairs_are_refused():
    """式にない文字のスライダー、足りないスライダー、ページにない式は断る。"""
    _, control, svg, prepared = next(row for row in site() if row[1].figure == "activation.sigmoid.plot_gain")
    for text, message in (
        ("a: 0..1 = 1 — 幅\nb: 0..1 = 1 — 幅", "出てこない"),
        ("b: 0..1 = 1 — 幅", "1 つにする"),
        ("a: 0..1 = 1 — 幅\nsay: '{activation.sigmoid.nothing}'", "このページにない"),
    ):
        with pytest.raises(FormulaError, match=message):
            entries(read_control(control.figure, text), svg, prepared)
    with pytest.raises(FormulaError, match="動く線がない"):
        entries(control, "<svg></svg>", prepared)


def test_slider_is_labelled_and_native():
    """スライダーは、意味の付いたふつうの range で、初めの値を持つ。"""
    html = controls_html(read_control("topic.plot", "\\alpha: 0..1 by 0.1 = 0.5 — 負の側の傾き"), "topic", {})
    assert '<label><span>負の側の傾き</span><input type="range" name="alpha" min="0" max="1"' in html
    assert 'value="0.5"' in html and "<output>" in html


BOWL = {"n": "2..3", "i": "1..n", "w, g, v": "R^n", "a": "R+^n", "c, b": "R", "t": "1..5", "A": "R^{n, n}", "f": "fn"}


def prepared(*formulas, **more):
    """式の並びを、ラベル l.0, l.1, … の Prepared にする。"""
    scope, found = Scope(Symbols({**BOWL, **more})), {}
    define(classify(parse("f(c) = c^2", scope.symbols)[0], scope), scope, None)
    for k, latex in enumerate(formulas):
        inner = Scope(scope.symbols, dict(scope.definitions), dict(scope.code))
        found[f"l.{k}"] = Prepared([classify(node, inner) for node in parse(latex, inner.symbols)], inner, None)
    return found


def test_elementwise_program_runs_on_each_component():
    """ベクトルの更新の並びは、読む文字と定める文字を分け、成分ごとの計算になる。"""
    found = prepared(r"g = a \odot w", r"v \leftarrow c v + g", r"w_i \leftarrow w_i - b \frac{v_i}{\sqrt{a_i} + c^t}")
    read, written, body = recurrence(list(found), found)
    assert (sorted(read), written) == (["a", "b", "c", "t", "v", "w"], ["g", "v", "w"])
    assert body.splitlines() == [
        "let g;", "g = (a * w);", "v = ((c * v) + g);", "w = (w - (b * (v / (Math.sqrt(a) + (c ** t)))));",
        "return { g, v, w }",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("latex", "message"),
    [
        (r"v \leftarrow v (w w)", "成分が混じる"),
        (r"v \leftarrow A v", "書けない"),
        (r"v \leftarrow \lVert v \rVert w", "書けない"),
        (r"v \leftarrow w (v \cdot g)", "成分が混じる"),
        (r"w_i \leftarrow w_i + \sum_{t=1}^{5} w_i^t", "総和"),
        (r"w_i \leftarrow w_1 + g_i", "左辺の添字"),
        (r"w_i \leftarrow f(w_i)", "書けない"),
        (r"c + b = b + c", "更新"),
        (r"f(c) + f(b)", "更新"),
    ],
)
def test_programs_that_mix_components_are_refused(latex, message):
    """成分の混じる式や、更新でも定義でもない式は、繰り返しに使えない。"""
    found = prepared(latex)
    with pytest.raises(FormulaError, match=message):
        recurrence(list(found), found)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\\rho: 0..1 = 0.1 — 率\nrepeat: learning.gradient_descent.bowl_step\nw: 1, 1", "lambda_ の値が決まらない"),
        ("\\rho: 0..1 = 0.1 — 率\nrepeat: learning.gradient_descent.nothing", "の線が、図"),
        ("k: learning.gradient_descent.nothing — 回", "snippets/ にない"),
        ("k: learning.gradient_descent.rates — 回", "同じ名の並んだ行"),
    ],
)
def test_wrong_programs_and_tables_are_refused(text, message):
    """値の決まらない文字、ページにない式、めくれない表は、断る。"""
    _, control, svg, known = next(row for row in site() if row[1].figure == "learning.gradient_descent.plot_path")
    with pytest.raises(FormulaError, match=message):
        entries(read_control(control.figure, text), svg, known)


def test_sentences_speak_labels_and_choices():
    """文の波括弧は、文字と、ラベルと、条件で選ぶ二つの言い方を持てる。"""
    control = read_control("t.plot", "\\rho: 0..1 = 0.1 — 率\nsay: ρ = {\\rho}、{a.b.c} は{a.b:d?はい|いいえ}")
    assert control.spoken == ["rho", "a.b.c", "a.b:d"]
    html = controls_html(control, "page", {})
    assert 'data-say="ρ = {rho}、{a.b.c} は{a.b:d?はい|いいえ}"' in html
    assert 'data-longest="ρ = 0.00000、0.00000 はいいえ"' in html
