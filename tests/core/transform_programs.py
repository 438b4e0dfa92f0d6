# ruff: noqa: E501 - a table
"""Random compositions of transforms: text that minigrad and JAX evaluate alike.

Each is a function of a vector x of three numbers, to a number. `np` is the library's NumPy, V and W are
constant vectors, and the transforms have minigrad's names; what differs between the two is in `pulled`
(a pullback applied) and `stopped` (a value that counts as constant).
"""

from __future__ import annotations

import numpy as np

POINT, V, W = (0.7, -0.4, 1.1), (0.5, -1.0, 0.25), (-0.3, 0.8, 0.6)

BASES = [
    "np.sum(np.sin(x) * x[::-1])",
    "np.tanh(np.sum(V * x)) * x[1]",
    "np.exp(0.3 * x[0]) * x[1] + x[2] ** 3 / 5",
    "np.log(2 + np.sum(x * x))",
    "np.sum(np.outer(np.tanh(x), W) @ x) / 4",
    "np.linalg.norm(x) * np.prod(np.cos(x))",
    "np.max(x * V) * np.sum(np.where(x > 0, x * x, np.sin(x)))",
    "np.sum(np.cumsum(x)[np.array([2, 0, 2])] ** 2) / 9",
]

# How to make another function of the functions f and g.
COMPOSITIONS = {
    "gradient": "np.sum(grad(f)(x) * V)",
    "gradient of a product": "np.sum(grad(lambda y: f(y) * g(y))(x)) / 3",
    "jvp": "jvp(f, (x,), (V,))[1]",
    "jvp along the variable": "jvp(lambda y: f(y) + g(x), (x,), (np.sin(x),))[1]",
    "vjp": "np.sum(pulled(f, x, 0.5) * V)",
    "cotangent that varies": "np.sum(pulled(lambda y: f(y) * np.sin(y), x, np.cos(x)) * W)",
    "jvp of a gradient": "np.sum(jvp(grad(f), (x,), (W,))[1] * V)",
    "gradient of a jvp": "np.sum(grad(lambda y: jvp(f, (y,), (V,))[1])(x))",
    "hvp": "np.sum(hvp(f, (x,), (V,))[0] * x)",
    "hvp of a checkpoint": "np.sum(hvp(checkpoint(f), (x,), (np.tanh(x),))[0])",
    "hessian": "np.trace(hessian(f)(x))",
    "jacobian": "np.sum(np.sin(jacobian(lambda y: f(y) * np.tanh(y))(x)))",
    "tall jacobian": "np.sum(jacobian(lambda t: f(t * V) * np.sin(t * x))(0.3) * W)",
    "jacobian of a pullback": "np.sum(jacobian(lambda y: pulled(f, y, 1.0))(x) * V) / 3",
    "value_and_grad": "(lambda r: r[0] + np.sum(r[1] * W))(value_and_grad(f)(x))",
    "aux": "(lambda r: r[0][0] + np.sum(r[0][1]['two'] * r[1]))(value_and_grad(lambda y: (f(y), {'two': np.sin(y)}), has_aux=True)(x))",
    "gradient and aux": "(lambda r: np.sum(r[0] * V) * r[1])(grad(lambda y: (f(y), g(y)), has_aux=True)(x))",
    "checkpoint": "checkpoint(f)(x) + 0.5 * checkpoint(lambda y: g(y) * f(x))(x)",
    "closure": "np.sum(grad(lambda y: f(x * y))(V))",
    "closure, the same point": "np.sum(x * grad(lambda y: f(y) * np.sum(x * y))(x)) / 3",
    "closure of a number": "grad(lambda t: f(x + t * V))(0.2)",
    "closure of closures": "grad(lambda t: t * grad(lambda u: f(x + u * t * V) * t)(0.5))(1.5)",
    "tree": "(lambda d: np.sum(d['a'] * V) + np.sum(d['b'][0]) / 2)(grad(lambda d: f(d['a'] + np.tanh(d['b'][0])))({'a': x, 'b': [x * W]}))",
    "two arguments": "(lambda g: np.sum(g[0] * np.sin(g[1])))(grad(lambda a, b: f(a + b * b), argnums=(1, 0))(x, V))",
    "the last argument": "np.sum(grad(lambda a, b: f(a * b), argnums=-1)(W, x))",
    "mixed blocks": "np.sum(hessian(lambda a, b: f(a * b), argnums=(0, 1))(x, V)[0][1]) / 9",
    "constant": "f(x) * stopped(g)(x)",
    "constant derivative": "np.sum(grad(lambda y: f(y) * stopped(g)(y * x))(x)) / 3",
    "derivative of a constant": "f(x) + np.sum(grad(stopped(g))(x))",
    "descent": "f(x - 0.1 * grad(g)(x))",
    "sum": "np.tanh(f(x)) + g(x) / 2",
}


def composed(rng: np.random.Generator, depth: int) -> str:
    """Return a random composition as a lambda of x."""
    if depth == 0:
        return f"(lambda x: {rng.choice(BASES)})"
    text = COMPOSITIONS[str(rng.choice(list(COMPOSITIONS)))]
    f, g = composed(rng, depth - 1), composed(rng, int(rng.integers(0, depth)))
    return f"(lambda f, g: lambda x: {text})({f}, {g})"
