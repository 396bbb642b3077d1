"""台帳には、サイトのすべての式が判定とともに並び、判定のない式はない。"""

import json
from functools import cache
from xml.etree.ElementTree import tostring

from snippets._engine.book import check_book
from snippets._engine.ledger import KINDS, entries, summary, write
from snippets._engine.ledger_page import ledger


@cache
def book():
    return check_book()


def test_every_formula_and_span_has_a_row():
    """ラベルの付いた式、誤りの見本、文中の式のそれぞれに、ちょうど一行がある。"""
    rows = entries(book())
    assert {row["label"] for row in rows if row.get("label") and row["kind"] != "refused"} == set(book().labels)
    refused = [f for page in book().pages.values() for f in page.formulas if not f.expected]
    assert sum(row["kind"] == "refused" for row in rows) == len(refused)
    spans = sum(len(page.spans) for page in book().pages.values())
    assert sum("label" not in row for row in rows) == spans


def test_nothing_is_unknown_and_little_is_exempt():
    """判定のない式は 0、免除は 2 % 以下で、どの免除にも理由がある。"""
    rows = entries(book())
    found = summary(rows)
    assert found["unknown"] == 0
    assert found["exempt"] <= 0.02
    assert all(row["reason"] for row in rows if row["kind"] == "exempt")
    assert sum(found["kinds"].values()) == found["spans"] == len(rows)


def test_most_scalar_identities_are_proved():
    """数どうしの恒等式の 6 割以上が証明され、文中の関係にはすべて証拠がある。"""
    claims = summary(entries(book()))["claims"]
    assert claims["scalar"]["strong"] >= 0.6 * claims["scalar"]["all"] > 0
    assert all(row["level"] for row in entries(book()) if row["kind"] == "statement")


def test_levels_are_the_strongest_that_hold():
    """証明、包含、標本が、それぞれにふさわしい式に付いている。"""
    levels = {row["label"]: row["level"] for row in entries(book()) if "label" in row}
    assert levels["activation.sigmoid"] == "proved"
    assert levels["activation.logit:near_probit"] == "enclosed"
    assert levels["learning.gradient_descent:steepest"] == "sampled"
    assert levels["activation.step.fires"] == levels["activation.sigmoid.gain"] == ""


def test_json_is_complete_and_stable(tmp_path):
    """JSON には同じ行があり、変わらなければ書きなおさない。"""
    path = tmp_path / "ledger.json"
    write(book(), path)
    data = json.loads(path.read_text("utf-8"))
    assert data["formulas"] == json.loads(json.dumps(entries(book())))
    before = path.stat().st_mtime_ns
    write(book(), path)
    assert path.stat().st_mtime_ns == before
    row = next(row for row in data["formulas"] if row.get("label") == "activation.sigmoid.derivative")
    assert row["uses"] == ["activation.sigmoid"]
    assert row["code"]["path"] == "snippets/activation/sigmoid.py"
    assert {symbol["name"] for symbol in row["symbols"]} == {"x", r"\sigma"}


def test_page_shows_every_row():
    """台帳のページには、ラベルごとの札と、種類の名が載る。"""
    page = ledger(book())
    assert {node.get("id") for node in page.iter("div") if node.get("id")} == set(book().labels)
    text = tostring(page, encoding="unicode")
    kinds = {row["kind"] for row in entries(book())}
    assert kinds <= set(KINDS)
    assert all(KINDS[kind] in text for kind in kinds)
