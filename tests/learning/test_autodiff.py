"""自動微分の性質。回数は数え、値は mpmath と手計算に照らす。"""

import itertools

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize_scalar

from snippets.learning import _difference, _expression
from snippets.learning import autodiff as ad
from snippets.learning._counting import Counter, calls_of
from snippets.learning._multiplying import Multiplier, from_left, from_right
from snippets.learning._value import Value

VECTORS = arrays(float, 3, elements=st.floats(-2, 2, allow_subnormal=False))


@pytest.mark.parametrize("n", [1, 2, 7, 30])
def test_calls_are_2n_n_and_1(n):
    """中心差分は 2n 回、前進差分は n + 1 回、フォワードモードは n 回、リバースモードは 1 回だけ関数を呼ぶ。"""
    assert list(ad.call_counts(n)) == [2 * n, n + 1, n, 1]


def test_wrong_gradient_is_not_counted():
    """合わない勾配を返す方法の回数は、数えずに断る。"""
    with pytest.raises(ValueError, match="勾配が合わない"):
        calls_of(lambda E, w: 1.01 * ad.numeric_gradient(E, w), 3)


def test_calls_table():
    """重み 100 個の列は、200 回、101 回、100 回、1 回である。"""
    assert [row[3] for row in ad.calls()[1]] == ["200 回", "101 回", "100 回", "1 回（と、逆に 1 回）"]


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
    """4 つの方法の勾配は一致し、自動微分どうしは丸め誤差しか違わない。"""
    reverse = ad.reverse_gradient(ad.smooth, w)
    assert ad.one_sided_gradient(ad.smooth, w) == pytest.approx(reverse, abs=1e-4)
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
        found = _difference.errors(difference)
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
    counter = Counter(lambda x: [np.sin(k * x) for k in range(1000)])
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


def test_bert_would_take_sixty_hours():
    """BERT-base の重みの数は層ごとの合計に等しく、1 ミリ秒の順伝播の中心差分なら 60.8 時間、2.5 日かかる。"""
    h, vocabulary, inner = 768, 30522, 3072
    embeddings = (vocabulary + 512 + 2) * h + 2 * h
    layer = 4 * (h * h + h) + (h * inner + inner) + (inner * h + h) + 2 * 2 * h
    head = (h * h + h) + 2 * h + vocabulary  # 出力の行列は埋め込みと共有
    assert embeddings + 12 * layer + head == ad.BERT_PARAMETERS == 219_028_596 / 2
    assert ad.hours(ad.BERT_PARAMETERS, 1.0) == pytest.approx(60.8, abs=0.05)
    assert ad.hours(ad.BERT_PARAMETERS, 1.0) / 24 == pytest.approx(2.5, abs=0.05)


@pytest.mark.parametrize("difference", [ad.forward_difference, ad.central_difference])
def test_zero_step_is_refused(difference):
    """刻み 0 は断る。"""
    with pytest.raises(ValueError, match="h は 0 以外"):
        difference(1.0, np.exp, 0)


@pytest.mark.parametrize(
    ("budget", "best", "depth"),
    [
        (ad.forward_budget, lambda e: 2 * np.sqrt(e), lambda e: 2 * np.sqrt(e)),
        (ad.central_budget, ad.central_best, lambda e: (3 * e) ** (2 / 3) / 2),
    ],
)
def test_budget_is_lowest_at_its_best_step(budget, best, depth):
    """誤差の見こみを数値で最小化すると、式のとおりの刻みと深さになる。"""
    for epsilon in (1e-16, 1e-8, 1e-3):
        found = minimize_scalar(lambda t, e=epsilon: np.log(budget(np.exp(t), e)), bounds=(-25, 2), method="bounded")
        assert np.exp(found.x) == pytest.approx(best(epsilon), rel=1e-3)
        assert np.exp(found.fun) == pytest.approx(depth(epsilon), rel=1e-6)


@pytest.mark.parametrize(
    ("difference", "budget"),
    [(ad.forward_difference, ad.forward_budget), (ad.central_difference, ad.central_budget)],
)
def test_budget_is_a_fair_estimate(difference, budget):
    """刻みが 0.1 以下なら、測った誤差は見こみの 1.1 倍を超えない。"""
    for h, error in zip(_difference.STEPS, _difference.errors(difference), strict=True):
        assert h > 0.11 or error <= 1.1 * budget(h, ad.EPSILON)


def test_budget_table():
    """表の測った底は、見こみの底の 10 倍以内にあり、見こみの誤差を超えない。"""
    for _, step, budget, h, error in ad.budget_table()[1]:
        assert 0.1 < h / step < 10 and error < budget


def test_complex_step_has_no_valley():
    """複素数の刻みは、刻みを 1e-8 以下のどこまで小さくしても、float64 の間隔の 2 倍以内で正確である。"""
    found = _difference.errors(ad.complex_step)
    assert np.all(found[_difference.STEPS <= 1e-8] <= 2 * 2.0**-52)
    assert ad.complex_step(1.0, np.exp, 1e-300) == pytest.approx(np.e, rel=1e-15)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3))
def test_complex_matrices_are_complex_numbers(a, b, c, d):
    """複素数の行列の積は、Python の複素数の積である。"""
    product = complex(a, b) * complex(c, d)
    assert ad.complex_matrix(a, b) @ ad.complex_matrix(c, d) == pytest.approx(
        np.array([[product.real, -product.imag], [product.imag, product.real]]), abs=1e-12
    )


def test_square_of_three_plus_epsilon():
    """3 + ε の 2 乗は 9 + 6ε である。"""
    assert ad.dual_product(3.0, 1.0, 3.0, 1.0).tolist() == [9, 6]


@settings(max_examples=25)
@given(arrays(float, (3, 2), elements=st.floats(-2, 2)), VECTORS, VECTORS)
def test_jvp_and_vjp_are_sides_of_one_jacobian(A, first, s):
    """フォワードモードは J v、リバースモードは J の転置と s の積で、J は手で求めたヤコビ行列である。"""
    w, v = first[:2], first[1:]
    J = (1 - np.tanh(A @ w) ** 2)[:, None] * A
    assert ad.jacobian(A, w, torch.tanh).numpy() == pytest.approx(J, abs=1e-12)
    assert ad.jvp(A, w, v, np.tanh) == pytest.approx(J @ v, abs=1e-12)
    assert ad.vjp(A, w, s, torch.tanh).numpy() == pytest.approx(J.T @ s, abs=1e-12)


def test_multiplier_multiplies():
    """数えながらかけた積は、どちらの順でも NumPy の積に等しい。"""
    rng = np.random.default_rng(0)
    matrices = [rng.normal(size=shape) for shape in ((2, 3), (3, 4), (4, 5))]
    want = np.linalg.multi_dot(matrices)
    for order in (from_left, from_right):
        assert order(Multiplier(), *matrices) == pytest.approx(want)


def test_order_of_multiplication():
    """幅 100、10 段なら、出口からは 10 万回、入口からは 901 万回で、90.1 倍違う。"""
    n, K = 100, 10
    assert (K * n**2, (K - 1) * n**3 + n**2) == (100_000, 9_010_000)
    assert ad.chain_from_exit(5, 10) * 4.6 == ad.chain_from_entrance(5, 10) == 9 * 5**3 + 5**2
    assert ad.order_table()[1][-1] == (40, 5, "8,000", "257,600", "32.2 倍")


@pytest.mark.parametrize("k", [1, 5, 40])
def test_work_of_reverse_mode(k):
    """逆向きのかけ算は計算の数の 2 倍を超えず、覚える数は計算の長さに比例する。"""
    forward, backward, stored = ad.work(k)
    assert (forward, backward, stored) == (4 * k, 8 * k, 7 * k + 1)
    assert backward <= 2 * forward


@pytest.mark.parametrize("k", [1, 3, 6])
def test_symbolic_derivative_is_right(k):
    """数式処理の導関数に数を入れると、Value と二重数の傾きに一致する。"""
    x, tree = 0.3, _expression.logistic(k)
    leaf = Value(x)
    chain = ad.chain_program(leaf, k)
    chain.backward()
    assert _expression.value(tree, x) == pytest.approx(chain.data, rel=1e-12)
    assert _expression.value(_expression.derivative(tree), x) == pytest.approx(leaf.grad, rel=1e-10)
    assert ad.chain_program(ad.Dual(x, 1.0), k).slope == pytest.approx(leaf.grad, rel=1e-10)


def test_expression_swells():
    """8 回のくり返しで導関数の式は 1 万を超え、1 回ごとに 2 倍より速く増えるが、自動微分の計算は 96 回で済む。"""
    sizes = [ad.swell(k)[1] for k in range(1, 9)]
    assert sizes[-1] > 10_000 and all(b > 2 * a for a, b in itertools.pairwise(sizes))
    assert sum(ad.work(8)[:2]) == 96


def test_branch_hides_the_slope():
    """値が同じでも、0 だけ別の枝を通るプログラムの 0 での傾きは、3 ではなく 0 になる。"""
    assert ad.branch_table()[1] == [(-1, 1, 1), (0, 3, 0), (1, 5, 5)]


def test_checkpoints_of_ten_thousand_steps():
    """1 万歩を 100 歩ごとに区切ると、覚える数は最小の 200 個になる。"""
    stored = {tau: 10_000 / tau + tau for tau in range(1, 10_001)}
    assert min(stored, key=stored.get) == 100 and stored[100] == 200
