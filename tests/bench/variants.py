"""比べるための、組み上がったサイトの変え方。置き場のファイルは変えず、見せるときに中身だけを変える。"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from snippets._engine import ROOT, katex

TAG = re.compile(r"<(/?)span\b[^>]*>")
TEX = re.compile(r'<annotation encoding="application/x-tex">(.*?)</annotation>', re.S)
LAZY = re.compile(r"content-visibility:\s*auto")
RENDER = """<script>
addEventListener("DOMContentLoaded", () => {
  for (const place of document.querySelectorAll(".katex-source")) {
    katex.render(place.textContent, place, { displayMode: place.classList.contains("display"), throwOnError: false })
  }
})
</script>"""
MATHML = """<style>
.katex .katex-mathml { position: static; clip-path: none; width: auto; height: auto; overflow: visible; }
.katex .katex-mathml math { font-family: "maths", math; }
.katex-display .katex-mathml math { display: block math; }
%s</style>"""
FACE = '@font-face { font-family: "maths"; src: url("/bench/maths.woff2") format("woff2"); font-display: block; }'


@dataclass(frozen=True)
class Variant:
    """見せるサイト。page は測るページの HTML、sheet は CSS を変え、files は足すファイル（道から中身）。"""

    name: str
    page: Callable[[str], str] = str
    sheet: Callable[[str], str] = str
    files: dict[str, bytes] = field(default_factory=dict)


def variants(font: Path | None = None) -> list[Variant]:
    """KaTeX をブラウザで動かすものが先頭、いまのサイトが 2 番め。font は MathML を描く数式の書体。"""
    script = (katex._home(ROOT / ".cache") / "node_modules" / "katex" / "dist" / "katex.min.js").read_bytes()
    files = {"/bench/katex.min.js": script}
    face = {"/bench/maths.woff2": font.read_bytes()} if font else {}
    style = MATHML % (FACE if font else "")
    named = f"MathML だけ（{font.stem}）" if font else "MathML だけ（書体は機械のもの）"
    return [
        Variant("KaTeX をブラウザで", in_browser, eager, files),
        Variant("このサイト"),
        Variant("content-visibility なし", sheet=eager),
        Variant("KaTeX をブラウザで、content-visibility あり", in_browser, files=files),
        Variant(named, lambda page: mathml_only(page).replace("</head>", style + "</head>"), files=face),
    ]


def in_browser(page: str) -> str:
    """組んである式を LaTeX に戻し、ブラウザが組むページ。"""
    tags = '<script defer src="/bench/katex.min.js"></script>' + RENDER
    return (
        _replaced(page, "katex", _source)
        .replace("katex-display", "formula-display")
        .replace("</head>", tags + "</head>")
    )


def mathml_only(page: str) -> str:
    """目に見せる組版をなくし、MathML だけを残したページ。"""
    return _replaced(page, "katex-html", lambda _, __: "")


def eager(sheet: str) -> str:
    """見えないところも初めから組む CSS。"""
    return LAZY.sub("content-visibility: visible", sheet)


def count(page: str) -> int:
    """ページの式の数。"""
    return page.count('<span class="katex">')


def _source(span, before):
    display = " display" if before.endswith('<span class="katex-display">') else ""
    return f'<span class="katex-source{display}">{html.escape(html.unescape(TEX.search(span)[1]))}</span>'


def _replaced(page, name, change):
    """class が name の span を、change(span の HTML, その前の HTML) に置きかえる。"""
    pieces, at = [], 0
    for opening in re.finditer(rf'<span class="{name}"[^>]*>', page):
        depth = 0
        for tag in TAG.finditer(page, opening.start()):
            depth += -1 if tag[1] else 1
            if depth == 0:
                break
        pieces += [page[at : opening.start()], change(page[opening.start() : tag.end()], page[: opening.start()][-40:])]
        at = tag.end()
    return "".join(pieces) + page[at:]
