"""ページの速さを、KaTeX をブラウザで動かした同じページと、一度に比べる。

    mkdocs build && python -m tests.bench.views            # site/ のいちばん式の多いページ
    python -m tests.bench.views site --page activation/sigmoid/index.html --rounds 3
    python -m tests.bench.views site --font latinmodern-math.woff2

CPU は 4 倍遅く、回線は 1.6 Mbit/s で往復 150 ms。何度かずつ、順ぐりに開いて、中央の値を取る。
表の下に、目標と比べた比を書く。届かないものがあれば、終了コードは 1 になる。
"""

import argparse
import sys
from contextlib import ExitStack
from dataclasses import astuple
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from tests.bench.variants import count, variants
from tests.bench.visit import View, serve, view
from tests.site.test_browser import FLAGS, find_chromium

COLUMNS = (
    ("はじめの描画", "fcp", "{:.0f} ms"),
    ("最後の式", "last", "{:.0f} ms"),
    ("主スレッド", "main", "{:.0f} ms"),
    ("うちスクリプト", "script", "{:.0f} ms"),
    ("うち配置とスタイル", "layout", "{:.0f} ms"),
    ("長い仕事", "long", "{:.0f} ms"),
    ("主スレッド、終わりまで送って", "main_end", "{:.0f} ms"),
    ("CLS 開く", "cls_load", "{:.3f}"),
    ("送る", "cls_scroll", "{:.3f}"),
    ("飛ぶ", "cls_anchor", "{:.3f}"),
    ("通信", "bytes", "{:,.0f} B"),
    ("HTML（gzip）", "html", "{:,.0f} B"),
    ("要求", "requests", "{:.0f}"),
    ("要素", "nodes", "{:,.0f}"),
)
RATIOS = (("主スレッド", "main", 0.5), ("長い仕事", "long", 0.2), ("最後の式", "last", 0.8), ("通信", "bytes", 0.85))
CLS = 0.02
HTML = 25_000  # 60 式あたり


def main() -> int:
    arguments = argparse.ArgumentParser(description="ページの速さを比べる")
    arguments.add_argument("site", nargs="?", type=Path, default=Path("site"), help="組み上がったサイト")
    arguments.add_argument("--page", help="測るページ。なければ、いちばん式の多いページ")
    arguments.add_argument("--rounds", type=int, default=5, help="それぞれを開く回数")
    arguments.add_argument("--font", type=Path, help="MathML を描く数式の書体（woff2）")
    given = arguments.parse_args()
    path = given.page or richest(given.site)
    names, found = measure(given.site, path, variants(given.font), given.rounds)
    formulas = count((given.site / path).read_text("utf-8"))
    print(f"{path}、式 {formulas}、{given.rounds} 回の中央の値\n\n{table(names, found)}\n")
    lines, met = verdicts(*found[:2], formulas)
    print(lines)
    return 0 if met else 1


def richest(site: Path) -> str:
    """いちばん式の多いページ。"""
    pages = {page.relative_to(site).as_posix(): page.read_text("utf-8") for page in site.rglob("*.html")}
    if not pages:
        sys.exit(f"サイトがない: {site}/ に HTML がない。先に mkdocs build を実行する")
    return max(pages, key=lambda path: count(pages[path]))


def measure(site, path, shown, rounds):
    """見せ方の名と、それぞれの中央の値。順ぐりに開き、機械の混み方の違いをならす。"""
    with ExitStack() as stack:
        urls = [stack.enter_context(serve(site, path, variant)) for variant in shown]
        browser = stack.enter_context(sync_playwright()).chromium.launch(executable_path=find_chromium(), args=FLAGS)
        views = [[view(browser, url) for url in urls] for _ in range(rounds)]
        browser.close()
    middles = [View(*map(median, zip(*map(astuple, each), strict=True))) for each in zip(*views, strict=True)]
    return [variant.name for variant in shown], middles


def table(names, found):
    """行が見せ方、列が測ったもの。"""
    rows = [
        [name, *(form.format(getattr(v, key)) for _, key, form in COLUMNS)]
        for name, v in zip(names, found, strict=True)
    ]
    head = ["", *(title for title, _, _ in COLUMNS)]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] + ["---:"] * len(COLUMNS), *rows))


def verdicts(base, ours, formulas):
    """目標との比べ方の表と、全部に届いたか。"""
    checks = [
        (f"{title}、比", getattr(ours, key) / max(getattr(base, key), 1), goal, ".2f") for title, key, goal in RATIOS
    ]
    checks += [
        (f"CLS、{title}", getattr(ours, key), CLS, ".3f")
        for title, key in (("開く", "cls_load"), ("送る", "cls_scroll"), ("飛ぶ", "cls_anchor"))
    ]
    checks.append(("HTML（gzip）、60 式あたりのバイト", ours.html * 60 / formulas, HTML, ",.0f"))
    lines = ["| 目標 | 値 | 上限 | |", "|---|---:|---:|---|"]
    lines += [f"| {n} | {v:{f}} | {goal:{f}} | {'届いた' if v <= goal else '届かない'} |" for n, v, goal, f in checks]
    return "\n".join(lines), all(value <= goal for _, value, goal, _ in checks)


if __name__ == "__main__":
    sys.exit(main())
