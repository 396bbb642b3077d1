"""動く数式ノートの CPU が、どこで使われるか。組んだあとの原稿のフォルダで走らせ、部分ごとの秒数を JSON で書く。

    python costs.py cold    # まっさらから
    python costs.py noop    # 変えずに

一つのプロセスで順に走らせるので、働き手を起こして結果を受け渡す分は入らない。
"""

import gc
import json
import logging
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage


class Clock:
    """部分ごとの CPU の秒数。ある部分の中で始まった別の部分は、外の部分から除く。"""

    def __init__(self):
        self.spent, self.stack, self.last = {}, ["ほか"], self.now()

    def now(self):
        """このプロセスと、終わった子プロセスの CPU の秒数。"""
        return sum(usage.ru_utime + usage.ru_stime for usage in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))

    def turn(self):
        """前に見たときからの分を、いまの部分に足す。"""
        now = self.now()
        self.spent[self.stack[-1]] = self.spent.get(self.stack[-1], 0) + now - self.last
        self.last = now

    @contextmanager
    def part(self, name):
        self.turn()
        self.stack.append(name)
        try:
            yield
        finally:
            self.turn()
            self.stack.pop()

    def watch(self, owner, attribute, name):
        """owner の関数を、呼ぶたびに測るものに置きかえる。"""
        function = getattr(owner, attribute)

        def watched(*arguments, **options):
            with self.part(name):
                return function(*arguments, **options)

        setattr(owner, attribute, watched)


def cold(clock):
    """照合し、図を描き、式を組む。"""
    with clock.part("ライブラリの読みこみ"):
        import matplotlib.figure  # noqa: F401
        import torch  # noqa: F401

        from snippets._engine import book, chapter, katex

        gc.freeze()  # 働き手と同じように
    clock.watch(chapter, "check", "標本と比較")
    clock.watch(chapter, "strongest", "証明")
    clock.watch(chapter, "judge", "文中の式")
    clock.watch(chapter, "draw", "図")
    clock.watch(chapter, "evaluate", "本文の数")
    with clock.part("読むことと結ぶこと"):
        pages = book.read_book()
        results = [(page, vars(chapter.check_page(page, pages))) for page in pages.values()]
    wanted = [(f.tex, True, book.spans_of(f, result)) for page, result in results for f in page.formulas]
    wanted += [(span.tex, False) for page, _ in results for span in page.spans]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(".cache/katex", Path(folder) / "katex", symlinks=True, ignore=shutil.ignore_patterns("html"))
        with clock.part("KaTeX"):
            katex.render(wanted, Path(folder))


def noop(clock):
    """置き場にある結果を、ページに織る。"""
    with clock.part("MkDocs の読みこみ"):
        from mkdocs.commands.build import build
        from mkdocs.config import load_config
    with clock.part("置き場を調べる"):
        from snippets._engine import extension, katex

        extension.sound_book()
    for name in ("Weave", "Maps", "JoinLines"):
        clock.watch(getattr(extension, name), "run", "織る")
    for name in ("Computed", "InlineMath"):
        clock.watch(getattr(extension, name), "handleMatch", "織る")
    clock.watch(extension, "place_assets", "字形と台帳を置く")
    clock.watch(extension, "sound_book", "置き場を調べる")
    clock.watch(katex, "render", "織る")
    logging.disable()
    with clock.part("MkDocs"):
        config = load_config("mkdocs.yml")
        config.plugins.on_startup(command="build", dirty=False)
        build(config)


if __name__ == "__main__":
    clock = Clock()
    {"cold": cold, "noop": noop}[sys.argv[1]](clock)
    print(json.dumps(clock.spent, ensure_ascii=False))
