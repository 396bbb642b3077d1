"""KaTeX による組版。

数式はビルドのあいだに HTML と MathML になり、ページに数式の JavaScript は残らない。
KaTeX は package-lock.json の版で、pip の Node が動かす。
組み上がりは式ごとに覚え、知っている式ばかりなら Node も npm も起こさない。
"""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache as once
from pathlib import Path

from . import node

HERE = Path(__file__).parent
SCRIPT, PACKAGE, LOCK = HERE / "katex.mjs", HERE / "package.json", HERE / "package-lock.json"

# KaTeX の英文を読み替える。ほかの文はそのまま見せる。
_JAPANESE = (
    (r"Undefined control sequence: (\S+).*", r"知らない命令 \1"),
    (r"Expected 'EOF', got '(.*)'", r"余分な \1 がある"),
    (r"Expected '(.*)', got 'EOF'", r"\1 がないまま式が終わる"),
    (r"Expected '(.*)', got '(.*)'", r"\1 があるはずの所に \2 がある"),
    (r"Mismatch: (\S+) matched by (\S+)", r"\1 が \2 で閉じられている"),
    (r"Double (super|sub)script", "添字が二重に付いている。波括弧でまとめる"),
    (r'Unicode text character "(.*)" used in math mode.*', r"「\1」は \\text{} の中に書く"),
    (r'Unrecognized Unicode character "(.*)" .*', r"文字「\1」は KaTeX の書体にない"),
    (r"% comment has no terminating newline.*", "% は使えない"),
    (r"Unsupported command", "リンクや画像の命令は使えない"),
)

_STRUT = re.compile(r'"(?:katex-)?strut" style="height:([\d.]+)em;(?:vertical-align:-([\d.]+)em)?')


@dataclass(frozen=True, slots=True)
class KatexError:
    """組めなかった式についての事実。column は 1 から数えた文字の位置で、分からなければ None。"""

    message: str
    column: int | None


@once
def version() -> str:
    """固定してある KaTeX の版。"""
    return json.loads(PACKAGE.read_text("utf-8"))["dependencies"]["katex"]


def render(formulas: Sequence[tuple], cache: Path) -> list[str | KatexError]:
    """(tex, 別行立てか) の並びを、同じ順の HTML にする。組めない式は KatexError になる。

    三つめに (始まり, 終わり) の並びがあれば、その範囲から組まれた文字が data-s にその番号を持つ。
    """
    entries = {formula: _entry(formula, cache) for formula in map(tuple, formulas)}
    done = {formula: _recall(entry) for formula, entry in entries.items()}
    missing = [formula for formula, html in done.items() if html is None]
    for formula, result in zip(missing, _typeset(missing, cache) if missing else (), strict=True):
        if "html" in result:
            done[formula] = result["html"]
            write(entries[formula], _sealed(result["html"]))
        else:
            done[formula] = KatexError(_japanese(result["message"]), result["column"])
    return [done[tuple(formula)] for formula in formulas]


def height(html: str) -> float:
    """組んだ式の丈（em）。KaTeX が式の切れ目ごとに立てる支柱の、いちばん上からいちばん下まで。"""
    posts = [(float(tall), float(deep or 0)) for tall, deep in _STRUT.findall(html)]
    return max(tall - deep for tall, deep in posts) + max(deep for _, deep in posts)


def copy_assets(target: Path, cache: Path) -> None:
    """KaTeX の CSS、woff2、許諾文を target に揃える。中身の同じファイルには触れない。"""
    package = _home(cache) / "node_modules" / "katex"
    css = (package / "dist" / "katex.min.css").read_text("utf-8")
    css = re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("\w+"\)', "", css)
    files = {"katex.min.css": css.encode(), "LICENSE.txt": (package / "LICENSE").read_bytes()}
    fonts = (package / "dist" / "fonts").glob("*.woff2")
    files |= {f"fonts/{font.name}": font.read_bytes() for font in fonts}
    for name, content in files.items():
        path = target / name
        if not path.exists() or path.read_bytes() != content:
            write(path, content)


# 組み上がりの控え


@once
def _salt() -> bytes:
    return hashlib.sha256(LOCK.read_bytes() + SCRIPT.read_bytes()).digest()


def _entry(formula, cache):
    """式と KaTeX の版で決まる控えの場所。"""
    key = hashlib.sha256(_salt() + json.dumps(formula).encode()).hexdigest()
    return cache / "katex" / "html" / key[:2] / f"{key[2:]}.html"


def _sealed(html):
    """中身の指紋を一行目に付けた控え。"""
    body = html.encode()
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def _recall(entry):
    """控えてある HTML。ないか壊れていれば None。"""
    try:
        content = entry.read_bytes()
        html = content.partition(b"\n")[2].decode()
    except (OSError, UnicodeDecodeError):
        return None
    return html if content == _sealed(html) else None


def write(path: Path, content: bytes) -> None:
    """書きかけを誰にも見せない書きこみ。"""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)


# Node


def _typeset(formulas, cache):
    """一つの Node にすべての式を渡す。"""
    katex = _home(cache) / "node_modules" / "katex" / "dist" / "katex.mjs"
    lines = "\n".join(map(json.dumps, formulas))
    found = node.run([SCRIPT, katex], "KaTeX を動かせない", input=lines)
    return map(json.loads, found.removesuffix("\n").split("\n"))


def _home(cache):
    """KaTeX の入ったフォルダ。"""
    return node.installed(PACKAGE, LOCK, cache / "katex", f"KaTeX {version()}")


def _japanese(message):
    for pattern, reading in _JAPANESE:
        if match := re.fullmatch(pattern, message, re.S):
            return match.expand(reading)
    return message
