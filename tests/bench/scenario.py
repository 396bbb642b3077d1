"""一つの道具で、まっさらから、変えずに、文を直して、コードを直して、組む。"""

import json
import os
import re
import shutil
from dataclasses import dataclass, field

from .corpus import pages
from .measure import measure
from .peers import HOME, PEERS, python_of
from .writers import write

KINDS = {"cold": "まっさら", "noop": "変えずに", "prose": "文を直す", "snippet": "コードを直す"}
VERSION, SCALE = re.compile(r"版番号 v\d+"), re.compile(r"scale = 1\.\d{3}")


class Stale(Exception):
    """組み上がったページに、直したものが見えない。"""


@dataclass
class Runs:
    """組み方ごとの Cost の並び。peers と size は、比べるときの見出し。"""

    peer: str
    size: int
    costs: dict = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def cpu(self, kind):
        """いちばん短かった CPU の秒数。混んだ機械では、長いほうへしかぶれない。"""
        return min(cost.cpu for cost in self.costs[kind])

    def peak(self):
        """どの組み方でもいちばん大きかったメモリ（MB）。"""
        return max(cost.peak for costs in self.costs.values() for cost in costs)


class Site:
    """一つの道具の、count ページの原稿。"""

    def __init__(self, name, count):
        self.peer, self.pages = PEERS[name], pages(count)
        self.page = self.pages[count // 2]
        self.python = python_of(self.peer)
        self.root = HOME / "site" / f"{name}-{count}"
        self.edits = 0
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        for page in self.pages:
            write(self.root, self.peer.write(page))
        write(self.root, self.peer.frame(self.root, self.pages))

    def place(self, pattern):
        """{} にはページの道、{0.name} などにはページそのものが入る。"""
        return self.root / pattern.replace("{}", "{0.path}").format(self.page)

    def clear(self):
        """組むとできるものを消す。"""
        for name in self.peer.made:
            path = self.root / name
            path.unlink() if path.is_file() else shutil.rmtree(path, ignore_errors=True)

    def edit(self, kind):
        """一ページの文かコードを、前と違うものに直す。"""
        self.edits += 1
        path = self.place(self.peer.edited[kind == "snippet"])
        pattern = SCALE if kind == "snippet" else VERSION
        text = f"scale = 1.{self.edits:03}" if kind == "snippet" else f"版番号 v{self.edits}"
        path.write_text(pattern.sub(text, path.read_text("utf-8"), count=1), "utf-8")

    def run(self, *module):
        """この道具の環境で、命令を走らせる。"""
        environment = os.environ | {
            "PYTHONPATH": str(self.root), "NO_MKDOCS_2_WARNING": "1", "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg",
            "PATH": f"{os.path.dirname(self.python)}{os.pathsep}{os.environ['PATH']}",
        }  # fmt: skip
        return measure([self.python, "-m", *module], self.root, environment)

    def build(self):
        """一度組み、直したものが見えることを確かめる。"""
        cost = self.run(*self.peer.command)
        if cost.code:
            raise Stale("\n".join(cost.output.strip().split("\n")[-8:]))
        self.require_fresh()
        return cost

    def require_fresh(self):
        """ページに、いまの文と、いまのコードを走らせた番号がある。どのページも走っている。"""
        shown = self.place(self.peer.shown).read_text("utf-8")
        prose = self.place(self.peer.edited[0]).read_text("utf-8")
        code = self.place(self.peer.edited[1]).read_text("utf-8")
        wanted = [VERSION.search(prose)[0]]
        if self.peer.executes:
            wanted += [self.page.token(int(SCALE.search(code)[0].removeprefix("scale = ").replace(".", "")))]
        for text in wanted:
            if not re.search(re.escape(text) + r"(?!\d)", shown):
                raise Stale(f"{self.place(self.peer.shown)} に {text} がない")


def measured(name, count, repeat, say):
    """それぞれの組み方を repeat 回。"""
    site, runs = Site(name, count), Runs(name, count)
    for kind in KINDS:
        for _ in range(repeat):
            if kind == "cold":
                site.clear()
            elif kind != "noop":
                site.edit(kind)
            cost = site.build()
            runs.costs[kind].append(cost)
            say(f"{name} {count} ページ {KINDS[kind]}: {cost.cpu:.2f} 秒、{cost.peak:.0f} MB")
    return runs


def rechecked(count):
    """一ページのコードを直したあと、エンジンが調べなおしたと言うページの数。"""
    site = Site("ours", count)
    found = []
    for kind in (None, "prose", "snippet"):
        if kind:
            site.edit(kind)
        cost = site.run("snippets", "check")
        found.append(int(re.search(r"調べなおしたページ (\d+)", cost.output)[1]))
    return found


def unfinished(root):
    """走っていないページはないか。"""
    return json.dumps(str(root))
