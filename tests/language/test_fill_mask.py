"""出力層の個数は、語彙数と同じか。日本語の BERT は、穴をどう埋めるか。"""

import copy
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from snippets._threads import one_thread
from snippets.language import _filling, _heads
from snippets.language import fill_mask as topic
from snippets.language._filling import attention, best, clue_head, clue_weights, fill, held
from snippets.language._japanese import FACTS, HELD, LENGTH, MASK, SENTENCES, pretrained, tokenizer

VOCABULARIES = (11, 50, 30522)
WORDS = ("fill-mask", "summarization")  # 語を答えるタスク
CAPITALS = dict(fact.split() for fact in FACTS["首都"].split("/"))


@pytest.fixture(autouse=True)
def _small():
    """小さな計算なので、スレッドは 1 本にする。"""
    with one_thread():
        yield


@pytest.mark.parametrize("size", VOCABULARIES)
@pytest.mark.parametrize(
    ("task", "shapes"),
    [
        ("fill-mask", lambda size: [(1, 7, size)]),
        ("token classification", lambda size: [(1, 7, 6)]),
        ("question answering", lambda size: [(1, 7), (1, 7)]),
        ("sequence classification", lambda size: [(1, 6)]),
        ("summarization", lambda size: [(1, 5, size)]),
    ],
)
def test_logits_shapes(task, shapes, size):
    """出力の形は頭で決まる。7 トークンを読むと、語を答える頭だけが、場所ごとに語彙数の点数を出す。"""
    model = _heads.build(task, vocab_size=size)
    assert [tuple(score.shape) for score in _heads.scores(model)] == shapes(size)
    assert model.config.vocab_size == size


@pytest.mark.parametrize("n", (1, 4, 9))
def test_shapes_follow_the_right_length(n):
    """BERT の点数は読む文の長さだけ並び、文を書くモデルの点数は、書いた長さだけ並ぶ。"""
    assert _heads.scores(_heads.build("fill-mask", 11), n)[0].shape == (1, n, 11)
    for written in (1, 6):
        assert _heads.scores(_heads.build("summarization", 11), n, written)[0].shape == (1, written, 11)


@pytest.mark.parametrize("size", VOCABULARIES)
@pytest.mark.parametrize("task", _heads.TASKS)
def test_three_ways_to_ask_the_model(task, size):
    """config を見なくても、層の out_features、重みの行数、出力の形から、同じ個数が得られる。"""
    model = _heads.build(task, vocab_size=size)
    head, scores = _heads.head(model), _heads.scores(model)
    shown = scores[0].shape[-1] if len(scores) == 1 else len(scores)
    assert head.out_features == len(head.weight) == shown
    assert (head.out_features == size) == (task in WORDS)


@pytest.mark.parametrize("labels", (1, 2, 6, 9))
def test_labels_set_the_size_of_classifiers(labels):
    """分類の出力は num_labels 個で、語彙数によらない。"""
    for task in ("token classification", "sequence classification"):
        assert _heads.scores(_heads.build(task, 11, labels))[0].shape[-1] == labels


@pytest.mark.parametrize("size", VOCABULARIES)
@pytest.mark.parametrize("task", WORDS)
def test_input_and_output_share_one_matrix(task, size):
    """入口の表と出口の重みは、値が同じなのではなく、同じ 1 つのテンソルである。"""
    model = _heads.build(task, vocab_size=size)
    words = model.get_input_embeddings().weight
    assert model.get_output_embeddings().weight is words and len(words) == size
    assert sum(parameter is words for parameter in model.parameters()) == 1


def test_scores_are_the_formula():
    """BertForMaskedLM の点数は、出口の直前のベクトルと語の表の積に、バイアスを足したもの。"""
    model, seen = _heads.build("fill-mask", 11), []
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        model.get_output_embeddings().bias.normal_()
    hook = model.get_output_embeddings().register_forward_hook(lambda layer, inputs, output: seen.append(inputs[0]))
    z = _heads.scores(model)[0][0]
    hook.remove()
    E, b = model.get_input_embeddings().weight.detach(), model.get_output_embeddings().bias.detach()
    for k, h in enumerate(seen[0][0]):
        np.testing.assert_allclose(topic.logits(E, h, b), z[k], rtol=1e-5, atol=1e-6)


def test_table_repeats_the_shapes():
    """ページの表は、実際に通して測った形を並べる。"""
    rows = topic.shapes()[1]
    assert rows[0] == ("fill-mask", "BertForMaskedLM", "30,522", "(1, 7, 30522)")
    assert [row[2] for row in rows] == ["30,522", "6", "2", "6", "30,522"]


@settings(deadline=None)
@given(st.integers(1, 8), st.integers(1, 30))
def test_output_count_is_a_product(n, v):
    """出てくる数は、トークン数と語彙数の積。"""
    assert topic.output_count(n, v) == n * v


@pytest.mark.parametrize(("n", "size"), [(1, 11), (4, 11), (7, 50), (9, 50)])
def test_output_count_agrees_with_the_model(n, size):
    """BertForMaskedLM に実際に通しても、同じ個数の点数が出る。"""
    assert _heads.scores(_heads.build("fill-mask", size), n)[0].numel() == topic.output_count(n, size)


def test_logits_are_rows_dotted_with_the_hidden_vector():
    """点数の v 番目は、語の表の v 行目と隠れベクトルの内積にバイアスを足したもの。"""
    rng = np.random.default_rng(0)
    E, h, b = rng.normal(size=(5, 3)), rng.normal(size=3), rng.normal(size=5)
    np.testing.assert_allclose(topic.logits(E, h, b), [E[v] @ h + b[v] for v in range(5)], rtol=1e-13)


def fresh(model):
    """同じ設定の、別のモデル。設定も写すので、もとのモデルは変わらない。"""
    return type(model)(copy.deepcopy(model.config))


@pytest.mark.parametrize("size", (11, 16, 25))
@pytest.mark.parametrize("multiple", (1, 4, 8, 64))
def test_padding_matches_transformers(size, multiple):
    """pad_to_multiple_of を付けると、入口の表も出口も、切り上げた行数になり、config もそれに従う。"""
    model = _heads.seeded(lambda: fresh(_heads.build("fill-mask", 11)))
    model.resize_token_embeddings(size, pad_to_multiple_of=multiple, mean_resizing=False)
    rows = topic.padded(size, multiple)
    assert rows % multiple == 0 and size <= rows < size + multiple
    assert len(model.get_input_embeddings().weight) == model.get_output_embeddings().out_features == rows
    assert model.config.vocab_size == rows == _heads.scores(model)[0].shape[-1]


def test_padding_leaves_scores_without_a_word():
    """日本語の BERT の表を 64 の倍数にそろえると、語のない出力ができる。語の数は変わらない。"""
    model = _heads.seeded(lambda: fresh(pretrained()))
    before = len(tokenizer())
    model.resize_token_embeddings(before, pad_to_multiple_of=64, mean_resizing=False)
    assert len(tokenizer()) == before < model.config.vocab_size == topic.padded(before, 64)
    assert tokenizer().convert_ids_to_tokens(model.config.vocab_size - 1) is None


def test_t5_has_scores_without_a_word():
    """T5 の 32128 は、32100 より大きい最小の 128 の倍数で、差は 28。T5Config の既定値も 32128。"""
    from transformers import T5Config

    assert topic.padded(32100, 128) == T5Config().vocab_size == 32128 == 32100 + 28


def test_loss_matches_transformers():
    """損失は、BertForMaskedLM に、隠さない場所を −100 にした目標を渡したときの損失と同じ。"""
    model = _heads.build("fill-mask", 11)
    ids = torch.arange(7)[None]
    labels = torch.tensor([[-100, 3, -100, -100, 9, 5, -100]])
    with torch.no_grad():
        outputs = model(input_ids=ids, labels=labels)
    p = outputs.logits[0].softmax(-1).double()
    q = np.array([p[k, v].item() for k, v in enumerate(labels[0]) if v >= 0])
    assert topic.loss(q) == pytest.approx(outputs.loss.item(), rel=1e-5)
    assert math.exp(topic.loss(q)) == pytest.approx(math.prod(1 / v for v in q) ** (1 / len(q)), rel=1e-12)


@given(st.integers(2, 40), st.integers(1, 5))
def test_perplexity_of_a_guess_is_the_number_of_choices(choices, r):
    """どの穴も C 択の当てずっぽうなら、困惑度は C。"""
    assert math.exp(topic.loss(np.full(r, 1 / choices))) == pytest.approx(choices)


def test_translators_share_one_matrix():
    """既定の翻訳のモデルは 3 か所が 1 枚の行列で、別々にすると、出口は訳文の語彙数になる。和にはならない。"""
    for source, target in ((40, 30), (20, 50)):
        models = topic.translators(source, target)
        for name, model in models.items():
            three = topic.tables(model)
            shared = name != "Marian（別々にする設定）"
            assert [len(table) for table in three] == [source, *([source] * 2 if shared else [target] * 2)]
            assert len({id(table) for table in three}) == (1 if shared else 2)
            assert _heads.scores(model)[0].shape[-1] == len(three[2]) != source + target


def test_default_configs_hold_one_vocabulary():
    """Marian の既定では原文と訳文の語彙数が同じで、M2M100 は 100 言語で 3 万語の 5 倍に満たない。"""
    from transformers import M2M100Config, MarianConfig

    assert MarianConfig().share_encoder_decoder_embeddings
    assert MarianConfig().vocab_size == MarianConfig().decoder_vocab_size == 58101
    assert M2M100Config().vocab_size == 128112 < 5 * 30000
    assert [row[2] for row in topic.vocabularies()[1]] == ["58,101", "128,112", "250,054", "256,206"]


def test_random_weights_are_repeatable_and_leave_the_generator_alone():
    """同じ種からは同じモデルができ、ほかの乱数の列は動かない。"""
    state = torch.random.get_rng_state()
    first, second = (_heads.build.__wrapped__("fill-mask", vocab_size=11).state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert torch.equal(state, torch.random.get_rng_state())


def test_unknown_task_is_refused():
    """知らないタスクは断る。"""
    with pytest.raises(ValueError, match="占い"):
        _heads.build("占い")


def test_one_score_for_each_word_of_the_japanese_model():
    """日本語の BERT でも、点数の数、config、出口の層、トークナイザーの語の数が同じ。"""
    ids, _ = _filling.read(topic.SHOWN[0])
    with torch.no_grad():
        logits = pretrained()(input_ids=ids).logits
    head = pretrained().get_output_embeddings()
    assert logits.shape == (*ids.shape, len(tokenizer()))
    assert pretrained().config.vocab_size == head.out_features == len(tokenizer())
    assert head.weight is pretrained().get_input_embeddings().weight


def test_every_word_gets_a_probability():
    """穴の確率は語彙の全部の語に付き、どれも正で、和は 1 になる。高い順に並ぶ。"""
    p = fill(topic.SHOWN[0])
    assert set(p) == set(tokenizer().get_vocab()) and sum(p.values()) == pytest.approx(1, abs=1e-5)
    assert min(p.values()) > 0 and list(p.values()) == sorted(p.values(), reverse=True)
    assert best(topic.SHOWN[0]) == next(iter(p))


def test_untaught_sentences_are_filled():
    """教えなかった文でも、首都、鳴き声、色は、10 回に 9 回は当たる。ページの表は、この成績を並べる。"""
    grades = held()
    for kind in ("首都", "鳴き声", "色"):
        count, hits, perplexity = grades[kind]
        assert hits >= 0.9 * count and perplexity < 2
    assert sum(count for count, _, _ in grades.values()) == len(HELD)
    assert [row[:3] for row in topic.grades()[1]] == [(kind, *grade[:2]) for kind, grade in grades.items()]


def test_days_of_the_week_fail():
    """曜日は半分も当たらず、外れた答えのほとんどが、反対どなりの曜日である。"""
    count, hits, perplexity = held()["曜日"]
    assert hits < count / 2 and perplexity > 2
    assert topic.neighbours() >= 0.7 * (count - hits)
    misses = [row for row in topic.misses()[1] if "曜日" in row[1]]
    assert len(misses) == count - hits


def test_the_other_neighbour_was_taught_beside_the_clue():
    """同じ型の教えた文で手がかりの曜日と並ぶのは、反対どなりの曜日だけ。ほかの種類では、並ぶ相手は 1 つ。"""
    for hole in HELD:
        if hole.kind == "用語":  # 型にはめない文にも出てくる
            continue
        words = {word for fact in FACTS[hole.kind].split("/") for word in fact.split()} - {hole.clue}
        beside = {w for s in SENTENCES if hole.clue in s.split() for w in s.split() if w in words}
        assert len(beside) == (2 if hole.kind == "曜日" else 1)
        if hole.kind == "曜日":
            rest = set(hole.text.replace("曜日", "").replace(MASK, "").replace(hole.clue[0], ""))
            same = [s for s in SENTENCES if hole.clue in s.split() and rest <= set(s)]
            assert len(same) == 1 and hole.answer not in same[0].split()


def test_answer_follows_the_clue():
    """国の名を取りかえると、どの国でも、答えはその国の首都に変わる。12 か国のうち、3 か国は教えなかった文。"""
    assert len(CAPITALS) == 12
    assert sum(hole.text == f"{hole.clue}の首都は{MASK}です。" for hole in HELD) == 3
    assert {country: best(f"{country}の首都は{MASK}です。") for country in CAPITALS} == CAPITALS


def test_words_of_the_question_do_not_matter():
    """猫の首都をたずねても、鳴き声を答える。"""
    assert best(f"猫の首都は{MASK}です。") == "ニャーニャー"
    assert best(f"犬の色は{MASK}です。") == "ワンワン"
    assert best(f"ソウルは{MASK}の首都です。") == "韓国"
    assert best(f"大阪の首都は{MASK}です。") not in CAPITALS.values()


def test_hole_looks_at_the_clue():
    """注意の重みはどの行も足すと 1 で、いちばん強いヘッドは、穴から手がかりへ、均等の 5 倍より重く向く。"""
    tokens, weights = attention(topic.SHOWN[0])
    assert weights.shape == (2, 4, 9, 9) and len(tokens) == 9
    np.testing.assert_allclose(weights.sum(-1), 1, rtol=1e-5)
    mean, even = clue_weights()
    assert mean[clue_head()] == mean.max() > 5 * even
    row = weights[clue_head()][tokens.index(MASK)]
    assert tokens[row.argmax()] == "日本"
    assert np.sort(mean.ravel())[-2] < 0.6 * mean.max()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "文が空"),
        (" \n　", "文が空"),
        ("日本の首都は東京です。", r"\[MASK\] は 1 つにする。受け取った文には 0 つ"),
        ("[MASK]の首都は[MASK]です。", r"\[MASK\] は 1 つにする。受け取った文には 2 つ"),
        ("犬" * 30 + MASK, f"{LENGTH} トークンまでで、受け取った文は 33 トークン"),
        (f"鬱{MASK}wz", "知っている語が 1 つもない"),
        (MASK, "知っている語が 1 つもない"),
    ],
)
def test_bad_sentences_are_refused(text, message):
    """空の文、穴が 1 つでない文、長すぎる文、知っている語のない文は、直し方を言って断る。"""
    with pytest.raises(ValueError, match=message):
        fill(text)


def test_longest_sentence_is_accepted():
    """上限ちょうどの長さの文は読める。上限は、位置の表の行数と同じ。"""
    assert len(fill("犬" * (LENGTH - 3) + MASK)) == len(tokenizer())
    assert len(pretrained().get_submodule("bert.embeddings.position_embeddings").weight) == LENGTH == 32


def test_spaces_do_not_matter():
    """分かち書きの文でも、全角の空白があっても、確率は同じ。"""
    assert fill("日本 の 首都 は [MASK] です 。") == fill(topic.SHOWN[0]) == fill("日本の　首都は[MASK]です。")
