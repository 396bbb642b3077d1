"""2-2-1 の網の例を、これ以上は分けられない計算の列に書きくだしたもの。1 歩ずつ動く図のもとになる。"""

from snippets.learning import _example
from snippets.learning._value import Value, sigmoid

# 入口の数。名、図での場所。t と x は与えられた数、ほかは学習される重みとバイアス
LEAVES = {
    "x1": (158, 28), "x2": (222, 28), "t": (60, 464),
    "W11": (30, 28), "W12": (94, 28), "c1": (30, 188),
    "W21": (286, 28), "W22": (350, 28), "c2": (350, 188),
    "v1": (30, 324), "v2": (350, 324), "b": (60, 396),
}  # fmt: skip
GIVEN = ("x1", "x2", "t")

# 計算。名、計算の種類、もとになる数、図での場所
OPERATIONS = (
    ("W11x1", "times", ("W11", "x1"), (46, 120)),
    ("W12x2", "times", ("W12", "x2"), (142, 120)),
    ("u1", "plus", ("W11x1", "W12x2", "c1"), (110, 188)),
    ("W21x1", "times", ("W21", "x1"), (238, 120)),
    ("W22x2", "times", ("W22", "x2"), (334, 120)),
    ("u2", "plus", ("W21x1", "W22x2", "c2"), (270, 188)),
    ("h1", "sigmoid", ("u1",), (110, 256)),
    ("h2", "sigmoid", ("u2",), (270, 256)),
    ("v1h1", "times", ("v1", "h1"), (110, 324)),
    ("v2h2", "times", ("v2", "h2"), (270, 324)),
    ("y", "plus", ("v1h1", "v2h2", "b"), (190, 396)),
    ("E", "square_gap", ("y", "t"), (190, 464)),
)
_RULES = {
    "times": lambda a, b: a * b,
    "plus": lambda a, *others: sum(others, a),
    "sigmoid": sigmoid,
    "square_gap": lambda y, t: (y - t) ** 2,
}


def tape():
    """2-2-1 の網の計算グラフ。どの箱も、上から名、値、かっこの中に E をその数で微分した勾配。"""
    start = _example.named(*_example.NUMBERS)
    found = {name: Value(start[name]) for name in LEAVES}
    for name, rule, inputs, _ in OPERATIONS:
        found[name] = _RULES[rule](*(found[each] for each in inputs))
    found["E"].backward()
    rows = [(name, "given" if name in GIVEN else "weight", (), place) for name, place in LEAVES.items()]
    return [
        {
            "name": name,
            "label": _example.subscripted(name),
            "rule": rule,
            "inputs": inputs,
            "place": place,
            "value": found[name].data,
            "gradient": found[name].grad,
        }
        for name, rule, inputs, place in (*rows, *OPERATIONS)
    ]
