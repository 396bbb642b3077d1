"""MkDocs のあとを継ぐ道具で、同じサイトを組む検査。

    pip install -e '.[test,successors]'
    REQUIRE_SUCCESSORS=1 pytest -m successors tests/site

道具がなければ見送る。REQUIRE_SUCCESSORS=1 なら、見送らずに失敗する。
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from urllib.parse import urljoin

import pytest

from snippets._engine import ROOT

pytestmark = pytest.mark.successors

TOOLS = {
    "mkdocs": ["mkdocs", "build", "-q", "-d", "site"],
    "properdocs": ["properdocs", "build", "-q", "-f", "mkdocs.yml", "-d", "site"],
    "zensical": ["zensical", "build"],
}
SUCCESSORS = [tool for tool in TOOLS if tool != "mkdocs"]
PLACED = "katex", "formulas", "site.css", "ledger.json"
KEPT = "formulas", "katex", "notebooks"  # 前に照合した結果。鍵が合うときだけ使われる
WRONG = r"\frac{e^{z_k + c}}{\sum_{j=1}^{C} e^{z_j + c}} = -\operatorname{softmax}(z)_k"


class Tree:
    """プロジェクトの写し。サイトに添えるものは、まだ置かれていない。"""

    def __init__(self, root, tool):
        if importlib.util.find_spec(tool) is None:
            message = f"{tool} がない。pip install -e '.[successors]' で入る"
            (pytest.fail if os.environ.get("REQUIRE_SUCCESSORS") == "1" else pytest.skip)(message)
        self.root, self.command, self.site = root, [sys.executable, "-m", *TOOLS[tool]], root / "site"
        for name in ("docs", "snippets", "tests"):
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", *PLACED))
        shutil.copytree(ROOT / "snippets" / "_engine", root / "snippets" / "_engine", dirs_exist_ok=True)
        for name in ("mkdocs.yml", "pyproject.toml"):
            shutil.copy(ROOT / name, root)
        for name in KEPT:
            if (ROOT / ".cache" / name).is_dir():
                shutil.copytree(ROOT / ".cache" / name, root / ".cache" / name, symlinks=True)

    def build(self):
        """(終了コード, 画面に出た文)。"""
        environment = {**os.environ, "PYTHONPATH": str(self.root), "NO_MKDOCS_2_WARNING": "1", "SITE_URL": ""}
        done = subprocess.run(self.command, cwd=self.root, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def change(self, path, old, new):
        text = (self.root / path).read_text("utf-8")
        assert text.count(old) == 1
        (self.root / path).write_text(text.replace(old, new), "utf-8")

    def pages(self):
        """docs の Markdown のページの、サイトの中の場所。"""
        for path in sorted((self.root / "docs").rglob("*.md")):
            place = path.relative_to(self.root / "docs").with_suffix("")
            yield (place.parent if place.name == "index" else place).as_posix()

    def files(self):
        """組んだファイルの道からバイト列。"""
        return {p.relative_to(self.site).as_posix(): p.read_bytes() for p in self.site.rglob("*") if p.is_file()}


def made(factory, tool):
    """tool で一度だけ組んだ写し。"""
    tree = Tree(factory.mktemp(tool), tool)
    code, said = tree.build()
    assert code == 0, said
    return tree


@pytest.fixture(scope="module")
def mkdocs(tmp_path_factory):
    return made(tmp_path_factory, "mkdocs")


@pytest.fixture(scope="module")
def properdocs(tmp_path_factory):
    return made(tmp_path_factory, "properdocs")


@pytest.fixture(scope="module")
def zensical(tmp_path_factory):
    return made(tmp_path_factory, "zensical")


def article(tree, page):
    """ページの本文。空白、検索の印、飛び先の印を除き、リンクは行き先に直して属性を名の順に並べ、拡張子は消す。"""
    (text,) = re.findall("<article.*?</article>", (tree.site / page / "index.html").read_text("utf-8"), re.S)
    text = text.replace("xlink:href=", "href=")
    text = re.sub(r"<a [^>]*", lambda m: " ".join(sorted(m[0].split())), text)
    text = re.sub(r' data-search-exclude(="[^"]*")?|<a id="__skip"[^>]*></a>', "", text)
    text = re.sub(r"\s+", "", re.sub('href="([^"]*)"', lambda m: f'href="{urljoin(f"/{page}/", m[1])}"', text))
    return re.sub(r'(/lab/\w+)\.(py|ipynb)(?=[#"])', r"\1/", text)


def test_zensical_weaves_the_same_pages(mkdocs, zensical):
    """Zensical の組んだどのページも、式の札も判定も図も数も文も、MkDocs のものと同じである。"""
    pages = list(mkdocs.pages())
    assert sum(article(mkdocs, page).count('class="formula"') for page in pages) > 300
    assert [page for page in pages if article(zensical, page) != article(mkdocs, page)] == []


def test_zensical_places_the_same_files(mkdocs, zensical):
    """まっさらな写しを Zensical で一度組むだけで、字形も動く図の式も台帳もスタイルも、MkDocs と同じにそろう。"""
    mine, theirs = zensical.files(), mkdocs.files()
    wanted = [
        n for n in theirs if n.startswith(("assets/katex/", "assets/formulas/", "assets/site.css", "javascripts/"))
    ]
    assert {"assets/katex/katex.min.css", "assets/formulas/activation.sigmoid.mjs"} <= set(wanted)
    assert [name for name in [*wanted, "ledger.json"] if mine.get(name) != theirs[name]] == []


def test_zensical_pages_fetch_nothing_from_outside(zensical):
    """Zensical の組んだページも、よそのサイトを読みに行かない。"""
    outside = re.compile(rb'<(?:script|link|img|iframe)\b[^>]*(?:src|href)="?(?:https?:)?//[^>]*')
    found = {name: outside.findall(data) for name, data in zensical.files().items() if name.endswith(".html")}
    assert len(found) > 30 and not any(found.values()), found


def test_properdocs_makes_the_same_site(mkdocs, properdocs):
    """ProperDocs の組んだサイトは、ノートブックまで含めて、組んだ道具の名と時刻のほかは 1 バイトも違わない。"""

    def unsigned(tree):
        names = re.compile(rb'<meta name="generator"[^>]*>')
        return {n: names.sub(b"", data) for n, data in tree.files().items() if not n.startswith("sitemap.xml")}

    mine, theirs = unsigned(properdocs), unsigned(mkdocs)
    assert sorted(n for n in mine.keys() | theirs.keys() if mine.get(n) != theirs.get(n)) == []


@pytest.mark.parametrize("tool", SUCCESSORS)
def test_wrong_sign_stops_the_build(tool, request):
    """式の符号を一つ変えると、場所と反例だけを言って 1 で終わり、前に組んだサイトはそのまま残る。直せば組める。"""
    tree = request.getfixturevalue(tool)
    before = tree.files()
    tree.change("docs/output/one_hot.md", WRONG.replace("= -", "= "), WRONG)
    code, said = tree.build()
    tree.change("docs/output/one_hot.md", WRONG, WRONG.replace("= -", "= "))
    assert code == 1 and "Traceback" not in said
    assert re.search(r"docs/output/one_hot\.md:\d+: output\.one_hot:shift\n  .*一致しない.*\n    .*z = .* のとき", said)
    assert tree.files() == before
    assert tree.build()[0] == 0


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("snippets/neuron/vectors.py", "横ベクトル。", "よこベクトル。"),
        ("docs/neuron/vectors.md", "title: ", "title: 新しい"),
        ("docs/notes.yml", "said: ", "said: 直した"),
    ],
    ids=["実装", "ほかのページ", "対応表"],
)
def test_zensical_never_serves_an_old_page(zensical, path, old, new):
    """ほかで見せるものを直すと、Zensical の次のビルドは、組んだページを捨てたビルドと 1 バイトも違わない。"""
    assert zensical.build()[0] == 0  # 前の試しが戻したところから
    before = zensical.files()
    text = (zensical.root / path).read_text("utf-8")
    (zensical.root / path).write_text(text.replace(old, new, 1), "utf-8")
    assert zensical.build()[0] == 0
    incremental = zensical.files()
    for cached in (zensical.root / ".cache").iterdir():
        if cached.is_file():
            cached.unlink()
    shutil.rmtree(zensical.site)
    assert zensical.build()[0] == 0
    (zensical.root / path).write_text(text, "utf-8")
    assert incremental == zensical.files() != before


def test_zensical_puts_back_what_is_missing(zensical):
    """置いたものを消しても、Zensical の次のビルドで戻る。"""
    lost = zensical.root / "docs" / "assets" / "katex" / "katex.min.css"
    before = lost.read_bytes()
    lost.unlink()
    assert zensical.build()[0] == 0
    assert lost.read_bytes() == before == zensical.files()["assets/katex/katex.min.css"]
