"""結果の鍵。結果を変えうるもの、つまりページ、import でたどれるソース、エンジン、ライブラリの版から作る。"""

import ast
import sys
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from . import ROOT
from .binding import SNIPPETS, topic_path, topics_in
from .cache import digest

_LIBRARIES = (
    "numpy",
    "scipy",
    "gmpy2",
    "python-flint",
    "matplotlib",
    "matplotlib-fontja",
    "torch",
    "transformers",
    "tokenizers",
    "pyyaml",
    "pygments",
)


class Keys:
    """ページの鍵。作ってからのあいだ、ソースは一度だけ読む。

    engine に名を足せば、そのモジュールからたどれるエンジンのソースも鍵に入る。
    """

    def __init__(self, library, *engine):
        self.library, self.engine = library, engine_key(*engine)
        self._bytes, self._outward, self._named = {}, {}, {}

    def __call__(self, page):
        """一ページの結果の鍵。使うページと、名の出る話題から import でたどれるソースを含む。"""
        parts = [part for path in self.sources(page) for part in (path.relative_to(ROOT).as_posix(), self._read(path))]
        return digest(self.engine, page.name, *(used.text for used in self._used(page)), *parts)

    def sources(self, page):
        """ページに名の出る話題から import でたどれるソース。"""
        named = set().union(*map(self._topics, self._used(page)))
        return sorted(closure([topic_path(topic) for topic in named], self._imports))

    def _used(self, page):
        """ページと、それが使うページ。"""
        names = closure([page.name], lambda name: self.library[name].uses if name in self.library else [])
        return [self.library[name] for name in sorted(names) if name in self.library]

    def _topics(self, page):
        if page.name not in self._named:
            self._named[page.name] = topics_in(page.text)
        return self._named[page.name]

    def _read(self, path):
        if path not in self._bytes:
            self._bytes[path] = path.read_bytes()
        return self._bytes[path]

    def _imports(self, path):
        if path not in self._outward:
            self._outward[path] = [place for place in _imported(path, self._read(path)) if place.is_file()]
        return self._outward[path]


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
    return [place for place in _imported(path, path.read_bytes()) if place.is_file()]


def outside(paths):
    """モジュールの頭で import する、よそのライブラリの名。"""
    names = set()
    for path in paths:
        for node in _parsed(path.read_bytes()):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(node.module)
    return sorted(name for name in names if name.partition(".")[0] not in ("snippets", *sys.stdlib_module_names))


@lru_cache(1024)
def _imported(path, data):
    """import の指しうる、プロジェクトの中の場所。同じソースは、読みなおしても構文木にしなおさない。"""
    found = []
    for node in _statements(_parsed(data)):
        if isinstance(node, ast.Import):
            found += [ROOT.joinpath(*alias.name.split(".")) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = path.parents[node.level - 1] if node.level else ROOT
            module = base.joinpath(*(node.module or "").split(".")) if node.module else base
            found += [module, *(module / alias.name for alias in node.names)]
    found += [folder / "__init__" for place in found for folder in (place, *place.parents)]
    paths = {place.with_suffix(".py") for place in found}
    return tuple(place for place in paths if place.is_relative_to(SNIPPETS))


def _parsed(data):
    """モジュールの文。読めないソースは、何も import しない。"""
    try:
        return ast.parse(data).body
    except (SyntaxError, ValueError):
        return []


def _statements(body):
    """文と、その中の文のすべて。import は文なので、式の中は見ない。"""
    pending = list(body)
    while pending:
        node = pending.pop()
        yield node
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            pending += getattr(node, field, [])
