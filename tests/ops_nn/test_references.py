"""Every operation against PyTorch: values and gradients, in both precisions."""

from __future__ import annotations

import json
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.engine.backward import sweep
from minigrad_ops_nn.plugin import minigrad_operations
from tests.each import for_each

OPERATIONS: dict[str, Any] = {op.name: op for op in minigrad_operations()}
TOLERANCE = {np.float64: 1e-10, np.float32: 1e-5}


Arrays = dict[str, dict[int, Any]]


def load_references() -> dict[str, tuple[Any, Arrays]]:
    """Return (case, arrays) of every reference by name; the format is in reference_format.py."""
    found = {}
    for path in sorted((Path(__file__).parent / "references").glob("*.npz")):
        with np.load(path) as file:
            cases, values = json.loads(file["index"].item()), file["values"]
        for number, case in enumerate(cases):
            arrays: Arrays = {"input": {}, "output": {}, "cotangent": {}, "gradient": {}}
            for kind, place, shape, dtype in case["arrays"]:
                size = 0 if shape is None else prod(shape)
                arrays[kind][place] = None if shape is None else values[:size].reshape(shape).astype(dtype)
                values = values[size:]
            found[f"{path.stem}-{number}-{case['op']}"] = case, arrays
    return found


REFERENCES = load_references()


def assert_close(actual: Any, reference: Any, dtype: Any, what: str) -> None:
    assert actual.dtype == dtype, what
    scale = max(1.0, float(np.abs(reference).max(initial=0)))
    np.testing.assert_allclose(
        actual, reference, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype] * scale, err_msg=what
    )


@for_each(
    {f"{name}-{dtype.__name__}": (*REFERENCES[name], dtype) for name in REFERENCES for dtype in TOLERANCE}
)
def test_values_and_gradients_equal_those_of_pytorch(case: Any, arrays: Arrays, dtype: Any) -> None:
    gradients = arrays["gradient"]
    inputs: list[Any] = [
        x if x is None or x.dtype.kind != "f" else mg.tensor(x, dtype=dtype, requires_grad=i in gradients)
        for i, x in sorted(arrays["input"].items())
    ]
    settings = {name: tuple(v) if isinstance(v, list) else v for name, v in case["settings"].items()}
    outputs = OPERATIONS[case["op"]](*inputs, **settings)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    for i, reference in arrays["output"].items():
        assert_close(outputs[i].data, reference, dtype, f"output {i}")
    cotangents = arrays["cotangent"]
    received = sweep([(out, cotangents[i].astype(dtype)) for i, out in enumerate(outputs)])
    for i, reference in gradients.items():
        assert_close(received[inputs[i]], reference, dtype, f"gradient {i}")


@for_each(REFERENCES)
def test_the_plain_formulas_give_the_values_of_pytorch(case: Any, arrays: Arrays) -> None:
    given = [x for _, x in sorted(arrays["input"].items())]
    inputs = [x.astype(np.float64) if x is not None and x.dtype.kind == "f" else x for x in given]
    settings = {name: tuple(v) if isinstance(v, list) else v for name, v in case["settings"].items()}
    outputs = OPERATIONS[case["op"]].reference(*inputs, **settings)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    for i, reference in arrays["output"].items():
        assert_close(outputs[i], reference, np.float64, f"output {i}")


def test_the_plain_distribution_function_has_all_digits_in_the_left_tail() -> None:
    ndtr = pytest.importorskip("scipy.special").ndtr
    x = np.linspace(-30, 5, 71)
    np.testing.assert_allclose(OPERATIONS["normal_cdf"].reference(x), ndtr(x), rtol=1e-12)


def test_the_values_of_every_operation_are_compared_with_a_plain_formula() -> None:
    assert [name for name, operation in OPERATIONS.items() if operation.reference is None] == []
