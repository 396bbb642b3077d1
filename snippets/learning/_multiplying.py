"""かけ算の回数を数えながら、行列をかける。"""

import numpy as np


class Multiplier:
    """行列の積。成分どうしのかけ算を 1 回ずつ行い、回数を count に足す。"""

    def __init__(self):
        self.count = 0

    def __call__(self, A, B):
        product = np.zeros((len(A), len(B[0])))
        rows, columns = np.asarray(A).tolist(), np.transpose(B).tolist()
        for i, row in enumerate(rows):
            for j, column in enumerate(columns):
                total = 0.0
                for a, b in zip(row, column, strict=True):
                    total += a * b
                    self.count += 1
                product[i, j] = total
        return product


def counted(order, *shapes):
    """shapes の形の行列を order（Multiplier, 行列, … → 積）の順にかけたときの、かけ算の回数。"""
    multiply = Multiplier()
    order(multiply, *(np.ones(shape) for shape in shapes))
    return float(multiply.count)


def from_right(multiply, *matrices):
    """右（入口の側）から順にかける。"""
    result = matrices[-1]
    for matrix in matrices[-2::-1]:
        result = multiply(matrix, result)
    return result


def from_left(multiply, *matrices):
    """左（出口の側）から順にかける。"""
    result = matrices[0]
    for matrix in matrices[1:]:
        result = multiply(result, matrix)
    return result
