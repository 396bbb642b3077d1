"""層に分けた配置。辺はどれも左の列から右の列へ向かい、箱の上を通らない。

つながった部分ごとに、列を決め、列をまたぐ辺に通り道の点を置き、交わりの少ない順に並べ、となりと高さをそろえる。
同じ入力からは、いつも同じ配置になる。
"""

from collections import defaultdict
from itertools import combinations, pairwise

_SWEEPS = 12


def layered(nodes, edges, row, lane):
    """(点から (列, 高さ), 辺から通り道, 全体の高さ)。通り道は (列, 高さ) の並びで、両端を含む。

    nodes は並べたい順の名（文字列）、edges は (左, 右)。row は箱どうし、lane は通り道どうしの間隔。
    """

    def size(v):
        return row if isinstance(v, str) else lane

    places, routes, top = {}, {}, 0.0
    for part in _components(nodes, edges):
        inside = [edge for edge in edges if edge[0] in part]
        columns, chains = _columns(part, inside)
        order = _ordered(columns, chains)
        heights = _heights(order, chains, size)
        low = min(y - size(v) / 2 for v, y in heights.items())
        column_of = {v: k for k, column in enumerate(order) for v in column}
        spots = {v: (column_of[v], round(y - low + top, 1)) for v, y in heights.items()}
        places |= {v: spots[v] for v in part}
        routes |= {edge: [spots[v] for v in chain] for edge, chain in chains.items()}
        top += max(y + size(v) / 2 for v, y in heights.items()) - low
    return places, routes, round(top, 1)


def _components(nodes, edges):
    """つながった部分。大きいものから、大きさが同じなら並べたい順に。"""
    near = defaultdict(list)
    for a, b in edges:
        near[a].append(b)
        near[b].append(a)
    parts, seen = [], set()
    for node in nodes:
        if node not in seen:
            part, pending = set(), [node]
            while pending:
                v = pending.pop()
                if v not in part:
                    part.add(v)
                    pending += near[v]
            seen |= part
            parts.append([v for v in nodes if v in part])
    return sorted(parts, key=lambda part: -len(part))


def _columns(part, edges):
    """列ごとの点と、辺ごとの点の並び。始まりの点は、初めに使われる列のすぐ左に寄せる。"""
    into, out = defaultdict(list), defaultdict(list)
    for a, b in edges:
        into[b].append(a)
        out[a].append(b)
    depth = {}

    def deep(v):
        if v not in depth:
            depth[v] = 1 + max(map(deep, into[v]), default=-1)
        return depth[v]

    for v in part:
        deep(v)
    for v in part:
        if not into[v] and out[v]:
            depth[v] = min(depth[w] for w in out[v]) - 1
    columns = [[] for _ in range(1 + max(depth.values()))]
    for v in part:
        columns[depth[v]].append(v)
    chains = {}
    for a, b in edges:
        middle = [(a, b, k) for k in range(depth[a] + 1, depth[b])]
        for lane in middle:
            columns[lane[2]].append(lane)
        chains[a, b] = [a, *middle, b]
    return columns, chains


def _ordered(columns, chains):
    """列の中の順。となりの列での位置の平均で並べなおし、いちばん交わりの少ないものを取る。"""
    left, right = _neighbours(chains)
    order = [list(column) for column in columns]
    best, fewest = order, _crossings(order, right)
    for sweep in range(_SWEEPS):
        order = [list(column) for column in order]
        forward = sweep % 2 == 0
        for k in range(1, len(order)) if forward else range(len(order) - 2, -1, -1):
            beside = {v: i for i, v in enumerate(order[k - 1 if forward else k + 1])}
            known = left if forward else right
            own = {v: i for i, v in enumerate(order[k])}

            def middle(v, beside=beside, known=known, own=own):
                spots = [beside[w] for w in known[v]]
                return sum(spots) / len(spots) if spots else own[v]

            order[k].sort(key=middle)
        crossings = _crossings(order, right)
        if crossings < fewest:
            best, fewest = order, crossings
    return best


def _neighbours(chains):
    left, right = defaultdict(list), defaultdict(list)
    for a, b in dict.fromkeys(step for chain in chains.values() for step in pairwise(chain)):
        left[b].append(a)
        right[a].append(b)
    return left, right


def _crossings(order, right):
    count = 0
    for column, following in pairwise(order):
        spot = {v: i for i, v in enumerate(following)}
        ends = [[spot[w] for w in right[v]] for v in column]
        count += sum(x > y for above, below in combinations(ends, 2) for x in above for y in below)
    return count


def _heights(order, chains, size):
    """高さ。順を変えずに間隔を守りながら、となりの列の平均に寄せる。"""
    left, right = _neighbours(chains)
    heights = {}
    for column in order:
        heights |= dict(zip(column, _spread([0.0] * len(column), [size(v) for v in column]), strict=True))
    for sweep in range(2 * _SWEEPS):
        for column in order if sweep % 2 == 0 else reversed(order):
            wanted = []
            for v in column:
                beside = [heights[w] for w in (*left[v], *right[v])]
                wanted.append(sum(beside) / len(beside) if beside else heights[v])
            heights |= dict(zip(column, _spread(wanted, [size(v) for v in column]), strict=True))
    return heights


def _spread(wanted, sizes):
    """間隔を守る並びのうち、望みの高さからのずれの二乗和がいちばん小さいもの。"""
    offsets = [0.0]
    for above, below in pairwise(sizes):
        offsets.append(offsets[-1] + (above + below) / 2)
    blocks = []  # (望みの平均, 個数)。上から大きくなる
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while blocks and blocks[-1][0] >= mean - 1e-9:
            before, many = blocks.pop()
            mean, count = (before * many + mean * count) / (many + count), many + count
        blocks.append((mean, count))
    flat = [mean for mean, count in blocks for _ in range(count)]
    return [base + offset for base, offset in zip(flat, offsets, strict=True)]
