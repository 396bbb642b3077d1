"""バックプロパゲーションの性質。照合の相手は PyTorch と中心差分。"""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize

from snippets.learning import backprop as bp

NUMBERS = st.floats(-2, 2, allow_subnormal=False)


def numbers(*shape):
    return arrays(float, shape, elements=NUMBERS)


@given(numbers(3, 2), numbers(3), numbers(3), NUMBERS, numbers(2), NUMBERS)
def test_by_hand_agrees_with_torch(W, c, v, b, x, t):
    """逆向きにかけた勾配は、5 つの変数すべてで PyTorch の grad と一致する。"""
    ours = bp.network_gradients(W, c, v, b, x, t, np.tanh, bp.tanh_slope)
    for mine, theirs in zip(ours, bp.by_torch(W, c, v, b, x, t), strict=True):
        assert mine == pytest.approx(theirs, rel=1e-9, abs=1e-12)


def test_by_hand_agrees_with_central_difference():
    """隠れ層の重みの勾配は、中心差分と 8 桁合う。"""
    W, c, v, b, x, t = bp.EXAMPLE

    def error_at(W):
        return bp.error(bp.output(v, bp.hidden(W, x, c), b, np.tanh), t)

    numeric = np.zeros((2, 2))
    for k in np.ndindex(2, 2):
        shift = np.zeros((2, 2))
        shift[k] = 1e-6
        numeric[k] = (error_at(W + shift) - error_at(W - shift)) / 2e-6
    ours = bp.network_gradients(*bp.EXAMPLE, np.tanh, bp.tanh_slope)[2]
    assert ours == pytest.approx(numeric, rel=1e-8)


def test_numbers_of_the_page():
    """z = 7、L = 9、勾配は −18 と −6 で、手計算の 2(z − t)x と 2(z − t) に等しい。"""
    z = bp.preactivation(2.0, 3.0, 1.0)
    (to_w,), to_b = bp.neuron_gradients([2.0], 1.0, [3.0], 10.0)
    assert (z, bp.loss(z, 10.0)) == (7, 9)
    assert (to_w, to_b) == (2 * (z - 10) * 3, 2 * (z - 10)) == (-18, -6)
    assert to_b * 2.0 == -12  # 図の x の勾配


def test_zero_input_gives_zero_gradient():
    """入力が 0 なら、重みの勾配は 0 になる。"""
    assert bp.neuron_gradients([2.0], 1.0, [0.0], 10.0)[0] == 0


def test_torch_report():
    """葉の grad_fn は None、損失は PowBackward0 で、消さない勾配は −36 まで積もる。"""
    assert bp.torch_report()[1] == [
        ("w.grad_fn", "None"),
        ("L.grad_fn", "PowBackward0"),
        ("その 1 つ手前", "SubBackward0"),
        ("backward の前の w.grad", "None"),
        ("backward のあとの w.grad, b.grad", "−18, −6"),
        ("同じグラフでもう一度 backward", "RuntimeError"),
        ("消さずに、次の順伝播と backward", "−36, −12"),
        ("消してから、次の順伝播と backward", "−18, −6"),
    ]


def test_graph_survives_when_asked():
    """retain_graph=True を付ければ、同じグラフを 2 回たどれる。"""
    w = torch.tensor(2.0, requires_grad=True)
    L = (w * 3 - 9) ** 2
    L.backward(retain_graph=True)
    L.backward()
    assert w.grad.item() == -36


def test_gradients_arrive_from_the_output_side():
    """1 回の backward のあいだに、出口の層から順に勾配が届く。"""
    torch.manual_seed(0)
    layers = [torch.nn.Linear(3, 4), torch.nn.Linear(4, 2), torch.nn.Linear(2, 1)]
    arrived = []
    for k, layer in enumerate(layers):
        layer.weight.register_post_accumulate_grad_hook(lambda _, k=k: arrived.append(k))
    value = torch.ones(3)
    for layer in layers:
        value = torch.tanh(layer(value))
    assert arrived == [] and all(layer.weight.grad is None for layer in layers)
    value.sum().backward()
    assert arrived == [2, 1, 0]
    assert all(layer.weight.grad is not None for layer in layers)


@pytest.mark.parametrize("make", [lambda p: torch.optim.SGD(p, lr=0.02), lambda p: torch.optim.Adam(p, lr=0.1)])
def test_same_gradient_feeds_any_torch_optimizer(make):
    """逆伝播の勾配は、SGD に渡しても Adam に渡しても誤差を減らす。"""
    w = torch.tensor([2.0, -1.0], requires_grad=True)
    optimizer, history = make([w]), []
    for _ in range(60):
        optimizer.zero_grad()
        error = ((w * torch.tensor([3.0, 1.0])).sum() - 10) ** 2
        error.backward()
        optimizer.step()
        history.append(error.item())
    assert history[-1] < history[0] / 100


def test_same_gradient_feeds_lbfgs():
    """逆伝播の勾配は、勾配降下法ではない L-BFGS でも使える。"""

    def with_gradient(w):
        return bp.loss(bp.preactivation(w, [3.0, 1.0], 1.0), 10.0), bp.neuron_gradients(w, 1.0, [3.0, 1.0], 10.0)[0]

    found = minimize(with_gradient, np.array([2.0, -1.0]), jac=True, method="L-BFGS-B")
    assert found.success and found.fun < 1e-10


def test_descent_may_stop_above_the_minimum():
    """くぼみが 2 つある損失では、浅いほうに着いて止まることがある。"""
    w = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    for _ in range(500):
        slope = torch.autograd.grad((w**2 - 1) ** 2 + 0.3 * w, w)[0]
        w = (w - 0.02 * slope).detach().requires_grad_()
    value = ((w**2 - 1) ** 2 + 0.3 * w).item()
    deepest = min((x**2 - 1) ** 2 + 0.3 * x for x in np.linspace(-2, 2, 4001))
    assert slope.abs() < 1e-9 and value > deepest + 0.5


def test_shapes_are_checked():
    """W と入力の形が合わなければ、受け取った形を添えて断る。"""
    with pytest.raises(ValueError, match=r"W \(2, 2\)、c 2、x 3"):
        bp.hidden(np.ones((2, 2)), np.ones(3), np.ones(2))
