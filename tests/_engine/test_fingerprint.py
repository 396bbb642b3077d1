"""サイトの指紋は、原稿と実装と版で決まり、変わったときと、置いたものが欠けたときにだけ照合する。"""

from types import SimpleNamespace

import pytest

from snippets._engine import Problem, current, extension, fingerprint


@pytest.fixture
def site(tmp_path, monkeypatch):
    """小さなサイト。照合した回数を calls に数える。"""
    for name in ("docs/a.md", "snippets/a.py", "tests/test_a.py", "docs/assets/logo.svg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("一", "utf-8")
    found = SimpleNamespace(root=tmp_path, calls=0, problems=[], meanwhile=lambda: None)

    def sound_book():
        found.calls += 1
        found.meanwhile()
        return SimpleNamespace(problems=found.problems)

    def place_assets(book):
        for name in ("docs/assets/katex/katex.min.css", "docs/assets/formulas/a.mjs", "docs/ledger.json"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("置いた", "utf-8")

    monkeypatch.setattr(fingerprint, "ROOT", tmp_path)
    monkeypatch.setattr(fingerprint, "RECORD", tmp_path / ".cache" / "fingerprint")
    monkeypatch.setattr(current, "sound_book", sound_book)
    monkeypatch.setattr(extension, "place_assets", place_assets)
    return found


def test_unchanged_site_is_not_checked_again(site):
    """変わらなければ、指紋は同じで、照合は一度だけ。"""
    assert fingerprint.fingerprint() == fingerprint.fingerprint()
    assert site.calls == 1


@pytest.mark.parametrize("name", ["docs/a.md", "snippets/a.py", "tests/test_a.py", "docs/notes.yml", "snippets/b.json"])
def test_any_source_changes_the_fingerprint(site, name):
    """原稿、実装、テスト、対応表のどれが変わっても、増えても、指紋が変わり、照合しなおす。"""
    before = fingerprint.fingerprint()
    (site.root / name).write_text("二", "utf-8")
    assert fingerprint.fingerprint() != before
    assert site.calls == 2


def test_library_changes_the_fingerprint(site, monkeypatch):
    """ライブラリの版が変われば、指紋が変わる。"""
    before = fingerprint.fingerprint()
    (site.root / "new-1.0.dist-info").mkdir()
    monkeypatch.syspath_prepend(site.root)
    assert fingerprint.fingerprint() != before


@pytest.mark.parametrize("name", ["docs/assets/katex/katex.min.css", "docs/assets/formulas/a.mjs", "docs/ledger.json"])
def test_missing_or_damaged_asset_is_placed_again(site, name):
    """置いたものが欠けても、書きかわっても、指紋はそのままで、置きなおす。"""
    before, path = fingerprint.fingerprint(), site.root / name
    path.unlink()
    assert fingerprint.fingerprint() == before and path.read_text("utf-8") == "置いた"
    path.write_text("壊れた", "utf-8")
    assert fingerprint.fingerprint() == before and path.read_text("utf-8") == "置いた"


def test_unsound_site_is_checked_every_time(site):
    """mkdocs serve が誤りを見せているあいだは、書きとめず、何も置かない。"""
    site.problems = [Problem("docs/a.md", 1, "a", "誤り")]
    fingerprint.fingerprint()
    fingerprint.fingerprint()
    assert site.calls == 2 and not (site.root / "docs" / "ledger.json").exists()


@pytest.mark.parametrize("broken", [b"", b"\xff\xfe", b"a b c"])
def test_damaged_record_is_only_forgotten(site, broken):
    """書きとめたものが壊れていても、照合しなおすだけである。"""
    before = fingerprint.fingerprint()
    fingerprint.RECORD.write_bytes(broken)
    assert fingerprint.fingerprint() == before
    assert site.calls == 2


def test_edit_during_the_check_is_checked_next_time(site):
    """照合のあいだに書きかわった原稿は、照合したことにならない。"""
    site.meanwhile = lambda: (site.root / "docs" / "a.md").write_text("照合中に直した", "utf-8")
    before = fingerprint.fingerprint()
    assert fingerprint.fingerprint() != before
    assert site.calls == 2
