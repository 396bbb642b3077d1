"""60 の式を読み、別に書いた実装と一致することを見る。"""

import inspect

import pytest

from snippets._engine import FormulaError
from snippets._engine.binding import Bound, pass_by_symbol
from snippets._engine.check import check
from snippets._engine.equivalence import equivalent
from snippets._engine.mutate import formula_mutants
from snippets._engine.page import Formula
from snippets._engine.parser import parse, parse_arguments
from snippets._engine.scope import Scope
from snippets._engine.statements import classify, define
from snippets._engine.symbols import Symbols
from tests._engine import corpus

# 同じ意味だと証明できないが、通ってよい変異の数と、その理由
DOTS = "\\vdots の前の成分を一つ減らしても、同じ並びになる"
EQUIVALENT = {
    "s14 超平面": (9, "0 と比べるので、0 でない倍率をかけても、零点の集合は同じ"),
    "s15 横ベクトル": (1, DOTS),
    "s16 縦ベクトル": (1, DOTS),
    "f43 予測": (4, "最大の場所は、すべての成分に同じ数を足しても、正の数をかけても同じ"),
}


def prepare(symbols, before):
    """記号を宣言し、先の式を定めた Scope。"""
    scope = Scope(Symbols(dict(part.split(":", 1) for part in symbols.split(";"))))
    for latex in before:
        for node in parse(latex, scope.symbols):
            define(classify(node, scope), scope, None)
    return scope


def verify(name, latex, symbols, code, arguments, before, count=64):
    """一つの式を照合した Verdict。"""
    scope = prepare(symbols, before)
    statements = [classify(node, scope) for node in parse(latex, scope.symbols)]
    bound = None
    if code:
        left, written = parse_arguments(arguments, scope.symbols)
        nodes = [pass_by_symbol(node, scope.symbols) for node in written]
        parameters = list(inspect.signature(code).parameters)
        bound = Bound(name, code, dict(zip(parameters, nodes, strict=True)), left=left)
    return check(Formula("corpus", 1, name, latex), statements, scope, bound, count=count)


@pytest.mark.parametrize("entry", corpus.CORPUS, ids=[entry[0] for entry in corpus.CORPUS])
def test_agrees_with_independent_code(entry):
    """式は、別に書いた実装と 64 点以上か全数で一致する。"""
    verdict = verify(*entry)
    assert verdict.exhaustive or verdict.points >= 64
    assert (verdict.ulp is None) == (entry[3] is None)


def test_has_all_of_the_notes():
    """原メモの 16 の文と、ほかの 44 の式がそろっている。"""
    assert (len(corpus.SEED), len(corpus.FURTHER)) == (16, 44)


@pytest.mark.parametrize("entry", corpus.CORPUS, ids=[entry[0] for entry in corpus.CORPUS])
def test_every_mutant_dies(entry):
    """一か所だけ書きかえた式は断られる。通るものは、同じ意味だと証明できるか、理由が書いてある。"""
    name, latex, symbols, code, arguments, before = entry
    scope = prepare(symbols, before)
    original = [classify(node, scope) for node in parse(latex, scope.symbols)]
    alive = []
    for mutant in formula_mutants(name if code else f"{name}:", latex, scope.symbols):
        if agrees((name, mutant.text, symbols, code, arguments, before)):
            changed = [classify(node, scope) for node in parse(mutant.text, scope.symbols)]
            if not equivalent(original, changed, scope):
                alive.append(f"{mutant.kind} | {mutant.change}")
    assert len(alive) == EQUIVALENT.get(name, (0, ""))[0], alive


def agrees(entry):
    try:
        verify(*entry)
    except FormulaError:
        return False
    return True
