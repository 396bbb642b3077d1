"""比べる相手。原稿の書き方、組む命令、入れるもの。"""

import compileall
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from snippets._engine import ROOT
from snippets._engine.katex import render

from . import writers

HOME = ROOT / ".cache" / "bench"
_NUMERIC = ("numpy", "matplotlib", "ipykernel")
# 一つの環境に入れるもの。たがいに合うものは分けあう
ENVIRONMENTS = {
    "mkdocs": ("mkdocs-material", "markdown-exec[ansi]", "mkdocs-jupyter", *_NUMERIC),
    "zensical": ("zensical", "markdown-exec[ansi]", *_NUMERIC),
    "sphinx": ("sphinx", "pydata-sphinx-theme", "sphinx-gallery", "myst-nb", "jupyter-cache", *_NUMERIC),
}


class Unavailable(Exception):
    """入れられない道具。ほかの道具は、そのまま比べる。"""


@dataclass(frozen=True)
class Peer:
    """道具の一つ。

    write はページからファイルを、frame は原稿のフォルダとページから、ほかに要るファイルを返す。
    edited は書きかえる (文, コード) のファイル、shown は組み上がったページの道。{} にはページの path が入る。
    made は組むとできるもので、まっさらから組むときに消す。size は、断らないときに試す最大のページ数。
    """

    name: str
    title: str
    environment: str
    command: tuple
    write: Callable
    frame: Callable
    edited: tuple
    shown: str
    made: tuple
    packages: tuple
    size: int = 1000
    executes: bool = True


_MKDOCS = """site_name: 機械学習ノート
theme: {{name: material, language: ja, font: false}}
plugins: [{plugins}]
markdown_extensions:
  - admonition
  - attr_list
  - tables
  - pymdownx.highlight
{more}
"""
_ARITHMATEX = "  - pymdownx.arithmatex: {generic: true}\n  - pymdownx.superfences"
_ZENSICAL = (
    "  - pymdownx.arithmatex: {generic: true}\n"
    "  - pymdownx.superfences:\n"
    "      custom_fences:\n"
    "        - name: python\n"
    "          class: python\n"
    "          validator: !!python/name:markdown_exec.validator\n"
    "          format: !!python/name:markdown_exec.formatter"
)
_SPHINX = """project = "機械学習ノート"
language = "ja"
html_theme = "pydata_sphinx_theme"
html_show_sourcelink = False
"""
_MYST = """extensions = ["myst_nb"]
nb_execution_mode = "cache"
myst_enable_extensions = ["dollarmath", "amsmath"]
"""
_GALLERY = """extensions = ["sphinx_gallery.gen_gallery"]
exclude_patterns = ["**/*.ipynb", "examples/**"]
sphinx_gallery_conf = {
    "examples_dirs": "examples", "gallery_dirs": "auto", "show_memory": False,
    "write_computation_times": False,
}
"""


def _index(pages, suffix):
    return "# 機械学習ノート\n\n" + "\n".join(f"- [{page.title}]({page.path}{suffix})" for page in pages) + "\n"


def _mkdocs(plugins, more=_ARITHMATEX, suffix=".md"):
    def frame(root, pages):
        return {"mkdocs.yml": _MKDOCS.format(plugins=plugins, more=more), "docs/index.md": _index(pages, suffix)}

    return frame


def _ours(root, pages):
    """エンジンは写し、pip が入れるときと同じように .pyc にする。

    KaTeX は入れてあるものを指し、組み上がりの控えは空から始める。
    """
    render([("x", False)], ROOT / ".cache")
    engine = root / "snippets" / "_engine"
    shutil.copytree(ROOT / "snippets" / "_engine", engine, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("__init__.py", "__main__.py"):
        shutil.copy(ROOT / "snippets" / name, root / "snippets")
    compileall.compile_dir(engine, quiet=1)
    (root / ".cache" / "katex").mkdir(parents=True)
    for installed in (ROOT / ".cache" / "katex").iterdir():
        if installed.name != "html":
            (root / ".cache" / "katex" / installed.name).symlink_to(installed)
    extension = "  - snippets._engine.extension\nhooks: [snippets/_engine/hooks.py]"
    return _mkdocs("search", extension)(root, pages) | {
        "docs/stylesheets/katex.css": '@import "../assets/katex/katex.min.css";\n'
    }


def _myst(root, pages):
    toc = "\n".join(page.path for page in pages)
    return {"docs/conf.py": _SPHINX + _MYST, "docs/index.md": f"# 機械学習ノート\n\n```{{toctree}}\n{toc}\n```\n"}


def _gallery(root, pages):
    title = f"機械学習ノート\n{'=' * 40}\n"
    heads = {f"docs/examples/{folder}/GALLERY_HEADER.rst": title for folder in {page.folder for page in pages}}
    toc = "\n.. toctree::\n\n   auto/index\n"
    return heads | {
        "docs/conf.py": _SPHINX + _GALLERY,
        "docs/examples/GALLERY_HEADER.rst": title,
        "docs/index.rst": title + toc,
    }


_BUILD = ("mkdocs", "build", "-q")
_SPHINX_BUILD = ("sphinx", "-q", "-j", "1", "docs", "site")
_MD, _SITE = ("docs/{}.md", "docs/{}.md"), "site/{}/index.html"
PEERS = {
    peer.name: peer
    for peer in (
        Peer(
            "ours", "動く数式ノート", "", _BUILD, writers.ours, _ours, ("docs/{}.md", "snippets/{}.py"), _SITE,
            ("site", ".cache/formulas", ".cache/katex/html", "docs/assets", "docs/ledger.json"), (),
        ),
        Peer(
            "plain", "MkDocs（何も走らせない）", "mkdocs", _BUILD, writers.plain, _mkdocs("search"), _MD, _SITE,
            ("site",), ("mkdocs-material",), executes=False,
        ),
        Peer(
            "mkdocs-exec", "MkDocs + markdown-exec", "mkdocs", _BUILD, writers.markdown_exec,
            _mkdocs("search, markdown-exec"), _MD, _SITE, ("site",), ("mkdocs-material", "markdown-exec"),
        ),
        Peer(
            "zensical-exec", "Zensical + markdown-exec", "zensical", ("zensical", "build"), writers.markdown_exec,
            _mkdocs("search", _ZENSICAL), _MD, _SITE, ("site", ".cache"), ("zensical", "markdown-exec"),
        ),
        Peer(
            "sphinx-gallery", "sphinx-gallery", "sphinx", _SPHINX_BUILD, writers.gallery, _gallery,
            ("docs/examples/{0.folder}/plot_{0.name}.py",) * 2, "site/auto/{0.folder}/plot_{0.name}.html",
            ("site", "docs/auto"), ("sphinx", "sphinx-gallery"), 100,
        ),
        Peer(
            "mkdocs-jupyter", "mkdocs-jupyter", "mkdocs", _BUILD, writers.notebook,
            _mkdocs("search, mkdocs-jupyter: {execute: true}", suffix=".ipynb"), ("docs/{}.ipynb",) * 2, _SITE,
            ("site", ".cache"), ("mkdocs-jupyter",), 25,
        ),
        Peer(
            "myst-nb", "myst-nb", "sphinx", _SPHINX_BUILD, writers.myst, _myst, _MD, "site/{}.html",
            ("site", ".jupyter_cache", "docs/.jupyter_cache", "jupyter_execute"), ("sphinx", "myst-nb"), 25,
        ),
    )
}  # fmt: skip


def python_of(peer):
    """道具の入った環境の Python。なければ作る。入らなければ Unavailable。"""
    if not peer.environment:
        return sys.executable
    home = HOME / "venv" / peer.environment
    wanted, note = json.dumps(ENVIRONMENTS[peer.environment]), home / "installed"
    python = home / "bin" / "python"
    if not note.exists() or note.read_text("utf-8") != wanted:
        print(f"{peer.environment} の環境を作っています。", file=sys.stderr, flush=True)
        _run([sys.executable, "-m", "venv", "--clear", home])
        _run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *ENVIRONMENTS[peer.environment]])
        note.write_text(wanted, "utf-8")
    return str(python)


def _run(command):
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    if done.returncode:
        errors = [line for line in done.stderr.split("\n") if line.startswith("ERROR")] or done.stderr.split("\n")
        raise Unavailable(errors[0])


def versions(peer):
    """比べたものの版。"""
    code = "import sys; from importlib.metadata import version; print(*(f'{n} {version(n)}' for n in sys.argv[1:]))"
    names = (*peer.packages, "numpy", "matplotlib")
    return subprocess.run([python_of(peer), "-c", code, *names], capture_output=True, encoding="utf-8").stdout.strip()
