"""ギャラリーの関数に固有の性質。式との照合は tests/test_formulas.py が行う。"""

import mpmath
import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
import scipy.special
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from snippets.activation import gallery as topic
from snippets.activation._profile import bottom, largest_gap, steepest

GRID = np.linspace(-6, 6, 401)
SMOOTH = GRID[np.abs(np.abs(GRID) - 3) > 1e-3]
SMOOTH = SMOOTH[np.abs(SMOOTH) > 1e-3]
reals = st.floats(-700, 700)

PAIRS = {
    "ReLU": F.relu,
    "Leaky ReLU": lambda x: F.leaky_relu(x, 0.1),
    "ELU": F.elu,
    "SELU": F.selu,
    "softplus": F.softplus,
    "SiLU": F.silu,
    "GELU": F.gelu,
    "Mish": F.mish,
    "hard swish": F.hardswish,
    "tanh": torch.tanh,
    "softsign": F.softsign,
    "arctan": lambda x: torch.atan(x * torch.pi / 2) * 2 / torch.pi,
}
EXHIBITS = {item.name: item for item in topic.GALLERY}


def test_every_exhibit_has_a_partner():
    """展示はどれも PyTorch の関数と比べられる。"""
    assert list(EXHIBITS) == list(PAIRS)


@pytest.mark.parametrize("name", PAIRS)
def test_values_agree_with_torch(name):
    """401 点で、PyTorch の関数と値が一致する。"""
    theirs = PAIRS[name](torch.tensor(GRID)).numpy()
    np.testing.assert_allclose(EXHIBITS[name].f(GRID), theirs, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("name", PAIRS)
def test_slopes_agree_with_autograd_and_differences(name):
    """角を除いた点で、傾きは PyTorch の自動微分とも、中心差分とも一致する。"""
    x, item, h = torch.tensor(SMOOTH, requires_grad=True), EXHIBITS[name], 1e-6
    PAIRS[name](x).sum().backward()
    np.testing.assert_allclose(item.slope(SMOOTH), x.grad.numpy(), rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(item.slope(SMOOTH), (item.f(SMOOTH + h) - item.f(SMOOTH - h)) / (2 * h), atol=1e-8)


@pytest.mark.parametrize("name", ["Leaky ReLU", "ELU", "SELU", "hard swish"])
@pytest.mark.parametrize("kink", [-3.0, 0.0, 3.0])
def test_conventions_at_kinks_are_those_of_torch(name, kink):
    """角での傾きの約束は、PyTorch の勾配と同じである。"""
    x = torch.tensor(kink, dtype=torch.float64, requires_grad=True)
    PAIRS[name](x).backward()
    assert float(EXHIBITS[name].slope(kink)) == pytest.approx(x.grad.item(), rel=1e-7)


@pytest.mark.parametrize(("ours", "theirs"), [
    (lambda x: topic.elu(x, 0.3), lambda x: F.elu(x, 0.3)),
    (topic.hard_sigmoid, F.hardsigmoid),
    (topic.gelu_tanh, lambda x: F.gelu(x, approximate="tanh")),
    (lambda x: topic.leaky_relu(x), F.leaky_relu),
    (lambda x: topic.swish(x, 1.702), lambda x: x * torch.sigmoid(1.702 * x)),
])  # fmt: skip
def test_parts_agree_with_torch(ours, theirs):
    """係数を変えた ELU、硬いシグモイド、近似の GELU、既定の Leaky ReLU も、PyTorch と一致する。"""
    np.testing.assert_allclose(ours(GRID), theirs(torch.tensor(GRID)).numpy(), rtol=1e-12, atol=1e-15)


def test_glu_gates_with_the_second_half():
    """PyTorch の glu は、前の半分を後ろの半分のシグモイドで通し、ここの glu と一致する。"""
    rng = np.random.default_rng(0)
    W, V, v = rng.normal(size=(3, 4)), rng.normal(size=(3, 4)), rng.normal(size=4)
    theirs = F.glu(torch.tensor(np.concatenate([W @ v, V @ v])), dim=0)
    np.testing.assert_allclose(topic.glu(W, V, v), theirs.numpy(), rtol=1e-12)


def test_prelu_learns_only_from_the_negative_side():
    """α の勾配は、負の入力では入力そのもの、正の入力では 0 で、PyTorch の PReLU と一致する。"""
    alpha = torch.full((1,), 0.25, dtype=torch.float64, requires_grad=True)
    for x in (-2.0, -0.5, 0.7, 3.0):
        alpha.grad = None
        F.prelu(torch.tensor([[x]], dtype=torch.float64), alpha).sum().backward()
        assert topic.prelu_alpha_slope(x, 0.25) == alpha.grad.item() == min(x, 0)


@pytest.mark.parametrize("f", [topic.silu, topic.gelu, topic.hard_swish, EXHIBITS["softplus"].f])
@given(reals)
def test_difference_of_both_sides_is_the_input(f, x):
    """SiLU、GELU、hard swish、softplus は、左右の差が入力そのものになる。"""
    assert f(x) - f(-x) == pytest.approx(x, rel=1e-12, abs=1e-14)


def test_mish_is_not_in_the_family():
    """Mish の左右の差は、入力と 0.1 より大きく違うところがある。"""
    assert np.abs(topic.mish(GRID) - topic.mish(-GRID) - GRID).max() > 0.1


@given(st.floats(-30, 30), st.floats(0.1, 30))
def test_swish_is_a_rescaled_silu(x, beta):
    """swish は、横を 1/β、縦を 1/β にした SiLU である。"""
    assert topic.swish(x, beta) == pytest.approx(topic.silu(beta * x) / beta, rel=1e-12, abs=1e-300)


def test_gap_to_relu_is_the_depth_of_the_bottom_over_beta():
    """ReLU との差の最大は、どの β でも、SiLU の底の深さの 1/β である。"""
    depth = -bottom(topic.silu, topic.silu_slope)[1]
    assert [row[3] for row in topic.sharpened()[1]] == pytest.approx([depth] * 5, rel=1e-9)


def test_bottom_of_silu_is_given_by_the_lambert_function():
    """SiLU の底の値は −W(1/e)、場所はそれより 1 小さい。"""
    w = scipy.special.lambertw(np.exp(-1)).real
    assert bottom(topic.silu, topic.silu_slope) == pytest.approx((-1 - w, -w), rel=1e-12)
    assert f"{-w:.4f} {-1 - w:.4f}" == "-0.2785 -1.2785"


@pytest.mark.parametrize("name", ["SiLU", "GELU", "Mish", "hard swish"])
def test_bottoms_agree_with_scipy(name):
    """底の場所と値は、SciPy の最小化と一致する。"""
    found = scipy.optimize.minimize_scalar(EXHIBITS[name].f, bounds=(-4, 0), method="bounded", options={"xatol": 1e-10})
    x, value = bottom(EXHIBITS[name].f, EXHIBITS[name].slope)
    assert x == pytest.approx(found.x, abs=1e-6) and value == pytest.approx(found.fun, rel=1e-12)


@pytest.mark.parametrize("name", ["SiLU", "GELU", "Mish", "hard swish"])
def test_functions_with_a_bottom_are_not_monotone(name):
    """底のある関数は、底の左で下り、右で上る。"""
    x, _ = bottom(EXHIBITS[name].f, EXHIBITS[name].slope)
    left, right = np.linspace(-2.9, x, 50), np.linspace(x, 4, 50)
    assert np.all(np.diff(EXHIBITS[name].f(left)) < 0) and np.all(np.diff(EXHIBITS[name].f(right)) > 0)


@pytest.mark.parametrize("name", ["ReLU", "Leaky ReLU", "ELU", "SELU", "softplus", "tanh", "softsign", "arctan"])
def test_the_others_never_go_down(name):
    """底のない関数は、下がるところがない。"""
    assert bottom(EXHIBITS[name].f, EXHIBITS[name].slope) is None
    assert np.all(np.diff(EXHIBITS[name].f(GRID)) >= 0)


def test_ranges_of_the_table():
    """表の範囲は、左右の端と底の値から決まる範囲と一致する。"""
    scale = topic.selu_scale() * topic.selu_alpha()
    ends = {"−∞": -np.inf, "−1": -1, "−ΛA": -scale, "0": 0, "1": 1, "∞": np.inf}
    for item in topic.GALLERY:
        low, high = item.limits[1:-1].split(", ")
        wide = np.concatenate([np.linspace(-1e4, 1e4, 4001), np.linspace(-30, 30, 4001)])
        floor = bottom(item.f, item.slope)[1] if low == "底" else ends[low]
        values = item.f(wide)
        assert values.min() >= floor and values.max() <= ends[high]
        assert values.min() < -900 if floor == -np.inf else values.min() == pytest.approx(floor, abs=1e-3)
        assert values.max() > 900 if ends[high] == np.inf else values.max() == pytest.approx(ends[high], abs=1e-3)


def test_steepest_slope_of_gelu_is_at_the_square_root_of_two():
    """GELU の傾きは √2 で最大の 1.129 になる。"""
    assert steepest(topic.gelu_slope) == pytest.approx(topic.gelu_slope(np.sqrt(2)), rel=1e-9)
    assert f"{topic.gelu_slope(np.sqrt(2)):.4g}" == "1.129"


def test_largest_gap_of_the_approximation():
    """tanh の近似の差は x = 2.699 で最大の 0.0004732、1.702 の近似は 0.0203 になり、±20 までこれを超えない。"""
    x, gap = largest_gap(topic.gelu_tanh, topic.gelu)
    assert (f"{x:.3f}", f"{gap:.4g}") == ("2.699", "0.0004732")
    wide = np.linspace(-20, 20, 40001)
    assert np.abs(topic.gelu_tanh(wide) - topic.gelu(wide)).max() <= gap * (1 + 1e-6) < 5e-4
    assert np.abs(topic.swish(wide, 1.702) - topic.gelu(wide)).max() == pytest.approx(0.0203, abs=5e-5)


@pytest.mark.parametrize("x", [-30.0, -5.0, -1e-9, 0.3, 4.0])
def test_last_digits_against_forty_digits(x):
    """裾でも 0 のそばでも、GELU、SiLU、Mish、ELU は 40 桁の計算と 13 桁まで一致する。"""
    with mpmath.workdps(40):
        u = mpmath.mpf(x)
        exact = {
            topic.gelu: u * mpmath.ncdf(u),
            topic.silu: u / (1 + mpmath.exp(-u)),
            topic.mish: u * mpmath.tanh(mpmath.log(1 + mpmath.exp(u))),
            topic.elu: u if u > 0 else mpmath.expm1(u),
        }
    for f, value in exact.items():
        assert float(f(x)) == pytest.approx(float(value), rel=1e-13)


def test_constants_of_selu_are_those_of_the_paper():
    """SELU の定数は、論文と PyTorch の 1.6732632423543772 と 1.0507009873554805 に、14 桁まで一致する。"""
    assert topic.selu_alpha() == pytest.approx(1.6732632423543772, rel=1e-14)
    assert topic.selu_scale() == pytest.approx(1.0507009873554805, rel=1e-14)
    assert topic.selu(2.0) == pytest.approx(F.selu(torch.tensor(2.0, dtype=torch.float64)).item(), rel=1e-14)


def test_selu_keeps_the_mean_and_the_variance():
    """標準正規分布の入力に対する SELU の出力は、平均 0、分散 1 になる。"""
    density = scipy.stats.norm.pdf
    mean = scipy.integrate.quad(lambda x: float(topic.selu(x)) * density(x), -12, 12, points=[0])[0]
    square = scipy.integrate.quad(lambda x: float(topic.selu(x)) ** 2 * density(x), -12, 12, points=[0])[0]
    assert mean == pytest.approx(0, abs=1e-10) and square == pytest.approx(1, rel=1e-10)


def test_elu_has_a_corner_unless_the_coefficient_is_one():
    """0 の左右の傾きの差は |1 − a| で、a = 1 のときだけなくなる。"""
    for a in (0.5, 1.0, 2.0):
        jump = topic.elu_slope(1e-12, a) - topic.elu_slope(-1e-12, a)
        assert jump == pytest.approx(1 - a, abs=1e-9)


def test_defaults_of_torch():
    """PyTorch の既定は、Leaky ReLU の 0.01、ELU の 1、PReLU の 0.25、GELU の erf である。"""
    nn = torch.nn
    assert (nn.LeakyReLU().negative_slope, nn.ELU().alpha, nn.GELU().approximate) == (0.01, 1.0, "none")
    assert nn.PReLU().weight.item() == 0.25


def test_gates_that_add_up_to_one():
    """門の表では、Mish だけが「いつも 1」でない。"""
    assert [row[0] for row in topic.gates()[1] if row[1] != "いつも 1"] == ["Mish"]


def test_hard_sigmoids_differ():
    """硬いシグモイドの 3 つの約束は、x = 1 で 0.6667、0.7、1 と食い違い、x = 0 ではどれも 0.5 になる。"""
    _, rows = topic.hard_sigmoids()
    assert [row[4] for row in rows[:3]] == ["0.6667", "0.7", "1"] and {row[3] for row in rows} == {"0.5"}


def test_tails_of_the_s_shaped_functions():
    """x = 5 での傾きは、tanh が 0.0001816、softsign が 0.02778、逆正接が 0.01595 である。"""
    names = ("tanh", "softsign", "arctan")
    slopes = [f"{float(EXHIBITS[name].slope(5.0)):.4g}" for name in names]
    assert slopes == ["0.0001816", "0.02778", "0.01595"]


def test_answers_of_the_exercise():
    """最小値が負なのは SiLU と GELU、hard swish の底は (−3/2, −3/8)、x = 4 での差は 0.07194、β が 0 なら x/2。"""
    five = ("ReLU", "Leaky ReLU", "softplus", "SiLU", "GELU")
    assert [name for name in five if bottom(EXHIBITS[name].f, EXHIBITS[name].slope)] == ["SiLU", "GELU"]
    assert bottom(topic.hard_swish, topic.hard_swish_slope) == pytest.approx((-1.5, -0.375), rel=1e-12)
    assert topic.hard_swish(4.0) == 4 and 4 - topic.silu(4.0) == pytest.approx(0.07194, abs=5e-6)
    assert topic.swish(3.0, 1e-9) == pytest.approx(1.5)
