"""一つの道具で、まっさらから、変えずに、文を直して、コードを直して、組む。"""

import os
import re
import shutil
from dataclasses import dataclass, field

from .corpus import pages
from .measure import measure
from .peers import HOME, PEERS, python_of
from .writers import write

KINDS = {"cold": "まっさら", "noop": "変えずに", "prose": "文を直す", "snippet": "コードを直す"}
VERSION, SCALE = re.compile(r"版番号 v\d+"), re.compile(r"scale = 1\.(\d{3})")


class Failed(Exception):
    """組めないか、組み上がったページに、直したものが見えない。"""


@dataclass
class Runs:
    """組み方ごとの Cost の並び。"""

    costs: dict = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def cpu(self, kind):
        """いちばん短かった CPU の秒数。混んだ機械では、長いほうへしかぶれない。"""
        return min(cost.cpu for cost in self.costs[kind])

    @property
    def peak(self):
        """どの組み方でもいちばん大きかったメモリ（MB）。"""
        return max(cost.peak for costs in self.costs.values() for cost in costs)


class Site:
    """一つの道具の、count ページの原稿。"""

    def __init__(self, name, count, home=HOME):
        self.peer, self.pages = PEERS[name], pages(count)
        self.page = self.pages[count // 2]
        self.python = python_of(self.peer)
        self.root = home / "site" / f"{name}-{count}"
        self.edits = 0
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        for page in self.pages:
            write(self.root, self.peer.write(page))
        write(self.root, self.peer.frame(self.root, self.pages))

    def place(self, pattern, page):
        """{} にはページの道、{0.name} などにはページそのものが入る。"""
        return self.root / pattern.replace("{}", "{0.path}").format(page)

    def clear(self):
        """組むとできるものを消す。"""
        for name in self.peer.made:
            path = self.root / name
            path.unlink() if path.is_file() else shutil.rmtree(path, ignore_errors=True)

    def edit(self, kind):
        """一ページの文かコードを、前と違うものに直す。"""
        self.edits += 1
        prose, snippet = (self.place(pattern, self.page) for pattern in self.peer.edited)
        if kind == "prose":
            prose.write_text(VERSION.sub(f"版番号 v{self.edits}", prose.read_text("utf-8")), "utf-8")
        else:
            snippet.write_text(SCALE.sub(f"scale = 1.{self.edits:03}", snippet.read_text("utf-8")), "utf-8")

    def run(self, *command):
        """この道具の環境の Python で走らせる。どの道具も、.pyc を使い、一つのスレッドで数を計算する。"""
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {
            "PYTHONPATH": str(self.root), "NO_MKDOCS_2_WARNING": "1", "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg",
            "PATH": f"{os.path.dirname(self.python)}{os.pathsep}{os.environ['PATH']}",
        }  # fmt: skip
        return measure([self.python, *command], self.root, environment)

    def build(self):
        """一度組み、どのページも、いまの原稿のとおりであることを確かめる。"""
        cost = self.run("-m", *self.peer.command)
        if cost.code:
            raise Failed("\n".join(cost.output.strip().split("\n")[-8:]))
        for page in self.pages:
            self.require_fresh(page)
        return cost

    def require_fresh(self, page):
        """ページに、いまの文と、いまのコードを走らせた番号がある。"""
        shown = self.place(self.peer.shown, page)
        html = shown.read_text("utf-8") if shown.is_file() else ""
        prose, snippet = (self.place(pattern, page).read_text("utf-8") for pattern in self.peer.edited)
        wanted = [VERSION.search(prose)[0] + " "]
        if self.peer.executes:
            wanted += [page.token(1000 + int(SCALE.search(snippet)[1]))]
        for text in wanted:
            if text not in html:
                raise Failed(f"{shown.relative_to(self.root)} に「{text}」がない")

    def measure(self, runs, say):
        """四つの組み方を一度ずつ。"""
        for kind, title in KINDS.items():
            if kind == "cold":
                self.clear()
            elif kind != "noop":
                self.edit(kind)
            cost = self.build()
            runs.costs[kind].append(cost)
            say(f"{self.peer.title}、{len(self.pages)} ページ、{title}: {cost.cpu:.2f} 秒、{cost.peak:.0f} MB")

    def rechecked(self):
        """文と、コードを直したあとに、エンジンが調べなおしたと言うページの数。"""
        found = {}
        for kind in ("prose", "snippet"):
            self.edit(kind)
            found[kind] = int(re.search(r"調べなおしたページ (\d+)", self.run("-m", "snippets", "check").output)[1])
        return found
