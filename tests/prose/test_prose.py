"""日本語の文の検査。pytest tests/prose で、全ページの見つけたことを場所つきで並べる。"""

import json
import re

import pytest

from snippets._engine import ROOT
from snippets._engine.book import DOCS
from snippets._engine.page import shown
from tests.prose.glossary import PAGE, ROWS, terms
from tests.prose.linter import PACKAGE, lint
from tests.prose.reader import Prose, markdown, module, prose_of

TOPICS = list((ROOT / "snippets").glob("[a-z]*/*.py"))
SOURCES = [*DOCS.rglob("*.md"), *DOCS.glob("lab/*.py"), ROOT / "README.md", ROOT / "CHANGELOG.md", *TOPICS]
TERMS = terms(PAGE.read_text("utf-8"))

# 規則ごとの、断られる文
BAD = {
    "prh": "この事をnumpyで確かめる事ができます。",
    "ja-space-between-half-and-full-width": "入力は3個で、$x$と書きます。",
    "ja-no-space-around-parentheses": "活性化関数 （曲げるもの） を通します。",
    "ja-no-space-between-full-width": "重みを　かけて、バイアス を足します。",
    "sentence-length": "重みをかけて" * 20 + "足します。",
    "max-ten": "足して、かけて、割って、引いて、並べて、返します。",
    "max-kanji-continuous-len": "損失関数最適化手法比較表を作ります。",
    "no-mix-dearu-desumasu": "これは勾配である。",
    "ja-no-mixed-period": "勾配を求めます",
    "no-doubled-joshi": "勾配が重みが大きくします。",
    "no-dropping-the-ra": "この式から傾きが見れます。",
    "no-double-negative-ja": "使わないわけではありません。なくはないと言えなくもないです。",
    "no-doubled-conjunction": "しかし、傾きは 0 です。しかし、値は動きます。",
    "no-doubled-conjunctive-particle-ga": "傾きは小さいが、値は動くが、止まりません。",
    "ja-no-successive-word": "傾きをを求めます。",
    "ja-no-abusage": "値を適応します。",
    "ja-no-redundant-expression": "傾きを計算することができます。",
    "no-unmatched-pair": "活性化関数（曲げるものを通します。",
    "no-nfd": "ハ\u3099イアスを足します。",
    "no-hankaku-kana": "ﾊﾞｲｱｽを足します。",
    "no-zero-width-spaces": "傾きを\u200b求めます。",
}

GOOD = r"""---
title: 活性化関数
symbols:
  x: R — 入力
---
# 活性化関数 { #top }

<!-- C-1 この事は見ない -->
$x = 0$ では {eval}`activation.relu.relu(1.0)` を返し、`numpy` の値 {when}$\sigma(x) = 0.2$ に等しくなります。

$$
この事は式
\label{a.b}
$$

!!! memo "原メモ（L1）"
    傾きは 0 らしい。

    ??? success "答え"
        - 0 です — 「$x$」に等しい値。

- J. Doe, "An English title, long enough that the whole entry would be longer than a hundred characters", 1990. — 題。
- [Numpyの題](https://example.com/) を読みます。
"""


PLACED = """---
title: 更に
symbols:
  x: R — 更に
---
![更に](a.b)

!!! trap "更に"
    - $\\sigma(x)$ を{eval}`f(1)`個、学ぶ事です。
"""
PLAIN = '!!! memo "原メモ"\n    傾きは 0 である。'
MEMO = '!!! memo "原メモ"\n    傾きは、更に小さくなるのである。'
MODULE = '''
def plot(ax):
    """更に。

    更に。
    """
    ax.set_xlabel("重み w"), ax.set_ylabel("更に")


def f():
    """更に。"""
    raise ValueError("更に")
'''


def prose(path, text):
    return Prose(path, markdown(text))


@pytest.fixture(scope="module")
def found():
    """ファイルと見本のそれぞれに見つけたこと。Node を起こすのは一度。"""
    samples = {**BAD, "good": GOOD, "placed": PLACED, "plain": PLAIN, "memo": MEMO}
    sources = [prose(name, text) for name, text in samples.items()]
    sources += [prose(f"使わない名 {name}", f"# {name}") for term in TERMS for name in term.refused]
    sources += [Prose("module", module(MODULE)), *map(prose_of, sorted(SOURCES))]
    result = {source.path: [] for source in sources}
    for finding in lint(sources):
        result[finding.path].append(finding)
    return result


def test_pages_read_well(found):
    """ページ、ノートブック、README、変更の記録、図と表の言葉に、直すところがない。"""
    bad = [finding for path in sorted(SOURCES) for finding in found[shown(path)]]
    assert not bad, f"{len(bad)} か所\n" + "\n".join(map(str, bad))


def test_every_rule_has_a_sample():
    """取り込んだ規則のどれにも、断られる文がある。"""
    packages = json.loads(PACKAGE.read_text("utf-8"))["dependencies"]
    assert {name.partition("textlint-rule-")[2] for name in packages if "rule-" in name} == set(BAD)


@pytest.mark.parametrize("rule", BAD)
def test_rule_fires(rule, found):
    """規則は、断るべき文を断る。"""
    assert rule in {finding.rule for finding in found[rule]}


def test_good_page_passes(found):
    """式、数、コード、囲み、引用した題は、文の誤りにならない。"""
    assert found["good"] == []


def test_finding_has_its_place(found):
    """題、記号の意味、図の代わりの文、囲みの題と中身のどこで見つけても、原稿の行と桁を言う。"""
    lines = PLACED.split("\n")
    words = [finding for finding in found["placed"] if finding.rule == "prh"]
    assert [(f.line, f.column) for f in words[:4]] == [(k, lines[k - 1].index("更に") + 1) for k in (2, 4, 6, 8)]
    assert [(f.line, f.column) for f in words[4:]] == [(9, lines[8].index("事") + 1)]
    assert len(found["placed"]) == 7 and {f.line for f in found["placed"] if f not in words} == {9}


def test_memo_may_speak_plainly(found):
    """原メモの囲みでは常体を許し、言葉づかいは見る。"""
    assert found["plain"] == []
    assert [finding.rule for finding in found["memo"]] == ["prh"]


def test_words_of_figures_are_read(found):
    """図の説明の初めの段落と、図に書く文字列を調べ、ほかの docstring と例外の文は見ない。"""
    assert [(finding.line, finding.column) for finding in found["module"]] == [(3, 8), (7, 42)]


def test_notebook_place():
    """ノートブックの文のセルでも、原稿の桁を言う。"""
    (title,) = [line for line in prose_of(DOCS / "lab" / "xor.py").lines if line.text.startswith("# XOR")]
    assert title.columns == list(range(3, 3 + len(title.text)))


def test_messages_are_japanese(found):
    """英文で届く知らせも、日本語で言う。"""
    messages = [finding.message for rule in BAD for finding in found[rule]]
    assert [message for message in messages if not re.search("[ぁ-んァ-ヶ]|=>", message)] == []
    assert "一文が 125 字ある（100 字まで）" in messages


def test_glossary_and_word_list_agree(found):
    """用語集が「使わない」とした名は、文の検査がどれも断る。"""
    names = [name for term in TERMS for name in term.refused]
    assert len(names) >= 15
    assert [name for name in names if "prh" not in {f.rule for f in found[f"使わない名 {name}"]}] == []


def test_glossary_is_complete_and_in_order():
    """用語集には 71 語以上があり、五十音順に並び、行の見出しと行き先の名が合っている。"""
    assert len(TERMS) >= 71
    assert PAGE.read_text("utf-8").count(" { #") == len(TERMS)
    assert [term.name for term in sorted(TERMS, key=lambda term: term.order)] == [term.name for term in TERMS]
    assert [term.name for term in TERMS if term.order[0][0] not in ROWS[term.row]] == []
    assert len({term.anchor for term in TERMS}) == len({term.name for term in TERMS}) == len(TERMS)


def test_anchor_is_english_and_reading_is_kana():
    """行き先の名は英語の言葉から成り、漢字のある語には、かなの読みがある。"""
    for term in TERMS:
        english = re.sub(r"[ ,]+", "-", term.english.lower())
        assert all(word in english for word in term.anchor.split("-")), term
        assert re.fullmatch("[ぁ-んー]+", term.reading), term


def test_every_term_is_used_and_explained():
    """どの語も、指したページの文に現れ、説明の一文がある。"""
    for term in TERMS:
        explained, linked = re.search(r":   (.+。)\n:   \[[^\]]+\]\(([^)#]+)", term.definition).groups()
        assert term.name in (DOCS / linked).read_text("utf-8"), f"{term.name} は {linked} に現れない"
        assert explained.count("。") <= 2, term
