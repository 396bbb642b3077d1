"""このページの記号の表。ページの宣言に、使うページから来た記号と、組みこみの記号を足したもの。

式の札は、自分の記号をこの表の番号で指す。紙でも JavaScript のない画面でも、表だけで意味が分かる。
"""

from dataclasses import dataclass

from .declarations import split_declaration, split_names
from .elements import element, path_to
from .marks import OPERATIONS
from .symbol_words import type_words


@dataclass(frozen=True)
class Row:
    """表の一行。names は並べて宣言した記号、only はその宣言の効く式のラベル（ページのどこでも効くなら空）。"""

    names: tuple
    kind: str
    meaning: str
    only: str = ""

    @property
    def words(self):
        """型の言いかえ。組みこみの記号では、その種類。"""
        return type_words(self.kind) if self.kind else OPERATIONS[self.names[0]][0]


def rows(page, result):
    """表の行。宣言の順、その式だけの宣言、ほかのページで定めた記号、組みこみの記号の順。"""
    found = declared(page)
    names = dict.fromkeys(mark[2] for marks in result["marks"].values() for mark in marks)
    known = {name for row in found if not row.only for name in row.names}
    guests = [name for name in names if name in result["guests"] and name not in known]
    found += [Row((name,), kind, text) for name in guests for kind, text in [result["guests"][name]]]
    found += [Row((name,), "", OPERATIONS[name][1]) for name in names if name in OPERATIONS and name not in known]
    return found


def declared(page):
    """ページの宣言の行。ページのどこでも効くもの、その式だけに効くものの順。"""
    found = [_declared(names, text) for names, text in page.symbols.items()]
    for label, group in page.overrides.items():
        found += [_declared(names, text, label) for names, text in group.items()]
    return found


def _declared(names, text, only=""):
    kind, meaning = split_declaration(text)
    return Row(tuple(split_names(names)), kind, meaning, only)


def spellings(page, result):
    """表に組む記号のつづり。"""
    return [name for row in rows(page, result) for name in row.names]


def numbers(page, result, formula):
    """式の記号を、現れる順に、表の番号で。"""
    entries = [(row.only, name) for row in rows(page, result) for name in row.names]
    table = {}
    for number, (only, name) in enumerate(entries):
        if only in ("", formula.label):
            table[name] = number if only else table.get(name, number)
    return [table[name] for _, _, name, _ in result["marks"].get(str(formula.line), [])]


def symbol_table(book, page, math):
    """表の要素。math は記号を組んだ HTML の置きどころを返す。"""
    result = book.results[page.name]
    owners = _owners(page, result)
    body, number = [], 0
    for row in rows(page, result):
        names, links = element("td"), []
        for name in row.names:
            names.append(element("span", text=math(name), class_="symbol"))
            if number in owners:
                links.append(_link(book, page, owners[number], number))
            number += 1
        code = [element("code", text=row.kind)] if row.kind else []
        kind = element("td", *code, element("span", text=row.words))
        text = row.meaning + ("（その式だけ）" if row.only else "")
        body.append(element("tr", names, kind, element("td", element("span", text=text), *links)))
    if not body:
        return element("div")
    head = element("tr", *(element("th", text=text, scope="col") for text in ("記号", "型", "意味")))
    table = element("table", element("thead", head), element("tbody", *body))
    summary = element("summary", text="このページの記号")
    return element("details", summary, table, class_="symbols", data_search_exclude="true")


def _owners(page, result):
    """表の番号から、その記号を定めた式のラベル。"""
    owners = {}
    for formula in page.formulas:
        marks = result["marks"].get(str(formula.line), [])
        for number, (*_, label) in zip(numbers(page, result, formula), marks, strict=True):
            if label and formula.expected:
                owners.setdefault(number, label)
    return owners


def _link(book, page, label, number):
    owner = book.labels[label][0]
    path = "" if owner is page else path_to(owner, page)
    return element("a", element("code", text=label), href=f"{path}#{label}", data_symbol=number)
