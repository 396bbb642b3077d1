"""学習したモデルの置き場。書きかけは読まれず、一度だけ学習し、もとが変われば学習しなおす。"""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from snippets._engine import ROOT
from snippets._engine.keys import closure, imports
from snippets.language import _fine_tuning, _japanese, _stored
from snippets.language._stored import key, stored


class Fake:
    """学習の代わり。書きこむと、呼ばれたことを記録する。"""

    def __init__(self, log, fail=False):
        self.log, self.fail = log, fail

    def __call__(self, place):
        with self.log.open("a") as file:
            file.write("1")
        place.mkdir()
        (place / "half").write_text("半分")
        if self.fail:
            raise OSError("途中で止まった")
        (place / "whole").write_text("全部")


def test_half_written_models_are_never_read(tmp_path):
    """書いている途中で止まると何も残らず、次に呼べば初めから作る。できていれば、もう作らない。"""
    log, place = tmp_path / "log", tmp_path / "models" / "key"
    with pytest.raises(OSError, match="途中"):
        stored(Fake(log, fail=True), place)
    assert [path for path in place.parent.iterdir() if path.is_dir()] == []
    for _ in range(2):
        assert {path.name for path in stored(Fake(log), place).iterdir()} == {"half", "whole"}
    assert log.read_text() == "11"


WORKER = """
import sys, time
from pathlib import Path
from snippets.language._stored import stored

def slow(place):
    with Path(sys.argv[1], "log").open("a") as file:
        file.write("1")
    time.sleep(0.5)
    place.mkdir()

Path(sys.argv[1], sys.argv[2]).touch()
while not Path(sys.argv[1], "go").exists():
    time.sleep(0.01)
print(stored(slow, Path(sys.argv[1], "models")).is_dir())
"""


def test_two_processes_train_only_once(tmp_path):
    """2 つのプロセスが同時に呼んでも、作るのは 1 つで、もう 1 つは待って同じものを受け取る。"""
    command = [sys.executable, "-c", WORKER, str(tmp_path)]
    workers = [subprocess.Popen([*command, name], cwd=ROOT, stdout=subprocess.PIPE, text=True) for name in "ab"]
    deadline = time.monotonic() + 120
    while not all((tmp_path / name).exists() for name in "ab") and time.monotonic() < deadline:
        time.sleep(0.05)
    (tmp_path / "go").touch()
    assert [worker.communicate(timeout=60)[0].strip() for worker in workers] == ["True", "True"]
    assert (tmp_path / "log").read_text() == "1"


def test_key_changes_with_the_sources_and_the_libraries(tmp_path, monkeypatch):
    """もとのファイルのどれか一つか、ライブラリの版が変われば、前の学習の結果は使われない。"""
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    one.write_text("# 一")
    two.write_text("# 二")
    keys = {key(one, two)}
    two.write_text("# 別の文")
    keys.add(key(one, two))
    monkeypatch.setattr(_stored, "version", lambda name: "0")
    assert len(keys | {key(one, two)}) == 3


@pytest.mark.parametrize("module", [_japanese, _fine_tuning])
def test_sources_are_all_that_the_training_imports(module):
    """学習のもとには、そのファイルが import するプロジェクトのソースが、残らず入っている。"""
    reached = {path for path in closure([Path(module.__file__)], imports) if path.name != "__init__.py"}
    assert reached == set(map(Path, module.SOURCES))
