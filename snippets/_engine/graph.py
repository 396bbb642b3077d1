"""式の地図。どの式がどの式を使うかを、読んだ式の木と、実装の呼びあいから組みたてる。

点はページのラベルの付いた式。辺 A → B は「A が B を使う」で、二通りの出どころがある。

式    A の木に、B の定めた名（関数か従属変数）が現れる。σ' のような名は、σ' を表す式が A より前にあれば
      その式を、なければ σ の定義を使う。左辺の引数と総和の添字は、同じつづりの名があっても数えない。
実装  A に結ばれた関数が、B に結ばれた関数を名指す。結ばれていない関数や表はいくつ通ってもよいが、
      ほかの式に結ばれた関数はその先へ通りぬけない。関係（コロンのラベル）は実装を持たない。

一つの辺は「両方」「式だけ」「実装だけ」のどれかになる。式だけの辺も実装だけの辺も、誤りではない。
桁落ちを避けた実装は、式とは別の道を通る。次の二つだけを、矛盾として断る。

輪    A の実装が B の関数を使い、B は A を使う。すなわち、式の辺を含む輪がある。式の辺だけの輪はできず
      （式は前の式だけを使う）、実装どうしが互いに呼ぶだけの輪は矛盾ではない。
縁    A の実装が、別のページの B の関数を使うのに、A のページは B のページの定義を uses でたどれず、
      本文からもリンクしていない。読者は、その実装の出どころにたどりつけない。
"""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from . import Problem
from .binding import split_label, topic_path
from .calls import call_pairs, spell
from .keys import closure
from .nodes import free_names, walk
from .scope import key_of

BOTH, FORMULA, CODE = "both", "formula", "code"
KINDS = {BOTH: "式も実装も", FORMULA: "式だけ", CODE: "実装だけ"}


def references(label, prepared):
    """一つの式の名指し。formula は使うラベル、code は実装からたどれる名指しの組。"""
    found = set()
    for statement in prepared.statements:
        shadowed = set(statement.head[1] or ())
        for side in statement.evaluated:
            found |= {_owner(key, prepared.scope, label) for key in _mentions(side) - shadowed}
    pairs = []
    if prepared.bound:
        topic, name = split_label(label)
        pairs = call_pairs(topic_path(topic), name)
    return {"formula": sorted(found - {label, None}), "code": [list(pair) for pair in pairs]}


def _mentions(node):
    """木に現れる名の鍵。ダッシュの付いた関数は、ダッシュごと一つの名とする。"""
    primes = [n for n in walk(node) if n.op == "prime"]
    dashed = {id(n.args[0]) for n in primes}
    plain = {n.args[0] for n in walk(node) if n.op == "symbol" and id(n) not in dashed}
    return {key_of(n) for n in primes if id(n) not in dashed} | (plain & free_names(node))


def _owner(key, scope, label):
    """名を定めた式のラベル。どの式も定めていなければ None。"""
    for known in (scope.definitions, scope.code):
        if key in known and known[key].label != label:
            return known[key].label
    return _owner(key[:-1], scope, label) if key.endswith("'") else None


@dataclass(frozen=True)
class Graph:
    """pages はラベルからページの名、edges は (使う式, 使われる式) から辺の種類。どちらも本の順に並ぶ。"""

    pages: dict
    edges: dict = field(default_factory=dict)

    @cached_property
    def _used(self):
        return _adjacent(self.edges)

    @cached_property
    def _users(self):
        return _adjacent((used, user) for user, used in self.edges)

    @cached_property
    def _labels(self):
        return _adjacent((page, label) for label, page in self.pages.items())

    @cached_property
    def _near(self):
        found = {}
        for edge, kind in self.edges.items():
            for page in {self.pages[label] for label in edge}:
                found.setdefault(page, {})[edge] = kind
        return found

    def labels_of(self, page):
        """ページの名 page にある式。"""
        return self._labels.get(page, [])

    def near(self, page):
        """端の少なくとも一方が、ページの名 page にある式の辺。"""
        return self._near.get(page, {})

    def uses(self, label):
        """この式が使う式。"""
        return self._used.get(label, [])

    def used_by(self, label):
        """この式を使う式。"""
        return self._users.get(label, [])

    def ancestors(self, label):
        """この式が、じかに、または間にほかの式をはさんで使う式のすべて。"""
        return self._ordered(_reached(label, self.uses))

    def dependents(self, label):
        """この式を、じかに、または間にほかの式をはさんで使う式のすべて。"""
        return self._ordered(_reached(label, self.used_by))

    def of_kind(self, kind):
        """その種類の辺。"""
        return [edge for edge, found in self.edges.items() if found == kind]

    def _ordered(self, labels):
        return [label for label in self.pages if label in labels]


def is_relation(label):
    """実装を持たない、名どうしの関係か。"""
    return ":" in label


def assemble(labels, results):
    """ページごとの名指しを一つの Graph にする。labels はラベルから (ページ, 式)。"""
    references = {label: result["references"][label] for result in results for label in result["references"]}
    bound = defaultdict(list)
    for label in labels:
        if label in references and not is_relation(label):
            bound[_unit(label)].append(label)
    kinds, place = {}, {label: k for k, label in enumerate(labels)}
    for label in (label for label in labels if label in references):
        by_formula = {used for used in references[label]["formula"] if used in labels}
        by_code = set() if is_relation(label) else _called(label, references[label]["code"], bound)
        for used in sorted(by_formula | by_code, key=place.get):
            kinds[label, used] = BOTH if used in by_formula & by_code else FORMULA if used in by_formula else CODE
    return Graph({label: page.name for label, (page, _) in labels.items()}, kinds)


def _unit(label):
    topic, name = split_label(label)
    return spell(topic_path(topic), name)


def _called(label, pairs, bound):
    """実装が使う関数に結ばれたラベル。結ばれていない関数は通りぬける。"""
    mentioned, home = _adjacent(map(tuple, pairs)), _unit(label)
    reached = _reached(home, lambda unit: [] if unit in bound and unit != home else mentioned.get(unit, []))
    return {other for unit in reached - {home} for other in bound.get(unit, ())}


def _adjacent(pairs):
    table = {}
    for start, end in pairs:
        table.setdefault(start, []).append(end)
    return table


def _reached(start, step):
    """start から一歩以上でたどりつくもの。"""
    return closure(step(start), step)


def contradictions(graph, labels, pages, sources):
    """式と実装の矛盾。sources はラベルから実装の場所「道:行」。"""
    problems, told = [], set()
    for user, used in (edge for edge, kind in graph.edges.items() if kind != FORMULA):
        page, formula = labels[user]
        where = f"実装 {sources.get(user, user)}"
        if (back := _way_back(graph, used, user)) and not told & set(back):
            told |= set(back)
            message = "\n".join(
                [
                    f"式と実装で、使う向きが輪になる — {where}",
                    f"  実装は {used} の関数を使う",
                    *(f"  {_spoken(graph, edge, labels, sources)}" for edge in pairwise(back)),
                ]
            )
            problems.append(Problem(page.shown, formula.line, user, message))
        if not _introduced(page, labels[used][0], pages):
            message = (
                f"実装が使う {used} のページを、このページは uses にもリンクにも挙げていない — {where}\n"
                f"  式 {labels[used][0].shown}:{labels[used][1].line}"
            )
            problems.append(Problem(page.shown, formula.line, user, message))
    return problems


def _way_back(graph, start, goal):
    """start から goal への、式の辺を含むいちばん短い道。なければ None。"""
    queue, seen = [((start,), False)], set()
    for path, by_formula in queue:
        if path[-1] == goal and by_formula:
            return path
        for used in graph.uses(path[-1]):
            state = (used, by_formula or graph.edges[path[-1], used] != CODE)
            if state not in seen:
                seen.add(state)
                queue.append(((*path, used), state[1]))
    return None


def _spoken(graph, edge, labels, sources):
    user, used = edge
    page, formula = labels[user]
    if graph.edges[edge] == CODE:
        return f"{user} の実装（{sources.get(user, user)}）は {used} の関数を使う"
    return f"{user} の式（{page.shown}:{formula.line}）は {used} を使う"


def _introduced(page, other, pages):
    """そのページの定義が、同じページか、uses の先か、リンクの先にあるか。"""
    found = {page.name} | _reached(page.name, lambda name: pages[name].uses if name in pages else [])
    return other.name in found | page.links
