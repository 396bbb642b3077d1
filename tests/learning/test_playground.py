"""網の遊び場。ページの中の JavaScript の計算は、PyTorch の計算と同じになる。"""

import itertools
from functools import cache

import numpy as np
import pytest
import torch

from snippets._engine import playground as declared
from snippets._threads import one_thread
from snippets.activation.sigmoid import derivative, sigmoid
from snippets.learning import playground
from snippets.learning._playground_net import (
    ACTIVATIONS,
    POINTS,
    batches,
    dataset,
    train,
    uniforms,
    weights,
)
from tests.javascript import javascript

RATE, STEPS = 0.1, 200
NAMES = tuple(playground.DATA)
SHAPES = ((4,), (5, 3), (4, 4, 3))
RUN = """
import * as network from "SCRIPTS/network.mjs"
const asked = ASKED
const answers = asked.map(({ steps, ...settings }) => {
  const model = network.start(settings), losses = []
  while (model.steps < steps) { network.step(model); losses.push(network.score(model).loss) }
  const layers = model.layers.map(({ W, b }) => [[...W], [...b]])
  const z = model.points.map(([x1, x2]) => network.forward(model, [x1, x2]))
  const p = model.points.map(([x1, x2]) => network.probability(model, [x1, x2]))
  const { hits } = network.score(model)
  return { points: model.points, losses, layers, z, p, hits, line: network.collapse(model) }
})
const random = network.generator(7)
console.log(JSON.stringify({
  answers, random: Array.from({ length: 1000 }, random), data: Object.keys(network.DATA),
  activations: Object.keys(network.ACTIVATIONS),
}))
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """ページと同じ JavaScript を、プロジェクトの Node で動かす。"""
    folder = tmp_path_factory.mktemp("network")
    return cache(lambda *asked: javascript(folder, RUN, [dict(items) for items in asked]))


def settings(data, activation, hidden=(4, 4), batch=10, seed=1, rate=RATE, steps=STEPS):
    return tuple({**locals()}.items())


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("hidden", "batch"), list(itertools.product(SHAPES, (POINTS, 30))))
def test_page_learns_what_torch_learns(browser, activation, hidden, batch):
    """4 種のデータの 200 歩ぶんの損失と重みは、PyTorch の自動微分と、絶対でも相対でも 1e-12 まで合う。"""
    layers, losses = train(NAMES, activation, hidden, RATE, batch, 1, STEPS)
    answers = browser(*(settings(name, activation, hidden, batch) for name in NAMES))["answers"]
    for k, answer in enumerate(answers):
        np.testing.assert_allclose(answer["losses"], losses[:, k], rtol=1e-12, atol=1e-12)
        for (W, b), (V, c) in zip(answer["layers"], layers, strict=True):
            np.testing.assert_allclose(W, V[k].numpy().ravel(), rtol=1e-12, atol=1e-12)
            np.testing.assert_allclose(b, c[k].numpy(), rtol=1e-12, atol=1e-12)


def test_torch_optimizer_takes_the_same_steps():
    """手で引いた勾配の 1 歩は、torch.optim.SGD の 1 歩と同じ。"""
    X, t = (torch.tensor(part, dtype=torch.float64) for part in dataset("spiral", 2))
    parts = [torch.tensor(part, requires_grad=True) for layer in weights((3,), 2) for part in layer]
    optimizer = torch.optim.SGD(parts, lr=0.3)
    with one_thread():
        for chosen in batches(10, 2, 25):
            z = torch.tanh(X[chosen] @ parts[0].T + parts[1]) @ parts[2].T + parts[3]
            optimizer.zero_grad()
            torch.nn.functional.binary_cross_entropy_with_logits(z[:, 0], t[chosen]).backward()
            optimizer.step()
    layers, _ = train(("spiral",), "tanh", (3,), 0.3, 10, 2, 25)
    for ours, theirs in zip([part for layer in layers for part in layer], parts, strict=True):
        np.testing.assert_allclose(ours[0], theirs.detach(), rtol=1e-12, atol=1e-12)


def test_data_and_random_numbers_agree(browser):
    """乱数は 1 ビットも違わず、データは 1e-14 まで同じ。"""
    found = browser(*(settings(name, "tanh", seed=9999, steps=0) for name in NAMES))
    assert found["random"] == uniforms(7, 1000).tolist()
    for name, answer in zip(NAMES, found["answers"], strict=True):
        np.testing.assert_allclose(answer["points"], np.column_stack(dataset(name, 9999)), atol=1e-14)


def test_generator_matches_the_published_one():
    """乱数の手順は、公開されている mulberry32 を整数だけで写したものと同じ。"""

    def published(state):
        while True:
            state = (state + 0x6D2B79F5) % 2**32
            z = (state ^ state >> 15) * (state | 1) % 2**32
            z ^= (z + (z ^ z >> 7) * (z | 61)) % 2**32
            yield (z ^ z >> 14) / 2**32

    assert uniforms(12345, 500).tolist() == list(itertools.islice(published(12345), 500))


def test_names_are_the_same_everywhere(browser):
    """データと活性化関数の名は、ページの宣言と、JavaScript と、Python で同じ。"""
    found = browser(settings("xor", "tanh", steps=0))
    assert found["data"] == list(declared.DATA) == list(NAMES)
    assert found["activations"] == list(declared.ACTIVATIONS) == list(ACTIVATIONS) == list(playground.NAMES)
    assert declared.DATA == playground.DATA and declared.ACTIVATIONS == playground.NAMES


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [1, 2, 9999])
def test_data_are_balanced_and_in_sight(name, seed):
    """どのデータも 50 点ずつの 2 組で、絵の範囲 −6 から 6 に収まる。"""
    X, t = dataset(name, seed)
    assert X.shape == (POINTS, 2) and t.sum() == POINTS // 2
    assert np.abs(X).max() < 6


def test_shapes_of_the_data():
    """円は内と外、XOR は符号の積、渦巻きは半回転ずれた 2 本に分かれる。"""
    X, t = dataset("circle", 3)
    assert np.hypot(*X[t == 1].T).max() < 2.5 < 3.5 <= np.hypot(*X[t == 0].T).min()
    X, t = dataset("xor", 3)
    assert np.array_equal(t == 1, X.prod(axis=1) > 0) and np.abs(X).min() >= 0.3
    X, t = dataset("spiral", 3)
    np.testing.assert_allclose(X[t == 1], -X[t == 0], atol=0.15)


def test_unknown_data_are_refused():
    """知らないデータの名は、受けとった名を言って断る。"""
    with pytest.raises(ValueError, match="moon"):
        dataset("moon", 1)


@pytest.mark.parametrize("size", [1, 7, 10, 100])
def test_every_round_uses_every_point_once(size):
    """一巡のあいだに、どの点もちょうど 1 回使われ、次の一巡では順番が変わる。"""
    turns = -(-POINTS // size)
    chosen = list(batches(size, 1, 2 * turns + 1))
    assert len(chosen) == 2 * turns + 1
    first, second = np.concatenate(chosen[:turns]), np.concatenate(chosen[turns : 2 * turns])
    assert sorted(first) == sorted(second) == list(range(POINTS))
    assert list(first) != list(second)


@pytest.mark.parametrize("hidden", SHAPES)
def test_linear_network_is_one_line(browser, hidden):
    """線形の網の出口の値は、畳んだ 3 つの数の 1 次式と、どの点でも同じ。"""
    (answer,) = browser(settings("circle", "linear", hidden))["answers"]
    w1, w2, b = answer["line"]
    X, _ = dataset("circle", 1)
    np.testing.assert_allclose(answer["z"], X @ [w1, w2] + b, atol=1e-12)
    np.testing.assert_allclose(answer["p"], sigmoid(np.array(answer["z"])), atol=1e-15)


def test_collapse_in_python_is_the_same_line(browser):
    """表に出す 3 つの数は、ページの JavaScript が畳んだものと同じ。"""
    (answer,) = browser(settings("xor", "linear", (4, 4), steps=300))["answers"]
    np.testing.assert_allclose(playground.one_line((4, 4)), answer["line"], atol=1e-12)


def test_step_moves_the_exit_only():
    """ステップでは隠れ層の重みが 1 つも動かず、ほかの関数では全部の層が動く。"""
    assert playground.moved("step")[:2] == [0, 0] and playground.moved("step")[2] > 1
    for name in set(ACTIVATIONS) - {"step"}:
        assert min(playground.moved(name)) > 0.1


def test_bent_networks_win():
    """1,000 歩のあと、円と XOR の全点を当てるのは tanh と ReLU だけで、2 つの山はどの関数も当てる。"""
    for name in ("circle", "xor"):
        perfect = {f for f in ACTIVATIONS if playground.hits(f, name) == POINTS}
        assert perfect == {"tanh", "relu"}
    assert all(playground.hits(f, "gauss") == POINTS for f in ACTIVATIONS)


def test_sigmoid_needs_more_time(browser):
    """XOR のシグモイドは、1,000 歩では線形なみだが、4,000 歩でほとんど当たる。線形は変わらない。"""
    late = [settings("xor", name, steps=4000) for name in ("sigmoid", "linear")]
    sigmoid_late, linear_late = (answer["hits"] for answer in browser(*late)["answers"])
    assert playground.hits("sigmoid", "xor") < 60 and playground.hits("linear", "xor") < 60
    assert sigmoid_late >= 95 and linear_late < 60


def test_exercise_answers(browser):
    """演習の答え。ReLU は 2 つでは円を囲めず、3 つなら囲めることがあり、渦巻きは 3,000 歩で全部当たる。"""
    circle = {
        units: [settings("circle", "relu", (units,), seed=seed, steps=3000) for seed in range(1, 6)] for units in (2, 3)
    }
    two, three = ([answer["hits"] for answer in browser(*asked)["answers"]] for asked in circle.values())
    assert max(two) < POINTS == max(three) and min(three) < POINTS
    (spiral,) = browser(settings("spiral", "relu", (8, 8), steps=3000))["answers"]
    assert spiral["hits"] == POINTS


def test_bound_functions_agree_with_autograd():
    """損失の傾きと、隠れユニットまで届く傾きは、自動微分と同じ。"""
    z = torch.linspace(-30, 30, 61, dtype=torch.float64, requires_grad=True)
    for t in (0.0, 1.0):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(z, torch.full_like(z, t), reduction="none")
        np.testing.assert_allclose(playground.loss(z.detach().numpy(), t), loss.detach(), rtol=1e-14, atol=1e-14)
        (slope,) = torch.autograd.grad(loss.sum(), z)
        np.testing.assert_allclose(playground.error(z.detach().numpy(), t), slope, atol=1e-15)
    s = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    z = 1.5 * torch.sigmoid(s) - 0.2
    (slope,) = torch.autograd.grad(torch.nn.functional.softplus(-z), s)
    ours = playground.hidden_gradient(0.7, 1.5, -0.2, 1, sigmoid, derivative)
    np.testing.assert_allclose(ours, slope, rtol=1e-14)
