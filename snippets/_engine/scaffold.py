"""新しい話題の三つのファイル。そのまま照合とテストを通る、小さな見本から始める。"""

import re

from .binding import path_of_tests, topic_path
from .book import DOCS
from .page import shown

_SNIPPET = '''"""{name} — 一言で言うとどんな関数か。

なぜこの関数がいるのかを、二、三文で書く。
"""

import numpy as np


def {name}(x):
    """x の二乗。x: 任意の形 → 同じ形。"""
    return np.square(x)


def plot(ax):
    """図の下に出る説明。"""
    x = np.linspace(-3, 3, 201)
    ax.plot(x, {name}(x))
    ax.set(xlabel="x", ylabel="{name}(x)")
'''

_PAGE = """---
title: {name}
symbols:
  x: R — 入力
  f: fn — この話題の関数
---
# {name}

**このページが答える問いは何ですか。**

$$
f(x) = x \\cdot x
\\label{{{topic}}}
$$

![何が見えるかを書きます]({topic}.plot)
"""

_TEST = '''"""{name} の性質。

ページの式との一致は tests/test_formulas.py が見る。
"""

import numpy as np

from snippets.{topic} import {name}


def test_even():
    """符号を変えても値は変わらない。"""
    x = np.linspace(-3, 3, 31)
    assert np.array_equal({name}(x), {name}(-x))
'''


def write_topic(topic):
    """話題の実装・ページ・テストを書き、道を返す。名が正しくないか、ファイルがあれば断る。"""
    if not re.fullmatch(r"[a-z]\w*\.[a-z]\w*", topic):
        raise ValueError(f"話題の名 {topic} は activation.softplus のように、小文字のフォルダと名を点でつなぐ")
    name = topic.rpartition(".")[2]
    page = DOCS.joinpath(*topic.split(".")).with_suffix(".md")
    files = {topic_path(topic): _SNIPPET, page: _PAGE, path_of_tests(topic): _TEST}
    for path in files:
        if path.exists():
            raise FileExistsError(f"{shown(path)} はもうある")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(name=name, topic=topic), "utf-8")
    return [shown(path) for path in files]
