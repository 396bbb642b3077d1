"""本文に差しこむ数と表と実装。ビルドのときに求め、HTML にする。"""

import importlib
import inspect
import re
from html import escape

import numpy as np
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from .binding import import_topic, topics_in

_FORMATTER = HtmlFormatter(cssclass="highlight", wrapcode=True)
_SPEC = re.compile(r"(.*?)(?::(\.\d+[efg%]|,|d))?", re.S)


def evaluate(expression):
    """本文の式 `activation.sigmoid.derivative(2.0):.2f` の (値, 書式)。"""
    code, spec = _SPEC.fullmatch(expression).groups()
    space = {"np": np}
    for topic in topics_in(code):
        import_topic(topic)
        folder = topic.partition(".")[0]
        space[folder] = importlib.import_module(f"snippets.{folder}")
    return eval(code, space), spec


def number_text(value, spec=None):
    """数の書き方。書式がなければ有効数字 4 桁。"""
    if isinstance(value, (bool, np.bool_)):
        return "真" if value else "偽"
    if isinstance(value, (tuple, list)) or np.ndim(value):
        return "(" + ", ".join(number_text(v, spec) for v in value) + ")"
    if isinstance(value, str):
        return value
    if isinstance(value, (int, np.integer)):
        return format(int(value), spec or "d")
    return format(float(value), spec or ".4g")


def number_html(value, spec=None):
    """HTML の数。負号は U+2212、指数は ×10 の肩に書く。"""
    text = escape(number_text(value, spec))
    if isinstance(value, str):
        return text
    text = re.sub(r"e([+-])0*(\d+)", lambda m: f"×10<sup>{'−' if m[1] == '-' else ''}{m[2]}</sup>", text)
    return text.replace("-", "−")


def table_html(headers, rows):
    """見出しと行から表を作る。"""
    head = "".join(f'<th scope="col">{escape(str(h))}</th>' for h in headers)
    body = "".join("<tr>" + "".join(f"<td>{number_html(c)}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def source_html(thing):
    """関数かクラスの、テストされているファイルにあるままの実装。"""
    return code_html(inspect.getsource(inspect.unwrap(thing)))


def code_html(text):
    """色分けした Python。"""
    return highlight(text, PythonLexer(), _FORMATTER)
