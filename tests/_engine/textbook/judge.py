"""読み手だけの判定。木を 60 桁で計算し、手で書いた意味と比べる。照合のしくみ check は使わない。"""

import inspect
from dataclasses import dataclass

import numpy as np

from snippets._engine import FormulaError
from snippets._engine.binding import identifier
from snippets._engine.carriers import Exact, lifted
from snippets._engine.declarations import split_names
from snippets._engine.evaluate import Evaluator
from snippets._engine.parser import parse
from snippets._engine.sampling import Sampler
from snippets._engine.scope import Scope
from snippets._engine.statements import classify, define, needed
from snippets._engine.symbols import Symbols

POINTS = 12
RELATIVE, ABSOLUTE = 1e-8, 1e-10


@dataclass(frozen=True)
class Outcome:
    """kind は correct（意味と一致）、refused（場所を添えた断り）、wrong（黙って違う）。"""

    kind: str
    reason: str = ""
    span: tuple | None = None


class Differs(Exception):
    """読めたが、意味が違う。"""


def prepare(symbols, before):
    """記号を宣言し、先の式を定めた Scope と、最初の記号。"""
    declared = dict(part.split(":", 1) for part in symbols.split(";"))
    scope = Scope(Symbols(declared))
    for latex in before:
        for node in parse(latex, scope.symbols):
            define(classify(node, scope), scope, None)
    return scope, split_names(next(iter(declared)))[0]


def judge(entry, latex=None, points=POINTS):
    """一項の判定。latex を渡せば、その書きかえを、もとの意味と比べる。"""
    name, _, symbols, original, meaning, *before = entry
    try:
        scope, first = prepare(symbols, before)
        statements = [classify(node, scope) for node in parse(latex or original, scope.symbols)]
        if latex:
            compare_left(statements, [classify(node, scope) for node in parse(original, scope.symbols)])
        compare(statements, scope, first, meaning, points)
    except FormulaError as error:
        return Outcome("refused", error.message.split("\n")[0], error.span)
    except Differs as difference:
        return Outcome("wrong", str(difference))
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        return Outcome("wrong", f"{name}: {type(error).__name__}: {error}")
    return Outcome("correct")


def compare(statements, scope, first, meaning, points):
    wanted = list(inspect.signature(meaning).parameters)
    named = {identifier(symbol.name): symbol.name for symbol in scope.symbols.declared()}
    for statement in statements[:1]:
        compare_head(statement, first, wanted)
    nodes = [side for statement in statements for side in statement.evaluated]
    chosen = needed(nodes, scope) | {named[name] for name in wanted}
    sampler = Sampler(scope.symbols, scope.symbols.reached(chosen), count=points)
    for _, given in zip(range(max(points, min(len(sampler.combinations), 64))), sampler, strict=False):
        exact = Evaluator(Exact, scope, lifted(given))
        for k, statement in enumerate(statements):
            for here, spans in statement.instances(exact):
                values = given | {index: here.given[index] for index in spans}
                if any(named[name] not in values for name in wanted):
                    raise Differs(f"式から、意味の使う文字が消えた: {wanted}")
                want = meaning(**{name: values[named[name]] for name in wanted})
                compare_sides(statement, here, want[k] if len(statements) > 1 else want)


def compare_left(statements, originals):
    """定義や更新の左辺は、計算しないので、書きかえをここで見つける。"""
    for statement, original in zip(statements, originals, strict=True):
        if original.evaluated != original.sides and statement.sides[0] != original.sides[0]:
            raise Differs("左辺が違う")


def compare_head(statement, first, wanted):
    """左辺の定めるものの名と、関数なら引数の並び。"""
    key, parameters, index = statement.head
    if statement.kind in ("definition", "update") and key.rstrip("'_^") != first.rstrip("'"):
        raise Differs(f"左辺が {first} でなく {key} を定めた")
    leading = [identifier(name) for name in parameters or ()]
    if leading != wanted[: len(leading)]:
        raise Differs(f"左辺の引数が {leading}")
    indices = (index,) if isinstance(index, str) else index or ()
    if not {identifier(name) for name in indices} <= set(wanted):
        raise Differs(f"左辺の添字が {indices}")


def compare_sides(statement, here, want):
    sides = [here.value(side) for side in statement.evaluated]
    if isinstance(want, (bool, np.bool_)):
        if len({np.shape(side) for side in sides}) > 1:
            raise Differs("不等式の辺の形が違う")
        truth = all(map(holds, statement.compared, sides, sides[1:]))
        if truth != bool(want):
            raise Differs(f"真偽が {truth} で、意味は {bool(want)}")
        return
    if set(statement.compared) - {"="}:
        raise Differs("等号でない関係に、値の意味が書いてある")
    for side in sides:
        got, expected = np.asarray(side, dtype=float), np.asarray(want, dtype=float)
        if got.shape != expected.shape or not np.allclose(got, expected, RELATIVE, ABSOLUTE):
            raise Differs(f"値が {got} で、意味は {expected}")


def holds(relation, a, b):
    """60 桁の二つの辺の関係。等号は丸めだけゆるめる。"""
    near = bool(np.all(abs(a - b) <= 1e-40 * (1 + abs(b))))
    return {"=": near, "!=": not near, "<": not near and bool(np.all(a < b)), ">": not near and bool(np.all(a > b)),
            "<=": near or bool(np.all(a <= b)), ">=": near or bool(np.all(a >= b))}[relation]  # fmt: skip
