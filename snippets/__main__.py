"""著者の道具。

python -m snippets check [ページ…]   式を照合し、判定の表を出す
python -m snippets mutate [ページ…]  式と実装を一か所ずつ書きかえ、照合が断るかを見る
python -m snippets new 話題           話題の三つのファイルを書く
"""

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from snippets._engine import report
from snippets._engine.book import DOCS, check_book
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
    mutating = commands.add_parser("mutate", help="式と実装を一か所ずつ書きかえ、照合が断るかを見る")
    mutating.add_argument("pages", nargs="*", metavar="ページ", help="docs/activation/sigmoid.md など。なければ全部")
    mutating.add_argument("--sample", type=int, metavar="N", help="式と実装の一つずつから N 個だけを選ぶ")
    creating = commands.add_parser("new", help="話題の三つのファイルを書く")
    creating.add_argument("topic", metavar="話題", help="activation.softplus など")
    options = parser.parse_args(arguments)
    if options.command == "new":
        return new(options.topic)
    only = {page_name(Path(page).resolve(), DOCS) for page in options.pages} or None
    if options.command == "mutate":
        return mutate(Console(), only, options.sample)
    return check(only)


def check(only):
    """判定の表。誤りがあれば並べて 1 を返す。"""
    console = Console()
    with console.status("式を照合しています…"):
        book = check_book(only=only)
    table = Table("ラベル", "標本", "コード一致", box=None, header_style="bold")
    for result in book.results.values():
        for label, verdict in result["verdicts"].items():
            points = f"{verdict['points']} 点" + ("（すべて）" if verdict["exhaustive"] else "")
            ulp = "関係" if verdict["ulp"] is None else error_text(verdict)
            table.add_row(label, points, ulp)
    console.print(table)
    count = sum(len(result["verdicts"]) for result in book.results.values())
    console.print(f"{len(book.results)} ページ、{count} 式。調べなおしたページ {len(book.executed)}。")
    if book.problems:
        console.print(report(book.problems), markup=False, highlight=False, soft_wrap=True)
    return 1 if book.problems else 0


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
