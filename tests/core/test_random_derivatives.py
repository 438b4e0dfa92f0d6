"""Random programs through the transforms, against derivatives that were carried forward, dense."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings

from minigrad_core import checkpoint, grad, hessian, hvp, jacobian, jvp, vjp
from tests.core.programs import REFERENCE, Program, entries, jets, part, programs

# Through NumPy, so that the operations of `basic` answer.
NUMPY: dict[str, Any] = {
    "add": np.add,
    "multiply": np.multiply,
    "total": np.sum,
    "pair": lambda x: (2 * x, -x),
}


def close(found: Any, expected: Any) -> None:
    assert np.shape(found) == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def first_output(program: Program) -> Any:
    return lambda leaves: program.run(NUMPY, leaves)[0]


@given(programs())
@settings(max_examples=60, deadline=None)
def test_jacobians_of_random_programs(program: Program) -> None:
    found = jacobian(first_output(program))(list(program.leaves))
    reference = program.run(REFERENCE, jets(program.leaves))[0]
    for k, block in zip(range(len(program.leaves)), found, strict=True):
        close(block, entries(reference.first, program.leaves, k))


@given(programs())
@settings(max_examples=60, deadline=None)
def test_products_with_random_jacobians(program: Program) -> None:
    rng = np.random.default_rng(0)
    leaves = list(program.leaves)
    reference = program.run(REFERENCE, jets(program.leaves))[0]
    tangents = [rng.normal(size=x.shape) for x in leaves]
    value, tangent = jvp(first_output(program), (leaves,), (tangents,))
    close(value, reference.value)
    close(tangent, reference.first @ np.concatenate([t.ravel() for t in tangents]))
    cotangent = rng.normal(size=reference.shape)
    _, pullback = vjp(first_output(program), leaves)
    for k, g in zip(range(len(leaves)), pullback(cotangent), strict=True):
        close(g, np.tensordot(cotangent, entries(reference.first, program.leaves, k), axes=cotangent.ndim))


@given(programs(steps=5))
@settings(max_examples=40, deadline=None)
def test_second_derivatives_of_random_programs(program: Program) -> None:
    rng = np.random.default_rng(0)
    leaves = list(program.leaves)
    reference = program.run(REFERENCE, jets(program.leaves))[0]
    second = reference.second.sum(axis=tuple(range(reference.value.ndim)))
    vectors = [rng.normal(size=x.shape) for x in leaves]
    flat = np.concatenate([v.ravel() for v in vectors])

    def scalar(leaves: Any) -> Any:
        return np.sum(first_output(program)(leaves))

    (product,) = hvp(scalar, (leaves,), (vectors,))
    start = 0
    for x, found in zip(leaves, product, strict=True):
        close(found, (second @ flat)[start : start + x.size].reshape(x.shape))
        start += x.size
    _, forward = jvp(grad(scalar), (leaves,), (vectors,))
    for a, b in zip(product, forward, strict=True):
        close(a, b)
    _, again = jvp(grad(checkpoint(scalar)), (leaves,), (vectors,))
    for a, b in zip(product, again, strict=True):
        close(a, b)


@given(programs(steps=4))
@settings(max_examples=20, deadline=None)
def test_hessians_of_random_programs(program: Program) -> None:
    reference = program.run(REFERENCE, jets(program.leaves))[0]
    second = reference.second.sum(axis=tuple(range(reference.value.ndim)))
    blocks = hessian(lambda leaves: np.sum(first_output(program)(leaves)))(list(program.leaves))
    leaves = program.leaves
    assert [len(row) for row in blocks] == [len(leaves)] * len(leaves)
    for i, row in enumerate(blocks):
        for k, block in enumerate(row):
            rows = second[part(leaves, i)]
            close(block, entries(rows, leaves, k).reshape(leaves[i].shape + leaves[k].shape))
