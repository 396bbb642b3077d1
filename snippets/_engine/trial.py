"""一つの変異の試し。書きかえた式か関数を置いて照合し、断りの文を返す。働き手のプロセスの中で動く。"""

import inspect
from dataclasses import replace
from functools import cache
from pathlib import Path

from . import FormulaError
from .book import read_book
from .check import check
from .equivalence import equivalent
from .mutate_code import called, function_of, installed
from .nodes import callables
from .parser import parse
from .reading import Reading
from .statements import classify
from .timing import SECONDS, TimeLimit, time_limit


def attempt(name, mutants, docs):
    """働き手の仕事。変異の名から、断りの文への表。"""
    page = _library(docs)[name]
    return {m.name: code_refusal(m, page, docs) if m.is_code else refusal(m, page, docs) for m in mutants}


@cache
def _library(docs):
    return read_book(Path(docs))


@cache
def _prepared(name, docs):
    """ページの式と、照合できる形。"""
    library = _library(docs)
    return [(f, prepared) for f, prepared in Reading(library[name], library, []) if f.expected]


def refusal(mutant, page, docs):
    """書きかえた式を置いたページの、断りの文。どの式も通れば None、同じ意味だと証明されれば空の文。"""
    formulas = [replace(f, latex=mutant.text) if f.label == mutant.label else f for f in page.formulas]
    problems, reached = [], False
    for formula, prepared in Reading(replace(page, formulas=formulas), _library(docs), problems):
        reached = reached or formula.label == mutant.label
        if not problems and reached and formula.expected and (message := _refused(formula, prepared)):
            return message
        if problems:
            break
    if problems:
        return problems[0].message
    original = next(prepared for formula, prepared in _prepared(page.name, docs) if formula.label == mutant.label)
    return "" if _proved_same(mutant, original) else None


def _proved_same(mutant, prepared):
    """書きかえた式が、もとの式と同じ意味だと証明できるか。"""
    try:
        with time_limit(SECONDS):
            changed = [classify(node, prepared.scope) for node in parse(mutant.text, prepared.scope.symbols)]
            return equivalent(prepared.statements, changed, prepared.scope)
    except (FormulaError, TimeLimit):
        return False


def code_refusal(mutant, page, docs):
    """書きかえた関数を通る式の、断りの文。"""
    for formula, prepared in _passing(mutant, page, docs):
        with installed(mutant):
            message = _refused(formula, prepared)
        if message:
            return message
    return None


def _passing(mutant, page, docs):
    """もとの関数を通る式。結ばれた式、同じページ、ほかのページの順。

    呼びあいは覚えておくので、書きかえた関数を置いたままでは調べない。
    """
    function = function_of(mutant.target)
    for name in (page.name, *(name for name in _library(docs) if name != page.name)):
        for formula, prepared in sorted(_prepared(name, docs), key=lambda pair: pair[0].label != mutant.label):
            if function in _through(formula.label, name, docs):
                yield formula, prepared


@cache
def _through(label, name, docs):
    """式の照合が通る関数。式に結ばれたものと、式が名で使うもの、それらが呼ぶもの。"""
    prepared = next(prepared for formula, prepared in _prepared(name, docs) if formula.label == label)
    scope, bounds = prepared.scope, [prepared.bound] if prepared.bound else []
    nodes = [side for statement in prepared.statements for side in statement.sides]
    nodes += list(prepared.bound.arguments.values()) if prepared.bound else []
    used = set().union(*map(scope.reached, nodes), *map(callables, nodes))
    bounds += [bound for key, bound in scope.code.items() if key.rstrip("'") in used]
    return {function for bound in bounds for function in called(inspect.unwrap(bound.function))}


def _refused(formula, prepared):
    """一つの式の断りの文。通れば None。"""
    try:
        check(formula, prepared.statements, prepared.scope, prepared.bound)
    except FormulaError as error:
        return error.message
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None
