"""本物のモデルのノートブック。しまった結果が新しく、そのまま見せられること。"""

import json
import os
import re

import nbformat
import pytest

from snippets import _lab
from snippets._lab import LabError, execute, key, sources, stale, tidy, write
from snippets._models import MB
from snippets._models import SOURCES as MODELS
from snippets._weights import PACKAGES, Missing, folder

SOURCES = sources()
NAMES = [source.stem for source in SOURCES]
LARGEST = 150_000


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """原稿を書いて、その道を返す関数。"""
    monkeypatch.setattr(_lab, "LAB", tmp_path)

    def source(code, name="real_one"):
        path = tmp_path / f"{name}.py"
        path.write_text(f"# %% [markdown]\n# # 題\n\n# %%\n{code}\n", "utf-8")
        return path

    return source


def test_there_are_notebooks():
    """会話、穴埋め、長さ、頭の付け替えのノートブックがある。"""
    assert NAMES == ["real_chat", "real_downstream", "real_fill_mask", "real_limit"]


@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_committed_notebook_is_current(source):
    """しまった .ipynb は、いまの原稿を走らせたもので、出力があり、誤りがない。"""
    assert stale(source) is None, f"{_lab.COMMAND} で走らせなおす"


@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_committed_notebook_shows_the_source(source):
    """しまった .ipynb のセルは、原稿のセルと同じである。"""
    import jupytext

    made = json.loads(source.with_suffix(".ipynb").read_text("utf-8"))
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in made["cells"]]
    assert cells == [(cell.cell_type, cell.source) for cell in jupytext.read(source, fmt="py:percent").cells]


@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_committed_notebook_is_small_and_clean(source):
    """.ipynb は小さく、実行の番号や時刻や機械の道を含まない。"""
    text = source.with_suffix(".ipynb").read_text("utf-8")
    made = json.loads(text)
    assert len(text.encode()) <= LARGEST
    assert all(cell.get("execution_count") is None for cell in made["cells"])
    assert not re.search(r"/home/|/root/|/tmp/|/Users/|site-packages|\b\d\d:\d\d:\d\d\b", text)
    assert set(made["metadata"]) == {"kernelspec", "language_info", "real"}


@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_notebook_asserts_and_opens_with_a_question(source):
    """題の下に太字の問いがあり、読む前に読むページと、使ったモデルを言い、assert が 10 個以上ある。"""
    text = source.read_text("utf-8")
    assert re.search(r"^# \*\*.+か。\*\*$", text, re.M)
    assert re.search(r"^# 読む前に: \[", text, re.M)
    assert "# ## 使ったモデル" in text
    assert "前もってこのノートブックを実行して得たもの" in text
    assert len(re.findall(r"^ *assert ", text, re.M)) >= 10


def test_written_notebook_is_current_until_the_source_changes(lab):
    """走らせて書いた .ipynb は新しく、原稿を直すと古くなる。書きなおしても、同じバイト列になる。"""
    source = lab("print('こんにちは')\nprint('世界')\n1 + 1")
    assert stale(source) == "real_one.ipynb がない"
    write(source)
    assert stale(source) is None
    made = json.loads(source.with_suffix(".ipynb").read_text("utf-8"))
    stream, result = made["cells"][1]["outputs"]
    assert stream["text"] == "こんにちは\n世界\n"
    assert result["data"]["text/plain"] == "2"
    before = source.with_suffix(".ipynb").read_bytes()
    write(source)
    assert source.with_suffix(".ipynb").read_bytes() == before
    source.write_text(source.read_text("utf-8") + "# 注\n", "utf-8")
    assert "変わっている" in stale(source)


def test_failing_cell_keeps_the_old_notebook(lab):
    """セルが失敗すれば、どのセルかを言い、前の .ipynb を残す。"""
    source = lab("print(1)")
    write(source)
    before = source.with_suffix(".ipynb").read_bytes()
    lab("assert 1 == 2, '違う'")
    with pytest.raises(LabError, match=r"AssertionError: 違う(.|\n)*assert 1 == 2"):
        write(source)
    assert source.with_suffix(".ipynb").read_bytes() == before


def test_missing_weights_are_missing_in_a_notebook_too(lab):
    """重みがなければ、ノートブックの中からでも、取りこむ命令の分かる Missing になる。"""
    source = lab("from pathlib import Path\nfrom snippets._weights import folder\nfolder('rxnfp', Path('nowhere'))")
    with pytest.raises(Missing, match="python -m snippets models"):
        execute(source)


def notebook(*outputs, **metadata):
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("1", outputs=list(outputs))], metadata={"real": metadata} if metadata else {}
    )


def test_stale_reasons(lab):
    """読めない .ipynb、誤りの出力、出力のなさを、それぞれ言う。"""
    source = lab("1")
    path = source.with_suffix(".ipynb")
    path.write_text("{", "utf-8")
    assert "JSON として読めない" in stale(source)
    error = nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])
    for made, reason in ((notebook(error, key=key(source)), "誤りの出力"), (notebook(key=key(source)), "出力がない")):
        path.write_text(json.dumps(made), "utf-8")
        assert reason in stale(source)


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (nbformat.v4.new_output("stream", name="stderr", text="Warning: 古い"), "警告か誤り"),
        (nbformat.v4.new_output("stream", name="stdout", text=f"{os.path.expanduser('~')}{os.sep}models"), "機械の道"),
        (nbformat.v4.new_output("display_data", data={"text/plain": "/tmp/model"}), "機械の道"),
    ],
)
def test_unshowable_outputs_are_refused(output, message):
    """警告や、機械の道のある出力は、見せない。"""
    with pytest.raises(LabError, match=message):
        tidy(notebook(output))


def test_key_follows_imports_and_versions(lab, monkeypatch, tmp_path):
    """鍵は、import したソースと、重みの版で変わる。"""
    source = lab("from snippets.language import _real")
    assert key(source) != key(lab("from snippets import _weights", "real_two"))
    before, lock = key(source), tmp_path / "lock"
    lock.write_text("別の版", "utf-8")
    monkeypatch.setattr(_lab, "LOCK", lock)
    assert key(source) != before


def test_command_runs_only_stale_notebooks(lab, monkeypatch, capsys):
    """新しいものは飛ばし、失敗しても残りを走らせ、1 を返す。"""
    first, second = lab("print(1)", "real_a"), lab("1 / 0", "real_b")
    write(first)
    monkeypatch.setattr(_lab, "sources", lambda: [second, first])
    assert _lab.main() == 1
    told = capsys.readouterr()
    assert "real_a.py: そのまま使える" in told.out
    assert "real_b.ipynb がない。走らせる" in told.out
    assert "ZeroDivisionError" in told.err


def needs(name):
    """重みがなければ、わけを言って飛ばす。REQUIRE_MODELS=1 なら誤り。"""
    try:
        return folder(name)
    except Missing as missing:
        if os.environ.get("REQUIRE_MODELS") == "1":
            raise
        pytest.skip(str(missing))


@pytest.mark.models
@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_claims_hold_on_the_real_models(source):
    """ノートブックを走らせなおしても、すべての assert が通り、図のほかの出力の行数も変わらない。"""
    for name in re.findall(r'folder\("(\w+)"\)', source.read_text("utf-8")):
        needs(name)
    made = json.loads(source.with_suffix(".ipynb").read_text("utf-8"))
    again = execute(source)
    shapes = [
        [[output["output_type"] for output in cell["outputs"]] for cell in cells if cell["cell_type"] == "code"]
        for cells in (made["cells"], again.cells)
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.models
@pytest.mark.parametrize("name", PACKAGES)
def test_real_weights_are_whole(name):
    """取りこんだ重みのフォルダには、重みのファイルがあり、大きさは言ったとおりで、半端なものは残っていない。"""
    place = needs(name)
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    assert abs(size / MB - MODELS[name].kept) <= 1
    assert list(place.rglob("*.safetensors")) + list(place.rglob("*.bin")) + list(place.rglob("*.pth"))
    assert not list(place.parent.glob(f".{name}.part"))


@pytest.mark.models
def test_unknown_piece_of_a_reaction_is_refused():
    """語彙にない記号のある反応は、どれが悪いかを言って断る。"""
    from snippets.language._real import Reactions

    needs("rxnfp")
    with pytest.raises(ValueError, match="猫 は語彙にない"):
        Reactions().encode("C猫>>C")


def test_missing_weights_skip_with_a_reason(monkeypatch):
    """重みがなければ飛ばし、REQUIRE_MODELS=1 なら誤りになる。"""

    def absent(name):
        raise Missing("わけ")

    monkeypatch.setitem(needs.__globals__, "folder", absent)
    monkeypatch.delenv("REQUIRE_MODELS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="わけ"):
        needs("rxnfp")
    monkeypatch.setenv("REQUIRE_MODELS", "1")
    with pytest.raises(Missing):
        needs("rxnfp")
