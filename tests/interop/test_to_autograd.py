"""Operations of minigrad are functions that autograd differentiates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

autograd = pytest.importorskip("autograd", reason="autograd is not installed")
from autograd.builtins import tuple as boxed
from autograd.test_util import check_grads

from minigrad_core import ops
from minigrad_interop import to_autograd

from .registered_samples import NAMES, outputs_of, sample_of


@pytest.mark.parametrize("name", NAMES)
def test_values_are_the_same_and_check_grads_passes_to_second_order(name: str) -> None:
    sample, f, expected = sample_of(name), to_autograd(ops[name]), outputs_of(name)
    floats = [k for k, y in enumerate(expected) if y.dtype.kind == "f"]

    def whole(*xs: Any) -> Any:
        given = list(sample.inputs)
        for i, x in zip(sample.floats, xs, strict=True):
            given[i] = x
        return f(*given, **sample.settings)

    xs = [sample.inputs[i] for i in sample.floats]
    found = whole(*xs)
    for mine, theirs in zip(found if isinstance(found, tuple) else (found,), expected, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    if not floats:
        return

    def differentiable(*xs: Any) -> Any:
        out = whole(*xs)
        return boxed(tuple(out[k] for k in floats)) if len(expected) > 1 else out

    check_grads(differentiable, modes=["rev"], order=1 if ops[name].once_differentiable else 2)(*xs)
