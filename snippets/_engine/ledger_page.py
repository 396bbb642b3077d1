"""台帳をページに織る。リンクは元の .md を指し、サイトの URL に直すのは組み立てる側の仕事である。"""

from xml.etree.ElementTree import fromstring

from .contents import contents
from .elements import element, path_to, table
from .evidence import CLAIMS, NAMES
from .ledger import KINDS, entries, summary
from .weave import verdicts


def ledger(book):
    """{ledger} の中身。数のまとめと、ページごとの行。"""
    here = book.placed["ledger"]
    rows = entries(book)
    parts = [*_counts(rows)]
    for _, pages in contents(book.pages):
        for page in pages:
            own = [row for row in rows if row["page"] == page.name]
            if own:
                parts += _section(book, page, here, own)
    return element("section", *parts, class_="ledger", data_search_exclude="true")


def _counts(rows):
    """種類ごとの数と、証明か包含のついた割合。"""
    found = summary(rows)
    kinds = [(KINDS[kind], f"{count:,}") for kind, count in found["kinds"].items()]
    kinds += [("判定なし", found["unknown"]), ("合計", f"{found['spans']:,}")]
    claims = [
        (name, f"{found['claims'][kind]['strong']} / {found['claims'][kind]['all']}") for kind, name in CLAIMS.items()
    ]
    return [table(("種類", "数"), kinds), table(("主張", "証明か包含 / すべて"), claims)]


def _section(book, page, here, rows):
    """一ページぶんの行。ラベルの付いた式は一つずつ、文中の式は折りたたんだ表で。"""
    path = path_to(page, here)
    heading = element("h2", element("a", text=page.title, href=path), id=f"page-{page.name}")
    labelled = [_entry(book, path, here, row) for row in rows if "label" in row and row["kind"] != "refused"]
    spans = [row for row in rows if "label" not in row or row["kind"] == "refused"]
    folded = []
    if spans:
        cells = [(row["line"], _latex(row), _verdict(row)) for row in spans]
        title = element("summary", text=f"文中の式と誤りの見本 {len(spans)}")
        folded = [element("details", title, table(("行", "式", "判定"), cells), class_="ledger-spans")]
    return [heading, *labelled, *folded]


def _latex(row):
    return element("code", text=row["latex"])


def _verdict(row):
    words = [KINDS[row["kind"]], NAMES.get(row["level"], ""), row.get("reason", "")]
    return " · ".join(filter(None, words))


def _entry(book, path, here, row):
    """ラベルの付いた式の一行。"""
    label = row["label"]
    badges = fromstring(f"<span>{verdicts(row)}</span>")
    name = element("a", element("code", text=label), href=f"{path}#{label}")
    kind = element("span", text=KINDS[row["kind"]], class_="ledger-kind")
    facts = [("記号", _symbols(row["symbols"]))]
    if row["code"]:
        facts.append(("実装", [element("code", text=f"{row['code']['path']}:{row['code']['line']}")]))
    facts += [("使う式", _labels(book, here, row["uses"])), ("使われる式", _labels(book, here, row["used_by"]))]
    facts.append(("テスト", [element("code", text=test) for test in row["tests"]]))
    rows = [part for term, items in facts if items for part in (element("dt", text=term), element("dd", *items))]
    return element("div", element("p", name, kind, badges), element("dl", *rows), class_="ledger-entry", id=label)


def _symbols(symbols):
    parts = []
    for symbol in symbols:
        parts += [element("code", text=f"{symbol['name']}: {symbol['type']}"), element("span", text=symbol["meaning"])]
    return parts


def _labels(book, here, labels):
    links = []
    for label in labels:
        path = path_to(book.labels[label][0], here)
        links.append(element("a", element("code", text=label), href=f"{path}#{label}"))
    return links
