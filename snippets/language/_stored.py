"""その場で学習したモデルの置き場。学習は一度だけで、次からは読むだけになる。"""

import hashlib
import os
import tempfile
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parents[2] / ".cache" / "models"


def key(*sources):
    """学習の結果を決めるもの（sources のファイルと、ライブラリの版）のハッシュ。"""
    libraries = (f"{name}=={version(name)}" for name in ("torch", "transformers", "tokenizers"))
    parts = [Path(source).read_bytes() for source in sources]
    return hashlib.sha256(b"\0".join([*parts, " ".join(libraries).encode()])).hexdigest()[:16]


def stored(write, place):
    """write(フォルダ) の書いたフォルダを place に置き、place を返す。すでにあれば書かない。

    書き終えてから名を付けるので、書きかけは読まれない。いくつかのプロセスが同時に呼べば、1 つが書き、残りは待つ。
    """
    from filelock import FileLock

    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{place}.lock"):
        if not place.exists():
            with tempfile.TemporaryDirectory(dir=place.parent) as draft:
                write(Path(draft) / "model")
                os.replace(Path(draft) / "model", place)
    return place
