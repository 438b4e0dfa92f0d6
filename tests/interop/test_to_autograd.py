"""`to_autograd`: operations of minigrad as functions that autograd differentiates."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

autograd = pytest.importorskip("autograd", reason="autograd is not installed")
from autograd.builtins import tuple as boxed
from autograd.test_util import check_grads

from minigrad_core import ops
from minigrad_core.errors import ArgumentError, DifferentiabilityError
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


def test_a_sequence_of_inputs_is_joined_as_numpy_joins_it() -> None:
    joined, x = to_autograd(ops["basic::concatenate"]), np.arange(12.0).reshape(4, 3)
    assert joined((x, x)).shape == (8, 3)
    np.testing.assert_array_equal(autograd.grad(lambda y: np.sum(joined([y, 2 * y]) ** 2))(x), 10 * x)
    first, second = autograd.grad(lambda xs: np.sum(joined(xs) ** 2))((x, 3 * x))
    np.testing.assert_array_equal(first, 2 * x)
    np.testing.assert_array_equal(second, 6 * x)


def test_a_setting_with_a_gradient_raises() -> None:
    affine, x = to_autograd(ops["nn::affine"]), np.ones((2, 3))
    with pytest.raises(ArgumentError, match=r"the setting 'bias' is an array .* pass inputs by position"):
        autograd.grad(lambda bias: np.sum(affine(x, x.T, bias=bias)))(np.zeros(2))


def test_a_wrapped_operation_is_pickled() -> None:
    square = pickle.loads(pickle.dumps(to_autograd(ops["basic::square"])))
    assert square.__name__ == "square"
    assert autograd.grad(square)(3.0) == 6


def test_forward_mode_names_reverse_mode() -> None:
    with pytest.raises(DifferentiabilityError, match=r"autograd\.hessian instead of autograd\.make_jvp"):
        autograd.make_jvp(to_autograd(ops["basic::sin"]))(1.0)(1.0)
