"""記号の場所と記号の表。サイトのすべての式で、木の読んだ記号と、組み上がりの文字が一つずつ対応する。"""

import html
import re
from collections import defaultdict

import pytest

from snippets._engine import katex
from snippets._engine.book import KATEX_CACHE, read_book
from snippets._engine.declarations import BUILTIN, CONSTANT
from snippets._engine.marks import OPERATIONS, guests, marks
from snippets._engine.nodes import walk
from snippets._engine.page import Formula
from snippets._engine.parser import parse
from snippets._engine.reading import Prepared, Reading
from snippets._engine.scope import Scope
from snippets._engine.statements import classify
from snippets._engine.symbol_table import numbers, rows
from snippets._engine.symbol_words import type_words
from snippets._engine.symbols import Symbols

GLYPH = re.compile(r"<span([^<>]*)>([^<>]+)")


@pytest.fixture(scope="module")
def site():
    """サイトのすべての式の (ページ, 式, 読んだ形, 印)。"""
    pages = read_book()
    readings = [(page, f, p) for page in pages.values() for f, p in Reading(page, pages, [])]
    return [(page, formula, prepared, marks(formula, prepared)) for page, formula, prepared in readings]


@pytest.fixture(scope="module")
def typeset(site):
    """番号を付けて組んだものと、付けずに組んだもの。"""
    texts = [formula.tex for _, formula, _, _ in site]
    spans = [tuple((start, end) for start, end, *_ in found) for *_, found in site]
    numbered = katex.render([(tex, True, at) for tex, at in zip(texts, spans, strict=True)], KATEX_CACHE)
    plain = katex.render([(tex, True) for tex in texts], KATEX_CACHE)
    return list(zip(numbered, plain, strict=True))


def mark(latex, symbols):
    """一つの式の印。"""
    table = Symbols(symbols)
    scope = Scope(table)
    statements = [classify(node, scope) for node in parse(latex, table)]
    return [m[:3] for m in marks(Formula("", 1, "a.b", latex), Prepared(statements, scope, None))]


def glyphs(markup):
    """番号から、その番号の付いた文字の並び。"""
    found = defaultdict(str)
    for attributes, text in GLYPH.findall(markup[markup.index("katex-html") :]):
        if number := re.search(r'data-s="(\d+)"', attributes):
            found[int(number[1])] += html.unescape(text)
    return found


def bare(markup):
    """組み上がりの文字だけ。"""
    return re.sub(r"<[^>]*>", "", markup[markup.index("katex-html") :])


def test_marks_are_the_symbols_of_the_tree(site):
    """印の付いた記号は、構文木の記号と、場所も名もちょうど同じである。"""
    for _, formula, prepared, found in site:
        lead = len(formula.latex) - len(formula.latex.lstrip())
        nodes = [node for s in prepared.statements for node in walk(s.node) if node.op == "symbol"]
        tree = sorted((node.start - lead, node.end - lead, node.args[0]) for node in nodes)
        declared = [tuple(m[:3]) for m in found if m[2] not in OPERATIONS or tuple(m[:3]) in tree]
        assert declared == tree, formula.label


def test_marks_never_overlap(site):
    """印は左から右へ並び、重ならず、式の外に出ない。"""
    for _, formula, _, found in site:
        ends = [0, *(position for start, end, *_ in found for position in (start, end))]
        assert ends == sorted(ends) and ends[-1] <= len(formula.tex), formula.label
        assert all(start < end for start, end, *_ in found)


def test_every_mark_owns_its_own_glyphs(site, typeset):
    """どの印にも、その記号を一つだけ組んだときと同じ文字が付く。\\ln は、\\log の別のつづりである。"""
    names = sorted({name for *_, found in site for _, _, name, _ in found})
    alone = dict(zip(names, map(bare_glyphs, katex.render([(n, True) for n in names], KATEX_CACHE)), strict=True))
    for (_, formula, _, found), (numbered, _) in zip(site, typeset, strict=True):
        seen = glyphs(numbered)
        assert sorted(seen) == list(range(len(found))), formula.label
        for k, (_, _, name, _) in enumerate(found):
            spellings = [alone[name], "ln"] if name == r"\log" else [alone[name]]
            assert sorted(seen[k]) in map(sorted, spellings), (formula.label, name)


def bare_glyphs(markup):
    return bare(markup).partition(">")[2].replace("\u200b", "")


def test_mathml_knows_nothing_of_the_marks(typeset):
    """読み上げと写しに使う MathML は、印のないときと一字も変わらない。"""
    for numbered, plain in typeset:
        assert numbered.partition('<span class="katex-html"')[0] == plain.partition('<span class="katex-html"')[0]


def test_annotation_is_the_latex_of_the_page(site, typeset):
    """組み上がりの持つ LaTeX は、ページの LaTeX そのものである。"""
    for (_, formula, _, _), (numbered, _) in zip(site, typeset, strict=True):
        (annotation,) = re.findall(r"<annotation[^>]*>(.*?)</annotation>", numbered, re.S)
        assert html.unescape(annotation) == formula.tex


def test_glyphs_and_styles_are_unchanged(typeset):
    """印を付けても、文字も、文字のほかの箱も変わらない。"""
    for numbered, plain in typeset:
        assert bare(numbered) == bare(plain)
        boxes = [re.findall(r"<span[^>]*(?:vlist|katex-strut|pstrut|mspace)[^>]*>", text) for text in (numbered, plain)]
        assert boxes[0] == boxes[1]


@pytest.mark.parametrize(
    ("latex", "symbols", "expected"),
    [
        (r"f'(x) = \frac{x}{2}", {"f": "fn abstract", "x": "R"}, "f x {x}"),
        (r"x_{0} + x_0", {"x_0": "R"}, "x_{0} x_0"),
        (r"\sum_{i=1}^{n} w_i", {"n": "2..4", "i": "1..n", "w": "R^n"}, r"\sum i {n} w i"),
        (r"w^\top w", {"n": "2..4", "w": "R^n"}, r"w \top w"),
        (r"w^T w", {"n": "2..4", "w": "R^n"}, "w T w"),
        (r"\log(e^x)", {"x": "R"}, r"\log e x"),
        (r"\frac{d}{dx} e^x", {"x": "R"}, "{d} d x e x"),
    ],
)
def test_marks_of_one_formula(latex, symbols, expected):
    """波括弧は一字句ごとに含み、肩の T と d は演算として、宣言した文字は記号として数える。"""
    assert [latex[start:end] for start, end, _ in mark(latex, symbols)] == expected.split(" ")


def test_every_builtin_has_a_meaning():
    """宣言のいらない名には、どれにも意味がある。"""
    assert {*BUILTIN, *CONSTANT} <= OPERATIONS.keys()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("R", "実数"),
        ("R+^n", "正の数を n 個並べたベクトル"),
        ("R^{0..n}", "実数を 0 番から n 番まで並べたベクトル"),
        ("R^{N, n}", "N 行 n 列の行列。成分は実数"),
        ("bit", "0 か 1 の値"),
        ("sign^N", "−1 か 1 の値を N 個並べたベクトル"),
        ("(0, 1)", "0 より大きく 1 より小さい数"),
        ("[-8, 8]", "−8 以上 8 以下の数"),
        ("1..n", "1 から n までの整数"),
        ("fn abstract", "任意のなめらかな関数"),
        ("R(w)", "w の任意のなめらかな関数"),
        ("simplex^C", "足すと 1 になる 0 以上の数を C 個並べたベクトル"),
        ("R by _t", "t ごとに一つの、実数"),
        ("identity^n", "n 次の単位行列"),
        ("fn gamma", "関数"),
        (r"as \mathbf{x}", r"\mathbf{x} と同じもの"),
    ],
)
def test_type_in_words(text, words):
    """型の宣言は、言葉にもなる。"""
    assert type_words(text) == words


def test_numbers_point_at_their_own_rows(site):
    """札の番号は、表の同じ名の記号を指す。その式だけの宣言があれば、そちらを指す。"""
    results = {}
    for page, formula, prepared, found in site:
        result = results.setdefault(page.name, {"marks": {}, "guests": {}})
        result["marks"][str(formula.line)] = found
        result["guests"] |= guests(page, formula, prepared)
    for page, formula, _, found in site:
        table = [(name, row) for row in rows(page, results[page.name]) for name in row.names]
        for number, (_, _, name, _) in zip(numbers(page, results[page.name], formula), found, strict=True):
            assert table[number][0] == name
            own = {spelled.strip() for key in page.overrides.get(formula.label, ()) for spelled in key.split(",")}
            assert table[number][1].only == (formula.label if name in own else "")


def test_formula_that_cannot_be_numbered_stays_plain():
    """番号を付けると文字の順が変わる式は、番号のない式のまま組まれる。"""
    plain, numbered = katex.render([("x'_i", True), ("x'_i", True, ((0, 2), (3, 4)))], KATEX_CACHE)
    assert numbered == plain
