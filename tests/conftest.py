"""すべてのテストに共通の構え。"""

import os
import re

import pytest
from hypothesis import settings

# 働き手はコアの数だけ並ぶので、一人が使うコアは一つ。NumPy と PyTorch を読むより先に決める
os.environ.setdefault("OMP_NUM_THREADS", "1")

# 混んだ機械でも結果が変わらないように、一例ごとの時間では落とさない
settings.register_profile("note", deadline=None, derandomize=True)
settings.load_profile("note")

PAGE = re.compile(r"\[([\w/.]+\.html)")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """並べて走らせるとき（pytest -n auto）、同じファイルのテストは同じ働き手へ。ブラウザで開くページは、ページごと。

    xdist 3.8 の loadgroup は、pytest 9.2 では組を見ない（pytest-xdist の課題 1386）。だから、組は名から決める。
    """
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            page = PAGE.search(nodeid)
            return page[1] if page else nodeid.partition("::")[0]

    return Together(config, log)
