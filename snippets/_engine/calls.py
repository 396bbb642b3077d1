"""実装の呼びあい。関数がソースの中で名指すものを、構文木と import だけからたどる。実行はしない。

名指しは (ファイルの道, 名) で表す。呼ぶことも、引数や表に入れて渡すことも、名指しである。
見るのはプロジェクトの中のモジュールの上に並ぶ関数、クラス、定数で、引数や局所の名に隠れたものは数えない。
"""

import ast
from functools import lru_cache

from . import ROOT
from .binding import SNIPPETS

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def call_pairs(path, name):
    """名からたどれる名指しのすべて。(名指す側, 名指される側) を「道:名」で並べる。"""
    pairs, pending, seen = set(), [(path, name)], set()
    while pending:
        unit = pending.pop()
        if unit not in seen:
            seen.add(unit)
            for mentioned in _module(unit[0], unit[0].stat().st_mtime_ns).mentions(unit[1]):
                pairs.add((spell(*unit), spell(*mentioned)))
                pending.append(mentioned)
    return sorted(pairs)


def spell(path, name):
    """snippets の中の道と名を「道:名」に。"""
    return f"{path.relative_to(SNIPPETS).as_posix()}:{name}"


@lru_cache(256)
def _module(path, _modified):
    return Module(path)


class Module:
    """一つのファイルの、上に並ぶ名とその中身の名指し、import した名とその行き先。"""

    def __init__(self, path):
        self.path, self.units, self.imported = path, {}, {}
        tree = ast.parse(path.read_text("utf-8"))
        for statement in tree.body:
            mentioned = set(_free(statement, frozenset()))
            for name in _defined(statement):
                self.units.setdefault(name, set()).update(mentioned)
        for node in ast.walk(tree):
            self._note_import(node)

    def mentions(self, name):
        """上に並ぶ名の中身が名指す、プロジェクトの (道, 名)。"""
        found = set().union(*map(self.resolve, self.units.get(name, ())))
        return found - {(self.path, name)}

    def resolve(self, dotted):
        """点でつないだ名の行き先。プロジェクトの外や、知らない名なら空。"""
        head, *rest = dotted.split(".")
        if head in self.units:
            return {(self.path, head)}
        full = (*self.imported.get(head, ()), *rest)
        for cut in range(1, len(full)):
            if path := _source(".".join(full[:cut])):
                return _in_module(path, full[cut])
        return set()

    def _note_import(self, node):
        if isinstance(node, ast.Import):
            for alias in node.names:
                parts = tuple(alias.name.split("."))
                self.imported[alias.asname or parts[0]] = parts if alias.asname else parts[:1]
        elif isinstance(node, ast.ImportFrom):
            home = self.path.relative_to(ROOT).parts[: -node.level] if node.level else ()
            base = (*home, *(node.module.split(".") if node.module else ()))
            for alias in node.names:
                self.imported[alias.asname or alias.name] = (*base, alias.name)


def _in_module(path, name):
    """モジュールの中の名。そこでも import された名なら、もとの場所。"""
    module = _module(path, path.stat().st_mtime_ns)
    return {(path, name)} if name in module.units else module.resolve(name)


def _source(module):
    path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    return path if path.is_file() and path.is_relative_to(SNIPPETS) else None


def _defined(statement):
    """上に並ぶ文の定める名。"""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return set()
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _free(node, hidden):
    """節が読む名のうち、局所でないもの。属性は点でつなぐ。"""
    if isinstance(node, _SCOPES):
        for part in _outside(node):
            yield from _free(part, hidden)
        hidden = hidden | _locals(node)
    if isinstance(node, ast.Attribute) and (dotted := _dotted(node)):
        if dotted.partition(".")[0] not in hidden:
            yield dotted
    elif isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load) and node.id not in hidden:
            yield node.id
    else:
        for child in ast.iter_child_nodes(node):
            yield from _free(child, hidden)


def _outside(scope):
    """内側の名が隠さない部分。引数の既定値とデコレータと、内包表記のいちばん外の並び。"""
    if hasattr(scope, "generators"):
        return [scope.generators[0].iter]
    defaults = [*scope.args.defaults, *filter(None, scope.args.kw_defaults)]
    return [*defaults, *getattr(scope, "decorator_list", ())]


def _dotted(node):
    """a.b.c の形の属性の名。そうでなければ None。"""
    if isinstance(node, ast.Attribute):
        head = _dotted(node.value)
        return head and f"{head}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else None


def _locals(scope):
    """関数や内包表記の中だけの名。関数の中の import は、行き先をたどれるので隠さない。"""
    found, pending = set(), list(ast.iter_child_nodes(scope))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)):
            found.add(node.name)
        if not isinstance(node, (*_SCOPES, ast.ClassDef)):
            pending += ast.iter_child_nodes(node)
    return found
