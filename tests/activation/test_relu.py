"""ReLU に固有の性質。式との照合は tests/test_formulas.py が行う。"""

import numpy as np
import pytest
import scipy.integrate
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets.activation import relu as topic
from snippets.activation.relu import derivative, leaky, relu

reals = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(reals, min_size=1))
def test_agrees_with_torch(values):
    """PyTorch の relu と、成分ごとに一致する。"""
    x = np.array(values)
    np.testing.assert_array_equal(relu(x), torch.relu(torch.tensor(x)).numpy())


@given(st.floats(-1e6, 1e6))
def test_three_other_ways_to_write_it(x):
    """x と |x| の平均、x とステップ関数の積、ステップ関数の積分、のどれとも一致する。"""
    assert relu(x) == (x + abs(x)) / 2 == x * np.heaviside(x, 0)
    area, _ = scipy.integrate.quad(lambda s: 1.0, 0, max(x, 0))  # 0 までの積分は 0
    assert relu(x) == pytest.approx(area, rel=1e-12)


@given(reals)
def test_applying_it_twice_changes_nothing(x):
    """2 度通しても、1 度通したのと同じである。"""
    assert relu(relu(x)) == relu(x) >= 0


@given(reals)
def test_absolute_value_from_two_relus(x):
    """ReLU(x) + ReLU(−x) は絶対値、ReLU(x) − ReLU(−x) は x に等しい。"""
    assert relu(x) + relu(-x) == abs(x)
    assert relu(x) - relu(-x) == x


def test_nan_is_not_hidden():
    """nan を 0 に変えて隠さない。"""
    assert np.isnan(relu(np.nan))


def test_np_max_is_not_maximum():
    """np.max(0, 配列) は TypeError になる。"""
    with pytest.raises(TypeError, match="only integer scalar arrays can be converted to a scalar index"):
        np.max(0, np.array([-1.0, 2.0]))


def test_python_max_refuses_arrays():
    """max(0, 配列) は ValueError になる。"""
    with pytest.raises(ValueError, match="truth value of an array"):
        max(0, np.array([-1.0, 2.0]))


@given(reals.filter(lambda x: x != 0))
def test_derivative_agrees_with_autograd(x):
    """0 でない点では、傾きは PyTorch の自動微分と一致する。"""
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    torch.relu(t).backward()
    assert derivative(x) == t.grad.item()


def test_conventions_of_the_exercise():
    """約束に従うと、−2、3、0 での値は 0、1、0 になる。"""
    assert list(derivative(np.array([-2.0, 3.0, 0.0]))) == [0, 1, 0]


@given(st.floats(0, 1), reals)
def test_every_choice_is_a_subgradient(g, x):
    """0 での値に [0, 1] のどれを選んでも、その傾きの直線は ReLU を上回らない。"""
    assert relu(x) >= derivative(0.0, at_zero=g) * x


@pytest.mark.parametrize("g", [-0.01, 1.01])
def test_outside_is_not_a_subgradient(g):
    """[0, 1] の外の傾きの直線は、どこかで ReLU を上回る。"""
    assert any(relu(x) < g * x for x in (-1.0, 1.0))


@pytest.mark.parametrize("at_zero", [-0.1, 1.5, np.nan])
def test_refuses_values_that_are_not_subgradients(at_zero):
    """0 での値に [0, 1] の外を指定すると、その値を示して断る。"""
    with pytest.raises(ValueError, match=f"at_zero.*{at_zero}"):
        derivative(0.0, at_zero=at_zero)


@pytest.mark.parametrize(("name", "gradient"), [
    ("torch.relu(x)", 0), ("torch.where(x > 0, x, 0 * x)", 0), ("(x + x.abs()) / 2", 0.5),
    ("torch.maximum(x, zeros)", 0.5), ("x.clamp(min=0)", 1),
])  # fmt: skip
def test_the_way_you_write_it_matters(name, gradient):
    """PyTorch では、同じ関数でも書き方によって 0 での勾配が変わる。"""
    assert topic.gradients_at_zero()[name] == gradient


@pytest.mark.parametrize(("f", "gradient"), [
    (lambda x: torch.nn.functional.leaky_relu(x, 0.01), 0.01), (torch.nn.functional.gelu, 0.5),
    (torch.nn.functional.silu, 0.5), (torch.nn.functional.softplus, 0.5),
])  # fmt: skip
def test_relatives_at_zero(f, gradient):
    """ReLU の仲間の 0 での勾配は、Leaky ReLU では負の側の傾き、なめらかな 3 つでは 1/2 になる。"""
    x = torch.tensor(0.0, requires_grad=True)
    f(x).backward()
    assert x.grad.item() == pytest.approx(gradient)


@given(reals, st.floats(0.01, 0.99))
def test_leaky_agrees_with_torch(x, alpha):
    """Leaky ReLU は PyTorch の leaky_relu と一致する。"""
    expected = torch.nn.functional.leaky_relu(torch.tensor(x, dtype=torch.float64), alpha)
    assert leaky(x, alpha) == expected.item()


@pytest.mark.parametrize("alpha", [0.0, 1.0, -1.0])
def test_leaky_refuses_a_slope_outside_the_interval(alpha):
    """Leaky ReLU は、(0, 1) の外の傾きを断る。"""
    with pytest.raises(ValueError, match="alpha"):
        leaky(1.0, alpha)


def test_training_agrees_with_torch():
    """網の学習は、同じ初期値から PyTorch の自動微分で学習させたものと、同じ正解率と同じ死者数になる。"""
    rng = np.random.default_rng(0)
    t = torch.tensor(np.arange(40) % 2, dtype=torch.float64)
    x = torch.tensor((4 * t.numpy() - 2) + rng.normal(0, 0.7, (2, 40)))
    shape = ((2, 4), (4, 2), (2, 1))
    weights = [torch.tensor(rng.normal(0, (2 / n) ** 0.5, (4, m, n)), requires_grad=True) for n, m in shape]
    biases = [torch.zeros((4, m, 1), dtype=torch.float64, requires_grad=True) for _, m in shape]

    def forward():
        first = torch.relu(weights[0] @ x + biases[0])
        second = torch.relu(weights[1] @ first + biases[1])
        return second, (weights[2] @ second + biases[2])[:, 0]

    for _ in range(8):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(forward()[1], t.expand(4, 40), reduction="sum")
        gradients = torch.autograd.grad(loss / 40, [*weights, *biases])
        with torch.no_grad():
            for parameter, gradient in zip([*weights, *biases], gradients, strict=True):
                parameter -= gradient
    second, z = forward()
    accuracy, dead = topic.trained(rho=1.0, runs=4, steps=8, seed=0)
    assert list(accuracy) == ((z > 0) == t).double().mean(1).tolist()
    assert list(dead) == (second == 0).all(-1).sum(-1).tolist()


def test_two_dead_units_never_learn():
    """2 個とも死んだ網は、どれも正解率が 50 % で、失敗した網には死んだユニットがある。"""
    for rho in (0.1, 1.0, 3.0):
        accuracy, dead = topic.trained(rho)
        assert np.all(accuracy[dead == 2] == 0.5) and np.any(dead == 2)
        assert np.all(dead[accuracy < 0.99] > 0)


def test_larger_steps_kill_more():
    """学習率を 0.1、1、3 と上げると、2 個とも死ぬ回数が増える。"""
    _, rows = topic.deaths()
    killed = [row[3] for row in rows]
    assert killed == sorted(set(killed))
    assert all(sum(row[1:4]) == 100 for row in rows)


@given(st.integers(-3000, 3000).map(lambda k: k / 1000), st.floats(-100, 100))
def test_supporting_line_never_exceeds_exactly_for_subgradients(s, x):
    """劣勾配の直線は、どの点でも ReLU を上回らない。そうでない直線は、1 か −1 で必ず上回る。"""
    if topic.is_subgradient(s):
        assert topic.support(x, s) <= relu(x)
    else:
        assert max(topic.support(side, s) - relu(side) for side in (-1.0, 1.0)) > 0


@given(st.lists(st.floats(-5, 5), min_size=1), st.floats(-2, 2), st.floats(-5, 5))
def test_alive_counts_positive_outputs(v, w, b):
    """働いているデータの件数は、PyTorch の ReLU の出力が正になる件数に等しい。"""
    output = torch.relu(torch.tensor(v, dtype=torch.float64) * w + b)
    assert topic.alive(np.array(v), w, b) == int((output > 0).sum())


def test_low_bias_kills_the_unit():
    """バイアスを十分に下げたユニットは、1 件も働かない。"""
    v = np.linspace(-2, 2, 9)
    assert topic.alive(v, 1.0, 0.0) == 4
    assert topic.alive(v, 1.0, -2.0) == 0
