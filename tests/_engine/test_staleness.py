"""置き場を使ったビルドは、まっさらなビルドと同じバイト列になる。"""

import pytest

from tests._engine.staleness import compare, edits, main, run, site

FEW = ("部品", "置き場の 1 ビット", "式", "途中で止める")


def test_kept_results_never_show(tmp_path):
    """部品を直しても、置き場が壊れても、式を直しても、途中で止めても、古い結果は現れない。"""
    project = site(tmp_path)
    assert compare(project) == (True, [])
    assert set(FEW) <= edits(project).keys()
    found = run(project, FEW, say=lambda *_, **__: None)
    assert [different for *_, different in found] == [[]] * len(FEW)


def test_a_stale_key_would_be_noticed(tmp_path):
    """鍵から部品を落とすと、古い結果が残り、違いとして見つかる。"""
    project = site(tmp_path)
    blind(project, "keys", ", *parts)", ")")
    blind(project, "fingerprint", "+ data)", ")")
    assert compare(project) == (True, [])
    project.write(
        "snippets/demo/one.py", (project.root / "snippets/demo/one.py").read_text("utf-8").replace("[0, 1]", "[0, 5]")
    )
    assert "demo/one/index.html" in compare(project)[1]


def blind(project, module, old, new):
    """エンジンの一か所を書きかえる。"""
    path = f"snippets/_engine/{module}.py"
    source = (project.root / path).read_text("utf-8")
    assert source.count(old) == 1
    project.write(path, source.replace(old, new))


@pytest.mark.long
def test_three_hundred_edits():
    """でたらめな書きかえを 300 回続けても、違いは一つもない。"""
    assert main(300) == 0
