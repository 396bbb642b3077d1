"""注意機構の性質。式との照合は tests/test_formulas.py が行う。"""

import numpy as np
import pytest
import scipy.spatial
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from snippets.language import attention as topic
from snippets.output.one_hot import softmax

shapes = st.tuples(*(st.integers(1, 6) for _ in range(4)), st.integers(0, 10**6))


def draw(m, n, d, r, seed):
    """乱数の問い、見出し、中身。"""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(m, d)), rng.normal(size=(n, d)), rng.normal(size=(n, r))


@settings(deadline=None)
@given(shapes)
def test_agrees_with_torch(shape):
    """PyTorch の scaled_dot_product_attention と一致する。"""
    Q, K, V = draw(*shape)
    theirs = F.scaled_dot_product_attention(*(torch.tensor(a) for a in (Q, K, V)))
    np.testing.assert_allclose(topic.attention(Q, K, V), theirs.numpy(), rtol=1e-10, atol=1e-12)


@settings(deadline=None)
@given(shapes)
def test_masks_agree_with_torch(shape):
    """乱数のマスクでも、因果マスクでも、PyTorch と一致する。"""
    m, n, d, r, seed = shape
    Q, K, V = draw(m, n, d, r, seed)
    mask = np.random.default_rng(seed + 1).random((m, n)) < 0.5
    mask[:, 0] = True
    tensors = [torch.tensor(a) for a in (Q, K, V)]
    theirs = F.scaled_dot_product_attention(*tensors, attn_mask=torch.tensor(mask))
    np.testing.assert_allclose(topic.attention(Q, K, V, mask), theirs.numpy(), rtol=1e-10, atol=1e-12)
    causal = F.scaled_dot_product_attention(tensors[1], tensors[1], tensors[2], is_causal=True)
    ours = topic.attention(K, K, V, np.tri(n, dtype=bool))
    np.testing.assert_allclose(ours, causal.numpy(), rtol=1e-10, atol=1e-12)
    S = K @ K.T / np.sqrt(d)
    np.testing.assert_allclose(topic.causal_weights(S) @ V, ours, rtol=1e-10, atol=1e-12)


@given(shapes)
def test_rows_of_the_weights_add_up_to_one(shape):
    """重みはどれも正で、どの行も足すと 1 になる。"""
    Q, K, _ = draw(*shape)
    p = topic.attention_weights(Q, K)
    assert np.all(p > 0)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-14)


@given(shapes)
def test_one_question_is_one_row(shape):
    """1 つの問いで引いた結果は、まとめて引いた表の 1 行である。"""
    Q, K, V = draw(*shape)
    np.testing.assert_allclose(topic.lookup(Q[-1], K, V), topic.attention(Q, K, V)[-1], rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("seed", range(5))
def test_output_lies_in_the_convex_hull(seed):
    """出力は、中身を頂点とする三角形分割のどれかの中にある。"""
    Q, K, V = draw(20, 6, 3, 2, seed)
    triangles = scipy.spatial.Delaunay(V)
    assert np.all(triangles.find_simplex(topic.attention(3 * Q, K, V)) >= 0)
    assert triangles.find_simplex(V.max(axis=0) + 1) == -1


@given(shapes)
def test_permuting_the_tokens_permutes_the_outputs(shape):
    """トークンをどう並べかえても、自己注意の出力は同じ順に並べかわる。"""
    _, n, d, r, seed = shape
    Q, K, V = draw(n, n, d, r, seed)
    order = np.random.default_rng(seed).permutation(n)
    np.testing.assert_allclose(
        topic.attention(Q[order], K[order], V[order]), topic.attention(Q, K, V)[order], rtol=1e-10, atol=1e-12
    )


def test_the_rotation_is_a_permutation_of_three():
    """ページの置換行列は、行を 1 つずつ回し、3 回でもとに戻る。"""
    x = np.arange(3.0)
    np.testing.assert_array_equal(topic.rotation() @ x, [1, 2, 0])
    np.testing.assert_array_equal(np.linalg.matrix_power(topic.rotation(), 3), np.eye(3))


def test_positions_break_the_symmetry():
    """「猫」の出力は、語順を替えても変わらないが、位置を足すと変わる。"""
    _, rows = topic.orders()
    assert rows[0][1] == rows[1][1] and rows[0][2] != rows[1][2]


@given(shapes, st.integers(1, 4))
def test_a_longer_text_does_not_change_the_prefix(shape, extra):
    """因果マスクなら、後ろに何を継ぎ足しても、手前の出力は変わらない。"""
    _, n, d, r, seed = shape
    Q, K, V = draw(n + extra, n + extra, d, r, seed)
    whole = topic.attention(Q, K, V, np.tri(n + extra, dtype=bool))
    np.testing.assert_allclose(
        topic.attention(Q[:n], K[:n], V[:n], np.tri(n, dtype=bool)), whole[:n], rtol=1e-10, atol=1e-12
    )


def test_masking_after_softmax_leaks():
    """softmax のあとで 0 にすると、行の和が 1 より小さくなり、後ろの見出しを変えると手前の出力が変わる。"""
    Q, K, V = draw(4, 4, 3, 2, 0)
    late = topic.attention_weights(Q, K) * np.tri(4)
    assert np.all(late.sum(axis=1)[:-1] < 0.999)
    K[3] += 1
    assert not np.allclose((topic.attention_weights(Q, K) * np.tri(4) @ V)[0], (late @ V)[0], rtol=1e-3)


@given(st.integers(1, 6))
def test_variance_of_a_dot_product_is_the_dimension(d):
    """±1 のベクトルどうしの内積の分散は、次元に等しい。"""
    assert topic.dot_variance(d) == pytest.approx(d, rel=1e-12)


def test_variance_of_gaussian_dot_products():
    """標準正規乱数でも、64 次元の内積の分散は 64 前後で、√d で割ると 1 前後になる。"""
    rng = np.random.default_rng(0)
    q, k = rng.normal(size=(2, 20000, 64))
    assert np.var((q * k).sum(axis=1)) == pytest.approx(64, rel=0.05)
    assert np.var((q * k).sum(axis=1) / 8) == pytest.approx(1, rel=0.05)


@given(st.lists(st.floats(-20, 20), min_size=2, max_size=6))
def test_jacobian_is_symmetric_and_its_rows_cancel(s):
    """微分の表は対称で、行の和は 0、対角は 1/4 を超えない。"""
    table = topic.softmax_jacobian(s)
    np.testing.assert_allclose(table, table.T, atol=1e-15)
    np.testing.assert_allclose(table.sum(axis=1), 0, atol=1e-15)
    assert np.diag(table).max() <= 0.25


def test_large_scores_saturate():
    """割らなければ、256 次元の最大の重みの平均は 0.9 を超え、微分は割ったときの 3 分の 1 より小さい。"""
    (sharp, small), (flat, large) = topic.saturation(256, False), topic.saturation(256, True)
    assert sharp > 0.9 and flat < 0.4 and small < large / 3


def test_scaling_makes_the_weights_independent_of_the_dimension():
    """√d で割れば、最大の重みも微分の大きさも、16 次元から 256 次元まで 1 割と変わらない。"""
    rows = [topic.saturation(d, True) for d in (16, 64, 256)]
    for column in np.transpose(rows):
        assert column.max() < 1.1 * column.min()


def test_saturation_agrees_with_autograd():
    """微分の表の大きさは、PyTorch のヤコビ行列のノルムの平均と一致する。"""
    rng = np.random.default_rng(0)
    q, K = rng.normal(size=(3, 4)), rng.normal(size=(3, 5, 4))
    norms = [np.linalg.norm(topic.softmax_jacobian(K[t] @ q[t] / 2)) for t in range(3)]
    assert topic.saturation(4, True, n=5, trials=3)[1] == pytest.approx(np.mean(norms), rel=1e-12)


def test_toy_sentence_attends_as_described():
    """「が」は「猫」、「を」は「魚」、「た」は「食べ」をいちばん見て、「食べ」は「猫」と「魚」を同じだけ見る。"""
    p = topic.attention_weights(topic.QUERIES, topic.KEYS)
    best = {token: topic.TOKENS[k] for token, k in zip(topic.TOKENS, p.argmax(axis=1), strict=True)}
    assert (best["が"], best["を"], best["た"]) == ("猫", "魚", "食べ")
    assert p[4, 0] == pytest.approx(p[4, 2]) and p[4, 0] > 0.4


@pytest.mark.parametrize("h", [1, 2, 4, 8])
def test_number_of_heads_does_not_change_the_size(h):
    """幅 64 のまま、ヘッドをいくつに分けても、学習する数は 4 × 64² 個である。"""
    assert topic.head_parameters(h, 64 // h) == 4 * 64**2 == 16384


def test_torch_heads_are_separate_attentions():
    """PyTorch のマルチヘッドは、組ごとの注意をつなげ、最後の重みをかけたものである。"""
    torch.manual_seed(0)
    layer = torch.nn.MultiheadAttention(6, 2, bias=False, dtype=torch.float64)
    X = torch.randn(5, 6, dtype=torch.float64)
    Q, K, V = (X @ w.T for w in layer.in_proj_weight.detach().chunk(3))
    heads = [topic.attention(*(a.numpy()[:, cut] for a in (Q, K, V))) for cut in (slice(0, 3), slice(3, 6))]
    ours = np.concatenate(heads, axis=1) @ layer.out_proj.weight.detach().numpy().T
    with torch.no_grad():
        np.testing.assert_allclose(ours, layer(X, X, X)[0].numpy(), rtol=1e-10, atol=1e-12)


def test_cost_is_four_times_for_twice_the_length():
    """文が 2 倍になると、かけ算は 4 倍になる。"""
    assert topic.multiplications(12, 3, 2) == 4 * topic.multiplications(6, 3, 2) == 720


def test_costs_cross_at_twice_the_width():
    """注意と射影は、トークンの数が幅の 2 倍のところで並ぶ。"""
    _, rows = topic.costs()
    assert [(row[0], row[3]) for row in rows] == [("128", "0.083"), ("512", "0.33"), ("1,536", "1"), ("8,192", "5.3")]


def test_one_hot_weights_return_a_row():
    """見出しが直交し、問いを大きくすると、出力は 1 行に近づく。"""
    V = np.arange(12.0).reshape(4, 3)
    np.testing.assert_allclose(topic.lookup(1000 * np.eye(4)[2], np.eye(4), V), topic.embedding(V, 2), rtol=1e-12)


def test_bad_shapes_and_empty_masks_are_refused():
    """次元の合わない問いと、どこも見られない行は断る。"""
    Q, K, V = draw(2, 3, 4, 2, 0)
    with pytest.raises(ValueError, match=r"\(2, 3\) と \(3, 4\)"):
        topic.attention(Q[:, :3], K, V)
    with pytest.raises(ValueError, match="見てよい場所"):
        topic.attention(Q, K, V, np.zeros((2, 3), dtype=bool))


def test_answers_of_the_exercise():
    """零ベクトルの問いは平均を返し、点数 log 3 と 0 の重みは 3/4 と 1/4、最初の重みは 1、層の数は 1,048,576 個。"""
    _, K, V = draw(1, 4, 3, 2, 0)
    np.testing.assert_allclose(topic.lookup(np.zeros(3), K, V), V.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(softmax(np.array([np.log(3), 0])), [0.75, 0.25], rtol=1e-12)
    assert topic.causal_weights(np.ones((3, 3)))[0].tolist() == [1, 0, 0]
    assert topic.head_parameters(8, 64) == 4 * 512**2 == 1048576
    assert topic.head_parameters(12, 64) == topic.head_parameters(1, 768) == 2359296
