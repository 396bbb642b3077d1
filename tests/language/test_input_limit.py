"""入力の長さの上限、回す位置、窓。"""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from snippets.language import input_limit as topic
from snippets.language._tiny_models import bert, llama, parameters, quiet, tokenizer


def test_512_tokens_fit_and_513_do_not():
    """位置の表が 512 行なら、512 トークンは通り、513 トークンは RuntimeError になる。"""
    _, rows = topic.attempts()
    assert [row[2] for row in rows[:2]] == [512, 513]
    assert "(1, 512, 8)" in rows[0][3]
    assert rows[1][3] == "RuntimeError"
    first = topic.attempt(bert(limit=512), 513)
    assert first.startswith("RuntimeError: The expanded size of the tensor (513)") and "(512)" in first


def test_llama_accepts_more_than_its_trained_length():
    """Llama の max_position_embeddings は形の上限ではない。64 と書いても、65 トークンを通す。"""
    _, rows = topic.attempts()
    assert [row[1:3] for row in rows[2:]] == [(64, 64), (64, 65)]
    assert "(1, 65, 8)" in rows[3][3]


def test_llama_has_no_position_parameter():
    """Llama には、上限の長さを持つ重みがなく、BERT には 1 枚だけある。"""
    for model, names in ((llama(limit=77), []), (bert(limit=77), ["embeddings.position_embeddings.weight"])):
        assert [name for name, p in model.named_parameters() if 77 in p.shape] == names


def test_the_failure_is_a_missing_row():
    """表を直接引くと、範囲の外を引いた IndexError になる。"""
    with pytest.raises(IndexError, match="index out of range in self"):
        torch.nn.Embedding(512, 4)(torch.tensor([512]))


def test_raising_the_limit_costs_rows_times_hidden():
    """上限を 512 から 1024 に上げると、隠れ次元 32 では 16384 個、BERT の 768 では 393216 個だけ増える。"""
    assert topic.added_parameters(512, 1024, 32) == 16384
    assert topic.added_parameters(512, 1024, 768) == 512 * 768 == 393216


@pytest.mark.parametrize(("L", "M", "h"), [(512, 1024, 32), (3, 9, 4), (9, 3, 8)])
def test_real_models_grow_by_the_formula(L, M, h):
    """本物の BertModel の個数も同じだけ変わり、LlamaModel は変わらない。"""
    with torch.device("meta"):
        grown = parameters(bert(limit=M, hidden=h)) - parameters(bert(limit=L, hidden=h))
        assert grown == topic.added_parameters(L, M, h)
        assert parameters(llama(limit=M, hidden=h)) == parameters(llama(limit=L, hidden=h))


def test_length_of_the_sentence_does_not_change_the_parameters():
    """短い文でも長い文でも、同じ BertModel がそのまま受け取る。"""
    model = bert(limit=512)
    assert [topic.attempt(model, n) for n in (1, 3, 512)] == [f"通る。形は (1, {n}, 8)" for n in (1, 3, 512)]


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


def test_encoder_layer_is_torchs():
    """エンコーダ 1 層の個数は、torch の TransformerEncoderLayer を数えたものと一致する。"""
    layer = torch.nn.TransformerEncoderLayer(768, 12, 3072)
    assert 12 * parameters(layer) == topic.bert_parameters()["エンコーダ"]


def test_position_table_is_less_than_half_a_percent():
    """位置の表は全体の 0.36 % しかない。"""
    _, rows = topic.parameter_table()
    assert rows[1] == ("位置の表", "393,216", "0.363%") and rows[-1][1] == "108,310,272"


def test_the_tokenizer_alone_does_not_stop():
    """600 語の文は、黙って 602 個の番号になる。truncation=True なら 512 個になり、後ろが捨てられる。"""
    assert topic.token_count(600) == 602
    assert topic.token_count(600, truncation=True) == 512


def test_bad_lengths_are_refused_in_one_sentence():
    """空の文と長すぎる文は、わけと直し方を言って断る。ちょうどの長さは通る。"""
    with pytest.raises(ValueError, match=r"^文が空です。1 トークン以上"):
        topic.checked([], 4)
    with pytest.raises(ValueError, match=r"^文が 5 トークンあり、上限の 4 を超えています。.*truncation=True"):
        topic.checked([1, 2, 3, 4, 5], 4)
    assert topic.checked([1, 2, 3, 4], 4) == [1, 2, 3, 4]
    assert topic.refusal(512) == "通る" and topic.refusal(513).startswith("文が 513 トークン")


reals = st.floats(-10, 10)


@given(st.tuples(reals, reals), st.tuples(reals, reals), st.integers(-50, 50), st.integers(-50, 50), st.integers(0, 50))
def test_inner_product_forgets_where_it_is(q, k, m, n, shift):
    """2 つの場所を同じだけずらしても、回したあとの内積は変わらない。"""
    here = topic.rotate(q, 0.3 * m) @ topic.rotate(k, 0.3 * n)
    there = topic.rotate(q, 0.3 * (m + shift)) @ topic.rotate(k, 0.3 * (n + shift))
    assert there == pytest.approx(here, abs=1e-10)


@given(st.tuples(reals, reals), st.floats(-7, 7))
def test_rotation_keeps_the_length(u, angle):
    """回しても、ベクトルの長さは変わらない。"""
    assert np.linalg.norm(topic.rotate(u, angle)) == pytest.approx(np.linalg.norm(u), abs=1e-12)


@pytest.mark.parametrize("place", [0, 1, 7, 63])
def test_rope_is_what_llama_does(place):
    """成分の組み方を並べかえれば、Llama の apply_rotary_pos_emb が回したベクトルと一致する。"""
    from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

    rotary = llama(hidden=16).rotary_emb
    x = torch.randn(2, 8, generator=torch.Generator().manual_seed(place))
    cos, sin = rotary(x, torch.tensor([[place]]))
    halves = apply_rotary_pos_emb(x[0].reshape(1, 1, 1, 8), x[1].reshape(1, 1, 1, 8), cos, sin)
    for ours, theirs in zip(x.double().numpy(), halves, strict=True):
        paired = theirs.reshape(2, 4).T.flatten()  # 前の半分と後ろの半分の組を、隣どうしの組に並べかえる
        inputs = ours.reshape(2, 4).T.flatten()
        np.testing.assert_allclose(topic.rope(inputs, place), paired.numpy(), atol=1e-5)


def test_angles_are_llamas():
    """組ごとの角は、Llama の rotary_emb が持つ inv_freq と一致する。"""
    np.testing.assert_allclose(topic.angles(4), llama(hidden=16).rotary_emb.inv_freq.numpy(), rtol=1e-6)


def test_rope_needs_pairs():
    """奇数の次元は、2 つずつの組にできないので断る。"""
    with pytest.raises(ValueError, match=r"次元 3 .*偶数"):
        topic.rope([1.0, 2.0, 3.0], 1)


def test_the_figure_does_turn_both_arrows():
    """図の左と右は、どちらの矢印も動いているのに、内積が同じ。"""
    q, k = (1.6, 0.2), (1.1, 0.6)
    left, right = (
        [topic.rotate(u, 0.5 * place) for u, place in zip((q, k), at, strict=True)] for at in ((1, 3), (5, 7))
    )
    assert left[0] @ left[1] == pytest.approx(right[0] @ right[1], rel=1e-12)
    assert not np.allclose(left, right, atol=0.5)


def test_scores_of_a_real_bert():
    """点数の個数は、本物の BertModel が返す注意の重みの個数と一致する。"""
    model = bert(heads=2, attn_implementation="eager")
    with torch.no_grad():
        found = model(input_ids=torch.ones(1, 7, dtype=torch.long), output_attentions=True).attentions[0]
    assert found.numel() == topic.score_count(7, 2) == 98


@given(st.integers(1, 200), st.integers(1, 30), st.data())
def test_windows_cover_the_text_in_order(N, w, data):
    """窓は文を残らず覆い、ちょうど r トークンずつ重なり、余分な窓はない。"""
    r = data.draw(st.integers(0, w - 1))
    cut = topic.windows(N, w, r)
    assert {k for start, end in cut for k in range(start, end)} == set(range(N))
    assert all(before[1] - after[0] == r for before, after in itertools.pairwise(cut))
    assert all(end < N for _, end in cut[:-1]) and all(0 < end - start <= w for start, end in cut)
    assert topic.window_count(N, w, r) == len(cut)


@pytest.mark.parametrize(("N", "w", "r"), [(10, 10, 3), (11, 10, 3), (40, 10, 3), (41, 7, 0), (5, 10, 2)])
def test_windows_agree_with_the_tokenizer(N, w, r):
    """窓の長さは、トークナイザーの return_overflowing_tokens に stride=r を渡したときと一致する。"""
    with quiet():
        found = tokenizer()(
            " ".join(["あ"] * N), truncation=True, max_length=w + 2, stride=r, return_overflowing_tokens=True
        )
    assert [len(ids) - 2 for ids in found["input_ids"]] == [end - start for start, end in topic.windows(N, w, r)]


@pytest.mark.parametrize(("w", "r"), [(4, 4), (4, 9), (4, -1)])
def test_windows_must_move_forward(w, r):
    """窓の長さ以上の重なりと、負の重なりは断る。"""
    with pytest.raises(ValueError, match="窓が前へ進みません"):
        topic.windows(10, w, r)


def test_windows_need_a_text():
    """空の文は、窓に切れない。"""
    with pytest.raises(ValueError, match="文が空です"):
        topic.windows(0, 4, 1)


def test_windows_make_the_cost_almost_proportional():
    """20,000 トークンでは、窓に切ると点数が 29.5 分の 1 になり、1 トークンあたりの点数は長さでほとんど変わらない。"""
    _, rows = topic.savings()
    assert rows[0][4] == "1 倍" and rows[-1][4] == "29.5 倍"
    per_token = [int(row[3].replace(",", "")) / int(row[0].replace(",", "")) for row in rows[2:]]
    assert per_token[0] == pytest.approx(per_token[1], rel=0.05)
