"""Programs of NumPy calls against stored results of JAX: values, gradients, second-order products."""

from __future__ import annotations

import json
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

import minigrad_core as mg
from tests.each import for_each

Arrays = dict[str, list[Any]]


def load_references() -> dict[str, tuple[str, Arrays]]:
    """Return (expression, arrays) of every reference by name."""
    found = {}
    with np.load(Path(__file__).parent / "references" / "programs.npz") as file:
        index, values = json.loads(file["index"].item()), file["values"]
    for number, entry in enumerate(index):
        arrays: Arrays = {}
        for kind, shape in entry["arrays"]:
            arrays.setdefault(kind, []).append(values[: prod(shape)].reshape(shape))
            values = values[prod(shape) :]
        found[f"{number}-{entry['expression']}"] = entry["expression"], arrays
    return found


REFERENCES = load_references()


def evaluate(expression: str, inputs: Any) -> Any:
    return eval(expression, {"np": np}, dict(zip("abc", inputs, strict=False)))


def assert_close(ours: Any, reference: Any, tolerance: float) -> None:
    scale = max(1.0, float(np.abs(reference).max(initial=0)))
    np.testing.assert_allclose(ours, reference, rtol=tolerance, atol=tolerance * scale)


@for_each(REFERENCES)
def test_values_and_gradients_equal_those_of_jax(expression: str, arrays: Arrays) -> None:
    inputs = [mg.tensor(x, requires_grad=True) for x in arrays["input"]]
    value = evaluate(expression, inputs)
    assert_close(value.data, arrays["output"][0], 1e-10)
    value.backward(arrays["cotangent"][0])
    for x, reference in zip(inputs, arrays["gradient"], strict=True):
        assert_close(np.zeros(x.shape) if x.grad is None else x.grad, reference, 1e-9)


@for_each(REFERENCES)
def test_second_order_products_equal_those_of_jax(expression: str, arrays: Arrays) -> None:
    numbers = tuple(range(len(arrays["input"])))
    cotangent, directions = arrays["cotangent"][0], arrays["direction"]
    gradient = mg.grad(lambda *xs: np.sum(evaluate(expression, xs) * cotangent), numbers)

    def along(*xs: Any) -> Any:
        terms = [np.sum(g * d) for g, d in zip(gradient(*xs), directions, strict=True)]
        return sum(terms[1:], start=terms[0])

    for ours, reference in zip(mg.grad(along, numbers)(*arrays["input"]), arrays["second"], strict=True):
        assert_close(ours, reference, 1e-7)


# A program with np.eye itself brings in double precision.
@for_each({name: reference for name, reference in REFERENCES.items() if "np.eye" not in name})
def test_float32_stays_float32(expression: str, arrays: Arrays) -> None:
    inputs = [mg.tensor(x, dtype=np.float32, requires_grad=True) for x in arrays["input"]]
    value = evaluate(expression, inputs)
    assert value.dtype == np.float32
    value.backward(arrays["cotangent"][0].astype(np.float32))
    assert {x.grad.dtype for x in inputs if x.grad is not None} <= {np.dtype(np.float32)}
