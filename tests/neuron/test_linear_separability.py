"""線形分離可能の判定が、別の道筋の答えと合うこと。"""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from snippets.activation.index import dataset
from snippets.neuron import linear_separability as ls

XOR = np.array([-1, 1, 1, -1])
numbers = st.floats(-100, 100, width=32)


def truth_tables(n, largest):
    """整数の重みをすべて試して集めた、作れる真理値表。線形計画法を使わない数え方。"""
    X = np.array(list(itertools.product((0, 1), repeat=n)))
    w = np.array(list(itertools.product(range(-largest, largest + 1), repeat=n)))
    z = w @ X.T
    b = np.arange(-n * largest - 1, n * largest + 1) + 0.5
    tables = (z[:, np.newaxis, :] + b[:, np.newaxis] > 0).reshape(-1, 2**n)
    return np.unique(np.packbits(tables, axis=1), axis=0)


@pytest.mark.parametrize(("n", "expected"), [(1, 4), (2, 14), (3, 104)])
def test_counts_of_threshold_functions(n, expected):
    """線形計画法で数えた個数は、整数の重みをすべて試した個数と同じである。"""
    assert ls.count_threshold_functions(n) == expected == len(truth_tables(n, 2))


def test_four_inputs_have_1882_threshold_functions():
    """4 入力で作れる論理関数は、本文に書いた 1,882 個である。"""
    assert len(truth_tables(4, 3)) == 1882
    assert 2 ** (2**4) == 65536


def test_only_xor_and_xnor_are_inseparable():
    """2 入力で分けられないのは、XOR と XNOR だけである。"""
    labels = itertools.product((-1, 1), repeat=4)
    assert {t for t in labels if not ls.is_separable(ls.corners(2), t)} == {tuple(XOR), tuple(-XOR)}


def test_counts_table_shows_the_shrinking_share():
    """表の割合は、入力の数とともに減る。"""
    shares = [row[2] / row[1] for row in ls.counts()[1]]
    assert shares[0] == 1
    assert shares == sorted(shares, reverse=True)
    assert shares[2] < 0.5


def test_too_many_inputs_are_refused():
    """4 入力以上を数える頼みは、受け取った数を示して断る。"""
    with pytest.raises(ValueError, match="n = 4"):
        ls.count_threshold_functions(4)


@pytest.mark.parametrize("seed", range(10))
def test_linear_programming_agrees_with_convex_hulls(seed):
    """重みを探す判定と、凸包の交わりを調べる判定は、いつも同じ答えになる。"""
    rng = np.random.default_rng(seed)
    answers = set()
    for _ in range(10):
        n, sizes = rng.integers(1, 4), rng.integers(1, 6, 2)
        A, B = rng.normal(size=(sizes[0], n)), rng.normal(size=(sizes[1], n)) + rng.uniform(0, 1.5)
        separable = ls.is_separable(np.r_[A, B], np.repeat([1, -1], sizes))
        assert separable == ls.hulls_disjoint(A, B)
        answers.add(separable)
    assert answers == {True, False}


def test_touching_hulls_are_not_disjoint():
    """XOR の 2 組は、中央の 1 点を共有している。"""
    X = ls.corners(2)
    assert not ls.hulls_disjoint(X[XOR > 0], X[XOR < 0])
    np.testing.assert_array_equal(X[XOR > 0].mean(axis=0), X[XOR < 0].mean(axis=0))


@given(st.lists(st.integers(-8, 8), min_size=1, max_size=5), st.lists(st.integers(-8, 8), min_size=1, max_size=5))
@settings(max_examples=40, deadline=None)
def test_on_a_line_separable_means_not_interleaved(A, B):
    """数直線では、分けられることは、一方の最大が他方の最小より小さいことと同じである。"""
    points, t = np.array(A + B, dtype=float)[:, np.newaxis], np.repeat([1, -1], [len(A), len(B)])
    assert ls.is_separable(points, t) == (max(A) < min(B) or max(B) < min(A))


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_the_separator_separates(seed):
    """返った仕切りは本当に 2 組を分け、どの点でも余裕が 1 以上ある。"""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rng.integers(1, 8), rng.integers(1, 4)))
    t = np.where(X @ rng.normal(size=X.shape[1]) + rng.normal() > 0, 1, -1)
    w, b = ls.separator(X, t)
    assert ls.separates(X, t, w, b)
    assert ls.margin(X, t, w, b) > 1 - 1e-6


def test_gauss_is_separable_and_circle_is_not():
    """2 つの塊は直線で分けられ、円の内と外は分けられない。2 乗した座標では分けられる。"""
    assert ls.is_separable(*dataset("gauss"))
    X, t = dataset("circle")
    assert not ls.is_separable(X, t)
    assert ls.is_separable(ls.lift(X), t)


def test_circle_becomes_a_line():
    """半径 3 の円は、2 乗した座標では傾き −1 の直線になり、円のデータを分ける。"""
    X, t = dataset("circle")
    assert ls.separates(ls.lift(X), t, np.array([-1, -1]), 9)
    assert [ls.inside(x, 3.0) for x in X] == list(t > 0)


def test_a_square_separates_the_middle_number():
    """{1, 3} と {2} は数直線では分けられず、(x, x²) に移せば分けられる。"""
    x, t = np.array([[1.0], [3.0], [2.0]]), [1, 1, -1]
    assert not ls.is_separable(x, t)
    assert ls.is_separable(np.c_[x, x**2], t)


@given(st.lists(numbers, min_size=1, max_size=6))
@settings(deadline=None)
def test_hyperplane_has_one_dimension_less(w):
    """超平面に沿う独立な向きは n−1 個で、どれも重みと直交する。"""
    assume(max(map(abs, w)) > 1e-3)
    directions = ls.directions(w)
    assert len(directions) == len(w) - 1
    np.testing.assert_allclose(directions @ w, 0, atol=1e-4)
    np.testing.assert_allclose(directions @ directions.T, np.eye(len(w) - 1), atol=1e-9)


def test_zero_weight_has_no_hyperplane():
    """重みが 0 なら、向きを尋ねても断る。"""
    with pytest.raises(ValueError, match=r"0\.0"):
        ls.directions([0, 0])


def test_cover_counts_labels_in_general_position():
    """平面にばらまいた 6 点を分ける方法の数は、カバーの式と同じである。"""
    X = np.random.default_rng(1965).normal(size=(6, 2))
    labels = ((1, *rest) for rest in itertools.product((-1, 1), repeat=5))
    assert 2 * sum(ls.is_separable(X, t) for t in labels) == ls.cover_count(6, 2)


def test_cover_bounds_the_cube():
    """立方体の頂点は一般の位置にないので、分け方は 128 通りより少ない。"""
    assert ls.cover_count(4, 2) == ls.count_threshold_functions(2)
    assert ls.cover_count(8, 3) == 128 > 104


def test_score_tells_the_side():
    """識別関数の符号は側と一致し、境目の上は正の側に含めない。"""
    w, b = np.array([1.0, 1.0]), -1.5
    assert [ls.score(x, w, b) for x in ls.corners(2)] == [-1.5, -0.5, -0.5, 0.5]
    assert [ls.positive_side(x, w, b) for x in ls.corners(2)] == [False, False, False, True]
    assert not ls.positive_side(np.array([1.5, 0.0]), w, b)


def test_a_point_on_the_boundary_is_not_separated():
    """境目の上に点が乗ると余裕は 0 で、分けたことにならない。"""
    X, t = np.array([[0.0], [1.0]]), np.array([-1, 1])
    assert ls.margin(X, t, np.array([1.0]), 0.0) == 0
    assert not ls.separates(X, t, np.array([1.0]), 0.0)


def test_hull_vertices_decide():
    """凸包の内側の点を捨てても、分けられるかどうかは変わらない。"""
    rng = np.random.default_rng(3)
    for shift in (0.3, 2.0):
        A, B = rng.normal(size=(20, 2)) - shift, rng.normal(size=(20, 2)) + shift
        corner_A, corner_B = A[ConvexHull(A).vertices], B[ConvexHull(B).vertices]
        assert ls.hulls_disjoint(A, B) == ls.hulls_disjoint(corner_A, corner_B)


@pytest.mark.parametrize(
    ("X", "t", "message"),
    [
        ([1.0, 2.0], [1, -1], r"\(2,\)"),
        ([[1.0], [2.0]], [1], r"\(1,\)"),
        ([[1.0], [2.0]], [0, 1], r"0\.0"),
    ],
)
def test_wrong_shapes_and_labels_are_refused(X, t, message):
    """形の合わない表や ±1 でないラベルは、受け取ったものを示して断る。"""
    with pytest.raises(ValueError, match=message):
        ls.is_separable(X, t)


def test_empty_or_mismatched_sets_are_refused():
    """空の組や次元の違う組の凸包は断る。"""
    with pytest.raises(ValueError, match=r"\(2, 1\)"):
        ls.hulls_disjoint(np.zeros((1, 2)), np.zeros((2, 1)))
    with pytest.raises(ValueError, match=r"\(0, 2\)"):
        ls.hulls_disjoint(np.zeros((0, 2)), np.zeros((2, 2)))
