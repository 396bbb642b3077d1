"""自動微分の性質。回数は数え、値は mpmath と手計算に照らす。"""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from snippets.learning import autodiff as ad

VECTORS = arrays(float, 3, elements=st.floats(-2, 2, allow_subnormal=False))


@pytest.mark.parametrize("n", [1, 2, 7, 30])
def test_calls_are_2n_n_and_1(n):
    """数値微分は 2n 回、フォワードモードは n 回、リバースモードは 1 回だけ関数を呼ぶ。"""
    assert [ad.count(method, n) for method in ad.METHODS] == [2 * n, n, 1]


def test_reverse_mode_goes_back_once():
    """リバースモードが逆にたどるのも 1 回だけである。"""
    backward = []

    def watched(w):
        value = ad.smooth(w)
        value.register_hook(lambda slope: backward.append(slope.item()))
        return value

    ad.reverse_gradient(watched, np.linspace(-1, 1, 30))
    assert backward == [1.0]


@given(VECTORS)
def test_all_methods_agree(w):
    """3 つの方法の勾配は一致し、自動微分どうしは丸め誤差しか違わない。"""
    reverse = ad.reverse_gradient(ad.smooth, w)
    assert ad.forward_gradient(ad.smooth, w) == pytest.approx(reverse, rel=1e-13, abs=1e-14)
    assert ad.numeric_gradient(ad.smooth, w) == pytest.approx(reverse, abs=1e-6)


@settings(max_examples=25)
@given(VECTORS, VECTORS)
def test_reverse_mode_is_exact(w, v):
    """リバースモードの勾配と、フォワードモードの向きへの傾きは、40 桁の微分に丸め誤差で一致する。"""
    exact = [float(mpmath.diff(lambda t, k=k: _mp_smooth([*w[:k], t, *w[k + 1 :]]), w[k])) for k in range(3)]
    assert ad.reverse_gradient(ad.smooth, w) == pytest.approx(exact, rel=1e-12, abs=1e-14)
    assert ad.directional(ad.smooth, w, v) == pytest.approx(np.dot(exact, v), rel=1e-10, abs=1e-12)


def _mp_smooth(w):
    s = sum(mpmath.mpf(u) ** 3 - mpmath.mpf(u) for u in w)
    return s / (1 + s**2)


def test_error_curve_has_a_bottom():
    """刻みと誤差の曲線は谷形で、中心差分の底は前進差分の底より 10 倍以上深い。"""
    (h_1, e_1), (h_2, e_2) = map(ad.best, (ad.forward_difference, ad.central_difference))
    assert 1e-9 <= h_1 <= 1e-7 and 1e-6 <= h_2 <= 1e-4
    assert e_1 < 1e-7 and e_2 < e_1 / 10
    for difference, bottom in ((ad.forward_difference, e_1), (ad.central_difference, e_2)):
        found = ad.errors(difference)
        assert found[0] > 1e4 * bottom and found[-1] > 1e4 * bottom


@pytest.mark.parametrize(("difference", "ratio"), [(ad.forward_difference, 10), (ad.central_difference, 100)])
def test_order_of_the_error(difference, ratio):
    """刻みを 10 分の 1 にすると、ずれは前進差分で 1/10、中心差分で 1/100 になる。"""
    coarse, fine = (abs(difference(1.0, np.exp, h) - np.e) for h in (1e-2, 1e-3))
    assert coarse / fine == pytest.approx(ratio, rel=0.02)


def test_branches_are_differentiated_along_the_path():
    """if のあるプログラムでも、実際に通った枝が微分される。"""

    def branching(w):
        return (w**3).sum() if w[0] > 0 else (5 * w).sum()

    assert ad.reverse_gradient(branching, np.array([2.0])) == 12
    assert ad.reverse_gradient(branching, np.array([-2.0])) == 5


def test_one_input_many_outputs_is_for_forward_mode():
    """入力が 1 つなら、フォワードモード 1 回で 1000 個の出力の傾きがそろう。"""
    counter = ad.Counter(lambda x: [np.sin(k * x) for k in range(1000)])
    slopes = [output.slope for output in counter(ad.Dual(0.0, 1.0))]
    assert counter.calls == 1 and slopes == list(range(1000))


@given(st.floats(-3, 3))
def test_dual_rules_are_the_textbook_derivatives(x):
    """二重数の規則は、手で求めた導関数に等しい。"""
    d = ad.Dual(x, 1.0)
    assert (np.tanh(d) * d).slope == pytest.approx(x / np.cosh(x) ** 2 + np.tanh(x), rel=1e-12, abs=1e-15)
    assert (np.sin(d) / (2 + d * d)).slope == pytest.approx(
        np.cos(x) / (2 + x * x) - 2 * x * np.sin(x) / (2 + x * x) ** 2, rel=1e-10, abs=1e-15
    )


def test_bert_would_take_two_and_a_half_days():
    """BERT-base の重みの数は層ごとの合計に等しく、中心差分なら 1 ミリ秒の順伝播で 2.5 日かかる。"""
    h, vocabulary, inner = 768, 30522, 3072
    embeddings = (vocabulary + 512 + 2) * h + 2 * h
    layer = 4 * (h * h + h) + (h * inner + inner) + (inner * h + h) + 2 * 2 * h
    head = (h * h + h) + 2 * h + vocabulary  # 出力の行列は埋め込みと共有
    assert embeddings + 12 * layer + head == ad.BERT_PARAMETERS
    assert ad.days(ad.BERT_PARAMETERS, 1.0) == pytest.approx(2.5, abs=0.05)


@pytest.mark.parametrize("difference", [ad.forward_difference, ad.central_difference])
def test_zero_step_is_refused(difference):
    """刻み 0 は断る。"""
    with pytest.raises(ValueError, match="h は 0 以外"):
        difference(1.0, np.exp, 0)
