"""ステップ関数とその傾き、AND を学ばせる実験、試行錯誤との比較。"""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from snippets.activation import _trial, step

real = st.floats(-1e6, 1e6)
weights = arrays(float, 3, elements=st.floats(-10, 10))


def test_value_at_the_threshold_is_zero():
    """0 での値は 0 で、正の最小の数ではもう 1 になる。"""
    assert step.step(np.array([-0.0, 0.0, 5e-324, -5e-324])).tolist() == [0, 0, 1, 0]


@given(real)
def test_step_matches_a_plain_comparison(z):
    """値は z > 0 の真偽と同じである。"""
    assert step.step(z) == (1 if z > 0 else 0)


@given(real.filter(bool))
def test_sign_version_decides_the_same(z):
    """0 以外では、0 と 1 の版を 2 倍して 1 を引くと ±1 の版になる。"""
    assert 2 * step.step(z) - 1 == np.sign(z)


@pytest.mark.parametrize(("h", "value"), [(0, 0.0), (1, 1.0), (0.5, 0.5)])
def test_numpy_asks_for_the_convention(h, value):
    """np.heaviside の 2 番目の引数が、0 での値である。"""
    assert np.heaviside(0.0, h) == value


def test_table_of_conventions_differs_only_at_zero():
    """流儀の表は、0 の列のほかでは 0/1 の行がそろう。"""
    _, rows = step.conventions()
    assert [row[1::2] for row in rows] == [(0, 1)] * 3 + [(-1, 1)]
    assert [row[2] for row in rows] == [0, 1, 0.5, 0]


@given(weights, weights, st.floats(-100, 100))
def test_threshold_is_a_bias_with_the_opposite_sign(w, x, theta):
    """閾値を超えるかどうかは、和から閾値を引いて 0 と比べるのと同じである。"""
    total = sum(float(a) * float(b) for a, b in zip(w, x, strict=True))
    if abs(total - theta) > 1e-9:
        assert step.fires(w, x, theta) == (total > theta)


def test_exactly_at_the_threshold_it_stays_silent():
    """ちょうど閾値に等しい入力では発火しない。"""
    assert not step.fires(np.array([1.0, 1.0]), np.array([1.0, 1.0]), 2.0)
    assert step.fires(np.array([1.0, 1.0]), np.array([1.0, 1.0]), 1.9)


@given(real.filter(bool))
def test_slope_is_zero_on_both_sides(z):
    """0 以外では、十分に小さい刻みの差分がちょうど 0 になる。"""
    h = abs(z) / 2
    assert step.step(z + h) - step.step(z - h) == 0 == step.derivative(z)


@pytest.mark.parametrize("z", [0.0, np.array([1.0, 0.0])])
def test_slope_is_refused_at_zero(z):
    """0 での傾きを聞くと ValueError になる。"""
    with pytest.raises(ValueError, match="z = 0 では微分できない"):
        step.derivative(z)


def test_difference_quotient_at_zero_grows_without_bound():
    """0 をまたぐ差分商は、刻みを細かくするほど大きくなる。"""
    slopes = [(step.step(h) - step.step(-h)) / (2 * h) for h in (0.1, 0.01, 0.001)]
    assert np.allclose(slopes, [5, 50, 500])


@given(st.floats(-5, 5), st.sampled_from([0.0, 1.0]))
def test_error_signal_is_lost_in_the_slope(z, t):
    """同じ誤差でも、tanh なら逆伝播で (f(z) − t) f'(z) が届く。"""
    x = torch.tensor(z, dtype=torch.float64, requires_grad=True)
    (0.5 * (torch.tanh(x) - t) ** 2).backward()
    h = 1e-5
    slope = (step.error(np.tanh, z + h, t) - step.error(np.tanh, z - h, t)) / (2 * h)
    assert slope == pytest.approx(x.grad.item(), abs=1e-8)


@given(weights)
def test_staircase_counts_the_mistakes(w):
    """階段の高さは、間違えた問題の数の 1/8 である。"""
    pairs = itertools.product((0, 1), repeat=2)
    mistakes = sum((w[0] * a + w[1] * b + w[2] > 0) != (a and b) for a, b in pairs)
    assert step.staircase(w) == mistakes / 8


def test_slide_is_the_binary_cross_entropy():
    """なめらかなほうの誤差は、torch の 2 値交差エントロピーと一致する。"""
    w = step.random_weights(50)
    x, t = torch.tensor(step.AND_X), torch.tensor(step.AND_T)
    loss = torch.nn.functional.binary_cross_entropy_with_logits
    want = [loss(x @ torch.tensor(row), t).item() for row in w]
    assert np.allclose(step.slide(w), want, rtol=1e-13, atol=0)


def test_numeric_gradient_matches_autograd():
    """中心差分の勾配は、torch の勾配と 9 桁合う。"""
    w = torch.tensor([0.3, -0.2, 0.1], dtype=torch.float64, requires_grad=True)
    x, t = torch.tensor(step.AND_X), torch.tensor(step.AND_T)
    torch.nn.functional.binary_cross_entropy_with_logits(x @ w, t).backward()
    assert np.allclose(_trial.numeric_gradient(step.slide, w.detach().numpy()), w.grad, atol=1e-9)


def test_slopes_vanish_with_the_interval():
    """差分で傾きが見つかる重みの数は刻みに比例して減り、10 万分の 1 では 1 万個のうち 0 個になる。"""
    assert [step.slopes_found(h) for h in (1e-3, 1e-4, 1e-5)] == [22, 2, 0]


def test_a_slope_found_is_an_artefact():
    """たまたま 0 でなかった傾きは、境目をまたいだだけで、大きさは刻みの逆数である。"""
    w = step.random_weights()
    slopes = _trial.numeric_gradient(step.staircase, w, 1e-3)
    found = np.abs(slopes[slopes != 0])
    assert found.size
    assert np.allclose(found * 1e-3 * 16, np.round(found * 1e-3 * 16))


def test_descent_on_the_staircase_never_moves():
    """階段では、1000 歩のあとも重みがビット単位で変わらない。"""
    start, end, correct = step.lesson(False)
    assert end.tobytes() == start.tobytes()
    assert correct == 1


@pytest.mark.parametrize("seed", range(3))
def test_descent_on_the_slide_learns_and(seed):
    """同じ手順でも、シグモイドと交差エントロピーなら AND の 4 問に正解する。"""
    start, end, correct = step.lesson(True, seed)
    assert correct == 4
    assert step.slide(end) < 0.1 < step.slide(start)


def test_random_weights_are_sometimes_right():
    """でたらめな重み 1 万個には、はじめから AND に正解するものが 157 個ある。"""
    assert step.lucky() == 157


def test_try_and_see_needs_more_trials_with_more_weights():
    """試行錯誤の回数は重みの個数にほぼ比例し、勾配降下法の歩数は変わらない。"""
    _, rows = step.comparison()
    assert rows == [(2, 44, 22), (10, 164, 22), (100, 1361, 22)]


def test_try_and_see_gives_up():
    """試行錯誤は、減らせない誤差の前では None を返す。"""
    assert _trial.try_and_see(lambda w: 1.0, np.ones(2), 0.0, limit=50) is None


def test_sign_has_a_zero_gradient():
    """torch.sign は逆伝播できるが、勾配はすべて 0 になる。"""
    x = torch.tensor([-1.0, 0.0, 2.0], requires_grad=True)
    torch.sign(x).sum().backward()
    assert x.grad.tolist() == [0, 0, 0]


def test_comparison_leaves_the_graph():
    """比較の結果には grad_fn がなく、逆伝播は RuntimeError になる。"""
    y = (torch.tensor([1.0], requires_grad=True) > 0).float()
    assert y.grad_fn is None
    with pytest.raises(RuntimeError, match="does not require grad"):
        y.sum().backward()


def test_heaviside_has_no_derivative():
    """torch.heaviside の逆伝播は実装されていない。"""
    x = torch.tensor([1.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="derivative for aten::heaviside is not implemented"):
        torch.heaviside(x, torch.tensor([0.0])).sum().backward()


@given(weights, weights, st.sampled_from([0.0, 1.0]))
def test_straight_through_is_autograd_with_a_fake_slope(w, x, t):
    """直通推定量の 1 歩は、順伝播だけ H にした torch の勾配で 1 歩進むのと同じである。"""
    v, u = torch.tensor(w, requires_grad=True), torch.tensor(x)
    z = v @ u
    y = z + ((z > 0).double() - z).detach()  # 値は H(z)、傾きは 1
    ((y - t) ** 2 / 2).backward()
    if abs(z.item()) > 1e-9:
        assert np.allclose(step.straight_through(w, x, t, 0.5), w - 0.5 * v.grad.numpy(), atol=1e-6)


def test_straight_through_learns_and():
    """直通推定量なら、ステップ関数のままで AND にたどり着く。"""
    w = np.zeros(3)
    for _ in range(20):
        for x, t in zip(step.AND_X, step.AND_T, strict=True):
            w = step.straight_through(w, x, t, 1.0)
    assert step.staircase(w) == 0
