"""式の地図は、式の木と実装の呼びあいから引かれ、二つが矛盾すれば断られる。"""

import itertools
import re
from dataclasses import replace
from functools import cache
from xml.etree.ElementTree import fromstring, tostring

import pytest

from snippets._engine import ROOT
from snippets._engine.book import check_book, read_book
from snippets._engine.calls import call_pairs
from snippets._engine.graph import BOTH, CODE, FORMULA, contradictions, references
from snippets._engine.graph_page import near_map, whole_map
from snippets._engine.reading import Reading

PAGES = read_book()


@cache
def book():
    return check_book()


def prepared(name, change=lambda latex: latex):
    """ページの式ごとの Prepared。change は LaTeX を書きかえる。"""
    formulas = [replace(f, latex=change(f.latex)) for f in PAGES[name].formulas]
    return {f.label: p for f, p in Reading(replace(PAGES[name], formulas=formulas), PAGES, [])}


def test_edges_join_labels():
    """辺の両端はどれもラベルで、自分を指す辺はない。"""
    graph = book().graph
    assert set(itertools.chain(*graph.edges)) <= set(book().labels)
    assert all(user != used for user, used in graph.edges)


def test_formulas_make_no_cycle():
    """式の辺だけをたどって、自分に戻ることはない。"""
    graph = book().graph
    steps = {label: [used for used in graph.uses(label) if graph.edges[label, used] != CODE] for label in graph.pages}
    settled = set()
    while ready := {label for label in steps if label not in settled and set(steps[label]) <= settled}:
        settled |= ready
    assert settled == set(steps)


def test_uses_and_used_by_are_converse():
    """A が B を使うことと、B が A に使われることは同じである。"""
    graph = book().graph
    pairs = {(user, used) for user in graph.pages for used in graph.uses(user)}
    assert pairs == {(user, used) for used in graph.pages for user in graph.used_by(used)} == set(graph.edges)
    assert "activation.sigmoid" in graph.ancestors("activation.tanh:four_times")
    assert "activation.tanh:four_times" in graph.dependents("activation.sigmoid")


@pytest.mark.parametrize(
    ("user", "used", "kind"),
    [
        ("activation.sigmoid:symmetry", "activation.sigmoid", FORMULA),
        ("activation.sigmoid.derivative", "activation.sigmoid", FORMULA),
        ("activation.tanh:to_sigmoid", "activation.sigmoid", FORMULA),
        ("activation.tanh.from_sigmoid", "activation.sigmoid", BOTH),
        ("activation.sigmoid.gain", "activation.sigmoid", CODE),
        ("neuron.xor.four_nands", "neuron.xor.nand_gate", BOTH),
    ],
)
def test_edge_is_found(user, used, kind):
    """式だけ、実装だけ、両方の辺が、それぞれ見つかる。"""
    assert book().graph.edges[user, used] == kind


def test_edge_vanishes_with_the_mention():
    """式から名を消せば、辺も消える。"""
    label = "activation.sigmoid:symmetry"
    assert references(label, prepared("activation.sigmoid")[label])["formula"] == ["activation.sigmoid"]
    without = prepared("activation.sigmoid", lambda latex: latex.replace(r"\sigma(-x) = 1 - \sigma(x)", "-(-x) = x"))
    assert references(label, without[label])["formula"] == []


def test_calls_are_found_through_helpers_and_imports():
    """from で取りこんだ関数も、結ばれていない関数をはさんだ呼びも、実装の名指しとして見つかる。"""
    pairs = call_pairs(ROOT / "snippets" / "neuron" / "xor.py", "four_nands")
    assert ("neuron/xor.py:four_nands", "neuron/xor.py:nand_gate") in pairs
    assert ("neuron/perceptron.py:output", "activation/step.py:step") in pairs


def test_no_contradiction_on_the_site():
    """サイトの式と実装は矛盾しない。"""
    assert contradictions(book().graph, book().labels, book().pages, book().locations) == []


def test_maps_are_sound():
    """地図は正しい XML で、id は重ならず、札のリンクはラベルか同じ地図の中を指す。"""
    element = fromstring(tostring(whole_map(book())))
    idents = [node.get("id") for node in element.iter() if node.get("id")]
    assert len(idents) == len(set(idents))
    targets = [node.get("href") for node in element.iter() if node.get("href")]
    assert targets
    for target in targets:
        path, _, anchor = target.partition("#")
        assert anchor in (book().labels if path else idents)


def test_cards_do_not_overlap():
    """一つの絵の中で、札は重ならない。"""
    maps = [near_map(book(), page) for page in PAGES.values()]
    for drawing in (svg for m in maps if m is not None for svg in m.iter("svg")):
        boxes = []
        for rect in drawing.iter("rect"):
            x, y, w, h = (float(rect.get(key, 0)) for key in ("x", "y", "width", "height"))
            boxes.append((x, y, x + w, y + h))
        for a, b in itertools.combinations(boxes, 2):
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_same_book_draws_the_same_bytes():
    """地図のバイト列は、二度描いても同じである。"""
    assert tostring(whole_map(book())) == tostring(whole_map(book()))
    assert re.search(rb"<svg[^>]*aria-label", tostring(whole_map(book())))
