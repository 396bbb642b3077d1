"""実験ノートのページ。mkdocs-jupyter の HTML を、ほかのページと同じ形に直す。"""

import os
import re
from types import SimpleNamespace

import pytest
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs_jupyter.convert import nb2html
from mkdocs_jupyter.plugin import NotebookFile
from pymdownx.slugs import slugify

from snippets._engine import ROOT, katex, notebook
from snippets._engine.notebook import on_config, on_page_content

TOC = {"slugify": slugify(case="lower"), "permalink": "#", "permalink_title": "この節へ"}


@pytest.fixture
def site(tmp_path):
    """ノートブック一つとページ一つの、小さなサイト。"""
    (tmp_path / "lab").mkdir()
    site_dir = str(tmp_path / "site")
    source, made, other = (
        File(path, str(tmp_path), site_dir, use_directory_urls=True)
        for path in ("lab/xor.py", "lab/real.ipynb", "neuron/xor.md")
    )
    notebooks = [NotebookFile(file, use_directory_urls=True, site_dir=site_dir) for file in (source, made)]
    files = Files([*notebooks, other])
    page = SimpleNamespace(file=files.get_file_from_path("lab/xor.py"), toc=None)
    return SimpleNamespace(page=page, files=files, source=tmp_path / "lab" / "xor.py")


def weave(site, html, source=""):
    """フックに HTML を渡した結果。"""
    site.source.write_text(source, "utf-8")
    return on_page_content(html, site.page, SimpleNamespace(mdx_configs={"toc": TOC}), site.files)


@pytest.fixture
def converted(site):
    """ほんものの mkdocs-jupyter が作った HTML を渡した結果。"""

    def run(source):
        site.source.write_text(source, "utf-8")
        return weave(site, nb2html(str(site.source)), source)

    return run


def test_other_pages_are_untouched(site):
    """ノートブックでないページは、そのまま通る。"""
    page = SimpleNamespace(file=site.files.get_file_from_path("neuron/xor.md"))
    html = '<div class="jp-Cell">$x$ $$<script></script></div>'
    assert on_page_content(html, page, None, site.files) is html


def test_real_notebook(site, converted):
    """JupyterLab の部品はなくなり、本文とコードだけが、ほかのページと同じ形で残る。"""
    html = converted("# %% [markdown]\n# # 題\n#\n# 式 $x<1$ です。\n\n# %%\nprint('a < b')\n")
    plain = re.sub(r"<math-inline.*?</math-inline>|</?span[^>]*>", "", html)
    assert plain == (
        '<div class="notebook">'
        '<h1 id="題">題<a class="headerlink" href="#題" title="この節へ">#</a></h1><p>式  です。</p>'
        "<div class=\"highlight\"><pre><code>print('a &lt; b')\n</code></pre></div></div>"
    )


def test_math_is_set(site):
    """文中の式は、ほかのページと同じ KaTeX の HTML になる。"""
    html = weave(site, r"<p>$a &lt; \begin{pmatrix} 1 \\ 2 \end{pmatrix}$ と $b$</p>")
    tex = [(r"a < \begin{pmatrix} 1 \\ 2 \end{pmatrix}", False), ("b", False)]
    first, second = katex.render(tex, ROOT / ".cache")
    opening, closing = '<math-inline class="math" data-search-exclude>', "</math-inline>"
    assert f"<p>{opening}{first}{closing} と {opening}{second}{closing}</p>" in html


def test_newer_spelling(site):
    """0.27 の書き方でも、同じ式になる。"""
    pages = (
        weave(site, "<p>$a &lt; b$</p>"),
        weave(site, r'<p><span class="arithmatex">\(a &lt; b\)</span></p>'),
    )
    old, new = (re.search("<math-inline.*</math-inline>", page)[0] for page in pages)
    assert old == new


def test_japanese_lines_are_joined(site):
    """一行一文の改行は空白にならず、コードの改行は残る。"""
    html = weave(site, "<p>文です。\n次の文\n<b>です</b>。</p><pre>文。\n文</pre>")
    assert "<p>文です。次の文\n<b>です</b>。</p><pre>文。\n文</pre>" in html


@pytest.mark.parametrize("tag", ["code", "pre", "kbd", "svg"])
def test_code_is_left_alone(site, tag):
    """コードや図の中の $ は式ではない。"""
    assert f"<{tag}>$x$ &lt; $$</{tag}>" in weave(site, f"<p><{tag}>$x$ &lt; $$</{tag}></p>")


@pytest.mark.parametrize(
    ("html", "source", "message"),
    [
        ("<p>$$x$$</p>", "#\n# $$x$$", r"docs/lab/xor\.py:2\n  別行立ての式は使えない"),
        (r"<p>\[x\]</p>", "", "別行立ての式は使えない"),
        (r"<p>\begin{align}x\end{align}</p>", "", "別行立ての式は使えない"),
        ("<p>値段は $5 です。</p>", "# 値段は $5", r"xor\.py:1\n  対にならない \$ がある: 値段は \$5 です。"),
        (r"<p>$\foo$</p>", "#\n#\n# $\\foo$", r"xor\.py:3\n  KaTeX が組めない: 知らない命令 \\foo"),
        ("<h2>題 $x$</h2>", "", "見出しに式は書けない"),
        (
            '<a href="../no/page.md">x</a>',
            "#\n# (../no/page.md)",
            r"xor\.py:2\n  リンク先 \.\./no/page\.md がない",
        ),
        ('<img src="https://example.com/a.png">', "", "<img> がサイトの外を読みに行く: https://example"),
        ('<p style="background: url(//example.com/a)">x</p>', "", "<p> がサイトの外を読みに行く"),
        ('<video poster="//example.com/a"></video>', "", "<video> がサイトの外を読みに行く"),
    ],
)
def test_refused(site, html, source, message):
    """使えないものは、原稿の場所を添えて断られる。"""
    with pytest.raises(PluginError, match=message):
        weave(site, html, source)


def test_all_problems_are_reported(site):
    """誤りは一度に全部報告される。"""
    with pytest.raises(PluginError, match=r"2 件(?s:.*)\\foo(?s:.*)\\bar"):
        weave(site, r"<p>$\foo$</p><p>$\bar$</p>", "# $\\foo$\n# $\\bar$")


def test_nothing_is_fetched(site):
    """読みこみの要素は中身ごと消え、よそへのリンクは残る。"""
    html = (
        '<script src="https://example.com/a.js"></script><link href="https://example.com/a.css">'
        '<style>@import "//example.com/a";</style><iframe src="https://example.com"><p>中</p></iframe>'
        '<a href="https://example.com/">外</a>'
    )
    assert weave(site, html) == '<div class="notebook"><a href="https://example.com/">外</a></div>'


def test_links_lead_to_pages(site):
    """ページへのリンクは、サイトの URL になる。"""
    targets = "../neuron/xor.md", "../neuron/xor.md#a", "#z", "real.ipynb"
    html = weave(site, "".join(f'<a href="{target}">x</a>' for target in targets))
    assert re.findall('href="([^"]*)"', html) == ["../../neuron/xor/", "../../neuron/xor/#a", "#z", "../real/"]


def test_headings_make_the_contents(site):
    """見出しの名前は重ならず、目次はその名前を指す。"""
    weave(
        site,
        "<h1>題 A<a class='anchor-link' href='#'>¶</a></h1><h2>節 &amp; b</h2><h2>節 &amp; b</h2><h3>項</h3>",
    )
    (top,) = site.page.toc
    assert (top.title, top.url) == ("題 A", "#題-a")
    assert [(item.title, item.url) for item in top.children] == [
        ("節 &amp; b", "#節--b"),
        ("節 &amp; b", "#節--b_1"),
    ]
    assert [item.url for item in top.children[1].children] == ["#項"]


def test_output_keeps_its_shape(site):
    """出力の図と文字は、そのまま残る。"""
    svg = '<svg role="img" viewBox="0 0 1 1"><path d="M 0 0"/><text>a &lt; b</text></svg>'
    html = weave(site, f'<div class="jp-Cell"><div class="jp-RenderedHTML jp-OutputArea-output">{svg}</div></div>')
    assert html == f'<div class="notebook"><div class="notebook-output">{svg}</div></div>'


@pytest.fixture
def docs(tmp_path, monkeypatch):
    """図を描くノートブックのある docs と、空の .cache。"""
    (tmp_path / "a.py").write_text("from snippets._engine.figure import show", "utf-8")
    monkeypatch.setattr(notebook, "CACHE", tmp_path / ".cache")
    return tmp_path


def cache_dir(docs):
    """フックの決めた、実行結果の置き場。"""
    plugin = SimpleNamespace(config={})
    on_config(SimpleNamespace(plugins={"mkdocs-jupyter": plugin}, docs_dir=str(docs)))
    assert plugin.config["custom_mathjax_url"] == "data:text/javascript,"
    return plugin.config["cache_dir"]


def test_results_depend_on_imports(docs, monkeypatch):
    """import の先が変われば、置き場が変わって実行しなおす。変わらなければ同じ所を使う。"""
    first = cache_dir(docs)
    assert cache_dir(docs) == first
    (docs / "helper.py").write_text("x = 1", "utf-8")
    monkeypatch.setattr(notebook, "imports", lambda path: [docs / "helper.py"] if path.name == "a.py" else [])
    second = cache_dir(docs)
    (docs / "helper.py").write_text("x = 2", "utf-8")
    assert len({first, second, cache_dir(docs)}) == 3


def test_old_results_are_removed(docs):
    """古い実行結果は、新しい三つを残して消える。"""
    for number in range(5):
        folder = docs / ".cache" / "notebooks" / str(number)
        folder.mkdir(parents=True)
        os.utime(folder, (number, number))
    cache_dir(docs)
    assert sorted(path.name for path in (docs / ".cache" / "notebooks").iterdir()) == ["2", "3", "4"]


def test_stale_results_are_warned(docs, caplog):
    """前もって実行した結果が原稿より古ければ、走らせなおす命令を添えて警告する。strict のビルドは、これで止まる。"""
    (docs / "lab").mkdir()
    (docs / "lab" / "real_one.py").write_text("# %%\n1\n", "utf-8")
    cache_dir(docs)
    (record,) = caplog.records
    assert (record.levelname, record.name.split(".")[0]) == ("WARNING", "mkdocs")
    assert record.getMessage().startswith("docs/lab/real_one.py: real_one.ipynb がない。python -m snippets models")


def test_without_notebooks(docs):
    """mkdocs-jupyter を使わないサイトでは、何もしない。"""
    assert on_config(SimpleNamespace(plugins={}, docs_dir=str(docs))) is None
