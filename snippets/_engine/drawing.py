"""図を描く。話題の plot 関数を呼び、ページの文字と配色に従う SVG を得る。

色は二種類ある。系列の四色は、白地でも暗い地でもそのまま読める。
文字と軸は目印の色で描いておき、保存のあとでページの色を指す CSS に置きかえる。
同じ関数からは、いつ、どのプロセスで描いても同じバイト列ができる。
"""

import inspect
import io
import re
import warnings

import matplotlib
import matplotlib_fontja  # noqa: F401  日本語の書体 IPAexGothic を登録する
import numpy as np
from matplotlib import cycler
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas

from .figure import Figure, FigureError, caption_of

INK, MUTED = "#010203", "#040506"
PAGE_COLORS = {
    INK: "currentColor",
    MUTED: "var(--plot-muted,#8888)",
    "#000000": "currentColor",
    "#808080": "var(--plot-muted,#8888)",
}

STYLE = {
    "figure.figsize": (6.4, 3.6),
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "font.family": ["IPAexGothic", "DejaVu Sans"],
    "font.size": 10,
    "axes.facecolor": "none",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 10,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "axes.prop_cycle": cycler(color=["#3a7fc4", "#d4572f", "#2f8f6b", "#9b6cb5"])
    + cycler(linestyle=["-", "--", "-.", ":"]),
    "grid.color": MUTED,
    "grid.linewidth": 0.4,
    "grid.alpha": 0.6,
    "hatch.color": INK,
    "image.cmap": "viridis",
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "lines.markersize": 5,
    "patch.edgecolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "mathtext.fontset": "stix",
    "svg.fonttype": "none",
}


def draw(function, ident: str) -> Figure:
    """plot 関数を一度呼び、図にする。ident は同じページのほかの図と重ならない名前。

    約束に反する図は FigureError、描くあいだの警告と例外はそのまま上がる。
    """
    caption = caption_of(function)
    with matplotlib.rc_context({**STYLE, "svg.hashsalt": ident}), warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.simplefilter("error", RuntimeWarning)
        warnings.filterwarnings("ignore", 'Creating legend with loc="best"')  # 混んだ機械で 1 秒を越えただけの警告
        canvas = Canvas()
        function(_argument(function, canvas))
        svg = _save(canvas)
        _check_labels(canvas)
        views = dict(_views(canvas))
    return Figure(_clean(svg, ident, views), caption)


def _argument(function, canvas):
    """最初の引数の名に応じて、Axes か図そのもの。"""
    name = next(iter(inspect.signature(function).parameters), None)
    if name == "ax":
        return canvas.subplots()
    if name == "fig":
        return canvas
    raise FigureError(f"{function.__name__} の最初の引数は {name or 'なし'}。ax か fig にする")


def _save(canvas):
    if not canvas.axes:
        raise FigureError("図に軸が一つもない")
    _arrange(canvas)
    buffer = io.StringIO()
    canvas.canvas.print_svg(buffer, metadata={"Date": None})
    return buffer.getvalue()


def _arrange(canvas):
    """軸の置き場を、SVG の文字の大きさで決める。savefig に任せると、それだけのために全体を二度描く。"""
    FigureCanvasSVG(canvas)
    canvas.set_dpi(FigureCanvasSVG.fixed_dpi)
    if engine := canvas.get_layout_engine():
        engine.execute(canvas)
        canvas.set_layout_engine("none")


def _check_labels(canvas):
    """数の目盛りが付いた軸には、それが何かを書く。"""
    for number, axes in enumerate(canvas.axes, 1):
        both = ("x", axes.xaxis, canvas.get_supxlabel()), ("y", axes.yaxis, canvas.get_supylabel())
        for name, axis, shared in both:
            named = axis.get_label_text() or shared
            seen = axes.get_visible() and axes.axison and axis.get_visible()
            if seen and not named and any(map(_is_number, axis.get_ticklabels())):
                raise FigureError(f"{number} 番目の図の {name} 軸に名前がない。set_{name}label で付ける")


def _is_number(label):
    return label.get_visible() and re.fullmatch(r"[-+−]?[\d.]+%?|\$.*\$", label.get_text()) is not None


def _views(canvas):
    """gid の付いた線の (gid, 左端と右端と、原点と 1 目もりの位置と、点の数)。動く図が、線を描きなおすのに使う。"""
    height = canvas.get_figheight() * 72
    for axes in canvas.axes:
        for line in [*axes.lines, *axes.collections]:
            if line.get_gid():
                if (axes.get_xscale(), axes.get_yscale()) != ("linear", "linear"):
                    raise FigureError("動く線の軸は、等間隔の目もりにする")
                (x0, y0), (x1, y1) = axes.transData.transform([(0, 0), (1, 1)]) * 72 / canvas.dpi
                x = line.get_xdata() if hasattr(line, "get_xdata") else np.vstack(line.get_segments())[:, 0]
                values = (min(x), max(x), x0, x1 - x0, height - y0, y0 - y1, len(x))
                yield line.get_gid(), " ".join(f"{float(value):.6g}" for value in values)


def _curves(svg, views):
    """動く線の名と、目もりの位置を、線の属性にする。"""
    for gid, view in views.items():
        svg = svg.replace(f' id="{gid}"', f' data-curve="{gid}" data-view="{view}"')
    return svg


def _clean(svg, ident, views):
    """ページに埋めこめる SVG。名前は図ごとに分け、書体と文字の色はページに任せる。"""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", svg, flags=re.S)
    svg = re.sub(r' (?:xmlns:xlink|version)="[^"]*"| transform="rotate\(-0[^"]*"', "", svg)
    svg = svg.replace("<defs/>", "")
    svg = re.sub(r'(?<= )(?:d|x|y|transform|points)="[^"]*"', lambda m: _rounded(m.group()), svg)
    svg = re.sub(r"\s+", " ", svg)
    svg = re.sub(r"> <", "><", svg).strip()
    svg = _curves(svg, views)
    svg = _own_ids(svg, "".join(c if c.isalnum() or c in "-_" else "-" for c in ident))
    svg = re.sub(r"#[0-9a-f]{6}\b", lambda m: PAGE_COLORS.get(m.group(), m.group()), svg)
    svg = re.sub(r'style="[^"]*font-family[^"]*"', lambda m: _page_font(m.group()), svg)
    # 黒の塗りは SVG に書かれないので、既定の色を文字の色にしておく
    return svg.replace("<svg ", '<svg fill="currentColor" stroke-linejoin="round" ', 1)


def _rounded(attribute):
    return re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m.group()):.2f}".rstrip("0").rstrip("."), attribute)


def _own_ids(svg, ident):
    """指される名前だけを残し、図の名前を前に付ける。"""
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', svg))
    svg = re.sub(r' id="([^"]*)"', lambda m: f' id="{ident}-{m[1]}"' if m[1] in used else "", svg)
    return re.sub(r'((?:href="|url\()#)', rf"\1{ident}-", svg)


def _page_font(style):
    """文の書体はページから継ぎ、$…$ の書体は KaTeX に合わせる。"""
    if "'STIX" not in style:
        return re.sub(r"font-family: [^;\"]*(?:; )?", "", style)
    family = "KaTeX_Math" if re.search("italic|oblique", style) else "KaTeX_Main"
    return re.sub(r"font-family: [^;\"]*", f"font-family: {family}", style)
