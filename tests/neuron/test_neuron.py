"""ニューロン 1 個の性質。"""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from snippets.neuron import neuron

numbers = st.floats(-10, 10, width=32)
inputs = st.integers(1, 8).flatmap(lambda n: st.tuples(*[arrays(float, n, elements=numbers)] * 2, numbers))


@pytest.fixture
def batch():
    """N = 4 件、入力 3、出力 2。どの数も違うので、転置の取り違えが形に現れる。"""
    rng = np.random.default_rng(0)
    return rng.normal(size=(4, 3)), rng.normal(size=(2, 3)), rng.normal(size=2)


def linear(W, b):
    """同じ重みを持つ nn.Linear。"""
    module = torch.nn.Linear(W.shape[1], W.shape[0], dtype=torch.float64)
    with torch.no_grad():
        module.weight.copy_(torch.tensor(W))
        module.bias.copy_(torch.tensor(b))
    return module


@given(inputs)
def test_sum_is_the_loop(case):
    """1 個ずつ足した和と同じ値になる。"""
    x, w, b = case
    total = b
    for x_i, w_i in zip(x, w, strict=True):
        total += x_i * w_i
    assert neuron.preactivation(x, w, b) == pytest.approx(total, rel=1e-12, abs=1e-11)


@given(inputs)
def test_inputs_and_weights_play_the_same_role(case):
    """x と w を入れかえても、重み付き和は変わらない。"""
    x, w, b = case
    assert neuron.preactivation(x, w, b) == neuron.preactivation(w, x, b)


def test_worked_example():
    """x = (1, 2)、w = (0.5, −1)、b = 0.2 のとき z = −1.3、a = 0.2142。"""
    x, w, b = [1, 2], [0.5, -1], 0.2
    assert neuron.preactivation(x, w, b) == pytest.approx(-1.3)
    a = neuron.neuron(x, w, b, lambda z: torch.sigmoid(torch.tensor(z, dtype=torch.float64)))
    assert a == pytest.approx(0.21416501695744)


def test_activation_sees_only_the_sum():
    """活性化関数は z 1 個だけを受け取る。"""
    seen = []
    neuron.neuron([1, 2], [3, 4], 5, lambda z: seen.append(z) or z)
    assert seen == [16.0]


def test_neuron_equals_linear_with_one_output():
    """ニューロンは、出力 1 個の nn.Linear と活性化関数である。"""
    rng = np.random.default_rng(1)
    x, w, b = rng.normal(size=3), rng.normal(size=3), 0.7
    expected = torch.tanh(linear(w[None, :], np.array([b]))(torch.tensor(x))).item()
    assert neuron.neuron(x, w, b, np.tanh) == pytest.approx(expected, abs=1e-12)


def test_layer_equals_linear(batch):
    """層は nn.Linear と同じ値を、同じ形で返す。"""
    X, W, b = batch
    expected = torch.tanh(linear(W, b)(torch.tensor(X))).detach().numpy()
    result = neuron.layer(X, W, b, np.tanh)
    assert result.shape == (4, 2)
    np.testing.assert_allclose(result, expected, atol=1e-12)


def test_layer_is_neurons_side_by_side(batch):
    """層の k 件目の j 番目の出力は、W の j 行目を重みとするニューロンの出力である。"""
    X, W, b = batch
    each = [[neuron.neuron(x, w, b_j, np.tanh) for w, b_j in zip(W, b, strict=True)] for x in X]
    np.testing.assert_allclose(neuron.layer(X, W, b, np.tanh), each, atol=1e-12)


def test_affine_is_one_row_of_the_layer(batch):
    """1 件だけ通した結果は、まとめて通した結果の 1 行である。"""
    X, W, b = batch
    np.testing.assert_allclose(neuron.affine(W, X[2], b), neuron.layer(X, W, b, lambda z: z)[2], atol=1e-12)


def test_linear_keeps_weights_as_output_by_input():
    """nn.Linear(3, 2) の重みは（出力, 入力）の (2, 3) である。"""
    assert tuple(torch.nn.Linear(3, 2).weight.shape) == (2, 3)


def test_transposed_weights_are_refused(batch):
    """（入力, 出力）の順の重みは、両方の形を示して断る。"""
    X, W, b = batch
    with pytest.raises(ValueError, match=r"入力 \(4, 3\)、W \(3, 2\)（出力, 入力）"):
        neuron.layer(X, W.T, b, np.tanh)


def test_square_weights_hide_the_mistake():
    """入力と出力の数が同じだと、転置を取り違えてもエラーにならず、値だけが違う。"""
    x, W, b = np.array([1.0, 2.0]), np.array([[0.0, 1.0], [2.0, 3.0]]), np.zeros(2)
    np.testing.assert_array_equal(neuron.affine(W, x, b), [2, 8])
    np.testing.assert_array_equal(neuron.affine(W.T, x, b), [4, 7])


@pytest.mark.parametrize("b", [0.5, [1.0], [1.0, 2.0, 3.0]])
def test_bias_of_another_length_is_refused(batch, b):
    """b の長さが出力の数と違えば、広げずに断る。"""
    X, W, _ = batch
    with pytest.raises(ValueError, match="b の長さ"):
        neuron.layer(X, W, b, np.tanh)


def test_different_lengths_are_refused():
    """x と w の長さが違えば、両方の形を示して断る。"""
    with pytest.raises(ValueError, match=r"\(2,\) と \(3,\)"):
        neuron.preactivation([1, 2], [1, 2, 3], 0)


@given(st.integers(1, 6), st.integers(1, 6))
def test_parameter_count_is_what_torch_counts(m, n):
    """学習する数の個数は、nn.Linear が持つ数の個数と一致する。"""
    assert neuron.parameter_count(m, n) == sum(p.numel() for p in torch.nn.Linear(n, m).parameters())


def test_parameter_table_adds_up_to_the_network_of_torch():
    """表の合計は、同じ大きさの網を torch で作って数えた個数と、重みとバイアスのどちらも一致する。"""
    *layers, total = neuron.parameter_table((2, 4, 2, 1))[1]
    net = torch.nn.Sequential(*(torch.nn.Linear(n, m) for n, m in ((2, 4), (4, 2), (2, 1))))
    weights = sum(p.numel() for p in net.parameters() if p.ndim == 2)
    biases = sum(p.numel() for p in net.parameters() if p.ndim == 1)
    assert total == ("合計", weights, biases, weights + biases)
    assert [row[0] for row in layers] == ["2 → 4", "4 → 2", "2 → 1"]


def test_exercise_784_128_10():
    """784→128→10 の全結合の網は 101,770 個の数を学習する。"""
    assert neuron.network_parameter_count([784, 128, 10]) == 101_770


def test_output_changes_only_along_the_weights():
    """重みに直交する向きに入力を動かしても、出力は変わらない。"""
    x, w = np.array([0.3, -0.8]), np.array([0.5, -1.0])
    across = np.array([1.0, 0.5])
    assert w @ across == 0
    still = neuron.neuron(x + 3 * across, w, 0.2, np.tanh)
    assert still == pytest.approx(neuron.neuron(x, w, 0.2, np.tanh), abs=1e-12)
    assert neuron.neuron(x + w, w, 0.2, np.tanh) > still


def test_first_input_moves_along_the_sigmoid():
    """1 つめの入力を動かした出力は、もとの入力に戻すともとの出力になり、その重みの符号の向きに単調である。"""
    x, b = [1.0, 2.0], 0.2
    s = np.linspace(-5, 5, 21)
    for w in ([0.5, -1.0], [-2.0, 0.3], [0.0, 1.0]):
        assert neuron.first_input(x[0], x, w, b) == neuron.sigmoid_output(x, w, b)
        slopes = np.diff([neuron.first_input(each, x, w, b) for each in s])
        assert np.all(np.sign(slopes) == np.sign(w[0]))
