"""仕事の配り方。どこで、何人で調べても同じ結果になり、働き手が落ちても、ほかの仕事は失われない。"""

import json
import os
import subprocess
import sys
import time

import pytest

from snippets._engine.workers import ADDRESS, mapped
from tests._engine.staleness import TOPICS, site

CHECK = "from snippets._engine.book import check_book; print(*check_book(workers={}).problems)"


def square(x):
    """3 で落ち、5 で眠る。"""
    if x == 3:
        os._exit(1)
    if x == 5:
        time.sleep(60)
    return x * x


def test_only_the_job_that_stops_its_worker_is_lost():
    """働き手を落とす仕事だけが None になり、ほかの仕事は終わる。"""
    found = dict(mapped(square, [(x,) for x in range(5)], 2))
    assert found == {x: None if x == 3 else x * x for x in range(5)}


def test_endless_job_is_given_up():
    """終わらない仕事は、待つ時間を過ぎれば None になる。"""
    assert list(mapped(square, [(5,)], 1, seconds=1)) == [(0, None)]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """話題が三つの小さなサイト。"""
    return site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def alone(project):
    """一人で調べた結果。"""
    return kept(project, workers=1)


def test_two_workers_keep_the_same_bytes(project, alone):
    """二人で調べても、しまう結果は 1 バイトも違わない。"""
    assert {f"demo.{name}.kept" for name in TOPICS} < alone.keys()
    assert kept(project, workers=2) == alone


def test_a_cluster_keeps_the_same_bytes_or_is_refused(project, alone, tmp_path):
    """Dask のクラスタに配っても、しまう結果は同じ。働き手の機械の実装が手もとと違えば、使わずに、わけを言う。"""
    other = site(tmp_path)
    with cluster(other) as address:
        assert kept(project, **{ADDRESS: address}) == alone
        other.write("snippets/demo/_part.py", "def part(x):\n    return x**2\n")
        output = check(project, **{ADDRESS: address})
    assert "docs/demo/one.md:1\n  調べるあいだに原稿か実装が変わったか、働き手の機械の" in output
    assert not {f"demo.{name}.kept" for name in TOPICS} & names(project)


def test_unknown_address_is_one_clear_message(project):
    """読めない場所を書けば、わけを一文で言う。"""
    output = check(project, **{ADDRESS: "nowhere://"})
    assert f"{ADDRESS}:1\n  Dask のスケジューラ nowhere:// に届かない" in output


def check(project, workers=None, **environment):
    """置き場を空にして調べ、誤りの文を返す。"""
    for path in (project.root / ".cache" / "formulas").rglob("*.kept"):
        path.unlink()
    command = [sys.executable, "-c", CHECK.format(workers)]
    environment = project.environment() | environment
    done = subprocess.run(command, cwd=project.root, env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    return done.stdout


def kept(project, workers=None, **environment):
    """調べて、しまわれた結果のバイト列。"""
    assert check(project, workers, **environment).strip() == ""
    return {path.name: path.read_bytes() for path in (project.root / ".cache" / "formulas").glob("*.kept")}


def names(project):
    """しまわれた結果の名。"""
    return {path.name for path in (project.root / ".cache" / "formulas").glob("*.kept")}


class cluster:  # noqa: N801
    """このサイトを調べる、この機械だけの Dask のクラスタ。with の中で、スケジューラの場所になる。"""

    def __init__(self, project):
        self.project, self.processes = project, []

    def __enter__(self):
        told = self.project.root / "scheduler.json"
        told.unlink(missing_ok=True)
        self.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", told.name)
        while not told.is_file():
            assert self.processes[0].poll() is None
            time.sleep(0.05)
        address = json.loads(told.read_text("utf-8"))["address"]
        self.start("worker", address, "--nworkers", "1", "--nthreads", "2")
        return address

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            process.wait()

    def start(self, *command):
        command = [sys.executable, "-m", "dask", *command, "--no-dashboard"]
        project, quiet = self.project, subprocess.DEVNULL
        self.processes.append(subprocess.Popen(command, cwd=project.root, env=project.environment(), stderr=quiet))
