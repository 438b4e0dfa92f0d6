"""Programs of NumPy calls against stored results of JAX: values, gradients, second-order products."""

from __future__ import annotations

import json
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg

Arrays = dict[str, list[Any]]


def load_references() -> list[Any]:
    """Return (expression, arrays) of every reference, as pytest parameters."""
    found = []
    with np.load(Path(__file__).parent / "references" / "programs.npz") as file:
        index, values = json.loads(file["index"].item()), file["values"]
    for number, entry in enumerate(index):
        arrays: Arrays = {}
        for kind, shape in entry["arrays"]:
            arrays.setdefault(kind, []).append(values[: prod(shape)].reshape(shape))
            values = values[prod(shape) :]
        found.append(pytest.param(entry["expression"], arrays, id=f"{number}-{entry['expression']}"))
    return found


REFERENCES = load_references()


def evaluate(expression: str, inputs: Any) -> Any:
    return eval(expression, {"np": np}, dict(zip("abc", inputs, strict=False)))


def assert_close(ours: Any, reference: Any, tolerance: float) -> None:
    scale = max(1.0, float(np.abs(reference).max(initial=0)))
    np.testing.assert_allclose(ours, reference, rtol=tolerance, atol=tolerance * scale)


@pytest.mark.parametrize(("expression", "arrays"), REFERENCES)
def test_values_and_gradients_equal_those_of_jax(expression: str, arrays: Arrays) -> None:
    inputs = [mg.tensor(x, requires_grad=True) for x in arrays["input"]]
    value = evaluate(expression, inputs)
    assert_close(value.data, arrays["output"][0], 1e-10)
    value.backward(arrays["cotangent"][0])
    for x, reference in zip(inputs, arrays["gradient"], strict=True):
        assert_close(np.zeros(x.shape) if x.grad is None else x.grad, reference, 1e-9)


@pytest.mark.parametrize(("expression", "arrays"), REFERENCES)
def test_second_order_products_equal_those_of_jax(expression: str, arrays: Arrays) -> None:
    numbers = tuple(range(len(arrays["input"])))
    cotangent, directions = arrays["cotangent"][0], arrays["direction"]
    gradient = mg.grad(lambda *xs: np.sum(evaluate(expression, xs) * cotangent), numbers)

    def along(*xs: Any) -> Any:
        terms = [np.sum(g * d) for g, d in zip(gradient(*xs), directions, strict=True)]
        return sum(terms[1:], start=terms[0])

    for ours, reference in zip(mg.grad(along, numbers)(*arrays["input"]), arrays["second"], strict=True):
        assert_close(ours, reference, 1e-7)


@pytest.mark.parametrize(("expression", "arrays"), REFERENCES)
def test_float32_stays_float32(expression: str, arrays: Arrays) -> None:
    if "np.eye" in expression:
        pytest.skip("the program itself brings in double precision")
    inputs = [mg.tensor(x, dtype=np.float32, requires_grad=True) for x in arrays["input"]]
    value = evaluate(expression, inputs)
    assert value.dtype == np.float32
    value.backward(arrays["cotangent"][0].astype(np.float32))
    assert {x.grad.dtype for x in inputs if x.grad is not None} <= {np.dtype(np.float32)}
