"""ロジットに固有の性質。式との照合は tests/test_formulas.py が行う。"""

import math

import mpmath
import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets._precision import broken
from snippets.activation import logit as topic
from snippets.activation.logit import cross_entropy, derivative, logit, odds, softplus
from snippets.activation.sigmoid import gain, sigmoid

ratios = st.floats(1e-300, 1 - 2**-53)
moderate = st.floats(-30, 30)


@given(ratios)
def test_agrees_with_scipy(p):
    """SciPy の logit と一致する。"""
    assert logit(p) == pytest.approx(scipy.special.logit(p), rel=1e-14, abs=0)


@pytest.mark.parametrize("p", [5e-324, 1e-20, 0.2, 0.5 - 2**-40, 0.5 + 2**-52, 0.9, 1 - 2**-53])
def test_last_digit_against_forty_digits(p):
    """端のそばでも 1/2 のそばでも、40 桁の計算との差は最後の桁の 4 単位に収まる。"""
    with mpmath.workdps(40):
        exact = mpmath.log(mpmath.mpf(p)) - mpmath.log(1 - mpmath.mpf(p))
    assert abs(mpmath.mpf(float(logit(p))) - exact) <= 4 * np.spacing(abs(float(exact)))


def test_difference_of_logs_loses_digits_near_one_half():
    """1/2 のすぐそばでは、対数の差をそのまま計算すると桁が落ちる。"""
    p = 0.5 + np.random.default_rng(0).uniform(2**-30, 2**-20, 1000)
    with mpmath.workdps(40):
        exact = np.array([float(mpmath.log(mpmath.mpf(q) / (1 - mpmath.mpf(q)))) for q in p.tolist()])
    assert np.abs(logit(p) / exact - 1).max() < 1e-15
    assert np.abs((np.log(p) - np.log(1 - p)) / exact - 1).max() > 1e-11


def test_both_ends_are_infinite():
    """0 では −∞、1 では ∞ になり、警告は出ない。オッズは 0 と ∞ になる。"""
    assert list(logit(np.array([0.0, 1.0]))) == [-np.inf, np.inf]
    assert list(odds(np.array([0.0, 1.0]))) == [0, np.inf]


@pytest.mark.parametrize("f", [logit, odds, derivative])
@pytest.mark.parametrize("p", [-0.1, 1.5, np.nan])
def test_refuses_what_is_not_a_ratio(f, p):
    """[0, 1] の外の値は、その値を示して断る。"""
    with pytest.raises(ValueError, match=f"p は 0 以上 1 以下.*{p}"):
        f(p)


@pytest.mark.parametrize(("p", "expected"), [(0.5, 0), (0.9, 2.1972), (0.99, 4.5951)])
def test_known_values(p, expected):
    """0.5, 0.9, 0.99 のロジットは 0, 2.1972, 4.5951 である。"""
    assert round(float(logit(p)), 4) == expected


@given(ratios)
def test_symmetry_of_odds(p):
    """オッズの対数はロジットである。"""
    assert np.log(odds(p)) == pytest.approx(logit(p), rel=1e-9, abs=1e-12)


@given(st.floats(0.001, 0.999))
def test_sigmoid_undoes_logit(p):
    """シグモイド関数で戻すと、もとの割合との差は 1e-15 に収まる。"""
    assert sigmoid(logit(p)) == pytest.approx(p, rel=0, abs=1e-15)


def test_the_other_way_loses_digits():
    """逆の往復では、30 が 30.001 に、36 が 36.04 に、37 が ∞ になる。"""
    _, rows = topic.round_trips()
    back = {x: text for x, _, text in rows}
    assert [back[x] for x in (30, 36, 37)] == ["30.001", "36.0437", "∞"]


def test_negative_side_keeps_its_digits():
    """負の側では、往復しても相対誤差が 1e-14 に収まる。"""
    x = np.linspace(-700, -1, 700)
    np.testing.assert_allclose(logit(sigmoid(x)), x, rtol=1e-14)


def test_only_the_standard_sigmoid_is_undone():
    """ゲイン 3 のシグモイド関数を通すと、戻るのは 3 倍の値である。"""
    assert logit(gain(0.7, 3)) == pytest.approx(3 * 0.7, rel=1e-14)


@given(st.floats(0.001, 0.999))
def test_derivative_agrees_with_autograd(p):
    """傾きは PyTorch の自動微分と一致し、4 より小さくならない。"""
    t = torch.tensor(p, dtype=torch.float64, requires_grad=True)
    torch.logit(t).backward()
    assert derivative(p) == pytest.approx(t.grad.item(), rel=1e-12)
    assert derivative(p) >= 4


@given(st.floats(-1e300, 1e300))
def test_softplus_never_overflows(x):
    """ソフトプラスは、どの入力でも有限で、ReLU 以上 ReLU + ln 2 以下である。"""
    assert max(x, 0) <= softplus(x) <= max(x, 0) + np.log(2)


@given(st.floats(-1e6, 1e6), st.sampled_from([0.0, 0.3, 1.0]))
def test_cross_entropy_agrees_with_torch(x, t):
    """交差エントロピーは PyTorch の binary_cross_entropy_with_logits と一致する。"""
    args = (torch.tensor(v, dtype=torch.float64) for v in (x, t))
    expected = torch.nn.functional.binary_cross_entropy_with_logits(*args).item()
    assert cross_entropy(x, t) == pytest.approx(expected, rel=1e-12, abs=1e-300)


def test_loss_through_sigmoid_is_infinite_at_40():
    """ロジット 40 の損失は、シグモイド関数を経由すると ∞、ロジットのままなら 40 になる。"""
    _, rows = topic.losses()
    table = {x: texts for x, *texts in rows}
    assert table[30] == ["30.001", "30"]
    assert table[40] == ["∞", "40"]


@given(moderate, st.floats(0, 1))
def test_gradient_is_prediction_minus_target(x, t):
    """損失をロジットで自動微分すると、予測の割合と正解の差になる。"""
    z = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    torch.nn.functional.binary_cross_entropy_with_logits(z, torch.tensor(t, dtype=torch.float64)).backward()
    assert sigmoid(x) - t == pytest.approx(z.grad.item(), rel=1e-12, abs=1e-12)


def test_softmax_ignores_a_common_shift():
    """float32 のソフトマックスは、すべてのロジットに 100 を足しても、差が 1e-5 に収まる。"""
    z = torch.tensor(np.random.default_rng(0).normal(size=(20, 5)), dtype=torch.float32)
    assert (torch.softmax(z + 100, -1) - torch.softmax(z, -1)).abs().max() < 1e-5


def test_softmax_of_two_classes_is_sigmoid_of_the_difference():
    """クラスが 2 つのソフトマックスは、差のシグモイド関数である。"""
    z = torch.tensor(np.random.default_rng(0).normal(0, 5, (50, 2)))
    np.testing.assert_allclose(torch.softmax(z, -1)[:, 0], sigmoid((z[:, 0] - z[:, 1]).numpy()), rtol=1e-12)


def test_passing_through_sigmoid_twice_weakens_the_gradient():
    """シグモイド関数を通した値を logits として渡すと、エラーは出ず、勾配は 1/4 より小さく縮む。"""
    z = torch.tensor([-2.0, 0.0, 2.0], requires_grad=True)
    target = torch.tensor([1.0, 1.0, 0.0])
    loss = torch.nn.functional.binary_cross_entropy_with_logits
    (right,) = torch.autograd.grad(loss(z, target), z)
    (twice,) = torch.autograd.grad(loss(torch.sigmoid(z), target), z)
    assert torch.all(twice.abs() < right.abs() / 4)


def test_answers_of_the_exercise():
    """演習の答えは、オッズ 4 で割合 0.8、ロジット 1.386。ロジットが 1 増えるとオッズは e 倍。"""
    assert odds(0.8) == pytest.approx(4)
    assert f"{logit(0.8):.3f}" == "1.386"
    assert odds(sigmoid(logit(0.3) + 1)) / odds(0.3) == pytest.approx(np.e)


@given(st.floats(-38, 38))
def test_normal_cdf_agrees_with_scipy(x):
    """Φ は、SciPy の正規分布の分布関数と、裾まで一致する。"""
    assert topic.normal_cdf(x) == pytest.approx(scipy.special.ndtr(x), rel=1e-12, abs=0)


def test_bound_to_probit_is_nearly_reached():
    """σ(1.702x) と Φ(x) の差は 0.0094 を超えるので、0.0095 はこの桁でいちばん小さい。"""
    x = np.linspace(-8, 8, 100_001)
    gap = np.max(np.abs(sigmoid(1.702 * x) - topic.normal_cdf(x)))
    assert 0.0094 < gap < 0.0095


def worst(forms, way, dtype=np.float64):
    """標本での最大の ULP。"""
    return forms.errors(way, dtype).max()


@pytest.mark.parametrize("way", ["log(p / (1 - p))", "log(p) - log(1 - p)", "torch.logit"])
def test_plain_logit_is_half_the_answer_next_to_one_half(way):
    """1/2 のすぐ左の数で、定義の形も torch.logit も、正しい答えの半分を返す。float16 でも同じ。"""
    for dtype in (np.float64, np.float16):
        p = np.nextafter(dtype(0.5), dtype(0))
        right = 4 * (float(p) - 0.5)
        assert float(logit(p)) == pytest.approx(right, rel=1e-3 if dtype == np.float16 else 1e-15)
        assert topic.FORMS.values(way, np.full(64, p))[0] == pytest.approx(right / 2, rel=1e-3)


def test_torch_logit_is_the_plain_form():
    """torch.logit は、1/2 のそばで、素朴な log(p / (1 − p)) と同じ値を返す。"""
    p = 0.5 - np.arange(1, 2000) * 2.0**-54
    np.testing.assert_allclose(torch.logit(torch.tensor(p)).numpy(), np.log(p / (1 - p)), rtol=5e-16)
    assert np.abs(torch.logit(torch.tensor(p)).numpy() / scipy.special.logit(p) - 1).max() == pytest.approx(0.5)


def test_plain_logit_keeps_its_absolute_error():
    """素朴な形でも、1/2 のそばでの絶対誤差は 2e-16 を超えない。"""
    p = 0.5 - np.arange(1, 2000) * 2.0**-54
    assert np.abs(np.log(p / (1 - p)) - scipy.special.logit(p)).max() < 2e-16


def test_each_side_needs_its_own_form():
    """log1p の差は 1/2 のそばで 4 桁ほどを失い、arctanh だけの形は 0 のそばで −∞ になる。"""
    assert 1e4 < worst(topic.FORMS, "log(p) - log1p(-p)") < 1e7
    edge = topic.FORMS.edges("2 * arctanh(2 * p - 1)", broken)[0]
    assert 2 * edge - 1 == -1 and 2 * math.nextafter(edge, 1) - 1 > -1
    for way in ("このノートの logit", "scipy.special.logit"):
        assert worst(topic.FORMS, way) < 2 and worst(topic.FORMS, way, np.float16) < 2


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_logit_keeps_the_dtype(dtype):
    """float16 と float32 の割合は、その型のまま返す。"""
    assert logit(np.array([0.3, 0.9], dtype)).dtype == dtype


def test_plain_softplus_breaks_on_both_sides():
    """log(1 + e^x) は、−53 ln 2 から左で 0 になり、709.78 から右で ∞ になる。log1p で直るのは左だけ。"""
    left, right = topic.SOFTPLUS_FORMS.edges("log(1 + exp(x))")
    assert f"{left:.15g}" == "-36.7368005696771" and left == pytest.approx(-53 * np.log(2), rel=1e-15)
    assert f"{right:.15g}" == "709.782712893384"
    assert np.log(1 + np.exp(left)) == 0 < np.log(1 + np.exp(math.nextafter(left, 0)))
    assert topic.SOFTPLUS_FORMS.edges("log1p(exp(x))") == (None, right)


def test_torch_softplus_has_a_step_at_twenty():
    """F.softplus は 20 を超えると入力をそのまま返し、相対誤差は 1e-10 になる。threshold=40 なら 3 ULP 以内。"""
    x = np.nextafter(20, 21) + np.linspace(0, 20, 64)
    step = torch.nn.functional.softplus(torch.tensor(x)).numpy()
    np.testing.assert_array_equal(step, x)
    assert 1 - step[0] / softplus(x[0]) == pytest.approx(1e-10, rel=0.1)
    assert f"{step[0]:.10g}" == f"{softplus(x[0]):.10g}" and f"{step[0]:.11g}" != f"{softplus(x[0]):.11g}"
    assert worst(topic.SOFTPLUS_FORMS, "F.softplus") > 1e5 and worst(topic.SOFTPLUS_FORMS, "F.softplus", np.float32) < 2
    smooth = torch.nn.functional.softplus(torch.tensor(np.linspace(-40, 60, 5001)), threshold=40).numpy()
    np.testing.assert_allclose(smooth, np.logaddexp(0, np.linspace(-40, 60, 5001)), rtol=7e-16)


def test_shifted_softplus_is_accurate_everywhere():
    """最大を取り出した形とこのノートの実装は、どこでも 2 ULP 以内に収まる。"""
    for way in ("max(0, x) + log1p(exp(-abs(x)))", "このノートの softplus"):
        assert worst(topic.SOFTPLUS_FORMS, way) < 2 and worst(topic.SOFTPLUS_FORMS, way, np.float16) < 2


def test_loss_through_probability_breaks_at_the_same_place():
    """確率を経由すると、53 ln 2 から右で、対数の形は nan に、F.binary_cross_entropy は 0 になる。"""
    plain = topic.LOSS_FORMS.edges("-t log(σ) - (1 - t) log(1 - σ)", broken)[1]
    clamped = topic.LOSS_FORMS.edges("F.binary_cross_entropy")[1]
    assert f"{plain:.15g}" == f"{clamped:.15g}" == "36.7368005696771"
    x = np.array([40.0, -1000.0])
    assert topic.LOSS_FORMS.values("F.binary_cross_entropy", x).tolist() == [0, 100]
    assert np.isnan(topic.LOSS_FORMS.values("-t log(σ) - (1 - t) log(1 - σ)", x)[0])


def test_order_of_subtraction_decides_the_loss():
    """softplus(x) − x は 33 のあたりで 1 桁も合わなくなり、大きな数を先に引く実装は 2 ULP 以内に収まる。"""
    assert 30 < topic.LOSS_FORMS.edges("softplus(x) - t x")[1] < 37
    assert worst(topic.LOSS_FORMS, "このノートの cross_entropy") < 2
    x = topic.LOSS_FORMS.sample(np.float64)
    torchs = topic.LOSS_FORMS.errors("F.binary_cross_entropy_with_logits", np.float64)
    assert torchs[np.abs(x) < 700].max() < 2
