"""勾配降下法の性質。照合の相手は PyTorch の SGD、最小二乗法、ガンマ関数の公式。"""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import gamma

from snippets.learning import gradient_descent as gd

NUMBERS = st.floats(-4, 4, allow_subnormal=False)
VECTORS = arrays(float, 3, elements=NUMBERS)


def wavy(w):
    """曲がった誤差の例。NumPy でも PyTorch でも使える。"""
    return (w * w).sum() + w[0] * w[1] - w[2] ** 3 / 9


def wavy_gradient(w):
    return 2 * w + np.array([w[1], w[0], -(w[2] ** 2) / 3])


@given(VECTORS)
def test_gradient_is_the_derivative_by_hand(w):
    """自動微分の勾配は、手で微分した勾配に等しい。"""
    assert gd.gradient(wavy, w) == pytest.approx(wavy_gradient(w), rel=1e-12, abs=1e-12)


@given(VECTORS, VECTORS, st.floats(0, 1))
def test_components_and_vector_are_the_same_update(w, slope, rho):
    """成分ごとの更新とベクトルの更新は、最後の 1 ビットまで同じになる。"""
    assert gd.update(w, slope, rho).tolist() == [w[i] - rho * slope[i] for i in range(3)]


def test_one_component_at_a_time_is_another_method():
    """書き換えた成分をすぐ次の成分の計算に使うと、同時に動かすときとは違う点に着く。"""
    w = np.array([1.0, 2.0, 0.5])
    in_turn = w.copy()
    for i in range(3):
        in_turn[i] -= 0.1 * wavy_gradient(in_turn)[i]
    assert np.abs(in_turn - gd.step(w, wavy, 0.1)).max() > 1e-3


def test_path_agrees_with_torch_sgd():
    """20 歩の道すじは torch.optim.SGD と一致する。"""
    w = torch.tensor([1.0, -1.0, 0.5], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.05)
    path = gd.gradient_descent(lambda v: gd.gradient(wavy, v), w.detach().numpy().copy(), 0.05, 20)
    for row in path[1:]:
        optimizer.zero_grad()
        wavy(w).backward()
        optimizer.step()
        assert w.detach().numpy() == pytest.approx(row, rel=1e-12)


@given(VECTORS, VECTORS)
def test_no_direction_is_steeper_than_the_gradient(w, v):
    """長さ 1 の向きのうち、いちばん急な下り坂は勾配の逆である。"""
    slope = gd.gradient(wavy, w)
    if np.linalg.norm(v) < 1e-3 or np.linalg.norm(slope) < 1e-3:
        return
    best = -slope / np.linalg.norm(slope)
    assert best @ slope <= v / np.linalg.norm(v) @ slope + 1e-12


@pytest.mark.parametrize("n", [2, 10, 100])
def test_random_direction_matches_the_exact_mean(n):
    """でたらめな向きの傾きの平均は、ガンマ関数で書ける厳密な平均から 1 % と離れない。"""
    exact = gamma(n / 2) / (np.sqrt(np.pi) * gamma((n + 1) / 2))
    assert gd.typical_slope(n) == pytest.approx(exact, rel=0.01)


def test_adaline_reaches_least_squares():
    """平均二乗誤差を下りきると、最小二乗法の解に着く。"""
    rng = np.random.default_rng(1960)
    X, t = rng.normal(size=(30, 3)), rng.normal(size=30)
    w = gd.gradient_descent(lambda v: gd.mse_gradient(X, v, t), np.zeros(3), 0.2, 300)[-1]
    assert w == pytest.approx(np.linalg.lstsq(X, t)[0], abs=1e-10)


def test_mse_refuses_to_broadcast():
    """(N,) と (N, 1) を比べようとすると、黙って N×N に広げずに断る。"""
    with pytest.raises(ValueError, match=r"\(3,\) と \(3, 1\)"):
        gd.mse(np.arange(3.0), np.arange(3.0)[:, None])


@given(VECTORS, VECTORS, st.sampled_from([-1.0, 1.0]), st.floats(0.01, 1))
def test_perceptron_rule_descends_the_criterion(w, x, t, rho):
    """パーセプトロン規準を下る 1 歩は、学習則の足し算と一致する。"""
    if abs(w @ x) < 1e-9:
        return
    target, output = (t + 1) / 2, float(w @ x > 0)  # 0 と 1 の流儀に直した正解と出力
    assert gd.perceptron_step(w, x, t, rho) == pytest.approx(w + rho * (target - output) * x, rel=1e-12, abs=1e-15)


def test_criterion_has_no_slope_on_the_boundary():
    """境界の上では傾きが決まらないので、1 歩を断る。"""
    with pytest.raises(ValueError, match="微分できない"):
        gd.perceptron_step(np.array([1.0, -1.0]), np.array([1.0, 1.0]), 1.0, 0.1)


def test_step_output_gives_no_gradient():
    """ステップ関数に通した出力の二乗誤差からは、勾配がまったく伝わらない。"""
    w = torch.tensor([1.0, -2.0], requires_grad=True)
    z = w @ torch.tensor([1.0, 1.0])
    assert not (z > 0).float().requires_grad
    (torch.sign(z) - 1).square().backward()
    assert w.grad.tolist() == [0.0, 0.0]


def test_bowl_hundred_steps():
    """谷を 100 歩下ったあとの誤差が、原稿の数値と合う。"""
    want = {0.04: 1.4e-4, 0.07: 2.5e-7, 0.079: 7.9e-2, 0.08: 12.5, 0.081: 1.7e3}
    assert {rho: gd.bowl_error(rho) for rho in want} == pytest.approx(want, rel=0.03)


@pytest.mark.parametrize(("rho", "factor"), [(0.25, 0.0), (0.5, 1.0), (0.51, 7.1)])
def test_three_fates_in_fifty_steps(rho, factor):
    """曲がり方 4 の谷では、0.25 は 1 歩で着き、0.5 は往復し、0.51 は 50 歩で 7.1 倍に広がる。"""
    path = gd.gradient_descent(lambda w: 4 * w, np.array([1.0]), rho, 50)
    assert abs(path[-1, 0]) == pytest.approx(factor, abs=0.01)
    assert factor or path[1, 0] == 0


@given(st.floats(0.001, 2), st.floats(0.1, 10))
def test_stability_predicts_the_simulation(rho, curvature):
    """安定と判定された学習率では 200 歩で近づき、そうでなければ近づかない。"""
    factor = abs(1 - rho * curvature)
    if abs(factor - 1) < 1e-6 or factor > 30:
        return
    w = gd.gradient_descent(lambda v: curvature * v, np.array([1.0]), rho, 200)[-1, 0]
    assert gd.is_stable(rho, curvature) == (abs(w) < 1)


def test_divergence_is_an_error():
    """発散して重みが有限でなくなったら、何歩目かを添えて知らせる。"""
    with pytest.raises(FloatingPointError, match="歩目で重みが有限でなくなった"):
        gd.gradient_descent(lambda w: 4 * w, np.array([1.0]), 100.0, 1000)


def test_decay_rescues_a_rate_that_is_too_large():
    """限界を越える学習率も、減らしていけば谷底に近づく。"""
    rescued = gd.bowl_error(lambda k: gd.decayed_rate(0.12, 0.1, k))
    assert rescued < 0.01 < 1e50 < gd.bowl_error(0.12)


def test_sum_needs_a_rate_divided_by_n():
    """誤差の合計を 1/N の学習率で下る 1 歩は、平均を下る 1 歩と同じである。"""
    rng = np.random.default_rng(0)
    X, t, w = rng.normal(size=(8, 3)), rng.normal(size=8), rng.normal(size=3)
    total = 2 * X.T @ (X @ w - t)
    assert gd.update(w, total, 0.1 / 8) == pytest.approx(gd.update(w, gd.mse_gradient(X, w, t), 0.1), rel=1e-12)
