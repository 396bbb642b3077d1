"""頭の付け替えと、ファインチューニングの比べ。"""

import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets.language import _emotions as data
from snippets.language import _fine_tuning as training
from snippets.language import downstream as topic
from snippets.language._tiny_models import parameters

NEW = {"bert.pooler.dense.weight", "bert.pooler.dense.bias", "classifier.weight", "classifier.bias"}


def test_the_old_head_is_dropped_and_the_new_one_is_fresh():
    """分類のモデルに読みこむと、穴埋めの頭 cls.predictions.* が残らず余り、プーラーと分類の層が足りない。"""
    source, _, info = topic.swap()
    assert set(info["missing_keys"]) == NEW
    assert info["unexpected_keys"] and all(name.startswith("cls.predictions.") for name in info["unexpected_keys"])
    names = {name for name, _ in source.named_parameters()}
    assert {name for name in names if name.startswith("cls.")} == set(info["unexpected_keys"])


def test_torch_says_the_same():
    """torch の load_state_dict も、同じ名前を不足に挙げる。"""
    source, model, info = topic.swap()
    assert set(model.load_state_dict(source.state_dict(), strict=False).missing_keys) == set(info["missing_keys"])


def test_the_body_really_moves():
    """読みこんだあとの本体は、穴埋めのモデルの本体と同じ値になる。"""
    source, model, info = topic.swap()
    old = source.state_dict()
    kept = [name for name in model.state_dict() if name not in info["missing_keys"]]
    assert kept and all(torch.equal(old[name], model.state_dict()[name]) for name in kept)


def test_new_head_does_not_read_the_vocabulary_scores():
    """新しい頭の入力は隠れ次元であって、語彙数ではない。出力はクラスの数だけある。"""
    source, model, _ = topic.swap()
    assert model.classifier.in_features == model.config.hidden_size != source.config.vocab_size
    texts = [data.sentences("喜び")[0], data.sentences("怒り")[0]]
    with torch.no_grad():
        assert tuple(model(**data.encode(texts)).logits.shape) == (2, 6)


def test_report_counts_add_up():
    """表の「引き継いだ」と「捨てた」を足すと、穴埋めのモデルの重みの枚数になる。"""
    rows = topic.report()[1]
    assert rows[0][1] + rows[1][1] == len(list(topic.swap()[0].named_parameters()))
    assert rows[2][1] == len(NEW)


def test_everything_is_trainable_by_default():
    """何もしなければ、すべての重みが学習の対象になり、1 歩で本体も頭も動く。"""
    model = topic.frozen("固めない")
    assert all(parameter.requires_grad for parameter in model.parameters())
    moved = topic.step(model)
    still = {name for name, _ in model.named_parameters()} - moved
    assert all(name.endswith("key.bias") for name in still)  # softmax は、どの点数にも同じ数を足しても変わらない


def test_freezing_is_an_option():
    """引き継いだ重みを固めると、1 歩で動くのは、新しいプーラーと分類の層だけになる。"""
    assert topic.step(topic.frozen("引き継いだ重みを固める")) == NEW


def test_freezing_model_bert_freezes_the_new_pooler():
    """model.bert をまるごと固めると、新しいプーラーも動かず、動くのは分類の層だけになる。"""
    assert topic.step(topic.frozen("model.bert を固める")) == {"classifier.weight", "classifier.bias"}


def test_unknown_freezing_is_refused():
    """知らない固め方は、選べる名を挙げて断る。"""
    with pytest.raises(ValueError, match="「半分」はない。固めない、"):
        topic.frozen("半分")


def test_yelp_head_of_bert_base():
    """bert-base-cased に 5 クラスの頭を付けると、分類の層は 3845 個、全体 108314117 個の 0.0035 % になる。"""
    head, whole = topic.bert_base_cased(5)
    assert (head, whole) == (3845, 108_314_117)
    assert topic.head_parameters(768, 5) == head
    assert head / whole == pytest.approx(3.5498e-5, rel=1e-4)


def test_pool_then_classify_is_the_head():
    """プーラーと分類の層を順に通した値は、本物のモデルの logits と一致する。"""
    _, model, _ = topic.swap()
    inputs = data.encode([data.sentences("恐れ")[3]])
    with torch.no_grad():
        x = model.bert(**inputs).last_hidden_state[0, 0].numpy()
        theirs = model(**inputs).logits[0].numpy()
    A, a = (p.detach().numpy() for p in model.bert.pooler.dense.parameters())
    W, b = (p.detach().numpy() for p in model.classifier.parameters())
    np.testing.assert_allclose(topic.classify(topic.pool(x, A, a), W, b), theirs, atol=1e-5)


@pytest.mark.parametrize(("hidden", "num_labels"), [(4, 2), (8, 5)])
def test_head_parameters_count_a_real_layer(hidden, num_labels):
    """新しい層の個数は、重みの表とバイアスを数えたものと一致する。"""
    assert topic.head_parameters(hidden, num_labels) == hidden * num_labels + num_labels


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=9).filter(lambda a: np.ptp(a) > 1e-6))
def test_interval_is_the_t_interval(a):
    """区間は、SciPy の 1 標本の t 検定が返す 95 % 区間と一致する。"""
    theirs = scipy.stats.ttest_1samp(a, 0).confidence_interval(0.95)
    assert topic.interval(a) == pytest.approx((theirs.low, theirs.high), rel=1e-9, abs=1e-12)


def test_one_seed_has_no_interval():
    """種が 1 つでは、ばらつきが分からないので断る。"""
    with pytest.raises(ValueError, match="2 つ以上の値がいる"):
        topic.half_width([0.5], 2.0)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    """正規乱数 8 個の区間は、20 回に 19 回ほど、ほんとうの平均を含む。"""
    rng = np.random.default_rng(0)
    hits = [low <= 3 <= high for low, high in (topic.interval(rng.normal(3, 2, size=8)) for _ in range(2000))]
    assert np.mean(hits) == pytest.approx(0.95, abs=0.015)


# ---- 文


def test_the_three_parts_never_overlap():
    """ラベルのない文、学習の文、試験の文は重ならず、ラベルを増やしても、ほかの 2 つは変わらない。"""
    few, many = (data.split(5, n) for n in training.LABELLED)
    for plain, train, test in (few, many):
        groups = [set(plain), set(train[0]), set(test[0])]
        assert sum(map(len, groups)) == len(set.union(*groups))
        assert (len(plain), len(test[0])) == (600, 120)
    assert few[0] == many[0] and few[2][0] == many[2][0] and set(few[1][0]) < set(many[1][0])


def test_labels_name_the_emotion():
    """ラベルは、その文の作れる気持ちの番号である。"""
    _, (texts, labels), _ = data.split(1, 4)
    names = list(data.EMOTIONS)
    assert all(text in data.sentences(names[k]) for text, k in zip(texts, labels.tolist(), strict=True))
    assert torch.bincount(labels).tolist() == [4] * 6


def test_no_sentence_has_two_emotions():
    """同じ文が、2 つの気持ちに入ることはない。"""
    texts = [text for emotion in data.EMOTIONS for text in data.sentences(emotion)]
    assert len(set(texts)) == len(texts) == 6 * 288


def test_encode_pads_and_refuses():
    """短い文は [PAD] で埋め、知らない語と空のリストは断る。"""
    inputs = data.encode(["私 は うつむい た", "妹 は 試合 に 勝っ て うつむい た"])
    assert inputs["input_ids"].shape == inputs["attention_mask"].shape == (2, 10)
    assert inputs["attention_mask"].sum(1).tolist() == [6, 10]
    with pytest.raises(ValueError, match=r"「東京」は語の表にない。.*空けて書く"):
        data.encode(["私 は 東京"])
    with pytest.raises(ValueError, match="文が 1 つもない"):
        data.encode([])


def test_too_many_labels_are_refused():
    """文が足りなければ断る。"""
    with pytest.raises(ValueError, match="288 個しかない"):
        data.split(0, 200)


# ---- 学習


def test_numbers_of_the_page():
    """ページの数: 事前学習は 600 歩、学習は 40 歩、トークンの 4 割、種は 8 つ、文は 3 個と 12 個。"""
    assert (training.PRETRAINING, training.STEPS, training.MASKED) == (600, 40, 0.4)
    assert len(training.SEEDS) == 8 and training.LABELLED == (3, 12)


def test_pretraining_learns_and_leaves_the_generator_alone():
    """60 歩でも損失は下がり、同じ種なら同じ重みになり、ほかの乱数は動かない。"""
    state = torch.random.get_rng_state()
    model, losses = training.pretrained(50, 60)
    again, _ = training.pretraining(50, 60)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert np.mean(losses[-10:]) < 0.8 * losses[0]
    assert losses[0] == pytest.approx(np.log(len(data.WORDS)), rel=0.1)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters(), strict=True))


def test_frozen_training_leaves_the_body_as_it_was():
    """固めて 40 歩学習しても、本体の値は 1 つも変わらない。"""
    source, model, info = topic.swap()
    training.fit(training.freeze(model, info["missing_keys"]), *data.split(0, 3)[1], 0.03)
    old = source.state_dict()
    assert all(torch.equal(old[n], p) for n, p in model.named_parameters() if n not in info["missing_keys"])
    assert parameters(model.classifier) + parameters(model.bert.pooler) == 1254


def test_pretraining_pays_when_labels_are_few():
    """3 個ずつなら、「全部」は「ゼロから」より高く、区間は 0 より上にある。「全部」と「固める」の差は 0 をまたぐ。"""
    assert topic.interval(topic.gain("引き継いで全部", "ゼロから", 3))[0] > 0
    low, high = topic.interval(topic.gain("引き継いで全部", "引き継いで固める", 3))
    assert low < 0 < high


def test_freezing_falls_behind_when_labels_grow():
    """12 個なら、固めたものは全部よりもゼロからよりも低く、どの方法も 3 個のときより高い。"""
    assert topic.interval(topic.gain("引き継いで全部", "引き継いで固める", 12))[0] > 0
    assert topic.interval(topic.gain("引き継いで固める", "ゼロから", 12))[1] < 0
    for method in training.METHODS:
        assert np.mean(training.scores(method, 12)) > np.mean(training.scores(method, 3)) > 1 / 6


def test_more_steps_do_not_rescue_the_frozen_body():
    """固めたまま歩数を 4 倍の 160 歩にしても、40 歩の「全部」に届かない。"""
    assert 4 * training.STEPS == 160
    assert topic.lengthened()[1] < np.mean(training.scores("引き継いで全部", 12)) - 0.05
