"""すべてのテストに共通の構え。"""

from hypothesis import settings

# 混んだ機械でも結果が変わらないように、一例ごとの時間では落とさない
settings.register_profile("note", deadline=None, derandomize=True)
settings.load_profile("note")
