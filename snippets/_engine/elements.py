"""ページに織る要素の木の部品。リンクは元の .md を指し、サイトの URL に直すのは組み立てる側の仕事である。"""

import json
import os
from html import escape
from xml.etree.ElementTree import Element


def element(tag, *children, text=None, **attributes):
    """子と属性を持つ要素。値が空の属性は付けない。class は class_ と書く。"""
    made = Element(tag, {k.rstrip("_").replace("_", "-"): str(v) for k, v in attributes.items() if v != ""})
    made.text = text
    made.extend(children)
    return made


def packed(value):
    """HTML の属性に入れる JSON。"""
    return escape(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def path_to(page, here):
    """ページ here から page への道。前もって実行した .ipynb が隣にあれば、サイトにあるのはそちら。"""
    made = page.path.with_suffix(".ipynb")
    path = made if page.path.suffix == ".py" and made.is_file() else page.path
    return os.path.relpath(path, here.path.parent).replace(os.sep, "/")


def table(head, rows):
    """見出しと行の表。升は要素か、文にできる値。"""
    header = element("tr", *(element("th", text=text, scope="col") for text in head))
    return element("table", element("thead", header), element("tbody", *(_row(row) for row in rows)))


def _row(cells):
    return element("tr", *(element("td", c) if hasattr(c, "tag") else element("td", text=str(c)) for c in cells))
