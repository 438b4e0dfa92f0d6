"""What is wrong about values, types and what is kept."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from .pair import ANY, MATRIX, pair, unary, with_rule

unary("a factor", lambda x: x * x, lambda x, g: x * g, lambda x, g: 2 * x * g)
unary("a sign", jnp.cos, lambda x, g: jnp.sin(x) * g, lambda x, g: -jnp.sin(x) * g)
unary("grad forgotten", jnp.sin, lambda x, g: jnp.cos(x), lambda x, g: g * jnp.cos(x))
unary("right for x > 0", lambda x: x * jnp.abs(x), lambda x, g: 2 * x * g, lambda x, g: 2 * jnp.abs(x) * g)
unary("clipped", jnp.sinh, lambda x, g: jnp.clip(g * jnp.cosh(x), -5, 5), lambda x, g: g * jnp.cosh(x))
unary(
    "stop_gradient",
    lambda x: x**3,
    lambda x, g: g * jax.lax.stop_gradient(3 * x**2),
    lambda x, g: g * 3 * x**2,
)
unary(
    "grad cut off",
    lambda x: x**3,
    lambda x, g: jax.lax.stop_gradient(g) * 3 * x**2,
    lambda x, g: g * 3 * x**2,
)
unary(
    "float32 inside",
    jnp.sinh,
    lambda x, g: (g.astype(jnp.float32) * jnp.cosh(x.astype(jnp.float32))).astype(g.dtype),
    lambda x, g: g * jnp.cosh(x),
)
unary(
    "overflow in the rule",
    lambda x: jnp.logaddexp(x, 0.0),
    lambda x, g: g * jnp.exp(x) / (1 + jnp.exp(x)),
    lambda x, g: g * jax.nn.sigmoid(x),
)
unary(
    "NaN at zero",
    lambda x: jnp.where(x == 0, 1.0, jnp.sin(x) / jnp.where(x == 0, 1.0, x)),
    lambda x, g: g * (jnp.cos(x) * x - jnp.sin(x)) / x**2,
    lambda x, g: jnp.where(x == 0, 0.0, g * (jnp.cos(x) * x - jnp.sin(x)) / jnp.where(x == 0, 1.0, x) ** 2),
)
unary("integers for a gradient", lambda x: 3 * x, lambda x, g: jnp.round(3 * g), lambda x, g: 3 * g)
unary(
    "NumPy inside of the rule",
    jnp.sin,
    lambda x, g: g * np.cos(np.asarray(x)),
    lambda x, g: g * jnp.cos(x),
)
_kept: dict[str, object] = {}


def _remembering(x):
    _kept["x"] = x
    return jnp.sin(x)


_sine = with_rule(jnp.sin, lambda x, g: g * jnp.cos(x))
pair("kept outside", with_rule(_remembering, lambda x, g: g * jnp.cos(x)), _sine, **ANY)


def _value_of_fwd(shift):
    f = jax.custom_vjp(jnp.sin)
    f.defvjp(lambda x: (jnp.sin(x) + shift * x, x), lambda x, g: (g * jnp.cos(x),))
    return f


pair("another value where it is differentiated", _value_of_fwd(1e-3), _value_of_fwd(0.0), **ANY)


def _by_jvp(factor):
    f = jax.custom_jvp(jnp.exp)
    f.defjvp(lambda primals, tangents: (jnp.exp(*primals), factor * jnp.exp(*primals) * tangents[0]))
    return f


pair("a factor in a custom_jvp", _by_jvp(0.5), _by_jvp(1.0), **ANY)
pair(
    "a part behind stop_gradient",
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
pair("float64 made on the way", lambda x: x * np.full(x.shape, 2.0), lambda x: x * 2.0, **ANY)
