"""Random compositions of transforms, against what JAX says of them (`make_transform_references.py`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minigrad_core import checkpoint, grad, hessian, hvp, jacobian, jvp, no_grad, value_and_grad, vjp
from tests.core.transform_programs import POINT, V, W

REFERENCES = json.loads((Path(__file__).parent / "transforms.json").read_text())
CHUNKS = [REFERENCES[i::8] for i in range(8)]


def stopped(f: Any) -> Any:
    def constant(x: Any) -> Any:
        with no_grad():
            return f(x)

    return constant


def pulled(f: Any, x: Any, c: Any) -> Any:
    value, pullback = vjp(f, x)
    return pullback(c * np.ones(np.shape(value)))


NAMES: dict[str, Any] = {
    "np": np, "V": np.array(V), "W": np.array(W), "grad": grad, "jvp": jvp, "hvp": hvp, "hessian": hessian,
    "jacobian": jacobian, "value_and_grad": value_and_grad, "checkpoint": checkpoint, "pulled": pulled,
    "stopped": stopped,
}  # fmt: skip


def close(found: Any, expected: Any, text: str) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10, err_msg=text)


@pytest.mark.parametrize("chunk", range(8))
def test_compositions_of_transforms_agree_with_jax(chunk: int) -> None:
    for reference in CHUNKS[chunk]:
        text = reference["text"]
        value, gradient = value_and_grad(eval(text, NAMES))(np.array(POINT))
        assert type(gradient) is np.ndarray
        close(value, reference["value"], text)
        close(gradient, reference["gradient"], text)


@pytest.mark.parametrize("chunk", range(8))
def test_compositions_of_transforms_in_forward_mode_and_recomputed(chunk: int) -> None:
    for reference in CHUNKS[chunk]:
        f, along = eval(reference["text"], NAMES), np.dot(reference["gradient"], V)
        for way in (f, checkpoint(f)):
            value, tangent = jvp(way, (np.array(POINT),), (np.array(V),))
            close(value, reference["value"], reference["text"])
            close(tangent, along, reference["text"])
