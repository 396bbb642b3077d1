"""mkdocs serve のとき。誤りは、止まらずにページに見せる。--dirty では、かかわりのあるページだけを作りなおす。

MkDocs のフックでもある。--dirty は原稿の時刻しか見ないので、実装を直したときに作りなおすページを、ここで足す。
"""

from html import escape
from pathlib import PurePosixPath

from markdown.preprocessors import Preprocessor

from snippets._engine import current

TITLE = "式の誤りを直すと、ページに戻ります"


class Stop(Preprocessor):
    """どのページも、誤りの文だけにする。"""

    def __init__(self, md, message):
        super().__init__(md)
        self.message = message

    def run(self, lines):
        text = f'<pre class="formula-message">{escape(self.message)}</pre>'
        return [f"# {TITLE}", "", self.md.htmlStash.store(text)]


def on_files(files, config):
    """作りなおすページに、原稿が直されたという印を付ける。"""
    names = current.remade()
    for file in files.documentation_pages():
        path = PurePosixPath(file.src_uri)
        if path.suffix == ".md" if names is None else ".".join(path.with_suffix("").parts) in names:
            file.is_modified = lambda: True
    return files
