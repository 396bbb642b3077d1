"""数式処理の微分。autodiff が、導関数の式の大きさを数えるために使う。

式は、数、文字 "x"、(演算, 左, 右) の入れ子。演算は和と積。
"""


def derivative(tree):
    """導関数の式。積の微分と和の微分を、そのままくり返す。"""
    if not isinstance(tree, tuple):
        return float(tree == "x")
    operation, left, right = tree
    if operation == "*":
        return join("+", join("*", derivative(left), right), join("*", left, derivative(right)))
    return join("+", derivative(left), derivative(right))


def join(operation, left, right):
    """(演算, 左, 右)。0 を足す、0 か 1 をかける、という無駄だけを省く。"""
    if operation == "*" and 0 in (left, right):
        return 0.0
    unit = 1 if operation == "*" else 0
    return right if left == unit else left if right == unit else (operation, left, right)


def size(tree):
    """式に現れる、数と文字と演算の個数。"""
    return 1 + size(tree[1]) + size(tree[2]) if isinstance(tree, tuple) else 1


def value(tree, x):
    """x を入れた値。"""
    if not isinstance(tree, tuple):
        return x if tree == "x" else tree
    left, right = value(tree[1], x), value(tree[2], x)
    return left * right if tree[0] == "*" else left + right


def logistic(k):
    """y ← 4y(1 − y) を x から k 回くり返した式。"""
    tree = "x"
    for _ in range(k):
        tree = ("*", 4.0, ("*", tree, ("+", 1.0, ("*", -1.0, tree))))
    return tree
