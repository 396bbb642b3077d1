"""ページの数式を読み、実装と照合し、HTML に織りこむしくみ。

データは左から右へ一度だけ流れる。

    page ─→ tokens ─→ parser ─→ evaluate ─→ check ─→ chapter ─→ book ─→ extension
    本文     字句       木         値          判定      一ページ    全ページ   HTML

型の宣言は declarations、記号の表は symbols、文の種類は statements、標本は sampling、実装への結びつけは binding、
図は figure、本文の数は computed、組版は katex、札は weave が受け持つ。
式のつながりは graph が、実装の側は calls が求め、graph_page と graph_svg と layers が地図に描く。
証拠の強さは evidence が決める。証明は proof が field の有理式で、包含は enclosure が ball の区間で行う。
文中の式の判定は spans、台帳は ledger と ledger_page。
照合そのものは mutation が疑う。式は edits と mutate が、実装は edits_code と mutate_code が、一か所だけ書きかえる。
木から LaTeX へもどすのは printer。
文法は relations（文）、scripts（添字と累乗）、calculus（微分、総和、期待値）に分かれる。
話題のモジュールはこのパッケージを import しない。
"""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


class FormulaError(Exception):
    """式についての一つの事実。場所は知らず、境界にいる Problem が足す。

    span は式の LaTeX の中の (始まり, 終わり)。分からなければ None。
    """

    def __init__(self, message, span=None):
        super().__init__(message)
        self.message, self.span = message, span


@dataclass(frozen=True)
class Problem:
    """著者に見せる一件の誤り。path:line、ラベル、文、証拠の順に並ぶ。"""

    path: str
    line: int
    label: str
    message: str

    def __str__(self):
        head = f"{self.path}:{self.line}" + (f": {self.label}" if self.label else "")
        return "\n".join([head, *("  " + line for line in self.message.split("\n"))])


def report(problems):
    """誤りをすべて並べた文。"""
    problems = sorted(problems, key=lambda p: (p.path, p.line))
    return "\n\n".join([f"数式の誤りが {len(problems)} 件あります。", *map(str, problems)])
