"""60 の式を読み、別に書いた実装と一致することを見る。"""

import inspect

import pytest

from snippets._engine import FormulaError
from snippets._engine.binding import Bound, pass_by_symbol
from snippets._engine.check import check
from snippets._engine.evaluate import Scope
from snippets._engine.mutate import formula_mutants
from snippets._engine.page import Formula
from snippets._engine.parser import parse, parse_arguments
from snippets._engine.statements import classify, define
from snippets._engine.symbols import Symbols
from tests._engine import corpus

# 変異しても意味の変わらない式と、その理由
SAME_VALUE = "\\vdots の前の成分を一つ減らしても、同じ並びになる"
AT_ZERO = "境目の 0 では、どちらの枝も同じ値になるか、標本が 0 にならない"
SQUARED = "差の 2 乗は、引く順によらない"
EQUIVALENT = {
    "s12 拡張": {
        corpus.SEED[11][1].replace("    w_1 \\\\\n", "", 1): SAME_VALUE,
    },
    "s15 横ベクトル": {r"(x_1, \ldots, x_{100})": SAME_VALUE},
    "s16 縦ベクトル": {r"\begin{pmatrix} y_1 \\ \vdots \\ y_{100} \end{pmatrix}": SAME_VALUE},
    "f09 平均二乗誤差": {r"\text{MSE} = \frac{1}{n}\sum_{i=1}^{n} (y_i - \hat{y}_i)^2": SQUARED},
    "f10 連鎖律": {
        r"\frac{\partial E}{\partial w_i} = \frac{\partial E}{\partial b }\frac{\partial z}{\partial w_i}":
        "z と b は同じだけ動くので、E の傾きも同じ",
    },
    "f14 LeakyReLU": {
        r"\text{LeakyReLU}(x) = \begin{cases} x & x \ge  0 \\ \alpha x & \text{otherwise} \end{cases}": AT_ZERO,
    },
    "f25 XOR": {r"x_1 \oplus x_2 = (x_1 \oplus x_2) \land \lnot (x_1 \land x_2)": "同じ真理値表"},
    "f26 AND": {
        r"\text{AND}(x_1, x_2) = \begin{cases} 1 & x_1 + x_2 - 1.5 \ge  0 \\ 0 & \text{otherwise} \end{cases}": AT_ZERO,
    },
    "f30 分散": {r"\sigma^2 = \frac{1}{n}\sum_{i=1}^{n} (\mu - x_i)^2": SQUARED},
    "f35 平行移動": {
        r"\operatorname{softmax}(z - c)_i = \operatorname{softmax}(z)_i": "平行移動で変わらないので、c の符号によらない",
    },
    "f44 ELU": {
        r"\text{ELU}(x) = \begin{cases} x & x \ge  0 \\ \alpha(e^x - 1) & \text{otherwise} \end{cases}": AT_ZERO,
    },
}  # fmt: skip

# 0 かどうか、正かどうか、どれが最大かだけで決まる式では、何倍かしても、そろって動かしても、意味が変わらない
SCALED = {
    "s07 ReLU の導関数": {"x → {1.000001 (x)}", "x → {2 (x)}"},
    "s14 超平面": {
        f"{part} → {{{shape.format(part)}}}"
        for part in ("wx", "w", "x") for shape in ("1.000001 ({})", "2 ({})", "-({})")
    },
    "f14 LeakyReLU": {"x → {1.000001 (x)} (2)", "x → {2 (x)} (2)"},
    "f43 予測": {"y_k → {1.000001 (y_k)}", "y_k → {2 (y_k)}", "y_k → {(y_k) + 1}", "y_k → {(y_k) - 1}"},
    "f44 ELU": {"x → {1.000001 (x)} (2)"},
}  # fmt: skip


def prepare(symbols, before):
    """記号を宣言し、先の式を定めた Scope。"""
    scope = Scope(Symbols(dict(part.split(":", 1) for part in symbols.split(";"))))
    for latex in before:
        for node in parse(latex, scope.symbols):
            define(classify(node, scope), scope, None)
    return scope


def verify(name, latex, symbols, code, arguments, before, count=64):
    """一つの式を照合した Verdict。"""
    scope = prepare(symbols, before)
    statements = [classify(node, scope) for node in parse(latex, scope.symbols)]
    bound = None
    if code:
        left, written = parse_arguments(arguments, scope.symbols)
        nodes = [pass_by_symbol(node, scope.symbols) for node in written]
        parameters = list(inspect.signature(code).parameters)
        bound = Bound(name, code, dict(zip(parameters, nodes, strict=True)), left=left)
    return check(Formula("corpus", 1, name, latex), statements, scope, bound, count=count)


@pytest.mark.parametrize("entry", corpus.CORPUS, ids=[entry[0] for entry in corpus.CORPUS])
def test_agrees_with_independent_code(entry):
    """式は、別に書いた実装と 64 点以上か全数で一致する。"""
    verdict = verify(*entry)
    assert verdict.exhaustive or verdict.points >= 64
    assert (verdict.ulp is None) == (entry[3] is None)


def test_has_all_of_the_notes():
    """原メモの 16 の文と、ほかの 44 の式がそろっている。"""
    assert (len(corpus.SEED), len(corpus.FURTHER)) == (16, 44)


@pytest.mark.parametrize("entry", corpus.CORPUS, ids=[entry[0] for entry in corpus.CORPUS])
def test_every_mutant_dies(entry):
    """一か所だけ書きかえた式は断られる。断られないものは、意味が同じだと書いてある。"""
    name, latex, symbols, code, arguments, before = entry
    label = name if code else f"{name}:"
    survivors = [
        mutant
        for mutant in formula_mutants(label, latex, prepare(symbols, before).symbols)
        if agrees((name, mutant.text, symbols, code, arguments, before))
    ]
    scaled = SCALED.get(name, set())
    assert {mutant.change for mutant in survivors} >= scaled
    assert {mutant.text for mutant in survivors if mutant.change not in scaled} == set(EQUIVALENT.get(name, ()))


def agrees(entry):
    try:
        verify(*entry)
    except FormulaError:
        return False
    return True
