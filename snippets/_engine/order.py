"""読む順。ページの「読む前に」のリンクから、先に読むものが必ず前に来る順を求める。"""

import os
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from . import Problem
from .blocks import INLINE_MATH
from .contents import contents
from .elements import element, path_to

_BEFORE = re.compile(r"^(?:# )?読む前に: .*$", re.M)
_LINK = re.compile(r"\]\(([^)#\s]+)")
_QUESTION = re.compile(r"^(?:# )?\*\*(.+?)\*\*$", re.M)


def prerequisites(page, pages):
    """「読む前に」に並ぶページの名。"""
    line = _BEFORE.search(page.text)
    targets = {p.path: name for name, p in pages.items()}
    found = [Path(os.path.normpath(page.path.parent / link)) for link in _LINK.findall(line[0])] if line else []
    return [targets[path] for path in found if path in targets]


def ordered(pages):
    """先に読むものが前に来る、ページの名の並び。どちらが先でもよいところは、目次の順。"""
    listed = [page.name for _, part in contents(pages) for page in part]
    needs = {name: prerequisites(pages[name], pages) for name in listed}
    reading = {name for name in listed if needs[name]} | {before for many in needs.values() for before in many}
    sorter = TopologicalSorter({name: needs[name] for name in listed if name in reading})
    sorter.prepare()
    result, ready = [], list(sorter.get_ready())
    while ready:
        result.append(min(ready, key=listed.index))
        ready.remove(result[-1])
        sorter.done(result[-1])
        ready += sorter.get_ready()
    return result


def circular(pages):
    """「読む前に」が輪になっていれば、その誤り。"""
    try:
        ordered(pages)
    except CycleError as error:
        names = error.args[1]
        page = pages[names[0]]
        line = page.text[: _BEFORE.search(page.text).start()].count("\n") + 1
        return [Problem(page.shown, line, "", f"「読む前に」が輪になっている: {' → '.join(names)}")]
    return []


def reading_order(book, math):
    """{order} の中身。ページごとの問いと、先に読むもの。math は式を組んだ HTML の置きどころを返す。"""
    here = book.placed["order"]
    items = [_item(book.pages, book.pages[name], here, math) for name in ordered(book.pages)]
    return element("ol", *items, class_="reading-order")


def _item(pages, page, here, math):
    question = _QUESTION.search(page.text)
    parts = [element("p", element("a", text=page.title, href=path_to(page, here)))]
    if question:
        text = INLINE_MATH.sub(lambda match: math(match[2]), question[1])
        parts.append(element("p", text=text, class_="reading-question"))
    if before := prerequisites(page, pages):
        links = [element("a", text=pages[name].title, href=f"#read-{name}") for name in before]
        parts.append(element("p", *links, text="先に: ", class_="reading-before"))
    return element("li", *parts, id=f"read-{page.name}")
