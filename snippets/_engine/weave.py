"""結果を HTML に織る。式の札、判定の札、誤りの見本。"""

import re
from functools import lru_cache
from html import escape

from .binding import TESTS, path_of_tests, split_label
from .book import math_key, spans_of
from .elements import element, path_to
from .graph import BOTH, CODE, FORMULA, is_relation
from .katex import height
from .late import hold
from .symbol_table import numbers

_MANY_ULP = 1000
_TEST = re.compile(r"^ *def test_", re.M)
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PROVED = "定義域のどこでも成り立つことを、記号のままの計算で証明しました（場合分け {} 通り）"
_ENCLOSED = "区間を {} 個の箱に分け、どの箱でも両辺が離れていることを、丸めまで含めた区間の計算で確かめました"
_SAMPLED = "特別な値から始まる標本 {} 点で、すべての辺を 60 桁で計算して比べました"
_CONDITION = "標本 {} 点で、式の真偽と実装の真偽を比べました"
_CODE = "float64 の実装と 60 桁の値を、標本 {} 点で比べました。ULP は float64 のとなり合う数の間隔です"
_RELATION = "名に結ばれた実装を通した値も、標本 {} 点で 60 桁の値と比べました"


def formula_html(book, label):
    """式の札の中身。組んだ式、名、判定、たたんだ実装。"""
    page, formula = book.labels[label]
    result = book.results[page.name]
    bar = f'<a class="formula-name" href="#{label}">{escape(label)}</a> ' + verdicts(result["verdicts"][label])
    return _card(page, formula, result, bar, _source(label, result))


def verdicts(verdict):
    """判定の札。成り立つうちでいちばん強い証拠と、実装との一致。"""
    points = f"全数 {verdict['points']} 点" if verdict["exhaustive"] else f"{verdict['points']} 点"
    badges = [evidence_badge(verdict)] if verdict["level"] else []
    if verdict["kind"] == "condition":
        badges.append(_badge("code", f"真偽が一致 · {points}", _CONDITION.format(verdict["points"])))
    elif verdict["ulp"] is None:
        badges.append(_badge("code", "実装を通しても一致", _RELATION.format(verdict["points"])))
    else:
        badges.append(_badge("code", f"コード一致 · {error_text(verdict)}", _CODE.format(verdict["points"])))
    return " ".join(badges)


def evidence_badge(verdict):
    """証拠の強さの札。"""
    count = verdict["count"]
    return {
        "proved": lambda: _badge("proved", "証明", _PROVED.format(count)),
        "enclosed": lambda: _badge("enclosed", f"包含 · {count} 箱", _ENCLOSED.format(count)),
        "sampled": lambda: _badge("sampled", f"標本 · {count} 点", _SAMPLED.format(count)),
    }[verdict["level"]]()


def error_text(verdict):
    """実装の誤差。打ち消しあって 0 に近い値では ULP が意味を失うので、絶対誤差で書く。"""
    ulp, error = verdict["ulp"], verdict["error"]
    if ulp == 0:
        return "誤差 0"
    if ulp < _MANY_ULP:
        return f"最大 {ulp:.1f} ULP" if ulp < 10 else f"最大 {ulp:.0f} ULP"
    mantissa, _, exponent = f"{error:.0e}".partition("e")
    return f"最大誤差 {mantissa}×10{str(int(exponent)).translate(_SUPERSCRIPT)}"


def _badge(kind, text, title):
    return f'<span class="verdict verdict-{kind}" title="{escape(title)}">{escape(text)}</span>'


def _card(page, formula, result, bar, below):
    name = escape(f"数式 {formula.label}")
    symbols = " ".join(map(str, numbers(page, result, formula)))
    math = result["math"][math_key(formula.tex, True, spans_of(formula, result))]
    opening = (
        f'<div class="formula-math" tabindex="0" role="group" aria-label="{name}"'
        f' data-symbols="{symbols}" style="--tall:{height(math):.4g}" data-search-exclude>'
    )
    return f'{opening}{hold(math)}</div><p class="formula-bar">{bar}</p>{below}'


def ledger_link(book, label):
    """台帳の、この式の行へのリンク。台帳のないサイトでは空。"""
    page = book.placed.get("ledger")
    if page is None:
        return []
    href = f"{path_to(page, book.labels[label][0])}#{label}"
    return [element("a", text="台帳のこの式へ", href=href, class_="formula-ledger", data_search_exclude="true")]


def _source(label, result):
    if label not in result["sources"]:
        return ""
    source = result["sources"][label]
    topic, _ = split_label(label)
    count = count_tests(path_of_tests(topic))
    summary = f'{escape(source["path"])}:{source["line"]} <span class="formula-tests">テスト {count} 件</span>'
    code = hold(source["html"])
    return f'<details class="formula-source" data-search-exclude><summary>{summary}</summary>{code}</details>'


def refused_html(book, page, formula):
    """わざと誤らせた式と、ほんとうに出る誤りの文。"""
    result = book.results[page.name]
    badge = _badge("refused", "不一致", "この式は照合で断られます")
    message = f'<pre class="formula-message">{escape(result["refused"][formula.label])}</pre>'
    card = _card(page, formula, result, f"<span>{escape(formula.label)}</span> {badge}", message)
    return f'<div class="formula refused">{card}</div>'


def inline_math(html):
    """文中の式。検索の索引には入れない。"""
    return f'<math-inline class="math" data-search-exclude>{hold(html)}</math-inline>'


def site_number(book, name):
    """サイト全体の数。"""
    verdicts = [v for result in book.results.values() for v in result["verdicts"].values()]
    counts = {
        "pages": lambda: len(book.pages),
        "formulas": lambda: len(verdicts),
        "samples": lambda: sum(v["points"] for v in verdicts),
        "tests": lambda: sum(map(count_tests, TESTS.rglob("test_*.py"))),
        "edges": lambda: len(book.graph.edges),
        "figures": lambda: sum(len(result["figures"]) for result in book.results.values()),
    }
    counts["edges_relation"] = lambda: sum(is_relation(user) for user, _ in book.graph.of_kind(FORMULA))
    counts |= {f"edges_{kind}": lambda kind=kind: len(book.graph.of_kind(kind)) for kind in (BOTH, FORMULA, CODE)}
    return f"{counts[name]():,}" if name in counts else None


def count_tests(path):
    """テストの関数の数。"""
    try:
        return _count(path, path.stat().st_mtime_ns)
    except OSError:
        return 0


@lru_cache
def _count(path, _modified):
    return len(_TEST.findall(path.read_text("utf-8")))
