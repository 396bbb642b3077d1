"""訂正と対応表のページ。原メモの対応表を、訂正、確かめた主張、疑問、書き誤り、行の順に並べる。"""

from .elements import element, path_to, table
from .notes import KINDS, VERDICTS

_LEADS = {"誤り": "訂正", "不正確": "言いなおし", "正しい": "合っていたこと", "感想": "感想"}


def corrections(book):
    """{corrections} の中身。"""
    notes = sorted(book.notes.values(), key=lambda note: (note.first, note.last))
    of = {kind: [note for note in notes if note.kind == kind] for kind in KINDS}
    parts = [_counts(of)]
    for verdict in ("誤り", "不正確", "正しい", "感想"):
        chosen = [note for note in of["C"] if note.verdict == verdict]
        parts += [_heading(f"{_LEADS[verdict]} {len(chosen)}", f"verdict-{VERDICTS.index(verdict)}")]
        parts += [_claim(book, note) for note in chosen]
    parts += [_heading(f"疑問と宿題 {len(of['Q'])}", "questions")]
    parts += [_listed(book, of["Q"], ("番号", "原メモ", "疑問", "答え"))]
    parts += [_heading(f"書き誤り {len(of['T'])}", "slips")]
    parts += [_listed(book, of["T"], ("番号", "原メモ", "書いてあること", "正しくは"))]
    parts += [_heading("原メモの行から探す", "lines"), _lines(book, of)]
    return element("div", *parts, class_="corrections")


def _heading(text, ident):
    return element("h2", text=text, id=ident)


def _counts(of):
    rows = [(KINDS[kind], len(notes)) for kind, notes in of.items()]
    return table(("種類", "数"), [*rows, ("合計", sum(map(len, of.values())))])


def _claim(book, note):
    """一つの主張。番号からページの印へ、根拠からテストの名へ。"""
    facts = [("原メモ", note.said), ("正確には", note.truth)]
    terms = [part for term, text in facts for part in (element("dt", text=term), element("dd", text=text))]
    evidence = [element("p", element("code", text=test.name), text=test.claim) for test in note.tests]
    evidence += [element("p", text=note.source)] if note.source else []
    if evidence:
        terms += [element("dt", text="根拠"), element("dd", *evidence)]
    head = element("p", _link(book, note), _place(note))
    return element("div", head, element("dl", *terms), class_="correction", id=note.ident)


def _link(book, note):
    """番号から、答えのあるページの印へ。"""
    page = book.pages[note.at]
    name = element("span", text=page.title)
    return element("a", element("strong", text=note.ident), name, href=f"{_path(book, note)}#{note.ident}")


def _place(note):
    return element("span", text=note.lines, class_="correction-lines")


def _path(book, note):
    return path_to(book.pages[note.at], book.placed["corrections"])


def _listed(book, notes, head):
    rows = [(element("a", text=n.ident, href=f"{_path(book, n)}#{n.ident}"), _place(n), n.said, n.truth) for n in notes]
    return table(head, rows)


def _lines(book, of):
    """節ごとに、行とページと、その中の式とリンク。"""
    rows = []
    for note in of["S"]:
        inner = [n for n in (*of["F"], *of["L"]) if note.first <= n.first <= note.last]
        links = [element("a", text=n.ident, href=f"{_path(book, n)}#{n.ident}", title=n.title or n.url) for n in inner]
        name = element("a", text=note.title, href=f"{_path(book, note)}#{note.ident}")
        rows.append((_place(note), name, element("span", *links, class_="correction-links")))
    return table(("行", "節", "式とリンク"), rows)
