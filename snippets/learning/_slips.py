"""逆伝播でよくある 4 つの失敗を、実際に起こす。"""

import numpy as np
import torch

from snippets.learning._chain import B, T, W, X
from snippets.learning._drawing import number
from snippets.learning._value import Value


def leaf(number):
    return torch.tensor(number, dtype=torch.float64, requires_grad=True)


def first_words(action, stop):
    """action が出した例外の、stop までの文。例外が出なければ空。"""
    try:
        action()
    except RuntimeError as error:
        return str(error).partition(stop)[0] + stop
    return ""


def accumulated(clear, times=3):
    """L = (wx + b − t)² の順伝播と backward を繰り返したときの w.grad。clear なら、前もって消す。"""
    w, b, seen = leaf(W), leaf(B), []
    for _ in range(times):
        if clear:
            w.grad = None
        ((w * X + b - T) ** 2).backward()
        seen.append(w.grad.item())
    return seen


def descent(clear, steps=30, rate=0.02):
    """同じ損失を下る道すじの損失 (steps + 1,)。clear でなければ、勾配を消し忘れる。"""
    w, b, history = leaf(W), leaf(B), []
    for _ in range(steps + 1):
        L = (w * X + b - T) ** 2
        history.append(L.item())
        L.backward()
        with torch.no_grad():
            for weight in (w, b):
                weight -= rate * weight.grad
                if clear:
                    weight.grad = None
    return np.array(history)


def overwriting(root):
    """足し込み（+=）の代わりに書き換え（=）で傾きを送る、誤った逆伝播。"""
    order = root.trace()
    root.grad = 1.0
    for node in order:
        for parent, slope in node.parents:
            parent.grad = slope * node.grad


TWICE = {"w + w": lambda w: w + w, "w × w": lambda w: w * w, "w × 3 + w": lambda w: w * 3 + w}


def slopes_of(make):
    """w = 3 での make(w) の傾き。(書き換え, 足し込み, PyTorch)。"""
    wrong, right, theirs = Value(3), Value(3), leaf(3.0)
    overwriting(make(wrong))
    make(right).backward()
    make(theirs).backward()
    return wrong.grad, right.grad, theirs.grad.item()


def backward_twice(make):
    """make(w) のグラフを 2 回たどる。"""
    w = leaf(W)
    L = make(w)
    L.backward()
    L.backward()


def change_saved():
    """覚えておいた途中の値を、その場で書き換える。"""
    y = torch.exp(leaf(W))
    y += 1
    y.backward()


def change_leaf():
    """葉の重みを、その場で書き換える。"""
    w = leaf(W)
    w -= 0.1


def change_behind():
    """.data を通して書き換える。記録に残らないので、例外は出ない。(得た勾配, 正しい勾配)。"""
    w = leaf(W)
    L = w * w
    right = 2 * w.item()
    w.data *= 10
    L.backward()
    return w.grad.item(), right


def change_in_no_grad():
    """更新は no_grad の中で、backward のあとに行う。"""
    w = leaf(W)
    (w * w).backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    return w.item()


def arrivals():
    """3 層の網で、backward のあいだに勾配が届いた層の番号。(始める前に届いていた層, 届いた順)。"""
    layers = [torch.nn.Linear(3, 4), torch.nn.Linear(4, 2), torch.nn.Linear(2, 1)]
    arrived = []
    for k, layer in enumerate(layers, 1):
        layer.weight.register_post_accumulate_grad_hook(lambda _, k=k: arrived.append(k))
    value = torch.ones(3)
    for layer in layers:
        value = torch.tanh(layer(value))
    before = [k for k, layer in enumerate(layers, 1) if layer.weight.grad is not None]
    value.sum().backward()
    return before, arrived


def torch_report():
    """L = (wx + b − t)² について PyTorch が答えること。"""
    w, b = leaf(W), leaf(B)
    L = (w * X + b - T) ** 2
    rows = [
        ("w.grad_fn", str(w.grad_fn)),
        ("L.grad_fn", type(L.grad_fn).__name__),
        ("その 1 つ手前", type(L.grad_fn.next_functions[0][0]).__name__),
        ("backward の前の w.grad", str(w.grad)),
    ]
    L.backward()
    rows.append(("backward のあとの w.grad, b.grad", f"{number(w.grad.item())}, {number(b.grad.item())}"))
    return ("問い", "答え"), rows


def arrival_table():
    """3 層の網の backward で、勾配が届いた順。"""
    before, order = arrivals()
    words = {1: "入口の層", 2: "まん中の層", 3: "出口の層"}
    rows = [("backward の前", "、".join(words[k] for k in before) or "どの層も None")]
    return ("いつ", "勾配が届いた層"), rows + [(f"{n} 番め", words[k]) for n, k in enumerate(order, 1)]


def zero_grad_table():
    """backward を 3 回かけたときの w.grad。"""
    rows = zip((1, 2, 3), accumulated(clear=False), accumulated(clear=True), strict=True)
    return ("backward の回数", "消し忘れた w.grad", "毎回消した w.grad"), list(rows)


def overwriting_table():
    """同じ数を 2 か所で使う式の、w = 3 での傾き。"""
    rows = [(name, *slopes_of(make)) for name, make in TWICE.items()]
    return ("式", "= で書き換える", "+= で足し込む", "PyTorch"), rows


def second_backward_table():
    """同じグラフに backward を 2 回かけたときに起きること。"""
    cases = {"(w·3 − 9)²": lambda w: (w * 3 - 9) ** 2, "w + 1": lambda w: w + 1}
    told = {name: first_words(lambda make=make: backward_twice(make), "second time") for name, make in cases.items()}
    return ("損失", "2 回めの backward()"), [(name, words or "例外は出ない") for name, words in told.items()]


def inplace_table():
    """値をその場で書き換えたときに起きること。"""
    got, right = change_behind()
    rows = [
        ("y = exp(w) のあとで y += 1", first_words(change_saved, "inplace operation")),
        ("重みを w -= 0.1", first_words(change_leaf, "in-place operation")),
        ("w.data *= 10（L = w·w のあと）", f"例外は出ず、勾配が {number(right)} ではなく {number(got)} になる"),
        ("no_grad の中で w -= 0.1 * w.grad", f"正しく更新される（w = {number(change_in_no_grad())}）"),
    ]
    return ("書き方", "起きること"), rows


def plot_zero_grad(ax):
    """(w₁x₁ + b − t)² を学習率 0.02 で下る。消し忘れると、古い勾配に振り回されて往復する。"""
    for clear, style, name in ((True, "C0o-", "毎回消す"), (False, "C1s--", "消し忘れる")):
        ax.plot(descent(clear), style, ms=4, label=name)
    ax.set(xlabel="更新の回数", ylabel="損失", ylim=(None, 12.5))
    ax.legend(ncols=2, loc="upper right")
