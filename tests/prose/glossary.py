"""用語集を読み、五十音に並べる。"""

import re
import unicodedata
from dataclasses import dataclass

from snippets._engine.book import DOCS

PAGE = DOCS / "glossary.md"
_KANA = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめも"
ROWS = {_KANA[k]: _KANA[k : k + 5] for k in range(0, len(_KANA), 5)} | {
    "や": "やゆよ",
    "ら": "らりるれろ",
    "わ": "わをん",
}
_TERM = re.compile(
    r"^(?P<name>\S.*) \*(?:(?P<reading>[ぁ-んー]+) — )?(?P<english>[A-Za-z][^*\n]*)\* \{ #(?P<anchor>[a-z-]+) \}$", re.M
)
_SMALL = str.maketrans("ぁぃぅぇぉっゃゅょ", "あいうえおつやゆよ")
_VOWELS = {"a": "あかさたなはまやらわ", "i": "いきしちにひみり", "u": "うくすつぬふむゆる", "e": "えけせてねへめれ"}


@dataclass(frozen=True)
class Term:
    """用語集の一語。refused は使わない名、aliases はほかの名。"""

    name: str
    reading: str
    english: str
    anchor: str
    row: str
    definition: str
    refused: tuple
    aliases: tuple

    @property
    def order(self):
        """五十音の順。濁点と小さい字は、同じ順のときだけ比べる。長音は前の母音として読む。"""
        return _kana(self.reading), self.reading


def terms(text):
    """用語集の語を、載っている順に。"""
    matches = list(_TERM.finditer(text))
    ends = [match.start() for match in matches[1:]] + [len(text)]
    return [
        _term(match, text[match.end() : end], text[: match.start()]) for match, end in zip(matches, ends, strict=True)
    ]


def _term(match, body, before):
    lines = [line[4:].strip() for line in body.split("\n") if line.startswith(":   ")]
    names = {kind: _names(lines, kind) for kind in ("使わない名: ", "ほかの名: ")}
    row = re.findall(r"^## (.)行$", before, re.M)[-1]
    reading = match["reading"] or _hiragana(match["name"])
    return Term(match["name"], reading, match["english"], match["anchor"], row, body, *names.values())


def _names(lines, kind):
    return tuple(name for line in lines if line.startswith(kind) for name in line.removeprefix(kind).split("、"))


def _hiragana(text):
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)


def _kana(reading):
    letters = ""
    for c in _hiragana(reading).translate(_SMALL):
        base = unicodedata.normalize("NFD", c)[0]
        letters += _vowel(letters[-1]) if base == "ー" else base
    return letters


def _vowel(kana):
    at = next((vowel for vowel, row in _VOWELS.items() if kana in row), "o")
    return dict(zip("aiueo", "あいうえお", strict=True))[at]
