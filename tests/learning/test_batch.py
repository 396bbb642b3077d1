"""バッチサイズの性質。照合の相手は PyTorch の DataLoader と自動微分。"""

import itertools
import statistics

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets.learning import _batch_runs as runs
from snippets.learning import batch, gradient_descent


def weights():
    return np.array([0.3, -0.7, 1.1])


def test_gradient_agrees_with_torch():
    """全件の勾配は、PyTorch の mse_loss の勾配に等しい。"""
    X, t = batch.data()
    assert batch.gradient(X, weights(), t) == pytest.approx(gradient_descent.mse_gradient(X, weights(), t), rel=1e-12)


@pytest.mark.parametrize("B", [1, 10, 50])
def test_mean_of_even_batches_is_the_full_gradient(B):
    """件数のそろった組の勾配を平均すると、全件の勾配になる。"""
    X, t = batch.data()
    parts = [batch.gradient(X[rows], weights(), t[rows]) for rows in batch.batches(100, B, 7)]
    assert np.mean(parts, axis=0) == pytest.approx(batch.gradient(X, weights(), t), abs=1e-14)


def test_uneven_batches_need_weights():
    """64 件と 36 件では、単純平均は 0.01 以上ずれ、件数で重みをつければ丸め誤差で合う。"""
    plain, weighted = batch.uneven()
    assert plain > 0.01 and weighted < 1e-14


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 5))
def test_every_sample_is_used_once_per_epoch(N, B, seed):
    """一巡で、どのデータもちょうど 1 回ずつ使われる。"""
    parts = batch.batches(N, min(B, N), seed)
    assert sorted(np.concatenate(parts)) == list(range(N))
    assert len(parts) == batch.updates_per_epoch(N, min(B, N))
    assert all(len(rows) == min(B, N) for rows in parts[:-1])


@pytest.mark.parametrize(("B", "updates"), [(1, 100), (10, 10), (32, 4), (100, 1)])
def test_updates_per_epoch_agrees_with_dataloader(B, updates):
    """100 件の一巡の更新回数は、PyTorch の DataLoader の組の数と同じである。"""
    loader = torch.utils.data.DataLoader(range(100), batch_size=B)
    assert batch.updates_per_epoch(100, B) == updates == len(loader)


def test_batch_size_does_not_change_the_data_of_an_epoch():
    """DataLoader の batch_size を変えても、一巡で使うデータは同じで、変わるのは組の数だけである。"""
    seen = {}
    for B in (1, 7, 100):
        parts = list(torch.utils.data.DataLoader(torch.arange(100), batch_size=B, shuffle=True))
        seen[len(parts)] = sorted(torch.cat(parts).tolist())
    assert len(seen) == 3 and all(data == list(range(100)) for data in seen.values())


@given(st.integers(1, 500), st.integers(1, 500))
def test_last_batch_is_what_is_left(N, B):
    """最後の組の件数は、組に切り分けて最後を数えたものに等しい。"""
    last = [len(range(N)[start : start + B]) for start in range(0, N, B)][-1]
    assert batch.last_batch(N, B) == last


def test_exercise_numbers():
    """469 回で最後は 96 件、4 件から 2 件の平均の分散は 7/6、平均損失は 0.609 である。"""
    assert batch.updates_per_epoch(60000, 128) == 469
    assert 60000 - 468 * 128 == 96 == batch.last_batch(60000, 128)
    means = [statistics.mean(pair) for pair in itertools.combinations([1, 2, 3, 6], 2)]
    assert statistics.pvariance([1, 2, 3, 6]) == 3.5 and len(means) == 6
    assert batch.without_replacement([1, 2, 3, 6], 2) == pytest.approx(statistics.pvariance(means)) == 3.5 / 2 * 2 / 3
    assert batch.combine(0.5, 1.0, 100, 28) == pytest.approx((50 + 28) / 128) == 0.609375


def test_per_sample_gradients_agree_with_torch():
    """1 件ごとの勾配は、損失の並びの自動微分（ヤコビ行列）に等しい。"""
    X, t = (torch.tensor(part) for part in batch.data())
    jacobian = torch.autograd.functional.jacobian(lambda w: (X @ w - t) ** 2, torch.tensor(weights()))
    assert batch.per_sample(*map(np.asarray, (X, weights(), t))) == pytest.approx(jacobian.numpy(), rel=1e-12)


@given(st.lists(st.floats(-10, 10), min_size=3, max_size=7), st.integers(1, 3))
def test_variances_follow_the_formulas(a, B):
    """数えあげた分散は、重複ありで σ²/B、重複なしではその (N − B)/(N − 1) 倍である。"""
    one, N = batch.variance(np.array(a)), len(a)
    assert one == pytest.approx(statistics.pvariance(a), abs=1e-9)
    assert batch.with_replacement(a, B) == pytest.approx(one / B, abs=1e-9)
    assert batch.without_replacement(a, B) == pytest.approx(one / B * (N - B) / (N - 1), abs=1e-9)


def test_more_samples_than_there_are_is_refused():
    """重複なしでは、全件より多くは選べない。"""
    with pytest.raises(ValueError, match="B = 4, N = 3"):
        batch.without_replacement([1.0, 2.0, 3.0], 4)


def test_measured_noise_agrees_with_the_formulas():
    """測った標準偏差は、重複ありで σ/√B、重複なしではその √((N − B)/(N − 1)) 倍と 6 % 以内で合う。"""
    sigma = np.std(gradient_of_each())
    for B, free, _, shuffled, formula in batch.noise()[1]:
        assert free == pytest.approx(sigma / np.sqrt(B), rel=0.06)
        assert formula == pytest.approx(sigma * np.sqrt((100 - B) / 99 / B), abs=1e-12)
        assert shuffled == pytest.approx(formula, rel=0.06, abs=1e-12)


def gradient_of_each():
    X, t = batch.data()
    return -2 * t * X[:, 0]  # w = 0 での 1 件ごとの勾配の第 1 成分


def test_floor_agrees_with_simulation():
    """谷を雑音つきで下り続けたずれの 2 乗の平均は、釣り合いの高さと 5 % 以内で合う。"""
    rho, bend, d = 0.1, 1.2, 3.0
    signs = np.random.default_rng(5).choice((-1, 1), size=(400, 5000))
    x = np.zeros(5000)
    for xi in signs:
        x = x - rho * (bend * x + d * xi)
    assert np.mean(x**2) == pytest.approx(batch.floor(rho, bend, d), rel=0.05)


def test_rate_over_batch_sets_the_shaking():
    """ρ/B が同じなら揺れの高さは 1.5 倍以内、ρ/B が 10 分の 1 なら 20 倍以上低く、全件なら底に着く。"""
    one, ten, slow_one, slow_ten, full = (row[-1] for row in batch.shaking()[1])
    assert 1 / 1.5 < one / ten < 1.5 and 1 / 1.5 < slow_one / slow_ten < 1.5
    assert min(one, ten) > 20 * max(slow_one, slow_ten) and abs(full) < 1e-12


def test_decreasing_rate_calms_the_shaking():
    """学習率を減らしていくと、固定したときの揺れの高さの 10 分の 1 より下まで静まる。"""
    fixed, decayed = (runs.excess(runs.train(1, 60, 0.02, gamma))[-500:].mean() for gamma in (0.0, 0.005))
    assert decayed < fixed / 10


def test_linear_scaling_fails_at_second_order():
    """学習率を半分にすると、1 件ずつの 10 歩とまとめた 1 歩のずれは、およそ 4 分の 1 になる。"""
    gaps = [row[-1] for row in batch.scaling()[1]]
    assert all(3.5 < before / after < 4.1 for before, after in itertools.pairwise(gaps))


def test_accumulated_gradients_are_the_large_batch():
    """損失を 4 で割って 4 回 backward すると 64 件の勾配になり、割らなければ 4 倍になる。"""
    X, t = (torch.tensor(part[:64]) for part in batch.data())
    full = batch.gradient(X.numpy(), weights(), t.numpy())
    for divisor, factor in ((4, 1), (1, 4)):
        w = torch.tensor(weights(), requires_grad=True)
        for rows in torch.arange(64).split(16):
            (torch.nn.functional.mse_loss(X[rows] @ w, t[rows]) / divisor).backward()
        assert w.grad.numpy() == pytest.approx(factor * full, rel=1e-12)


def test_random_sample_is_unbiased():
    """1 件の勾配を全件にわたって平均すると、全件の勾配に一致する。"""
    X, t = batch.data()
    each = [batch.gradient(X[k : k + 1], weights(), t[k : k + 1]) for k in range(100)]
    assert np.mean(each, axis=0) == pytest.approx(batch.gradient(X, weights(), t), abs=1e-14)


def test_progress_per_update_is_alike():
    """30 回と 60 回の更新のあとの誤差は、B が 1 でも 10 でも 100 でも 25 % と離れない。"""
    for k in (30, 60):
        each = [runs.errors(runs.train(B, 100))[k] for B in (1, 10, 100)]
        assert max(each) < 1.25 * min(each) and max(each) < runs.errors(np.zeros(3)) / 3


def test_small_batches_go_further_per_sample():
    """同じ 3 巡のあと、B = 1 の誤差は B = 100 の誤差の半分より小さい。"""
    assert runs.errors(runs.train(1, epochs=3))[-1] < runs.errors(runs.train(100, epochs=3))[-1] / 2


def test_small_batches_keep_shaking():
    """最後の 5 巡で、B = 1 の誤差は揺れ続け、B = 10 の誤差の揺れより 3 倍以上大きい。"""
    one, ten = runs.errors(runs.train(1))[-500:], runs.errors(runs.train(10))[-50:]
    assert one.std() > 3 * ten.std()


@pytest.mark.parametrize("B", [0, 101])
def test_impossible_batch_size_is_refused(B):
    """0 件や、全件より多いバッチサイズは断る。"""
    with pytest.raises(ValueError, match=f"B = {B}, N = 100"):
        batch.batches(100, B, 0)


@pytest.mark.parametrize("B", [1, 4, 32])
def test_density_is_a_distribution_with_the_shrunk_deviation(B):
    """密度は、足して 1、標準偏差が 1/√B の分布である。"""
    z = np.linspace(-9, 9, 20001)
    weight = batch.density(z, B) * (z[1] - z[0])
    assert weight.sum() == pytest.approx(1, abs=1e-9)
    assert np.sqrt(weight @ z**2) == pytest.approx(batch.shrink(B), rel=1e-9)
    drawn = np.random.default_rng(B).normal(size=(20000, B)).mean(axis=1)
    assert drawn.std() == pytest.approx(batch.shrink(B), rel=0.03)
