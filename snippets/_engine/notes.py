"""原メモの対応表。言い分と答えと根拠は docs/notes.yml に、番号の場所はページの印 <!-- C-12 --> にある。

二つがそろっているかを、ここで確かめる。
"""

import re
from dataclasses import dataclass

from . import ROOT, Problem, settings
from .binding import TESTS

NAME = "notes.yml"
KINDS = {"S": "節", "F": "式", "C": "主張", "Q": "疑問と宿題", "L": "リンク", "T": "書き誤り"}
VERDICTS = ("正しい", "不正確", "誤り", "感想")
_REQUIRED = {"S": ("title",), "F": ("title",), "C": ("said", "truth", "verdict"), "Q": ("said", "truth"),
             "L": ("url",), "T": ("said", "truth")}  # fmt: skip
_ALLOWED = {"C": ("tests", "source")}


@dataclass(frozen=True)
class Test:
    """根拠のテスト。claim は、そのテストが確かめる命題。"""

    name: str
    claim: str


@dataclass(frozen=True)
class Note:
    """原メモの一か所。first と last は原メモの行、line は対応表の行、at は答えのあるページの名。"""

    ident: str
    line: int
    at: str
    first: int
    last: int
    title: str = ""
    said: str = ""
    truth: str = ""
    verdict: str = ""
    tests: tuple = ()
    source: str = ""
    url: str = ""

    @property
    def kind(self):
        return self.ident[0]

    @property
    def lines(self):
        """原メモの行の書き方。"""
        return f"L{self.first}" if self.first == self.last else f"L{self.first}–{self.last}"


def read_notes(docs):
    """(番号から Note、誤り)。対応表がなければ、どちらも空。"""
    path = docs / NAME
    if not path.is_file():
        return {}, []
    where = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
    text = path.read_text("utf-8")
    try:
        entries = settings.read(text) or {}
    except settings.Wrong as error:
        mark = getattr(error, "problem_mark", None)
        return {}, [Problem(where, mark.line + 1 if mark else 1, "", "対応表が YAML として読めない")]
    notes, problems = {}, []
    for ident, entry in entries.items():
        found = re.search(rf"^{re.escape(ident)}:", text, re.M)
        line = text[: found.start()].count("\n") + 1 if found else 1
        causes = list(_causes(ident, entry))
        problems += [Problem(where, line, ident, cause) for cause in causes]
        if not causes:
            first, _, last = entry.pop("lines").partition("-")
            tests = tuple(Test(f"tests/{name}", _claim(name)) for name in entry.pop("tests", ()))
            notes[ident] = Note(ident, line, first=int(first), last=int(last or first), tests=tests, **entry)
    return notes, problems + [Problem(where, note.line, note.ident, cause) for note, cause in _gaps(notes)]


def _causes(ident, entry):
    """一項目の書き方の誤り。"""
    if not re.fullmatch(r"[SFCQLT]-\d+[a-z]?", ident) or not isinstance(entry, dict):
        yield f"番号は {'、'.join(KINDS)} で始まり、中身は「名前: 値」の形で書く"
        return
    required = ("at", "lines", *_REQUIRED[ident[0]])
    for name in required:
        if not entry.get(name):
            yield f"{name} がない"
    for name in entry.keys() - {*required, *_ALLOWED.get(ident[0], ())}:
        yield f"{name} という欄はない"
    if not re.fullmatch(r"\d+(-\d+)?", str(entry.get("lines", ""))):
        yield "lines は 12 か 12-15 のように書く"
    if ident[0] == "C" and entry.get("verdict") not in VERDICTS:
        yield f"verdict は {'、'.join(VERDICTS)} のどれか"
    if ident[0] == "C" and entry.get("verdict") != "感想" and not (entry.get("tests") or entry.get("source")):
        yield "根拠がない。tests か source を書く"
    for test in entry.get("tests", ()):
        if not _claim(test):
            yield f"テスト {test} がないか、docstring がない"


def _claim(test):
    """テストの docstring。テストか docstring がなければ空。"""
    path, _, name = test.partition("::")
    source = (TESTS / path).read_text("utf-8") if (TESTS / path).is_file() else ""
    found = re.search(rf'^def {re.escape(name)}\([^)]*\):\n\s+"""(.+?)"""', source, re.M | re.S)
    return found[1] if found else ""


def _gaps(notes):
    """節の行が、1 行目からすきまも重なりもなく続くか。ほかの行は、その中に入るか。"""
    end = 0
    for note in sorted((n for n in notes.values() if n.kind == "S"), key=lambda n: n.first):
        if note.first != end + 1:
            yield note, f"節の行が続いていない。{end + 1} 行目から始める"
        end = note.last
    for note in notes.values():
        if not 1 <= note.first <= note.last <= end:
            yield note, f"行 {note.first}-{note.last} が、節の行 1-{end} に入らない"


def misplaced(notes, pages, docs):
    """印と対応表の食い違い。"""
    path, problems = docs / NAME, []
    where = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
    for page in pages.values():
        seen = set()
        for line, ident in page.notes:
            if ident not in notes:
                problems.append(Problem(page.shown, line, ident, f"この番号は {where} にない"))
            if ident in seen:
                problems.append(Problem(page.shown, line, ident, "この番号の印が、ページに二つある"))
            seen.add(ident)
    for note in notes.values():
        page = pages.get(note.at)
        if page is None:
            problems.append(Problem(where, note.line, note.ident, f"ページ {note.at} がない"))
        elif note.ident not in {ident for _, ident in page.notes}:
            message = f"{page.shown} に印 <!-- {note.ident} --> がない"
            problems.append(Problem(where, note.line, note.ident, message))
        elif note.url and note.url not in page.text:
            problems.append(Problem(where, note.line, note.ident, f"{page.shown} にリンク {note.url} がない"))
    return problems
