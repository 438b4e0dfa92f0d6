"""`to_autograd`: operations of minigrad as functions that autograd differentiates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

autograd = pytest.importorskip("autograd", reason="autograd is not installed")
from autograd.builtins import tuple as boxed
from autograd.test_util import check_grads

from minigrad_core import ops
from minigrad_interop import to_autograd

from .registered_samples import NAMES, bind_floats, outputs_of, sample_of


@pytest.mark.parametrize("name", NAMES)
def test_values_are_equal_and_check_grads_passes_to_second_order(name: str) -> None:
    sample, run, expected = sample_of(name), bind_floats(name, to_autograd(ops[name])), outputs_of(name)
    xs = [sample.inputs[i] for i in sample.floats]
    for received, y in zip(run(*xs), expected, strict=True):
        np.testing.assert_array_equal(received, y)
    floats = [k for k, y in enumerate(expected) if y.dtype.kind == "f"]
    if not floats:
        return

    def differentiable(*xs: Any) -> Any:
        outputs = [run(*xs)[k] for k in floats]
        return boxed(tuple(outputs)) if len(expected) > 1 else outputs[0]

    check_grads(differentiable, modes=["rev"], order=1 if ops[name].once_differentiable else 2)(*xs)
