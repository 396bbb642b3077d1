"""横ベクトル・縦ベクトルの性質。"""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from snippets.neuron import vectors

numbers = st.floats(-100, 100, width=32)
lists = st.integers(1, 8).flatmap(lambda n: arrays(float, n, elements=numbers))
pairs = st.integers(1, 8).flatmap(lambda n: st.tuples(*[arrays(float, n, elements=numbers)] * 2))


def test_row_and_column_have_the_shape_of_one_line():
    """100 個の数は、横なら 1 行 100 列、縦なら 100 行 1 列になる。"""
    x = np.arange(100.0)
    assert vectors.row(x).shape == (1, 100)
    assert vectors.column(x).shape == (100, 1)


@given(lists)
def test_transpose_turns_row_into_column(x):
    """横を転置すると縦になり、ほどくと元に戻る。"""
    np.testing.assert_array_equal(vectors.row(x).T, vectors.column(x))
    np.testing.assert_array_equal(vectors.vector(vectors.column(x)), x)


def test_transpose_of_one_dimensional_array_does_nothing():
    """1 次元配列の .T は同じ形のままである。"""
    assert np.arange(100.0).T.shape == (100,)


@pytest.mark.parametrize("make", [vectors.row, vectors.column])
def test_second_wrapping_is_refused(make):
    """すでに向きのある配列をもう一度包むことはできない。"""
    with pytest.raises(ValueError, match=r"1 次元配列.*\(1, 3\)"):
        make(np.ones((1, 3)))


def test_row_vector_is_not_a_column():
    """横ベクトルは、縦ベクトルとして黙って受け取られない。"""
    with pytest.raises(ValueError, match=r"\(1, 3\)"):
        vectors.vector(np.ones((1, 3)))


@given(pairs)
def test_inner_product_three_ways(pair):
    """1 次元どうしの @、横 × 縦の 1 × 1 行列、内積は同じ数になる。"""
    x, y = pair
    assert np.shape(x @ y) == ()
    assert (vectors.row(x) @ vectors.column(y)).item() == pytest.approx(vectors.inner(x, y), rel=1e-12, abs=1e-9)
    assert x @ y == pytest.approx(vectors.inner(x, y), rel=1e-12, abs=1e-9)


@given(lists, lists)
def test_outer_product_is_column_times_row(x, y):
    """直積は縦 × 横の行列積と同じで、NumPy の np.outer とも同じ。"""
    np.testing.assert_array_equal(vectors.outer(x, y), vectors.column(x) @ vectors.row(y))
    np.testing.assert_array_equal(vectors.outer(x, y), np.outer(x, y))


def test_inner_product_refuses_different_lengths():
    """長さの違うベクトルの内積は、広げずに断る。"""
    with pytest.raises(ValueError, match=r"\(3,\) と \(1,\)"):
        vectors.inner(np.ones(3), np.ones(1))


def test_shape_table_matches_the_notes_on_numpy():
    """計算ごとの形は C-74 の一覧と一致する。"""
    _, rows = vectors.shape_table(100)
    shapes = {text: shape for text, shape, _ in rows}
    assert shapes["a.T"] == "(100,)"
    assert shapes["a @ a"] == "()"
    assert shapes["a - v"] == "(100, 100)"
    assert shapes["h @ v"] == "(1, 1)"
    assert shapes["v @ h"] == "(100, 100)"
    assert shapes["h @ h"] == "ValueError"
    assert shapes["h @ a"] == shapes["a @ v"] == "(1,)"


@given(pairs)
def test_safe_mse_agrees_with_torch(pair):
    """形がそろえば、平均二乗誤差は PyTorch と同じ。"""
    a, b = pair
    expected = F.mse_loss(torch.tensor(a), torch.tensor(b)).item()
    assert vectors.safe_mse(a, b) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_equal_vectors_have_error_four_thirds_when_shapes_differ():
    """同じ (0, 1, 2) でも、片方が縦なら PyTorch の誤差は警告だけで 4/3 になる。"""
    a = torch.arange(3.0)
    with pytest.warns(UserWarning, match="different to the input size"):
        loss = F.mse_loss(a, a[:, None])
    assert loss.item() == pytest.approx(4 / 3)
    assert vectors.broadcast_mse(np.arange(3.0), np.arange(3.0)) == pytest.approx(4 / 3)
    assert vectors.safe_mse(np.arange(3.0), np.arange(3.0)) == 0


def test_safe_mse_refuses_different_shapes():
    """広げれば計算できてしまう形も、安全版は断る。"""
    with pytest.raises(ValueError, match=r"\(3,\) と \(3, 1\)"):
        vectors.safe_mse(np.ones(3), np.ones((3, 1)))


@given(pairs)
def test_broadcast_error_of_equal_vectors_is_twice_the_variance(pair):
    """同じベクトルどうしなら、広がった誤差は分散の 2 倍である。"""
    a, _ = pair
    assert vectors.broadcast_mse(a, a) == pytest.approx(2 * np.var(a), rel=1e-9, abs=1e-9)


def test_mismatched_learning_collapses_to_the_mean():
    """目標だけ縦にして学習すると、予測はすべて目標の平均になる。"""
    targets = np.array([0.0, 1.0, 5.0])
    np.testing.assert_allclose(vectors.fit(targets, mismatched=True), 2.0, atol=1e-12)
    np.testing.assert_allclose(vectors.fit(targets, mismatched=False), targets, atol=1e-12)


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize("mismatched", [False, True])
def test_one_step_of_fit_is_the_gradient_of_torch(mismatched):
    """学習の 1 歩は、PyTorch の勾配の n 倍に学習率をかけたものだけ進む。"""
    targets = np.array([0.0, 1.0, 5.0])
    prediction = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    other = torch.tensor(targets)[:, None] if mismatched else torch.tensor(targets)
    F.mse_loss(prediction, other).backward()
    step = vectors.fit(targets, mismatched, steps=1, rate=0.1)
    np.testing.assert_allclose(step, -0.1 * 3 * prediction.grad.numpy(), atol=1e-14)


def test_exercise_three_by_three():
    """(3,) と (3, 1) の積は (3, 3) になる。"""
    assert (np.ones(3) * np.ones((3, 1))).shape == (3, 3)


def test_combinations_tell_what_numpy_does():
    """選んで引く表の文は、その形の配列で NumPy が実際に返す形か、誤りの文である。"""
    shapes = {"向きなし (3,)": (3,), "横 (1, 3)": (1, 3), "縦 (3, 1)": (3, 1), "行列 (2, 3)": (2, 3)}
    signs = {"+": np.add, "*": np.multiply, "@": np.matmul}
    rows = vectors.combinations()
    assert len({(r["left"], r["sign"], r["right"]) for r in rows}) == len(rows) == 4 * 3 * 4
    for r in rows:
        try:
            shape = signs[r["sign"]](np.zeros(shapes[r["left"]]), np.zeros(shapes[r["right"]])).shape
        except ValueError:
            assert r["text"][0] == "ValueError"
        else:
            assert f"結果の形は {shape}。" in r["text"][0]
