"""Operations of minigrad are functions of JAX, under grad, jit and vmap."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

jax = pytest.importorskip("jax", reason="JAX is not installed")
from jax.test_util import check_grads

from minigrad_core import ops
from minigrad_interop import to_jax

from .registered_samples import NAMES, outputs_of, sample_of


@pytest.fixture(autouse=True)
def _double() -> Any:
    with jax.enable_x64(True):
        yield


VALUES_DECIDE = "basic::eigvals"  # whether its output is complex
NAMED = [pytest.param(name, marks=[pytest.mark.slow] if k % 6 else []) for k, name in enumerate(NAMES)]


@pytest.mark.parametrize("name", NAMED)
def test_values_are_the_same_and_check_grads_passes_to_second_order(name: str) -> None:
    sample, f, expected = sample_of(name), to_jax(ops[name]), outputs_of(name)

    def whole(*floats: Any) -> tuple[Any, ...]:
        given = list(sample.inputs)
        for i, x in zip(sample.floats, floats, strict=True):
            given[i] = x
        out = f(*given, **sample.settings)
        return out if isinstance(out, tuple) else (out,)

    if name == VALUES_DECIDE:
        pytest.skip("the values decide whether its output is complex: see below")
    xs = tuple(sample.inputs[i] for i in sample.floats)
    for mine, theirs in zip(whole(*xs), expected, strict=True):
        np.testing.assert_array_equal(np.asarray(mine), theirs)
    chosen = [k for k, y in enumerate(expected) if y.dtype.kind in "fc"]
    order = 1 if ops[name].once_differentiable else 2
    check_grads(lambda *floats: [whole(*floats)[k] for k in chosen], xs, order=order, modes=("rev",))


def test_an_output_of_another_dtype_than_expected_is_refused() -> None:
    rotation = np.array([[0.0, -1.0], [1.0, 0.0]])
    with pytest.raises(jax.errors.JaxRuntimeError, match="Expected: float64, Actual: complex128"):
        jax.grad(lambda x: abs(to_jax(ops[VALUES_DECIDE])(x)).sum())(rotation)


def test_it_runs_under_jit_and_vmap() -> None:
    square = to_jax(ops["basic::square"])
    x = np.arange(6.0).reshape(2, 3)
    np.testing.assert_allclose(jax.jit(square)(x), x**2)
    np.testing.assert_allclose(jax.vmap(jax.grad(lambda row: square(row).sum()))(x), 2 * x)
    np.testing.assert_allclose(jax.jit(jax.grad(lambda y: square(y).sum()))(x), 2 * x)


def test_indices_have_no_gradient() -> None:
    embedding = to_jax(ops["nn::embedding"])
    sample = sample_of("nn::embedding")
    place = sample.floats[0]
    given = list(sample.inputs)

    def total(table: Any) -> Any:
        given[place] = table
        return embedding(*given, **sample.settings).sum()

    assert jax.grad(total)(sample.inputs[place]).shape == sample.inputs[place].shape
