"""不等式の包含。有界な区間を箱に分け、どの箱でも、球で計算した両辺が離れていることを確かめる。

そのままの球で決まらなければ、平均値の形 f(m) + Σ f'(X)(X − m) でもう一度包む。
触れあう不等式と恒等式は、この方法では決まらない。
"""

from functools import partial

import flint

from .ball import Ball, Balls, Wide
from .declarations import interval
from .dual import Dual, moving
from .evaluate import Evaluator
from .field import Unprovable
from .proof import HOPELESS, claims, evaluated
from .sampling import Sampler
from .statements import needed

_BOXES = 3000
_BITS = 100
_SEPARATED = {"<": lambda d: d < 0, ">": lambda d: d > 0, "<=": lambda d: d <= 0, ">=": lambda d: d >= 0}


def enclose(statements, scope):
    """包むのに使った箱の数。包めなければ None。"""
    sampler = Sampler(scope.symbols, needed(evaluated(statements), scope))
    moving = [s for s in sampler.reals if s not in sampler.finite]
    sizes = {s.name for s in sampler.integers if s.name in scope.symbols.reached(sampler.needed)}
    scalars = all(s.type.base[0] in "([" and not s.type.dims and not s.type.family for s in moving)
    if sampler.functions or not moving or not scalars or sizes - {*sampler.enumerated}:
        return None
    box = {s.name: interval(s.type.base) for s in moving}
    try:
        with flint.ctx.workprec(_BITS):
            return sum(_cover(partial(_differences, statements, scope), box, known) for known in _finite(sampler))
    except HOPELESS:
        return None


def _finite(sampler):
    """有限の記号の値の組。"""
    for chosen in sampler.combinations:
        known = dict(zip(sampler.enumerated, chosen, strict=True))
        yield {name: value if isinstance(value, int) else Ball(flint.arb(value)) for name, value in known.items()}


def _cover(differences, box, known):
    """box を、関係の決まる小さな箱で覆う。箱の数を返す。"""
    pending, count = [box], 0
    while pending:
        box, count = pending.pop(), count + 1
        if count > _BOXES:
            raise Unprovable("箱が多すぎる")
        for view in (_directly, _by_mean_value):
            try:
                if not all(_SEPARATED[relation](d) for relation, d in view(differences, box, known)):
                    raise Unprovable("成り立たない箱がある")
                break
            except Wide:
                continue
        else:
            pending += _halves(box)
    return count


def _differences(statements, scope, given):
    """[(関係, 左 − 右)]。"""
    found = claims(statements, Evaluator(Balls(), scope, given))
    return [(relation, a - b) for claim in found for relation, a, b in claim()]


def _directly(differences, box, known):
    return differences(known | {name: _ball(*ends) for name, ends in box.items()})


def _by_mean_value(differences, box, known):
    """真ん中の値に、傾きの範囲と幅の積を足した範囲。"""
    whole = known | {name: _ball(*ends) for name, ends in box.items()}
    middle = {name: Ball(whole[name].value.mid()) for name in box}
    result = differences(known | middle)
    for name in box:
        slopes = differences(whole | {name: moving(whole[name])})
        away = whole[name] - middle[name]
        result = [
            (relation, d + slope.slope * away if isinstance(slope, Dual) else d)
            for (relation, d), (_, slope) in zip(result, slopes, strict=True)
        ]
    return result


def _ball(low, high):
    return Ball(flint.arb(low).union(flint.arb(high)))


def _halves(box):
    """いちばん広い辺で二つに割る。"""
    name = max(box, key=lambda n: box[n][1] - box[n][0])
    low, high = box[name]
    middle = (low + high) / 2
    return [box | {name: (low, middle)}, box | {name: (middle, high)}]
