"""Writes references.txt: what NumPy says of the functions that OpReferenceTests.swift calls by the same names.

One line a case: the name, the shape, and the numbers, of the operands that `operand` makes.
"""

import sys

import numpy as np


def operand(shape, start):
    """The multiples of 1/4 from -2.5 to 2.5 in no order."""
    count = int(np.prod(shape))
    return (((np.arange(count) + start) * 13 + 5) % 21 - 10).reshape(shape).astype(np.float64) / 4


a, b = operand((2, 3, 4), 0), operand((2, 3, 4), 7)
row, matrix, square = operand((4,), 3), operand((4, 5), 1), operand((3, 3), 2)
stack, column = operand((2, 4, 3), 4), operand((3, 1), 5)
index = np.array([2, 0, 1, 1])


def log_sum_exp(x, axis):
    return np.log(np.exp(x).sum(axis))


def softmax(x, axis):
    return np.exp(x) / np.exp(x).sum(axis, keepdims=True)


cases = {
    "add row": a + row,
    "subtract column": a - column,
    "multiply outer": column * row,
    "divide": a / (row + 4),
    "floor_divide": np.floor_divide(a, row + 0.125),
    "mod": np.mod(a, row + 0.125),
    "power": np.power(a + 3, row),
    "arctan2": np.arctan2(a, b),
    "maximum": np.maximum(a, row),
    "minimum": np.minimum(a, b),
    "equal": a == b,
    "less": a < row,
    "greater_equal": a >= b,
    "and": np.logical_and(a, b),
    "or": np.logical_or(a, b),
    "xor": np.logical_xor(a, b),
    "not": np.logical_not(a),
    "where": np.where(a > 0, row, column),
    "clip": np.clip(a, -1, 1.5),
    "cast": a.astype(np.int32),
    "round": np.round(a * 2),
    "sum 0": a.sum(0),
    "sum 0 2": a.sum((0, 2), keepdims=True),
    "sum": a.sum(),
    "mean 1 2": a.mean((1, 2)),
    "max 0 2": a.max((0, 2)),
    "min 1": a.min(1, keepdims=True),
    "prod 2": a.prod(2),
    "var 0 2": a.var((0, 2)),
    "std": a.std(),
    "logsumexp": log_sum_exp(a, (0, 2)),
    "any": (a > 2).any(2),
    "all": (a > -2).all((0, 1)),
    "argmax 0": a.argmax(0),
    "argmax 2": a.argmax(2),
    "argmin 1": a.argmin(1),
    "cumsum 1": a.cumsum(1),
    "cumprod 2": a.cumprod(2),
    "softmax 1": softmax(a, 1),
    "log_softmax 0": np.log(softmax(a, 0)),
    "transpose": a.transpose(1, 2, 0),
    "swapaxes": a.swapaxes(0, -1),
    "moveaxis": np.moveaxis(a, 0, 1),
    "expand_dims": np.expand_dims(a, -2),
    "concatenate": np.concatenate([a, b, a], 1),
    "stack": np.stack([a, b], -1),
    "slice": a[:, ::-1, 1:-1],
    "slice steps": a[-1:, 2:0:-1, -100:100:3],
    "slice at": a[:, -1, 2],
    "slice empty": a[:, 2:1],
    "split": np.split(a, [1, 3], 2)[1],
    "pad": np.pad(a, ((0, 1), (2, 0), (1, 1)), constant_values=-1),
    "pad reflect": np.pad(a, ((0, 0), (2, 1), (1, 3)), "reflect"),
    "pad symmetric": np.pad(a, ((1, 0), (3, 2), (0, 4)), "symmetric"),
    "tile": np.tile(a, (2, 1, 1, 2)),
    "repeat": a.repeat(2, 1),
    "flip": np.flip(a, (0, 2)),
    "roll": np.roll(a, -3, 2),
    "take": a.take(index, 1),
    "take negative": a.take(index - 3, 1),
    "take_along_axis": np.take_along_axis(a, np.argsort(a, 1, kind="stable"), 1),
    "one_hot": np.eye(3)[index].T,
    "tril": np.tril(a, 1),
    "triu": np.triu(a, -1),
    "diag": np.diag(row, 1),
    "diagonal": np.diagonal(a, -1, 1, 2),
    "trace": np.trace(square, -1),
    "sort": np.sort(a, 1),
    "sort down": -np.sort(-a, 2),
    "argsort": np.argsort(a, 2, kind="stable"),
    "eye": np.eye(3, 5, 1),
    "arange": np.arange(1, 4, 0.5),
    "linspace": np.linspace(-1, 2, 7),
    "matmul": a @ matrix,
    "matmul stack": a @ stack,
    "matmul vector": a @ row,
    "vector matmul": row @ matrix,
    "dot": np.dot(row, row),
    "tensordot": np.tensordot(a, stack, ((1, 2), (2, 1))),
    "tensordot 1": np.tensordot(a, matrix, 1),
    "outer": np.outer(row, index),
    "einsum": np.einsum("bij,bjk->kb", a, stack),
    "einsum sum": np.einsum("bij->j", a),
    "einsum trace": np.einsum("ii", square),
    "einsum diagonal": np.einsum("ii,ij->ji", square, square),
    "einsum dots": np.einsum("...j,j...->...", row, row),
    "einsum three": np.einsum("bij,bjk,kl->il", a, stack, square),
    "einsum implicit": np.einsum("ba,ac", square, square),
    "norm": np.sqrt((a * a).sum(1)),
}

with open(sys.argv[1] if len(sys.argv) > 1 else "references.txt", "w") as file:
    for name, value in cases.items():
        value = np.asarray(value, dtype=np.float64)
        numbers = " ".join(f"{np.float32(x):.9g}" for x in value.ravel())
        print(name, ",".join(map(str, value.shape)), numbers, sep="|", file=file)
