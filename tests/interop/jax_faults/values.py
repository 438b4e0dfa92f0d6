"""Faults of values, dtypes and state."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .pair import ANY, MATRIX, pair, unary, with_rule


def _sinc(x):
    return jnp.where(x == 0, 1.0, jnp.sin(x) / jnp.where(x == 0, 1.0, x))


def _sinc_rule(x, g):
    return jnp.where(x == 0, 0.0, g * (jnp.cos(x) * x - jnp.sin(x)) / jnp.where(x == 0, 1.0, x) ** 2)


# Functions with their correct rules, `rule(x, grad)`.
SQUARE: Any = (lambda x: x * x, lambda x, g: 2 * x * g)
CUBE: Any = (lambda x: x**3, lambda x, g: g * 3 * x**2)
TRIPLE: Any = (lambda x: 3 * x, lambda x, g: 3 * g)
SINE: Any = (jnp.sin, lambda x, g: g * jnp.cos(x))
SINH: Any = (jnp.sinh, lambda x, g: g * jnp.cosh(x))
SINC: Any = (_sinc, _sinc_rule)
SOFTPLUS: Any = (lambda x: jnp.logaddexp(x, 0.0), lambda x, g: g * jax.nn.sigmoid(x))

FAULTS: dict[str, Any] = {
    "a factor": (SQUARE, lambda x, g: x * g),
    "grad forgotten": (SINE, lambda x, g: jnp.cos(x)),
    "a clipped gradient": (SINH, lambda x, g: jnp.clip(g * jnp.cosh(x), -5, 5)),
    "a rounded gradient": (TRIPLE, lambda x, g: jnp.round(3 * g)),
    "float32 in the rule": (
        SINH,
        lambda x, g: (g.astype(jnp.float32) * jnp.cosh(x.astype(jnp.float32))).astype(g.dtype),
    ),
    "overflow in the rule": (SOFTPLUS, lambda x, g: g * jnp.exp(x) / (1 + jnp.exp(x))),
    "NaN at zero": (SINC, lambda x, g: g * (jnp.cos(x) * x - jnp.sin(x)) / x**2),
    "NumPy in the rule": (SINE, lambda x, g: g * np.cos(np.asarray(x))),
    "stop_gradient around the derivative": (CUBE, lambda x, g: g * jax.lax.stop_gradient(3 * x**2)),
    "stop_gradient around grad": (CUBE, lambda x, g: jax.lax.stop_gradient(g) * 3 * x**2),
}
for name, ((value, right), wrong) in FAULTS.items():
    unary(name, value, wrong, right)

_kept: dict[str, object] = {}


def _remember(x):
    _kept["x"] = x
    return jnp.sin(x)


def _sine_rule(x, g):
    return (g * jnp.cos(x),)


pair("kept outside", with_rule(_remember, _sine_rule), with_rule(jnp.sin, _sine_rule), **ANY)


def _value_of_fwd(shift):
    f = jax.custom_vjp(jnp.sin)
    f.defvjp(lambda x: (jnp.sin(x) + shift * x, x), _sine_rule)
    return f


pair("another value when the function is differentiated", _value_of_fwd(1e-3), _value_of_fwd(0.0), **ANY)


def _by_jvp(factor):
    f = jax.custom_jvp(jnp.exp)
    f.defjvp(lambda primals, tangents: (jnp.exp(*primals), factor * jnp.exp(*primals) * tangents[0]))
    return f


pair("a factor in a custom_jvp", _by_jvp(0.5), _by_jvp(1.0), **ANY)
pair(
    "stop_gradient around a factor",
    lambda x: x * jax.lax.stop_gradient(jnp.sin(x)),
    lambda x: x * jnp.sin(x),
    **ANY,
)
pair(
    "NaN behind a where",
    lambda x: jnp.where(x > 0, jnp.sqrt(x), 0.0),
    lambda x: jnp.where(x <= 0, 0.0, jnp.sqrt(jnp.where(x <= 0, 1.0, x))),
    **ANY,
)
pair(
    "a norm with NaN at zero",
    lambda x: jnp.sqrt((x * x).sum(-1)),
    lambda x: jnp.where((n := (x * x).sum(-1)) == 0, 0.0, jnp.sqrt(jnp.where(n == 0, 1.0, n))),
    **MATRIX,
)
pair(
    "exp overflows",
    lambda x: jnp.exp(x) / jnp.exp(x).sum(-1, keepdims=True),
    lambda x: jax.nn.softmax(x, -1),
    **MATRIX,
)
pair("a float64 constant", lambda x: x * np.full(x.shape, 2.0), lambda x: x * 2.0, **ANY)
