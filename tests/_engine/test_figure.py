"""図。ページの文字と配色に従い、何度描いても同じバイト列になる。"""

import hashlib
import os
import re
import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from snippets._engine import ROOT
from snippets._engine.drawing import INK, MUTED, STYLE, draw
from snippets._engine.figure import Figure, FigureError, figure_html, show

GROUNDS = "#ffffff", "#fbfaf6", "#1e1e24", "#211f1d", "#191817"


def curve(ax):
    """S 字の曲線と、
    その傾き。

    ここから先は図の下に出ない。
    """
    x = np.linspace(-8, 8, 101)
    ax.plot(x, 1 / (1 + np.exp(-x)), label="σ(x)")
    ax.plot(x, np.tanh(x), marker="o", markevery=20, label="円周率 3.14159265")
    ax.axhline(0.5, color="black")
    ax.fill_between(x, 0, 1, color="black", alpha=0.1)
    ax.set(xlabel="入力 $x_1$", ylabel="値")
    ax.legend()


def pair(fig):
    """二枚組。"""
    fig.set_size_inches(7, 3)
    for ax in fig.subplots(1, 2):
        ax.plot([0, 1])
        ax.set(xlabel="x", ylabel="y")


@pytest.fixture(scope="module")
def figure():
    return draw(curve, "a.b.curve")


def test_caption_is_first_paragraph(figure):
    """docstring の最初の段落が、改行を詰めて図の説明になる。"""
    assert figure.caption == "S 字の曲線と、その傾き。"


def test_repeats(figure):
    """二度描けば、同じバイト列になる。"""
    assert draw(curve, "a.b.curve") == figure


def test_repeats_in_another_process(figure):
    """別のプロセスでも同じバイト列になり、pyplot は使われない。"""
    code = (
        "import hashlib, sys; from tests._engine.test_figure import curve, draw;"
        "svg = draw(curve, 'a.b.curve').svg; assert 'matplotlib.pyplot' not in sys.modules;"
        "print(hashlib.sha256(svg.encode()).hexdigest())"
    )
    env = {**os.environ, "PYTHONHASHSEED": "123", "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
    assert run.stdout.strip() == hashlib.sha256(figure.svg.encode()).hexdigest(), run.stderr


def test_settings_are_put_back(figure):
    """描いたあと、matplotlib の設定は元に戻っている。"""
    assert matplotlib.rcParams["svg.fonttype"] == "path"
    assert matplotlib.rcParams["text.color"] == "black"


def test_figure_parameter():
    """fig を取る関数は、大きさも枚数も自分で決める。"""
    svg = draw(pair, "pair").svg
    assert 'viewBox="0 0 504 216"' in svg


def names(svg):
    return re.findall(r' id="([^"]*)"', svg)


def test_names_do_not_clash(figure):
    """同じページに並べた図の名前は重ならず、指す先は必ず自分の中にある。"""
    other = draw(curve, "a.c.curve")
    assert names(figure.svg) and not set(names(figure.svg)) & set(names(other.svg))
    for svg in figure.svg, other.svg:
        targets = re.findall(r'(?:href="|url\()#([^")]*)', svg)
        assert targets and set(targets) == set(names(svg))
        assert len(names(svg)) == len(set(names(svg)))


def test_follows_page(figure):
    """文字と軸はページの色と書体に従い、決めうちの黒や書体は残らない。"""
    svg = figure.svg
    assert not re.search(f"{INK}|{MUTED}|#000000|black|IPAex|DejaVu|STIX", svg)
    assert svg.startswith('<svg fill="currentColor"') and "stroke: currentColor" in svg
    assert "var(--plot-muted," in svg


def test_clean(figure):
    """ページに埋めこむのに要らないもの、ほかの要素に効くものは入っていない。"""
    assert not re.search(
        r"<style|<metadata|<!--|<\?xml|xmlns:xlink|DOCTYPE|\n|matplotlib|font-size: \d+px; font-family: '",
        figure.svg,
    )


def test_text_is_kept(figure):
    """座標は丸めるが、文字は一字も変えない。"""
    assert "円周率 3.14159265</text>" in figure.svg
    assert not re.search(r' (?:d|x|y)="[^"]*\.\d{3}', figure.svg)


def test_math_font(figure):
    """$…$ の文字は KaTeX の書体になる。"""
    assert re.search(r"font-family: KaTeX_Math[^>]*>x</tspan>", figure.svg)


def luminance(color):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return np.dot([0.2126, 0.7152, 0.0722], linear)


@pytest.mark.parametrize("ground", GROUNDS)
def test_series_can_be_seen(ground):
    """系列の色は、明るい地でも暗い地でも 3:1 以上の差がある。"""
    for color in STYLE["axes.prop_cycle"].by_key()["color"]:
        low, high = sorted([luminance(color), luminance(ground)])
        assert (high + 0.05) / (low + 0.05) >= 3


def test_series_differ_without_color():
    """四つの系列は、色だけでなく線の形でも見分けられる。"""
    cycle = STYLE["axes.prop_cycle"].by_key()
    assert len(set(cycle["color"])) == len(set(cycle["linestyle"])) == 4


def nameless(ax):
    ax.plot([0, 1])


def wrong_parameter(axes):
    """引数の名が違う図。"""


def no_parameter():
    """引数のない図。"""


def no_axes(fig):
    """軸のない図。"""


def no_xlabel(ax):
    """x 軸に名前のない図。"""
    ax.plot([0, 1])
    ax.set_ylabel("y")


def no_ylabel(fig):
    """二枚目の y 軸に名前のない図。"""
    for ax in fig.subplots(2):
        ax.plot([0, 1])
        ax.set_xlabel("x")
    fig.axes[0].set_ylabel("y")


def no_log_label(ax):
    """対数の軸に名前のない図。"""
    ax.plot([1, 1000])
    ax.set(xlabel="x", yscale="log")


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (nameless, "nameless に docstring がない"),
        (wrong_parameter, "最初の引数は axes。ax か fig にする"),
        (no_parameter, "最初の引数は なし"),
        (no_axes, "図に軸が一つもない"),
        (no_xlabel, "1 番目の図の x 軸に名前がない"),
        (no_ylabel, "2 番目の図の y 軸に名前がない"),
        (no_log_label, "1 番目の図の y 軸に名前がない"),
    ],
)
def test_refused(function, message):
    """約束に反する図は、日本語の一文で断られる。"""
    with pytest.raises(FigureError, match=message):
        draw(function, "x")


def categories(ax):
    """目盛りが言葉の図。"""
    ax.bar(["AND", "OR"], [1, 2])
    ax.set_ylabel("個数")


def picture(ax):
    """軸のない絵。"""
    ax.axis("off")
    ax.text(0, 0, "σ")


def shared(fig):
    """軸を分けあう図。"""
    for ax in fig.subplots(2, 2, sharex=True, sharey=True).flat:
        ax.plot([0, 1])
    fig.supxlabel("x")
    fig.supylabel("y")


@pytest.mark.parametrize("function", [categories, picture, shared])
def test_needs_no_label(function):
    """言葉の目盛り、隠した軸、図全体の名前があれば、軸ごとの名前は要らない。"""
    assert draw(function, "x").svg.endswith("</svg>")


def unknown_glyph(ax):
    """書体にない文字。"""
    ax.axis("off")
    ax.text(0, 0, "\U0001f9ee")


def overflow(ax):
    """桁あふれ。"""
    np.exp(np.array([1e4]))


@pytest.mark.parametrize(("function", "warning"), [(unknown_glyph, UserWarning), (overflow, RuntimeWarning)])
@pytest.mark.filterwarnings("default")
def test_warning_is_an_error(function, warning):
    """描くあいだの警告は、見のがさず例外になる。"""
    with pytest.raises(warning):
        draw(function, "x")


def test_html():
    """代替テキストと説明は、記号を壊さずに入る。"""
    html = figure_html(Figure('<svg viewBox="0 0 4 3"></svg>', "a < b"), '"a" & b', "t.plot")
    assert html == (
        '<figure class="plot" id="t.plot" data-search-exclude>'
        '<svg role="img" aria-label="&quot;a&quot; &amp; b" style="aspect-ratio:4/3" viewBox="0 0 4 3"></svg>'
        "<figcaption>a &lt; b</figcaption></figure>"
    )


@pytest.mark.parametrize("alt", ["", "  "])
def test_alt_is_required(alt):
    """代替テキストのない図は断られる。"""
    with pytest.raises(FigureError, match="代替テキストがない"):
        figure_html(Figure("<svg></svg>", "説明"), alt, "x")


def test_show_in_notebook():
    """実験ノートでは、同じ図が HTML の出力になる。"""
    assert show(picture, "絵").data == figure_html(draw(picture, "plot-picture"), "絵", "plot-picture")
