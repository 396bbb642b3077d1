"""点を置く板。ページの JavaScript と Python の、別々の解き方が同じ答えを出す。"""

import numpy as np
import pytest

from snippets.neuron._boards import boards, widest
from snippets.neuron.linear_separability import hulls_disjoint, is_separable, margin, separates
from tests.javascript import javascript

CODE = """
import { clip, hull, separation } from "SCRIPTS/separation.mjs"
const asked = ASKED
console.log(JSON.stringify(asked.map(points => {
  const found = separation(points)
  return { found, hull: hull(points), clip: found && clip(found, -0.5, 10.5) }
})))
"""


def cases(count=400):
    """ばらばらな点、一列に並んだ点、同じ場所に両方の印がある点。"""
    rng = np.random.default_rng(0)
    found = [[list(map(int, p)) for p in board["points"]] for board in boards()]
    for k in range(count):
        size = int(rng.integers(2, 14))
        places = rng.integers(0, 11, (size, 2))
        if k % 4 == 0:
            places[:, 1] = places[:, 0] if k % 8 else 5
        side = np.where(places @ [2, -1] + rng.integers(-6, 7, size) > 5, 1, -1)
        side[:2] = 1, -1
        found.append([[int(x), int(y), int(s)] for (x, y), s in zip(places, side, strict=True)])
    return found


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    asked = cases()
    return asked, javascript(tmp_path_factory.mktemp("boards"), CODE, asked)


def test_javascript_agrees_with_linear_programming(answers):
    """分けられるかどうかは、線形計画法の答えとも、凸包が離れているかの答えとも、どの置き方でも一致する。"""
    verdicts = set()
    for points, told in zip(*answers, strict=True):
        X, t = np.array(points, dtype=float)[:, :2], np.array(points)[:, 2]
        verdicts.add(is_separable(X, t))
        assert (told["found"] is not None) == is_separable(X, t) == hulls_disjoint(X[t > 0], X[t < 0]), points
    assert verdicts == {True, False}


def test_line_separates_with_the_gap_it_says(answers):
    """返す線は 2 組を分け、言う長さは、ページの式の余裕を重みの長さで割ったものである。"""
    for points, told in zip(*answers, strict=True):
        if line := told["found"]:
            X, t, w = np.array(points, dtype=float)[:, :2], np.array(points)[:, 2], np.array(line["w"])
            assert separates(X, t, w, line["b"])
            assert line["gap"] == pytest.approx(margin(X, t, w, line["b"]) / np.linalg.norm(w), rel=1e-12)
            assert np.allclose(np.array(told["clip"]) @ w + line["b"], 0, atol=1e-9)


def test_gap_is_the_widest(answers):
    """線は、2 次計画法で求めた、余裕のいちばん大きな仕切りと一致する。"""
    compared = 0
    for points, told in zip(*answers, strict=True):
        X, t = np.array(points, dtype=float)[:, :2], np.array(points)[:, 2]
        if (line := told["found"]) and (best := widest(X, t)):
            assert line["gap"] == pytest.approx(1 / np.linalg.norm(best[0]), rel=1e-5)
            compared += 1
    assert compared > 50


def test_hull_contains_every_point(answers):
    """囲みは凸で、左回りで、どの点も外に出ない。"""
    for points, told in zip(*answers, strict=True):
        corners = np.array(told["hull"], dtype=float)
        if len(corners) > 2:
            sides = np.roll(corners, -1, axis=0) - corners
            apart = np.array(points, dtype=float)[:, np.newaxis, :2] - corners
            assert np.all(sides[:, 0] * apart[..., 1] - sides[:, 1] * apart[..., 0] >= 0)


def test_examples_show_both_answers():
    """例には、分けられるものと分けられないものがあり、線があるのは分けられるときだけである。"""
    for board in boards():
        X, t = np.array(board["points"])[:, :2], np.array(board["points"])[:, 2]
        assert (board["line"] is not None) == is_separable(X, t)
        if board["line"]:
            assert separates(X, t, np.array(board["line"][:2]), board["line"][2])
    assert {board["line"] is None for board in boards()} == {True, False}
