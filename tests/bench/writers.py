"""原稿の一ページを、それぞれの道具の書き方にする。どの関数も、ファイルの道から中身への辞書を返す。"""

import json
from pathlib import Path

HEAD = "import numpy as np\n\n\n"
CANVAS = "\n\n\nimport matplotlib.pyplot as plt\n\nfig, ax = plt.subplots(figsize=(6, 3.2))\nplot(ax)\n"


def blocks(page):
    """(種類, 中身) の並び。どの道具のページも、この順に組む。code の中身は (関数の名, ソース)。"""
    opening, first, second, closing = page.paragraphs
    yield "title", page.title
    yield "prose", opening
    yield "formula", page.formulas[0]
    yield "heading", "当てはめ"
    yield "prose", first
    yield "formula", page.formulas[1]
    yield "code", ("fit", page.fit)
    yield "prose", second
    yield "formula", page.formulas[2]
    yield "code", ("gap", page.gap)
    yield "heading", "図"
    yield "prose", closing
    yield "formula", page.formulas[3]
    yield "plot", page.plot


def cells(page):
    """走らせるセルの並ぶ形。(種類, 中身) の種類は text か code。"""
    for kind, content in blocks(page):
        match kind:
            case "title":
                yield "text", f"# {content}"
            case "heading":
                yield "text", f"## {content}"
            case "prose":
                yield "text", content
            case "formula":
                yield "text", f"$$\n{content.tex}\n$$"
            case "code":
                name, source = content
                yield "code", f"{HEAD if name == 'fit' else ''}{source}\n\n\nprint({name}())"
            case "plot":
                yield "plot", content + CANVAS


def markdown(page, code):
    """セルを code(種類, ソース) で囲んだ Markdown。"""
    return "\n\n".join(text if kind == "text" else code(kind, text) for kind, text in cells(page)) + "\n"


# 動く数式ノート


def ours(page):
    """ページと実装とテスト。式には、実装を結ぶラベルと、文字の型がいる。"""
    topic = page.path.replace("/", ".")
    symbols = {name: text for formula in page.formulas for name, text in formula.symbols.items()} | {"a": "R — 数"}
    lines = ["---", f"title: {page.title}", "symbols:"]
    lines += [f"  {name}: '{text}'" for name, text in symbols.items()]
    lines += ["---", ""]
    for kind, content in blocks(page):
        match kind:
            case "title":
                lines += [f"# {content}"]
            case "heading":
                lines += [f"## {content}"]
            case "prose":
                lines += [content]
            case "formula":
                lines += ["$$", content.tex, f"\\label{{{topic}.{content.name}}}", "$$"]
            case "code":
                lines += [f"{{source}}`{topic}.{content[0]}`", "", f"結果は {{eval}}`{topic}.{content[0]}()` です。"]
            case "plot":
                lines += [f"![雑音のある点と 4 本の曲線]({topic}.plot)"]
        lines += [""]
    sources = [formula.code for formula in page.formulas] + [page.fit, page.gap, page.plot]
    return {
        f"docs/{page.path}.md": "\n".join(lines),
        f"snippets/{page.path}.py": f'"""{page.title}。"""\n\n{HEAD}' + "\n\n\n".join(sources) + "\n",
        f"tests/{page.folder}/test_{page.name}.py": "def test_nothing():\n    pass\n",
    }


# MkDocs と Zensical


def plain(page):
    """何も走らせない Markdown。"""
    return {f"docs/{page.path}.md": markdown(page, lambda _, source: f"```python\n{source}\n```")}


_SAVE = """
from io import StringIO

buffer = StringIO()
fig.savefig(buffer, format="svg")
plt.close(fig)
print(buffer.getvalue()[buffer.getvalue().index("<svg"):])"""


def markdown_exec(page):
    """markdown-exec の囲み。一ページの囲みは、名前の空間を分けあう。"""

    def code(kind, source):
        options = 'result="text"' if kind == "code" else 'html="1"'
        source += "" if kind == "code" else _SAVE
        return f'```python exec="1" source="above" session="{page.name}" {options}\n{source}\n```'

    return {f"docs/{page.path}.md": markdown(page, code)}


def notebook(page):
    """Jupyter のノートブック。"""
    found = []
    for k, (kind, text) in enumerate(cells(page)):
        cell = {"cell_type": "markdown", "id": f"cell-{k}", "metadata": {}, "source": text}
        found.append(cell if kind == "text" else cell | {"cell_type": "code", "execution_count": None, "outputs": []})
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made = {"cells": found, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return {f"docs/{page.path}.ipynb": json.dumps(made, ensure_ascii=False, indent=1)}


# Sphinx


def myst(page):
    """MyST の Markdown のノートブック。"""
    head = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n  display_name: Python 3\n---\n\n"
    return {f"docs/{page.path}.md": head + markdown(page, lambda _, source: f"```{{code-cell}} python3\n{source}\n```")}


def gallery(page):
    """sphinx-gallery の Python。文は、reStructuredText の注釈になる。"""
    parts, text = [], []
    for kind, content in blocks(page):
        match kind:
            case "title":
                text += [f"{content}\n{'=' * 40}"]
            case "heading":
                text += [f"{content}\n{'-' * 40}"]
            case "prose":
                pieces = content.split("$")
                text += ["".join(f" :math:`{piece}` " if k % 2 else piece for k, piece in enumerate(pieces))]
            case "formula":
                text += [f".. math::\n\n   {content.tex}"]
            case _:
                source = content + CANVAS if kind == "plot" else f"{content[1]}\n\n\nprint({content[0]}())"
                said = "\n\n".join(text)
                if parts:
                    parts += ["# %%\n" + "\n".join(f"# {line}".rstrip() for line in said.split("\n")), source]
                else:
                    parts += [f'r"""\n{said}\n"""', HEAD + source]
                text = []
    return {f"docs/examples/{page.folder}/plot_{page.name}.py": "\n\n".join(parts) + "\n"}


def write(root, files):
    """ファイルを置く。"""
    for path, text in files.items():
        target = Path(root) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
