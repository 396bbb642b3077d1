"""スタイルシートを 1 枚にまとめる。分けて書き、まとめて送る。取りに行く回数が減り、まとめて圧縮するほうが小さい。"""

import re
from pathlib import Path

from .katex import write

IMPORT = re.compile(r'^@import "([^"]+)";$', re.M)


def bundle(entry: Path, target: Path) -> None:
    """entry の @import を、並んだ順に中身へ置きかえて target に置く。entry がなければ何もしない。

    @import は一行に一つ、同じフォルダの名だけ。中身の変わらない target には触れない。
    """
    if not entry.exists():
        return
    css = IMPORT.sub(lambda found: (entry.parent / found[1]).read_text("utf-8"), entry.read_text("utf-8"))
    if not target.exists() or target.read_text("utf-8") != css:
        write(target, css.encode())
