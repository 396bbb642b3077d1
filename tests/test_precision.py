"""浮動小数点の誤差の測り方。正しく丸めた値と、となりの浮動小数点数を手がかりにする。"""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st

from snippets import __main__ as command
from snippets import _precision as topic
from snippets._precision import Comparison, broken, exact_values, halves, line, ulp_error, worthless

finite = st.floats(allow_nan=False, allow_infinity=False)
FORMATS = {  # 最小の数の指数と、最大の数
    np.float16: (-24, 65504.0),
    np.float32: (-149, float(np.finfo(np.float32).max)),
    np.float64: (-1074, np.finfo(float).max),
}


def identity(x):
    return x


def error_of(y, f, x, dtype=np.float64):
    """一点での ULP。"""
    return ulp_error(np.array([y], dtype), exact_values(f, np.array([x])))[0]


@given(finite)
def test_right_value_has_no_error_and_its_neighbours_at_most_one(x):
    """正しい値の誤差は 0 で、外側のとなりは 1 ULP、内側のとなりは 2 のべきのときだけ 1/2 ULP になる。"""
    assert error_of(x, identity, x) == 0
    outside, inside = math.nextafter(x, math.copysign(np.inf, x)), math.nextafter(x, 0)
    if np.isfinite(outside):
        assert error_of(outside, identity, x) == 1
    power = x != 0 and abs(math.frexp(x)[0]) == 0.5 and abs(x) > np.finfo(float).tiny
    assert error_of(inside, identity, x) == (0 if x == 0 else 0.5 if power else 1)


@pytest.mark.parametrize("dtype", FORMATS)
def test_error_agrees_with_fractions(dtype):
    """分数で計算した |y − x| / 間隔と、ぴったり一致する。非正規化数でも、最大の数のそばでも同じ。"""
    smallest, largest = FORMATS[dtype]
    rng = np.random.default_rng(0)
    exact = np.concatenate(
        [rng.normal(size=50), 2.0**smallest * rng.uniform(0.1, 40, 50), largest * rng.uniform(0.9, 1, 50)]
    )
    y = exact.astype(dtype)
    y = np.where(rng.random(150) < 0.5, np.nextafter(y, dtype(0)), y)
    for found, value, x in zip(ulp_error(y, exact_values(identity, exact)), y.tolist(), exact.tolist(), strict=True):
        digits = {np.float16: 11, np.float32: 24, np.float64: 53}[dtype]
        unit = Fraction(2) ** max(math.frexp(x)[1] - digits, smallest)
        assert found == float(abs(Fraction(value) - Fraction(x)) / unit)


@pytest.mark.parametrize("dtype", FORMATS)
def test_correct_rounding_is_within_half(dtype):
    """60 桁の値を丸めたものの誤差は、1/2 ULP を超えない。"""
    x = np.linspace(-60, 60, 997)
    with mpmath.workdps(60):
        right = np.array([float(mpmath.exp(mpmath.mpf(v))) for v in x.tolist()])
    with np.errstate(over="ignore"):
        assert ulp_error(right.astype(dtype), exact_values(lambda v: v.exp(), x)).max() <= 0.5 + 2.0**-40


@pytest.mark.parametrize("dtype", FORMATS)
def test_infinity_is_right_only_beyond_the_largest_number(dtype):
    """無限大が正しいのは、最大の数に半間隔を足したところから先だけ。符号が違えば正しくない。"""
    largest = Fraction(FORMATS[dtype][1])
    half = (largest - Fraction(float(np.nextafter(dtype(FORMATS[dtype][1]), dtype(0))))) / 2
    beyond = exact_values(lambda x: topic.flint.arb(int(largest + half)) * x, np.array([1.0]))
    below = exact_values(lambda x: topic.flint.arb(int(largest + half) - 1) * x, np.array([1.0]))
    up, down = np.array([np.inf], dtype), np.array([-np.inf], dtype)
    assert ulp_error(up, beyond)[0] == 0 and not broken(up, beyond)[0]
    assert ulp_error(down, beyond)[0] == np.inf
    assert ulp_error(up, below)[0] == np.inf and broken(up, below)[0]


def test_nan_is_always_wrong():
    """nan の誤差は ∞ で、1 桁も合わない。"""
    truth = exact_values(identity, np.array([1.0]))
    nan = np.array([np.nan])
    assert ulp_error(nan, truth)[0] == np.inf and broken(nan, truth)[0] and worthless(nan, truth)[0]


def test_worthless_means_an_error_as_large_as_the_value():
    """1 に対する 0 と 2 は 1 桁も合わず、1.9 は合う。値が 0 に丸められるところの 0 は、合っている。"""
    truth = exact_values(identity, np.array([1.0]))
    assert [bool(worthless(np.array([y]), truth)[0]) for y in (0.0, 2.0, 1.9)] == [True, True, False]
    tiny = exact_values(lambda x: x.exp(), np.array([-745.5]))
    assert error_of(0.0, lambda x: x.exp(), -745.5) < 0.5 and not worthless(np.array([0.0]), tiny)[0]


def test_exact_values_widen_until_the_digits_are_right():
    """桁の消える式でも、60 桁を超えて mpmath の値と一致する。"""
    truth = exact_values(lambda x: (1 + x.exp()).log() - x, np.array([600.0]))
    with mpmath.workdps(400):
        right = mpmath.log(1 + mpmath.exp(600)) - 600
        ours = (mpmath.mpf(truth.head[0]) + mpmath.mpf(truth.tail[0])) * mpmath.mpf(2) ** int(truth.exponent[0])
        assert abs(ours / right - 1) < mpmath.mpf(2) ** -104


def test_undefined_value_is_refused():
    """値の定まらない入力は、その入力を示して断る。"""
    with pytest.raises(ValueError, match=r"0\.0 での値が定まらない"):
        exact_values(lambda x: 1 / x, np.array([0.0]))


def test_halves_are_all_the_finite_numbers():
    """float16 の有限な数は 63,488 個で、小さい順に並び、いちばん小さい正の数と最大の数を含む。"""
    every = halves()
    assert len(every) == 63_488 and np.all(np.diff(every.astype(float)) >= 0)
    assert every[-1] == 65504 and np.float16(2.0**-24) in every


def test_line_is_sorted_and_meets_the_neighbours_of_special_points():
    """float64 の標本は、重なりなく小さい順で、特別な点の両どなりの数を含み、reach を出ない。"""
    points = line(0.5, reach=1, spans=(1,))
    assert np.all(np.diff(points) > 0) and np.abs(points).max() == 1
    assert {np.nextafter(0.5, 0), 0.5, np.nextafter(0.5, 1), 0.0, 1e-320} <= set(points.tolist())


STEP = Comparison(
    exact=lambda x: 1 + 0 * x,
    ways={
        "このノートの 1": lambda x: np.ones_like(x),
        "途中から 0": lambda x: np.where(x < np.pi, 1, 0),
        "左は ∞": lambda x: np.where(x < -np.e, np.inf, 1),
    },
    home=0,
    points=line(reach=1e4, spans=(10,)),
)


def test_first_failure_is_found_to_the_last_bit():
    """壊れる境目は、となり合う 2 つの float64 までつめられる。壊れない側は None になる。"""
    assert STEP.edges("このノートの 1") == (None, None)
    assert STEP.edges("途中から 0") == (None, np.pi)
    assert STEP.edges("左は ∞", broken) == (np.nextafter(-np.e, -np.inf), None)
    assert STEP.edges("途中から 0", dtype=np.float16) == (None, float(np.float16(np.pi)))


def test_table_shows_ulp_and_edges():
    """表は、書き方ごとに、最大の ULP と、壊れる境目を並べる。"""
    headers, rows = STEP.table()
    assert len(headers) == 6
    assert rows[0] == ("このノートの 1", "0.00", "なし", "なし", "0.00", "0.00")
    assert rows[1][2:4] == ("なし", "3.141593\N{NO-BREAK SPACE}→")
    assert rows[2][1:4] == ("∞", *["←\N{NO-BREAK SPACE}−2.718282"] * 2)


def test_half_precision_is_computed_in_half_precision():
    """float16 の配列を渡して測る。広い型で計算した値は、正しく丸めた値になる。"""
    kinds = []
    one = Comparison(exact=lambda x: x.exp(), ways={"見る": lambda x: (kinds.append(x.dtype), np.exp(x))[1]}, home=0)
    one.errors("見る", np.float16)
    assert kinds == [np.float16]
    with np.errstate(over="ignore"):
        wide = np.exp(halves().astype(float)).astype(np.float16)
    assert ulp_error(wide, one.truth(np.float16)).max() <= 0.5 + 1e-9


def test_vector_values_count_the_worst_component():
    """値が並びなら、いちばん悪い成分の ULP を数える。"""
    pair = Comparison(
        exact=lambda z: [z[0], z[1]],
        ways={"二つめだけ違う": lambda z: z * [1, 1 + 2.0**-52]},
        home=1,
        points=np.array([1.0, 2.0]),
        inputs=lambda x: np.stack([x, x], axis=-1),
    )
    assert pair.errors("二つめだけ違う", np.float64).tolist() == [1, 1]


def test_flat_peak_of_the_figure_is_the_worst_error():
    """図の線のいちばん高い点は、標本の最大の誤差か、無限大を置く高さである。"""
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    ax.set_xscale("symlog")
    ax.set_xlim(-1e4, 1e4)
    STEP.plot(ax)
    tops = [curve.get_ydata().max() for curve in ax.lines]
    assert tops == [0.1, STEP.errors("途中から 0", np.float64).max(), topic._TOP]
    assert len({(curve.get_linestyle(), curve.get_marker()) for curve in ax.lines}) == 3


def test_scipy_expit_agrees_with_the_definition():
    """定義から求めた 60 桁の値に、SciPy の expit が 4 ULP 以内で並ぶ。"""
    x = np.linspace(-700, 700, 301)
    assert ulp_error(scipy.special.expit(x), exact_values(lambda v: 1 / (1 + (-v).exp()), x)).max() < 4


def test_command_prints_every_table_of_a_topic(monkeypatch, capsys):
    """precision 命令は、話題に置かれた表をすべて、見出しと書き方を添えて並べる。表のない話題は飛ばす。"""
    monkeypatch.setattr(command, "topics", lambda: ["activation.index", "activation.logit"])
    monkeypatch.setenv("COLUMNS", "160")
    assert command.main(["precision"]) in (None, 0)
    text = capsys.readouterr().out
    for title in ("FORMS", "SOFTPLUS_FORMS", "LOSS_FORMS"):
        assert f"activation.logit.{title}" in text
    assert "torch.logit" in text and "F.softplus" in text and "2.3e+15" in text
