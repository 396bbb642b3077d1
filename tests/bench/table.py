"""測ったものを、Markdown の表にする。"""

from .corpus import FORMULAS_PER_PAGE
from .peers import PEERS
from .scenario import KINDS

COLD, MEMORY, NOOP, CHECK, BEND, GROWTH = 0.85, 0.6, 0.3, 10, 1.15, 1.2  # 目標
_CHECKING = ("読むことと結ぶこと", "標本と比較", "証明", "文中の式")


def _rows(head, body):
    """見出しと行から、Markdown の表。"""
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in (head, ["---"] * len(head), *body))


def times(found):
    """道具ごとの CPU の秒数とメモリ。かっこの中は、動く数式ノートがその何倍か。found は (名, ページ数) から Runs。"""
    body = []
    for (name, count), runs in sorted(found.items(), key=lambda item: (item[0][1], list(PEERS).index(item[0][0]))):
        values, base = _values(runs), found.get(("ours", count))
        cells = [f"{value:.2f}" for value in values[:-1]] + [f"{values[-1]:.0f}"]
        if base and name != "ours":
            cells = [f"{c}（{b / v:.2f}）" for c, b, v in zip(cells, _values(base), values, strict=True)]
        body.append([count, PEERS[name].title, *cells])
    return _rows(["ページ", "道具", *KINDS.values(), "メモリ（MB）"], body)


def _values(runs):
    return [*map(runs.cpu, KINDS), runs.peak]


def targets(found, rechecked, costs):
    """目標と、測った値と、届いたか。測っていないものは並べない。"""
    body = [
        [title, f"{value:.3g}{unit}", f"{limit:g}{unit} 以下", "届いた" if value <= limit else "届かない"]
        for title, value, limit, unit in _judged(found, rechecked, costs)
    ]
    return _rows(["目標", "測った値", "", ""], body)


def _judged(found, rechecked, costs):
    counts = sorted(count for name, count in found if name == "ours")
    for count in counts:
        ours, other, plain = (found.get((name, count)) for name in ("ours", "mkdocs-exec", "plain"))
        if other:
            ratio = ours.cpu("cold") / other.cpu("cold")
            yield f"まっさら、{count} ページ（MkDocs + markdown-exec の）", ratio, COLD, " 倍"
            yield f"メモリ、{count} ページ（MkDocs + markdown-exec の）", ours.peak / other.peak, MEMORY, " 倍"
        if plain:
            more = ours.cpu("noop") - plain.cpu("noop")
            yield f"変えずに、{count} ページ（何も走らせない MkDocs より）", more, NOOP, " 秒"
    for count, kinds in costs.items():
        spent = sum(kinds["cold"].get(part, 0) for part in _CHECKING)
        yield f"式 1 つの照合、{count} ページ", 1000 * spent / (count * FORMULAS_PER_PAGE), CHECK, " ミリ秒"
    for kind, pages in rechecked.items():
        yield f"{KINDS[kind]}と、調べなおすページ", pages, 1, " ページ"
    if len(counts) > 1:
        ratio = found["ours", counts[-1]].peak / found["ours", counts[0]].peak
        yield f"メモリ、{counts[-1]} ページ（{counts[0]} ページの）", ratio, GROWTH, " 倍"
    if len(counts) > 2:
        cold = [found["ours", count].cpu("cold") for count in counts]
        first, last = ((cold[k + 1] - cold[k]) / (counts[k + 1] - counts[k]) for k in (0, -2))
        yield (
            f"1 ページふえたときの CPU、{counts[-1]} ページまで（{counts[1]} ページまでの）",
            last / first,
            BEND,
            " 倍",
        )


def shares(costs):
    """部分ごとの CPU。costs は、ページ数から、組み方ごとの {部分: 秒}。"""
    body = []
    for count, kinds in costs.items():
        for kind, parts in kinds.items():
            whole = sum(parts.values())
            for part, spent in sorted(parts.items(), key=lambda item: -item[1]):
                if spent > whole / 200:
                    each = f"{1000 * spent / count:.1f}"
                    body.append([count, KINDS[kind], part, f"{spent:.2f}", each, f"{spent / whole:.0%}"])
    return _rows(["ページ", "組み方", "部分", "CPU（秒）", "1 ページ（ミリ秒）", "割合"], body)
