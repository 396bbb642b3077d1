"""実験ノートのページを、ほかのページと同じ形に直す MkDocs のフック。

mkdocs-jupyter の作る HTML は、JupyterLab の CSS と JavaScript を丸ごと抱え、式を $…$ のまま残す。
ここでは本文とコードと出力だけを取り出し、式を同じ KaTeX で組み、見出しとリンクをサイトに合わせる。
"""

import logging
import re
import sys
from html import escape, unescape
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path
from posixpath import dirname, join, normpath
from shutil import rmtree

from markdown.extensions.toc import nest_toc_tokens, slugify, unique
from mkdocs.exceptions import PluginError
from mkdocs.structure.toc import get_toc

from snippets import _lab
from snippets._engine import ROOT, Problem, katex, node, report
from snippets._engine.blocks import AFTER_STOP, INLINE_MATH
from snippets._engine.cache import digest
from snippets._engine.keys import imports
from snippets._engine.weave import inline_math

LOG = logging.getLogger("mkdocs.hooks.notebook")
CACHE = ROOT / ".cache"
KEPT = 3  # 残しておく古い実行結果の数
LIBRARIES = "matplotlib", "matplotlib-fontja", "mkdocs-jupyter", "nbconvert", "numpy", "torch"

VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
VERBATIM = {"code", "kbd", "math", "pre", "samp", "svg"}
DROPPED = {"clipboard-copy", "embed", "iframe", "link", "meta", "object", "script", "style"}
DROPPED |= {".anchor-link", ".celltoolbar", ".clipboard-copy-txt", ".jp-InputPrompt", ".jp-OutputPrompt"}
RENAMED = {"highlight-ipynb": "highlight", "jp-OutputArea-output": "notebook-output"}
WRAPPERS = ("jp-", "jupyter-", "CodeMirror", "zeroclipboard-", "highlight-ipynb")

BLOCK_MATH = re.compile(r"\$\$|\\\[|\\\(|\\begin\{")
FETCHING = {"src", "srcset", "poster", "background", "xlink:href", "style"}
OUTSIDE = re.compile(r"(?:^\s*|,\s*|url\(\s*[\"']?)(?:https?:)?//")


def on_config(config):
    """実行結果の置き場を、結果を変えうるものすべてのハッシュで分ける。原稿だけは mkdocs-jupyter が見る。

    前もって実行した .ipynb が原稿より古ければ、警告する。strict のビルドは、それで止まる。
    """
    if (plugin := config.plugins.get("mkdocs-jupyter")) is None:
        return
    for source in _lab.sources(Path(config.docs_dir) / "lab"):
        if reason := _lab.stale(source):
            LOG.warning(f"docs/lab/{source.name}: {reason}。{_lab.COMMAND} で走らせなおす")
    sources, pending = set(), list(Path(config.docs_dir).rglob("*.py"))
    while pending:
        pending += (new := set(imports(pending.pop())) - sources)
        sources |= new
    key = digest(sys.version, *map(version, LIBRARIES), *(path.read_bytes() for path in sorted(sources)))
    folder = CACHE / "notebooks"
    for old in sorted(folder.glob("*/"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
        rmtree(old, ignore_errors=True)
    plugin.config["cache_dir"] = str(folder / key[:16])
    plugin.config["custom_mathjax_url"] = "data:text/javascript,"  # 0.27 は何もしないとよそから読みこむ


def on_page_content(html, page, config, files):
    """ノートブックの HTML を書きかえる。ほかのページには触れない。"""
    if Path(page.file.src_uri).suffix not in (".py", ".ipynb"):
        return html
    notebook = Notebook(page.file, files, config.mdx_configs.get("toc", {}))
    notebook.feed(html)
    notebook.close()
    body = notebook.typeset()
    if notebook.problems:
        raise PluginError(report(notebook.problems))
    page.toc = get_toc(nest_toc_tokens(notebook.headings))
    return f'<div class="notebook">{body}</div>'


class Notebook(HTMLParser):
    """HTML を一度だけ読み、残すものを parts に積む。まだ組んでいない式は、文字列でなく組 (tex,) にする。

    stack は開いている要素の (名, 閉じ方)。閉じ方が None の要素は中身ごと捨てる。
    """

    def __init__(self, file, files, toc):
        super().__init__()
        self.file, self.files, self.toc = file, files, toc
        self.parts, self.stack, self.headings, self.problems = [], [], [], []
        self.text, self.title, self.ids = "", None, set()

    def typeset(self):
        """式を組んだ HTML。"""
        formulas = [(part[0], False) for part in self.parts if isinstance(part, tuple)]
        try:
            rendered = iter(katex.render(formulas, CACHE))
        except node.NodeUnavailable as error:
            raise PluginError(str(error)) from None
        return "".join(self._inline(next(rendered), *p) if isinstance(p, tuple) else p for p in self.parts)

    def _inline(self, html, tex):
        if isinstance(html, katex.KatexError):
            self._problem(f"KaTeX が組めない: {html.message}\n  ${tex}$", f"${tex}$")
            return ""
        return inline_math(html)

    def _problem(self, message, clue):
        """clue は、原稿の行を探す手がかり。"""
        lines = Path(self.file.abs_src_path).read_text("utf-8").split("\n")
        line = next((number for number, line in enumerate(lines, 1) if clue in line), 1)
        self.problems.append(Problem(f"docs/{self.file.src_uri}", line, "", message))

    # 要素

    def handle_starttag(self, tag, attrs):
        self._flush()
        attrs = {name: value or "" for name, value in attrs}
        classes = attrs.get("class", "").split()
        if DROPPED & {tag, *(f".{name}" for name in classes)} or self._dropping():
            opening, closing = "", None
        elif tag == "div" and any(name.startswith(WRAPPERS) for name in classes):
            names = [new for old, new in RENAMED.items() if old in classes]
            opening, closing = (f'<div class="{names[0]}">', "</div>") if names else ("", "")
        elif tag == "pre" and self.parts[-1:] == ['<div class="highlight">']:
            opening, closing = "<pre><code>", "</code></pre>"
        else:
            opening, closing = self._checked(tag, attrs), f"</{tag}>"
        self.parts.append(opening)
        if tag not in VOID:
            self.stack.append((tag, closing))
        if re.fullmatch("h[1-6]", tag):
            self.title = len(self.parts)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag):
        self._flush()
        if tag not in (name for name, _ in self.stack):
            return
        name = None
        while name != tag:
            name, closing = self.stack.pop()
            if closing and self.title and re.fullmatch("h[1-6]", name):
                self._heading(int(name[1]))
            self.parts.append(closing or "")

    def _dropping(self):
        return any(closing is None for _, closing in self.stack)

    def _checked(self, tag, attrs):
        """開始タグ。よそのサイトを読みに行かず、ページへのリンクは .md から直してある。"""
        start = self.get_starttag_text()
        outside = [value for name, value in attrs.items() if name in FETCHING and OUTSIDE.search(value)]
        if outside:
            self._problem(f"<{tag}> がサイトの外を読みに行く: {outside[0]}", outside[0])
        target, _, fragment = attrs.get("href", "").partition("#")
        if tag != "a" or ":" in target or not target.endswith((".md", ".py", ".ipynb")):
            return start
        file = self.files.get_file_from_path(normpath(join(dirname(self.file.src_uri), target)))
        if file is None:
            self._problem(f"リンク先 {target} がない", target)
            return start
        url = file.url_relative_to(self.file) + ("#" + fragment if fragment else "")
        return start.replace(f'"{attrs["href"]}"', f'"{escape(url)}"')

    def _heading(self, level):
        """見出しに、ほかのページと同じ決まりの名前とリンクを付ける。"""
        inner, start = self.parts[self.title :], self.title - 1
        if any(isinstance(part, tuple) for part in inner):
            self._problem("見出しに式は書けない", "$")
        title = re.sub("<[^>]*>", "", "".join(part for part in inner if isinstance(part, str)))
        ident = unique(self.toc.get("slugify", slugify)(unescape(title), "-"), self.ids)
        self.parts[start] = f'<h{level} id="{escape(ident)}">'
        if mark := self.toc.get("permalink"):
            hint, text = escape(self.toc.get("permalink_title", "")), "¶" if mark is True else escape(mark)
            self.parts.append(f'<a class="headerlink" href="#{escape(ident)}" title="{hint}">{text}</a>')
        self.headings.append({"level": level, "id": ident, "name": title})
        self.title = None

    def handle_data(self, data):
        self.text += data

    def close(self):
        super().close()
        self._flush()

    def _flush(self):
        """ためた文を、式とそれ以外に分けて積む。"""
        text, self.text = self.text, ""
        inside = any(closing for _, closing in self.stack)
        if self._dropping() or not (text if inside else text.strip()):
            return
        if VERBATIM & {name for name, _ in self.stack}:
            self.parts.append(escape(text, quote=False))
            return
        text = re.sub(r"\A\\\((.*)\\\)\Z", r"$\1$", text)  # mkdocs-jupyter 0.27 の書き方
        pieces = re.split(INLINE_MATH, text)  # 地の文、印、式の順に並ぶ
        del pieces[1::3]  # {when} などの印
        if BLOCK_MATH.search(prose := "".join(pieces[::2])):
            self._problem("別行立ての式は使えない。ノートブックの式は一行の $…$ だけ", "$$")
        elif "$" in prose:
            self._problem(f"対にならない $ がある: {text.strip()}", "$")
        pieces[::2] = [escape(AFTER_STOP.sub("", piece), quote=False) for piece in pieces[::2]]
        pieces[1::2] = [(tex,) for tex in pieces[1::2]]
        self.parts += pieces
