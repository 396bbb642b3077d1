"""著者のまちがいは、場所を添えた一文になる。トレースバックは出ず、すべての誤りが一度に並ぶ。"""

import os
import shutil
import subprocess
import sys

import pytest

from snippets._engine import ROOT

PAGE = """---
title: {name}
symbols:
  x: R — 入力
  f: fn — 関数
---
$$
{formula}
\\label{{{label}}}
$$

![見本]({topic}.plot)
"""
MODULE = '''"""{name} — 見本。"""
import os
import numpy as np


def {name}(x):
    """見本。"""
    {body}


def plot(ax):
    """見本の図。"""
    ax.plot([0, 1], [0, 1])
    ax.set(xlabel="x", ylabel="y")
'''
CONFIG = """
site_name: 見本
theme: {name: mkdocs, highlightjs: false}
markdown_extensions: [snippets._engine.extension]
"""
SQUARE = r"f(x) = x \cdot x"


class Project:
    """小さなサイト。エンジンは本物の写しである。"""

    def __init__(self, root):
        self.root = root
        shutil.copytree(
            ROOT / "snippets" / "_engine", root / "snippets" / "_engine", ignore=shutil.ignore_patterns("__pycache__")
        )
        for name in ("__init__.py", "__main__.py"):
            shutil.copy(ROOT / "snippets" / name, root / "snippets" / name)
        (root / ".cache").mkdir()
        self.write("mkdocs.yml", CONFIG)
        self.topic("square", "return np.square(x)")
        self.write("docs/index.md", "# 入口\n")

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())

    def topic(self, name, body, formula=SQUARE):
        topic = f"demo.{name}"
        self.write(f"snippets/demo/{name}.py", MODULE.format(name=name, body=body))
        self.write(f"docs/demo/{name}.md", PAGE.format(name=name, formula=formula, label=topic, topic=topic))
        self.write(f"tests/demo/test_{name}.py", "def test_nothing():\n    pass\n")

    def environment(self):
        """このサイトのエンジンを使う環境。"""
        return {**os.environ, "PYTHONPATH": str(self.root), "NO_MKDOCS_2_WARNING": "1"}

    def run(self, *command, **environment):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.root,
            env=self.environment() | environment,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def katex():
    """KaTeX を一度だけ取りこんだ置き場。"""
    from snippets._engine.katex import render

    render([("x", False)], ROOT / ".cache")
    return ROOT / ".cache" / "katex"


@pytest.fixture
def project(tmp_path, katex):
    made = Project(tmp_path)
    (tmp_path / ".cache" / "katex").symlink_to(katex)
    return made


def test_every_mistake_is_reported_at_once(project):
    """一度の照合で、すべてのページの誤りが、場所と原因を添えて並ぶ。"""
    project.topic("raises", 'raise RuntimeError("こわれた")')
    project.topic("nan", "return x * np.nan")
    project.topic("shape", "return np.ones(3)")
    project.topic("forever", "while True: pass")
    project.topic("exits", "os._exit(3)")
    project.topic("broken", "return (")
    project.topic("undeclared", "return x", "f(x) = x + k")
    project.topic("differs", "return x * x", r"f(x) = x \cdot x + x")
    project.topic("typo", "return x * x")
    project.write("docs/demo/typo.md", PAGE.format(name="t", formula=SQUARE, label="demo.tipo", topic="demo.typo"))
    project.write("docs/demo/tex.md", "# 題\n\n文中の $\\foo$ です。\n")
    project.write("docs/demo/bare.md", "# 題\n\n$$\nx = x\n$$\n")
    project.write("docs/demo/open.md", "# 題\n\n$$\nx = x\n")
    project.write("docs/demo/yaml.md", "---\ntitle: [閉じない\nsymbols: {\n---\n# 題\n")
    project.write("docs/demo/sjis.md", "一行目\n".encode() + "二行目".encode("shift_jis"))
    project.write("docs/demo/figure.md", "# 題\n\n![絵](demo.square.plot_missing)\n")
    project.write("docs/demo/count.md", "# 題\n\n{eval}`demo.square.square('a')` 個。\n")
    code, output = project.run("snippets", "check", FORMULA_SECONDS="3")
    assert code == 1
    assert "Traceback" not in output
    for expected in (
        "docs/demo/raises.md:8: demo.raises\n  実装が例外を出した — snippets/demo/raises.py:6",
        "x = 0.0 のとき RuntimeError: こわれた",
        "docs/demo/nan.md:8: demo.nan\n  式と実装が一致しない — snippets/demo/nan.py:6\n"
        "    x = 0 のとき  式 0  実装 nan",
        "docs/demo/shape.md:8: demo.shape\n  実装の形が式と違う — snippets/demo/shape.py:6",
        "docs/demo/forever.md:8: demo.forever\n  3 秒たっても照合が終わらない — snippets/demo/forever.py:6",
        "docs/demo/exits.md:1\n  照合のプロセスが落ちたか",
        "snippets/demo/broken.py:8 が Python として読めない",
        "docs/demo/undeclared.md:8: demo.undeclared\n  宣言されていない文字か、知らない書き方 k",
        "docs/demo/differs.md:8: demo.differs\n  式と実装が一致しない — snippets/demo/differs.py:6\n"
        "    x = 1 のとき  式 2  実装 1",
        "docs/demo/typo.md:8: demo.tipo\n  ラベル demo.tipo の実装が snippets/ にない。もしかして demo.typo？",
        "docs/demo/tex.md:3\n  KaTeX が組めない: 知らない命令 \\foo",
        "docs/demo/bare.md:3\n  独立した数式に \\label がない",
        "docs/demo/open.md:3\n  $$ が閉じていない",
        "docs/demo/yaml.md:",
        "front matter が YAML として読めない",
        "docs/demo/sjis.md:2\n  UTF-8 で読めない",
        "docs/demo/figure.md:3: demo.square.plot_missing\n  図 demo.square.plot_missing を描く関数がない",
        "docs/demo/count.md:3: demo.square.square('a')\n  計算できない:",
    ):
        assert expected in output


def test_half_bound_topic_is_refused(project):
    """ページもテストも図もない話題は、足りないものを並べて断られる。"""
    project.write("snippets/demo/lonely.py", "def lonely(x):\n    return x\n")
    code, output = project.run("snippets", "check")
    assert code == 1
    for missing in (
        "docs/demo/lonely.md がない",
        "結ばれた式がどのページにもない",
        "test_lonely.py がない",
        "plot がない",
    ):
        assert missing in output


def test_wrong_sign_stops_the_build_and_keeps_the_good_site(project):
    """符号を書きかえるとビルドは止まり、場所と反例を言い、前のサイトはそのまま残る。"""
    code, output = project.run("mkdocs", "build", "--strict", "-q")
    assert code == 0, output
    good = {path: path.read_bytes() for path in (project.root / "site").rglob("*") if path.is_file()}
    assert b"katex-html" in good[project.root / "site" / "demo" / "square" / "index.html"]
    page = project.root / "docs" / "demo" / "square.md"
    page.write_text(page.read_text("utf-8").replace(SQUARE, r"f(x) = -x \cdot x"), "utf-8")
    code, output = project.run("mkdocs", "build", "--strict", "-q")
    assert code != 0
    assert "Traceback" not in output and "site-packages" not in output
    assert "docs/demo/square.md:8: demo.square" in output
    assert "x = 1 のとき  式 −1  実装 1" in output
    assert {path: path.read_bytes() for path in (project.root / "site").rglob("*") if path.is_file()} == good


def test_edited_code_is_seen(project):
    """実装だけを書きかえても、照合しなおして断る。"""
    assert project.run("snippets", "check")[0] == 0
    project.write("snippets/demo/square.py", MODULE.format(name="square", body="return np.square(x) + 1"))
    code, output = project.run("snippets", "check")
    assert code == 1
    assert "式 0  実装 1" in output


def test_npm_out_of_reach_is_one_clear_message(project):
    """KaTeX を取りこめないときは、原因と直し方を言って止まる。"""
    (project.root / ".cache" / "katex").unlink()
    code, output = project.run("snippets", "check", npm_config_registry="http://127.0.0.1:9/", npm_config_cache=".npm")
    assert code == 1
    assert "KaTeX を npm から取り込めない" in output
    assert "ネットワーク" in output
    assert "Traceback" not in output


def test_new_topic_passes_as_written(project):
    """new が書いた三つのファイルは、そのまま照合を通る。"""
    code, output = project.run("snippets", "new", "demo.cube")
    assert code == 0
    assert output.split() == ["snippets/demo/cube.py", "docs/demo/cube.md", "tests/demo/test_cube.py"]
    assert project.run("snippets", "check")[0] == 0
    assert project.run("snippets", "new", "demo.cube")[0] == 1
    assert project.run("snippets", "new", "Cube")[0] == 1


def test_contradiction_of_formula_and_code_is_reported(project):
    """実装が呼ぶ向きと、式が使う向きが輪になれば、両方の場所を添えて断られる。"""
    project.topic("lower", "from snippets.demo.upper import upper\n    return upper(x) - x", "f(x) = x + 1 - 1")
    project.topic("upper", "return 2 * np.asarray(x)", "h(x) = f(x) + x")
    page = PAGE.format(name="upper", formula="h(x) = f(x) + x", label="demo.upper", topic="demo.upper")
    project.write("docs/demo/upper.md", page.replace("  f: fn — 関数\n", "  f, h: fn — 関数\nuses: [demo.lower]\n"))
    code, output = project.run("snippets", "check")
    assert code == 1
    assert "Traceback" not in output
    assert "使う向きが輪になる — 実装 snippets/demo/lower.py:6" in output
    assert "demo.upper の式（docs/demo/upper.md:" in output
    assert "uses にもリンクにも挙げていない" in output
