"""二通りに読める式と知らない書き方は、位置を添えて断られる。"""

import pytest

from snippets._engine import FormulaError
from snippets._engine.check import check
from snippets._engine.page import Formula
from snippets._engine.parser import parse
from snippets._engine.scope import Scope
from snippets._engine.statements import classify, define
from snippets._engine.symbols import Symbols

DECLARED = {
    "x, y, a, c": "R", "n": "2..4", "i, j": "1..n", "v, w": "R^n", "W": "R^{n, n}", r"\sigma, f": "fn",
    "k": "5..n", "TP": "R", "p, q": "bit", r"x_1": "R", "g": "fn abstract",
}  # fmt: skip

# (LaTeX, 誤りの文の一部, 印の付く部分)
UNREADABLE = [
    ("y = u", "宣言されていない文字か、知らない書き方 u", "u"),
    (r"y = \simga(x)", r"もしかして \sigma", r"\simga"),
    (r"y = \log 2x", "関数の引数がどこまでか決まらない", "x"),
    (r"y = \log x \cdot a", "関数の引数がどこまでか決まらない", r"\cdot"),
    (r"y = \sin x \cos a", "関数の引数がどこまでか決まらない", r"\cos"),
    ("y = 1/2x", "分母がどこまでか決まらない", "x"),
    ("y = a/c/x", "分母がどこまでか決まらない", "/"),
    ("y = x_100", "最初の 1 文字だけを添字にする", "100"),
    ("y = e^10", "最初の 1 文字だけを添字にする", "10"),
    (r"y = \frac123", "TeX は最初の 1 文字だけを読む", "123"),
    ("y = TPR", "隣の文字と続いていて", "TP"),
    ("y = aTP", "隣の文字と続いていて", "TP"),
    ("y = x2", "文字のあとの数 2", "2"),
    ("y = |x|a|c|", "縦棒の開きと閉じが決まらない", "|"),
    ("y = |x|-a|c|", "縦棒の開きと閉じが決まらない", "|"),
    ("y = x|a", "ここから先が読めない", "|"),
    (r"y = \|v\|a\|w\|", "縦棒の開きと閉じが決まらない", r"\|"),
    (r"y = \sigma^{-1}(x)", "合成か値の累乗か決まらない", r"\sigma"),
    (r"y = \sigma^2(x)", "合成か値の累乗か決まらない", r"\sigma"),
    (r"y = \log(x)^2", "累乗が引数に付くか", "^"),
    (r"y = \sigma x", "関数に引数の括弧がない", "x"),
    ("y = x'", "ダッシュは関数にだけ付く", "x"),
    ("y = x^2^a", "累乗が重なっている", "^"),
    ("y = v_i^2_j", "添字は一度だけ", "j"),
    ("y = x, x > 0 a", "文字のあとの数", None),
    (r"y = x \quad a", "ここから先が読めない", r"\quad"),
    (r"y = x \approx a", r"知らない書き方 \approx", r"\approx"),
    (r"y = \int x", r"知らない書き方 \int", r"\int"),
    (r"y = \mathbb{E} x", "[ ] で囲む", "x"),
    (r"y = \nabla g(x)", "何についての勾配か分からない", "g"),
    (r"y = \frac{d^2 x}{dx}", "微分の階数が違う", r"\frac{d^2 x}{dx}"),
    (r"y = \frac{d^2 x}{dx^3}", "微分の階数が違う", r"\frac{d^2 x}{dx^3}"),
    (r"y = \frac{d^n x}{dx^n}", "微分の階数は 2 から 9", "n"),
    ("y = 1e-5 x", "10 の累乗か e との積か", "1e-5"),
    ("y = {x + a}c", "波括弧は見えない", "x + a"),
    ("y = {x^a}^c", "波括弧は見えない", "x^a"),
    ("y = x[0]", "角括弧が成分か積か", "["),
    ("y = v[i]", "角括弧が成分か積か", "["),
    (r"y = x + a \bmod 2", "余りがどこまで", None),
    (r"y = x a \bmod 2", "余りがどこまで", None),
    ("y = x!!", "階乗がどこに付くか", "!"),
    ("y = x^n!", "階乗がどこに付くか", None),
    (r"y = \{x, a\}", "集合は読めない", r"\{x, a\}"),
    (r"y = \sum_{i, j \ne i} v_i", "条件の付いた総和の添字は一つ", None),
    (r"y = \sum_{i < j} v_i", "総和などの範囲は", "<"),
    (r"y = x - \cdots - a", r"知らない書き方 \cdots", r"\cdots"),
    (r"y = \underbrace{x}_{a}", "名札は", "a"),
    (r"y := x := a", "ほかの関係は並べられない", None),
    (r"y = \sigma_2(x)", "関数に添字が付いている", r"\sigma"),
    (r"y = \log_2 x a", "関数の引数がどこまでか決まらない", "a"),
    (r"y = \langle v, w, v \rangle", r"\rangle がない", ","),
    (r"y = {\log(x)}^2", "波括弧は見えない", None),
    (r"y = -x \bmod 2", "余りがどこまで", None),
    (r"y = \sin(x, a)", "この関数の引数は一つ", r"\sin(x, a)"),
    ("y = g" + "'" * 4 + "(x)", "ダッシュは三つまで", None),
    (r"y = \sum_{i^2} v_i", "総和などの範囲は", "^"),
    (r"y = \max_i v_i a", "どこまでが範囲か決まらない", "a"),
    (r"y = (p = 1 \text{ and } q = 1 \text{ or } p = 0)", "種類の違う論理の語", None),
    (r"y = x \in [0, 1]", r"ここから先が読めない: \in", r"\in"),
    (r"y = x_{}", "添字は宣言した整数か数", None),
    ("y = " + "{" * 90 + "x" + "}" * 90, "入れ子が深すぎる", None),
    ("y = " + "x + " * 300 + "x", "式が長すぎる", None),
    (r"y = \frac{d}{dx} x a", "どこまでを微分するのか決まらない", "a"),
    (r"y = \prod_{i=1}^{n} x a", "どこまでが範囲か決まらない", "a"),
    (r"y = \sum_{i=1} x", "両方書くか、両方略す", "x"),
    (r"y = \sum_{x=1}^{n} x", "宣言した整数にする", "x"),
    (r"p \land q \lor p = 1", "種類の違う論理記号", "p"),
    (r"p = 1 \land q = 1", "論理記号と関係が並ぶ", r"1 \land q"),
    (r"y = (x + a", ") がない", ""),
    (r"y = (x + a]", ") がない", "]"),
    (r"y = \begin{cases} x \\ a \end{cases}", "値 & 条件", None),
    (r"y = \begin{pmatrix} x & a \end{cases}", "ここには & か", r"\end{cases}"),
    ("y = x + ", "ここに 式の終わり は書けない", ""),
    (r"\sigma'(x) = x", "もとの関数を定める式がいる", r"\sigma'(x)"),
    (r"y = \frac{x}{a}^2", "肩の字がどこまでに付くか決まらない", r"\frac{x}{a}"),
    (r"v^\top^\top", "累乗が重なっている", "^"),
    (r"y = x \sum", "_ がない", ""),
    (r"y = \frac{\partial x}{\partial \frac{a}{c}}", "何について微分するのか", r"\frac{a}{c}"),
    ("y = {x + a} c", "まとまりが読み手に分からない", "x + a"),
    ("y = {x a}^2", "まとまりが読み手に分からない", "x a"),
    ("y = x {-a}", "まとまりが読み手に分からない", "-a"),
    ("y = {x^2}^a", "まとまりが読み手に分からない", "x^2"),
    ("y = x % 2", "読めない文字 %", "%"),
    (r"y = \text{when } x", "知らない書き方", r"\text{when }"),
    ("y \\leftarrow x \\leftarrow a", "ほかの関係は並べられない", None),
    (r"\begin{aligned} &= x \end{aligned}", "最初の行に左辺がない", None),
    (r"\begin{aligned} y &= x \\ + a \end{aligned}", "前の行の続き", "+"),
    (r"y = \left. x \right|", "使えない", r"\left."),
    (r"y = \big| x \big|", "開きと閉じが決まらない", r"\big|"),
    (r"x = v_{i j}", "右辺の添字", None),
]  # fmt: skip


def read(latex):
    scope = Scope(Symbols(DECLARED))
    return [classify(node, scope) for node in parse(latex, scope.symbols)], scope


@pytest.mark.parametrize(("latex", "message", "marked"), UNREADABLE, ids=[row[0] for row in UNREADABLE])
def test_is_refused_with_its_place(latex, message, marked):
    """断りの文は原因を言い、印はその場所に付く。"""
    with pytest.raises(FormulaError) as caught:
        statements, scope = read(latex)
        check(Formula("p", 1, "t", latex), statements, scope, None)
    if message != "文字のあとの数":
        assert message in caught.value.message
    if marked is not None:
        start, end = caught.value.span
        assert latex[start:end].strip("{}") == marked.strip("{}")


# 読めるが、計算すると意味をなさない式
SENSELESS = [
    ("x + v = v + x + W", "和の形が合わない"),
    ("v W = W v", "縦ベクトルと行列の積"),
    ("v w v = v", "どの二つの積か決まらない"),
    ("x^v = x", "配列の累乗"),
    ("v^{-1} = v", "配列の累乗"),
    (r"\frac{x}{v} = x", "配列では割れない"),
    (r"\frac{x}{x} = 1", "分母が 0"),
    (r"\log(x) = \log(x) + 0", "実数にならない"),
    (r"\sqrt{x} = \sqrt{x} + 0", "実数にならない"),
    (r"\sum_{i=1}^{n} v_{i+1} = x", "範囲の外"),
    (r"\sum_{i=0}^{n} v_i = x", "範囲の外"),
    ("x_i = x", "スカラーに添字が 1 個"),
    ("v_1 = W_1", "添字が 1 個付いている"),
    (r"v \odot x = v", r"\odotの形が合わない"),
    (r"v \times w = x", r"\times は数どうし"),
    (r"\lVert x \rVert = x", "ノルムの中は縦ベクトル"),
    (r"\lVert W \rVert_1 = x", "この添字のノルムの中は"),
    (r"\lVert v \rVert_F = x", "この添字のノルムの中は"),
    (r"\lVert v \rVert_0 = x", "ノルムの添字は 1 以上"),
    (r"\det(v) = x", "行列式は正方行列"),
    ("W^{-1} = W", "逆行列がない"),
    ("W^0 = W", "配列の累乗"),
    ("(x + 0.5)! = x", "添字が整数でない"),
    (r"\sqrt[3]{x - 100} = x", "0 以上の数"),
    (r"x \bmod 0 = x", "正の数で割った"),
    (r"\langle v, x \rangle = x", "内積の中は縦ベクトル"),
    (r"\arcsin(x + 9 + x x) = x", "実数にならない"),
    (r"\lvert v \rvert = x", "配列の絶対値"),
    ("x^T = x", "数は転置できない"),
    (r"\max(v, x) = x", "引数が配列"),
    (r"x \land p = p \land x", "論理演算の相手は 0 か 1"),
    (r"\begin{cases} 1 & x < 1 \\ 2 & x \ge 0 \end{cases} = x", "重なる場合の値が食い違う"),
    (r"\begin{cases} 1 & x > 0 \\ 1 & x < 0 \end{cases} = 1", "どの場合にも当てはまらない"),
    (r"\frac{d}{dx} \lvert x \rvert = 1", "微分できない"),
    (r"\frac{d(2w)}{dw} = W", "ベクトルをベクトルで微分"),
    (r"\operatorname*{argmax}_{i} v_i = 1", "一つに決まらない"),
    (r"(v_1, \ldots, v_1) = v", "両隣が同じ"),
    (r"(v_1, \ldots, w_2) = v", "両隣の形が違う"),
    ("(1, v_2, v_4, \\ldots, v_n) = v", "順に数えていない"),
    ("g(x) = f(x)", "f を定める式がない"),
    (r"\frac{dx}{dy} = a", "微分されるものが y によらない"),
    ("x x \\ge x x", "いつも等しい"),
    (r"x \ne x + 1", "≠ は、真偽を返す実装に結んだ条件にだけ使う"),
    (r"x \le x + 1", "等号の成り立つ標本がない"),
    ("x < x + 1 + x x x x", None),
    ("0 < x x + 1", "両辺がどの標本でも離れている"),
    ("0^0 = 1", "0 の 0 乗"),
    ("x + a = x + a", "何も言っていない"),
    ("v_k + 1 = w_k", "一度も比べていない"),
]  # fmt: skip


@pytest.mark.parametrize(("latex", "message"), SENSELESS, ids=[row[0] for row in SENSELESS])
def test_senseless_formula_is_refused(latex, message):
    """形や定義域の合わない式は、値を出さずに断られる。"""
    with pytest.raises(FormulaError) as caught:
        statements, scope = read(latex)
        check(Formula("p", 1, "t", latex), statements, scope, None)
    assert message is None or message in caught.value.message


# 宣言の誤り
UNDECLARABLE = [
    ({"x": "real"}, "型 real が読めない"),
    ({"e": "R"}, "あらかじめ決まった記号"),
    ({"p": "(1, 0)"}, "区間が空"),
    ({"T, P": "R", "TP": "R"}, "積か決まらない"),
    ({"p": "simplex"}, "次元が一ついる"),
    ({"x": "R^n", "n": "1..3", "x_1": "R"}, "x の成分か決まらない"),
    ({"m": "R by _t", "t": "1..3", "m_t": "R"}, "m の成分か決まらない"),
    ({"x, y": "R", "x": "Z"}, "x が二度宣言されている"),
]


@pytest.mark.parametrize(("declared", "message"), UNDECLARABLE, ids=[row[1] for row in UNDECLARABLE])
def test_bad_declaration_is_refused(declared, message):
    """読めない型や、紛らわしい記号は宣言できない。"""
    with pytest.raises(FormulaError, match=message.replace("(", r"\(")):
        Symbols(declared)


def test_definition_needs_code():
    """コロンのラベルに定義を書くと断られる。"""
    statements, scope = read("y = x + 1")
    with pytest.raises(FormulaError, match="定義や値には実装がいる"):
        check(Formula("p", 1, "t:name", "y = x + 1"), statements, scope, None)


def test_counterexample_names_the_sample():
    """反例には、食い違う標本と両辺の値がある。"""
    scope = Scope(Symbols(DECLARED))
    define(classify(parse(r"f(x) = x + 1", scope.symbols)[0], scope), scope, None)
    statements = [classify(node, scope) for node in parse("f(x) = x - 1", scope.symbols)]
    with pytest.raises(FormulaError) as caught:
        check(Formula("p", 1, "t:name", "f(x) = x - 1"), statements, scope, None)
    assert "x = 0 のとき  1  と  −1" in caught.value.message


def test_error_points_into_the_page():
    """誤りは、式の何行目の何文字目かを印で示す。"""
    formula = Formula("docs/a.md", 10, "t", "y\n  = u\n  + x")
    with pytest.raises(FormulaError) as caught:
        read(formula.latex)
    text = str(formula.problem(caught.value))
    assert text.startswith("docs/a.md:11: t\n")
    assert text.endswith("    = u\n      ^")
