"""XOR は 1 層ではできず、2 層ならできる。"""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from snippets.neuron import linear_separability, perceptron, xor
from snippets.neuron._two_layer import WIDTHS, train

BITS = list(itertools.product((0, 1), repeat=2))
TRUTH = [a ^ b for a, b in BITS]
weights = st.floats(-10, 10)


@pytest.mark.parametrize(
    ("gate", "rule"),
    [
        (xor.and_gate, lambda a, b: a & b),
        (xor.or_gate, lambda a, b: a | b),
        (xor.nand_gate, lambda a, b: 1 - (a & b)),
        (xor.xor, lambda a, b: a ^ b),
        (xor.two_relus, lambda a, b: a ^ b),
        (xor.four_nands, lambda a, b: a ^ b),
        (xor.with_product, lambda a, b: a ^ b),
    ],
)
def test_gates_follow_the_bitwise_operators(gate, rule):
    """どの組み立ても、Python のビット演算と同じ真理値表になる。"""
    assert [gate(a, b) for a, b in BITS] == [rule(a, b) for a, b in BITS]


def test_hand_weights():
    """手で選んだ重みの表は、4 点すべてで正しい答えを並べる。"""
    rows = {row[0]: row[1:] for row in xor.gate_table()[1]}
    assert rows == {
        "AND": (1, 1, -1.5, 0, 0, 0, 1),
        "OR": (1, 1, -0.5, 0, 1, 1, 1),
        "NAND": (-1, -1, 1.5, 1, 1, 1, 0),
    }
    for name, row in rows.items():
        assert row[3:] == perceptron.TARGETS[name]


def test_linear_programming_finds_no_weights():
    """XOR の 4 つの条件を線形計画法に渡すと、実行不可能（状態 2）と返る。"""
    t = 2 * np.array(TRUTH) - 1
    sides = -t[:, np.newaxis] * np.c_[BITS, np.ones(4)]
    assert linprog(np.zeros(3), A_ub=sides, b_ub=-np.ones(4), bounds=(None, None)).status == 2
    assert not linear_separability.is_separable(np.array(BITS), t)


@given(weights, weights, weights)
def test_no_weights_satisfy_all_four_conditions(w_1, w_2, b):
    """どんな重みでも、4 問すべてには正解しない。"""
    assert not all(xor.conditions(w_1, w_2, b))
    assert xor.correct(w_1, w_2, b) <= 3


@pytest.mark.parametrize("wrong", range(4))
def test_any_three_can_be_right(wrong):
    """どの 3 問を選んでも、その 3 問に正解する重みはある。"""
    choices = itertools.product((-2, -1, 1, 2), (-2, -1, 1, 2), (-1.5, -0.5, 0.5, 1.5))
    expected = tuple(k != wrong for k in range(4))
    assert any(xor.conditions(*choice) == expected for choice in choices)


@pytest.mark.parametrize("count", [3, 17])
def test_grid_never_beats_three(count):
    """格子の上の重みをすべて試しても、正解は 3 問までである。"""
    assert xor.best_on_grid(count) == 3


def test_grid_counts_like_the_units():
    """格子の数え方は、ユニットを 1 つずつ動かした数え方と同じである。"""
    axis = np.linspace(-2, 2, 5)
    assert xor.best_on_grid(5) == max(xor.correct(*choice) for choice in itertools.product(axis, repeat=3))


def test_hidden_layer_moves_two_points_together():
    """隠れ層では (0,1) と (1,0) が (1,1) に重なり、残りと直線で分けられる。"""
    moved = np.array([xor.hidden(a, b) for a, b in BITS])
    assert moved.tolist() == [[1, 0], [1, 1], [1, 1], [0, 1]]
    assert linear_separability.is_separable(moved, 2 * np.array(TRUTH) - 1)


def test_truth_table():
    """真理値表の最後の列は XOR である。"""
    assert [row[-1] for row in xor.truth_table()[1]] == TRUTH


def test_without_activation_the_network_is_one_plane():
    """ReLU を外した 2 層の網は 1 次式になり、4 点の中で XOR にいちばん近い 1 次式は、どこでも 1/2 である。"""
    X = np.c_[BITS, np.ones(4)]
    flat = X @ np.array([[1, 1], [1, 1], [0, -1]]) @ [1, -2]
    fitted = np.linalg.lstsq(X, flat)
    assert fitted[1][0] == pytest.approx(0, abs=1e-24)
    np.testing.assert_allclose(X @ np.linalg.lstsq(X, np.array(TRUTH, dtype=float))[0], 0.5)


def test_product_feature_makes_xor_separable():
    """積を 3 つ目の特徴にすると、XOR は線形分離可能になる。"""
    X = np.array(BITS, dtype=float)
    t = 2 * np.array(TRUTH) - 1
    assert linear_separability.is_separable(np.c_[X, X[:, 0] * X[:, 1]], t)


def test_xnor_is_not_separable_either():
    """XNOR も、1 つのユニットでは作れない。"""
    assert not linear_separability.is_separable(np.array(BITS), 1 - 2 * np.array(TRUTH))


@given(st.floats(-700, 700), st.sampled_from([0, 1]))
def test_loss_matches_torch(z, t):
    """損失は torch の BCEWithLogitsLoss と同じで、傾きはシグモイドと正解の差である。"""
    logit = torch.tensor(z, dtype=torch.float64, requires_grad=True)
    want = torch.nn.functional.binary_cross_entropy_with_logits(logit, torch.tensor(float(t), dtype=torch.float64))
    want.backward()
    assert xor.loss(z, t) == pytest.approx(want.item(), rel=1e-12, abs=1e-12)
    assert logit.grad.item() == pytest.approx(torch.sigmoid(logit).item() - t, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "activate"),
    [("tanh", torch.tanh), ("シグモイド", torch.sigmoid), ("ReLU", torch.relu), ("線形", lambda z: z)],
)
def test_training_follows_autograd(name, activate):
    """並べて学習した損失は、同じ初期値から自動微分で 1 つずつ学習した損失と同じである。"""
    trials, units = 2, sum(WIDTHS)
    rng = np.random.default_rng(0)
    inner, outer = rng.normal(size=(3, units, trials)), rng.normal(size=(units, trials))
    got = train(name, trials=trials, steps=20).loss
    X, t = torch.tensor(BITS, dtype=torch.float64), torch.tensor(TRUTH, dtype=torch.float64)
    row, part = 1, slice(WIDTHS[0], WIDTHS[0] + WIDTHS[1])
    W, v = (torch.tensor(a, requires_grad=True) for a in (inner[1:, part, 1], outer[part, 1]))
    b, c = (torch.zeros(n, dtype=torch.float64, requires_grad=True) for n in (2, 1))
    for step in range(21):
        z = activate(X @ W + b) @ v + c
        loss = torch.nn.functional.binary_cross_entropy_with_logits(z, t)
        if step % 10 == 0:
            assert got[step // 10, row, 1] == pytest.approx(loss.item(), rel=1e-9)
        gradients = torch.autograd.grad(loss, (W, v, b, c))
        with torch.no_grad():
            for parameter, gradient in zip((W, v, b, c), gradients, strict=True):
                parameter -= gradient


@pytest.mark.parametrize("name", ["tanh", "シグモイド", "ReLU"])
def test_success_rate_grows_with_width(name):
    """隠れユニットが 1 個では決して学習できず、増やすほど成功の割合は上がる。"""
    rates = [xor.solve_rate(name, width) for width in WIDTHS]
    assert rates[0] == 0
    assert 0.1 < rates[1] < 0.85
    assert rates == sorted(rates)
    assert rates[-1] > 0.8


def test_four_units_are_almost_enough_except_for_relu():
    """4 個あれば tanh とシグモイドはほぼ成功し、ReLU はそれより低い。"""
    assert min(xor.solve_rate("tanh", 4), xor.solve_rate("シグモイド", 4)) > 0.9
    assert xor.solve_rate("ReLU", 4) < 0.8


def test_linear_never_solves_xor():
    """活性化関数のない網は何個あっても学習できず、損失は log 2 を下回らない。"""
    outcome = xor.trained("線形")
    assert not outcome.solved.any()
    assert outcome.loss.min() > np.log(2) - 1e-12


def test_failed_networks_rest_above_half_log_two():
    """止まった tanh 2 個の網の損失は (log 2)/2 より高く、半分以上はそのすぐ上にいる。"""
    outcome, row = xor.trained("tanh"), WIDTHS.index(2)
    stuck = outcome.loss[-1, row, ~outcome.solved[row]]
    assert stuck.min() > np.log(2) / 2
    assert np.mean(stuck < np.log(2) / 2 + 0.01) > 0.5


def test_dead_units_are_found_only_in_failures():
    """ReLU 2 個で失敗した網の半分以上に死んだユニットがあり、成功した網には 1 つもない。"""
    assert xor.dead_share(solved=False) > 0.5
    assert xor.dead_share(solved=True) == 0


def test_learning_table_repeats_the_rates():
    """表の行は幅の順で、線形の列はすべて 0.00 である。"""
    headers, rows = xor.learning_table()
    assert [row[0] for row in rows] == list(WIDTHS)
    assert {row[headers.index("線形")] for row in rows} == {"0.00"}
