"""まっさらなプロセスの働き手。話題とエンジンは、どの働き手も新しく読む。"""

import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait
from threading import Thread

_LIBRARIES = ["numpy", "scipy", "mpmath", "flint", "matplotlib.figure", "matplotlib_fontja", "torch"]


def pool(count):
    """count 人の働き手。Linux では、よそのライブラリだけを一度読んだ種から分ける。"""
    if sys.platform == "linux":
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_LIBRARIES)
    else:
        context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, context, end_with_parent)


def end_with_parent():
    """親が急に止められたら、働き手も終わる。そうしないと、仕事を待ったまま残る。"""
    Thread(target=_watch, args=[multiprocessing.parent_process().sentinel], daemon=True).start()


def _watch(sentinel):
    wait([sentinel])
    os._exit(1)
