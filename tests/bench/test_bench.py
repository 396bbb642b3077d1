"""比べるときの原稿は、どの道具でも同じものを走らせ、古いものを見逃さない。"""

import contextlib
import io
import subprocess
import sys

import pytest

from snippets._engine import ROOT
from tests.bench.corpus import FORMULAS, page, pages
from tests.bench.measure import Cost
from tests.bench.peers import PEERS
from tests.bench.scenario import Failed, Runs, Site
from tests.bench.table import targets
from tests.bench.writers import cells

CHECK = """
from snippets._engine import book, chapter
pages = book.read_book()
for problem in (problem for page in pages.values() for problem in chapter.check_page(page, pages).problems):
    print(f"{problem.path}:{problem.line}", problem.message.split("\\n")[0])
"""


@pytest.fixture
def site(tmp_path):
    """式の型がすべて現れる 5 ページの、このノートの原稿。"""
    return Site("ours", 5, tmp_path)


def test_pages_pass_the_check_and_a_wrong_code_does_not(site):
    """原稿の式はどれも照合を通り、実装を書きかえたページだけが断られる。"""
    assert {f.name for page in site.pages if page != site.pages[3] for f in page.formulas} == {f.name for f in FORMULAS}
    path = site.root / "snippets" / f"{site.pages[3].path}.py"
    path.write_text(path.read_text("utf-8").replace("/ 5", "/ 6"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", CHECK], cwd=site.root, env={"PYTHONPATH": "."}, capture_output=True, encoding="utf-8"
    )
    assert not done.stderr
    found = [line.split(" ", 1) for line in done.stdout.splitlines()]
    assert found and all(where.startswith(f"docs/{site.pages[3].path}.md:") for where, _ in found)
    assert any("式と実装が一致しない" in message for _, message in found)


@pytest.mark.parametrize("number", [0, 1, 26])
def test_executed_token_is_printed(number):
    """ほかの道具のコードを上から走らせると、直したコードでだけ出る番号が出る。"""
    space, output = {}, io.StringIO()
    source = "\n".join(text for kind, text in cells(page(number)) if kind == "code")
    with contextlib.redirect_stdout(output):
        exec(source.replace("scale = 1.000", "scale = 1.007"), space)
    assert page(number).token(1007) in output.getvalue()
    assert page(number).token() not in output.getvalue()


@pytest.mark.parametrize("name", PEERS)
def test_token_is_not_in_the_sources(name, tmp_path):
    """どの道具の原稿にも、走らせて出る番号は書かれていない。書きかえる文とコードは、一つずつある。"""
    for made in pages(3):
        files = PEERS[name].write(made)
        whole = "".join(files.values())
        assert made.token()[:-1] not in whole
        assert whole.count("版番号 v0 ") == whole.count("scale = 1.000") == 1


def test_pages_share_no_formula():
    """どのページの式も、ほかのページにはない。だから組み上がりは使いまわされない。"""
    texts = [formula.tex for made in pages(60) for formula in made.formulas]
    assert len(set(texts)) == len(texts) == 240


def test_stale_page_is_found(site):
    """組み上がったページの文か番号が古ければ、比べるのをやめる。"""
    shown = site.place(site.peer.shown, site.page)
    shown.parent.mkdir(parents=True)
    shown.write_text(f"版番号 v0 の {site.page.token()}", "utf-8")
    site.require_fresh(site.page)
    site.edit("snippet")
    with pytest.raises(Failed, match="tok-"):
        site.require_fresh(site.page)
    shown.write_text(f"版番号 v0 の {site.page.token(1001)}", "utf-8")
    site.require_fresh(site.page)
    site.edit("prose")
    with pytest.raises(Failed, match="版番号 v2"):
        site.require_fresh(site.page)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux でだけ測れる")
def test_work_of_an_orphan_is_counted(tmp_path):
    """親が先に終わったプロセスの CPU も数える。"""
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {burn!r}])"
    command = [sys.executable, "-c", code]
    counter = f"from tests.bench.measure import measure; print(measure({command!r}, '.', None).cpu)"
    done = subprocess.run([sys.executable, "-c", counter], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert float(done.stdout) >= 0.3


def test_a_missed_target_is_said():
    """まっさらのビルドが相手より遅ければ、届かないと書く。"""
    fast, slow = (
        Runs({kind: [Cost(cpu, 10, 0, "")] for kind in ("cold", "noop", "prose", "snippet")}) for cpu in (1, 2)
    )
    for ours, other, verdict in ((fast, slow, "届いた"), (slow, fast, "届かない")):
        found = {("ours", 100): ours, ("mkdocs-exec", 100): other}
        assert f"0.85 倍 以下 | {verdict} |" in targets(found, {}, {})
