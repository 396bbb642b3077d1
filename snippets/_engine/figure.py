"""図の置き方。描きあがった SVG を、代替テキストと説明とともにページに置く。描くのは drawing である。"""

import inspect
import re
from dataclasses import dataclass
from html import escape

VIEW = re.compile(r'viewBox="([^"]+)"')


class FigureError(Exception):
    """図についての一つの事実。"""


@dataclass(frozen=True, slots=True)
class Figure:
    """描きあがった図。svg は一行の文字列、caption は図の下に置く文。"""

    svg: str
    caption: str


def figure_html(figure: Figure, alt: str, ident: str, controls: str = "") -> str:
    """ページに置く形。alt は図に何が見えるかを述べる文、controls は図の下に置くスライダー。"""
    if not alt.strip():
        raise FigureError("代替テキストがない。図に何が見えるかを [ ] の中に書く")
    _, _, width, height = VIEW.search(figure.svg)[1].split()
    opening = f'<svg role="img" aria-label="{escape(alt)}" style="aspect-ratio:{width}/{height}" '
    svg = figure.svg.replace("<svg ", opening, 1)
    caption = f"<figcaption>{escape(figure.caption, quote=False)}</figcaption>"
    return f'<figure class="plot" id="{escape(ident)}" data-search-exclude>{svg}{controls}{caption}</figure>'


def show(function, alt: str):
    """実験ノートの出力として図を見せる。"""
    from IPython.display import HTML

    from .drawing import draw  # 図を置くだけのときは、matplotlib を読まない

    ident = f"plot-{function.__name__}"
    return HTML(figure_html(draw(function, ident), alt, ident))


def caption_of(function):
    """図の説明。関数の docstring の最初の段落。"""
    paragraph = inspect.cleandoc(function.__doc__ or "").split("\n\n")[0]
    if not paragraph:
        raise FigureError(f"{function.__name__} に docstring がない。最初の段落が図の説明になる")
    # 日本語の改行は詰め、英語の改行は空白にする
    return re.sub(r"(?<=[^\x00-\x7f])\n|\n(?=[^\x00-\x7f])", "", paragraph).replace("\n", " ")
