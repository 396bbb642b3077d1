"""オプティマイザの性質。照合の相手は torch.optim と、その学習率スケジューラ、固有値。"""

import functools
import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets.learning import _optimizer_runs as runs
from snippets.learning import gradient_descent, optimizers

positive = st.floats(0.01, 100)
START = np.array([1.0, -0.5, 2.0])


def loss(w):
    """座標軸にそろっていない、底の浅い谷。"""
    return torch.sum(torch.tensor([1.0, 5.0, 0.2]) * w**2) / 2 + torch.sin(w.sum())


def torch_path(optimizer, steps=50, **settings):
    w = torch.tensor(START, requires_grad=True)
    chosen, path = optimizer([w], **settings), [START]
    for _ in range(steps):
        chosen.zero_grad()
        loss(w).backward()
        chosen.step()
        path.append(w.detach().numpy().copy())
    return np.stack(path)


@pytest.mark.parametrize(
    ("step", "optimizer", "settings"),
    [
        (functools.partial(optimizers.sgd, rho=0.05), torch.optim.SGD, {"lr": 0.05}),
        (functools.partial(optimizers.momentum, rho=0.05, mu=0.9), torch.optim.SGD, {"lr": 0.05, "momentum": 0.9}),
        (
            functools.partial(optimizers.nesterov, rho=0.05, mu=0.9),
            torch.optim.SGD,
            {"lr": 0.05, "momentum": 0.9, "nesterov": True},
        ),
        (functools.partial(optimizers.rmsprop, rho=0.01), torch.optim.RMSprop, {"lr": 0.01}),
        (functools.partial(optimizers.adam, rho=0.1), torch.optim.Adam, {"lr": 0.1}),
        (functools.partial(optimizers.adamw, rho=0.1, delta=0.2), torch.optim.AdamW, {"lr": 0.1, "weight_decay": 0.2}),
        (
            lambda w, state, g: optimizers.adam(w, state, optimizers.add_decay(g, w, 0.2), 0.1),
            torch.optim.Adam,
            {"lr": 0.1, "weight_decay": 0.2},
        ),
    ],
    ids=["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", "adam-l2"],
)
def test_fifty_steps_agree_with_torch(step, optimizer, settings):
    """どの方法も、50 歩の道すじが torch.optim と一致する。"""
    path = runs.descend(step, lambda w: gradient_descent.gradient(loss, w), START, 50)
    assert path == pytest.approx(torch_path(optimizer, **settings), abs=1e-9)
    assert np.abs(path[-1] - START).max() > 0.1


@pytest.mark.parametrize("step", [optimizers.sgd, optimizers.rmsprop, optimizers.adam, optimizers.adamw])
def test_steps_do_not_change_their_inputs(step):
    """同じ重みと状態と勾配から 2 度進むと、同じところに着く。"""
    g = np.array([1.0, -2.0, 0.5])
    w, state = step(START, None, g, rho=0.1)
    first, second = (step(w, state, g, rho=0.1)[0] for _ in range(2))
    assert np.array_equal(first, second) and not np.array_equal(first, w)


@given(st.floats(1e-3, 1e6), st.sampled_from([-1, 1]))
def test_first_step_of_adam_is_the_rate(size, sign):
    """Adam の最初の 1 歩は、勾配の大きさによらず、ちょうど学習率の大きさである。"""
    moved, _ = optimizers.adam(np.zeros(1), None, np.array([sign * size]), 0.01)
    assert moved[0] == pytest.approx(-0.01 * sign, rel=2e-5)


@given(positive, positive, st.floats(0.0001, 0.5))
def test_no_rate_beats_the_best_one(a, b, rho):
    """学習率をどう選んでも、2 つの向きの遅いほうの倍率は、いちばん速い学習率より小さくならない。"""
    best = optimizers.best_rate(max(a, b), min(a, b))
    kappa = optimizers.condition(max(a, b), min(a, b))
    worst = max(abs(1 - best * a), abs(1 - best * b))
    assert worst == pytest.approx((kappa - 1) / (kappa + 1), abs=1e-12)
    assert max(abs(1 - rho * a), abs(1 - rho * b)) >= worst - 1e-12


@given(st.floats(-1, 5), st.floats(0.01, 0.99))
def test_radius_is_the_spectral_radius(product, mu):
    """1 歩あたりの倍率は、(速度, 重み) を動かす行列の固有値の最大の絶対値である。"""
    matrix = np.array([[mu, product], [-mu, 1 - product]])  # 速度に学習率をかけて測ったもの
    assert optimizers.radius(product, 1.0, mu) == pytest.approx(np.abs(np.linalg.eigvals(matrix)).max(), abs=1e-6)


@given(st.floats(-1, 5), st.floats(0.01, 0.99))
def test_stability_is_a_radius_below_one(product, mu):
    """底へ近づくという条件は、1 歩あたりの倍率が 1 より小さいことと同じである。"""
    radius = optimizers.radius(product, 1.0, mu)
    assert optimizers.is_stable(product, 1.0, mu) is (radius < 1) or radius == pytest.approx(1, abs=1e-12)


def test_best_momentum_is_the_best_on_a_grid():
    """条件数 25 の谷では、格子の上のどの学習率と係数も、理論上の最速より速くない。"""
    rho, mu = optimizers.best_momentum(25, 1)

    def worst(rate, beta):
        return max(optimizers.radius(rate, 1.0, beta), optimizers.radius(rate, 25.0, beta))

    best = worst(rho, mu)
    assert best == pytest.approx(2 / 3, abs=1e-7)
    grid = itertools.product(np.linspace(0.01, 0.16, 60), np.linspace(0, 0.95, 60))
    assert min(worst(*point) for point in grid) >= best - 1e-9


@pytest.mark.parametrize(("rho", "shrinks"), [(0.151, True), (0.153, False)])
def test_momentum_widens_the_limit(rho, shrinks):
    """係数 0.9 では、曲がり方 25 の向きの限界が 0.08 から 0.152 に広がる。"""
    assert optimizers.is_stable(rho, 25, 0.9) is shrinks
    step = functools.partial(optimizers.momentum, rho=rho, mu=0.9)
    path = runs.descend(step, lambda w: 25 * w, np.array([1.0]), 3000)
    assert bool(abs(path[-1, 0]) < 1e-3) is shrinks


def test_numbers_on_the_bowl():
    """100 歩あとの誤差は、勾配降下法 1.4×10⁻⁴、モメンタム 6.6×10⁻¹⁶、Adam 1.1×10⁻⁴ である。"""
    errors = {name: runs.bowl_errors(step)[-1] for name, step in optimizers.METHODS.items()}
    assert errors["勾配降下法"] == pytest.approx(1.4e-4, rel=0.03)
    assert errors["モメンタム"] == pytest.approx(6.6e-16, rel=0.01)
    assert errors["Adam"] == pytest.approx(1.1e-4, rel=0.03)
    assert errors["ネステロフ"] < errors["モメンタム"]


def test_rotation_only_hurts_the_axiswise_methods():
    """谷を回しても勾配降下法とモメンタムの誤差は変わらず、RMSProp は 90 歩台になり、Adam は届かない。"""
    rows = {row[0]: row[1:] for row in optimizers.results()[1]}
    for name in ("勾配降下法", "モメンタム", "ネステロフ"):
        steps, error, turned_steps, turned = rows[name]
        assert steps == turned_steps and turned == pytest.approx(error, rel=1e-9)
    assert rows["RMSProp"][0] == "8" and 90 <= int(rows["RMSProp"][2]) < 100
    assert rows["Adam"][2] == "届かない"


def test_adam_overshoots_on_the_bowl():
    """Adam の誤差は 11 歩目に初めて 0.001 を切り、そのあと一度は 100 倍以上に戻る。"""
    errors = runs.bowl_errors(optimizers.METHODS["Adam"])
    assert np.argmax(errors < 1e-3) == 11 and errors[12:].max() > 100 * errors[11]


def test_axiswise_methods_follow_the_diagonal():
    """座標軸にそろった谷では、RMSProp と Adam の 2 つの成分は同じ値のまま進む。"""
    for name in ("RMSProp", "Adam"):
        path = runs.descend(optimizers.METHODS[name], runs.bowl_slope, np.ones(2), 40)
        assert path[:, 0] == pytest.approx(path[:, 1], abs=1e-6)


def test_lookahead_is_the_paper():
    """PyTorch の重みは、Sutskever らの手順で先読みした点と、30 歩ずっと一致する。"""
    rho, mu, theta, u = 0.03, 0.9, START.copy(), np.zeros(3)
    path = runs.descend(
        functools.partial(optimizers.nesterov, rho=rho, mu=mu),
        lambda w: gradient_descent.gradient(loss, w),
        START,
        30,
    )
    for w in path:
        assert w == pytest.approx(theta + mu * u, abs=1e-12)
        u = mu * u - rho * gradient_descent.gradient(loss, theta + mu * u)
        theta = theta + u


def test_bias_correction_recovers_a_constant():
    """勾配がずっと同じなら、補正した平均は 1 歩目から勾配そのものになる。"""
    state, g = None, np.array([2.0, -3.0])
    for t in range(1, 30):
        _, state = optimizers.adam(np.zeros(2), state, g, 0.1)
        m_hat, s_hat = optimizers.corrected(*state[:2], 0.9, 0.999, t)
        assert m_hat == pytest.approx(g, rel=1e-12) and s_hat == pytest.approx(g**2, rel=1e-11)


def test_correction_needs_a_step():
    """0 歩目では補正できない。"""
    with pytest.raises(ValueError, match="t = 0"):
        optimizers.corrected(1.0, 1.0, 0.9, 0.999, 0)


def test_uncorrected_steps_are_too_large():
    """補正しない歩幅は、1 歩目で √10 倍、いちばん大きいのは 12 歩目で、100 歩目でも 3 倍近い。"""
    assert optimizers.first_ratio(1) == pytest.approx(math.sqrt(10))
    ratios = optimizers.first_ratio(np.arange(1, 10001))
    assert np.argmax(ratios) + 1 == 12
    assert 2.5 < ratios[99] < 3.5 and ratios[-1] == pytest.approx(1, abs=1e-4)


def test_defaults_are_those_of_torch():
    """初めの設定は torch.optim.Adam と同じで、学習率 0.001 の最初の 1 歩は 0.001 である。"""
    defaults = torch.optim.Adam([torch.zeros(1)]).defaults
    names = dict(zip(("beta_1", "beta_2"), defaults["betas"], strict=True)) | {"epsilon": defaults["eps"]}
    assert names == {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8} and defaults["lr"] == 0.001
    w, g = np.ones(2), np.array([5.0, -0.1])
    assert np.array_equal(optimizers.adam(w, None, g, 0.001)[0], optimizers.adam(w, None, g, 0.001, **names)[0])


def test_noise_of_the_average():
    """β = 0.9 の平均は、雑音の分散をおよそ 1/19 にする。"""
    noise = np.random.default_rng(0).normal(size=(100, 20000))
    m = functools.reduce(lambda m, g: optimizers.first_moment(m, g, 0.9), noise, np.zeros(20000))
    assert 1 / m.var() == pytest.approx(19, rel=0.03)


def test_coupled_decay_is_divided_away():
    """勾配に混ぜた減衰は Adam の 1 歩を変えず、切り離した減衰は学習率 × 強さの分だけ縮める。"""
    for delta, coupled, separate in optimizers.decays()[1]:
        assert coupled == pytest.approx(0.01, rel=2e-5)
        assert separate == pytest.approx(0.01 + 0.01 * float(delta), rel=2e-5)


def schedule(make, steps, rate=0.5):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
    scheduler, rates = make(optimizer), []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def test_schedules_agree_with_torch():
    """段階とコサインは、StepLR と CosineAnnealingLR に一致する。"""
    lr = torch.optim.lr_scheduler
    steps = schedule(lambda o: lr.StepLR(o, step_size=7, gamma=0.3), 40)
    assert [optimizers.step_rate(0.5, 0.3, 7, k) for k in range(40)] == pytest.approx(steps, rel=1e-12)
    cosine = schedule(lambda o: lr.CosineAnnealingLR(o, T_max=40, eta_min=0.02), 41)
    assert [optimizers.cosine_rate(0.5, 0.02, k, 40) for k in range(41)] == pytest.approx(cosine, rel=1e-9)


def test_warmup_agrees_with_chained_linear_schedules():
    """準備つき直線は、LinearLR を 2 本つないだものに、最初の 0 を除いて一致する。"""
    lr, total, warm = torch.optim.lr_scheduler, 40, 8
    up = schedule(lambda o: lr.LinearLR(o, start_factor=1 / warm, end_factor=1, total_iters=warm - 1), warm)
    down = schedule(lambda o: lr.LinearLR(o, start_factor=1, end_factor=0, total_iters=total - warm), total - warm + 1)
    ours = [optimizers.warmup_rate(0.5, k, warm, total) for k in range(total + 1)]
    assert ours[0] == 0 and ours[1:] == pytest.approx(up + down[1:], abs=1e-9)


def test_adam_drifts_the_wrong_way():
    """勾配が 3, −1, −1 と続くとき、Adam は 1 へ、勾配降下法と AMSGrad は −1 へ動く。"""
    ends = {rule: runs.periodic(rule)[-3:].mean() for rule in ("sgd", "adam", "amsgrad")}
    assert ends["adam"] > 0.9 and ends["sgd"] < -0.9 and ends["amsgrad"] < -0.9
    best = min(np.linspace(-1, 1, 201), key=lambda w: (3 - 1 - 1) * w)
    assert best == -1


def test_moves_of_the_counterexample():
    """落ち着いたあとの 3 歩は、3 歩で元に戻る 2 乗の平均から決まる値に等しく、合計は右向きである。"""
    b = 0.1
    s = np.linalg.solve([[1, 0, -b], [-b, 1, 0], [0, -b, 1]], (1 - b) * np.array([9, 1, 1]))
    moves = runs.periodic_moves()
    assert moves == pytest.approx([-3, 1, 1] / np.sqrt(s), rel=1e-12)
    assert sum(moves) > 0.5


def test_exercise_numbers():
    """10 歩目の速度は 1 − 0.9¹⁰ の 10 倍、2 歩目の平均は 0.38 で補正すると 2、コサインの半分は真ん中。"""
    assert optimizers.unrolled(dict.fromkeys(range(1, 11), 1.0), 0.9, 10) == pytest.approx(10 * (1 - 0.9**10))
    m = optimizers.weighted_sum({1: 2.0, 2: 2.0}, 0.9, 2)
    assert m == pytest.approx(0.38)
    assert optimizers.corrected(m, 1.0, 0.9, 0.999, 2)[0] == pytest.approx(2)
    assert optimizers.cosine_rate(0.7, 0.1, 20, 40) == pytest.approx(0.4)
    step = functools.partial(optimizers.adam, rho=0.001)
    path = runs.descend(step, lambda w: np.array([123.0]), np.array([1.0]), 1000)
    assert path[-1, 0] == pytest.approx(0, abs=1e-6)


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=2), st.lists(positive, min_size=2, max_size=2))
def test_bowl_slope_is_the_gradient(w, curvature):
    """谷の勾配は、高さの自動微分に等しい。"""
    leaf = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    (torch.tensor(curvature, dtype=torch.float64) * leaf**2 / 2).sum().backward()
    np.testing.assert_allclose(optimizers.bowl_slope(w, curvature), leaf.grad.numpy(), rtol=1e-13, atol=1e-13)
