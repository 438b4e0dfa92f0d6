"""Gradients of arrays in single precision stay so beside a Python number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigrad_core import Context, ops


@pytest.mark.parametrize(
    ("name", "inputs"),
    [("power", (1.5, np.ones(2, np.float32))), ("copysign", (np.ones(2, np.float32), -3))],
)
def test_a_gradient_stays_single_beside_a_number(name: str, inputs: tuple[Any, ...]) -> None:
    op: Any = getattr(ops.basic, name)
    needs = tuple(isinstance(x, np.ndarray) for x in inputs)
    ctx = Context(op, inputs, {}, needs)
    y = op.forward(ctx, *inputs)
    gradient = op.backward(ctx, np.ones_like(y))[needs.index(True)]
    assert gradient.dtype == np.float32
