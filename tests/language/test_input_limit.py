"""入力の長さの上限。"""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from snippets.language import downstream, fill_mask
from snippets.language import input_limit as topic


def test_512_tokens_fit_and_513_do_not():
    """位置の表が 512 行なら、512 トークンは通り、513 トークンは通らない。"""
    assert topic.accepts(512) and not topic.accepts(513)


def test_the_failure_is_a_missing_row():
    """513 個目で起きる誤りは、表の範囲の外を引いた IndexError。"""
    with pytest.raises(IndexError, match="index out of range"):
        fill_mask.Body(5, 4, 512)(torch.zeros(1, 513, dtype=torch.long))


def test_raising_the_limit_costs_rows_times_hidden():
    """上限を 512 から 1024 に上げると、隠れ次元 32 では 16384 個、BERT の 768 では 393216 個だけ増える。"""
    assert topic.added_parameters(512, 1024, 32) == 16384
    assert topic.added_parameters(512, 1024, 768) == 512 * 768 == 393216


def test_length_of_the_sentence_does_not_change_the_parameters():
    """短い文でも長い文でも、同じモデルがそのまま受け取る。"""
    body = fill_mask.Body(5, 4, 512).eval()
    with torch.no_grad():
        assert [tuple(body(torch.zeros(1, n, dtype=torch.long)).shape) for n in (1, 3, 512)] == [
            (1, n, 4) for n in (1, 3, 512)
        ]


@settings(deadline=None)
@given(st.integers(1, 9), st.integers(1, 6), st.data())
def test_lookup_is_a_one_hot_product(v, h, data):
    """表を引くことと、ワンホットを掛けることは、丸めの差もなく等しい。"""
    E = np.random.default_rng(v * 10 + h).normal(size=(v, h))
    t = data.draw(st.integers(0, v - 1))
    np.testing.assert_array_equal(topic.embedding(E, t), topic.token_one_hot(t, v) @ E)


def test_bert_blocks():
    """bert-base-cased の埋め込み、エンコーダ、プーラーの個数は、22665216、85054464、590592。"""
    parts = topic.bert_parameters()
    embeddings = parts["単語の表"] + parts["位置の表"] + parts["文の区別の表と正規化"]
    assert (embeddings, parts["エンコーダ"], parts["プーラー"]) == (22_665_216, 85_054_464, 590_592)
    assert sum(parts.values()) == downstream.BERT_BASE_CASED


def test_encoder_layer_is_torchs():
    """エンコーダ 1 層の個数は、torch の TransformerEncoderLayer を数えたものと一致する。"""
    layer = torch.nn.TransformerEncoderLayer(768, 12, 3072)
    assert 12 * sum(p.numel() for p in layer.parameters()) == topic.bert_parameters()["エンコーダ"]


def test_position_table_is_less_than_half_a_percent():
    """位置の表は全体の 0.36 % しかない。"""
    _, rows = topic.parameter_table()
    assert rows[1] == ("位置の表", "393,216", "0.363%") and rows[-1][1] == "108,310,272"
