"""記号の型と、その宣言の読み方。

x: R               実数            n: 1..5         1 から 5 の整数
w: R^n             ベクトル        i: 1..n         ベクトルの添字
W: R^{m, n}        行列            \\sigma: fn      式で定める関数
p: (0, 1)          区間            f: fn abstract  任意のなめらかな関数
y: bit             0 か 1          E: R(w)         w の任意のなめらかな関数
I: identity^n      単位行列        A: spd^n        正定値の行列（invertible^n は正則な行列）
x: as \\mathbf{x}   同じもの       1: ones^n        1 を並べたベクトル
\\Gamma: fn gamma   決まった関数の、このページでのつづり
z: R^{d@l} by ^l   層ごとの値      m: R by _t      時刻ごとの値
s: random sign^n   どの値も同じ確率の、独立な成分をもつ確率変数（random bit、random 1..N も）
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from . import FormulaError

BUILTIN = {
    r"\exp": "exp", r"\log": "log", r"\tanh": "tanh", r"\sinh": "sinh", r"\cosh": "cosh", r"\sin": "sin",
    r"\cos": "cos", r"\max": "max", r"\min": "min", r"\operatorname{erf}": "erf", r"\operatorname{sign}": "sign",
    r"\tan": "tan", r"\arctan": "arctan", r"\arcsin": "arcsin", r"\arccos": "arccos", r"\det": "det",
    r"\operatorname{sgn}": "sign", r"\operatorname{tr}": "trace", r"\operatorname{diag}": "diag",
}  # fmt: skip
CONSTANT = {"e": "e", r"\pi": "pi"}
FINITE = {"bit": (0.0, 1.0), "sign": (-1.0, 1.0)}
MATRICES = ("identity", "spd", "invertible")
NAMED = {*BUILTIN.values(), "gamma", "digamma", "indicator"} - {"max", "min"}

_BASE = r"R\+|R\*|R|Z|bit|sign|simplex|distinct|ones|identity|spd|invertible|[(\[]\s*-?[\d.]+\s*,\s*-?[\d.]+\s*[)\]]"
_TYPE = re.compile(
    rf"(?P<base>{_BASE})(?:\^(?:\{{(?P<dims>(?:[^{{}}]|\{{[^{{}}]*\}})+)\}}|(?P<dim>\w+)))?"
    r"(?:\s+by\s+(?P<mark>[_^])(?P<letter>\w+))?"
)
_RANGE = re.compile(r"(?P<low>-?[\w{}\\]+(?:[+-]\d+)?)\.\.(?P<high>[\w{}\\]+(?:[+-]\d+)?)")


@dataclass(frozen=True)
class Type:
    """kind は real, integer, function, constant。

    base は実数の定義域、dims は次元の式、low と high は整数の端、family は (上下の印, 添字)。
    builtin は組みこみ関数の名、of は R(w) の引数、abstract は任意の関数、random は確率変数。
    """

    kind: str
    base: str = "R"
    dims: tuple = ()
    low: str = ""
    high: str = ""
    family: tuple = ()
    builtin: str = ""
    of: tuple = ()
    abstract: bool = False
    random: bool = False

    @property
    def sampled_integer(self):
        """端が数で決まる整数は標本ごとに一つ選ぶ。そうでない整数は、確率変数でなければ添字として動く。"""
        ends = (self.low, self.high)
        return self.kind == "integer" and all(re.fullmatch(r"-?\d+", end) for end in ends)

    @cached_property
    def starts(self):
        """配列の次元ごとの、添字の始まり。"""
        return tuple(int(dim.partition("..")[0]) if ".." in dim else 1 for dim in self.dims)

    @property
    def mentioned(self):
        """次元、端、引数に現れる語。"""
        return set(re.findall(r"(?:[^\s,+.@{}()-]|\{[^{}]*\})+", ",".join((*self.dims, self.low, self.high)))) | set(
            self.of
        )


def parse_type(text):
    """型の宣言を読む。読めなければ FormulaError。"""
    text = text.strip()
    if text.startswith("random "):
        return _random(parse_type(text[7:]), text)
    if text in ("fn", "fn abstract"):
        return Type("function", abstract=text != "fn")
    if text.startswith("fn ") and text[3:] in NAMED:
        return Type("function", builtin=text[3:])
    if match := re.fullmatch(r"R\(([^()]+)\)", text):
        return Type("real", of=tuple(part.strip() for part in match[1].split(",")))
    if match := _RANGE.fullmatch(text):
        return Type("integer", low=match["low"], high=match["high"])
    if match := _TYPE.fullmatch(text):
        dims = match["dims"] or match["dim"]
        parts = tuple(part.strip() for part in dims.split(",")) if dims else ()
        family = (match["mark"], match["letter"]) if match["mark"] else ()
        if match["base"] in ("simplex", "distinct", *MATRICES) and len(parts) != 1:
            raise FormulaError(f"型 {text} が読めない。{match['base']}^n のように次元が一ついる")
        parts *= 1 + (match["base"] in MATRICES)
        if match["base"][0] in "([":
            low, high = interval(match["base"])
            if not low < high:
                raise FormulaError(f"型 {text} の区間が空")
        return Type("real", match["base"], parts, family=family)
    raise FormulaError(f"型 {text} が読めない。R, R^n, (0, 1), 1..n, bit, fn などと書く")


def _random(kind, text):
    """値の数が有限の型の、確率変数。"""
    if (kind.kind != "integer" and kind.base not in FINITE) or kind.family or kind.random:
        raise FormulaError(f"型 {text} が読めない。random のあとは bit, sign, sign^n, 1..n のように、値が有限の型")
    return replace(kind, random=True)


def interval(base):
    """区間の両端。"""
    low, high = base[1:-1].split(",")
    return float(low), float(high)


def total(text, given):
    """次元や端の式の値。整数と、整数の記号の、和か差。"""
    result = 0
    for sign, term in re.findall(r"([+-]?)\s*([^\s+-]+)", text):
        if not term.isdigit() and not isinstance(given.get(term), int):
            raise FormulaError(f"次元 {term} の大きさが決まらない。2..5 のように数の範囲の整数として宣言する")
        value = int(term) if term.isdigit() else given[term]
        result += -value if sign == "-" else value
    return result


def split_declaration(text):
    """「型 — 意味」の型と意味。"""
    kind, _, meaning = str(text).partition("—")
    return kind.strip(), meaning.strip()


def split_names(names):
    """「x, w」のように並べた記号。波括弧の中の読点では切らない。"""
    return [name.strip() for name in re.split(r",(?![^{]*\})", str(names)) if name.strip()]
