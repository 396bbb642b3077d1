"""バックプロパゲーションの性質。照合の相手は PyTorch と中心差分と手計算。"""

import inspect
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize
from scipy.special import expit

from snippets.learning import _chain, _example, _slips, _training
from snippets.learning import backprop as bp
from snippets.learning._value import Value

NUMBERS = st.floats(-2, 2, allow_subnormal=False)


def numbers(*shape):
    return arrays(float, shape, elements=NUMBERS)


def visible(text):
    return text.replace("\u2060", "")


def tanh_slope(z):
    return 1 - np.tanh(z) ** 2


def by_autograd(W, c, v, b, x, t, f=torch.tanh):
    leaves = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (W, c, v, b, x)]
    W, c, v, b, x = leaves
    (v @ f(W @ x + c) + b - t).square().backward()
    return tuple(leaf.grad.numpy() for leaf in (v, b, W, c, x))


# ---- 鎖


def test_numbers_of_the_page():
    """鎖の値は 6、7、−3、9 で、勾配は重みが −18、バイアスが −6、入力が −12 になる。"""
    assert (bp.chain_product(2.0, 3.0), bp.chain_sum(6.0, 1.0), bp.chain_gap(7.0, 10.0)) == (6, 7, -3)
    assert bp.chain_loss(-3.0) == 9
    assert bp.chain(2.0, 3.0, 1.0, 10.0) == (2 * (7 - 10) * 3, 2 * (7 - 10), 2 * (7 - 10) * 2) == (-18, -6, -12)


def test_chain_table():
    """表の勾配の列は、先の勾配とその場の傾きの積で、−18 と −12 で終わる。"""
    rows = bp.chain_table()[1]
    assert [(row[0], row[1], row[4]) for row in rows] == [
        ("ℓ", 9, 1), ("r", -3, -6), ("s", 7, -6), ("t", 10, 6),
        ("p", 6, -6), ("b", 1, -6), ("w₁", 2, -18), ("x₁", 3, -12),
    ]  # fmt: skip
    assert [visible(cell) for cell in rows[1][2:4]] == ["∂ℓ/∂r = 2r = −6", "1 × (−6)"]
    assert [visible(cell) for cell in rows[-2][2:4]] == ["∂p/∂w₁ = x₁ = 3", "−6 × 3"]


def test_chain_steps_are_the_edges_of_the_graph():
    """表と図の辺は、鎖の Value が覚えている辺と過不足なく同じである。"""
    found = _chain.nodes(2.0, 3.0, 1.0, 10.0)
    names = {node: name for name, node in found.items()}
    recorded = {(names[p], name) for name in ("p", "s", "r", "ℓ") for p, _ in found[name].parents if p in names}
    assert recorded == {(start, end) for start, end, _ in _chain.STEPS}


def test_zero_input_gives_zero_gradient():
    """入力が 0 なら、重みの勾配は 0 になる。"""
    assert bp.chain(2.0, 0.0, 1.0, 10.0)[0] == 0
    assert bp.neuron_gradients([2.0], 1.0, [0.0], 10.0)[0] == 0


@pytest.mark.parametrize(("m", "k"), [(1, 3), (2, 1), (2, 5), (3, 4)])
def test_paths_and_edges_of_a_grid(m, k):
    """道の本数は隣接行列の積に、辺の数は 0 でない成分の数に等しい。"""
    ones = [np.ones((1, m)), *(np.ones((m, m)) for _ in range(k - 1)), np.ones((m, 1))]
    assert bp.paths(m, k) == np.linalg.multi_dot([*ones, np.ones((1, 1))]).item()
    assert bp.edges(m, k) == sum(matrix.size for matrix in ones)


def test_path_table():
    """幅 10 の隠れ層を 5 段重ねると、道は 10 万本、辺は 420 本になる。"""
    assert bp.path_table()[1][-1] == (10, 5, "100,000", "420")


# ---- 網


@given(numbers(3, 2), numbers(3), numbers(3), NUMBERS, numbers(2), NUMBERS)
def test_by_hand_agrees_with_torch(W, c, v, b, x, t):
    """逆向きにかけた勾配は、5 つの変数すべてで PyTorch の grad と一致する。"""
    ours = bp.network_gradients(W, c, v, b, x, t, np.tanh, tanh_slope)
    for mine, theirs in zip(ours, by_autograd(W, c, v, b, x, t), strict=True):
        assert mine == pytest.approx(theirs, rel=1e-9, abs=1e-12)


def test_example_has_round_sums():
    """2-2-1 の例の重み付き和は 0 と 1、隠れ層の値は 1/2 と σ(1)、出力と正解の差は −tanh(1/2) である。"""
    u, h, y, E = bp.forward(*_example.NUMBERS, expit)
    assert u.tolist() == [0, 1]
    assert h == pytest.approx([0.5, expit(1)], rel=1e-15)
    assert y - 1 == pytest.approx(-math.tanh(0.5), rel=1e-14)
    assert pytest.approx(math.tanh(0.5) ** 2, rel=1e-14) == E


def test_four_methods_agree():
    """2-2-1 の例の勾配は、表、Value、PyTorch が 1e-12 まで、中心差分が 1e-8 まで一致する。"""
    assert bp.disagreement("Value") < 1e-12
    assert bp.disagreement("PyTorch") < 1e-12
    assert 0 < bp.disagreement("中心差分") < 1e-8


def test_comparison_is_in_the_order_of_its_names():
    """比べる表の行は、名の示す数の勾配である。"""
    v, b, W, c, x = by_autograd(*_example.NUMBERS, f=torch.sigmoid)
    rows = {name: row for name, *row in bp.comparison()[1]}
    want = {"v₁": v[0], "v₂": v[1], "b": b, "W₁₁": W[0, 0], "W₁₂": W[0, 1], "W₂₁": W[1, 0], "W₂₂": W[1, 1]}
    want |= {"c₁": c[0], "c₂": c[1], "x₁": x[0], "x₂": x[1]}
    assert list(rows) == list(want)
    for name, slope in want.items():
        *exact, numeric = (float(cell.replace("−", "-")) for cell in rows[name])
        assert exact == pytest.approx([float(slope)] * 3, abs=6e-11)  # 表は 10 桁
        assert numeric == pytest.approx(float(slope), abs=1e-9)


def test_tables_show_the_numbers_of_autograd():
    """順伝播と逆伝播の表の値は、PyTorch で求めた値を 4 桁にしたものである。"""
    v, b, W, c, x = by_autograd(*_example.NUMBERS, f=torch.sigmoid)
    shown = {visible(name): value for name, *_, value in bp.backward_table()[1]}
    want = {"∂E/∂b": b, "∂E/∂v₁": v[0], "∂E/∂v₂": v[1], "δ₁ = ∂E/∂u₁": c[0], "δ₂ = ∂E/∂u₂": c[1]}
    want |= {"∂E/∂W₁₁": W[0, 0], "∂E/∂W₁₂": W[0, 1], "∂E/∂W₂₁": W[1, 0], "∂E/∂W₂₂": W[1, 1]}
    want |= {"∂E/∂c₁": c[0], "∂E/∂c₂": c[1], "∂E/∂x₁": x[0], "∂E/∂x₂": x[1]}
    want |= {"∂E/∂y": b, "∂E/∂h₁": b * 3, "∂E/∂h₂": b * -2}
    assert {name: f"{slope:.4g}".replace("-", "−") for name, slope in want.items()} == shown
    assert [row[-1] for row in bp.forward_table()[1]] == ["0", "1", "0.5", "0.7311", "0.5379", "0.2136"]


@pytest.mark.parametrize("table", [bp.forward_table, bp.backward_table])
def test_filled_formulas_give_their_values(table):
    """「数を入れる」の列を計算すると、「値」の列になる。"""
    for _, _, filled, value in table()[1]:
        code = filled.replace("−", "-").replace("·", "*").replace("×", "*").replace("²", "**2").replace("σ", "expit")
        got = eval(code, {"expit": expit})
        assert got == pytest.approx(float(value.replace("−", "-")), rel=2e-3, abs=2e-3)


def test_one_step_lowers_the_error():
    """学習率 0.1 の 1 歩で誤差は下がり、その下がり方は PyTorch の SGD と同じである。"""
    *parts, x, t = _example.NUMBERS
    weights = [torch.tensor(part, dtype=torch.float64, requires_grad=True) for part in parts]

    def error():
        W, c, v, b = weights
        return (v @ torch.sigmoid(W @ torch.tensor(x) + c) + b - t).square()

    error().backward()
    torch.optim.SGD(weights, lr=0.1).step()
    assert bp.error_after(0.1) == pytest.approx(error().item(), rel=1e-12)
    assert bp.error_after(0.1) < bp.error_after(0.0)


def test_perfect_answer_stops_everything():
    """正解が出力と等しければ、すべての勾配が 0 になる。"""
    *parts, _ = _example.NUMBERS
    y = bp.forward(*parts, 0.0, expit)[2]
    assert all(np.all(part == 0) for part in bp.network_gradients(*parts, y, expit, bp.derivative))


def test_dead_relu_blocks_the_gradient():
    """重み付き和が 0 の ReLU に入る重みとバイアスの勾配は、PyTorch では 0 になる。"""
    _, _, W, c, _ = by_autograd(*_example.NUMBERS, f=torch.relu)
    assert (W[0] == 0).all() and c[0] == 0 and (W[1] != 0).all()


def test_shapes_are_checked():
    """W と入力の形が合わなければ、受け取った形を添えて断る。"""
    with pytest.raises(ValueError, match=r"W \(2, 2\)、c 2、x 3"):
        bp.hidden(np.ones((2, 2)), np.ones(3), np.ones(2))


# ---- Value

OPERATIONS = [
    lambda a, b: a + b,
    lambda a, b: a * b - b,
    lambda a, b: a * a * b + a,
    lambda a, b: (a * b).tanh() * a,
    lambda a, b: (a * 0.5).exp() / (b * b + 1),
    lambda a, b: (a * a + 1).log() * b**3,
    lambda a, b: (a - b).relu() + 2 * a,
]


@settings(max_examples=40)
@given(st.sampled_from(OPERATIONS), NUMBERS, NUMBERS)
def test_value_agrees_with_torch(operation, a, b):
    """Value の値と傾きは、どの演算でも PyTorch と同じである。"""
    ours, theirs = (Value(a), Value(b)), [torch.tensor(k, dtype=torch.float64, requires_grad=True) for k in (a, b)]
    result, want = operation(*ours), operation(*theirs)
    result.backward()
    want.backward()
    assert result.data == pytest.approx(want.item(), rel=1e-12, abs=1e-12)
    for mine, leaf in zip(ours, theirs, strict=True):
        assert mine.grad == pytest.approx(leaf.grad.item(), rel=1e-12, abs=1e-12)


def test_value_visits_each_edge_once():
    """ひし形を 60 段つないで道を 2⁶⁰ 本にしても、Value は数を 1 度ずつしか並べず、傾きは 2⁶⁰ になる。"""
    start = end = Value(1.0)
    for _ in range(60):
        end = end + end
    end.backward()
    assert start.grad == 2.0**60 and len(end.trace()) == 61


def test_trace_puts_users_first():
    """たどる順では、どの数も、それを使う数より後ろに並ぶ。"""
    order = _example.nodes()["E"].trace()
    place = {node: k for k, node in enumerate(order)}
    assert all(place[node] < place[parent] for node in order for parent, _ in node.parents)


def test_value_accumulates_like_torch():
    """同じグラフを 2 度たどると、葉の傾きは PyTorch の retain_graph=True と同じに足し込まれる。"""
    ours, theirs = Value(2), torch.tensor(2.0, requires_grad=True)
    first, second = (ours * 3 - 9) ** 2, (theirs * 3 - 9) ** 2
    for _ in range(2):
        first.backward()
        second.backward(retain_graph=True)
    assert ours.grad == theirs.grad.item() == -36


def test_cube_has_three_paths():
    """k·k·k の 3 での傾きは、積が 9 の道 3 本の和 27 である。"""
    k = Value(3)
    (k * k * k).backward()
    assert k.grad == sum(3 * 3 for _ in range(3)) == 27


def test_class_is_about_fifty_lines():
    """ページが見せるクラスは、空行を除いて 50 行前後である。"""
    assert 45 <= bp.value_lines() <= 55 and bp.value_lines() < len(inspect.getsource(Value).splitlines())


def test_training_with_value_is_training_with_torch():
    """Value による XOR の学習は PyTorch と同じ道を通り、0.25 の近くにとどまってから 0.001 を下回る。"""
    ours, theirs = bp.training_history()
    assert bp.training_gap() == pytest.approx(np.abs(ours - theirs).max()) and bp.training_gap() < 1e-12
    assert np.all(np.abs(ours[50:150] - 0.25) < 0.01) and ours[-1] < 1e-3
    assert np.mean(np.square(np.array(_training.ANSWERS) - 0.5)) == 0.25


# ---- PyTorch の約束


def test_torch_report():
    """葉の grad_fn は None、損失は PowBackward0 で、backward のあとの勾配は −18 と −6 になる。"""
    assert bp.torch_report()[1] == [
        ("w.grad_fn", "None"),
        ("L.grad_fn", "PowBackward0"),
        ("その 1 つ手前", "SubBackward0"),
        ("backward の前の w.grad", "None"),
        ("backward のあとの w.grad, b.grad", "−18, −6"),
    ]


def test_gradients_arrive_from_the_output_side():
    """backward の前はどの層の grad も None で、1 回の backward のあいだに、出口の層から順に勾配が届く。"""
    assert _slips.arrivals() == ([], [3, 2, 1])
    assert [row[1] for row in bp.arrival_table()[1]] == ["どの層も None", "出口の層", "まん中の層", "入口の層"]


def test_forgotten_zero_grad_accumulates():
    """消し忘れた勾配は −18、−36、−54 と積もり、毎回消せば −18 のままである。"""
    assert bp.zero_grad_table()[1] == [(1, -18, -18), (2, -36, -18), (3, -54, -18)]


def test_forgotten_zero_grad_spoils_descent():
    """毎回消せば損失は 0.001 を下回り、消し忘れると 30 歩たっても 5 を超える。"""
    assert _slips.descent(clear=True)[-1] < 1e-3
    assert _slips.descent(clear=False)[25:].max() > 5


def test_overwriting_loses_paths():
    """= で書き換えると w + w と w × w の傾きは半分になり、+= なら PyTorch と同じになる。"""
    rows = {name: row for name, *row in bp.overwriting_table()[1]}
    assert rows == {"w + w": [1, 2, 2], "w × w": [3, 6, 6], "w × 3 + w": [3, 4, 4]}


def test_second_backward_is_refused():
    """途中の値を覚えたグラフを 2 回たどると例外になり、足し算だけのグラフならならない。"""
    with pytest.raises(RuntimeError, match=r"^Trying to backward through the graph a second time"):
        _slips.backward_twice(lambda w: (w * 3 - 9) ** 2)
    told = [words for _, words in bp.second_backward_table()[1]]
    assert told == ["Trying to backward through the graph a second time", "例外は出ない"]


def test_graph_survives_when_asked():
    """retain_graph=True を付ければ、同じグラフを 2 回たどれ、勾配は足し込まれて −36 になる。"""
    w = torch.tensor(2.0, requires_grad=True)
    L = (w * 3 - 9) ** 2
    L.backward(retain_graph=True)
    L.backward()
    assert w.grad.item() == -36


def test_inplace_changes_are_refused_or_silently_wrong():
    """覚えた値と葉の書き換えは例外になり、.data を通した書き換えは誤った勾配を黙って返す。"""
    with pytest.raises(RuntimeError, match=r"^one of the variables needed for gradient computation has been modified"):
        _slips.change_saved()
    with pytest.raises(RuntimeError, match=r"^a leaf Variable that requires grad is being used in an in-place"):
        _slips.change_leaf()
    assert _slips.change_behind() == (40, 4)
    assert _slips.change_in_no_grad() == pytest.approx(2 - 0.1 * 4)
    assert [len(row) for row in bp.inplace_table()[1]] == [2] * 4


@pytest.mark.parametrize("make", [lambda p: torch.optim.SGD(p, lr=0.02), lambda p: torch.optim.Adam(p, lr=0.1)])
def test_same_gradient_feeds_any_torch_optimizer(make):
    """逆伝播の勾配は、SGD に渡しても Adam に渡しても誤差を減らす。"""
    w = torch.tensor([2.0, -1.0], requires_grad=True)
    optimizer, history = make([w]), []
    for _ in range(60):
        optimizer.zero_grad()
        error = ((w * torch.tensor([3.0, 1.0])).sum() - 10) ** 2
        error.backward()
        optimizer.step()
        history.append(error.item())
    assert history[-1] < history[0] / 100


def test_same_gradient_feeds_lbfgs():
    """逆伝播の勾配は、勾配降下法ではない L-BFGS でも使える。"""

    def with_gradient(w):
        return bp.loss(bp.preactivation(w, [3.0, 1.0], 1.0), 10.0), bp.neuron_gradients(w, 1.0, [3.0, 1.0], 10.0)[0]

    found = minimize(with_gradient, np.array([2.0, -1.0]), jac=True, method="L-BFGS-B")
    assert found.success and found.fun < 1e-10


def test_descent_may_stop_above_the_minimum():
    """くぼみが 2 つある損失では、浅いほうに着いて止まることがある。"""
    w = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    for _ in range(500):
        slope = torch.autograd.grad((w**2 - 1) ** 2 + 0.3 * w, w)[0]
        w = (w - 0.02 * slope).detach().requires_grad_()
    value = ((w**2 - 1) ** 2 + 0.3 * w).item()
    deepest = min((x**2 - 1) ** 2 + 0.3 * x for x in np.linspace(-2, 2, 4001))
    assert slope.abs() < 1e-9 and value > deepest + 0.5
