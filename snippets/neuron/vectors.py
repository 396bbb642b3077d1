"""横ベクトル・縦ベクトル — 数の並べ方と、NumPy の配列の形の対応。

数学のベクトルには横と縦の 2 つの向きがあり、どちらも行列の一種である。
NumPy にはもう 1 つ、向きのない 1 次元配列 (n,) がある。
形を取り違えてもエラーにならず、別の計算が静かに進むことがある。
"""

import numpy as np


def row(x):
    """横ベクトル。x: (n,) → (1, n)。1 次元でなければ ValueError。"""
    return _one_dimensional("x", x)[np.newaxis, :]


def column(x):
    """縦ベクトルを行列として持つ。x: (n,) → (n, 1)。1 次元でなければ ValueError。"""
    return _one_dimensional("x", x)[:, np.newaxis]


def vector(y):
    """縦ベクトルを 1 次元配列として持つ。y: (n,) か (n, 1) → (n,)。横ベクトルは ValueError。"""
    y = np.asarray(y, dtype=float)
    return _one_dimensional("y", y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y)


def inner(x, y):
    """内積。x, y: (n,) → 数。長さが違えば ValueError。"""
    x, y = _same_shape("x", x, "y", y)
    return float(np.einsum("i,i->", x, y))


def outer(x, y):
    """直積。すべての組の積を並べる。x: (n,), y: (m,) → (n, m)。"""
    return column(x) * row(y)  # (n, 1) と (1, m) が互いに広がる


def safe_mse(a, b):
    """平均二乗誤差。a, b: 同じ形 → 数。形が違えば、広げずに ValueError。"""
    a, b = _same_shape("a", a, "b", b)
    return float(np.mean(np.square(a - b)))


def broadcast_mse(a, b):
    """b が縦 (n, 1) だったときに計算される、別の値。a, b: (n,) → 数。"""
    return float(np.mean(np.square(_one_dimensional("a", a) - column(b))))  # 差は (n, n)


def mean(b):
    """平均。b: (n,) → 数。"""
    return float(np.mean(_one_dimensional("b", b)))


def fit(targets, mismatched, steps=200, rate=0.5):
    """予測 a を 0 から勾配降下で動かした結果。targets: (n,) → (n,)。

    mismatched が真なら、損失の中で targets の形が (n, 1) になっている。
    """
    targets = _one_dimensional("targets", targets)
    prediction = np.zeros_like(targets)
    for _ in range(steps):
        other = column(targets) if mismatched else row(targets)
        difference = prediction - other  # (n, n) か (1, n)
        prediction = prediction - rate * 2 * difference.mean(axis=0)
    return prediction


def shape_table(n=100):
    """計算ごとの結果の形。(見出し, 行)。"""
    a = np.ones(n)
    h, v = row(a), column(a)
    cases = [
        ("a.T", lambda: a.T, "向きがないので何も起きない"),
        ("a @ a", lambda: a @ a, "内積。形のない数になる"),
        ("h.T", lambda: h.T, "横が縦になる"),
        ("h @ v", lambda: h @ v, "横 × 縦は 1 × 1 の行列"),
        ("v @ h", lambda: v @ h, "縦 × 横は直積"),
        ("h @ h", lambda: h @ h, "内側の数が合わない"),
        ("h @ a", lambda: h @ a, "1 次元は相手に合わせて縦とみなされる"),
        ("a @ v", lambda: a @ v, "1 次元は相手に合わせて横とみなされる"),
        ("a - v", lambda: a - v, "互いに広がってしまう"),
    ]
    return ("計算", "結果の形", "読み方"), [(text, _shape_of(make), note) for text, make, note in cases]


def combinations():
    """左と右の形と演算を選ぶと、NumPy が返す形と値、または誤りの文を引く表。"""
    numbers = np.array([1.0, 2.0, 3.0])
    operands = {
        "向きなし (3,)": numbers,
        "横 (1, 3)": row(numbers),
        "縦 (3, 1)": column(numbers),
        "行列 (2, 3)": np.ones((2, 3)),
    }
    signs = {"+": np.add, "*": np.multiply, "@": np.matmul}
    return [
        {"left": left, "sign": sign, "right": right, "text": _outcome(combine, operands[left], operands[right])}
        for left in operands
        for sign, combine in signs.items()
        for right in operands
    ]


def plot(fig):
    """上: 同じ 3 つの数の 3 通りの持ち方。下: 2 つを足した結果の形と、かけた結果の形。"""
    fig.set_size_inches(6.6, 4.6)
    grid = fig.add_gridspec(2, 2, height_ratios=(1, 1.5))
    _draw_cells(fig.add_subplot(grid[0, :]))
    for position, (sign, combine) in enumerate({"+": np.add, "@": np.matmul}.items()):
        _draw_shapes(fig.add_subplot(grid[1, position]), sign, combine)


def plot_trap(ax):
    """形をそろえた損失（実線）と、目標だけを縦にした損失（破線）で学習した予測。破線は目標の平均になる。"""
    t = np.linspace(0, 2 * np.pi, 25)
    targets = 1 + np.sin(t)
    ax.plot(t, targets, "o", color="C2", markersize=5, alpha=0.7, label="目標")
    ax.plot(t, fit(targets, mismatched=False), color="C0", linestyle="-", label="形が同じ")
    ax.plot(t, fit(targets, mismatched=True), color="C1", linestyle="--", label="目標だけ (n, 1)")
    ax.set(xlabel="入力", ylabel="学習後の予測", ylim=(-0.4, 2.9))
    ax.legend(loc="upper right", ncols=3)


def _one_dimensional(name, value):
    value = np.asarray(value, dtype=float)
    if value.ndim != 1:
        raise ValueError(f"{name} は 1 次元配列 (n,) にする。受け取った形は {value.shape}")
    return value


def _same_shape(name, value, other_name, other):
    value, other = np.asarray(value, dtype=float), np.asarray(other, dtype=float)
    if value.shape != other.shape:
        raise ValueError(f"{name} と {other_name} の形が違う。{value.shape} と {other.shape}")
    return value, other


def _shape_of(make):
    try:
        return str(np.shape(make()))
    except ValueError:
        return "ValueError"


def _outcome(combine, left, right):
    """結果の形と、値か誤りの文。1 行に 1 つ。"""
    try:
        result = np.asarray(combine(left, right))
    except ValueError as error:
        return ["ValueError", str(error)]
    kind = {0: "形のない数", 1: "向きなし"}.get(result.ndim) or {(1, 1): "1 × 1 の行列"}.get(result.shape, "行列")
    return [f"結果の形は {result.shape}。{kind}です。", *np.array2string(result, precision=3).split("\n")]


def _draw_cells(ax):
    """3 つの数を、それぞれの形のます目に入れる。"""
    for left, shape, name in ((0.5, (3,), "向きなし"), (6.0, (1, 3), "横ベクトル"), (12.5, (3, 1), "縦ベクトル")):
        for k in range(3):
            x, y = (left, 1 - k) if shape == (3, 1) else (left + k, 0)
            style = "C0:" if len(shape) == 1 else "C0-"  # 向きのない持ち方は点線
            ax.plot(x + 0.45 * np.array([-1, 1, 1, -1, -1]), y + 0.45 * np.array([-1, -1, 1, 1, -1]), style)
            ax.text(x, y, str(k + 1), ha="center", va="center")
        ax.text(left + (1.0 if shape != (3, 1) else 0), -2.3, f"{name} {shape}", ha="center", va="center")
    ax.set(xlim=(-1.5, 15), ylim=(-2.8, 1.7), aspect="equal")
    ax.set_axis_off()


def _draw_shapes(ax, sign, combine):
    """演算の結果の形を 3 × 3 の表にする。"""
    shapes = [(3,), (1, 3), (3, 1)]
    for i, left in enumerate(shapes):
        for j, right in enumerate(shapes):
            result = _shape_of(lambda left=left, right=right: combine(np.ones(left), np.ones(right)))
            wide, failed = result == "(3, 3)", result == "ValueError"
            color = "C1" if wide else "C3" if failed else "C0"
            ax.fill(j + np.array([0, 1, 1, 0]), i + np.array([0, 0, 1, 1]), color, alpha=0.2, linewidth=0)
            ax.text(j + 0.5, i + 0.5, "エラー" if failed else result, ha="center", va="center")
    ax.grid(visible=False)
    ticks = np.arange(3) + 0.5
    ax.set_xticks(ticks, map(str, shapes))
    ax.set_yticks(ticks, map(str, shapes))
    ax.set(xlim=(0, 3), ylim=(3, 0), title=f"左 {sign} 右", xlabel="右の形", ylabel="左の形")
