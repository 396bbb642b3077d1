"""制限時間。終わらない実装に、照合も図も待たされない。"""

import contextlib
import os
import signal
import threading

# 式か図の一つに許す秒数。遅い機械では環境変数でのばす
SECONDS = float(os.environ.get("FORMULA_SECONDS", 20))


class TimeLimit(BaseException):
    """制限時間を越えた。実装の except Exception に捕まらない。"""


@contextlib.contextmanager
def time_limit(seconds):
    """終わらない実装を止める。主スレッドでだけ働く。"""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(signum, frame):
        raise TimeLimit

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
