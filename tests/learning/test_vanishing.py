"""勾配消失のページに固有の性質。式との照合は tests/test_formulas.py が行う。"""

import math

import numpy as np
import pytest
import scipy.optimize
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets.activation.relu import relu
from snippets.activation.sigmoid import derivative as sigmoid_slope
from snippets.learning import _depth_net
from snippets.learning import vanishing as topic

TORCH = {"シグモイド": torch.sigmoid, "tanh": torch.tanh, "ReLU": torch.relu}


@pytest.mark.parametrize("remedy", ["", "正規化", "残差", "正規化と残差"])
@pytest.mark.parametrize("act", TORCH)
def test_profile_agrees_with_autograd(act, remedy):
    """手で逆向きにたどった層ごとの勾配は、どの手当てでも、PyTorch の自動微分と一致する。"""
    weights, a, t = map(torch.tensor, _depth_net.draw("Xavier", 5, 8, 3))
    weights.requires_grad_()
    for w in weights:
        z = a @ w.T
        if "正規化" in remedy:
            z = torch.nn.functional.layer_norm(z, (8,), eps=0.0)
        a = TORCH[act](z) + ("残差" in remedy) * a
    ((a - t).square().sum(1).mean() / 2).backward()
    expected = torch.linalg.matrix_norm(weights.grad).numpy()
    np.testing.assert_allclose(_depth_net.profile(act, "Xavier", remedy, 5, 8, 3)[0], expected, rtol=1e-9)


@given(st.integers(0, 1000))
def test_delta_is_the_gradient_of_the_preactivation(seed):
    """δ の式で 1 層手前へ送った値は、重み付き和についての自動微分と一致する。"""
    rng = np.random.default_rng(seed)
    W, sent, z = rng.normal(size=(3, 2)), rng.normal(size=3), rng.normal(size=2)
    leaf = torch.tensor(z, requires_grad=True)
    (torch.tensor(sent) @ (torch.tensor(W) @ torch.tanh(leaf))).backward()
    ours = topic.delta(W, sent, z, lambda z: 1 - np.tanh(z) ** 2)
    np.testing.assert_allclose(ours, leaf.grad.numpy(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("seed", range(3))
def test_the_six_curves(seed):
    """シグモイドは 11 桁以上消え、tanh の sd 1 は 4 桁以上爆発し、tanh の Xavier と ReLU の He は 1 桁に収まる。"""
    ratio = {}
    for act, init, _ in topic.CURVES:
        norms = _depth_net.profile(act, init, seed=seed)[0]
        ratio[act, init] = norms[0] / norms[-1]
    assert ratio["シグモイド", "Xavier"] < 1e-11
    assert ratio["tanh", "sd 1"] > 1e4
    assert 0.1 < ratio["tanh", "Xavier"] < 10 and 0.1 < ratio["ReLU", "He"] < 10


def test_relu_shrinks_every_layer_alike():
    """ReLU の入口と出口の勾配の比は、4 通りの初期値で 0.3 から 0.5 にそろい、大きさだけが 20 桁以上違う。"""
    profiles = [_depth_net.profile("ReLU", init)[0] for init in ("He", "Xavier", "nn.Linear", "sd 0.01")]
    assert all(0.3 < norms[0] / norms[-1] < 0.5 for norms in profiles)
    assert profiles[0][0] / profiles[-1][0] > 1e20


def test_relu_signal_with_the_wrong_spread():
    """ReLU の網の出口の出力は、He では 0.5 から 2、Xavier では 1000 分の 1 ほどになる。"""
    he, xavier = (_depth_net.profile("ReLU", init)[1][-1] for init in ("He", "Xavier"))
    assert 0.5 < he < 2 and 0.0005 < xavier < 0.002


def test_tanh_saturates_and_still_explodes():
    """sd 1 の tanh は、出力の 3/4 以上が ±0.9 の外に張りつくのに、勾配は入口へ向かって大きくなる。"""
    values = _depth_net.activations("tanh", "sd 1")
    norms = topic.gradient_profile("tanh", "sd 1")
    assert all((np.abs(layer) > 0.9).mean() > 0.75 for layer in values)
    assert norms[0] > 1e5 * norms[-1]


def test_small_weights_gather_at_zero():
    """sd 0.01 の tanh は、5 層めの出力がどれも 0.001 より小さい。Xavier では 20 層めでも散らばりが残る。"""
    assert np.abs(_depth_net.activations("tanh", "sd 0.01")[4]).max() < 1e-3
    assert _depth_net.activations("tanh", "Xavier")[19].std() > 0.05


def test_table_of_remedies_matches_the_prose():
    """正規化は初期値の間違いを直すがシグモイドは直さず、残差だけでは He が爆発し、両方なら 1 から 1000 に収まる。"""

    def first(act, init, remedy):
        return _depth_net.profile(act, init, remedy)[0][0]

    for act, init in (("tanh", "sd 1"), ("ReLU", "sd 0.01"), ("ReLU", "nn.Linear")):
        assert 1 < first(act, init, "正規化") < 1000
        assert not 1 < first(act, init, "") < 1000
    assert first("シグモイド", "Xavier", "正規化") < 1e-6
    assert first("シグモイド", "Xavier", "残差") > 1
    assert first("ReLU", "He", "残差") > 1e8
    _, rows = topic.remedies()
    assert len(rows) == 5 and all(1 < float(row[-1]) < 1000 for row in rows)


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-30, 30)), min_size=1, max_size=20))
def test_chain_is_the_product(pairs):
    """対数で足した倍率の積は、そのままかけた積と一致し、重みの 1/4 の積を超えない。"""
    w, q = np.array(pairs).T
    product = math.prod(a * float(sigmoid_slope(b)) for a, b in pairs)
    assert topic.chain(w, q) == pytest.approx(product, rel=1e-10, abs=1e-300)
    assert abs(topic.chain(w, q)) <= np.prod(np.abs(w) / 4) * (1 + 1e-10)


def test_no_weight_beats_the_bound():
    """x σ'(x) の最大は 0.2239 で、SciPy の最大化と一致し、9/40 を超えない。"""
    best = scipy.optimize.minimize_scalar(lambda x: -x * sigmoid_slope(x), bounds=(0, 10), method="bounded")
    assert topic.largest_product() == pytest.approx(-best.fun, rel=1e-9)
    assert round(topic.largest_product(), 4) == 0.2239 and topic.largest_product() < 9 / 40


LAWS = {
    "正規": lambda rng, sd, shape: rng.normal(0, sd, shape),
    "一様": lambda rng, sd, shape: rng.uniform(-(3**0.5) * sd, 3**0.5 * sd, shape),
    "符号": lambda rng, sd, shape: sd * rng.choice([-1.0, 1.0], shape),
}


@pytest.mark.parametrize("law", LAWS)
def test_only_the_mean_and_the_variance_matter(law):
    """正規でも一様でも符号だけでも、He の重みは ReLU の出力の 2 乗の平均を 3 % 以内で保つ。"""
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 2, 100)
    outputs = relu(LAWS[law](rng, topic.he(100), (40_000, 100)) @ x)
    assert np.mean(outputs**2) == pytest.approx(np.mean(x**2), rel=0.03)


def test_the_second_moment_not_the_variance():
    """平均が 0 でない入力では、重みとの積の分散は、入力の分散ではなく 2 乗の平均に比例する。"""
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 2, 200_000)
    measured = np.var(rng.normal(0, 3, x.size) * x)
    assert measured == pytest.approx(9 * np.mean(x**2), rel=0.02)
    assert measured > 20 * 9 * np.var(x)


@pytest.mark.parametrize(("n_in", "n_out"), [(300, 500), (512, 64)])
def test_torch_draws_with_our_spread(n_in, n_out):
    """PyTorch の xavier_* と kaiming_* で引いた重みの標準偏差は、このノートの数と 1 % 以内で一致する。"""
    torch.manual_seed(0)
    weight = torch.empty(n_out, n_in, dtype=torch.float64)
    init = torch.nn.init
    for draw, expected in (
        (init.xavier_normal_, topic.xavier(n_in, n_out)),
        (init.xavier_uniform_, topic.xavier(n_in, n_out)),
        (lambda w: init.kaiming_normal_(w, nonlinearity="relu"), topic.he(n_in)),
        (lambda w: init.kaiming_uniform_(w, nonlinearity="relu"), topic.he(n_in)),
        (lambda w: init.kaiming_normal_(w, a=0.3), topic.gain(0.3) / n_in**0.5),
    ):
        assert draw(weight).std().item() == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize(("n_in", "n_out"), [(300, 500), (512, 64)])
def test_torch_uniform_limits(n_in, n_out):
    """xavier_uniform_ の幅は xavier_limit を、nn.Linear の既定の幅は linear_limit を、超えずにほぼ届く。"""
    torch.manual_seed(0)
    xavier = torch.nn.init.xavier_uniform_(torch.empty(n_out, n_in, dtype=torch.float64)).abs().max().item()
    linear = torch.nn.Linear(n_in, n_out, dtype=torch.float64).weight.abs().max().item()
    assert 0.999 < xavier / topic.xavier_limit(n_in, n_out) <= 1
    assert 0.999 < linear / topic.linear_limit(n_in) <= 1
    assert topic.linear_limit(n_in) == pytest.approx(n_in**-0.5, rel=1e-15)


def test_gain_agrees_with_calculate_gain():
    """倍率は torch の calculate_gain と一致し、既定の a = √5 は He の分散の 1/6 になる。"""
    for alpha in (0.0, 0.01, 0.3, 1.0, 5**0.5):
        assert topic.gain(alpha) == pytest.approx(torch.nn.init.calculate_gain("leaky_relu", alpha), rel=1e-14)
    assert topic.gain(0.0) == pytest.approx(torch.nn.init.calculate_gain("relu"), rel=1e-14)
    assert dict(topic.gains()[1])["tanh"] == 5 / 3
    assert (topic.linear_limit(50) ** 2 / 3) / topic.he(50) ** 2 == pytest.approx(1 / 6, rel=1e-14)


def test_bad_sizes_are_refused():
    """0 個の層の初期化は、受け取った大きさを示して断る。"""
    with pytest.raises(ValueError, match=r"1 以上.*0 と 3"):
        topic.xavier(0, 3)


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=8).filter(lambda g: np.linalg.norm(g) > 1e-3),
    st.floats(0.01, 100),
)
def test_clip_agrees_with_torch(g, c):
    """クリッピングは、分母に足す 1e-6 の分を除いて、PyTorch の clip_grad_norm_ と一致する。"""
    leaf = torch.zeros(len(g), dtype=torch.float64, requires_grad=True)
    leaf.grad = torch.tensor(g, dtype=torch.float64)
    torch.nn.utils.clip_grad_norm_([leaf], c)
    np.testing.assert_allclose(topic.clip(g, c), leaf.grad.numpy(), rtol=1.1e-6 / np.linalg.norm(g) + 1e-9)
    assert np.linalg.norm(topic.clip(g, c)) <= c * (1 + 1e-12)


def test_normalize_agrees_with_layer_norm():
    """正規化は、ε を 0 にした PyTorch の層正規化と一致する。"""
    y = np.random.default_rng(0).normal(3, 2, 17)
    expected = torch.nn.functional.layer_norm(torch.tensor(y), (17,), eps=0.0).numpy()
    np.testing.assert_allclose(topic.normalize(y), expected, rtol=1e-12)


def network(value):
    """重みをすべて value、バイアスを 0 にした 3-5-5-1 の tanh の網。"""
    layers = [torch.nn.Linear(3, 5), torch.nn.Tanh(), torch.nn.Linear(5, 5), torch.nn.Tanh(), torch.nn.Linear(5, 1)]
    net = torch.nn.Sequential(*layers).double()
    with torch.no_grad():
        for layer in net[::2]:
            layer.weight.fill_(value)
            layer.bias.zero_()
    return net


def test_equal_weights_stay_equal():
    """同じ値で始めた網は、30 歩学習させても、同じ層のユニットの重みが同じままである。"""
    torch.manual_seed(0)
    x, t = torch.randn(20, 3, dtype=torch.float64), torch.randn(20, 1, dtype=torch.float64)
    net = network(0.3)
    before = net[0].weight.detach().clone()
    for _ in range(30):
        slopes = torch.autograd.grad(((net(x) - t) ** 2).mean(), list(net.parameters()))
        with torch.no_grad():
            for leaf, slope in zip(net.parameters(), slopes, strict=True):
                leaf -= 0.1 * slope
    for layer in (net[0], net[2]):
        rows = layer.weight.detach().numpy()
        np.testing.assert_allclose(rows, np.broadcast_to(rows[:1], rows.shape), rtol=1e-9, atol=1e-12)
    assert not torch.allclose(net[0].weight, before)


def test_zero_weights_send_no_gradient_to_the_hidden_layers():
    """重みが全部 0 なら、隠れ層に届く勾配はちょうど 0 である。"""
    torch.manual_seed(0)
    net = network(0.0)
    ((net(torch.randn(20, 3, dtype=torch.float64)) - 1) ** 2).mean().backward()
    assert not net[0].weight.grad.any() and not net[2].weight.grad.any() and net[4].bias.grad.any()


@pytest.mark.parametrize("sd", [0.1, 1.0, 30.0])
def test_survival_does_not_depend_on_the_spread(sd):
    """幅 4、10 層の ReLU の網を信号が通り抜ける割合は、重みの広がりによらず、式の確率と 2 % 以内で一致する。"""
    rng, runs = np.random.default_rng(0), 20_000
    a = rng.normal(size=(runs, 4, 1))
    for _ in range(10):
        a = relu(rng.normal(0, sd, (runs, 4, 4)) @ a)
    alive = (a > 0).any((1, 2)).mean()
    assert alive == pytest.approx(topic.survival(4, 10), abs=0.02)


def test_answers_of_the_exercise():
    """演習の答えは、9.537e-07 が 2 回、1/16、0.1095、(0.6, 0.8)、72.5 % である。"""
    assert 0.25**10 == 0.5**20 < 1e-6 < 0.5**19
    assert topic.he(512) == pytest.approx(1 / 16, rel=1e-15)
    assert round(topic.xavier_limit(300, 200), 4) == 0.1095 == round((6 / 500) ** 0.5, 4)
    np.testing.assert_allclose(topic.clip([3.0, 4.0], 1.0), [0.6, 0.8], rtol=1e-15)
    assert f"{1 - topic.survival(4, 20):.1%}" == "72.5%"
