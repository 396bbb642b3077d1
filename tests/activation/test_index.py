"""層を畳むこと、畳んだ網が引ける境界、Playground のデータでの学習。"""

import functools
import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.stats import norm

from snippets.activation import _playground, index


def random_layers(seed, *sizes):
    """大きさ sizes の層の (W, b) を並べる。"""
    rng = np.random.default_rng(seed)
    return [(rng.normal(size=(m, n)), rng.normal(size=m)) for n, m in itertools.pairwise(sizes)]


def folded(layers):
    """何層でも 1 層に畳む。"""
    return functools.reduce(lambda inner, outer: index.collapse(*inner, *outer), layers)


def separable(X, t):
    """線形計画法で、t (w·x + b) ≥ 1 を満たす w, b があるか。"""
    rows = -t[:, None] * np.column_stack([X, np.ones(len(X))])
    return linprog(np.zeros(3), A_ub=rows, b_ub=-np.ones(len(X)), bounds=[(None, None)] * 3).status == 0


@given(st.lists(st.integers(1, 5), min_size=3, max_size=3), st.integers(0, 99))
def test_two_layers_equal_one(sizes, seed):
    """2 層を通した値は、畳んだ 1 層の値と等しい。"""
    first, second = random_layers(seed, *sizes)
    x = np.random.default_rng(seed).normal(size=sizes[0])
    W, b = index.collapse(*first, *second)
    assert np.allclose(W @ x + b, index.deep(x, *first, *second), rtol=1e-12, atol=1e-12)


def test_ten_layers_equal_one():
    """torch の 10 層の網も 1 層に畳め、1000 点での差は丸めの範囲に収まる。"""
    torch.manual_seed(0)
    network = torch.nn.Sequential(*(torch.nn.Linear(4, 4, dtype=torch.float64) for _ in range(10)))
    W, b = folded([(layer.weight.detach().numpy(), layer.bias.detach().numpy()) for layer in network])
    x = torch.randn(1000, 4, dtype=torch.float64)
    assert np.abs(network(x).detach().numpy() - (x.numpy() @ W.T + b)).max() < 1e-12


def test_narrowest_layer_limits_the_rank():
    """畳んだ行列の階数は、途中のいちばん細い層を超えない。"""
    W, _ = folded(random_layers(3, 6, 2, 5, 6))
    assert W.shape == (6, 6)
    assert np.linalg.matrix_rank(W) == 2


def test_collapse_of_the_exercise():
    """演習の 2 枚を畳むと (−2, −2) と −6 になる。"""
    W, b = index.collapse(np.array([[1, 2], [3, 4]]), np.array([5, 6]), np.array([[1, -1]]), np.array([-5]))
    assert (W.tolist(), b.tolist()) == ([[-2, -2]], [-6])


def test_collapse_refuses_shapes_that_do_not_chain():
    """形の続かない層は ValueError になる。"""
    with pytest.raises(ValueError, match="W_1 の行の数と W_2 の列の数が違う"):
        index.collapse(np.ones((3, 2)), np.ones(3), np.ones((1, 2)), np.ones(1))


def test_tanh_between_layers_cannot_be_collapsed():
    """tanh をはさむと、中点での値が両端の平均からはずれる。"""
    (W, b), (V, c) = random_layers(0, 2, 4, 1)
    far, near = (V @ np.tanh(W @ (k * np.ones(2)) + b) + c for k in (2, 0))
    other = V @ np.tanh(W @ (-2 * np.ones(2)) + b) + c
    assert abs(near - (far + other) / 2).item() > 0.1


def test_relu_units_can_add_up_to_a_line():
    """曲がる関数を使っても、組み合わせしだいでは直線に戻る。"""
    x = np.linspace(-3, 3, 61)
    assert np.array_equal(np.maximum(0, x) - np.maximum(0, -x), x)


@pytest.mark.parametrize("name", index.DATASETS)
def test_dataset_is_balanced_and_repeatable(name):
    """データは 500 点で、2 組の大きさはほぼ等しく、同じ乱数なら同じ点になる。"""
    X, t = index.dataset(name, 4)
    assert X.shape == (500, 2)
    assert set(t) == {1.0, -1.0}
    assert abs(t.sum()) < 60
    assert np.array_equal(X, index.dataset(name, 4)[0])


def test_dataset_follows_the_stated_distribution():
    """gauss の中心は (±2, ±2)、分散は 0.5、circle の半径は 2.5 未満か 3.5 以上である。"""
    X, t = index.dataset("gauss", 0, 20_000)
    assert np.allclose(X[t > 0].mean(axis=0), 2, atol=0.03)
    assert np.allclose(X[t < 0].mean(axis=0), -2, atol=0.03)
    assert np.allclose((X - 2 * t[:, None]).var(axis=0), 0.5, atol=0.02)
    X, t = index.dataset("circle")
    radius = np.hypot(*X.T)
    assert np.all(radius[t > 0] < 2.5)
    assert np.all((radius[t < 0] >= 3.5) & (radius[t < 0] <= 5))


def test_xor_label_is_the_sign_of_the_product():
    """xor の正解は座標の積の符号で、どの点も軸から 0.3 以上離れている。"""
    X, t = index.dataset("xor")
    assert np.array_equal(np.sign(X.prod(axis=1)), t)
    assert np.abs(X).min() >= 0.3


def test_unknown_dataset_is_refused():
    """知らない名前のデータは ValueError になる。"""
    with pytest.raises(ValueError, match="gauss, circle, xor"):
        index.dataset("spiral")


def test_only_gauss_is_linearly_separable():
    """学習に使う 9 組のデータのうち、直線で分けられるのは gauss の 3 組だけである。"""
    found = [[separable(*index.dataset(name, seed)) for seed in range(3)] for name in ("gauss", "circle", "xor")]
    assert found == [[True] * 3, [False] * 3, [False] * 3]


def test_stray_probability_is_four_standard_deviations():
    """直線を越える確率は、標準正規分布の 4 より上の裾である。"""
    assert index.stray() == pytest.approx(norm.sf(4), rel=1e-12)
    assert index.stray() == pytest.approx(norm.sf(2 * np.sqrt(2), scale=np.sqrt(0.5)), rel=1e-12)


@pytest.mark.parametrize("activation", index.ACTIVATIONS)
def test_hand_written_training_matches_torch(activation):
    """手で書いた逆伝播で 2 周学習した重みは、torch の SGD の重みと 12 桁合う。"""
    X, t = index.dataset("xor", 1, 60)
    ours = _playground.train(X[None], t[None], activation, epochs=2)
    start = _playground.train(X[None], t[None], activation, epochs=0)
    tensors = [torch.tensor(value[0], requires_grad=True) for layer in start for value in layer]
    optimizer = torch.optim.SGD(tensors, lr=0.03)
    for k in list(range(0, 60, 10)) * 2:
        a = torch.tensor(X[k : k + 10])
        for number, (W, b) in enumerate(zip(tensors[::2], tensors[1::2], strict=True)):
            a = a @ W.T + b
            a = torch.tanh(a) if number == 2 or activation == "tanh" else a
        optimizer.zero_grad()
        ((a[:, 0] - torch.tensor(t[k : k + 10])) ** 2 / 2).mean().backward()
        optimizer.step()
    for value, tensor in zip((v[0] for layer in ours for v in layer), tensors, strict=True):
        assert np.allclose(value, tensor.detach().numpy(), rtol=1e-12, atol=1e-14)


def test_linear_network_solves_gauss():
    """原メモのリンクの設定では、活性化関数が線形でも 99 % 以上正解する。"""
    assert index.accuracy("gauss", "線形")[0] >= 0.99


@pytest.mark.parametrize("name", ["circle", "xor"])
def test_linear_network_fails_where_a_line_cannot_separate(name):
    """circle と xor では、線形のままだと正解率が 75 % を超えない。"""
    assert index.accuracy(name, "線形")[1] <= 0.75


def test_tanh_network_solves_circle():
    """tanh をはさむと、同じ網が circle に 90 % 以上正解する。"""
    assert index.accuracy("circle", "tanh")[0] >= 0.9


def test_tanh_beats_linear_on_xor():
    """xor では、tanh のいちばん悪い回も線形のいちばん良い回より正解する。"""
    assert index.accuracy("xor", "tanh")[0] > index.accuracy("xor", "線形")[1]


def test_scoreboard_lists_every_pair():
    """正解率の表には、3 種のデータと 2 種の活性化関数がそろう。"""
    headers, rows = index.scoreboard()
    assert headers == ("データ", "線形", "tanh")
    assert [row[0] for row in rows] == list(index.DATASETS)
    assert rows[0][1:] == ("100 %", "100 %")


def test_values_of_the_famous_functions():
    """有名な関数の値の表は、torch の値と一致する。"""
    _, rows = index.values()
    z = torch.tensor([row[0] for row in rows], dtype=torch.float64)
    want = torch.stack([(z > 0).double(), torch.sigmoid(z), torch.tanh(z), torch.relu(z)], dim=1)
    assert np.allclose([row[1:] for row in rows], want, rtol=1e-15, atol=1e-15)
