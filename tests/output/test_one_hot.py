"""ワンホット、softmax、交差エントロピーの性質。"""

import mpmath
import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch.nn import functional as F

from snippets._precision import broken, exact_values
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


@settings(deadline=None)
@given(scores)
def test_jacobian_of_softmax_agrees_with_autograd(z):
    """確率を点数で微分した表は、PyTorch の自動微分と一致する。"""
    p = topic.softmax(z)
    theirs = torch.autograd.functional.jacobian(lambda u: torch.softmax(u, 0), torch.tensor(z)).numpy()
    np.testing.assert_allclose(np.diag(p) - np.outer(p, p), theirs, atol=1e-12)


@settings(deadline=None)
@given(scores, st.integers(0, 5), st.floats(0, 1))
def test_smoothing_agrees_with_torch(z, t, epsilon):
    """ならした正解の損失と勾配は、PyTorch の label_smoothing と一致する。"""
    t, leaf = t % len(z), torch.tensor(z, requires_grad=True)
    theirs = F.cross_entropy(leaf, torch.tensor(t), label_smoothing=epsilon)
    theirs.backward()
    target = topic.smoothed(t, len(z), epsilon)
    assert topic.log_sum_exp(z) - target @ z == pytest.approx(theirs.item(), rel=1e-9, abs=1e-9)
    np.testing.assert_allclose(topic.softmax(z) - target, leaf.grad.numpy(), atol=1e-12)


def test_gradient_does_not_vanish_on_confident_mistakes():
    """正解の確率が 0 に近いほど、正解の点数への勾配は −1 に近づく。"""
    slopes = [topic.gradient([x, 0.0], topic.one_hot(1, 2))[1] for x in (0.0, 2.0, 10.0)]
    assert slopes == sorted(slopes, reverse=True) and slopes[-1] == pytest.approx(-1, abs=1e-4)


def test_descent_walks_to_the_right_corner():
    """勾配と逆へ動かすと、損失は毎回下がり、正解の確率は 0.24 から 0.9 を超えるまで上がる。"""
    path = topic.descent(1)
    assert np.all(np.diff(path[:, 1]) > 0) and path[0, 1] == pytest.approx(0.2424, abs=5e-5) and path[-1, 1] > 0.9
    np.testing.assert_allclose(path.sum(axis=1), 1, rtol=1e-14)


def test_answers_of_the_exercise():
    """点数 (log 2, 0, 0) の損失は log 2、勾配は −1/2、1/4、1/4、ならした正解は 0.9333 と 0.03333 である。"""
    z = np.log([2.0, 1.0, 1.0])
    assert topic.loss(z, 0) == pytest.approx(np.log(2), rel=1e-12)
    np.testing.assert_allclose(topic.gradient(z, topic.one_hot(0, 3)), [-0.5, 0.25, 0.25], rtol=1e-12)
    assert [f"{v:.4g}" for v in topic.smoothed(0, 3, 0.1)] == ["0.9333", "0.03333", "0.03333"]


def worst(forms, way, dtype=np.float64):
    """標本での最大の ULP。"""
    return forms.errors(way, dtype).max()


def test_log_sum_exp_and_loss_work_along_rows():
    """(N, C) を渡すと、log_sum_exp も損失も確率も、行ごとに SciPy と一致する。"""
    z = np.random.default_rng(0).normal(0, 300, (4, 3))
    np.testing.assert_allclose(topic.log_sum_exp(z), scipy.special.logsumexp(z, axis=1), rtol=1e-14)
    np.testing.assert_allclose(topic.loss(z, 2), -scipy.special.log_softmax(z, axis=1)[:, 2], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(topic.probabilities(z), scipy.special.softmax(z, axis=1), rtol=1e-12, atol=1e-300)
    assert topic.log_sum_exp(np.array([-1000.0, 1000.0])) == 1000


def test_plain_softmax_overflows_and_the_shifted_one_only_rounds():
    """式のままの softmax は 709.78 から nan になり、最大を引いた形は、どれも 100 から 300 ULP の誤差にとどまる。"""
    plain, *shifted = topic.FORMS.ways
    left, right = topic.FORMS.edges(plain, broken)
    assert f"{right:.15g}" == "709.782712893384" and left == pytest.approx(-3 * right, rel=1e-15)
    for way in shifted:
        assert 100 < worst(topic.FORMS, way) < 300
        assert topic.FORMS.edges(way) == (None, None)


def test_error_of_softmax_grows_with_the_gap():
    """最大を引いた softmax の誤差は、点数の差を丸めた誤差で、差が 1 のそばでは 10 ULP 以内、大きいと差に比例する。"""
    x, error = topic.FORMS.sample(np.float64), topic.FORMS.errors("このノートの softmax", np.float64)
    assert error[np.abs(x) < 1].max() < 10
    assert np.all(error <= 10 + np.abs(x) * 4 / 3)


def test_log_sum_exp_overflows_only_in_the_plain_form():
    """式のままの log-sum-exp は 709.78 から ∞ になり、くくり出した形はどれもあふれない。"""
    plain, *shifted = topic.TOTAL_FORMS.ways
    assert topic.TOTAL_FORMS.edges(plain, broken) == (None, pytest.approx(np.log(np.finfo(float).max), rel=1e-15))
    assert all(topic.TOTAL_FORMS.edges(way, broken) == (None, None) for way in shifted)


@pytest.mark.parametrize("way", ["log(sum(exp(z)))", "m + log(sum(exp(z - m)))", "torch.logsumexp"])
def test_total_drops_what_is_small_beside_one(way):
    """1 を足してから対数をとる形と torch.logsumexp は、−53 ln 2 から左で 0 になる。"""
    edge = topic.TOTAL_FORMS.edges(way)[0]
    assert f"{edge:.15g}" == "-36.7368005696771" and edge == pytest.approx(-53 * np.log(2), rel=1e-15)
    assert topic.TOTAL_FORMS.values(way, np.full(64, edge))[0] == 0 < topic.log_sum_exp(np.array([edge, 0]))


@pytest.mark.parametrize("way", ["このノートの log_sum_exp", "np.logaddexp.reduce", "scipy.special.logsumexp"])
def test_total_keeps_its_digits_with_log1p(way):
    """残りの和を log1p に渡す形は、どこでも 1 桁は合い、float64 では 2 ULP 以内に収まる。"""
    assert topic.TOTAL_FORMS.edges(way) == (None, None)
    assert worst(topic.TOTAL_FORMS, way) < 2 and worst(topic.TOTAL_FORMS, way, np.float32) < 3


@pytest.mark.parametrize("z", [(800.0, 799.0), (-800.0, -801.0), (0.0, -40.0), (-700.0, 3.0, 3.0), (2.5, -9.75, 1.0)])
def test_exact_total_is_the_definition(z):
    """比べる相手の正しい値は、定義を 1000 桁で計算した値と、30 桁まで一致する。"""
    truth = exact_values(topic.exact_total, np.array([z]))
    with mpmath.workdps(1000):
        right = mpmath.log(sum(mpmath.exp(mpmath.mpf(v)) for v in z))
        found = (mpmath.mpf(truth.head[0]) + mpmath.mpf(truth.tail[0])) * mpmath.mpf(2) ** int(truth.exponent[0])
        assert abs(found / right - 1) < mpmath.mpf(10) ** -30


def test_table_of_totals_matches_the_prose():
    """式のままの形は ∞、−∞、0 になり、torch.logsumexp は 3 組めで 0 になり、4 組めはどれも合わない。"""
    _, rows = topic.totals()
    table = {name: values for name, *values in rows}
    right = table.pop("正しい値")
    assert table["log(sum(exp(z)))"][:3] == [np.inf, -np.inf, 0]
    assert table["m + log(sum(exp(z - m)))"][2] == table["torch.logsumexp"][2] == 0
    for way in ("このノートの log_sum_exp", "np.logaddexp.reduce", "scipy.special.logsumexp"):
        assert table[way][:3] == pytest.approx(right[:3], rel=1e-15)
    assert all(abs(values[3] - right[3]) >= abs(right[3]) > 0 for values in table.values())


def test_log_sum_exp_is_ill_conditioned_at_zero():
    """値が 0 になる点のそばでは、点数を 1 つとなりの数にするだけで、正しい値がもとの大きさ以上に動く。"""
    z = np.array([-np.log1p(np.exp(-1)), -np.log1p(np.exp(-1)) - 1])
    moved = np.stack([z, [np.nextafter(z[0], 0), z[1]], [z[0], np.nextafter(z[1], 0)]])
    truth = exact_values(topic.exact_total, moved)
    values = np.ldexp(truth.head, truth.exponent)
    assert np.all(np.abs(values[1:] - values[0]) > abs(values[0]))
    assert np.abs(topic.log_sum_exp(moved) - values).max() < 3e-16


@pytest.mark.parametrize("way", ["-log(softmax(z)[t])", "scipy.special.log_softmax", "F.cross_entropy"])
def test_loss_vanishes_when_the_answer_is_certain(way):
    """確率を経由する形も F.cross_entropy も、53 ln 2 から右で、0 でない損失を 0 にする。"""
    edge = topic.LOSS_FORMS.edges(way)[1]
    assert f"{edge:.15g}" == "36.7368005696771"
    assert topic.LOSS_FORMS.values(way, np.full(64, edge))[0] == 0 < topic.loss(topic.three_scores(np.array([edge])), 0)


def test_loss_of_this_note_keeps_both_ends():
    """このノートの損失には 1 桁も合わない入力がなく、100 ULP 以内に収まる。"""
    assert worst(topic.LOSS_FORMS, "このノートの loss") < 100
    assert topic.LOSS_FORMS.edges("このノートの loss") == (None, None)
    assert topic.LOSS_FORMS.edges("-log(softmax(z)[t])", broken)[0] == pytest.approx(-559, abs=1)
    assert 30 < topic.LOSS_FORMS.edges("log_sum_exp(z) - z[t]")[1] < 37
