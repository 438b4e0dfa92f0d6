"""Random graphs through the engine, against derivatives that were carried forward without it."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings

from minigrad_core import Tensor, tensor
from tests.core.programs import REFERENCE, Program, entries, jets, programs
from tests.core.tiny_ops import add, multiply, pair, total

TINY: dict[str, Any] = {"add": add, "multiply": multiply, "pair": pair, "total": total}


def leaves_of(program: Program) -> list[Tensor]:
    return [tensor(x, requires_grad=need) for x, need in zip(program.leaves, program.needs, strict=True)]


@given(programs())
@settings(max_examples=200, deadline=None)
def test_values_and_gradients_of_random_graphs(program: Program) -> None:
    leaves = leaves_of(program)
    outputs = program.run(TINY, leaves)
    expected = program.run(REFERENCE, jets(program.leaves))
    gradients = [np.zeros(x.shape) for x in leaves]
    for k, (output, reference) in enumerate(zip(outputs, expected, strict=True)):
        np.testing.assert_allclose(output.numpy(), reference.value, rtol=1e-12, atol=1e-12)
        if not output.requires_grad:
            continue
        weights = np.random.default_rng(k).normal(size=output.shape)
        output.backward(weights, retain_graph=True)
        for i, gradient in enumerate(gradients):
            axes = output.ndim
            gradient += np.tensordot(weights, entries(reference.first, program.leaves, i), axes=axes)
    for leaf, gradient in zip(leaves, gradients, strict=True):
        if not leaf.requires_grad:
            assert leaf.grad is None
        elif leaf.grad is None:
            np.testing.assert_array_equal(gradient, 0)
        else:
            assert leaf.grad.shape == leaf.shape
            np.testing.assert_allclose(leaf.grad, gradient, rtol=1e-10, atol=1e-10)


@given(programs())
@settings(max_examples=100, deadline=None)
def test_no_gradient_shares_memory_with_anything_else(program: Program) -> None:
    leaves = leaves_of(program)
    outputs = [o for o in program.run(TINY, leaves) if o.requires_grad]
    for output in outputs:
        output.backward(retain_graph=True)
    grads = [leaf.grad for leaf in leaves if leaf.grad is not None]
    arrays = [*program.leaves, *(leaf.data for leaf in leaves), *(o.data for o in outputs)]
    for i, grad in enumerate(grads):
        assert not any(np.shares_memory(grad, other) for other in [*grads[:i], *arrays])
