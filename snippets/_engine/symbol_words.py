"""記号の型を、言葉で言いかえる。"""

import re

from .declarations import FINITE, MATRICES, interval, parse_type

_BASES = {
    "R": "実数", "R+": "正の数", "R*": "0 でない数", "Z": "整数",
    "simplex": "足すと 1 になる 0 以上の数", "distinct": "互いに異なる数", "ones": "1",
    "identity": "単位行列", "spd": "正定値の対称行列", "invertible": "正則な行列",
}  # fmt: skip


def type_words(text):
    """型の宣言の言いかえ。R^n は「実数を n 個並べたベクトル」になる。"""
    if text.startswith("as "):
        return f"{text[3:]} と同じもの"
    kind = parse_type(text)
    if kind.random:
        return f"どの値も同じ確率の確率変数（{type_words(text.removeprefix('random '))}）"
    if kind.kind == "function":
        return "任意のなめらかな関数" if kind.abstract else "関数"
    if kind.of:
        return f"{'、'.join(kind.of)} の任意のなめらかな関数"
    if kind.kind == "integer":
        return f"{kind.low} から {kind.high} までの整数"
    each = f"{kind.family[1]} ごとに一つの、" if kind.family else ""
    if kind.base in MATRICES:
        return f"{each}{kind.dims[0]} 次の{_BASES[kind.base]}"
    return each + _shaped(_base(kind.base), kind.dims)


def _base(base):
    if base in FINITE:
        return " か ".join(_number(value) for value in FINITE[base]) + " の値"
    if base[0] in "([":
        low, high = map(_number, interval(base))
        start = f"{low} {'以上' if base[0] == '[' else 'より大きく'}"
        return f"{start} {high} {'以下の' if base[-1] == ']' else 'より小さい'}数"
    return _BASES[base]


def _number(value):
    return f"{value:g}".replace("-", "−")


def _shaped(base, dims):
    if not dims:
        return base
    if len(dims) == 1:
        ends = re.fullmatch(r"(.+)\.\.(.+)|(.+):(.+)", dims[0])
        size = f" {ends[1] or ends[3]} 番から {ends[2] or ends[4]} 番まで" if ends else f" {dims[0]} 個"
        return f"{base}を{size}並べたベクトル"
    if len(dims) == 2:
        return f"{dims[0]} 行 {dims[1]} 列の行列。成分は{base}"
    return f"{' × '.join(dims)} の配列。成分は{base}"
