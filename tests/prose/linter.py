"""textlint を一度だけ起こし、見つけたことを原稿の場所に直す。"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from snippets._engine import ROOT, node

HERE = Path(__file__).parent
PACKAGE, LOCK, SCRIPT, WORDS = (HERE / name for name in ("package.json", "package-lock.json", "lint.mjs", "words.yml"))

# 英文で届く知らせの読み替え
_JAPANESE = (
    (r"Line \d+ sentence length\((\d+)\) exceeds the maximum .* of (\d+)\..*", r"一文が \1 字ある（\2 字まで）"),
    (r"Cannot find a pairing character for (\S+)\..*", r"「\1」の相手がない"),
    (r"Disallow to use NFD.*: (.*)", r"濁点が別の字になっている: \1"),
    (r"Disallow to use 半角カタカナ: (.*)", r"半角のカタカナがある: \1"),
    (r"Zero width space is disallowed\.", "幅のない空白がある"),
)


@dataclass(frozen=True, order=True)
class Finding:
    """見つけたこと。"""

    path: str
    line: int
    column: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}:{self.column}: {self.message}（{self.rule}）"


def lint(sources):
    """Prose の並びを調べる。見つけたことを、場所の順に返す。"""
    home = node.installed(PACKAGE, LOCK, ROOT / ".cache" / "prose", "textlint")
    asked = json.dumps([{"path": source.path, "text": source.text} for source in sources])
    found = json.loads(node.run([SCRIPT, home, WORDS], "textlint を動かせない", input=asked))
    by_path = {source.path: source for source in sources}
    return sorted(
        Finding(f["path"], *by_path[f["path"]].place(f["line"], f["column"]), f["rule"], _japanese(f["message"]))
        for f in found
    )


def _japanese(message):
    for pattern, reading in _JAPANESE:
        if match := re.fullmatch(pattern, message, re.S):
            return match.expand(reading)
    return message.split("\n")[0]
