"""ラベルと実装を結ぶ。activation.sigmoid.derivative は snippets/activation/sigmoid.py の derivative である。"""

import ast
import contextlib
import difflib
import importlib
import inspect
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from . import ROOT, FormulaError
from .carriers import lowered
from .nodes import Node
from .scope import key_of
from .values import is_array, shape_text

SNIPPETS = ROOT / "snippets"
TESTS = ROOT / "tests"
_DOTTED = re.compile(r"\w+(?:\.\w+)+")
_ACCENT = re.compile(
    r"\\(hat|bar|tilde|vec|widehat|widetilde|overline|dot)\s*(\{(?:[^{}]|\{[^{}]*\})*\}|\\[A-Za-z]+|[A-Za-z])(.*)"
)


def topics():
    """話題の名を並べる。下線で始まるものは話題ではない。"""
    paths = sorted(p.relative_to(SNIPPETS).with_suffix("") for p in SNIPPETS.rglob("*.py"))
    return [name for name in (".".join(path.parts) for path in paths) if is_topic(name)]


def topics_in(text):
    """文に名の出る話題。activation.sigmoid.derivative には、activation.sigmoid が出ている。"""
    found = set()
    for run in set(_DOTTED.findall(text)):
        parts = run.split(".")
        found |= {".".join(parts[i:j]) for i in range(len(parts)) for j in range(i + 2, len(parts) + 1)}
    return {name for name in found if is_topic(name)}


def topic_path(topic):
    return SNIPPETS.joinpath(*topic.split(".")).with_suffix(".py")


def is_topic(name):
    """その名の話題があるか。"""
    parts = name.split(".")
    return len(parts) > 1 and not any(part.startswith("_") for part in parts) and topic_path(name).is_file()


def path_of_tests(topic):
    folder, _, name = topic.replace(".", "/").rpartition("/")
    return TESTS / folder / f"test_{name}.py"


def public_functions(topic):
    """話題のモジュールが定める関数の名。import はしない。"""
    path = topic_path(topic)
    return _functions(path, path.stat().st_mtime_ns)


@lru_cache(512)
def _functions(path, _modified):
    try:
        tree = ast.parse(path.read_text("utf-8"))
    except (SyntaxError, UnicodeDecodeError) as error:
        where = f"{path.relative_to(ROOT)}:{getattr(error, 'lineno', None) or 1}"
        raise FormulaError(f"{where} が Python として読めない: {error}") from error
    return [n.name for n in tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]


def split_label(label):
    """(話題, 関数名か None)。コロンの付いたラベルは関数を持たない。"""
    topic, colon, _ = label.partition(":")
    if colon:
        if not is_topic(topic):
            raise FormulaError(f"ラベル {label} の話題 {topic} が snippets/ にない{_hint(topic, topics())}")
        return topic, None
    parts = label.split(".")
    for length in range(len(parts), 1, -1):
        topic = ".".join(parts[:length])
        if is_topic(topic):
            rest = parts[length:] or [parts[length - 1]]
            if len(rest) == 1 and rest[0] in public_functions(topic):
                return topic, rest[0]
    raise FormulaError(f"ラベル {label} の実装が snippets/ にない{_hint(label, known_labels())}")


def known_labels():
    """結べるラベルのすべて。読めない話題は飛ばす。"""
    found = []
    for topic in topics():
        with contextlib.suppress(FormulaError):
            short = topic.rpartition(".")[2]
            found += [topic if name == short else f"{topic}.{name}" for name in public_functions(topic)]
    return found


def _hint(name, candidates):
    close = difflib.get_close_matches(name, candidates, 1, 0.6)
    return f"。もしかして {close[0]}？" if close else ""


def import_topic(topic):
    """話題を import する。失敗は一文の FormulaError にする。"""
    try:
        return importlib.import_module(f"snippets.{topic}")
    except Exception as error:
        where = topic_path(topic).relative_to(ROOT)
        raise FormulaError(f"{where} を import できない: {type(error).__name__}: {error}") from error


def identifier(name):
    """記号のつづりに当たる Python の名。\\hat{y} は y_hat、\\lambda は lambda_。"""
    primes = "_prime" * name.count("'")
    name = name.replace("'", "")
    if match := _ACCENT.fullmatch(name):
        return identifier(match[2]) + "_" + match[1] + identifier(match[3]) + primes
    name = re.sub(r"\\(?:operatorname\*?|text[a-z]*|math[a-z]+|boldsymbol|bm)\{([^{}]*)\}", r"\1", name)
    name = re.sub(r"\W+", "", name.replace("{", "").replace("}", "").replace("\\", "")) + primes
    return name + "_" if name in ("lambda", "in", "is", "as", "or", "and", "not") else name


@dataclass(frozen=True)
class Bound:
    """ラベルに結ばれた関数。

    arguments は引数名から節、parameters は定義の左辺に並ぶ記号の名。
    left は、front matter の arguments が「左辺 = 引数」と書いたときの左辺の節。
    scope は、ほかの式から呼ばれるときに引数の節を読む場所。
    """

    label: str
    function: object
    arguments: dict
    parameters: tuple = ()
    left: object = None
    scope: object = None

    @cached_property
    def location(self):
        path, line = self.source[:2]
        return f"{path}:{line}"

    @cached_property
    def source(self):
        """(道, 行, ソース)。"""
        function = inspect.unwrap(self.function)
        lines, line = inspect.getsourcelines(function)
        path = Path(inspect.getsourcefile(function))
        return (path.relative_to(ROOT) if path.is_relative_to(ROOT) else path), line, "".join(lines)

    def call(self, values):
        """float64 の値で呼び、結果を float64 か真偽かその組にそろえる。"""
        inputs = {name: lowered(value) for name, value in values.items()}
        with np.errstate(all="ignore"):
            try:
                result = self.function(**inputs)
            except FormulaError:
                raise
            except Exception as error:
                shown = ", ".join(f"{name} = {_brief(value)}" for name, value in inputs.items())
                cause = f"{type(error).__name__}: {error}".split("\n")[0]
                raise FormulaError(f"実装が例外を出した — {self.location}\n  {shown} のとき {cause}") from error
        return self.plain(result)

    def plain(self, result):
        if isinstance(result, float):
            return float(result)
        if isinstance(result, tuple):
            return tuple(map(self.plain, result))
        if hasattr(result, "detach"):
            result = result.detach().numpy()
        if np.ndim(result) == 0 and np.asarray(result).dtype.kind == "b":
            return bool(result)
        try:
            array = np.asarray(result, dtype=float)
        except (TypeError, ValueError):
            raise FormulaError(f"実装が数を返さない — {self.location}\n  返ったもの {_brief(result)}") from None
        return array if array.ndim else float(array)


def bind(label, symbols, arguments=None):
    """ラベルの関数と、その引数に渡す節。

    arguments は (左辺, 引数の節の並び)。なければ、引数の名は記号の名に当たる。
    """
    topic, name = split_label(label)
    function = getattr(import_topic(topic), name)
    parameters = list(inspect.signature(function).parameters.values())
    if arguments is not None:
        left, written = arguments
        if len(written) > len(parameters):
            raise FormulaError(f"arguments が {len(written)} 個あるが、実装の引数は {len(parameters)} 個")
        nodes = [pass_by_symbol(node, symbols) for node in written]
        return Bound(label, function, {p.name: n for p, n in zip(parameters, nodes, strict=False)}, left=left)
    by_name = {identifier(s.name): s.name for s in symbols.declared()}
    by_name |= {f"{identifier(s.name)}_prime": s.name + "'" for s in symbols.declared() if s.type.abstract}
    found = {}
    for parameter in parameters:
        if parameter.name in by_name:
            found[parameter.name] = pass_by_name(by_name[parameter.name], symbols)
        elif parameter.default is inspect.Parameter.empty:
            where = Bound(label, function, {}).location
            raise FormulaError(f"実装の引数 {parameter.name} に当たる記号がこのページにない — {where}")
    return Bound(label, function, found)


def pass_by_name(name, symbols):
    """関数は関数のまま、それ以外は値で渡す。"""
    kind = symbols[name.rstrip("'")].type
    return Node("callable" if kind.kind == "function" or kind.of else "symbol", (name,))


def pass_by_symbol(node, symbols):
    """引数の並びに書かれた節。関数の名だけなら関数を渡す。"""
    return pass_by_name(key_of(node), symbols) if node.op in ("symbol", "prime") else node


def _brief(value):
    text = np.array2string(value, precision=6, threshold=8) if is_array(value) else repr(value)
    return text if len(text) < 80 else text[:77] + "…"


def component(got, part):
    """自由な添字に当たる成分。part は (位置, 添字の個数) の並びで、実装はちょうどその形を返す。"""
    shape = tuple(length for _, length in part)
    if not part:
        return got
    if np.shape(got) != shape:
        raise FormulaError(f"実装の形が、添字の個数と違う\n  式 {'×'.join(map(str, shape))}  実装 {shape_text(got)}")
    return got[tuple(position for position, _ in part)].item()
