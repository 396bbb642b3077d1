"""出力層の個数。"""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from snippets.output import output_size as topic


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


@settings(deadline=None)
@given(st.floats(-20, 20))
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
