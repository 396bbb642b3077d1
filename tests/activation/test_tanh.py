"""双曲線正接関数に固有の性質。式との照合は tests/test_formulas.py が行う。"""

import mpmath
import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets._precision import broken
from snippets.activation import tanh as topic
from snippets.activation.sigmoid import derivative as sigmoid_derivative
from snippets.activation.sigmoid import sigmoid
from snippets.activation.tanh import derivative, from_sigmoid, naive, tanh

moderate = st.floats(-30, 30)
any_real = st.floats(-8e307, 8e307) | st.sampled_from([-np.inf, np.inf])


@given(any_real)
def test_agrees_with_numpy(x):
    """無限大を含むどの入力でも np.tanh と一致する。"""
    assert tanh(x) == pytest.approx(np.tanh(x), rel=1e-15, abs=0)


@pytest.mark.parametrize("x", [-25.0, -3.0, -1e-10, 1e-300, 0.4, 12.0])
def test_last_digit_against_forty_digits(x):
    """40 桁の計算との差は、値も傾きも、最後の桁の 4 単位に収まる。"""
    with mpmath.workdps(40):
        value, slope = mpmath.tanh(mpmath.mpf(x)), mpmath.sech(mpmath.mpf(x)) ** 2
    for ours, exact in ((tanh(x), value), (derivative(x), slope)):
        assert abs(mpmath.mpf(float(ours)) - exact) <= 4 * np.spacing(abs(float(exact)))


@given(any_real)
def test_odd(x):
    """原点について対称である。"""
    assert tanh(-x) == -tanh(x)


@given(any_real)
def test_stays_between_minus_one_and_one(x):
    """値は −1 以上 1 以下である。"""
    assert -1 <= tanh(x) <= 1


def test_one_at_20_but_not_at_18():
    """float64 では 20 でちょうど 1 になり、18 ではまだ届かない。"""
    for f in (tanh, np.tanh):
        assert f(18.0) < 1 == f(20.0)
    assert 1 - np.tanh(20.0) ** 2 == 0 < derivative(20.0)


def test_naive_is_nan_beyond_709():
    """定義の式のままでは、709 では 1、710 では nan になり、警告が出る。"""
    assert naive(np.float64(709)) == 1
    with pytest.warns(RuntimeWarning, match="invalid"), np.errstate(over="ignore"):
        assert np.isnan(naive(np.float64(710)))
    assert tanh(710.0) == 1


def test_two_of_three_ways_lose_digits_near_zero():
    """表では、10^-10 で相対誤差が 1e-15 より小さいのは expm1 を使う書き方だけで、7 桁ほど残るのがほかの 2 つである。"""
    _, rows = topic.errors()
    near_zero = [row[1] for row in rows]
    assert 1e-8 < near_zero[0] < 1e-6 and 1e-8 < near_zero[1] < 1e-6
    assert near_zero[2] < 1e-15
    assert np.isnan(rows[0][3]) and rows[1][3] == rows[2][3] == 0


def test_scaled_sigmoid():
    """2σ(2x) − 1 との差は 4e-16 に収まる。"""
    x = np.linspace(-30, 30, 6001)
    assert np.abs(from_sigmoid(x) - np.tanh(x)).max() < 4e-16


@given(moderate)
def test_sigmoid_from_tanh(x):
    """逆に、(1 + tanh(x/2)) / 2 はシグモイド関数である。"""
    assert (1 + tanh(x / 2)) / 2 == pytest.approx(sigmoid(x), rel=1e-9, abs=1e-15)


@given(moderate)
def test_derivative_agrees_with_autograd(x):
    """傾きは PyTorch の自動微分と一致する。"""
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    torch.tanh(t).backward()
    assert derivative(x) == pytest.approx(t.grad.item(), rel=1e-9, abs=1e-15)


@given(any_real)
def test_slope_never_exceeds_one(x):
    """傾きは 0 以上 1 以下で、1 になるのは原点である。"""
    assert 0 <= derivative(x) <= 1 == derivative(0.0)


@given(st.floats(-300, 300))
def test_four_times_the_slope_of_sigmoid(x):
    """傾きは、シグモイド関数の 2x での傾きの 4 倍である。"""
    assert derivative(x) == pytest.approx(4 * sigmoid_derivative(2 * x), rel=1e-14)


def test_same_network_with_either_activation():
    """重みとバイアスを直せば、隠れ層が tanh の網とシグモイドの網は同じ関数になる。"""
    rng = np.random.default_rng(0)
    x, w, b, v, c = rng.normal(size=(50, 3)), rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=4), 0.7
    with_tanh = tanh(x @ w.T + b) @ v + c
    with_sigmoid = sigmoid(x @ (2 * w).T + 2 * b) @ (2 * v) + c - v.sum()
    np.testing.assert_allclose(with_tanh, with_sigmoid, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("activation", "same_sign"), [(sigmoid, True), (tanh, False)])
def test_signs_of_the_gradient(activation, same_sign):
    """シグモイドの出力を受ける重みの勾配は成分の符号がそろい、tanh ではそろわないことがある。"""
    z = torch.tensor(np.random.default_rng(1).normal(size=(20, 6)))
    w = torch.zeros(6, dtype=torch.float64, requires_grad=True)
    signs = set()
    for a in torch.tensor(activation(z.numpy())):
        (gradient,) = torch.autograd.grad(0.5 * (a @ w - 1) ** 2, w)
        signs.add(bool(torch.all(gradient < 0) or torch.all(gradient > 0)))
    assert signs == {True} if same_sign else False in signs


@pytest.mark.parametrize("activation", [sigmoid, tanh])
def test_curvature_against_samples(activation):
    """求積で出した曲がり方は、10 万組の標本の平均と 1 % まで合う。"""
    a = activation(np.random.default_rng(2).normal(size=(100_000, 3)))
    np.testing.assert_allclose(topic.curvature(activation, 3), a.T @ a / len(a), rtol=0.01, atol=0.01)


def test_valley_is_round_only_for_tanh():
    """谷は tanh では円く、シグモイドでは個数とともに細長くなる。"""
    _, rows = topic.elongations()
    assert [t for *_, t in rows] == pytest.approx([1, 1, 1])
    stretched = [s for _, s, _ in rows]
    assert stretched == sorted(stretched) and stretched[0] > 10


def test_answers_of_the_exercise():
    """演習の答えは、tanh(0) = 0、tanh'(0) = 1、tanh(ln 3 / 2) = 1/2。"""
    assert (tanh(0.0), derivative(0.0)) == (0, 1)
    assert tanh(np.log(3) / 2) == pytest.approx(0.5, rel=1e-15)


def test_subtracting_forms_lose_every_digit_near_zero():
    """定義の式と 2σ(2x) − 1 は、0 に近づくほど桁を失い、1e-17 では 1 桁も合わない。"""
    for way in ("定義の式のまま", "2σ(2x) − 1 のまま"):
        assert 1e-17 < topic.FORMS.edges(way)[0] < 2e-16
        x = topic.FORMS.sample(np.float64)
        error = [topic.FORMS.errors(way, np.float64)[(x > 10.0**-k) & (x < 10.0 ** (1 - k))].max() for k in (3, 5, 7)]
        assert error[2] > 50 * error[1] > 2500 * error[0]


def test_direct_forms_keep_their_digits():
    """expm1 の形、np.tanh、torch.tanh は、標本のどこでも 3 ULP 以内で、ライブラリのほうが正確である。"""
    ours, *libraries = (
        topic.FORMS.errors(way, np.float64).max() for way in ("このノートの tanh", "np.tanh", "torch.tanh")
    )
    assert max(libraries) < ours < 3
    for way in ("np.tanh", "torch.tanh"):
        assert topic.FORMS.errors(way, np.float16).max() < 0.51


def test_half_of_half_precision_is_useless_to_the_definition():
    """定義の式は、float16 の半分を超える入力で 1 桁も合わない。2σ(2x) − 1 はあふれないが、7,000 個ほどで合わない。"""
    count = {way: int(topic.FORMS.failures(way, np.float16).sum()) for way in topic.FORMS.ways}
    assert count["定義の式のまま"] > 63_488 / 2
    assert 6_000 < count["2σ(2x) − 1 のまま"] < 8_000
    assert topic.FORMS.edges("2σ(2x) − 1 のまま", broken) == (None, None)
    assert count["このノートの tanh"] == count["np.tanh"] == count["torch.tanh"] == 0


def test_definition_overflows_where_exp_does():
    """定義の式は、e^x があふれる 709.78 から先で nan になる。"""
    left, right = topic.FORMS.edges("定義の式のまま", broken)
    assert -left == right == pytest.approx(np.log(np.finfo(float).max), rel=1e-15)


@given(st.floats(-20, 20))
def test_stretching_leads_from_sigmoid_to_tanh(x):
    """倍率 1 ではシグモイド関数、2 では双曲線正接関数で、あいだの値はその中間にある。"""
    assert topic.stretched(x, 1.0) == pytest.approx(scipy.special.expit(x), abs=1e-15)
    assert topic.stretched(x, 2.0) == pytest.approx(np.tanh(x), abs=1e-15)
