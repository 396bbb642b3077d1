"""python -m tests._engine.textbook。読めた式、断った式、黙って違う式の数と、断りの理由を表にする。"""

from collections import Counter

from rich.console import Console
from rich.table import Table

from . import TOPICS
from .judge import judge


def main():
    console = Console()
    counts = Table("分野", "式", "一致", "断り", "黙って違う", title="教科書の式")
    others = Table("判定", "名", "LaTeX", "理由", title="一致しなかった式", show_lines=True)
    total = Counter()
    for topic, entries in TOPICS.items():
        outcomes = [judge(entry) for entry in entries]
        found = Counter(outcome.kind for outcome in outcomes)
        total += found
        counts.add_row(topic, *map(str, (len(entries), found["correct"], found["refused"], found["wrong"])))
        for entry, outcome in zip(entries, outcomes, strict=True):
            if outcome.kind != "correct":
                others.add_row(outcome.kind, entry[0], entry[3].strip(), outcome.reason)
    counts.add_row("計", *map(str, (total.total(), total["correct"], total["refused"], total["wrong"])))
    console.print(others, markup=False)
    console.print(counts)


main()
