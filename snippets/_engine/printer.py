"""木を LaTeX に書く。読みなおすと同じ木になる。

括弧は木の節 group にあるので、足しも引きもしない。
"""

from .calculus import BIG
from .nodes import walk
from .relations import LOGIC, RELATIONS

_SIGN = {value: key for key, value in RELATIONS.items()}
_INFIX = {"add": "+", "subtract": "-", "dot": r"\cdot", "times": r"\times", "divide": "/", "hadamard": r"\odot"}
_INFIX |= {op: sign for sign, op in LOGIC.items()}
_BIG = {op: sign for sign, op in BIG.items()}
_TALL = {"fraction", "big", "matrix", "cases", "derivative"}


def write(statements, symbols):
    """文の並びの LaTeX。"""
    return r", \quad ".join(Printer(symbols).text(statement) for statement in statements)


class Printer:
    """_op という名のメソッドが、op という節を書く。"""

    def __init__(self, symbols):
        self.symbols = symbols

    def text(self, node):
        if node.op in _INFIX:
            left, right = map(self.text, node.args)
            return f"{left} {_INFIX[node.op]} {right}"
        return getattr(self, "_" + node.op)(*node.args)

    def joined(self, nodes, separator=", "):
        return separator.join(map(self.text, nodes))

    def fenced(self, left, right, *nodes):
        """括弧で囲む。背の高い中身なら、括弧も伸ばす。"""
        tall = any(part.op in _TALL for node in nodes for part in walk(node))
        sizes = (r"\left", r"\right") if tall else ("", "")
        return f"{sizes[0]}{left}{self.joined(nodes)}{sizes[1]}{right}"

    # ---- 文

    def _chain(self, relations, *sides):
        signs = [f" {_SIGN[relation]} " for relation in relations]
        return "".join(part for pair in zip(map(self.text, sides), [*signs, ""], strict=True) for part in pair)

    _compare = _chain

    # ---- 因子

    def _number(self, text):
        return text

    _symbol = _number

    def _group(self, inner):
        return self.fenced("(", ")", inner)

    def _negative(self, inner):
        return f"-{self.text(inner)}"

    def _multiply(self, left, right):
        return f"{self.text(left)} {self.text(right)}"

    def _fraction(self, top, bottom):
        return rf"\frac{{{self.text(top)}}}{{{self.text(bottom)}}}"

    def _power(self, base, exponent):
        raised = f"^{{{self.text(exponent)}}}"
        if base.op == "call" and self._is_builtin(base.args[0]):
            return f"{self.text(base.args[0])}{raised}{self.fenced('(', ')', *base.args[1:])}"
        return self.text(base) + raised

    def _is_builtin(self, node):
        return node.op == "symbol" and self.symbols[node.args[0]].type.builtin

    def _index(self, base, *indices):
        family = base.op == "symbol" and self.symbols[base.args[0]].type.family
        return f"{self.text(base)}{family[0] if family else '_'}{{{self.joined(indices)}}}"

    def _transpose(self, base):
        return rf"{self.text(base)}^\top"

    def _prime(self, base):
        return f"{self.text(base)}'"

    def _call(self, function, *arguments):
        return self.text(function) + self.fenced("(", ")", *arguments)

    def _sqrt(self, inner):
        return rf"\sqrt{{{self.text(inner)}}}"

    def _absolute(self, inner):
        return rf"\lvert {self.text(inner)} \rvert"

    def _norm(self, inner):
        return rf"\lVert {self.text(inner)} \rVert"

    def _not(self, inner):
        return rf"\lnot {self.text(inner)}"

    def _derivative(self, operand, variable):
        return rf"\frac{{\partial {self.text(operand)}}}{{\partial {self.text(variable)}}}"

    def _big(self, op, index, low, high, body):
        start = f"{self.text(index)} = {self.text(low)}" if low else self.text(index)
        end = f"^{{{self.text(high)}}}" if high else ""
        return f"{_BIG[op]}_{{{start}}}{end} {self.text(body)}"

    # ---- 並べた形

    def _row(self, *items):
        return self.fenced("(", ")", *items)

    def _dots(self):
        return r"\ldots"

    def _matrix(self, *rows):
        inner = r" \\ ".join(self.joined(row.args, " & ") for row in rows)
        return rf"\begin{{pmatrix}} {inner} \end{{pmatrix}}"

    def _cases(self, *branches):
        inner = r" \\ ".join(self.joined(branch.args, " & ") for branch in branches)
        return rf"\begin{{cases}} {inner} \end{{cases}}"

    def _otherwise(self):
        return r"\text{otherwise}"
