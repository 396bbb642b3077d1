"""実装の変異。ラベルに結ばれた関数の構文木を、一か所だけ書きかえる。

書きかえた関数は、もとの関数の中身（__code__）とすりかえる。どの話題がどう import していても、同じ関数を見る。
入力を断る if … raise は式の主張ではないので、書きかえない。型の変換と、形や dtype の指定も書きかえない。
"""

import ast
import builtins
import contextlib
import inspect
import itertools
import sys
import textwrap
import types
from functools import cache

from .binding import Bound, import_topic
from .edits_code import CONVERSIONS, called_name, edits
from .mutant import MINIMUM, Mutant, numbered

_ANYWHERE = (
    ("わずかに増やす", "1.000001 * {}"), ("2 倍", "2 * {}"), ("符号を変える", "-{}"), ("1 を足す", "{} + 1"),
    ("1 を引く", "{} - 1"), ("半分", "{} / 2"), ("わずかにずらす", "{} + 0.000001"), ("0 にする", "0 * {}"),
    ("3 倍", "3 * {}"), ("半を足す", "{} + 0.5"), ("半を引く", "{} - 0.5"), ("2 乗", "{} ** 2"),
    ("絶対値", "abs({})"), ("逆数", "1 / {}"), ("2 を足す", "{} + 2"), ("2 を引く", "{} - 2"), ("1 から引く", "1 - {}"),
)  # fmt: skip
_KEPT = ("dtype", "strict", "keepdims")


def code_mutants(label, function, passed):
    """関数の変異。足りなければ、それが呼ぶ同じ話題の関数の変異を足し、なお足りなければ値を一律に書きかえる。

    passed は照合が渡す引数の名。渡されない引数の既定値は、関数の一部として書きかえる。
    """
    function = inspect.unwrap(function)
    found = list(_changes(label, function, edits, passed))
    for helper in called(function):
        if len(found) < MINIMUM and helper is not function and _belongs(helper, function):
            found += _changes(label, helper, edits)
    shaped = (mutant for kind, shape in _ANYWHERE for mutant in _changes(label, function, _shaping(kind, shape)))
    return numbered([*found, *itertools.islice(shaped, max(0, MINIMUM - len(found)))])


def _belongs(helper, function):
    """同じ話題の、名で引ける関数か。"""
    space = function.__globals__
    return helper.__globals__ is space and inspect.unwrap(space.get(helper.__name__, print)) is helper


def _shaping(kind, shape):
    """値になる節を、同じ形に書きかえる。"""

    def edit(node):
        if isinstance(node, (ast.BinOp, ast.Subscript)) or (isinstance(node, ast.Call) and not _converts(node)):
            value = True
        else:
            value = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        if value:
            yield kind, ast.parse(shape.format(f"({ast.unparse(node)})"), mode="eval").body

    return edit


def _converts(node):
    return isinstance(node, ast.Call) and called_name(node) in CONVERSIONS


def _changes(label, function, edit, passed=None):
    """関数の節を順に書きかえた変異。同じ文になるものは一度だけ。"""
    tree = _tree(function)
    target, seen = target_of(function), {ast.unparse(tree)}
    known = function.__globals__
    for node, put in _places(tree, passed):
        if isinstance(node, ast.Name) and (node.id in known or hasattr(builtins, node.id)):
            continue
        for kind, new in edit(node):
            put(new)
            text = ast.unparse(ast.fix_missing_locations(tree))
            put(node)
            if text not in seen:
                seen.add(text)
                yield Mutant(label, target, kind, f"{_brief(node)} → {_brief(new)}", text)


def _brief(node):
    """節の文。何行もある節は、最初の行だけ。"""
    return ast.unparse(ast.fix_missing_locations(node)).split("\n")[0]


def _tree(function):
    """飾りと説明を除いた構文木。"""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    tree.decorator_list = []
    if ast.get_docstring(tree) is not None:
        tree.body = tree.body[1:] or [ast.Pass()]
    return tree


def _places(tree, passed):
    """書きかえられる節と、そこに別の節を置く関数。"""
    names = [argument.arg for argument in tree.args.args]
    defaults = zip(names[len(names) - len(tree.args.defaults) :], tree.args.defaults, strict=True)
    for k, (name, default) in enumerate(defaults):
        if passed is not None and name not in passed:
            yield from _under(default, tree.args.defaults, k)
    for k, statement in enumerate(tree.body):
        yield from _under(statement, tree.body, k)


def _under(node, holder, key):
    """節とその下の節。入力の検査と、形の指定は飛ばす。"""
    if isinstance(node, (ast.Raise, ast.JoinedStr, ast.Import, ast.ImportFrom)) or _guard(node):
        return

    def put(new):
        if isinstance(holder, list):
            holder[key] = new
        else:
            setattr(holder, key, new)

    yield node, put
    if isinstance(node, ast.With):
        fields = ("body",)
    else:
        fields = node._fields
    for name in fields:
        child = getattr(node, name, None)
        if isinstance(child, list):
            for k, item in enumerate(child):
                if isinstance(item, ast.AST) and getattr(item, "arg", None) not in _KEPT:
                    yield from _under(item, child, k)
        elif isinstance(child, ast.AST) and not (name == "func" and isinstance(child, ast.Name)):
            yield from _under(child, node, name)


def _guard(node):
    return isinstance(node, ast.If) and not node.orelse and all(isinstance(part, ast.Raise) for part in node.body)


def target_of(function):
    """変異の対象の名。"""
    return f"{function.__module__.removeprefix('snippets.')}.{function.__name__}()"


def function_of(target):
    """その名の関数。"""
    topic, _, name = target.removesuffix("()").rpartition(".")
    return inspect.unwrap(getattr(import_topic(topic), name))


def original(target):
    """(道, 行, 書きかえる前の文)。"""
    function = function_of(target)
    path, line, _ = Bound("", function, {}).source
    return str(path), line, ast.unparse(_tree(function))


@cache
def called(function):
    """関数と、そこから呼ばれうる話題の関数。名の出てくる順。"""
    found, pending = [], [function]
    while pending:
        item = inspect.unwrap(pending.pop(0))
        if item not in found:
            found.append(item)
            pending += _mentioned(item.__code__, item.__globals__)
    return found


def _mentioned(code, space):
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            yield from _mentioned(part, space)
    for name in code.co_names:
        yield from _functions(space.get(name), code.co_names)


def _functions(value, names):
    """値に入っている話題の関数。辞書や組の中、クラスのメソッド、モジュールの属性も見る。"""
    if isinstance(value, types.ModuleType) and value.__name__.startswith("snippets."):
        inner = [getattr(value, name, None) for name in names]
    elif isinstance(value, dict):
        inner = value.values()
    elif isinstance(value, (tuple, list)):
        inner = value
    elif isinstance(value, type) and value.__module__.startswith("snippets."):
        inner = vars(value).values()
    else:
        inner = ()
        plain = inspect.unwrap(value) if callable(value) else None
        if isinstance(plain, types.FunctionType) and plain.__module__.startswith("snippets."):
            yield plain
    for item in inner:
        if not isinstance(item, types.ModuleType):
            yield from _functions(item, names)


@contextlib.contextmanager
def installed(mutant):
    """変異した関数を置き、終われば戻す。覚えた値は、前にもあとにも捨てる。"""
    function = function_of(mutant.target)
    space = dict(function.__globals__)
    exec(compile(mutant.text, mutant.target, "exec"), space)
    changed = space[function.__name__]
    before = function.__code__, function.__defaults__
    function.__code__, function.__defaults__ = changed.__code__, changed.__defaults__
    _forget()
    try:
        yield
    finally:
        function.__code__, function.__defaults__ = before
        _forget()


def _forget():
    for name, module in list(sys.modules.items()):
        if name.startswith("snippets.") and not name.startswith("snippets._engine"):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
