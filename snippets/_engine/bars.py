"""縦棒の開きと閉じ。|x| や \\|x\\| の向きを、隣の字句から決める。

棒は、うしろに因子が来れば開きに、前に因子が来れば閉じになれる。釣りあう組み方がただ一つのときだけ読み、
|a|b|c| のように二つ以上あれば断る。釣りあわない棒は、p(x | y) の区切りとして残る。
"""

from . import FormulaError
from .tokens import Token, starts_factor

_OPENING = {"(", "[", "{", r"\{", r"\lfloor", r"\lceil", r"\langle", r"\lvert", r"\lVert"}
_CLOSING = {")", "]", "}", r"\}", r"\rfloor", r"\rceil", r"\rangle", r"\rvert", r"\rVert"}
_BETWEEN = {"=", "<", ">", r"\le", r"\ge", r"\ne", r"\leftarrow", r"\in", ",", ";", "&", "\\\\"}
_NAMES = {"|": "vert", r"\|": "Vert"}
_MANY = 12


def pair_bars(tokens, is_function):
    """向きの決まった棒を \\lvert と \\rvert、\\lVert と \\rVert に置きかえる。"""
    tokens = list(tokens)
    for bars, in_call in _segments(tokens, is_function):
        if len(bars) > _MANY:
            raise FormulaError("縦棒が多すぎて、開きと閉じが決まらない", tokens[bars[0]].span)
        for units in (_doubled(tokens, bars), [(at, at, tokens[at].text) for at in bars]):
            found = list(_readings(tokens, units, in_call, ()))
            if found:
                break
        if len(found) > 1:
            raise FormulaError("縦棒の開きと閉じが決まらない。\\lvert と \\rvert を使う", tokens[bars[0]].span)
        for (first, last, text), role in zip(units, found[0] if found else (), strict=False):
            token = Token("command", f"\\{role}{_NAMES[text]}", tokens[first].start, tokens[last].end)
            tokens[last], tokens[first] = None, token
    return _merged([token for token in tokens if token])


def _merged(tokens):
    """\\left|\\left| x \\right|\\right| のように、開きも閉じも隣りあう二重の棒は、ノルムの棒である。"""
    result, opened = list(tokens), []
    for at, token in enumerate(tokens):
        if token.text == r"\lvert":
            opened.append((at, None))
        elif token.text == r"\rvert" and opened:
            start, inner = opened.pop()
            if inner == (start + 1, at - 1):
                result[start] = Token("command", r"\lVert", tokens[start].start, tokens[start + 1].end)
                result[at] = Token("command", r"\rVert", tokens[at - 1].start, token.end)
                result[start + 1] = result[at - 1] = None
            elif opened:
                opened[-1] = (opened[-1][0], (start, at))
    return [token for token in result if token]


def _doubled(tokens, bars):
    """隣りあう || を \\| とみなした棒の並び。(始まりの位置, 終わりの位置, 種類)。"""
    units = []
    for at in bars:
        if units and units[-1] == (at - 1, at - 1, "|") and tokens[at].text == "|":
            units[-1] = (at - 1, at, r"\|")
        else:
            units.append((at, at, tokens[at].text))
    return units


def _segments(tokens, is_function):
    """同じ括弧の中で、関係や読点に切られずに並ぶ棒。[(位置の並び, 関数の引数の中か)]。"""
    levels, found = [([], False)], []
    for at, token in enumerate(tokens):
        if token.kind == "symbol":
            continue
        if token.text in _OPENING or token.text.startswith(r"\begin"):
            levels.append(([], token.text != "{" and at > 0 and is_function(tokens[at - 1])))
        elif (token.text in _CLOSING or token.text.startswith(r"\end")) and len(levels) > 1:
            found.append(levels.pop())
        elif token.text in _BETWEEN:
            found.append(levels.pop())
            levels.append(([], found[-1][1]))
        elif token.text in _NAMES:
            levels[-1][0].append(at)
    return [segment for segment in (*found, *levels) if segment[0]]


def _readings(tokens, units, in_call, roles, depth=()):
    """釣りあう向きの並びのすべて。"""
    if len(roles) == len(units):
        if not depth:
            yield roles
        return
    first, last, text = units[len(roles)]
    before, after = tokens[first - 1] if first else None, tokens[last + 1] if last + 1 < len(tokens) else None
    touching = roles and units[len(roles) - 1][1] == first - 1
    ends = roles[-1] == "r" if touching else before is not None and _ends_factor(before)
    opens = after is not None and (starts_factor(after) or (after.text in ("-", *_NAMES) and after.kind != "symbol"))
    if opens and not (in_call and ends):
        yield from _readings(tokens, units, in_call, (*roles, "l"), (*depth, text))
    if ends and depth and depth[-1] == text:
        yield from _readings(tokens, units, in_call, (*roles, "r"), depth[:-1])


def _ends_factor(token):
    """因子の終わりになれる字句か。"""
    if token.kind in ("symbol", "number", "letter", "name"):
        return True
    return token.text in _CLOSING or token.text in ("'", "!", r"\top", r"\infty") or token.text.startswith(r"\end")
