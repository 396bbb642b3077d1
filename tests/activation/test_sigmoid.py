"""シグモイド関数に固有の性質。式との照合は tests/test_formulas.py が行う。"""

import itertools
import math

import mpmath
import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets._precision import broken, halves
from snippets.activation import sigmoid as topic
from snippets.activation.sigmoid import derivative, gain, logistic, sigmoid

reals = st.floats(-700, 700)
moderate = st.floats(-30, 30)


@given(st.floats(allow_nan=False))
def test_stays_in_the_unit_interval(x):
    """無限大を含むどの入力でも、0 以上 1 以下の値を返す。"""
    assert 0 <= sigmoid(x) <= 1


@given(reals, reals)
def test_keeps_order(x, y):
    """順序を保つ。"""
    low, high = sorted((x, y))
    assert sigmoid(low) <= sigmoid(high)


@given(moderate)
def test_symmetry(x):
    """符号を変えた値との和は 1 になる。"""
    assert sigmoid(x) + sigmoid(-x) == pytest.approx(1, rel=1e-15)


def test_half_at_the_origin():
    """原点でちょうど 1/2 になる。"""
    assert sigmoid(0.0) == 0.5


def test_agrees_with_scipy():
    """±1 万まで、警告なしに SciPy の expit と一致する。"""
    x = np.concatenate([np.linspace(-1e4, 1e4, 2001), np.linspace(-40, 40, 801)])
    np.testing.assert_allclose(sigmoid(x), scipy.special.expit(x), rtol=1e-13, atol=1e-307)


@pytest.mark.parametrize("x", [-700.0, -30.0, -1e-9, 0.3, 5.0, 36.0])
def test_last_digit_against_forty_digits(x):
    """40 桁の計算との差は、値も傾きも、最後の桁の 4 単位に収まる。"""
    with mpmath.workdps(40):
        value = 1 / (1 + mpmath.exp(-mpmath.mpf(x)))
        slope = mpmath.exp(-mpmath.mpf(x)) * value**2
    for ours, exact in ((sigmoid(x), value), (derivative(x), slope)):
        assert abs(mpmath.mpf(float(ours)) - exact) <= 4 * np.spacing(float(exact))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_keeps_the_dtype_and_the_shape(dtype):
    """小数の型と配列の形を変えない。"""
    x = np.zeros((2, 3), dtype)
    assert (sigmoid(x).dtype, sigmoid(x).shape) == (x.dtype, x.shape)


@given(moderate)
def test_both_naive_forms_agree_in_the_middle(x):
    """±30 の範囲なら、式のままの 2 つの形も同じ値になる。"""
    assert topic.reciprocal(x) == pytest.approx(topic.ratio(x), rel=1e-12)
    assert topic.reciprocal(x) == pytest.approx(sigmoid(x), rel=1e-12)


def test_first_form_warns_but_is_right():
    """1 つめの形は x = −1000 であふれの警告を出すが、答えの 0 は正しい。"""
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert topic.reciprocal(np.float64(-1000)) == 0


def test_second_form_is_nan():
    """2 つめの形は x = 1000 で nan になる。"""
    with pytest.warns(RuntimeWarning, match="invalid"), np.errstate(over="ignore"):
        assert np.isnan(topic.ratio(np.float64(1000)))


def test_second_form_breaks_between_709_and_710():
    """2 つめの形は、709 では 1、710 では nan になる。"""
    assert topic.ratio(np.float64(709)) == 1
    with np.errstate(all="ignore"):
        assert np.isnan(topic.ratio(np.float64(710)))


def test_table_of_extremes_matches_the_prose():
    """表では、nan になるのは 2 つめの形の x = 1000 だけである。"""
    _, rows = topic.extremes()
    cells = [row[1:] for row in rows]
    assert cells == [("0.0", "0.5", "1.0"), ("0.0", "0.5", "nan"), ("0.0", "0.5", "1.0")]


@pytest.mark.parametrize(("dtype", "bits", "rounded"), [
    (np.float16, 11, 7.62), (np.float32, 24, 16.64), (np.float64, 53, 36.74),
])  # fmt: skip
def test_ceiling(dtype, bits, rounded):
    """ちょうど 1 になる境目は、仮数が p ビットの型なら p ln 2 である。"""
    ceiling = topic.ceiling(dtype)
    assert ceiling == pytest.approx(bits * np.log(2), rel=float(np.finfo(dtype).eps))
    assert round(ceiling, 2) == rounded
    assert sigmoid(dtype(ceiling)) == 1 > sigmoid(np.nextafter(dtype(ceiling), dtype(0)))


def test_one_at_37_but_not_at_36():
    """float64 では 37 でちょうど 1 になり、36 ではまだ届かない。"""
    assert sigmoid(36.0) < 1 == sigmoid(37.0)


def test_loss_after_saturation_is_infinite():
    """1 に丸められたあとの log(1 − σ(x)) は −∞ になる。"""
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert np.log(1 - sigmoid(37.0)) == -np.inf


@given(moderate)
def test_derivative_agrees_with_autograd(x):
    """傾きは PyTorch の自動微分と一致する。"""
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    torch.sigmoid(t).backward()
    assert derivative(x) == pytest.approx(t.grad.item(), rel=1e-12, abs=1e-15)


def test_derivative_agrees_with_central_difference():
    """傾きは、刻み 1e-6 の中心差分と 9 桁まで一致する。"""
    x, h = np.linspace(-10, 10, 401), 1e-6
    difference = (sigmoid(x + h) - sigmoid(x - h)) / (2 * h)
    assert np.abs(difference - derivative(x)).max() < 1e-9


@given(st.floats(allow_nan=False))
def test_slope_never_exceeds_a_quarter(x):
    """傾きは 1/4 を超えない。"""
    assert 0 <= derivative(x) <= 0.25


def test_slopes_of_the_table():
    """表の傾きは 0.2500, 0.1966, 0.1050, 0.006648, 0.0000454 である。"""
    _, rows = topic.slopes()
    assert [f"{slope:.4g}" for *_, slope in rows] == ["0.25", "0.1966", "0.105", "0.006648", "4.54e-05"]


def test_product_form_of_the_slope_loses_everything():
    """x = 40 では、σ(1 − σ) の引き算は 0 になり、derivative は e^-40 を返す。"""
    assert sigmoid(40.0) * (1 - sigmoid(40.0)) == 0
    assert derivative(40.0) == pytest.approx(np.exp(-40), rel=1e-12)


@given(st.floats(-20, 20))
def test_slope_at_the_origin_is_a_quarter_of_the_gain(k):
    """ゲイン k の曲線の原点での傾きは k/4 である。"""
    h = 1e-5
    assert (gain(h, k) - gain(-h, k)) / (2 * h) == pytest.approx(k / 4, rel=1e-6, abs=1e-9)


def test_gain_three():
    """ゲイン 3 の曲線の原点での傾きは 0.75 である。"""
    t = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    torch.sigmoid(3 * t).backward()
    assert t.grad.item() == 0.75


def test_large_gain_is_almost_a_step():
    """ゲイン 100 では、原点から 0.1 離れるとステップ関数との差が 1 万分の 1 より小さい。"""
    x = np.concatenate([np.linspace(-3, -0.1, 50), np.linspace(0.1, 3, 50)])
    assert np.abs(gain(x, 100) - np.heaviside(x, 0)).max() < 1e-4


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_standard_logistic_is_sigmoid(x):
    """上限 1、急さ 1、中央 0 のロジスティック関数は、標準シグモイド関数に等しい。"""
    assert logistic(x, L=1, k=1, x_0=0) == logistic(x) == sigmoid(x)


def test_other_curves_are_sigmoid_too():
    """tanh も arctan も、値の範囲をそろえれば 0 から 1 へ単調に上がる S 字である。"""
    x = np.linspace(-300, 300, 60001)
    for curve in ((1 + np.tanh(x)) / 2, 0.5 + np.arctan(x) / np.pi):
        bend = np.sign(np.diff(curve, 2)[[29800, 30200]])  # 原点の左では下に凸、右では上に凸
        assert np.all(np.diff(curve) >= 0) and list(bend) == [1, -1]
        assert curve[0] < 0.01 and curve[-1] > 0.99


def test_powers_of_a_quarter():
    """1/4 の 5 乗、10 乗、20 乗は 9.8e-4、9.5e-7、9.1e-13 である。"""
    _, rows = topic.shrinkage()
    assert [f"{power:.2g}" for n, power in rows if n > 1] == ["0.00098", "9.5e-07", "9.1e-13"]


def test_gradient_of_the_deep_net_agrees_with_autograd():
    """層ごとの勾配の大きさは、同じ網を PyTorch で自動微分したものと一致する。"""
    rng = np.random.default_rng(0)
    depth, width = 4, 8
    weights = torch.tensor(rng.normal(0, width**-0.5, (depth, width, width)), requires_grad=True)
    a, t = torch.tensor(rng.normal(size=(64, width))), torch.tensor(rng.uniform(size=(64, width)))
    for w in weights:
        a = torch.sigmoid(a @ w.T)
    (0.5 * ((a - t) ** 2).sum(1).mean()).backward()
    expected = torch.linalg.matrix_norm(weights.grad).numpy()
    np.testing.assert_allclose(topic.layer_gradients(depth, width, seed=0), expected, rtol=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_gradient_vanishes_in_twenty_layers(seed):
    """20 層さかのぼると、どの乱数でも、勾配は 1 兆分の 1 前後になる。"""
    norms = topic.layer_gradients(seed=seed)
    assert 1e-13 < norms[0] / norms[-1] < 1e-11
    assert all(before < after for before, after in itertools.pairwise(norms))


def test_answers_of_the_exercise():
    """演習の答えは、σ(ln 3) = 3/4、σ(−ln 4) = 0.2、傾きが 1/8 になるのは ±ln(3 + 2√2)。"""
    assert sigmoid(np.log(3)) == pytest.approx(0.75, rel=1e-15)
    assert sigmoid(-np.log(4)) == pytest.approx(0.2, rel=1e-15)
    assert derivative(np.log(3 + 2 * np.sqrt(2))) == pytest.approx(1 / 8, rel=1e-14)


def worst(way, dtype=np.float64):
    """標本での最大の ULP。"""
    return topic.FORMS.errors(way, dtype).max()


def test_sigmoid_has_no_worthless_input():
    """このノートの実装は、標本でも float16 の全数でも、2 ULP 以内に収まる。"""
    assert worst("このノートの sigmoid") < 2 and worst("このノートの sigmoid", np.float16) < 2
    assert topic.FORMS.edges("このノートの sigmoid") == (None, None)


@pytest.mark.parametrize("way", ["1 / (1 + exp(-x))", "scipy.special.expit", "torch.sigmoid"])
def test_reciprocal_and_libraries_lose_the_same_left_tail(way):
    """1 つめの形も expit も torch.sigmoid も、nan にはならず、e^{-x} があふれるところから左で 0 になる。"""
    edge = topic.FORMS.edges(way)[0]
    assert edge == -next(x for x in ascending(math.log(np.finfo(float).max)) if overflows(x))
    assert f"{edge:.15g}" == "-709.782712893384"
    assert topic.FORMS.edges(way, broken) == (None, None)
    assert topic.FORMS.values(way, np.full(64, edge))[0] == 0 and topic.sigmoid(edge) > 0
    right = topic.FORMS.sample(np.float64) > -700
    assert topic.FORMS.errors(way, np.float64)[right].max() < 3


def ascending(x):
    """x のすぐ左から、となりの数を小さい順に。"""
    x = math.nextafter(math.nextafter(x, 0), 0)
    while True:
        yield x
        x = math.nextafter(x, math.inf)


def overflows(x):
    """標準ライブラリの exp があふれるか。"""
    try:
        return math.exp(x) == math.inf
    except OverflowError:
        return True


def test_ratio_is_nan_only_on_the_right():
    """2 つめの形は左では 2 ULP 以内で、e^x があふれるところから右で nan になる。"""
    left, right = topic.FORMS.edges("exp(x) / (1 + exp(x))", broken)
    assert left is None and f"{right:.15g}" == "709.782712893384"
    assert topic.FORMS.errors("exp(x) / (1 + exp(x))", np.float64)[topic.FORMS.sample(np.float64) < 0].max() < 2
    assert np.isnan(topic.FORMS.values("exp(x) / (1 + exp(x))", np.array([right]))[0])


def test_tanh_form_loses_the_left_tail_without_overflow():
    """tanh の形はあふれないが、−36 から −39 のあいだで 1 桁も合わなくなる。"""
    way = "(1 + tanh(x / 2)) / 2"
    assert topic.FORMS.edges(way, broken) == (None, None)
    assert -39 < topic.FORMS.edges(way)[0] < -36 and topic.FORMS.edges(way)[1] is None


def test_reciprocal_in_half_precision_drops_visible_values():
    """float16 の 1 つめの形は −11.09 から左で 0 になり、表せる 1.5e-5 を失う。ライブラリの値は正しい丸めになる。"""
    edge = topic.FORMS.edges("1 / (1 + exp(-x))", dtype=np.float16)[0]
    assert edge == -float(min(x for x in halves() if x > np.log(65520)))
    assert np.float16(sigmoid(-11.1)) > 0
    lost = topic.FORMS.failures("1 / (1 + exp(-x))", np.float16)
    assert lost.sum() == 669 and not topic.FORMS.values("1 / (1 + exp(-x))", halves())[lost].any()
    for way in ("scipy.special.expit", "torch.sigmoid"):
        assert worst(way, np.float16) < 0.51


@given(st.floats(-8, 8), st.floats(-8, 8))
def test_tangent_touches_and_crosses_only_beyond_the_centre(x, c):
    """接線は接点で曲線と同じ高さと傾きをもち、接点と同じ側では、正の側で上、負の側で下にある。"""
    assert topic.tangent(c, c) == sigmoid(c)
    assert topic.tangent(c + 1, c) - topic.tangent(c, c) == pytest.approx(topic.slope_at(c), abs=1e-15)
    gap = topic.tangent(x, c) - sigmoid(x)
    if x * c > 0:
        assert gap * np.sign(c) >= -1e-15
