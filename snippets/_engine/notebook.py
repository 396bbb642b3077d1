"""実験ノートのページを、ほかのページと同じ形に直す MkDocs のフック。

mkdocs-jupyter の作る HTML は、JupyterLab の CSS と JavaScript を丸ごと抱え、式を $…$ のまま残す。
ここでは本文・コード・出力だけを取り出し、式を同じ KaTeX で組み、見出しとリンクをサイトに合わせる。
"""

import re
from html import escape, unescape
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path
from posixpath import dirname, join, normpath
from shutil import rmtree

from markdown.extensions.toc import nest_toc_tokens, slugify, unique
from mkdocs.exceptions import PluginError
from mkdocs.structure.toc import get_toc

from snippets._engine import ROOT, Problem, katex, report
from snippets._engine.cache import digest, engine_key
from snippets._engine.page import INLINE_MATH

CACHE = ROOT / ".cache"
KEPT = 3  # 残しておく古い実行結果

VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
VERBATIM = {"code", "kbd", "pre", "samp", "svg", "math"}
DROPPED_TAGS = {"clipboard-copy", "embed", "iframe", "link", "meta", "object", "script", "style"}
DROPPED_CLASSES = {
    "anchor-link", "celltoolbar", "clipboard-copy-txt", "jp-Collapser", "jp-InputPrompt", "jp-OutputPrompt",
}  # fmt: skip
RENAMED_CLASSES = {
    "jp-CodeCell": "notebook-cell",
    "highlight-ipynb": "highlight",
    "jp-OutputArea-output": "notebook-output",
}
BLOCK_MATH = re.compile(r"\$\$|\\\[|\\\(|\\begin\{")
FETCHING = {"src", "srcset", "poster", "data", "background", "href", "xlink:href", "style"}
OUTSIDE = re.compile(r"(?:^\s*|url\([\"']?|,\s*)(?:https?:)?//")


def on_config(config):
    """実行結果の置き場を、結果を変えうるものすべてのハッシュで分ける。"""
    plugin = config.plugins.get("mkdocs-jupyter")
    if plugin is not None:
        sources = sorted((ROOT / "snippets").rglob("*.py"))
        key = digest(engine_key(), version("mkdocs-jupyter"), *(path.read_bytes() for path in sources))
        folder = CACHE / "notebooks"
        plugin.config["cache_dir"] = str(folder / key[:16])
        for old in sorted(folder.glob("*/"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            rmtree(old, ignore_errors=True)


def on_page_content(html, page, config, files):
    """ノートブックの HTML を書きかえる。ほかのページには触れない。"""
    if Path(page.file.src_uri).suffix not in (".py", ".ipynb"):
        return html
    rewriter = Rewriter(page.file, files, config.mdx_configs.get("toc", {}))
    rewriter.feed(html)
    rewriter.close()
    body = rewriter.result()
    if rewriter.problems:
        raise PluginError(report(rewriter.problems))
    page.toc = get_toc(nest_toc_tokens(rewriter.headings))
    return f'<div class="notebook">{body}</div>'


class Rewriter(HTMLParser):
    """上から一度だけ読み、残すものを parts に積む。組む前の式は (tex,) の形で積んでおく。

    stack には開いている要素の (名, 閉じ方) があり、閉じ方が None の要素は中身ごと捨てる。
    """

    def __init__(self, file, files, toc):
        super().__init__(convert_charrefs=False)
        self.file, self.files, self.toc = file, files, toc
        self.parts, self.stack, self.headings, self.problems = [], [], [], []
        self.text, self.heading, self.ids = "", None, set()

    # HTMLParser から呼ばれるもの

    def handle_starttag(self, tag, attrs):
        self._flush()
        attrs = {name: value or "" for name, value in attrs}
        classes = set(attrs.get("class", "").split())
        dropped = tag in DROPPED_TAGS or classes & DROPPED_CLASSES
        if tag in VOID:
            if not dropped and not self._dropping():
                self.parts.append(self._attributes(tag, attrs))
            return
        if dropped or self._dropping():
            self.stack.append((tag, None))
            return
        opening, closing = self._element(tag, attrs, classes)
        self.parts.append(opening)
        self.stack.append((tag, closing))
        if re.fullmatch("h[1-6]", tag):
            self.heading = len(self.parts)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        self._flush()
        if tag not in (name for name, _ in self.stack):
            return
        name = None
        while name != tag:
            name, closing = self.stack.pop()
            if self.heading is not None and re.fullmatch("h[1-6]", name):
                self._close_heading(int(name[1]))
            self.parts.append(closing or "")

    def handle_data(self, data):
        self.text += data

    def handle_entityref(self, name):
        self.text += f"&{name};"

    def handle_charref(self, name):
        self.text += f"&#{name};"

    def close(self):
        super().close()
        self._flush()

    # 要素

    def _dropping(self):
        return any(closing is None for _, closing in self.stack)

    def _element(self, tag, attrs, classes):
        """要素の開き方と閉じ方。JupyterLab の入れ物はほどく。"""
        if tag == "div" and any(name.startswith(("jp-", "highlight", "jupyter", "CodeM", "zero")) for name in classes):
            names = [new for old, new in RENAMED_CLASSES.items() if old in classes]
            return (f'<div class="{names[0]}">', "</div>") if names else ("", "")
        if tag == "pre" and self.parts and self.parts[-1] == '<div class="highlight">':
            return "<pre><code>", "</code></pre>"
        return self._attributes(tag, attrs), f"</{tag}>"
