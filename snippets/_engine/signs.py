"""多項式の符号。文字の符号から分かることだけを答え、分からなければ、ありうる符号をすべて挙げる。

どの項も同じ符号か、因子の符号が決まるか、一つの文字の多項式で根がないか、e^u − e^v の形（u − v と同じ符号）か。
"""

import flint

NEGATIVE, ZERO, POSITIVE = frozenset({-1}), frozenset({0}), frozenset({1})
REAL, NONZERO = frozenset({-1, 0, 1}), frozenset({-1, 1})
NONNEGATIVE, NONPOSITIVE = frozenset({0, 1}), frozenset({-1, 0})
_ROOTS = 40  # 根を調べる一変数の多項式の次数の上限


def possible(field, polynomial):
    """多項式のありうる符号。"""
    found = _of_terms(field, polynomial)
    if len(found) == 1:
        return found
    constant, factors = polynomial.factor()
    result = POSITIVE if constant > 0 else NEGATIVE
    for factor, power in factors:
        result = product(result, _power(_of_factor(field, factor), power))
    return result & found


def undecided(field, polynomial):
    """符号を決めかねている、最も短い因子。e^u − e^v なら u − v。"""
    loose = [f for f, _ in polynomial.factor()[1] if len(_of_factor(field, f)) > 1]
    worst = min(loose, key=len)
    exponent = _exponent(field, worst)
    return undecided(field, exponent) if exponent is not None else worst


def _of_factor(field, factor):
    found = _of_terms(field, factor)
    if found != REAL:
        return found
    exponent = _exponent(field, factor)
    return _of_roots(field, factor) if exponent is None else possible(field, exponent)


def _of_roots(field, factor):
    """一つの文字の多項式なら、実根がなければ符号は変わらない。"""
    degrees = factor.degrees()
    used = [k for k, degree in enumerate(degrees) if degree]
    if len(used) != 1 or degrees[used[0]] > _ROOTS:
        return REAL
    coefficients = [flint.fmpq(0)] * (degrees[used[0]] + 1)
    for exponents, coefficient in factor.to_dict().items():
        coefficients[exponents[used[0]]] = coefficient
    real = [root.real for root, _ in flint.fmpq_poly(coefficients).numer().complex_roots() if root.imag.contains(0)]
    positive = field.signs[used[0]] == POSITIVE
    if real and not (positive and all(root < 0 for root in real)):
        return REAL
    return POSITIVE if sum(coefficients) > 0 else NEGATIVE


def _of_terms(field, polynomial):
    """どの項も同じ符号なら、和もその符号。"""
    terms = [_of_term(field, *term) for term in polynomial.to_dict().items()]
    for side in (NONNEGATIVE, NONPOSITIVE):
        if all(term <= side for term in terms):
            return side - ZERO if any(0 not in term for term in terms) else ZERO if not terms else side
    return REAL


def _of_term(field, exponents, coefficient):
    signs = POSITIVE if coefficient > 0 else NEGATIVE
    for letter, power in zip(field.signs, exponents, strict=False):
        signs = product(signs, _power(letter, power)) if power else signs
    return signs


def _exponent(field, factor):
    """e^u − e^v の形なら u − v に当たる、同じ符号の多項式。"""
    if len(factor) != 2 or sum(factor.coeffs()) != 0 or abs(factor.coeffs()[0]) != 1:
        return None
    result = field.constant(0)
    for exponents, coefficient in factor.to_dict().items():
        for k, power in enumerate(exponents):
            if power:
                name, arguments = field.arguments.get(k, ("", ()))
                if name != "exp":
                    return None
                result += arguments[0] * int(power) * int(coefficient.p)
    return result.numerator * result.denominator


def product(a, b):
    """積のありうる符号。"""
    return frozenset(x * y for x in a for y in b)


def _power(signs, exponent):
    return frozenset(x**exponent for x in signs)
