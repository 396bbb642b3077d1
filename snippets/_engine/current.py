"""いまの docs/ と snippets/ の結果。MkDocs はページごとに拡張を作るので、同じものは一度だけ求めて覚えておく。"""

import click

from . import report
from .binding import SNIPPETS, TESTS
from .book import DOCS, check_book

_memory = {}


def current_book():
    """いまの docs/ と snippets/ の結果。ファイルが変わらないあいだは使いまわす。"""
    if "pinned" in _memory:
        return _memory["pinned"]
    paths = [
        *DOCS.rglob("*.md"),
        *DOCS.rglob("*.py"),
        *SNIPPETS.rglob("*.py"),
        *TESTS.rglob("*.py"),
        *SNIPPETS.rglob("*.json"),
        *DOCS.glob("*.yml"),
        *DOCS.glob("stylesheets/*.css"),
    ]
    stamp = tuple(sorted((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in paths))
    if _memory.get("stamp") != stamp:
        before = _memory.get("book")
        _memory.update(stamp=stamp, book=check_book(), before=before)
    return _memory["book"]


def pin():
    """一度だけ組んで終わるなら、ここからはファイルの時刻を見ない。ページごとに見ると、ページの数の 2 乗かかる。"""
    if not serving():
        _memory["pinned"] = current_book()


def remade():
    """前に組んだときから変わったページの名。全部を組みなおすなら None。一覧を置いたページは、いつも含む。"""
    before, book = _memory.get("before"), current_book()
    if before is None or before.problems or book.problems:
        return None
    return {*book.executed, *(page.name for page in book.placed.values())}


def sound_book():
    """誤りのない Book。誤りがあれば、すべてを並べて止まる。mkdocs serve だけは、止めずに誤りのまま返す。

    止めるときは SystemExit にする。MkDocs は拡張の例外にトレースバックを付けてしまい、著者の文が埋もれる。
    """
    book = current_book()
    if book.problems and not serving():
        raise SystemExit(report(book.problems))
    return book


def placed_once(book, place):
    """同じ Book のサイトに添えるものは、一度だけ置く。"""
    if _memory.get("placed") is not book:
        place(book)
        _memory["placed"] = book


def serving():
    """mkdocs serve から呼ばれているか。"""
    context = click.get_current_context(silent=True)
    return context is not None and context.info_name == "serve"
