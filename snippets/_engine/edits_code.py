"""構文木の節ごとの書きかえ方。edits が式についてすることを、関数についてする。"""

import ast

_OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
              ast.MatMult: ast.Mult, ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv}  # fmt: skip
_COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
_LIKE = {
    "maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max", "argmax": "argmin", "argmin": "argmax",
    "sum": "prod", "mean": "sum", "exp": "expm1", "expm1": "exp", "log": "log1p", "log1p": "log", "arctanh": "tanh",
    "tanh": "sinh", "sin": "cos", "cos": "sin", "all": "any", "any": "all", "zeros": "ones", "ones": "zeros",
    "zeros_like": "ones_like", "ones_like": "zeros_like", "floor": "ceil", "add": "subtract", "subtract": "add",
    "multiply": "add", "square": "abs", "abs": "sign", "sign": "abs", "logaddexp": "maximum", "dot": "multiply",
    "vdot": "multiply", "outer": "add", "matmul": "multiply", "eye": "ones", "heaviside": "maximum",
}  # fmt: skip
# 値を変えない型の変換。包みを外しても、float64 にそろえた値は同じである
CONVERSIONS = {"float", "int", "bool", "tuple", "list", "array", "asarray", "tensor", "numpy", "astype", "zip"}
_SYMMETRIC = {"maximum", "minimum", "max", "min", "add", "multiply", "vdot", "logaddexp", "array_equal", "isclose"}


def edits(node):
    """節についての (種類, 新しい節) の並び。"""
    rule = _RULES.get(type(node))
    return rule(node) if rule else ()


def called_name(node):
    """呼ぶ関数の名の最後の部分。"""
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _with(node, **changed):
    """一部だけを取りかえた浅い写し。"""
    return type(node)(**{**{name: getattr(node, name, None) for name in node._fields}, **changed})


def _binary(node):
    if other := _OPERATORS.get(type(node.op)):
        yield "演算", _with(node, op=other())
    kind = "項を落とす" if isinstance(node.op, (ast.Add, ast.Sub)) else "因子を落とす"
    yield kind, node.left
    yield kind, node.right
    if isinstance(node.op, (ast.Sub, ast.Div, ast.Pow, ast.MatMult)):
        yield "左右の入れかえ", _with(node, left=node.right, right=node.left)


def _unary(node):
    yield "否定を落とす" if isinstance(node.op, ast.Not) else "符号", node.operand


def _compare(node):
    for k, op in enumerate(node.ops):
        for other in _COMPARISONS[type(op)]:
            yield "比較", _with(node, ops=[*node.ops[:k], other(), *node.ops[k + 1 :]])
    yield "否定を足す", ast.UnaryOp(ast.Not(), node)


def _boolean(node):
    yield "論理", _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for k in range(len(node.values)):
        rest = node.values[:k] + node.values[k + 1 :]
        yield "条件を落とす", rest[0] if len(rest) == 1 else _with(node, values=rest)


def _constant(node):
    if isinstance(node.value, bool):
        yield "真偽", ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield "定数", ast.Constant(node.value + 1)
        yield "定数", _number(node.value - 1)
    elif isinstance(node.value, float):
        yield "定数", ast.Constant(node.value + 1)
        yield "定数", ast.Constant(node.value * 2) if node.value else ast.Constant(0.5)


def _number(value):
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


def _call(node):
    name, args = called_name(node), node.args
    if like := _LIKE.get(name):
        function = node.func
        changed = _with(function, attr=like) if isinstance(function, ast.Attribute) else _with(function, id=like)
        yield "似た関数", _with(node, func=changed)
    if name == "range":
        for k, arg in enumerate(args):
            for op in (ast.Add(), ast.Sub()):
                yield "範囲の端", _with(node, args=[*args[:k], ast.BinOp(arg, op, ast.Constant(1)), *args[k + 1 :]])
    if name not in _SYMMETRIC:
        for k in (k for k in range(name == "where", len(args) - 1) if not _text(args[k])):
            yield "引数の入れかえ", _with(node, args=[*args[:k], args[k + 1], args[k], *args[k + 2 :]])
    if name in CONVERSIONS:
        return
    if len(args) == 1 and not isinstance(args[0], (ast.Starred, ast.GeneratorExp)) and not _text(args[0]):
        yield "包みを落とす", args[0]
    if not args and isinstance(node.func, ast.Attribute):
        yield "包みを落とす", node.func.value
    if name == "where" and len(args) == 3:
        yield "場合を落とす", args[1]
        yield "場合を落とす", args[2]


def _text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _attribute(node):
    if node.attr == "T":
        yield "転置を落とす", node.value


def _subscript(node):
    if isinstance(node.slice, ast.Slice):
        for bound in ("lower", "upper"):
            if part := getattr(node.slice, bound):
                shifted = _with(node.slice, **{bound: ast.BinOp(part, ast.Add(), ast.Constant(1))})
                yield "範囲の端", _with(node, slice=shifted)


def _conditional(node):
    yield "場合の入れかえ", _with(node, body=node.orelse, orelse=node.body)


def _tuple(node):
    for k in range(len(node.elts) - 1):
        swapped = [*node.elts[:k], node.elts[k + 1], node.elts[k], *node.elts[k + 2 :]]
        yield "成分の入れかえ", _with(node, elts=swapped)


def _augmented(node):
    if other := _OPERATORS.get(type(node.op)):
        yield "演算", _with(node, op=other())
    yield "文を落とす", ast.Pass()


def _loop(node):
    yield "繰り返しを落とす", ast.Pass()


def _branch(node):
    yield "条件を否定する", _with(node, test=ast.UnaryOp(ast.Not(), node.test))


_RULES = {
    ast.BinOp: _binary, ast.UnaryOp: _unary, ast.Compare: _compare, ast.BoolOp: _boolean, ast.Constant: _constant,
    ast.Call: _call, ast.Attribute: _attribute, ast.Subscript: _subscript, ast.IfExp: _conditional, ast.Tuple: _tuple,
    ast.AugAssign: _augmented, ast.For: _loop, ast.If: _branch,
}  # fmt: skip
