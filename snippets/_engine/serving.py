"""mkdocs serve のとき。誤りは、止まらずにページに見せる。"""

from html import escape

from markdown.preprocessors import Preprocessor

TITLE = "式の誤りを直すと、ページに戻ります"


class Stop(Preprocessor):
    """どのページも、誤りの文だけにする。"""

    def __init__(self, md, message):
        super().__init__(md)
        self.message = message

    def run(self, lines):
        text = f'<pre class="formula-message">{escape(self.message)}</pre>'
        return [f"# {TITLE}", "", self.md.htmlStash.store(text)]
