"""制限時間。終わらない実装に、照合も図も待たされない。"""

import contextlib
import os
import signal
import threading

# 式か図の一つに許す CPU の秒数。遅い機械では環境変数でのばす。眠ったままの実装は、この何倍かの時刻で止める
SECONDS = float(os.environ.get("FORMULA_SECONDS", 20))
PATIENCE = 6


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

    clocks = {signal.SIGPROF: (signal.ITIMER_PROF, seconds), signal.SIGALRM: (signal.ITIMER_REAL, seconds * PATIENCE)}
    previous = {number: signal.signal(number, stop) for number in clocks}
    for clock, limit in clocks.values():
        signal.setitimer(clock, limit)
    try:
        yield
    finally:
        for number, (clock, _) in clocks.items():
            signal.setitimer(clock, 0)
            signal.signal(number, previous[number])
