"""すべてのテストに共通の構え。"""

import pytest
from hypothesis import settings

# 混んだ機械でも結果が変わらないように、一例ごとの時間では落とさない
settings.register_profile("note", deadline=None, derandomize=True)
settings.load_profile("note")


def pytest_collection_modifyitems(items):
    """並べて走らせるとき（pytest -n auto）、同じファイルのテストは同じ働き手へ。ブラウザで開くページは、ページごと。"""
    for item in items:
        params = item.callspec.params if hasattr(item, "callspec") else {}
        item.add_marker(pytest.mark.xdist_group(params.get("path") or item.path.stem))
