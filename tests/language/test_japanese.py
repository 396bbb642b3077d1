"""この本のための日本語の BERT。文、語彙、隠し方、しまい方。"""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets.language import _japanese as topic
from snippets.language._japanese import CLS, FACTS, FRAMES, HELD, MASK, SENTENCES, SEP, SPECIAL, UNK


def tokens(text):
    return topic.tokenizer().convert_ids_to_tokens(topic.tokenizer()(text)["input_ids"])


def test_held_sentences_are_never_taught():
    """試験の文は、穴を埋めても、教える文のどれとも違う。"""
    taught = {sentence.replace(" ", "") for sentence in SENTENCES}
    assert len(taught) == len(SENTENCES)
    assert not taught & {hole.text.replace(MASK, hole.answer) for hole in HELD}


def test_every_fact_is_taught_in_other_frames():
    """どの事実も、試験の文のほかの型で、手がかりと答えを並べて教えている。"""
    assert len(HELD) == sum(len(facts.split("/")) for facts in FACTS.values())
    for hole in HELD:
        others = [s.split() for s in SENTENCES if {hole.clue, hole.answer} <= set(s.split())]
        assert len(others) >= len(FRAMES[hole.kind].split("/")) - 1


def test_each_frame_is_taught():
    """どの型も、ほかの事実では教えている。"""
    for kind, frames in FRAMES.items():
        facts = [fact.split() for fact in FACTS[kind].split("/")]
        for frame in frames.split("/"):
            assert any(frame.format(a=a, b=b) + " 。" in SENTENCES for a, b in facts)


def test_words_come_back_without_spaces():
    """教える文は、空白を消しても、書いたとおりの切れ目で切れる。"""
    for sentence in SENTENCES:
        assert tokens(sentence.replace(" ", "")) == [CLS, *sentence.split(), SEP] == tokens(sentence)


def test_holes_are_one_known_token():
    """試験の文には穴が 1 つあり、知らない文字はない。答えと手がかりは 1 トークンで、手がかりは文に 1 度だけ現れる。"""
    for hole in HELD:
        found = tokens(hole.text)
        assert found.count(MASK) == found.count(hole.clue) == 1 and UNK not in found
        assert tokens(hole.answer) == [CLS, hole.answer, SEP]


@given(st.text(max_size=30).filter(lambda text: not any(name in text for name in SPECIAL)))
def test_any_text_can_be_read(text):
    """どんな文字が来ても、両端に印の付いたトークンの列になり、知らない文字は [UNK] になる。"""
    found = tokens(text)
    assert (found[0], found[-1]) == (CLS, SEP)
    assert set(found) <= set(topic.tokenizer().get_vocab())


def test_longest_word_wins():
    """語彙にある語の中で、いちばん長いものから切る。"""
    assert tokens("日曜日の日本")[1:-1] == ["日曜日", "の", "日本"]
    assert tokens("日日本")[1:-1] == ["日", "日本"]
    assert tokens("日髙本")[1:-1] == ["日", UNK, "本"]


def test_hiding_follows_the_paper():
    """文ごとに 1 か所だけを選び、どの場所も同じ割合で選ぶ。8 割は [MASK]、1 割は乱数の語、1 割はそのまま。"""
    words, size = 6, 10**4
    sentence = torch.tensor([[2, *range(10, 10 + words), 3, 0]]).repeat(size, 1)
    inputs, targets = topic.hide(sentence, 1000, torch.Generator().manual_seed(0))
    hidden = targets != -100
    assert torch.equal(hidden.sum(1), torch.ones(size, dtype=torch.long))
    assert torch.equal(targets[hidden], sentence[hidden]) and torch.equal(inputs[~hidden], sentence[~hidden])
    places = hidden.sum(0)
    assert places[[0, -2, -1]].sum() == 0
    assert torch.allclose(places[1:-2] / size, torch.full((words,), 1 / words), atol=0.02)
    masked = inputs[hidden] == SPECIAL.index(MASK)
    kept = inputs[hidden] == sentence[hidden]
    other = ~masked & ~kept
    shares = [share.float().mean().item() for share in (masked, other, kept)]
    assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.02)
    assert inputs[hidden][other].min() >= len(SPECIAL)


def test_training_is_repeatable_and_leaves_the_generator_alone():
    """同じ種からは同じ重みができ、ほかの乱数の列は動かない。no_grad の中でも学習できる。"""
    state = torch.random.get_rng_state()
    with torch.no_grad():
        first, second = (topic.trained(steps=3).state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert torch.equal(state, torch.random.get_rng_state())
    assert any(not torch.equal(first[name], value) for name, value in topic.trained(steps=4).state_dict().items())


def test_pages_see_the_source():
    """話題の結果の鍵は、このファイルも含む。直せば、ページの結果は古くなる。"""
    from snippets._engine.binding import topic_path
    from snippets._engine.keys import closure, imports

    assert {"_japanese.py", "_filling.py", "_heads.py"} <= {
        path.name for path in closure([topic_path("language.fill_mask")], imports)
    }
