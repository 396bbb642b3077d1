"""結果の置き場。鍵は、結果を変えうるものすべてのハッシュである。"""

import ast
import hashlib
import json
import os
import re
import sys
import tempfile
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from . import ROOT
from .binding import SNIPPETS, topic_path, topics

FOLDER = ROOT / ".cache" / "formulas"
_LIBRARIES = (
    "numpy",
    "scipy",
    "mpmath",
    "python-flint",
    "matplotlib",
    "matplotlib-fontja",
    "torch",
    "transformers",
    "tokenizers",
    "pyyaml",
)


def digest(*parts):
    """文字列やバイト列のハッシュ。区切りがずれても衝突しない。"""
    state = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        state.update(len(data).to_bytes(8, "big") + data)
    return state.hexdigest()


def engine_key(*more):
    """照合と組版と more から import でたどれるエンジンのソースと、値に関わるライブラリの版。

    織り方だけのソースは入らないので、直しても調べなおさない。
    """
    engine = SNIPPETS / "_engine"
    files = closure([engine / f"{name}.py" for name in ("book", "chapter", *more)], imports)
    files |= {path for path in engine.iterdir() if path.suffix in (".mjs", ".json")}
    return digest(sys.version, *map(_version, _LIBRARIES), *(path.read_bytes() for path in sorted(files)))


@lru_cache
def _version(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return "なし"


def page_key(page, library, engine):
    """一ページの結果の鍵。使うページと、名の出る話題から import でたどれるソースを含む。"""
    texts = _texts(page, library)
    sources = page_sources(page, library)
    contents = [part for path in sources for part in (path.relative_to(ROOT).as_posix(), path.read_bytes())]
    return digest(engine, page.name, *topics(), *texts, *contents)


def page_sources(page, library):
    """ページに名の出る話題から import でたどれるソース。"""
    texts = _texts(page, library)
    named = [topic for topic in topics() if any(re.search(rf"\b{re.escape(topic)}\b", text) for text in texts)]
    return sorted(closure([topic_path(topic) for topic in named], imports))


def _texts(page, library):
    """ページと、それが使うページの本文。"""
    pages = closure([page.name], lambda name: library[name].uses if name in library else [])
    return [library[name].text for name in sorted(pages) if name in library]


def closure(start, step):
    """start から step で何歩でもたどりつくもの。start を含む。"""
    found, pending = set(), list(start)
    while pending:
        item = pending.pop()
        if item not in found:
            found.add(item)
            pending += step(item)
    return found


def imports(path):
    """モジュールが import する、プロジェクトの中のソース。"""
    return [place for place in _imported(path, path.read_text("utf-8")) if place.is_file()]


@lru_cache(1024)
def _imported(path, text):
    """import の指しうる、プロジェクトの中の場所。同じソースは、読みなおしても構文木にしなおさない。"""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return ()
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [ROOT.joinpath(*alias.name.split(".")) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = path.parents[node.level - 1] if node.level else ROOT
            module = base.joinpath(*(node.module or "").split(".")) if node.module else base
            found += [module, *(module / alias.name for alias in node.names)]
    found += [folder / "__init__" for place in found for folder in (place, *place.parents)]
    paths = {place.with_suffix(".py") for place in found}
    return tuple(place for place in paths if place.is_relative_to(SNIPPETS))


def load(name, key, folder=FOLDER):
    """しまった結果。ないか、壊れているか、鍵が違えば None。"""
    try:
        entry = json.loads((folder / f"{name}.json").read_text("utf-8"))
        return entry["result"] if entry["key"] == key and entry["sum"] == _sum(entry["result"]) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save(name, key, result, folder=FOLDER):
    """結果をしまう。書きかけの入れ物は残らない。"""
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, suffix=".tmp")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"key": key, "sum": _sum(result), "result": result}, file, ensure_ascii=False)
    Path(temporary).replace(folder / f"{name}.json")


def _sum(result):
    return digest(json.dumps(result, ensure_ascii=False, sort_keys=True))
