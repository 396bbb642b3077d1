"""記号の表。ページが宣言した文字だけが、宣言した型で読める。

x: R               実数            n: 1..5         1 から 5 の整数
w: R^n             ベクトル        i: 1..n         ベクトルの添字
W: R^{m, n}        行列            \\sigma: fn      式で定める関数
p: (0, 1)          区間            f: fn abstract  任意のなめらかな関数
y: bit             0 か 1          E: R(w)         w の任意のなめらかな関数
I: identity^n      単位行列        A: spd^n        正定値の行列（invertible^n は正則な行列）
x: as \\mathbf{x}   同じもの       1: ones^n        1 を並べたベクトル
\\Gamma: fn gamma   決まった関数の、このページでのつづり
z: R^{d@l} by ^l   層ごとの値      m: R by _t      時刻ごとの値
"""

import re
from dataclasses import dataclass

from . import FormulaError
from .tokens import Token, spelling

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
    builtin は組みこみ関数の名、of は R(w) の引数、abstract は任意の関数。
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

    @property
    def sampled_integer(self):
        """端が数で決まる整数は標本ごとに一つ選ぶ。そうでない整数は添字として動く。"""
        ends = (self.low, self.high)
        return self.kind == "integer" and all(re.fullmatch(r"-?\d+", end) for end in ends)

    @property
    def mentioned(self):
        """次元、端、引数に現れる語。"""
        return set(re.findall(r"(?:[^\s,+.@{}()-]|\{[^{}]*\})+", ",".join((*self.dims, self.low, self.high)))) | set(
            self.of
        )


@dataclass(frozen=True)
class Symbol:
    """name は宣言どおりのつづり。"""

    name: str
    type: Type
    meaning: str = ""
    text: str = ""


def parse_type(text):
    """型の宣言を読む。読めなければ FormulaError。"""
    text = text.strip()
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


class Symbols:
    """つづりから記号を引く表。"""

    def __init__(self, declarations=None):
        self._table = {}
        for name, function in BUILTIN.items():
            self._add(Symbol(name, Type("function", builtin=function), "組みこみの関数"))
        for name in CONSTANT:
            self._add(Symbol(name, Type("constant"), "定数"))
        self._reserved = frozenset(self._table)
        for names, text in (declarations or {}).items():
            for name in split_names(names):
                self.declare(name, text)

    def declare(self, name, text, again=False):
        """「型 — 意味」を宣言する。again でなければ、二度の宣言を断る。"""
        kind, meaning = split_declaration(text)
        key = spelling(name)
        if key in self._reserved:
            raise FormulaError(f"{name} はあらかじめ決まった記号なので宣言できない")
        if key in self._table and not again:
            raise FormulaError(f"{name} が二度宣言されている")
        if kind.startswith("as "):
            if kind[3:] not in self:
                raise FormulaError(f"{name} の指す {kind[3:]} が宣言されていない")
            self._table[key] = self[kind[3:]]
            return
        self._add(Symbol(name, parse_type(kind), meaning, kind))

    def _add(self, symbol):
        self._table[spelling(symbol.name)] = symbol
        self.longest = max(map(len, self._table))
        for key in self._table:
            parts = [self._table.get((letter,)) for letter in key]
            if len(key) > 1 and "".join(key).isalpha() and all(parts):
                raise FormulaError(f"{''.join(key)} が一つの文字か、{' と '.join(key)} の積か決まらない")
            if len(key) == 3 and key[1] in "_^" and self._indexes(parts[0], key[1], key[2], parts[2]):
                raise FormulaError(f"{''.join(key)} が一つの文字か、{key[0]} の成分か決まらない")

    def _indexes(self, base, mark, text, index):
        """base に付いた text が、添字とも読めるか。"""
        marks = (base.type.family[:1] or ("_",) * bool(base.type.dims)) if base else ()
        return mark in marks and (text.isdigit() or (index and index.type.kind == "integer"))

    def declared(self):
        """ページが宣言した記号を順に並べる。"""
        return [s for key, s in self._table.items() if key not in self._reserved and key == spelling(s.name)]

    def include(self, symbol):
        """ほかのページで定めた記号を足す。型が違えば断る。"""
        mine = self._table.get(spelling(symbol.name))
        if mine and mine.type.kind != symbol.type.kind:
            raise FormulaError(f"{symbol.name} は使うページでは {symbol.text} で、ここでは {mine.text}")
        if not mine:
            self._add(symbol)

    def copy(self, overrides=None):
        """宣言を重ねた写し。"""
        twin = Symbols()
        twin._table = dict(self._table)
        for names, text in (overrides or {}).items():
            for name in split_names(names):
                twin.declare(name, text, again=True)
        twin.longest = max(map(len, twin._table))
        return twin

    def reached(self, names):
        """names と、その型に現れる記号をたどったすべて。"""
        found, pending = set(), set(names)
        while pending:
            name = pending.pop()
            if name not in found and name in self:
                found.add(name)
                pending |= self[name].type.mentioned
        return found

    def find(self, key):
        return self._table.get(key)

    def __getitem__(self, name):
        return self._table[spelling(name)]

    def __contains__(self, name):
        return spelling(name) in self._table


def symbolize(tokens, symbols):
    """宣言されたつづりのうち最も長いものを、一つの記号にまとめる。"""
    i = 0
    while i < len(tokens):
        for length in range(min(symbols.longest, len(tokens) - i), 0, -1):
            symbol = symbols.find(tuple(token.text for token in tokens[i : i + length]))
            if symbol and not (length == 1 and tokens[i].text in "()"):
                start, end = tokens[i].start, tokens[i + length - 1].end
                if length > 1:
                    _refuse_neighbours(tokens, i, length)
                yield Token("symbol", symbol.name, start, end)
                i += length
                break
        else:
            yield tokens[i]
            i += 1


def _refuse_neighbours(tokens, i, length):
    """TPR のように、何文字もの記号がほかの文字と触れているのを断る。"""
    word = "".join(token.text for token in tokens[i : i + length])
    near = [tokens[i - 1]] if i else []
    near += tokens[i + length : i + length + 1]
    if word.isalpha() and any(token.kind == "letter" for token in near):
        span = (tokens[i].start, tokens[i + length - 1].end)
        raise FormulaError(f"{word} が隣の文字と続いていて、切れ目が決まらない", span)
