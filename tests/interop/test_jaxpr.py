"""What JAX has traced is computed with NumPy as XLA computes it."""

from __future__ import annotations

import numpy as np
import pytest

jax = pytest.importorskip("jax", reason="JAX is not installed")
from jax import numpy as jnp

from minigrad_interop.subjects.jaxpr import evaluate


def test_a_reshape_that_moves_axes_moves_them() -> None:
    x = np.arange(1.0, 13.0).reshape(3, 4)
    with jax.enable_x64(True):
        traced = jax.make_jaxpr(lambda y: jax.vjp(lambda z: jnp.prod(z, axis=1), y)[0])(x)
    assert "dimensions=(1, 0)" in str(traced)
    (found,) = evaluate(traced.jaxpr, traced.consts, [x])
    np.testing.assert_allclose(found, x.prod(axis=1))
