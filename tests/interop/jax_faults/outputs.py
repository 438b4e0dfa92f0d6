"""Faults of outputs without a gradient, of custom_jvp, and of long axes."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero

from minigrad_core.cases import Case, real

from .pair import ANY, MATRIX, pair, unary


def _waves(rule: Any) -> Any:
    f: Any = jax.custom_vjp(lambda x: (jnp.sin(x), jnp.cos(x)))
    f.defvjp(lambda x: ((jnp.sin(x.value), jnp.cos(x.value)), x.value), rule, symbolic_zeros=True)
    return f


def _each(x, grads):
    of_sine, of_cosine = grads
    total = jnp.zeros_like(x)
    if not isinstance(of_sine, SymbolicZero):
        total = total + of_sine * jnp.cos(x)
    if not isinstance(of_cosine, SymbolicZero):
        total = total - of_cosine * jnp.sin(x)
    return (total,)


def _all_or_nothing(x, grads):
    unused = any(isinstance(g, SymbolicZero) for g in grads)
    return (jnp.zeros_like(x),) if unused else _each(x, grads)


pair("no gradient if an output is not used", _waves(_all_or_nothing), _waves(_each), **ANY)
unary(
    "the values beyond the first 64",
    jnp.sin,
    lambda x, g: g * jnp.cos(x) * (jnp.arange(x.shape[-1]) < 64),
    lambda x, g: g * jnp.cos(x),
    **MATRIX,
)


def _product(rule: Any) -> Any:
    f: Any = jax.custom_jvp(lambda x, y: x * y)
    f.defjvp(lambda at, along: (f(*at), rule(*at, *along)))
    return f


# With integers, whose tangent is float0, JAX raises for the twin; no case promises integers.
pair(
    "a tangent with the wrong factor",
    _product(lambda x, y, dx, dy: y * dx + y * dy),
    _product(lambda x, y, dx, dy: y * dx + x * dy),
    cases=[Case(x=real("n"), y=real("n"))],
)
