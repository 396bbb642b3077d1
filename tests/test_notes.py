"""原メモの対応表と、ページの印と、根拠のテストが、互いにそろっている。"""

import re
from xml.etree.ElementTree import tostring

import pytest

from snippets._engine.book import DOCS, Book, read_book
from snippets._engine.corrections import corrections
from snippets._engine.notes import KINDS, misplaced, read_notes

EXTRA = {"C-22b", "C-25b", "C-36b"}
COUNTS = {"S": range(24), "F": range(1, 21), "C": range(1, 75), "Q": range(1, 23), "L": range(1, 21), "T": range(1, 19)}
ENTRY = "S-00: {at: page, lines: 1-9, title: 題}\n"
CLAIM = "C-01: {at: page, lines: 2, verdict: 正しい, said: 言い分, truth: 答え, source: 本}\n"


@pytest.fixture
def site(tmp_path):
    """小さな対応表とページを書いて、食い違いを集める。"""

    def write(notes, page="# 題\n\n<!-- S-00 C-01 -->\n文です。\n"):
        (tmp_path / "notes.yml").write_text(notes, "utf-8")
        (tmp_path / "page.md").write_text(page, "utf-8")
        found, problems = read_notes(tmp_path)
        return problems or misplaced(found, read_book(tmp_path), tmp_path)

    return write


def test_nothing_of_the_notes_is_missing():
    """節、式、主張、疑問、リンク、書き誤りの番号が、一つも抜けずに並ぶ。"""
    notes, problems = read_notes(DOCS)
    assert not problems
    expected = {f"{kind}-{number:02}" for kind, numbers in COUNTS.items() for number in numbers}
    assert set(notes) == expected | EXTRA


def test_every_note_has_its_place():
    """どの番号の印も、対応表の言うページにあり、リンクはそのページに書いてある。"""
    notes, _ = read_notes(DOCS)
    assert misplaced(notes, read_book(), DOCS) == []


def test_sections_cover_every_line():
    """節の行は、原メモの 1 行目から 291 行目までを、すきまも重なりもなく分ける。"""
    notes, _ = read_notes(DOCS)
    lines = [line for note in notes.values() if note.kind == "S" for line in range(note.first, note.last + 1)]
    assert lines == list(range(1, 292))


def test_prose_of_the_page_counts_rightly():
    """本文のとおり、合っていた主張は半分近くで、誤りの半分より多くが、出力層と下流タスクの節にある。"""
    claims = [note for note in read_notes(DOCS)[0].values() if note.kind == "C"]
    right = sum(note.verdict == "正しい" for note in claims)
    assert 0.4 < right / len(claims) < 0.5
    wrong = [note for note in claims if note.verdict == "誤り"]
    assert sum(note.first >= 205 for note in wrong) > len(wrong) / 2


def test_page_lists_every_claim_and_links_to_its_mark():
    """訂正と対応表のページには、すべての主張が一度ずつ並び、番号から、答えのページの印へ行ける。"""
    notes, _ = read_notes(DOCS)
    html = tostring(corrections(Book(read_book(), {}, notes=notes)), "unicode")
    for note in notes.values():
        assert f"#{note.ident}" in html
        assert len(re.findall(rf'<div class="correction" id="{note.ident}"', html)) == (note.kind == "C")


@pytest.mark.parametrize(
    ("notes", "page", "message"),
    [
        (ENTRY, "# 題\n", "印 <!-- S-00 --> がない"),
        (ENTRY, "# 題\n\n<!-- S-00 C-99 -->\n", "この番号は"),
        (ENTRY, "# 題\n\n<!-- S-00 -->\n\n<!-- S-00 -->\n", "二つある"),
        (ENTRY.replace("page", "other"), "# 題\n\n<!-- S-00 -->\n", "ページ other がない"),
        (ENTRY + "L-01: {at: page, lines: 3, url: 'http://a'}\n", "<!-- S-00 L-01 -->\n", "リンク http://a がない"),
        (ENTRY.replace("1-9", "2-9"), "", "1 行目から"),
        (ENTRY + CLAIM.replace("lines: 2", "lines: 12"), "", "節の行 1-9 に入らない"),
        (ENTRY.replace("1-9", "上"), "", "lines は"),
        (ENTRY.replace("title: 題", "name: 題"), "", "title がない"),
        (ENTRY.replace("title: 題", "title: 題, name: 題"), "", "name という欄はない"),
        (ENTRY + CLAIM.replace("正しい", "たぶん"), "", "verdict は"),
        (ENTRY + CLAIM.replace(", source: 本", ""), "", "根拠がない"),
        (ENTRY + CLAIM.replace("source: 本", "tests: ['neuron/test_xor.py::test_no_such']"), "", "テスト neuron"),
        (ENTRY + "X-01: {at: page}\n", "", "番号は"),
        ("S-00: [", "", "YAML"),
    ],
)
def test_disagreement_is_an_error(site, notes, page, message):
    """印と対応表の食い違いも、対応表の書き誤りも、場所の付いた誤りになる。"""
    problems = site(notes, page)
    assert any(message in problem.message for problem in problems)
    assert all(problem.line >= 1 and problem.path for problem in problems)


def test_agreement_is_silent(site):
    """そろっていれば、誤りはない。"""
    assert site(ENTRY + CLAIM) == []
    assert set(KINDS) == set(COUNTS)
