"""結果の置き場の鍵。"""

import subprocess
import sys

import pytest

from snippets._engine import keys

MODULES = {
    "__init__": "",
    "book": "from . import katex\nfrom .page import read_page\n",
    "chapter": "def check():\n    from .deep.inner import f\n",
    "katex": "",
    "page": "",
    "deep/__init__": "",
    "deep/inner": "from ..far import g\n",
    "far": "",
    "weave": "from .page import read_page\n",
    "mutation": "from .trial import attempt\n",
    "trial": "",
}


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """小さなエンジン。"""
    monkeypatch.setattr(keys, "ROOT", tmp_path)
    monkeypatch.setattr(keys, "SNIPPETS", tmp_path / "snippets")
    folder = tmp_path / "snippets" / "_engine"
    (folder / "deep").mkdir(parents=True)
    for name, text in MODULES.items():
        (folder / f"{name}.py").write_text(text, "utf-8")
    (folder / "katex.mjs").write_text("", "utf-8")
    return folder


@pytest.mark.parametrize(
    "name", ["__init__", "book", "chapter", "katex", "page", "deep/__init__", "deep/inner", "far", "katex.mjs"]
)
def test_key_changes_with_every_source_that_checking_reaches(engine, name):
    """照合から import でたどれるソースを書きかえると、鍵が変わる。関数の中の import も、上の階への import もたどる。"""
    before = keys.engine_key()
    path = engine / (name if "." in name else f"{name}.py")
    path.write_text(path.read_text("utf-8") + "# 書きたし\n", "utf-8")
    assert keys.engine_key() != before


def test_key_ignores_what_only_weaves(engine):
    """織るだけのソースや、変異だけのソースを書きかえても、照合の鍵は変わらない。変異の鍵は変わる。"""
    before, mutation = keys.engine_key(), keys.engine_key("mutation")
    (engine / "weave.py").write_text("", "utf-8")
    assert (keys.engine_key(), keys.engine_key("mutation")) == (before, mutation)
    (engine / "trial.py").write_text("x = 1\n", "utf-8")
    assert keys.engine_key() == before
    assert keys.engine_key("mutation") != mutation


def test_every_module_that_a_check_loads_is_in_the_key():
    """このエンジンで照合の働き手が実際に読みこむモジュールは、どれも鍵に入る。"""
    code = "import sys, snippets._engine.book, snippets._engine.chapter; print(*sys.modules, sep='\\n')"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=keys.ROOT)
    names = [n.rpartition(".")[2] for n in loaded.stdout.split() if n.startswith("snippets._engine.")]
    folder = keys.SNIPPETS / "_engine"
    reached = keys.closure([folder / "book.py", folder / "chapter.py"], keys.imports)
    assert names and {folder / f"{name}.py" for name in names} <= reached
