"""スタイルシートを 1 枚にまとめる。"""

import os

from snippets._engine.book import DOCS
from snippets._engine.stylesheets import IMPORT, bundle


def test_order_is_kept(tmp_path):
    """中身は @import の順に並び、ほかの行はそのまま残る。"""
    for name, text in (
        ("a.css", "a {}\n"),
        ("b.css", "b {}\n"),
        ("all.css", '/* 順 */\n@import "b.css";\n@import "a.css";\n'),
    ):
        (tmp_path / name).write_text(text)
    bundle(tmp_path / "all.css", tmp_path / "out" / "site.css")
    assert (tmp_path / "out" / "site.css").read_text() == "/* 順 */\nb {}\n\na {}\n\n"


def test_same_bundle_is_left_alone(tmp_path):
    """中身の変わらない 1 枚には触れず、変わったときだけ書く。"""
    (tmp_path / "all.css").write_text("a {}")
    bundle(tmp_path / "all.css", target := tmp_path / "site.css")
    os.utime(target, ns=(0, 0))
    bundle(tmp_path / "all.css", target)
    assert target.stat().st_mtime_ns == 0
    (tmp_path / "all.css").write_text("b {}")
    bundle(tmp_path / "all.css", target)
    assert target.read_text() == "b {}"


def test_site_without_stylesheets(tmp_path):
    """並べる 1 枚のないサイトには、何も置かない。"""
    bundle(tmp_path / "all.css", tmp_path / "site.css")
    assert not (tmp_path / "site.css").exists()


def test_every_stylesheet_is_listed():
    """docs/stylesheets のどの 1 枚も、index.css にちょうど一度だけ並ぶ。"""
    folder = DOCS / "stylesheets"
    listed = IMPORT.findall((folder / "index.css").read_text("utf-8"))
    assert sorted(listed) == sorted(path.name for path in folder.glob("*.css") if path.name != "index.css")
