"""出力層の個数。"""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from snippets.activation.sigmoid import derivative, sigmoid
from snippets.output import output_size as topic
from snippets.output.one_hot import softmax

scores = st.floats(-20, 20)


def test_linear_is_called_out_features():
    """torch の層は n_out を out_features と呼び、重みの行の数がその値になる。"""
    layer = torch.nn.Linear(3, 4)
    assert layer.out_features == len(layer.weight) == len(layer.bias) == 4


@pytest.mark.parametrize(
    ("task", "sizes", "rows"),
    [
        ("2 値分類（1 個で済ませる）", {}, 1),
        ("2 値分類（2 個並べる）", {}, 2),
        ("多クラス分類（C クラスから 1 つ）", {"C": 10}, 10),
        ("多ラベル分類（C 個の札を独立に）", {"C": 7}, 7),
        ("順序のある C 段階", {"C": 5}, 4),
        ("回帰（d 個の量）", {"d": 3}, 3),
        ("穴埋め（語彙数 V、1 か所あたり）", {"V": 30522}, 30522),
    ],
)
def test_head_shapes(task, sizes, rows):
    """出力の個数は課題で決まり、入力の個数にはよらない。"""
    assert topic.head_shape(task, 5, **sizes) == (rows, 5)
    assert topic.head_shape(task, 8, **sizes) == (rows, 8)


def test_every_head_is_in_the_table():
    """表には課題がもれなく並ぶ。"""
    headers, rows = topic.heads()
    assert [row[0] for row in rows] == list(topic.HEADS) and {len(row) for row in rows} == {len(headers)}
    assert all(hasattr(torch.nn, row[3]) for row in rows)


@settings(deadline=None)
@given(scores)
def test_one_sigmoid_or_two_softmax(score):
    """出力 1 個のシグモイドと、もう片方を 0 に固めた出力 2 個の softmax は、同じ確率を返す。"""
    score = torch.tensor(score, dtype=torch.float64)
    pair = torch.stack([score, torch.zeros_like(score)])
    torch.testing.assert_close(torch.sigmoid(score), torch.softmax(pair, 0)[0])


def test_two_outputs_cost_twice_as_many_weights():
    """2 個並べると、学習する数も 2 倍になる。"""
    assert topic.parameter_count(2, 9) == 2 * topic.parameter_count(1, 9) == 20


def test_unknown_task_is_refused():
    """知らない課題は断る。"""
    with pytest.raises(ValueError, match="占い"):
        topic.head_shape("占い", 3)


def test_missing_size_is_refused():
    """個数が足りなければ、何が足りないかを言う。"""
    with pytest.raises(ValueError, match="C の値がいる"):
        topic.head_shape("多クラス分類（C クラスから 1 つ）", 3)


@settings(deadline=None)
@given(scores, scores, st.sampled_from([0, 1]))
def test_both_ways_have_the_same_loss_and_slope(a, b, t):
    """2 個の交差エントロピーと、差を点数とする 1 個の交差エントロピーは、値も傾きも同じである。"""
    z = torch.tensor([a, b], dtype=torch.float64, requires_grad=True)
    one = F.binary_cross_entropy_with_logits(z[0] - z[1], torch.tensor(float(t), dtype=torch.float64))
    one.backward()
    assert topic.two_class_loss((a, b), t) == pytest.approx(one.item(), rel=1e-9, abs=1e-12)
    slope = z.grad.clone()
    z.grad = None
    F.cross_entropy(z, torch.tensor(1 - t)).backward()
    torch.testing.assert_close(z.grad, slope)
    assert z.grad.sum().item() == pytest.approx(0, abs=1e-15)


@given(st.lists(scores, min_size=2, max_size=6))
def test_last_score_can_be_fixed(u):
    """最後の点数を 0 に固めても、同じ確率が作れる。"""
    np.testing.assert_allclose(topic.without_last(np.array(u)), softmax(np.array(u)), rtol=1e-9)


def test_probabilities_of_all_label_sets_add_up_to_one():
    """札の組の確率は e^{−損失} で、2 の C 乗通りを足すと 1 になる。"""
    u = np.array([0.3, -1.0, 2.0])
    losses = [topic.multilabel_loss(u, y) for y in itertools.product((0, 1), repeat=3)]
    assert len(losses) == 2**3 and np.exp(np.negative(losses)).sum() == pytest.approx(1, rel=1e-12)


def test_sigmoids_do_not_add_up_to_one():
    """点数 2、1、0.1 のシグモイドは 0.88、0.73、0.52 で、足すと 2 を超え、softmax は 0.66、0.24、0.10 になる。"""
    p, q = sigmoid(np.array(topic.LOGITS)), softmax(np.array(topic.LOGITS))
    assert [f"{v:.2f}" for v in (*p, *q)] == ["0.88", "0.73", "0.52", "0.66", "0.24", "0.10"] and p.sum() > 2


@pytest.mark.parametrize("seed", range(3))
def test_matched_pairs_have_the_slope_prediction_minus_target(seed):
    """表の 3 組は、どれも傾きが「予測 − 正解」になる。"""
    rng = np.random.default_rng(seed)
    u, y, r = rng.normal(size=4), rng.integers(0, 2, 4).astype(float), rng.normal(size=4)
    np.testing.assert_allclose(topic.sigmoid_slope(u, y), sigmoid(u) - y, rtol=1e-12)
    np.testing.assert_allclose(topic.linear_slope(u, r), u - r, rtol=1e-12)
    z = torch.tensor(u, requires_grad=True)
    F.cross_entropy(z, torch.tensor(2)).backward()
    np.testing.assert_allclose(z.grad.numpy(), softmax(u) - np.eye(4)[2], rtol=1e-12)


def test_softmax_of_one_output_learns_nothing():
    """出力 1 個と同じ形の正解では、損失も勾配も 0 で、エラーは出ない。番号の 1 を渡すと IndexError になる。"""
    z = torch.randn(5, 1, requires_grad=True)
    loss = F.cross_entropy(z, torch.tensor([[0.0], [1.0], [0.0], [1.0], [1.0]]))
    loss.backward()
    assert loss.item() == 0 and not z.grad.any()
    with pytest.raises(IndexError):
        F.cross_entropy(z, torch.tensor([0, 1, 0, 1, 1]))


def test_shapes_that_differ_by_one_axis():
    """(N, 1) と (N,) を、BCEWithLogitsLoss は ValueError で断り、MSELoss は警告だけで (N, N) の平均を返す。"""
    output, target = torch.tensor([[0.0], [1.0]]), torch.tensor([0.0, 1.0])
    with pytest.raises(ValueError, match="must be the same as input size"):
        F.binary_cross_entropy_with_logits(output, target)
    with pytest.warns(UserWarning, match="broadcasting"):
        assert F.mse_loss(output, target).item() == 0.5
    assert F.mse_loss(output.squeeze(-1), target).item() == 0


@given(scores, st.floats(-5, 5), st.floats(0, 5))
def test_ordinal_probabilities(g, theta, width):
    """順序のある 3 段階の確率は、負にならず、足すと 1 になり、境目が重なるとまん中が 0 になる。"""
    p = topic.ordinal(g, theta, theta + width)
    assert p.min() >= 0 and p.sum() == pytest.approx(1, rel=1e-12)
    assert topic.ordinal(g, theta, theta)[1] == 0


def test_ordinal_order_follows_the_score():
    """点数が上がるにつれて、いちばん確からしい段階は低、中、高と入れかわる。"""
    assert [int(np.argmax(topic.ordinal(g, -1.5, 1.5))) for g in (-4, 0, 4)] == [0, 1, 2]


def test_sizes_of_the_table():
    """表の個数は、7,850、2,049,000、1,538、769、23,471,418 である。"""
    assert [row[3] for row in topic.sizes()[1]] == ["7,850", "2,049,000", "1,538", "769", "23,471,418"]


def test_answers_of_the_exercise():
    """答えは 1290 個、3 個、1/2、同じ確率 0.8808、傾き −1.0000 と −4.5e-5 である。"""
    assert topic.parameter_count(10, 128) == 1290
    assert topic.head_shape("多ラベル分類（C 個の札を独立に）", 8, C=3)[0] == 3 and sigmoid(0.0) == 0.5
    for z in ((3.0, 1.0), (103.0, 101.0)):
        assert softmax(np.array(z))[0] == pytest.approx(0.8808, abs=5e-5)
    assert sigmoid(-10.0) - 1 == pytest.approx(-1, abs=5e-5)
    assert (sigmoid(-10.0) - 1) * derivative(-10.0) == pytest.approx(-4.54e-5, rel=1e-3)
