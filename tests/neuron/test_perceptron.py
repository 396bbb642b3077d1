"""パーセプトロンの学習則と、止まるまでの回数。"""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize

from snippets.neuron import bias_w0, perceptron
from snippets.neuron.perceptron import POINTS, TARGETS

SEPARABLE = ("AND", "OR", "NAND")
vectors = st.integers(1, 5).flatmap(lambda n: st.tuples(*[arrays(float, n, elements=st.integers(-5, 5))] * 2))


@pytest.mark.parametrize(
    ("name", "weights", "errors"),
    [
        ("AND", [-2, 2, 1], [1, 3, 3, 2, 1, 0]),
        ("OR", [0, 1, 1], [1, 2, 1, 0]),
        ("NAND", [3, -2, -1], [2, 3, 3, 2, 1, 0]),
    ],
)
def test_learned_weights_exact(name, weights, errors):
    """学習後の重みと一巡ごとの間違いは、ちょうどこの整数になる。"""
    history = perceptron.learn(name)
    assert history.w.tolist() == weights
    assert history.errors == errors
    assert history.updates == sum(errors)
    assert perceptron.predict(POINTS, history.w).tolist() == list(TARGETS[name])


def test_xor_never_converges():
    """XOR は 3 巡目から毎回 4 問とも間違え、100 巡で 397 回直しても終わらない。"""
    history = perceptron.learn("XOR")
    assert history.errors == [2, 3] + [4] * 98
    assert history.updates == 397
    assert not history.converged


@pytest.mark.parametrize(("name", "bound"), [("AND", 51), ("OR", 27), ("NAND", 51)])
def test_updates_stay_below_novikoff_bound(name, bound):
    """上限はこの値で、更新の回数はそれを超えない。"""
    assert perceptron.novikoff_bound(POINTS, TARGETS[name]) == pytest.approx(bound, rel=1e-9)
    assert perceptron.learn(name).updates <= bound


@pytest.mark.parametrize("seed", range(8))
def test_bound_holds_in_any_order(seed):
    """点をどんな順に見せても、更新の回数は上限を超えず、最後は全問正解になる。"""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(12, 2))
    t = (X @ [1.0, -2.0] + 0.3 > 0).astype(int)
    order = rng.permutation(len(X))
    history = perceptron.fit(X[order], t[order], max_epochs=5000)
    assert history.converged
    assert 0 < history.updates <= perceptron.novikoff_bound(X, t)
    assert np.array_equal(perceptron.predict(X, history.w), t)


@pytest.mark.parametrize("name", SEPARABLE)
def test_both_rulers_of_the_proof(name):
    """k 回直したあとの重みは、u との内積が kγ 以上、長さが √k R 以下である。"""
    rows, s = bias_w0.augment(POINTS), 2 * np.array(TARGETS[name]) - 1
    u = perceptron.best_direction(rows, s)
    k = np.arange(perceptron.learn(name).updates + 1)
    path = perceptron.learn(name).path
    assert np.all(path @ u >= k * perceptron.margin(rows, u, s) - 1e-12)
    assert np.all(np.linalg.norm(path, axis=1) <= np.sqrt(k) * perceptron.radius(rows) + 1e-12)


@pytest.mark.parametrize("name", SEPARABLE)
def test_best_direction_agrees_with_another_solver(name):
    """余裕が最大の向きは、逐次二次計画で求めた向きと一致する。"""
    rows, s = bias_w0.augment(POINTS), 2 * np.array(TARGETS[name]) - 1
    constraint = {"type": "ineq", "fun": lambda w: s * (rows @ w) - 1}
    w = minimize(lambda w: w @ w, np.ones(3), constraints=[constraint], method="SLSQP").x
    np.testing.assert_allclose(perceptron.best_direction(rows, s), w / np.linalg.norm(w), atol=1e-5)


def test_no_direction_for_xor():
    """XOR には余裕が正になる向きがないので、上限を尋ねると断る。"""
    with pytest.raises(ValueError, match="分けられない"):
        perceptron.novikoff_bound(POINTS, TARGETS["XOR"])


@pytest.mark.parametrize("rho", [0.125, 0.5, 4.0])
@pytest.mark.parametrize("name", SEPARABLE)
def test_rate_only_scales_the_weights(name, rho):
    """重み 0 から始めれば、学習率は重みを定数倍するだけで、直す点も止まる時期も変えない。"""
    slow, fast = perceptron.learn(name), perceptron.learn(name, rho)
    assert fast.seen == slow.seen
    np.testing.assert_array_equal(fast.path, rho * slow.path)


@given(vectors, st.sampled_from([0, 1]), st.sampled_from([0.25, 1.0]))
def test_update_is_the_written_rule(pair, t, rho):
    """場合分けで書いた更新は、w + ρ(t − y)x と同じである。"""
    w, x = pair
    y = 1 if w @ x > 0 else 0
    np.testing.assert_array_equal(perceptron.update(w, x, t, rho), w + rho * (t - y) * x)


@given(vectors, st.sampled_from([-1, 1]))
def test_update_descends_the_perceptron_criterion(pair, s):
    """符号の外れた点では、更新は規準 max(0, −s wᵀx) を自動微分で下る 1 歩と同じである。"""
    w, x = pair
    if s * (w @ x) >= 0:
        return
    weight = torch.tensor(w, requires_grad=True)
    torch.relu(-s * (weight @ torch.tensor(x))).backward()
    np.testing.assert_array_equal(perceptron.update(w, x, (s + 1) // 2, 0.5), w - 0.5 * weight.grad.numpy())


@given(vectors)
def test_a_correct_point_moves_nothing(pair):
    """当たった点では重みは動かない。"""
    w, x = pair
    np.testing.assert_array_equal(perceptron.update(w, x, perceptron.output(w, x)), w)


@pytest.mark.parametrize("name", SEPARABLE)
def test_signed_labels_learn_the_same_path(name):
    """正解を ±1 に移し、符号で外れを判定しても、重みの動きは変わらない。"""
    w, path = np.zeros(3), [np.zeros(3)]
    signs = 2 * np.array(TARGETS[name]) - 1
    for _ in range(10):
        for x, s in zip(bias_w0.augment(POINTS), signs, strict=True):
            if (1 if w @ x > 0 else -1) != s:
                w = w + s * x
                path.append(w)
    np.testing.assert_array_equal(path, perceptron.learn(name).path)


def test_opposite_labels_mirror_only_with_the_opposite_convention():
    """正解を逆にした学習は、0 での答えも逆にすれば鏡に映したように進み、そうしなければ進まない。"""
    and_path, nand_path = perceptron.learn("AND").path, perceptron.learn("NAND").path
    assert len(and_path) != len(nand_path)
    w, path = np.zeros(3), [np.zeros(3)]
    for _ in range(10):
        for x, t in zip(bias_w0.augment(POINTS), TARGETS["NAND"], strict=True):
            if (w @ x >= 0) != t:
                w = w + x if t else w - x
                path.append(w)
    np.testing.assert_array_equal(path, -and_path)


def test_zero_is_not_fired():
    """重み付き和がちょうど 0 のとき、出力は 0 である。"""
    assert perceptron.output([0, 0, 0], [1, 1, 1]) == 0
    assert perceptron.output([-2, 2, 1], [1, 1, 0]) == 0


def test_learned_and_boundary_touches_a_point():
    """AND の最後の境界線は点 (1,0) を通り、余裕が最大の線はそこから 0.3536 離れている。"""
    w = perceptron.learn("AND").w
    assert bias_w0.hyperplane_distance(w[1:], w[0], [1, 0]) == 0
    assert bias_w0.hyperplane_distance([1, 1], -1.5, [1, 0]) == pytest.approx(np.sqrt(2) / 4)


def test_bound_is_a_comparison():
    """上限ちょうどの回数は収まり、1 回でも多ければ収まらない。"""
    assert perceptron.within_bound(4, 2.0, 1.0)
    assert not perceptron.within_bound(5, 2.0, 1.0)


def test_far_point_raises_the_bound():
    """原点から遠い点を 1 つ足すと、上限は大きくなる。"""
    X, t = np.r_[POINTS, [[5.0, 5.0]]], [*TARGETS["AND"], 1]
    assert perceptron.novikoff_bound(X, t) > 51


def test_hand_calculation_of_nand():
    """NAND の最初の一巡では、1 番目と 4 番目の点を間違える。"""
    rows = perceptron.steps_table("NAND", 4)[1]
    assert [row[3:5] for row in rows] == [(0, 1), (1, 1), (1, 1), (1, 0)]
    assert [row[5] for row in rows] == ["(1, 0, 0)", "そのまま", "そのまま", "(0, −1, −1)"]


def test_table_marks_the_endless_one():
    """表では、止まらない関数に重みも上限も書かない。"""
    rows = perceptron.learning_table("OR", "XOR")[1]
    assert rows[0][1:] == ("(0, 1, 1)", "1, 2, 1, 0", 4, 27)
    assert rows[1][1:] == ("止まらない", "2, 3, 4, 4, 4, 4, …", 397, "なし")


def test_bad_answers_and_shapes_are_refused():
    """0 と 1 でない正解や、長さの合わない正解は、受け取ったものを示して断る。"""
    with pytest.raises(ValueError, match="t = -1"):
        perceptron.update(np.zeros(2), np.ones(2), -1)
    with pytest.raises(ValueError, match=r"\(3,\)"):
        perceptron.fit(POINTS, [0, 1, 1])


def test_steps_replay_the_learning():
    """1 点ずつの記録は、学習の記録と同じ重みを順に通り、同じ重みで終わる。"""
    rows = [tuple(row["w"]) for row in perceptron.steps()]
    changed = [w for before, w in itertools.pairwise(rows) if w != before]
    assert changed == [tuple(w) for w in perceptron.learn("AND").path[1:]]
    assert sum("外れ" in row["text"] for row in perceptron.steps()) == perceptron.learn("AND").updates


@given(st.floats(-2, 2), arrays(float, 3, elements=st.floats(-3, 3).filter(lambda v: abs(v) > 0.01)))
def test_line_is_where_the_sum_vanishes(p, w):
    """境界線の上では、重み付き和が 0 になる。"""
    assert np.dot(w, [1, p, perceptron.line(p, w)]) == pytest.approx(0, abs=1e-9)
