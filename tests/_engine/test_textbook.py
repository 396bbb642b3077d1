"""教科書の式を読み、手で書いた意味と比べる。黙って違う読みはない。"""

from collections import Counter

import pytest

from snippets._engine.mutate import mutants
from tests._engine.textbook import ENTRIES
from tests._engine.textbook.judge import judge, prepare

STEP, POINTS = 9, 48  # 変異を調べる式の間隔と、標本の数

SHIFT = "softmax は、どの数だけ平行移動しても同じ"
SQUARE = "差は 2 乗されるか、絶対値か長さを取られるので、引く順によらない"
INNER = "縦ベクトルを並べた積は内積なので、転置がなくても同じ"
EMPTY = "足される最初の項は 0"
BOUND = "ゆるくなるか、別の、成り立つ不等式になる"
# (名, 書きかえ方) から (個数, 意味の変わらない理由)
SAME_MEANING = {
    ("softmax-shift", "符号"): (1, SHIFT),
    ("softmax-shift", "最大と最小"): (1, SHIFT),
    ("softmax-shift", "文字"): (1, SHIFT),
    ("triplet-alpha", "差の入れかえ"): (2, SQUARE),
    ("squared-d2l", "差の入れかえ"): (1, SQUARE),
    ("mape", "差の入れかえ"): (1, SQUARE),
    ("elastic-net", "差の入れかえ"): (1, SQUARE),
    ("hellinger", "差の入れかえ"): (1, SQUARE),
    ("laplace", "差の入れかえ"): (1, SQUARE),
    ("dot-d2l", "転置を落とす"): (1, INNER),
    ("svm-decision", "転置を落とす"): (1, INNER),
    ("triangle", "符号"): (1, BOUND),
    ("triangle", "項を落とす"): (2, BOUND),
    ("squares", "範囲の端"): (1, EMPTY),
    ("squares", "定数"): (1, EMPTY),
    ("exp-bound", "指数"): (1, BOUND),
    ("exp-bound", "項を落とす"): (1, BOUND),
    ("exp-bound", "定数"): (1, BOUND),
    ("logsumexp-bounds", "最大と最小"): (1, BOUND),
    ("floor-bounds", "関係"): (4, BOUND),
    ("floor-bounds", "定数"): (2, BOUND),
    ("xor", "論理"): (1, "同じ真理値表"),
}


@pytest.fixture(scope="module")
def outcomes():
    return [judge(entry) for entry in ENTRIES]


def test_is_large_and_sourced():
    """300 を超える別々の式に、名と出典がある。"""
    assert len(ENTRIES) >= 300
    assert len({entry[3] for entry in ENTRIES}) >= 300
    assert all(len(source) > 10 for _, source, *_ in ENTRIES)


def test_nothing_is_silently_wrong(outcomes):
    """読めた式は、手で書いた意味と一致する。"""
    wrong = [(e[0], o.reason) for e, o in zip(ENTRIES, outcomes, strict=True) if o.kind == "wrong"]
    assert wrong == []


def test_most_are_read(outcomes):
    """9 割を超える式が読める。"""
    assert sum(outcome.kind == "correct" for outcome in outcomes) >= 0.9 * len(ENTRIES)


def test_refusals_have_a_place(outcomes):
    """断りには、式の中の場所がある。"""
    for entry, outcome in zip(ENTRIES, outcomes, strict=True):
        if outcome.kind == "refused":
            start, end = outcome.span
            assert 0 <= start <= end <= len(entry[3])


def test_judge_can_disagree(outcomes):
    """一か所だけ書きかえた式は、意味と食い違うか、断られる。残るのは、意味の変わらない書きかえだけである。"""
    survivors, count = [], 0
    for entry, outcome in list(zip(ENTRIES, outcomes, strict=True))[::STEP]:
        if outcome.kind == "correct":
            scope, _ = prepare(entry[2], entry[5:])
            found = mutants("", entry[3], scope.symbols)
            count += len(found)
            survivors += [(entry[0], m.kind) for m in found if judge(entry, m.latex, POINTS).kind == "correct"]
    print(f"書きかえ {count} のうち、見つかったもの {count - len(survivors)}")
    assert Counter(survivors) == {key: number for key, (number, _) in SAME_MEANING.items()}
