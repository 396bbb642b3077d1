"""線形分離可能の板に置く例。余裕のいちばん大きな仕切りは、2 次計画法で求める。"""

import numpy as np
from scipy.optimize import minimize
from scipy.spatial import ConvexHull, QhullError


def widest(X, t):
    """余裕のいちばん大きな仕切り (w, b)。X: (N, 2)、t: (N,) の ±1 → 重み (2,) と数。なければ None。

    いちばん危ない点で t (w·x + b) = 1 になる大きさに、w と b をそろえて返す。
    余裕は 1/‖w‖ なので、どの点でも 1 以上という条件のもとで、‖w‖² を最小にする（Vapnik, 1995）。
    """
    X, t = np.asarray(X, dtype=float), np.asarray(t, dtype=float)
    sides = t[:, np.newaxis] * np.c_[X, np.ones(len(X))]
    found = minimize(
        lambda v: v[:2] @ v[:2] / 2, np.zeros(3), jac=lambda v: np.r_[v[:2], 0], method="SLSQP",
        constraints={"type": "ineq", "fun": lambda v: sides @ v - 1, "jac": lambda v: sides},
        options={"maxiter": 500, "ftol": 1e-14},
    )  # fmt: skip
    return (found.x[:2], float(found.x[2])) if np.all(sides @ found.x > 1 - 1e-6) else None


def boards():
    """点を足し、動かし、消して、分けられるかどうかを見る板。破線は、いちばん近い点からもっとも離れた仕切り。
    塗った丸と × が 2 組の点で、薄い囲みがそれぞれの凸包。
    """
    corners = [(2, 2), (2, 8), (8, 2), (8, 8)]
    apart = [(1, 3), (2, 1), (2, 5), (3, 3), (4, 1), (4, 4)], [(6, 7), (7, 5), (7, 9), (8, 7), (9, 5), (9, 8)]
    ring = [(5, 1), (8, 2), (9, 5), (8, 8), (5, 9), (2, 8), (1, 5), (2, 2)]
    examples = {
        "離れた 2 組": _labelled(apart[1], apart[0]),
        "AND": _labelled(corners[3:], corners[:3]),
        "XOR": _labelled(corners[1:3], [corners[0], corners[3]]),
        "円の内と外": _labelled([(5, 5), (4, 6), (6, 4), (6, 6), (4, 4)], ring),
        "1 列": _labelled([(2, 5), (8, 5)], [(5, 5)]),
    }
    return [_board(name, points) for name, points in examples.items()]


def _labelled(plus, minus):
    return [(*place, 1) for place in plus] + [(*place, -1) for place in minus]


def _board(name, points):
    X, t = np.array([p[:2] for p in points]), np.array([p[2] for p in points])
    line = widest(X, t)
    hulls = [_hull(X[t == side]) for side in (1, -1)]
    return {"name": name, "points": points, "hulls": hulls, "line": line and (*line[0].tolist(), line[1])}


def _hull(places):
    """囲みの頂点。一直線に並んでいれば、その両端。"""
    try:
        return places[ConvexHull(places).vertices].tolist() if len(places) > 2 else places.tolist()
    except QhullError:
        order = np.lexsort(places.T[::-1])
        return places[order[[0, -1]]].tolist()
