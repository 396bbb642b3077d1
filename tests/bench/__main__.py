"""組む速さを、ほかの道具と比べる。

    pip install -e '.[test]'
    python -m tests.bench                                    # すべて。CPU で 20 分ほど
    python -m tests.bench --pages 25 --peers ours,plain      # 一部だけ
    python -m tests.bench --repeat 3                         # 三度ずつ組み、短いほうをとる

道具は .cache/bench/ に入れる。入らない道具は、そう書いて飛ばす。
"""

import argparse
import json
import sys
from pathlib import Path

from snippets._engine.katex import version

from .peers import PEERS, Unavailable, versions
from .scenario import Failed, Runs, Site
from .table import shares, targets, times

COSTS = Path(__file__).with_name("costs.py")


def main(arguments=None):
    """測って、表を書く。組めない道具があれば 1 を返す。"""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="組む速さを、ほかの道具と比べる")
    parser.add_argument("--pages", default="25,100,400", metavar="N,…", help="ページの数（既定は 25,100,400）")
    parser.add_argument("--peers", default=",".join(PEERS), metavar="名,…", help="道具の名（既定はすべて）")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="組む回数。いちばん短い CPU をとる")
    options = parser.parse_args(arguments)
    if sys.platform != "linux":
        parser.error("終わったプロセスの CPU まで数えるしくみが Linux にしかない。Linux で走らせる")
    names = options.peers.split(",")
    if unknown := [name for name in names if name not in PEERS]:
        parser.error(f"{', '.join(unknown)} という道具はない。{', '.join(PEERS)} から選ぶ")
    found, costs, rechecked, failures = {}, {}, {}, {}
    for count in map(int, options.pages.split(",")):
        sites = _sites(names, count, failures)
        for _ in range(options.repeat):
            for site in sites:
                _measure(site, found, failures)
        for site in sites:
            if site.peer.name == "ours" and ("ours", count) in found:
                rechecked = site.rechecked()
                costs[count] = {kind: json.loads(site.run(COSTS, kind).output) for kind in ("cold", "noop")}
    print(times(found), targets(found, rechecked, costs), shares(costs), sep="\n\n")
    print("\n版: KaTeX ", version(), *(f"。{versions(PEERS[name])}" for name in names if name not in failures), sep="")
    for name, reason in failures.items():
        print(f"\n{PEERS[name].title} は比べられない: {reason}")
    return 1 if failures else 0


def _sites(names, count, failures):
    """原稿を書く。道具が入らなければ、わけを failures に書いて飛ばす。"""
    sites = []
    for name in names:
        if count <= PEERS[name].size and name not in failures:
            try:
                sites.append(Site(name, count))
            except Unavailable as error:
                failures[name] = error
    return sites


def _measure(site, found, failures):
    name, count = site.peer.name, len(site.pages)
    if name in failures:
        return
    try:
        site.measure(found.setdefault((name, count), Runs()), lambda text: print(text, file=sys.stderr, flush=True))
    except Failed as error:
        print(f"{site.peer.title} を組めない: {error}", file=sys.stderr, flush=True)
        failures[name] = error
        del found[name, count]


if __name__ == "__main__":
    sys.exit(main())
