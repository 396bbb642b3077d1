"""記号表。全ページの宣言を、文字ごとに集めて並べる。

手で書いた一覧ではないので、ページが文字の意味を変えれば、組み立てのたびに表も変わる。
"""

import re
from dataclasses import dataclass, field
from html.entities import name2codepoint

from .contents import contents
from .elements import element, path_to
from .symbol_table import declared

PARTS = {"latin": "ラテン文字", "greek": "ギリシャ文字", "named": "名前で書く関数"}
_NAMED = re.compile(r"\\(?:operatorname\*?|text|mathrm)\{([^{}]+)\}")
_ACCENT = re.compile(r"\\(?:bar|hat|tilde|vec|mathbf|mathbb)\b")
_LETTER = re.compile(r"\\?[A-Za-z]+|\d")


@dataclass
class Entry:
    """一つの文字。uses は、意味ごとの型とページの並び。"""

    name: str
    uses: dict = field(default_factory=dict)

    def add(self, kind, meaning, page):
        kinds, pages = self.uses.setdefault(meaning, ({}, {}))
        kinds[kind] = pages[page.name] = page

    @property
    def order(self):
        """並べる順。部、文字、大文字は小文字のあと、飾りや添字のあるものはそのあと。"""
        part, letter = _letter(self.name)
        small = letter.lower()
        return list(PARTS).index(part), small, letter != small, len(self.name), self.name


def _letter(name):
    """部と、並べるときの文字。"""
    if named := _NAMED.match(name):
        return "named", named[1].lower()
    letter = _LETTER.search(_ACCENT.sub("", name).replace(r"\ell", "l"))[0]
    if not letter.startswith("\\"):
        return "latin", letter[0]
    return "greek", chr(name2codepoint.get(letter[1:].removeprefix("var"), 0))


def entries(pages):
    """話題のページの宣言から、文字の並び。意味とページは、目次の順に並ぶ。"""
    found = {}
    for _, group in contents(pages):
        for page in group:
            if "." not in page.name:
                continue
            for row in declared(page):
                for name in row.names:
                    found.setdefault(name, Entry(name)).add(row.kind, row.meaning, page)
    return sorted(found.values(), key=lambda entry: entry.order)


def notation(book, math):
    """{notation} の中身。math は文字を組んだ HTML の置きどころを返す。"""
    here, rows = book.placed["notation"], entries(book.pages)
    parts = []
    for part, title in PARTS.items():
        own = [entry for entry in rows if _letter(entry.name)[0] == part]
        if own:
            listed = [item for entry in own for item in _item(entry, here, math)]
            parts += [element("h3", text=title, id=part), element("dl", *listed)]
    return element("div", *parts, class_="notation")


def _item(entry, here, math):
    """一つの文字の見出しと、意味ごとの行。"""
    yield element("dt", element("span", text=math(entry.name), class_="symbol"))
    for meaning, (kinds, pages) in entry.uses.items():
        codes = [element("code", text=kind) for kind in kinds]
        links = [element("a", text=page.title, href=path_to(page, here)) for page in pages.values()]
        yield element("dd", element("span", text=meaning), *codes, element("small", *links))
