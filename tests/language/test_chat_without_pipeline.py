"""会話の手順。"""

import inspect
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from snippets.language import chat_without_pipeline as topic

scores = st.integers(1, 6).flatmap(lambda n: arrays(float, n, elements=st.floats(-30, 30)))


def test_prompt_is_one_string():
    """会話は、役割の印と終わりの印をはさんだ 1 本の文字列になる。"""
    assert topic.chat_prompt(topic.DIALOGUE[:2]) == (
        "<|user|>お元気ですか。<|end|><|assistant|>はい、元気です。<|end|><|assistant|>"
    )
    assert not topic.chat_prompt(topic.DIALOGUE[:2], add_generation_prompt=False).endswith(topic.ASSISTANT)


def test_unknown_role_is_refused():
    """知らない役割は断る。"""
    with pytest.raises(ValueError, match="system"):
        topic.chat_prompt([{"role": "system", "content": "。"}])


def test_tokens_round_trip():
    """文字列を番号にして戻すと、元の文字列になり、印は 1 トークンと数える。"""
    text = topic.chat_prompt(topic.DIALOGUE)
    assert topic.decode(topic.encode(text)) == text
    assert len(topic.encode(topic.USER)) == 1


def test_unknown_letter_is_refused():
    """語彙にない文字は断る。"""
    with pytest.raises(ValueError, match="犬"):
        topic.encode("犬")


def test_model_gives_one_score_per_token_and_place():
    """点数は、場所ごとに語彙数だけ出る。"""
    with torch.no_grad():
        assert tuple(topic.memorized()(torch.zeros(1, 5, dtype=torch.long)).shape) == (1, 5, len(topic.TOKENS))


def test_later_tokens_do_not_change_earlier_scores():
    """先の場所を見ないので、続きを足しても前の点数は変わらない。"""
    ids = torch.tensor([topic.encode(topic.chat_prompt(topic.DIALOGUE))])
    with torch.no_grad():
        torch.testing.assert_close(topic.memorized()(ids)[:, :5], topic.memorized()(ids[:, :5]), rtol=1e-4, atol=1e-4)


def test_replies():
    """丸暗記した 2 つの返事が、順にそのまま返る。"""
    assert topic.conversation()[1] == [(m["role"], m["content"]) for m in topic.DIALOGUE]


def test_choices_are_confident():
    """返事の 9 トークンは、どれも次点を大きく引き離して選ばれる。"""
    rows = topic.choices()[1]
    assert "".join(row[0] for row in rows) == "はい、元気です。<|end|>"
    assert all(p > 0.9 > 0.05 > second for _, p, _, second in rows)


def test_history_grows_by_one():
    """返事をさせると、会話は 1 つだけ長くなり、元の会話は変わらない。"""
    messages = topic.DIALOGUE[:1]
    answered = topic.reply(messages)
    assert len(answered) == 2 and answered[:1] == messages == topic.DIALOGUE[:1]


def test_greedy_choices_agree_with_one_pass():
    """1 字ずつ選んだ結果は、全体を一度に通したときの、場所ごとの最大と一致する。"""
    prompt = topic.encode(topic.chat_prompt(topic.DIALOGUE[:1]))
    chosen = topic.greedy_decode(topic.memorized(), prompt)
    with torch.no_grad():
        best = topic.memorized()(torch.tensor([prompt + chosen]))[0].argmax(-1).tolist()
    assert best[len(prompt) - 1 : -1] == chosen


def test_page_prints_the_loop_that_runs():
    """ページに載せたループは、実際に動いている行と同じ文字でできている。"""
    page = (Path(__file__).parents[2] / "docs/language/chat_without_pipeline.md").read_text("utf-8")
    printed = re.search(r"```python\n(for .*?)```", page, re.S)[1]
    assert printed in textwrap.dedent(inspect.getsource(topic.greedy_decode).partition('"""\n')[2])


def test_decoding_stops_at_the_limit():
    """終わりの印が出なくても、決めた個数で止まる。"""
    ids = topic.greedy_decode(topic.memorized(), topic.encode(topic.chat_prompt(topic.DIALOGUE[:1])), max_new=3)
    assert topic.decode(ids) == "はい、"


def test_prompt_without_the_mark():
    """返事の番の印を省くと、このモデルは印を自分で書いてから返事をする。"""
    text = topic.chat_prompt(topic.DIALOGUE[:1], add_generation_prompt=False)
    assert topic.continuation(text) == "<|assistant|>はい、元気です。<|end|>"


def test_unfinished_turn_is_continued():
    """発言の途中を渡すと、返事をせずに、その発言の続きを書く。"""
    assert topic.continuation("<|user|>お元気") == "ですか。<|end|>"


@given(scores, st.floats(0.05, 20))
def test_temperature_softmax_is_scipy(z, tau):
    """点数を温度で割ってから softmax を通したものと一致する。"""
    want = scipy.special.softmax(z / tau)
    np.testing.assert_allclose(topic.temperature_softmax(z, tau), want, rtol=1e-9, atol=1e-300)


@given(scores, st.floats(0.05, 20))
def test_temperature_never_changes_the_winner(z, tau):
    """最大の点数のトークンは、どの温度でも最大の確率を持つ。"""
    q = topic.temperature_softmax(z, tau)
    assert q[np.argmax(z)] == q.max()


def test_limits_of_temperature():
    """温度を下げると 1 つに集まり、上げると等分に近づく。"""
    np.testing.assert_allclose(topic.temperature_softmax(topic.LOGITS, 1e-6), [1, 0, 0])
    np.testing.assert_allclose(topic.temperature_softmax(topic.LOGITS, 1e6), [1 / 3] * 3, rtol=1e-5)
    assert topic.temperatures()[1][2][1] == pytest.approx(0.6590, abs=5e-5)


def test_temperature_must_be_positive():
    """温度 0 は断る。"""
    with pytest.raises(ValueError, match="正の数"):
        topic.temperature_softmax(topic.LOGITS, 0)
