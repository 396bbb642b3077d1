"""式の中の記号の場所。どの文字がどの記号で、どの式がその記号を定めたか。

照合が読んだのと同じ字句から取るので、読者の指す記号は、照合の読んだ記号そのものである。
"""

from .declarations import split_names
from .symbols import symbolize
from .tokens import tokenize

OPERATIONS = {
    r"\sum": ("演算", "総和。添字を端から端まで動かして足す"),
    r"\prod": ("演算", "総乗。添字を端から端まで動かして掛ける"),
    r"\odot": ("演算", "要素ごとの積。同じ位置の成分どうしを掛ける"),
    r"\oplus": ("演算", "排他的論理和。片方だけが 1 のとき 1"),
    r"\land": ("演算", "論理積。両方が 1 のとき 1"),
    r"\lor": ("演算", "論理和。少なくとも片方が 1 なら 1"),
    r"\lnot": ("演算", "否定。0 と 1 を入れかえる"),
    r"\leftarrow": ("更新", "右辺の値で、左辺を置きかえる"),
    r"\nabla": ("演算", "勾配。各成分についての偏微分を並べたもの"),
    r"\partial": ("演算", "偏微分。ほかの文字を止めて、その文字だけで微分する"),
    "d": ("演算", "微分"),
    "T": ("演算", "転置。行と列を入れかえる"),
    r"\top": ("演算", "転置。行と列を入れかえる"),
    r"\operatorname*{argmax}": ("演算", "値を最大にする添字"),
    r"\operatorname*{argmin}": ("演算", "値を最小にする添字"),
    r"\exp": ("関数", "指数関数。exp(x) は e の x 乗"),
    r"\log": ("関数", "自然対数。底は e"),
    r"\tanh": ("関数", "双曲線正接関数"),
    r"\sinh": ("関数", "双曲線正弦関数"),
    r"\cosh": ("関数", "双曲線余弦関数"),
    r"\sin": ("関数", "正弦関数。角はラジアン"),
    r"\cos": ("関数", "余弦関数。角はラジアン"),
    r"\max": ("関数", "最大の値"),
    r"\min": ("関数", "最小の値"),
    r"\operatorname{erf}": ("関数", "誤差関数"),
    r"\operatorname{sign}": ("関数", "符号。正なら 1、負なら −1、0 なら 0"),
    r"\operatorname{sgn}": ("関数", "符号。正なら 1、負なら −1、0 なら 0"),
    r"\tan": ("関数", "正接関数。角はラジアン"),
    r"\arctan": ("関数", "正接の逆関数。角はラジアン"),
    r"\arcsin": ("関数", "正弦の逆関数。角はラジアン"),
    r"\arccos": ("関数", "余弦の逆関数。角はラジアン"),
    r"\det": ("関数", "行列式"),
    r"\operatorname{tr}": ("関数", "跡。対角成分の和"),
    r"\operatorname{diag}": ("関数", "ベクトルを対角に並べた行列"),
    "e": ("定数", "自然対数の底。およそ 2.718"),
    r"\pi": ("定数", "円周率。およそ 3.142"),
}


def marks(formula, prepared):
    """[始まり, 終わり, 記号の名, 記号を定めた式のラベル] の並び。位置は Formula.tex の中で数え、重ならない。"""
    symbols, lead = prepared.scope.symbols, len(formula.latex) - len(formula.latex.lstrip())
    found, previous = [], ""
    for token in symbolize(tokenize(formula.latex), symbols):
        if token.kind == "symbol" or _operates(token, previous, formula.latex):
            label = _owner(token.text, prepared, formula) if token.kind == "symbol" else ""
            found.append([token.start - lead, token.end - lead, token.text, label])
        previous = token.text
    return found


def guests(page, formula, prepared):
    """使うページから来た記号の、型と意味。"""
    spellings = [*page.symbols, *page.overrides.get(formula.label, ())]
    own = {name for spelled in spellings for name in split_names(spelled)}
    declared = prepared.scope.symbols.declared()
    return {s.name: [s.text, s.meaning] for s in declared if s.name in prepared.used - own}


def _operates(token, previous, latex):
    """演算の印か。T は肩にあるときだけ転置になる。arg max は二つに分けて組まれることがあり、指せない。"""
    split = latex.startswith(r"\arg", token.start)
    return token.text in OPERATIONS and (token.text != "T" or previous == "^") and not split


def _owner(name, prepared, formula):
    """記号を定めた式のラベル。なければ空。"""
    heads = [statement.head[0] for statement in prepared.statements if statement.kind == "definition"]
    if name in heads:
        return formula.label
    definition = prepared.scope.definitions.get(name)
    return definition.label if definition else ""
