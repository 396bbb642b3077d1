"""一つの命令と、それが起こしたすべてのプロセスの CPU とメモリ。Linux でだけ使う。"""

import contextlib
import ctypes
import os
import resource
import subprocess
import threading
import time
from dataclasses import dataclass

import psutil

_PR_SET_CHILD_SUBREAPER = 36
_EVERY = 0.1  # 秒。メモリを見る間隔
_GRACE = 5  # 秒。命令が終わったあと、残ったプロセスの終わりを待つ時間


@dataclass(frozen=True)
class Cost:
    """cpu は user と sys の秒数、peak は PSS の合計の最大（MB）、code は終了コード、output は端末に出たもの。"""

    cpu: float
    peak: float
    code: int
    output: str


def measure(command, folder, environment):
    """命令を走らせ、Cost を返す。

    親が先に終わった働き手も、みなしごにせずに引き取る。すべてが終わってから CPU を読むので、数えもれがない。
    ほかの子プロセスのないところで呼ぶ。
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = _spent()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
    )
    peak, done = [0], threading.Event()
    watcher = threading.Thread(target=_watch, args=[peak, done])
    watcher.start()
    output = process.communicate()[0].decode("utf-8", "replace")
    _settle()
    done.set()
    watcher.join()
    return Cost(_spent() - before, peak[0] / 2**20, process.returncode, output)


def _spent():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _watch(peak, done):
    """PSS は、分けあうページを人数で割って数えるので、足せば全体の大きさになる。"""
    here = psutil.Process()
    while not done.wait(_EVERY):
        total = 0
        for process in here.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                total += process.memory_full_info().pss
        peak[0] = max(peak[0], total)


def _settle():
    """残った子孫を引き取る。待っても終わらないものは止める。"""
    limit = time.monotonic() + _GRACE
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0]:
                continue
        except ChildProcessError:
            return
        if time.monotonic() > limit:
            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    process.kill()
        time.sleep(0.02)
