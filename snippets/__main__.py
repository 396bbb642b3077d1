"""著者の道具。

python -m snippets check [ページ…]   式を照合し、判定の表を出す
python -m snippets graph [ラベル]     式のつながりを数え、一つの式の上流と下流を並べる
python -m snippets ledger             文中の式まで、判定を種類ごとに数える
python -m snippets mutate [ページ…]  式と実装を一か所ずつ書きかえ、照合が断るかを見る
python -m snippets precision          書き方ごとの浮動小数点の誤差を、すべての表で並べる
python -m snippets models             本物のモデルの重みを取りこむ（--notebooks で、それを使うノートブックも走らせる）
python -m snippets new 話題           話題の三つのファイルを書く
"""

import argparse
import difflib
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from snippets._engine import report
from snippets._engine.binding import import_topic, topics
from snippets._engine.book import DOCS, check_book
from snippets._engine.computed import number_text
from snippets._engine.evidence import CLAIMS, NAMES, tally
from snippets._engine.graph import CODE, FORMULA, KINDS, is_relation
from snippets._engine.ledger import KINDS as SPANS
from snippets._engine.ledger import entries, summary
from snippets._engine.mutation_report import mutate
from snippets._engine.page import page_name
from snippets._engine.scaffold import write_topic
from snippets._engine.weave import error_text


def main(arguments=None):
    """引数を読み、終了コードを返す。"""
    parser = argparse.ArgumentParser(prog="python -m snippets", description="動く数式ノートの道具")
    commands = parser.add_subparsers(dest="command", required=True)
    checking = commands.add_parser("check", help="式を照合し、判定の表を出す")
    checking.add_argument("pages", nargs="*", metavar="ページ", help="docs/activation/sigmoid.md など。なければ全部")
    checking.set_defaults(run=check)
    mapping = commands.add_parser("graph", help="式のつながりを数え、一つの式の上流と下流を並べる")
    mapping.add_argument("label", nargs="?", metavar="ラベル", help="activation.sigmoid など。なければ全体")
    mapping.set_defaults(run=show_graph)
    counting = commands.add_parser("ledger", help="文中の式まで、判定を種類ごとに数える")
    counting.set_defaults(run=count_spans)
    mutating = commands.add_parser("mutate", help="式と実装を一か所ずつ書きかえ、照合が断るかを見る")
    mutating.add_argument("pages", nargs="*", metavar="ページ", help="docs/activation/sigmoid.md など。なければ全部")
    mutating.add_argument("--sample", type=int, metavar="N", help="式と実装の一つずつから N 個だけを選ぶ")
    mutating.set_defaults(run=mutate_pages)
    measuring = commands.add_parser("precision", help="書き方ごとの浮動小数点の誤差を、すべての表で並べる")
    measuring.set_defaults(run=show_precision)
    fetching = commands.add_parser("models", help="本物のモデルの重みを取りこむ")
    fetching.add_argument("--notebooks", action="store_true", help="docs/lab/real_*.py も走らせ、.ipynb に書く")
    fetching.set_defaults(run=fetch_models)
    creating = commands.add_parser("new", help="話題の三つのファイルを書く")
    creating.add_argument("topic", metavar="話題", help="activation.softplus など")
    creating.set_defaults(run=new)
    options = vars(parser.parse_args(arguments))
    del options["command"]
    return options.pop("run")(**options)


def check(pages):
    """判定の表。誤りがあれば並べて 1 を返す。"""
    console = Console()
    book = _checked(console, _named(pages))
    table = Table("ラベル", "証拠", "標本", "コード一致", box=None, header_style="bold")
    verdicts = {label: v for result in book.results.values() for label, v in result["verdicts"].items()}
    for label, verdict in verdicts.items():
        points = f"{verdict['points']} 点" + ("（すべて）" if verdict["exhaustive"] else "")
        ulp = "関係" if verdict["ulp"] is None else error_text(verdict)
        table.add_row(label, NAMES[verdict["level"] or verdict["kind"]], points, ulp)
    console.print(table)
    counts = tally(verdicts.values())
    for kind in ("identity", "scalar", "bound"):
        proved, total = counts[kind]
        console.print(f"{CLAIMS[kind]} {total} のうち、証明か包含が {proved}（{proved / max(total, 1):.0%}）")
    console.print(f"{len(book.results)} ページ、{len(verdicts)} 式。調べなおしたページ {len(book.executed)}。")
    return _told(console, book)


def _checked(console, only=None):
    """照合した Book。"""
    with console.status("式を照合しています…"):
        return check_book(only=only)


def _told(console, book):
    """誤りがあれば並べて、終了コード 1 を返す。"""
    if book.problems:
        console.print(report(book.problems), markup=False, highlight=False, soft_wrap=True)
    return 1 if book.problems else 0


def _named(pages):
    """道で書かれたページの名。一つもなければ、すべてのページ。"""
    return {page_name(Path(page).resolve(), DOCS) for page in pages} or None


def mutate_pages(pages, sample):
    """変異の表。理由なく通る変異があれば 1 を返す。"""
    return mutate(Console(), _named(pages), sample)


def count_spans():
    """台帳の数。判定のない式があれば 1 を返す。"""
    console = Console()
    book = _checked(console)
    if _told(console, book):
        return 1
    found = summary(entries(book))
    for kind, count in found["kinds"].items():
        print(f"{SPANS[kind]} {count}")
    print(f"合計 {found['spans']}、判定なし {found['unknown']}、免除 {found['exempt']:.1%}")
    return 1 if found["unknown"] else 0


def show_graph(label):
    """式のつながりの数。label があれば、その式の上流と下流も。"""
    console = Console()
    book = _checked(console)
    graph = book.graph
    if label and label not in graph.pages:
        close = difflib.get_close_matches(label, graph.pages, 1)
        print(f"{label} という式はない" + (f"。もしかして {close[0]}？" if close else ""), file=sys.stderr)
        return 1
    counts = "、".join(f"{name} {len(graph.of_kind(kind))}" for kind, name in KINDS.items())
    print(f"式 {len(graph.pages)}、つながり {len(graph.edges)}（{counts}）、矛盾 {len(book.contradictions)}")
    if label:
        _show_side("上流", graph.ancestors(label), lambda other: graph.edges.get((label, other)))
        _show_side("下流", graph.dependents(label), lambda other: graph.edges.get((other, label)))
    else:
        for kind in (FORMULA, CODE):
            edges = [edge for edge in graph.of_kind(kind) if not is_relation(edge[0])]
            print(f"\n{KINDS[kind]}（関係を除く） {len(edges)}")
            print("\n".join(f"  {used} → {user}" for user, used in edges))
    return _told(console, book)


def _show_side(name, labels, kind_of):
    """じかにつながる式には、つながりの種類を添える。"""
    print(f"\n{name} {len(labels)}")
    for label in labels:
        kind = kind_of(label)
        print(f"  {label}" + (f"（{KINDS[kind]}）" if kind else ""))


def show_precision():
    """話題に置かれた Comparison の表を、すべて並べる。"""
    from snippets._precision import Comparison  # PyTorch を読むので、ほかの命令では読まない

    console = Console()
    for topic in topics():
        for name, forms in vars(import_topic(topic)).items():
            if isinstance(forms, Comparison):
                headers, rows = forms.table()
                table = Table(*headers, title=f"{topic}.{name}", box=None, header_style="bold")
                for row in rows:
                    table.add_row(*map(number_text, row))
                console.print(table, "", markup=False)


def fetch_models(notebooks):
    """取りこみ、頼まれればノートブックを走らせる。途中で失敗すれば 1 を返す。"""
    from snippets import _lab, _models

    return _models.main() or (_lab.main() if notebooks else 0)


def new(topic):
    """話題を作り、書いたファイルを並べる。"""
    try:
        for path in write_topic(topic):
            print(path)
    except (ValueError, FileExistsError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
