"""ワンホット、softmax、交差エントロピーの性質。"""

import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch.nn import functional as F

from snippets.output import one_hot as topic

LOGITS = torch.tensor([topic.LOGITS], dtype=torch.float64)
scores = st.integers(1, 6).flatmap(lambda n: arrays(float, n, elements=st.floats(-50, 50)))


@given(scores)
def test_softmax_is_scipy(z):
    """SciPy の softmax と一致する。"""
    np.testing.assert_allclose(topic.softmax(z), scipy.special.softmax(z), rtol=1e-12)
    np.testing.assert_allclose(topic.probabilities(z), scipy.special.softmax(z), rtol=1e-12)


def test_softmax_works_along_rows():
    """(N, C) を渡すと、行ごとに和が 1 になる。"""
    z = np.random.default_rng(0).normal(size=(4, 3))
    np.testing.assert_allclose(topic.softmax(z).sum(axis=1), 1, rtol=1e-15)
    np.testing.assert_allclose(topic.softmax(z)[2], topic.softmax(z[2]), rtol=1e-15)


def test_softmax_survives_large_scores():
    """点数が 1000 でも nan にならないが、式のままの exp はあふれる。"""
    np.testing.assert_array_equal(topic.softmax(np.array([1000.0, 0.0])), [1.0, 0.0])
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert np.exp(1000.0) == np.inf


def test_loss_survives_confident_mistakes():
    """確率が 0 に丸められるほど外れても、番号から求める損失は有限の値を返す。"""
    assert topic.softmax(np.array([1000.0, 0.0]))[1] == 0.0
    assert topic.loss(np.array([1000.0, 0.0]), 1) == 1000.0


def test_loss_survives_confident_hits():
    """確率が 1 に丸められるほど当たっても、損失は 0 につぶれず、e^{-60} になる。"""
    z = np.array([60.0, 0.0])
    assert topic.softmax(z)[0] == 1.0
    assert topic.loss(z, 0) == pytest.approx(np.exp(-60), rel=1e-12)


@given(scores, st.floats(-50, 50))
def test_only_differences_of_scores_matter(z, c):
    """全部の点数に同じ数を足しても、確率は変わらない。"""
    np.testing.assert_allclose(topic.softmax(z + c), topic.softmax(z), rtol=1e-9)


@settings(deadline=None)
@given(scores, st.integers(0, 5))
def test_index_and_one_hot_give_the_same_loss(z, t):
    """番号で測った損失と、ワンホットで測った損失は等しく、どちらも torch と一致する。"""
    t %= len(z)
    ours = topic.loss(z, t)
    theirs = F.cross_entropy(torch.tensor(z)[None], torch.tensor([t])).item()
    mixed = F.cross_entropy(torch.tensor(z), torch.tensor(topic.one_hot(t, len(z)))).item()
    assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-12)
    assert mixed == pytest.approx(theirs, rel=1e-12, abs=1e-12)


def test_worked_example():
    """点数 (2, 1, 0.1)、正解 0 番の損失は 0.41703、勾配は (−0.3410, 0.2424, 0.0986)。"""
    assert topic.loss(topic.LOGITS, 0) == pytest.approx(0.41703, abs=5e-6)
    assert topic.cross_entropy(topic.one_hot(0, 3), topic.softmax(np.array(topic.LOGITS))) == pytest.approx(
        topic.loss(topic.LOGITS, 0)
    )
    np.testing.assert_allclose(topic.gradient(topic.LOGITS, topic.one_hot(0, 3)), [-0.3410, 0.2424, 0.0986], atol=5e-5)


def test_worked_table_is_the_worked_example():
    """表の勾配の列は、確率の列から正解の列を引いたもの。"""
    headers, rows = topic.example()
    assert len(headers) == 5 and all(row[4] == pytest.approx(row[2] - row[3]) for row in rows)


def test_gradient_sums_to_zero():
    """勾配の和は 0 で、正解のクラスの成分だけが負になる。"""
    g = topic.gradient([0.3, -1.0, 2.0, 0.0], topic.one_hot(3, 4))
    assert g.sum() == pytest.approx(0, abs=1e-15) and (g < 0).tolist() == [False, False, False, True]


def test_applying_softmax_twice_is_silent():
    """softmax を 2 回かけると、損失は 0.80212 に変わるのに、エラーは出ない。"""
    assert topic.twice() == pytest.approx(0.80212, abs=5e-6)
    assert F.cross_entropy(LOGITS.softmax(1), torch.tensor([0])).item() == pytest.approx(topic.twice())


def test_integer_one_hot_is_refused():
    """torch の one_hot は整数なので、そのまま損失に渡すと RuntimeError になる。"""
    target = F.one_hot(torch.tensor([0]), 3)
    with pytest.raises(RuntimeError, match=r"Expected floating point type for target .*, got Long"):
        F.cross_entropy(LOGITS, target)
    assert F.cross_entropy(LOGITS, target.double()).item() == pytest.approx(topic.loss(topic.LOGITS, 0))


@given(st.integers(2, 12))
def test_uniform_guess_costs_log_c(c):
    """どのクラスにも同じ点数なら、損失は log C になる。"""
    assert topic.loss(np.zeros(c), 0) == pytest.approx(np.log(c))


def test_zero_target_ignores_zero_probability():
    """y が 0 の成分は、p が 0 でも損失に入らない。"""
    assert topic.cross_entropy([1.0, 0.0], [1.0, 0.0]) == 0.0


def test_one_hot_of_a_batch():
    """番号を並べて渡すと、1 行に 1 件ずつ並ぶ。"""
    np.testing.assert_array_equal(topic.one_hot([2, 0], 3), [[0, 0, 1], [1, 0, 0]])
    np.testing.assert_array_equal(topic.one_hot([2, 0], 3), F.one_hot(torch.tensor([2, 0]), 3).numpy())


@pytest.mark.parametrize("t", [-1, 3, 0.5])
def test_one_hot_refuses_bad_labels(t):
    """範囲の外や整数でない番号は、受け取った値を添えて断る。"""
    with pytest.raises(ValueError, match="0 以上 3 未満"):
        topic.one_hot(t, 3)


def test_cross_entropy_refuses_different_shapes():
    """y と p の形が違えば断る。"""
    with pytest.raises(ValueError, match=r"\(3,\) と \(2,\)"):
        topic.cross_entropy([1, 0, 0], [0.5, 0.5])
