"""触れる図の種類。どれも「名前: 値」の宣言と、話題の関数の返す中身から、ページに置く HTML を作る。

    ```stepper learning.backprop.tape
    …
    ```

種類を足すには、宣言を読む関数と HTML を作る関数を書いてここに並べ、動かす JavaScript を formula.js に並べる。
"""

from .board import board_html, read_board
from .choices import choices_html, read_choices
from .stepper import read_stepper, stepper_html

KINDS = {
    "stepper": (read_stepper, stepper_html),
    "choices": (read_choices, choices_html),
    "board": (read_board, board_html),
}


def read_widget(kind, function, text):
    """宣言を読む。function は話題の関数の名。読めなければ FormulaError。"""
    return KINDS[kind][0](function, text)


def widget_html(kind, widget, function):
    """ページに置く形。function は話題の関数そのもの。"""
    return KINDS[kind][1](widget, function)
