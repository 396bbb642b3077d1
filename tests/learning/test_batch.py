"""バッチサイズの性質。照合の相手は PyTorch の DataLoader と自動微分。"""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

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


def test_exercise_numbers():
    """60,000 件を 128 件ずつなら 469 回で、468 組のあとに 96 件が残る。"""
    assert batch.updates_per_epoch(60000, 128) == 469
    assert 60000 - 468 * 128 == 96 == len(batch.batches(60000, 128, 0)[-1])


def test_noise_shrinks_like_the_square_root():
    """標準偏差 × √B は、B を 1 から 64 に変えても 5 % しか動かない。"""
    X, t = batch.data()
    exact = np.std(-2 * t * X[:, 0])  # 1 件の勾配の標準偏差
    for B, _, scaled in batch.noise()[1]:
        assert scaled == pytest.approx(exact, rel=0.05), B


def test_random_sample_is_unbiased():
    """1 件の勾配を全件にわたって平均すると、全件の勾配に一致する。"""
    X, t = batch.data()
    each = [batch.gradient(X[k : k + 1], weights(), t[k : k + 1]) for k in range(100)]
    assert np.mean(each, axis=0) == pytest.approx(batch.gradient(X, weights(), t), abs=1e-14)


def test_small_batches_go_further_per_sample():
    """同じ 3 巡のあと、B = 1 の誤差は B = 100 の誤差の半分より小さい。"""
    assert batch.train(1, epochs=3)[-1] < batch.train(100, epochs=3)[-1] / 2


def test_small_batches_keep_shaking():
    """最後の 5 巡で、B = 1 の誤差は揺れ続け、B = 10 の誤差の揺れより 3 倍以上大きい。"""
    one, ten = batch.train(1)[-500:], batch.train(10)[-50:]
    assert one.std() > 3 * ten.std()


@pytest.mark.parametrize("B", [0, 101])
def test_impossible_batch_size_is_refused(B):
    """0 件や、全件より多いバッチサイズは断る。"""
    with pytest.raises(ValueError, match=f"B = {B}, N = 100"):
        batch.batches(100, B, 0)
