"""万能近似のページに固有の性質。式との照合は tests/test_formulas.py が行う。"""

import itertools

import numpy as np
import pytest
import scipy.interpolate
import scipy.optimize
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets.learning import _sine_fit
from snippets.learning import universal_approximation as topic

reals = st.floats(-20, 20)


def one_hidden_layer(fit):
    """relu_fit の係数を入れた、PyTorch の 1-m-1 の網。"""
    constant, coefficients, knots = fit
    net = torch.nn.Sequential(
        torch.nn.Linear(1, len(knots)), torch.nn.ReLU(), torch.nn.Linear(len(knots), 1)
    ).double()  # fmt: skip
    with torch.no_grad():
        net[0].weight[:] = 1
        net[0].bias[:] = torch.tensor(-knots)
        net[2].weight[:] = torch.tensor(coefficients)
        net[2].bias[:] = constant
    return net


@given(reals)
def test_hat_is_the_b_spline_of_degree_one(x):
    """三角の山は、SciPy の 1 次の B スプラインの基底に等しい。"""
    spline = scipy.interpolate.BSpline.basis_element([-1, 0, 1], extrapolate=False)
    assert topic.hat(x) == pytest.approx(float(np.nan_to_num(spline(x))), abs=1e-15)


@given(st.floats(-5, 5))
def test_shifted_hats_sum_to_one(x):
    """1 ずつずらした山の和は 1 になる。"""
    assert sum(topic.hat(x - j) for j in range(-7, 8)) == pytest.approx(1, rel=1e-14)


@pytest.mark.parametrize("f", [np.sin, np.abs, np.exp, lambda x: np.floor(2 * x)])
@pytest.mark.parametrize("m", [2, 7, 32])
def test_a_torch_network_draws_the_interpolant(f, m):
    """同じ係数を入れた PyTorch の 1-m-1 の網は、節点の内側で SciPy の 1 次の補間と一致する。"""
    fit = topic.relu_fit(f, m, -2.0, 3.0)
    knots = np.linspace(-2.0, 3.0, m + 1)
    x = np.linspace(-2.0, 3.0, 501)
    drawn = one_hidden_layer(fit)(torch.tensor(x[:, None])).detach().numpy()[:, 0]
    expected = scipy.interpolate.make_interp_spline(knots, f(knots), k=1)(x)
    np.testing.assert_allclose(drawn, expected, atol=1e-11)
    np.testing.assert_allclose(topic.evaluate(fit, x), expected, atol=1e-11)
    np.testing.assert_allclose(topic.network(x, f(knots), -2.0, 5.0 / m), expected, atol=1e-11)


def test_too_few_units_are_refused():
    """m が 2 より小さければ、その数を示して断る。"""
    with pytest.raises(ValueError, match=r"m は 2 以上.*1"):
        topic.relu_fit(np.sin, 1)


def test_error_is_quartered_by_doubling():
    """m = 8 から先では、m を 2 倍にすると折れ線の誤差は 1/3.5 から 1/4.5 になり、上限 η²/8 を超えない。"""
    _, rows = topic.errors()
    by_m = {row[0]: row for row in rows}
    for m in (8, 16, 32):
        assert 3.5 < by_m[m][1] / by_m[2 * m][1] < 4.5
    for m, error, bound, *_ in rows:
        assert error <= bound == pytest.approx((2 * np.pi / m) ** 2 / 8)


def test_least_squares_saves_a_third():
    """係数を最小二乗で選んだ誤差は、m = 8 から先で、折れ線の 0.65 倍から 0.77 倍になる。値は原稿の表のとおり。"""
    _, rows = topic.errors()
    assert [round(row[4], 4) for row in rows] == [0.1913, 0.0531, 0.0129, 0.0032, 0.0008]
    assert all(0.65 < row[4] / row[1] < 0.77 for row in rows[1:])
    assert rows[-1][4] / rows[-1][1] == pytest.approx(2 / 3, abs=0.005)


def test_sigmoid_steps_are_only_halved():
    """シグモイドの階段の誤差は、m を 2 倍にすると 1/1.9 から 1/2.1 になる。"""
    _, rows = topic.errors()
    for before, after in itertools.pairwise(rows):
        assert 1.9 < before[5] / after[5] < 2.1


def test_staircase_agrees_with_the_experiment():
    """ページの階段の式と、実験の階段の誤差は同じものである。"""
    m, eta = 16, 2 * np.pi / 16
    knots = np.linspace(-np.pi, np.pi, m + 1)
    values = topic.staircase(_sine_fit.X, np.sin(knots), knots[:-1] + eta / 2, 20 / eta)
    assert np.abs(values - np.sin(_sine_fit.X)).max() == pytest.approx(_sine_fit.steps(m), rel=1e-9)


@given(st.floats(1e-6, 0.5))
def test_units_for_meets_the_promise(epsilon):
    """units_for の本数なら上限が ε 以下になり、1 本減らすと超える。"""
    m = topic.units_for(epsilon)
    assert (2 * np.pi / m) ** 2 / 8 <= epsilon * (1 + 1e-12)
    assert m == 1 or (2 * np.pi / (m - 1)) ** 2 / 8 > epsilon


def test_promised_accuracy_is_reached():
    """誤差 0.001 には 71 本、0.0001 には 223 本で足り、組み立てた網はその誤差に収まる。"""
    assert (topic.units_for(1e-3), topic.units_for(1e-4)) == (71, 223)
    x = np.linspace(-np.pi, np.pi, 5001)
    for epsilon in (1e-3, 1e-4):
        fit = topic.relu_fit(np.sin, topic.units_for(epsilon))
        assert np.abs(topic.evaluate(fit, x) - np.sin(x)).max() < epsilon


@pytest.mark.parametrize("f", [np.abs, lambda x: np.sqrt(np.abs(x)), lambda x: np.abs(np.sin(9 * x))])
def test_continuity_alone_is_enough(f):
    """角があっても、傾きが無限大でも、m を 15 から 40001 に増やせば、誤差は 1/30 を下回る。"""
    x = np.linspace(-np.pi, np.pi, 20011)
    coarse, fine = (
        np.abs(topic.network(x, f(np.linspace(-np.pi, np.pi, m + 1)), -np.pi, 2 * np.pi / m) - f(x)).max()
        for m in (15, 40001)
    )
    assert fine < coarse / 30


@pytest.mark.parametrize("m", [8, 64, 512])
def test_a_jump_costs_at_least_half(m):
    """跳びのある符号関数では、m をいくら増やしても、差の最大は跳びの半分の 1 に近いままである。"""
    fit = topic.relu_fit(np.sign, m, -1.0, 1.0)
    near = np.r_[-1e-12, 1e-12]
    assert np.abs(topic.evaluate(fit, near) - np.sign(near)).max() > 0.999


def test_no_quadratic_follows_the_wave():
    """4 点で 1 と −1 を行き来する波に、2 次式は 1 より近づけない（線形計画法で求めた最良も 1）。"""
    x, wave = np.arange(4), np.array([1.0, -1.0, 1.0, -1.0])
    features = np.vander(x, 3)
    best = scipy.optimize.linprog(
        [0, 0, 0, 1], np.r_[np.c_[features, -np.ones(4)], np.c_[-features, -np.ones(4)]], np.r_[wave, -wave],
        bounds=[(None, None)] * 3 + [(0, None)],
    )  # fmt: skip
    assert best.fun == pytest.approx(1, abs=1e-9)
    np.testing.assert_allclose(np.cos(np.pi * x), wave, atol=1e-12)


@given(st.lists(st.tuples(reals, reals, reals), min_size=1, max_size=20))
def test_squares_never_leave_degree_two(units):
    """2 乗のユニットをいくつ足しても、3 階差分は丸めの範囲で 0 である。"""
    c, w, b = np.array(units).T
    values = [topic.squares(float(x), c, w, b) for x in range(4)]
    size = (np.abs(c) * (3 * np.abs(w) + np.abs(b)) ** 2).sum() + 1
    assert abs(np.dot([-1, 3, -3, 1], values)) < 1e-11 * size


@pytest.mark.parametrize("m", [8, 16, 32])
def test_training_does_not_reach_the_construction(m):
    """10 通りの初期値のどれでも、学習した網の誤差は、同じ数のユニットで組み立てた網より大きい。"""
    trained = _sine_fit.trained(m)
    assert len(trained) == 10 and np.isfinite(trained).all()
    assert trained[0] > _sine_fit.interpolated(m)


def test_training_is_gradient_descent_on_the_mean_squared_error():
    """学習の 5 歩は、PyTorch の自動微分で同じ初期値から 5 歩下りたものと一致する。"""
    m, rho, rng = 8, 0.02, np.random.default_rng(0)
    leaves = [rng.normal(0, 2**0.5, (10, 1, m)), rng.uniform(-1, 1, (10, 1, m)),
              rng.normal(0, (2 / m) ** 0.5, (10, m, 1)), np.zeros((10, 1, 1))]  # fmt: skip
    leaves = [torch.tensor(leaf, requires_grad=True) for leaf in leaves]
    x = torch.linspace(-np.pi, np.pi, 65, dtype=torch.float64)[:, None]

    def net(x):
        w, b, v, c = leaves
        return torch.relu(x * w + b) @ v + c

    for _ in range(5):
        slopes = torch.autograd.grad(((net(x) - torch.sin(x)) ** 2).mean((1, 2)).sum(), leaves)
        leaves = [(leaf - rho * slope).detach().requires_grad_() for leaf, slope in zip(leaves, slopes, strict=True)]
    grid = torch.tensor(_sine_fit.X)[:, None]
    gaps = (net(grid) - torch.sin(grid)).abs().amax((1, 2)).detach().numpy()
    np.testing.assert_allclose(_sine_fit.trained(m, iterations=5), np.sort(gaps), rtol=1e-9)


def test_more_units_hardly_help_the_training():
    """ユニットを 4 倍にすると、組み立てた網の誤差は 1/10 を切るが、学習した網のまん中の回は半分にもならない。"""
    _, rows = topic.learned()
    first, last = rows[0], rows[-1]
    assert last[1] < first[1] / 10
    assert last[3] > first[3] / 2


@given(st.floats(0.01, 50))
def test_outside_the_knots_the_network_is_straight(u):
    """節点の外では、左は定数、右は最後の線分の延長になる。"""
    fit = topic.relu_fit(np.sin, 16)
    left, right = topic.evaluate(fit, np.array([-np.pi - u, np.pi + u]))
    slope = -np.sin(np.pi - np.pi / 8) / (np.pi / 8)
    assert left == pytest.approx(0, abs=1e-12)
    assert right == pytest.approx(slope * u, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("k", range(1, 9))
def test_depth_doubles_the_pieces(k):
    """テント写像を k 回重ねると、まっすぐな部分は 2^k 本になる。"""
    assert topic.pieces(topic.sawtooth(np.linspace(0, 1, 2**10 + 1), k)) == 2**k


@pytest.mark.parametrize("m", [1, 5, 31])
def test_a_shallow_network_bends_at_most_once_per_unit(m):
    """でたらめな ReLU m 個の網のまっすぐな部分は、m + 1 本を超えない。"""
    rng = np.random.default_rng(m)
    for _ in range(20):
        knots = np.sort(rng.choice(np.arange(1, 512), m, replace=False)) / 512
        values = np.maximum(0, np.subtract.outer(np.linspace(0, 1, 513), knots)) @ rng.normal(size=m)
        assert topic.pieces(values) <= m + 1


def test_depth_table_matches_the_prose():
    """深い網は ReLU 2k 個で 2^k 本、浅い網は少なくとも 2^k − 1 個。10 回なら 20 個と 1023 個。"""
    _, rows = topic.depth_table()
    assert [row[1:] for row in rows] == [(2 * k, 2**k, 2**k - 1) for k in (1, 2, 3, 5, 8)]


def test_answers_of_the_exercise():
    """演習の答えは、hat(0.25) = 0.75、hat(−2) = 0、台形は −1 から 1 まで 1 で ±2 で 0。"""
    assert (topic.hat(0.25), topic.hat(-2.0)) == (0.75, 0)
    x = np.array([-2.0, -1.5, -1, 0, 1, 1.5, 2])
    trapezoid = topic.hat(x - 1) + topic.hat(x) + topic.hat(x + 1)
    np.testing.assert_array_equal(trapezoid, [0, 0.5, 1, 1, 1, 0.5, 0])
