"""MkDocs のフック。ビルドの流れの中で、織ることのほかにいること。

- 照合は一度だけにし、重い HTML は、ページが組み上がってから置く（current、late）。
- --dirty は原稿の時刻しか見ないので、実装を直したときに作りなおすページを足す（current）。
- mkdocs serve では、働き手の種を先に起こしておく（workers）。
"""

from pathlib import PurePosixPath

from snippets._engine import current, late
from snippets._engine.book import libraries


def on_startup(command, dirty):
    if command == "serve":
        from snippets._engine.workers import warm  # 組むだけのときは読まない

        warm(libraries())


def on_config(config):
    late.begin()
    current.pin()


def on_files(files, config):
    """作りなおすページに、原稿が直されたという印を付ける。"""
    names = current.remade()
    for file in files.documentation_pages():
        path = PurePosixPath(file.src_uri)
        if path.suffix == ".md" if names is None else ".".join(path.with_suffix("").parts) in names:
            file.is_modified = lambda: True
    return files


def on_post_page(output, page, config):
    return late.placed(output)
