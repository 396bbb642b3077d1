"""1 歩ずつ進む 2-2-1 の網。JavaScript の値と勾配を、PyTorch の自動微分と、ページの表と比べる。"""

import re
from functools import cache

import numpy as np
import pytest
import torch

from snippets._engine.stepper import boxed, check_tape
from snippets.learning import _example
from snippets.learning import backprop as bp
from tests.javascript import javascript

POINTS = 1000
TAPE = bp.tape()
LEAVES = [each["name"] for each in TAPE if not each["inputs"]]
WEIGHTS = [name for name in LEAVES if name not in ("x1", "x2", "t")]
RUN = """
import { boxed, teller, written } from "SCRIPTS/equations.mjs"
import { descend, seen, walk } from "SCRIPTS/tape.mjs"
const { tape, points, rate, numbers } = ASKED
const tell = teller(tape)
const walked = points.map(given => walk(tape, given))
console.log(JSON.stringify({
  values: walked.map(each => each.value),
  gradients: walked.map(each => each.gradient),
  moved: walked.map((each, k) => descend(tape, points[k], each.gradient, rate)),
  steps: walked[0].steps.map(step => ({ ...step, node: step.node.name })),
  told: walked[0].steps.map(tell),
  seen: walked[0].steps.map((_, k) => seen(walked[0], points[0], k + 1)),
  boxed: numbers.map(boxed),
  written: numbers.map(written),
}))
"""
NUMBERS = [
    0,
    -0.0,
    1,
    -3,
    0.5,
    0.9242343145200195,
    -0.09242343,
    1.2345678e-7,
    -12345.678,
    123456789,
    0.1 + 0.2,
    99.995,
    5e-5,
]


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """例の数と、でたらめな数 1,000 組での、JavaScript の計算。"""
    return calculate(tmp_path_factory.mktemp("tape"), [example(), *random_points()])


def calculate(folder, points):
    asked = {"tape": TAPE, "points": points, "rate": 0.1, "numbers": NUMBERS}
    return javascript(folder, RUN, asked)


def example():
    return {each["name"]: each["value"] for each in TAPE if not each["inputs"]}


@cache
def random_points():
    rng = np.random.default_rng(0)
    return [dict(zip(LEAVES, rng.uniform(-4, 4, len(LEAVES)).tolist(), strict=True)) for _ in range(POINTS)]


def by_torch(points):
    """どの数の値も勾配も、ふつうに書いた PyTorch で、すべての組を並べて求める。"""
    found = {
        name: torch.tensor([given[name] for given in points], dtype=torch.float64, requires_grad=True)
        for name in LEAVES
    }

    def keep(name, value):
        value.retain_grad()
        found[name] = value
        return value

    for i in "12":
        first = keep(f"W{i}1x1", found[f"W{i}1"] * found["x1"])
        second = keep(f"W{i}2x2", found[f"W{i}2"] * found["x2"])
        u = keep(f"u{i}", first + second + found[f"c{i}"])
        keep(f"v{i}h{i}", found[f"v{i}"] * keep(f"h{i}", torch.sigmoid(u)))
    y = keep("y", found["v1h1"] + found["v2h2"] + found["b"])
    keep("E", (y - found["t"]).square()).sum().backward()
    return found


def test_values_and_gradients_equal_autograd(played):
    """24 個の数の値と勾配は、例と、でたらめな 1,000 組のすべてで、PyTorch と 12 桁合う。"""
    found = by_torch([example(), *random_points()])
    for each in TAPE:
        name = each["name"]
        for got, want in (("values", found[name].detach()), ("gradients", found[name].grad)):
            ours = [row[name] for row in played[got]]
            np.testing.assert_allclose(ours, want, rtol=1e-12, atol=1e-12, err_msg=f"{name} の {got}")


def test_one_step_is_torch_sgd(played):
    """「重みを 1 歩動かす」は、入力と正解を動かさない PyTorch の SGD と 12 桁合う。"""
    found = by_torch([example(), *random_points()])
    torch.optim.SGD([found[name] for name in WEIGHTS], lr=0.1).step()
    for name in LEAVES:
        ours = [row[name] for row in played["moved"]]
        np.testing.assert_allclose(ours, found[name].detach(), rtol=1e-12, atol=1e-12, err_msg=name)


def test_tape_starts_from_the_numbers_of_the_page(played):
    """初めの数はページの例の数で、記録された値と勾配は、例の Value と、逆向きの表の勾配と等しい。"""
    check_tape(TAPE)
    assert example() == _example.named(*_example.NUMBERS)
    for each in TAPE:
        assert each["value"] == pytest.approx(played["values"][0][each["name"]], rel=1e-12)
        assert each["gradient"] == pytest.approx(played["gradients"][0][each["name"]], rel=1e-12)
    for name in ("u1", "u2", "h1", "h2", "y", "E", *_example.LEAVES):
        assert played["values"][0][name] == pytest.approx(_example.nodes()[name].data, rel=1e-12, abs=1e-15)
        assert played["gradients"][0][name] == pytest.approx(_example.nodes()[name].grad, rel=1e-12)
    assert [played["gradients"][0][name] for name in _example.LEAVES] == pytest.approx(
        bp.example("逆向きの表"), rel=1e-12
    )


def test_error_after_one_step_is_that_of_the_page(played, tmp_path):
    """例から 1 歩動いた重みの誤差は、ページが書く誤差である。"""
    after = calculate(tmp_path, [played["moved"][0]])["values"][0]["E"]
    assert after == pytest.approx(bp.error_after(0.1), rel=1e-12)


def test_steps_are_twelve_forward_and_twenty_six_backward(played):
    """歩みは、計算 12 回と、出発の 1 と、もとになる数 25 個への足し算で、ページの言う 12 回と 26 回になる。"""
    kinds = [step["kind"] for step in played["steps"]]
    assert kinds == ["forward"] * 12 + ["seed"] + ["backward"] * sum(len(each["inputs"]) for each in TAPE)
    assert len(kinds) == 12 + 26


def test_nothing_is_sent_before_all_has_arrived(played):
    """どの数も、それを使うすべての計算から勾配が届くまで、手前へは送らず、届いた勾配のままを送る。"""
    arrived = {"E": 1.0}
    users = {each["name"]: sum(each["name"] in other["inputs"] for other in TAPE) for each in TAPE}
    for step in played["steps"][13:]:
        assert users[step["node"]] == 0
        assert step["arriving"] == arrived[step["node"]]
        assert step["before"] == arrived.get(step["to"], 0)
        assert step["after"] == step["before"] + step["arriving"] * step["slope"]
        arrived[step["to"]] = step["after"]
        users[step["to"]] -= 1
        assert step["waiting"] == users[step["to"]]
    assert set(users.values()) == {0}


def test_only_the_inputs_are_used_twice(played):
    """途中の勾配を持って待つのは、2 か所で使われる x₁ と x₂ だけで、1 度ずつ待つ。"""
    waited = [step["to"] for step in played["steps"] if step.get("waiting")]
    assert sorted(waited) == ["x1", "x2"]
    assert all(step["before"] != 0 for step in played["steps"] if step.get("uses") == 2 and not step["waiting"])


def test_each_step_reveals_one_number(played):
    """1 歩ごとに、見える値か、届いた勾配か、途中だった勾配が、ちょうど 1 つだけ変わる。"""
    before = {"value": example(), "gradient": {}, "waiting": {}}
    for after in played["seen"]:
        changed = [
            (kind, name)
            for kind in ("value", "gradient")
            for name, k in after[kind].items()
            if name not in before[kind] or before[kind][name] != k
        ]
        assert len(changed) == 1
        before = after
    assert before["value"] == played["values"][0] and before["gradient"] == played["gradients"][0]


def test_told_numbers_give_the_told_result(played):
    """歩みの文の、数を入れた式を計算すると、書いてある結果になる。"""
    for _, filled, _ in played["told"]:
        if filled:
            *_, left, right = filled.removeprefix("= ").split(" = ")
            code = left.replace("−", "-").replace("×", "*").replace("²", "**2").replace("σ", "sigma")
            got = eval(code, {"sigma": lambda u: 1 / (1 + np.exp(-u))})
            assert got == pytest.approx(float(right.replace("−", "-")), rel=2e-3, abs=2e-3)


def test_told_backward_tables(played):
    """逆伝播の文の結果は、どの数でも、ページの表の値と同じ字で終わる。"""
    shown = {re.sub(r".*∂E/∂", "", row[0].replace("\u2060", "")): row[-1] for row in bp.backward_table()[1]}
    last = {}
    for name, filled, _ in played["told"][13:]:
        last[name.split(" に足す")[0].removeprefix("∂E/∂")] = filled.split(" = ")[-1]
    assert shown.items() <= last.items()


def test_numbers_are_written_like_python(played):
    """文の数は Python の有効数字 4 桁と同じ大きさで、箱の数は、ビルドのときに図へ書く字と同じである。"""
    for number, written, text in zip(NUMBERS, played["written"], played["boxed"], strict=True):
        assert float(written.replace("−", "-")) == float(f"{number:.4g}")
        assert text == boxed(number) and len(text) <= 8
        assert float(text.replace("−", "-")) == pytest.approx(number, rel=0.05)
        assert "-" not in written + text and written != "−0"
