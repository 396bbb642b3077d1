"""w₀ とバイアスの性質。"""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize

from snippets.neuron import bias_w0

numbers = st.floats(-10, 10, width=32)
cases = st.integers(1, 6).flatmap(lambda n: st.tuples(*[arrays(float, n, elements=numbers)] * 2, numbers))


def test_ones_come_first():
    """拡張したデータの 0 列目はすべて 1 で、残りはもとのまま。"""
    X = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(bias_w0.augment(X), [[1, 0, 1, 2], [1, 3, 4, 5]])


def test_augment_needs_a_table():
    """1 次元のデータは、形を示して断る。"""
    with pytest.raises(ValueError, match=r"\(3,\)"):
        bias_w0.augment(np.ones(3))


@given(cases)
def test_both_writings_give_the_same_value(case):
    """バイアスを足す形と、1 を足した積は同じ値になる。"""
    w, x, b = case
    augmented = bias_w0.absorbed(np.r_[b, w], x)
    assert augmented == pytest.approx(bias_w0.affine(w, x, b), rel=1e-12, abs=1e-11)
    assert np.r_[1, x] @ np.r_[b, w] == pytest.approx(augmented, rel=1e-12, abs=1e-11)


def test_both_writings_agree_on_a_batch():
    """データ全体でも、2 つの書き方の差は丸め誤差だけである。"""
    rng = np.random.default_rng(0)
    X, w, b = rng.normal(size=(50, 4)), rng.normal(size=4), 0.3
    np.testing.assert_allclose(bias_w0.augment(X) @ np.r_[b, w], X @ w + b, atol=1e-14)


def test_pair_replaces_the_first_input():
    """拡張した入力の 0 番は、何が入っていても 1 になる。"""
    w, x = bias_w0.augmented_pair([5, 6, 7], [99, 2, 3])
    np.testing.assert_array_equal(w, [5, 6, 7])
    np.testing.assert_array_equal(x, [1, 2, 3])


def test_different_lengths_are_refused():
    """1 を足し忘れた入力と拡張した重みの積は、両方の形を示して断る。"""
    with pytest.raises(ValueError, match=r"\(3,\) と \(2,\)"):
        bias_w0.augmented_product([5, 6, 7], [2, 3])


def test_two_columns_cannot_be_multiplied():
    """縦ベクトルを行列として 2 つ並べた積は、形が合わずエラーになる。"""
    w, x = np.ones((4, 1)), np.ones((4, 1))
    with pytest.raises(ValueError, match="matmul"):
        w @ x
    assert (w.T @ x).item() == 4


def test_bias_is_index_zero_only_after_augmentation():
    """w[0] は、拡張した重みではバイアス、拡張しない重みでは w₁ である。"""
    w, b = np.array([10.0, 20.0]), 3.0
    assert w[0] == 10
    assert bias_w0.bias(np.r_[b, w]) == 3


def test_one_at_the_wrong_end_is_silent():
    """1 を末尾に足したデータと先頭がバイアスの重みは、エラーなしで違う値になる。"""
    x, w, b = np.array([2.0, 3.0]), np.array([10.0, 20.0]), 5.0
    assert np.r_[1, x] @ np.r_[b, w] == 85
    assert np.r_[x, 1] @ np.r_[b, w] == 60


def test_gradients_of_bias_and_w0_are_equal():
    """損失の b についての勾配と、w₀ についての勾配は等しい。"""
    x, w, b, t = torch.tensor([2.0, -1.0]), torch.tensor([0.5, 1.5]), torch.tensor(0.3), 4.0
    w.requires_grad_(True)
    b.requires_grad_(True)
    ((w @ x + b - t) ** 2).backward()
    augmented = torch.cat([b.detach()[None], w.detach()]).requires_grad_(True)
    ((augmented @ torch.cat([torch.ones(1), x]) - t) ** 2).backward()
    torch.testing.assert_close(augmented.grad[0], b.grad)
    torch.testing.assert_close(augmented.grad[1:], w.grad)
    ours = bias_w0.gradient([0.3, 0.5, 1.5], [1, 2, -1], lambda z: (z - t) ** 2)
    np.testing.assert_allclose(ours, augmented.grad.numpy(), rtol=1e-6)
    slope = bias_w0.bias_slope([0.5, 1.5], [2, -1], 0.3, lambda z: (z - t) ** 2)
    assert slope == pytest.approx(b.grad.item(), rel=1e-6)


def test_bias_and_w0_take_the_same_path():
    """同じ値から同じ学習率で勾配降下を続けると、b と w₀ は同じ値をたどる。"""
    rng = np.random.default_rng(1)
    X, t = rng.normal(size=(20, 3)), rng.normal(size=20)
    w, b, augmented = np.ones(3), 0.5, np.r_[0.5, np.ones(3)]
    A = bias_w0.augment(X)
    for _ in range(50):
        error = X @ w + b - t
        w, b = w - 0.1 * X.T @ error / 20, b - 0.1 * error.mean()
        augmented = augmented - 0.1 * A.T @ (A @ augmented - t) / 20
    np.testing.assert_allclose(augmented, np.r_[b, w], atol=1e-12)


def test_table_of_descent_is_the_closed_form():
    """表の b と w₀ は等しく、k 歩目の値は 2 (1 − 0.5^k) で、20 歩で 2 に届く。"""
    for step, b, w_0 in bias_w0.descent_table()[1]:
        assert b == pytest.approx(w_0, abs=1e-14)
        assert b == pytest.approx(2 * (1 - 0.5**step), abs=1e-12)


@given(cases)
def test_distance_is_the_nearest_point(case):
    """垂線の足は超平面に乗り、そこまでの距離が絶対値と長さの比になる。"""
    w, x, b = case
    if np.linalg.norm(w) < 0.01:
        return
    foot = bias_w0.foot(w, b, x)
    assert bias_w0.affine(w, foot, b) == pytest.approx(0, abs=1e-8)
    expected = abs(w @ x + b) / np.linalg.norm(w)
    assert bias_w0.hyperplane_distance(w, b, x) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_no_point_of_the_hyperplane_is_nearer():
    """制約つきの最小化で探しても、公式より近い点はない。"""
    w, b = np.array([3.0, 4.0, -12.0]), 26.0
    constraint = {"type": "eq", "fun": lambda p: w @ p + b}
    found = minimize(lambda p: p @ p, np.ones(3), constraints=[constraint])
    assert np.sqrt(found.fun) == pytest.approx(bias_w0.origin_distance(w, b), rel=1e-6)
    assert bias_w0.origin_distance(w, b) == pytest.approx(2)


@given(cases)
def test_boundary_passes_through_the_origin_exactly_when_bias_is_zero(case):
    """もとの空間の超平面が原点を通るのは、b = 0 のときに限る。"""
    w, _, b = case
    if np.linalg.norm(w) < 0.01:
        return
    assert (bias_w0.affine(w, np.zeros_like(w), b) == 0) == (b == 0)
    assert (bias_w0.origin_distance(w, b) == 0) == (b == 0)


@given(cases)
def test_augmented_hyperplane_always_contains_the_origin(case):
    """拡張した空間では、どんな重みでも原点が超平面に乗る。"""
    w, _, b = case
    assert bias_w0.on_hyperplane(np.r_[b, w], np.zeros(len(w) + 1))


@given(st.lists(st.integers(-3, 3), min_size=2, max_size=4), st.integers(-3, 3))
def test_boundary_is_the_slice_at_one(values, b):
    """もとの超平面は、拡張した超平面を「先頭の成分が 1」で切った切り口である。"""
    w, x = np.array(values, dtype=float), np.arange(len(values), dtype=float)
    assert bias_w0.on_boundary(w, x, b) == bias_w0.on_hyperplane(np.r_[b, w], np.r_[1, x]) == (w @ x + b == 0)


def test_zero_weights_have_no_hyperplane():
    """w = 0 では超平面が決まらないので断る。"""
    for call in (lambda: bias_w0.origin_distance([0, 0], 1), lambda: bias_w0.boundary_2d([0, 0], 1, (-1, 1))):
        with pytest.raises(ValueError, match="w"):
            call()


@pytest.mark.parametrize("w", [(1, 2), (2, 1), (0, 1), (1, 0), (-3, 1e-9)])
def test_boundary_lies_on_the_line_even_when_vertical(w):
    """境界線の 2 点は、縦の線でも、式を 0 にする異なる 2 点である。"""
    points = bias_w0.boundary_2d(w, 0.5, (-3, 3))
    np.testing.assert_allclose(points @ np.array(w) + 0.5, 0, atol=1e-12)
    assert np.linalg.norm(points[0] - points[1]) >= 6


def test_penalising_w0_breaks_the_shift():
    """w₀ を罰しなければ答えを 100 ずらすと予測も 100 ずれ、罰するとずれが足りなくなる。"""
    _, rows = bias_w0.shift_table(100, 10)
    changes = {name: change for name, *_, change in rows}
    assert changes["w₁ だけ"] == pytest.approx(100)
    assert changes["w₀ も"] == pytest.approx(100 * 11 / 21)


@pytest.mark.parametrize("penalize_bias", [True, False])
def test_ridge_is_the_minimum(penalize_bias):
    """正規方程式の解は、数値的に最小にした解と一致する。"""
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(20, 3)), rng.normal(size=20)

    def loss(w):
        residual = X @ w[1:] + w[0] - y
        return residual @ residual + 5 * (w[1:] @ w[1:] + penalize_bias * w[0] ** 2)

    found = minimize(loss, np.zeros(4)).x
    np.testing.assert_allclose(bias_w0.ridge(X, y, 5, penalize_bias), found, atol=1e-5)


def test_exercise_distance_two():
    """w = (3, 4) で原点からの距離が 2 になるのは |b| = 10 のときである。"""
    assert bias_w0.origin_distance([3, 4], 10) == pytest.approx(2)
    assert bias_w0.origin_distance([3, 4], -10) == pytest.approx(2)


@given(st.floats(-3, 3), st.floats(-2, 2), st.floats(0.1, 2), st.floats(-3, 3))
def test_line_of_the_plane_is_the_boundary(p, w_1, w_2, b):
    """境界線の高さは、2 点で描いた境界線の上にあり、そこで重み付き和が 0 になる。"""
    q = bias_w0.line(p, (w_1, w_2), b)
    assert w_1 * p + w_2 * q + b == pytest.approx(0, abs=1e-9)
