"""頭の付け替えと、ファインチューニング。"""

import numpy as np
import pytest
import torch

from snippets.language import downstream as topic


def test_the_old_head_is_dropped_and_the_new_one_is_fresh():
    """穴埋めの重みを分類のモデルに移すと、穴埋めの頭が余り、分類の頭が足りない。"""
    missing, unused = topic.load_report(topic.upstream().state_dict(), topic.downstream())
    assert unused == ["head.bias", "head.weight"]
    assert missing == ["head.0.bias", "head.0.weight", "head.2.bias", "head.2.weight"]


def test_torch_says_the_same():
    """torch の load_state_dict も、同じ名前を余りと不足に挙げる。"""
    keys = topic.downstream().load_state_dict(topic.upstream().state_dict(), strict=False)
    missing, unused = topic.load_report(topic.upstream().state_dict(), topic.downstream())
    assert (sorted(keys.missing_keys), sorted(keys.unexpected_keys)) == (missing, unused)


def test_the_body_really_moves():
    """移したあとの本体は、上流の本体と同じ値になる。"""
    source, model = topic.upstream(), topic.downstream()
    assert not torch.equal(source.body.tokens.weight, model.body.tokens.weight)
    topic.load_report(source.state_dict(), model)
    for name, value in source.body.state_dict().items():
        assert torch.equal(value, model.body.state_dict()[name])


def test_new_head_does_not_read_the_vocabulary_scores():
    """新しい頭の入力は隠れ次元であって、語彙数ではない。"""
    model = topic.downstream(vocab_size=20, hidden=8)
    assert model.head[0].in_features == 8
    with torch.no_grad():
        assert tuple(model(torch.zeros(4, 7, dtype=torch.long)).shape) == (4, 5)


def test_report_counts_add_up():
    """表の「移した」と「捨てた」を足すと、上流の重みの個数になる。"""
    rows = topic.report()[1]
    assert rows[0][1] + rows[1][1] == len(topic.upstream().state_dict())
    assert rows[2][1] == 4


def test_everything_is_trainable_by_default():
    """何もしなければ、すべての重みが学習の対象になり、1 歩で本体も頭も動く。"""
    model = topic.downstream()
    assert all(parameter.requires_grad for parameter in model.parameters())
    assert topic.trainable_fraction(model) == 1
    moved = topic.step(model)
    assert any(name.startswith("body.") for name in moved) and any(name.startswith("head.") for name in moved)


def test_freezing_is_an_option():
    """本体を固めると、1 歩で動くのは頭だけになる。"""
    model = topic.freeze_body(topic.downstream())
    assert topic.step(model) == {"head.0.bias", "head.0.weight", "head.2.bias", "head.2.weight"}
    assert 0 < topic.trainable_fraction(model) < 0.2


def test_yelp_head_of_bert_base():
    """bert-base に 5 クラスの頭を付けると、新しい数は 3845 個、全体 108314117 個の 0.0035 % になる。"""
    head = topic.head_parameters(768, 5)
    assert head == 3845 and topic.BERT_BASE_CASED + head == 108_314_117
    assert head / (topic.BERT_BASE_CASED + head) == pytest.approx(3.5498e-5, rel=1e-4)


def test_pool_then_classify_is_the_head():
    """プーラーと分類の層を順に通した値は、分類の頭に本物の隠れベクトルを通した値と一致する。"""
    head = topic.downstream(num_labels=5, hidden=8).head.double()
    x = torch.randn(8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    A, a, W, b = (parameter.detach().numpy() for parameter in head.parameters())
    with torch.no_grad():
        np.testing.assert_allclose(topic.classify(topic.pool(x, A, a), W, b), head(x).numpy(), rtol=1e-12)


@pytest.mark.parametrize(("hidden", "num_labels"), [(4, 2), (8, 5)])
def test_head_parameters_count_a_real_layer(hidden, num_labels):
    """新しい層の個数は、作ったモデルの最後の層を数えたものと一致する。"""
    layer = topic.downstream(num_labels=num_labels, hidden=hidden).head[2]
    assert topic.head_parameters(hidden, num_labels) == sum(p.numel() for p in layer.parameters())
