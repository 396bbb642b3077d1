"""記号の表。ページが宣言した文字だけが、宣言した型で読める。型の書き方は declarations にある。"""

from dataclasses import dataclass

from . import FormulaError
from .declarations import BUILTIN, CONSTANT, Type, parse_type, split_declaration, split_names
from .tokens import Token, spelling


@dataclass(frozen=True)
class Symbol:
    """name は宣言どおりのつづり。"""

    name: str
    type: Type
    meaning: str = ""
    text: str = ""


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
