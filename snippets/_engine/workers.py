"""独立な仕事を、まっさらなプロセスへ配る。話題とエンジンは、どの働き手も新しく読む。

配り方は joblib に任せる。この機械の中では、よそのライブラリだけを読んだ種から、働き手を分ける。
環境変数 DASK_SCHEDULER_ADDRESS に Dask のスケジューラの場所を書けば、そのクラスタへ配る。
クラスタのコアが一つしかなければ、手もとで動かす。
Dask の働き手は居つづけるので、仕事ごとに新しい Python を起こす。
"""

import gc
import multiprocessing
import os
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import wait
from threading import Thread

from joblib import Parallel, delayed, parallel_config
from joblib.parallel import ParallelBackendBase

from . import ROOT

ADDRESS = "DASK_SCHEDULER_ADDRESS"
_WAIT = 60  # クラスタの働き手を待つ秒数


class Unreachable(Exception):
    """クラスタに届かない。"""


def mapped(function, jobs, workers=None, seconds=None, libraries=(), prepare=None):
    """jobs の引数で function を呼び、(番号, 結果) を、終わった順に渡す。結果は、どこで、何人で動かしても同じである。

    seconds のあいだ一つも終わらないか、働き手が落ちれば、動いていたはずの仕事を一つずつ試す。
    また止めたものの結果は None になる。
    libraries は働き手が先に読むライブラリ、prepare は働き手がはじめに呼ぶ関数。クラスタに届かなければ Unreachable。
    """
    left, workers = dict(enumerate(jobs)), workers or os.cpu_count()
    with _place(libraries, prepare) as run:
        while left:
            for k, result in _tried(run, function, left, workers, seconds):
                del left[k]
                yield k, result
            for k in list(left)[: 2 * workers]:  # 渡してあるのは、多くてもこれだけ
                yield next(_tried(run, function, {k: left.pop(k)}, 1, seconds), (k, None))


def _tried(run, function, jobs, workers, seconds):
    """終わった仕事の (番号, 結果)。プロセスが落ちるか、時間を過ぎれば、そこまでで打ち切る。"""
    parallel = Parallel(workers, return_as="generator_unordered", batch_size=1, timeout=seconds)
    with suppress(BrokenProcessPool, multiprocessing.TimeoutError):
        yield from parallel(delayed(_numbered)(run, function, k, *job) for k, job in list(jobs.items()))


def _numbered(run, function, k, *job):
    return k, run(function, *job)


@contextmanager
def _place(libraries, prepare):
    """仕事を配る先。仕事を動かす関数を渡す。"""
    if address := os.environ.get(ADDRESS):
        with _cluster(address) as client, parallel_config("dask", client=client):
            yield partial(_apart, prepare)
    else:
        with parallel_config(Seeded(libraries, prepare)):
            yield _here


@contextmanager
def _cluster(address):
    try:
        from dask.distributed import Client

        client = Client(address)
        client.wait_for_workers(1, timeout=_WAIT)
    except ImportError:
        raise Unreachable("Dask がない。pip install 'dask[distributed]' で入れるか、この環境変数を外す") from None
    except (OSError, ValueError) as error:
        raise Unreachable(f"Dask のスケジューラ {address} に届かない: {error}") from None
    with client:
        yield client


def _here(function, *job):
    return function(*job)


def _apart(prepare, function, *job):
    """新しい Python で動かす。落ちれば None。"""
    command, task = [sys.executable, "-m", "snippets._engine.workers"], pickle.dumps((prepare, function, job))
    done = subprocess.run(command, input=task, stdout=subprocess.PIPE, cwd=ROOT)
    return pickle.loads(done.stdout) if done.returncode == 0 else None


class Seeded(ParallelBackendBase):
    """joblib の配り先。Linux では、libraries だけを一度読んだ種から、働き手のプロセスを分ける。"""

    supports_retrieve_callback = True

    def __init__(self, libraries=(), prepare=None):
        super().__init__()
        self.libraries, self.prepare = libraries, prepare

    def effective_n_jobs(self, n_jobs):
        return n_jobs

    def configure(self, n_jobs=1, parallel=None, **options):
        self.parallel, self.crew = parallel, _pool(n_jobs, self.libraries, self.prepare)
        return n_jobs + 1  # 1 だと、joblib は親のプロセスで動かしてしまう

    def submit(self, func, callback=None):
        future = self.crew.submit(func)
        future.add_done_callback(callback)
        return future

    def retrieve_result_callback(self, out):
        return out.result()

    def abort_everything(self, ensure_ready=True):
        for process in list((self.crew._processes or {}).values()):
            process.kill()

    def terminate(self):
        self.crew.shutdown(wait=True, cancel_futures=True)


def warm(libraries):
    """働き手の種を、先に起こしておく。libraries は裏で読みこまれる。"""
    if sys.platform == "linux":
        from multiprocessing.forkserver import ensure_running

        _context(libraries)
        ensure_running()


def _context(libraries):
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # 働き手はコアの数だけ並ぶので、一人が使うコアは一つ
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(libraries))
    return context


def _pool(count, libraries, prepare):
    return ProcessPoolExecutor(count, _context(libraries), _begin, [prepare])


def _begin(prepare):
    """働き手を始める。親が急に止められたら、働き手も終わる。そうしないと、仕事を待ったまま残る。"""
    gc.freeze()  # 種が読んだライブラリは、ごみ集めのたびに見なおさない
    Thread(target=_watch, args=[multiprocessing.parent_process().sentinel], daemon=True).start()
    if prepare:
        prepare()


def _watch(sentinel):
    wait([sentinel])
    os._exit(1)


def main():
    """標準入力の仕事を動かし、結果を標準出力に書く。実装の書くものは混ぜない。"""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    prepare, function, job = pickle.load(sys.stdin.buffer)
    if prepare:
        prepare()
    pickle.dump(function(*job), output)
    output.close()


if __name__ == "__main__":
    main()
