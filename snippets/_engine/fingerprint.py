"""サイトの指紋。mkdocs.yml が、拡張の設定の値として求める。

設定を読むのは、どの道具でも、ファイルを集めるより前である。変わっていれば、そこで照合し、サイトに添えるものを置く。
だから、はじめのビルドから添えるものがそろい、誤りがあれば、一ページも書かないうちに止まる。

Zensical は、ページと設定が前と同じなら、拡張を呼ばずに、組んであるページを使いまわす。
実装やほかのページだけを直しても指紋は変わり、指紋は設定の一部なので、古いページは残らない。
"""

import hashlib
import os
import sys

from . import ROOT

SOURCES = "snippets", "tests"
KINDS = {".md", ".py", ".yml", ".json", ".mjs", ".lock", ".css"}
PLACED = (
    "docs/assets/katex",
    "docs/assets/formulas",
    "docs/assets/site.css",
    "docs/ledger.json",
)  # extension.place_assets が置く
RECORD = ROOT / ".cache" / "fingerprint"


def fingerprint():
    """原稿と実装とライブラリの版の、16 進の指紋。誤りがあれば、すべてを並べて SystemExit で止まる。"""
    sources = sources_key()
    if _record() != [sources, _digest("", _placed())]:
        _check(sources)
    return sources


def sources_key(docs=None):
    """照合の結果と織った HTML を変えうる、すべてのもののハッシュ。"""
    return _digest(_libraries(), _sources(docs or ROOT / "docs"))


def _check(sources):
    """照合して、添えるものを置き、sources を照合したことを書きとめる。

    mkdocs serve は、台帳を書かないので、書きとめない。照合のあいだに直されたものは、次のビルドが照合する。
    """
    from .current import serving, sound_book  # 読みこみが重いので、変わっていないときには読まない
    from .extension import place_assets

    book = sound_book()
    if not book.problems:
        place_assets(book)
    if not book.problems and not serving():
        RECORD.parent.mkdir(exist_ok=True)
        RECORD.write_text(f"{sources} {_digest('', _placed())}", "utf-8")


def _record():
    try:
        return RECORD.read_text("utf-8").split()
    except (OSError, UnicodeDecodeError):
        return None


def _sources(docs):
    placed = [ROOT / name for name in PLACED]
    for folder in (docs, *(ROOT / name for name in SOURCES)):
        for path in sorted(folder.rglob("*")):
            if path.suffix in KINDS and not any(path.is_relative_to(place) for place in placed):
                yield path


def _placed():
    for place in (ROOT / name for name in PLACED):
        yield from sorted(place.rglob("*")) if place.is_dir() else [place]


def _libraries():
    """入っている配布物の名と版。"""
    folders = [folder for folder in sys.path if os.path.isdir(folder)]
    return " ".join([sys.version, *sorted({n for f in folders for n in os.listdir(f) if n.endswith(".dist-info")})])


def _digest(text, paths):
    state = hashlib.sha256(text.encode())
    for path in paths:
        if path.is_file():
            data = path.read_bytes()
            state.update(f"\n{os.path.relpath(path, ROOT)} {len(data)}\n".encode() + data)
    return state.hexdigest()
