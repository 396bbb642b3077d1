"""置き場を使ったビルドが、まっさらなビルドと違う結果を出さないかを、でたらめな書きかえを続けて試す。

    python -m tests._engine.staleness 300        # 300 回。二つめの数は乱数の種

小さなサイトを一つ作り、ページ、front matter、実装、その部品、エンジン、ライブラリの版、置き場の中身を書きかえる。
同時に二つ組んだり、途中で止めたりもする。そのたびに、置き場のあるビルドと、ないビルドを、バイト列で比べる。
"""

import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from snippets._engine import ROOT
from snippets._engine.katex import render
from tests._engine.test_bad_input import MODULE, PAGE, Project

TOPICS = ("one", "two", "three")
FORMULAS = (r"f(x) = x \cdot x", "f(x) = x^2", r"f(x) = x x + 0", r"f(x) = -x \cdot x", "f(x) = 2 x")
DOMAINS = ("R — 入力", "R+ — 入力", "(0, 1) — 入力", "R — 入る数")
BODIES = ("return np.square(x)", "return x * x", "return part(x)", "return np.square(x) + 1")
PARTS = ("return x * x", "return x**2", "return x * x * x")
MENDED = 0.7  # 断られたサイトを、次の書きかえの前に直す割合。直さないときは、誤りの上に誤りが重なる
BUILT = re.compile(rb"Build Date UTC : [^\n]*")  # 組んだ時刻は比べない


def site(folder):
    """話題が三つと、つながりの地図のある、小さなサイト。"""
    render([("x", False)], ROOT / ".cache")
    project = Project(folder)
    (folder / ".cache" / "katex").symlink_to(ROOT / ".cache" / "katex")
    project.write("docs/graph.md", "# 地図\n\n{graph}\n")
    mend(project)
    return project


def mend(project):
    """話題と部品を、照合の通るものに書きなおす。"""
    project.write("snippets/demo/_part.py", f"def part(x):\n    {PARTS[0]}\n")
    for name in TOPICS:
        write(project, name, FORMULAS[0], DOMAINS[0], BODIES[0])


def write(project, name, formula, domain, body):
    """話題を一つ書く。"""
    topic = f"demo.{name}"
    code = MODULE.format(name=name, body=body).replace(
        "import numpy", "from snippets.demo._part import part\nimport numpy"
    )
    page = PAGE.format(name=name, formula=formula, label=topic, topic=topic).replace("R — 入力", domain, 1)
    project.write(f"snippets/demo/{name}.py", code)
    project.write(f"docs/demo/{name}.md", page)
    project.write(f"tests/demo/test_{name}.py", "def test_nothing():\n    pass\n")


def edits(project):
    """書きかえ方の名から、乱数 r を受け取って書きかえる関数。"""
    root, kept = project.root, project.root / ".cache" / "formulas"
    engine = root / "snippets" / "_engine"

    def append(path, text):
        path.write_text(path.read_text("utf-8") + text, "utf-8")

    def change(path, pattern, texts, r):
        path.write_text(re.sub(pattern, lambda _: r.choice(texts), path.read_text("utf-8"), count=1), "utf-8")

    def page(r):
        return root / "docs" / "demo" / f"{r.choice(TOPICS)}.md"

    def code(r):
        return root / "snippets" / "demo" / f"{r.choice(TOPICS)}.py"

    def entry(r):
        return r.choice(sorted(kept.rglob("*.kept")) or [None])

    def spoil(r, how):
        if path := entry(r):
            path.write_bytes(how(path.read_bytes()))

    def flip(data, r):
        at = r.randrange(len(data))
        return data[:at] + bytes([data[at] ^ 1 << r.randrange(8)]) + data[at + 1 :]

    def together(r):
        for process in [begin(project, f"both{k}") for k in range(2)]:
            process.communicate()

    def meanwhile(r):
        process = begin(project, "meanwhile")
        time.sleep(r.uniform(0.3, 3))
        change(code(r), r"return (?:np|x|part).*", BODIES, r)
        process.communicate()

    def killed(r):
        process = begin(project, "killed")
        time.sleep(r.uniform(0.3, 3))
        process.kill()
        process.communicate()

    return {
        "文": lambda r: append(page(r), f"\n試し {r.random()}。\n"),
        "式": lambda r: change(page(r), r"(?m)^f\(x\) = .*$", FORMULAS, r),
        "front matter": lambda r: change(page(r), r"(?<=  x: ).*", DOMAINS, r),
        "実装": lambda r: change(code(r), r"return (?:np|x|part).*", BODIES, r),
        "部品": lambda r: change(root / "snippets" / "demo" / "_part.py", "return .*", PARTS, r),
        "図": lambda r: change(
            code(r), r"\[0, \d\], \[0, \d\]", [f"[0, {a}], [0, {b}]" for a in "123" for b in "123"], r
        ),
        "エンジン": lambda r: append(r.choice(sorted(engine.glob("*.py"))), f"# 試し {r.random()}\n"),
        "織り": lambda r: change(engine / "weave.py", '"証明[^"]*"', [f'"証明{k}"' for k in range(9)], r),
        "版": lambda r: project.write("sitecustomize.py", VERSION.format(r.randrange(100))),
        "置き場の 1 ビット": lambda r: spoil(r, lambda data: flip(data, r)),
        "置き場の切れ端": lambda r: spoil(r, lambda data: data[: r.randrange(len(data))]),
        "置き場の取りちがえ": lambda r: spoil(r, lambda _: entry(r).read_bytes()),
        "書きかけ": lambda r: kept.is_dir() and (kept / f"{r.random()}.tmp").write_text("{", "utf-8"),
        "同時に二つ": together,
        "組むあいだ": meanwhile,
        "途中で止める": killed,
    }


VERSION = """import importlib.metadata as metadata

_version = metadata.version
metadata.version = lambda name: "{}" if name == "gmpy2" else _version(name)
"""


def begin(project, folder):
    """folder にサイトを組みはじめる。"""
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-d", folder]
    return subprocess.Popen(command, cwd=project.root, env=project.environment(), stdout=-1, stderr=-1)


def built(project, folder):
    """組んだ結果。(終了コード, 出力, 道からバイト列)。"""
    shutil.rmtree(project.root / folder, ignore_errors=True)
    process = begin(project, folder)
    output = b"".join(process.communicate()).replace(folder.encode(), b"")
    files = {
        path.relative_to(project.root / folder).as_posix(): BUILT.sub(b"", path.read_bytes())
        for path in (project.root / folder).rglob("*")
        if path.is_file() and path.name != "sitemap.xml.gz"
    }
    return process.returncode, output, files


def clean(project):
    """置き場のないビルド。KaTeX だけは使いまわす。"""
    kept, aside = project.root / ".cache", project.root / ".kept"
    kept.rename(aside)
    kept.mkdir()
    (kept / "katex").symlink_to(ROOT / ".cache" / "katex")
    try:
        return built(project, "clean")
    finally:
        shutil.rmtree(kept)
        aside.rename(kept)


def compare(project):
    """(置き場のないビルドは組めたか, 置き場のあるビルドで違うもの)。"""
    made, wanted = built(project, "made"), clean(project)
    if made[:2] != wanted[:2]:
        return wanted[0] == 0, ["終了コードか出力"]
    names = made[2].keys() | wanted[2].keys()
    return wanted[0] == 0, sorted(name for name in names if made[2].get(name) != wanted[2].get(name))


def run(project, names, seed=0, say=print):
    """names の順に書きかえ、(書きかえ方, 組めたか, 違うもの) を並べる。断られたあとは、たいてい直してから。"""
    r, ways, found = random.Random(seed), edits(project), []
    for k, name in enumerate(names):
        if found and not found[-1][1] and r.random() < MENDED:
            mend(project)
        ways[name](r)
        sound, different = compare(project)
        found.append((name, sound, different))
        say(f"{k + 1} {name}: {'組めた' if sound else '断られた'}。{different or '同じ'}", flush=True)
    return found


def main(count=300, seed=0):
    """count 回の書きかえを試し、終了コードを返す。"""
    with tempfile.TemporaryDirectory() as folder:
        project = site(Path(folder))
        r = random.Random(seed)
        found = run(project, r.choices(list(edits(project)), k=count), seed)
    wrong = sum(bool(different) for *_, different in found)
    print(f"書きかえ {count} のうち、組めたもの {sum(sound for _, sound, _ in found)}、違いのあったもの {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
