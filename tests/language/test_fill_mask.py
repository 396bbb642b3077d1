"""出力層の個数は、語彙数と同じか。"""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from snippets.language import fill_mask as topic

IDS = torch.arange(7)[None]


@pytest.mark.parametrize(
    ("task", "shape"),
    [
        ("fill-mask", (1, 7, 30522)),
        ("token classification", (1, 7, 6)),
        ("question answering", (1, 7, 2)),
        ("sequence classification", (1, 6)),
    ],
)
def test_logits_shapes(task, shape):
    """7 トークンの文に対する出力の形は、頭で決まる。"""
    with torch.no_grad():
        assert tuple(topic.build(task)(IDS).shape) == shape


@pytest.mark.parametrize("task", topic.TASKS)
def test_three_ways_to_ask_the_model(task):
    """config を見なくても、層の out_features、重みの行数、出力の形から、同じ個数が得られる。"""
    model = topic.build(task, vocab_size=50)
    with torch.no_grad():
        assert model.head.out_features == len(model.head.weight) == model(IDS).shape[-1]


def test_table_repeats_the_shapes():
    """ページの表は、実際に通して測った形を並べる。"""
    assert topic.shapes()[1][0] == ("fill-mask", 30522, "(1, 7, 30522)")
    assert len(topic.shapes()[1]) == 4


def test_input_and_output_share_one_matrix():
    """入口の表と出口の重みは、値が同じなのではなく、同じ 1 つのテンソルである。"""
    model = topic.build("fill-mask", vocab_size=50)
    assert model.head.weight is model.body.tokens.weight
    names = [name for name, _ in model.named_parameters()]
    assert "body.tokens.weight" in names and "head.weight" not in names


@settings(deadline=None)
@given(st.integers(1, 8), st.integers(1, 30))
def test_output_count_is_a_product(n, v):
    """出てくる数は、トークン数と語彙数の積。"""
    assert topic.output_count(n, v) == n * v


def test_logits_are_rows_dotted_with_the_hidden_vector():
    """点数の v 番目は、語の表の v 行目と隠れベクトルの内積にバイアスを足したもの。"""
    rng = np.random.default_rng(0)
    E, h, b = rng.normal(size=(5, 3)), rng.normal(size=3), rng.normal(size=5)
    np.testing.assert_allclose(topic.logits(E, h, b), [E[v] @ h + b[v] for v in range(5)], rtol=1e-13)


def test_memorized_sentences_come_back():
    """覚えさせた 6 文では、隠した都市の名の確率が 0.9 を超える。"""
    for sentence in topic.SENTENCES:
        word, p = next(iter(topic.fill(sentence, 4).items()))
        assert word == sentence[4] and p > 0.9


def test_every_word_gets_a_probability():
    """穴の確率は語彙の全部の語に付き、和は 1 になる。"""
    p = topic.fill(topic.SENTENCES[0], 4)
    assert set(p) == set(topic.WORDS) and sum(p.values()) == pytest.approx(1, abs=1e-6)


def test_random_weights_are_repeatable_and_leave_the_generator_alone():
    """同じ種からは同じモデルができ、ほかの乱数の列は動かない。"""
    state = torch.random.get_rng_state()
    first, second = (topic.build("fill-mask", vocab_size=9).state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert torch.equal(state, torch.random.get_rng_state())


def test_unknown_task_is_refused():
    """知らないタスクは断る。"""
    with pytest.raises(ValueError, match="占い"):
        topic.build("占い")
