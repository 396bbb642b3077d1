"""結果の置き場。鍵の合わない結果も、壊れた結果も、ないのと同じである。"""

import hashlib
import json
import os
import tempfile
from pathlib import Path

from . import ROOT

FOLDER = ROOT / ".cache" / "formulas"


def load(name, key, folder=FOLDER, read=json.loads):
    """しまった結果。ないか、壊れているか、鍵が違えば None。read は、中身のバイト列を結果にもどす関数。"""
    try:
        head, _, body = (folder / f"{name}.kept").read_bytes().partition(b"\n")
        return read(body) if head.decode() == _head(key, body) else None
    except (OSError, ValueError):
        return None


def save(name, key, body, folder=FOLDER):
    """結果のバイト列をしまう。書きかけの入れ物は残らない。"""
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        file.write(f"{_head(key, body)}\n".encode() + body)
    Path(temporary).replace(folder / f"{name}.kept")


def digest(*parts):
    """文字列やバイト列のハッシュ。区切りがずれても衝突しない。"""
    state = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        state.update(len(data).to_bytes(8, "big") + data)
    return state.hexdigest()


def packed(result):
    """結果のバイト列。"""
    return json.dumps(result, ensure_ascii=False).encode()


def _head(key, body):
    """一行め。鍵と、中身のハッシュ。"""
    return f"{key} {digest(body)}"
