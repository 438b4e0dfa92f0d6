"""Registered operations in every transform, at the arguments that their cases describe."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigrad_core import checkpoint, grad, hvp, jvp, ops, tensor
from minigrad_core.errors import MinigradError
from minigrad_core.testing.samples.draw import draw
from minigrad_core.testing.samples.sample import Recipe, Sample
from minigrad_core.testing.study import Study
from minigrad_core.testing.subjects.operation import OperationSubject
from tests.each import for_each

OPERATIONS = [name for name in ops if getattr(ops[name], "differentiable", True)]
# The 205 operations of SciPy that broadcast have rules of one kind, of which `basic` has a hundred.
OF_EVERY_KIND = [name for name in OPERATIONS if not name.startswith("scipy::") or not ops[name].broadcasts]
# Functions of NumPy and nn take numbers; those of SciPy that do not broadcast are called on arrays.
OF_NUMBERS = [name for name in OPERATIONS if not name.startswith("scipy::") or ops[name].broadcasts]


def draw_samples(name: str) -> list[Sample]:
    """Return one sample of each case that has floating point inputs."""
    subject = OperationSubject(ops[name])
    cases = subject.cases or Study(subject).cases
    drawn = [draw(Recipe(case, seed=1), subject.signature) for case in cases]
    return [sample for sample in drawn if sample.floats]


def has_float_arrays(sample: Sample) -> bool:
    """Return whether the case gives floating point arrays.

    Such arrays are mostly edge cases, at which a second derivative may not exist.
    """
    arguments = sample.recipe.case.arguments.values()
    return any(isinstance(x, np.ndarray) and x.dtype.kind == "f" for x in arguments)


def as_function_of_floats(name: str, sample: Sample) -> Any:
    """Return the operation as a function from its floating point inputs to a list of such outputs.

    It refers to nothing but the arguments: `checkpoint` searches for generators in all that it refers to, for
    16 ms in the sample and in `ops`.
    """
    op, inputs, settings, indices = ops[name], sample.inputs, sample.settings, sample.floats

    def f(*floats: Any) -> list[Any]:
        values = list(inputs)
        for i, x in zip(indices, floats, strict=True):
            values[i] = x
        return [y for y in as_tuple(op(*values, **settings)) if y.dtype.kind == "f"]

    return f


def draw_like(arrays: Any, rng: np.random.Generator) -> tuple[Any, ...]:
    return tuple(rng.normal(size=np.shape(a)) for a in arrays)


@pytest.mark.parametrize("name", OF_EVERY_KIND)
def test_the_routes_to_second_derivatives_of_an_operation_agree(name: str) -> None:
    """The law `linear` compares forward mode with `backward`."""
    if getattr(ops[name], "once_differentiable", False):
        return
    rng = np.random.default_rng(0)
    samples = draw_samples(name)
    smooth = next((sample for sample in samples if not has_float_arrays(sample)), None)
    for sample in samples:
        f, primals = as_function_of_floats(name, sample), tuple(sample.inputs[i] for i in sample.floats)
        with np.errstate(all="ignore"):
            check_second_derivatives_by_one_input(f, primals, rng)
            if sample is smooth:
                check_routes_to_second_derivatives(f, primals, rng)


def check_second_derivatives_by_one_input(f: Any, primals: tuple[Any, ...], rng: np.random.Generator) -> None:
    """Check that second derivatives by one input do not depend on whether the others are variables.

    NumPy searches only some arguments for tensors: a tensor there would hide one in another argument.
    """

    def square(*values: Any) -> Any:
        return sum(np.sum(y * y) for y in f(*values))

    for k, x in enumerate(primals) if len(primals) > 1 else ():
        (v,) = draw_like([x], rng)
        directions = [v if i == k else np.zeros(np.shape(other)) for i, other in enumerate(primals)]
        alone = hvp(lambda value, k=k: square(*primals[:k], value, *primals[k + 1 :]), (x,), (v,))[0]
        among = hvp(square, primals, tuple(directions))[k]
        np.testing.assert_allclose(alone, among, rtol=1e-9, atol=1e-9)


def check_routes_to_second_derivatives(f: Any, primals: tuple[Any, ...], rng: np.random.Generator) -> None:
    """Check that `hvp`, `jvp` of `grad`, and `hvp` of `checkpoint` agree."""
    tangents = draw_like(primals, rng)

    def weigh(*xs: Any) -> Any:
        return sum(np.sum(y * np.cos(np.arange(y.size)).reshape(y.shape)) for y in f(*xs))

    product = hvp(weigh, primals, tangents)
    _, forward = jvp(grad(weigh, tuple(range(len(primals)))), primals, tangents)
    recomputed = hvp(checkpoint(weigh), primals, tangents)
    for a, b, c in zip(product, forward, recomputed, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(a, c, rtol=1e-9, atol=1e-9)


class OtherArray(np.ndarray):
    """An array type of another library."""


REFUSALS = (MinigradError, TypeError, ValueError, IndexError, np.linalg.LinAlgError)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # 0.5 is out of the domain of some
@for_each(OF_NUMBERS)
def test_an_operation_that_accepts_numbers_returns_the_values_for_arrays(name: str) -> None:
    for x in (np.float64(0.5), 0.5, np.full((2, 2), 0.5).view(OtherArray)):
        try:
            ours = ops[name](x)
        except REFUSALS:
            continue
        plain = ops[name](np.array(x))
        for y, expected in zip(as_tuple(ours), as_tuple(plain), strict=True):
            np.testing.assert_array_equal(np.asarray(y), np.asarray(expected))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@for_each(OF_NUMBERS)
def test_the_gradient_beside_a_number_is_that_beside_an_array(name: str) -> None:
    gradients: list[Any] = []
    for other in (0.5, np.array(0.5)):
        x = tensor(0.5, requires_grad=True)
        try:
            outs = as_tuple(ops[name](x, other))
        except REFUSALS:
            return
        for y in outs:
            if y.tracked:
                y.backward(np.ones_like(y.data), retain_graph=True)
        gradients.append(x.grad)
    beside_number, beside_array = gradients
    assert (beside_number is None) == (beside_array is None)
    if beside_number is not None:
        np.testing.assert_allclose(beside_number, beside_array, rtol=1e-15, equal_nan=True)


def as_tuple(out: Any) -> tuple[Any, ...]:
    return out if isinstance(out, tuple) else (out,)
