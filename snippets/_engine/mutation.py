"""変異を照合にかけ、断られたかを調べる。結果は鍵とともに置き場にしまい、変わらない式は試しなおさない。

式の変異では、書きかえた式とそのあとの式を照合する。関数の変異では、その関数を通るすべての式を照合する。
通ってしまった変異は、もとと同じ意味か、検査の穴である。
"""

import resource
import warnings
from contextlib import suppress
from dataclasses import asdict, dataclass, field

from . import ROOT
from .binding import split_label, topic_path
from .book import DOCS, read_book
from .cache import digest, load, packed, save
from .keys import Keys
from .mutant import Mutant, listed, sample
from .mutate import formula_mutants
from .mutate_code import code_mutants
from .reading import Reading
from .trial import attempt
from .workers import mapped

FOLDER = ROOT / ".cache" / "mutation"
_CHUNK = 8  # 一度に働き手へ渡す数
_STOPPED = "照合のプロセスが落ちた"
_MEMORY = 8 << 30  # 伸びすぎた range や配列は MemoryError になる


@dataclass
class Trials:
    """一つの式の変異と結果。

    refusals は変異の名から断りの文への表。通ったものは None、通ったが同じ意味だと証明されたものは空の文。
    """

    page: str
    label: str
    key: str
    mutants: list
    refusals: dict = field(default_factory=dict)

    def alive(self, code=None):
        """通った変異。code を渡せば、関数か式のどちらかだけ。"""
        return [m for m in self.tried(code) if not self.refusals[m.name]]

    def proved(self, code=None):
        """通った変異のうち、もとと同じ意味だと証明されたもの。"""
        return [m for m in self.tried(code) if self.refusals[m.name] == ""]

    def tried(self, code=None):
        return [m for m in self.mutants if m.name in self.refusals and code in (None, m.is_code)]

    def holes(self, code=None):
        """通ってよい理由のない変異。"""
        return [m for m in self.tried(code) if self.refusals[m.name] is None and m.name not in listed()]


def run(only=None, size=None, docs=DOCS, folder=FOLDER, workers=None, progress=None):
    """変異を試し、式ごとの Trials を並べる。size があれば、式と関数の一つずつから、その数だけを選ぶ。

    progress は (終わった数, 断られた数, 残りの数) を受け取る。
    """
    library = read_book(docs)
    chosen = [page for page in library.values() if only is None or page.name in only]
    key = _keys(library)
    found = [trials for page in chosen for trials in _planned(page, library, key, folder)]
    by_label = {trials.label: trials for trials in found}
    waiting = {label: _waiting(trials, size) for label, trials in by_label.items()}
    done, killed, left = 0, 0, sum(map(len, waiting.values()))
    for label, refusals in _distribute(by_label, waiting, docs, workers):
        trials = by_label[label]
        trials.refusals |= refusals
        done, left = done + len(refusals), left - len(refusals)
        killed += sum(map(bool, refusals.values()))
        if progress:
            progress(done, killed, left)
        if all(mutant.name in trials.refusals for mutant in waiting[label]):
            result = {"mutants": [asdict(m) for m in trials.mutants], "refusals": trials.refusals}
            save(_file(label), trials.key, packed(result), folder)
    if size is not None:
        for trials in found:
            names = {mutant.name for mutant in _sampled(trials, size)}
            trials.refusals = {name: value for name, value in trials.refusals.items() if name in names}
    return found


def stale(found, everything):
    """理由の一覧にあるのに、そのような変異がないか、断られたか、証明されたもの。"""
    alive = {name for trials in found for name, refusal in trials.refusals.items() if refusal is None}
    targets = {mutant.target for trials in found for mutant in trials.mutants}
    return [name for name in listed() if name not in alive and (everything or name.split(" | ")[0] in targets)]


def _file(label):
    return label.replace(":", "..")


def _planned(page, library, key, folder):
    """ページの式ごとの Trials。鍵の合う結果があれば、それを使う。"""
    labels = [formula.label for formula in page.formulas if formula.expected]
    keys = {label: key(page, label) for label in labels}
    entries = {label: load(_file(label), keys[label], folder) for label in labels}
    fresh = _mutants(page, library) if None in entries.values() else {}
    for label in labels:
        if entry := entries[label]:
            yield Trials(page.name, label, keys[label], [Mutant(**m) for m in entry["mutants"]], entry["refusals"])
        else:
            yield Trials(page.name, label, keys[label], fresh.get(label, []))


def _mutants(page, library):
    """ラベルから、式と関数の変異への表。"""
    found = {}
    for formula, prepared in Reading(page, library, []):
        if formula.expected:
            mutants = formula_mutants(formula.label, formula.latex, prepared.scope.symbols)
            if bound := prepared.bound:
                mutants += code_mutants(formula.label, bound.function, set(bound.arguments))
            found[formula.label] = mutants
    return found


def _keys(library):
    """ページとラベルから鍵を作る関数。結果を変えうるのは、式のページと、ラベルの話題に import でたどり着くページ。"""
    key_of = Keys(library, "mutation")
    keys = {page.name: key_of(page) for page in library.values()}
    sources = {page.name: set(key_of.sources(page)) for page in library.values()}

    def key(page, label):
        path = topic_path(split_label(label)[0])
        return digest(label, *(keys[name] for name in sorted(keys) if name == page.name or path in sources[name]))

    return key


def _waiting(trials, size):
    """まだ試していない変異。"""
    wanted = trials.mutants if size is None else _sampled(trials, size)
    return [mutant for mutant in wanted if mutant.name not in trials.refusals]


def _sampled(trials, size):
    groups = ([m for m in trials.mutants if m.is_code == code] for code in (False, True))
    return [mutant for group in groups for mutant in sample(group, size)]


def _distribute(by_label, waiting, docs, workers):
    """変異をプロセスへ配り、(ラベル, 断りの表) を終わった順に渡す。重いページから始める。"""
    weight = {page: sum(len(by_label[label].mutants) for label in by_label if by_label[label].page == page)
              for page in {trials.page for trials in by_label.values()}}  # fmt: skip
    chunks = [
        (label, mutants[k : k + _CHUNK])
        for label, mutants in sorted(waiting.items(), key=lambda item: -weight[by_label[item[0]].page])
        for k in range(0, len(mutants), _CHUNK)
    ]
    if not chunks:
        return
    alone = []
    for (label, part), refusals in _attempts(by_label, chunks, docs, workers):
        if refusals is None:
            alone += [(label, [mutant]) for mutant in part]
        else:
            yield label, refusals
    for (label, (mutant,)), refusals in _attempts(by_label, alone, docs, workers):
        yield label, refusals or {mutant.name: _STOPPED}


def _attempts(by_label, chunks, docs, workers):
    """(組, 断りの表) を終わった順に渡す。働き手を落とした組は None。"""
    jobs = [(by_label[label].page, part, str(docs)) for label, part in chunks]
    for k, refusals in mapped(attempt, jobs, workers, prepare=_prepare_worker):
        yield chunks[k], refusals


def _prepare_worker():
    """メモリに上限を置き、壊れた実装の出す警告を黙らせる。"""
    warnings.simplefilter("ignore")
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, resource.getrlimit(resource.RLIMIT_DATA)[1]))
