"""変異の名と、断られなくてよい変異。

変異の名は、対象（式のラベルか関数）、書きかえ方、書きかえた部分の三つ組である。行が動いても変わらない。
"""

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml

from .cache import digest

LISTED = Path(__file__).parent / "equivalent.yml"
MINIMUM = 20  # 一つの式、一つの関数から作る数


@dataclass(frozen=True)
class Mutant:
    """一か所だけ書きかえた式か関数。

    label は試す式、target は書きかえたもの（関数なら () が付く）、change は「前 → 後」、text は書きかえたあとの全体。
    """

    label: str
    target: str
    kind: str
    change: str
    text: str

    @property
    def name(self):
        return f"{self.target} | {self.kind} | {self.change}"

    @property
    def is_code(self):
        return self.target.endswith("()")


def numbered(mutants):
    """同じ名の変異に、現れた順の番号を付ける。"""
    seen, result = Counter(), []
    for mutant in mutants:
        seen[mutant.name] += 1
        count = seen[mutant.name]
        result.append(replace(mutant, change=f"{mutant.change} ({count})") if count > 1 else mutant)
    return result


def sample(mutants, size):
    """変異の名で決まる size 個。通ると分かっているものは選ばない。

    名だけで決まるので、どの機械でも、ほかの式を直したあとでも、同じものを選ぶ。
    """
    chosen = [mutant for mutant in mutants if mutant.name not in listed()]
    return sorted(chosen, key=lambda mutant: digest(mutant.name))[:size]


@cache
def listed(path=LISTED):
    """通ると分かっている変異の名から、その理由への表。"""
    reasons = yaml.safe_load(path.read_text("utf-8")) or {}
    return {
        f"{target} | {change}": reason
        for reason, targets in reasons.items()
        for target, changes in targets.items()
        for change in changes
    }
