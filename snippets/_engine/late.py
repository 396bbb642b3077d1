"""重い HTML は、札だけを残しておき、ページが組み上がってから置く。

テーマの検索は、ページの HTML をタグごとに Python で読む。
索引に入らない式と図をそこから除くと、変わらないサイトのビルドは半分の時間で済む。
フックのない道具では begin が呼ばれず、はじめから置く。
"""

import re

from markdown.postprocessors import Postprocessor

from .cache import digest

_MARK = re.compile(r"<!--late:(\w+)-->")
_OPEN, _CLOSE = "\ue000", "\ue001"  # 私用の文字。木の文字列に置く
_REGION = re.compile(f"{_OPEN}(.*?){_CLOSE}", re.S)
_held = None


def begin():
    """ここから、hold は札を返す。"""
    global _held
    _held = {}


def begun():
    """フックのあるビルドの中か。"""
    return _held is not None


def hold(html):
    """HTML のかわりの札。begin の前なら、HTML のまま。"""
    if not begun():
        return html
    key = digest(html)[:24]
    _held[key] = placed(html)
    return f"<!--late:{key}-->"


def placed(output):
    """札を HTML にもどしたページ。"""
    return _MARK.sub(lambda match: _held[match[1]], output)


def region(whole):
    """木のまま、リンクの行き先を確かめてから、まるごと hold する要素。索引に入るものは、そのまま。"""
    if whole.get("data-search-exclude") is not None and len(whole):
        whole.text = _OPEN + (whole.text or "")
        whole[-1].tail = (whole[-1].tail or "") + _CLOSE
    return whole


class Regions(Postprocessor):
    """文字列になった要素の中身を、札にかえる。"""

    def run(self, text):
        return _REGION.sub(lambda match: hold(match[1]), text)
