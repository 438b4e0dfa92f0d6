"""Write `jax.json`: gradients of JAX, with which `test_jax_references` compares those of minigrad.

Run `python tests/scipy/make_jax_references.py` where JAX is installed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

RNG = np.random.default_rng(7)
MATRIX = RNG.normal(size=(3, 4))
POINTS, OTHERS = RNG.uniform(0.2, 2, (4, 3)), RNG.uniform(0.2, 2, (5, 3))
GRID, VALUES = [[0.0, 0.4, 1.0], [-1.0, 0.0, 0.7, 2.0]], RNG.normal(size=(3, 4))
XI = [[0.3, 0.5], [0.9, -0.4]]
DENSE = np.array([[4.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, -1.0, 2.0]])


def main() -> None:
    """Write the file: for each function the arguments, and the gradients of the sum of its cubes."""
    import jax
    from jax import numpy as jnp
    from jax.scipy import fft, interpolate

    jax.config.update("jax_enable_x64", True)

    def divergence(x: Any, y: Any) -> Any:
        x, y = (each / each.sum(-1, keepdims=True) for each in (x, y))
        x, y = x[:, None], y[None]
        m = (x + y) / 2
        return jnp.sqrt(jnp.sum(x * jnp.log(x / m) + y * jnp.log(y / m), -1) / 2)

    def norm(x: Any) -> Any:
        return jnp.linalg.norm(x, axis=-1, keepdims=True)

    functions = {
        "dct": (fft.dct, [MATRIX]),
        "idct": (fft.idct, [MATRIX]),
        "dctn ortho": (lambda x: fft.dctn(x, norm="ortho"), [MATRIX]),
        "idctn ortho": (lambda x: fft.idctn(x, norm="ortho"), [MATRIX]),
        "cdist euclidean": (lambda x, y: jnp.linalg.norm(x[:, None] - y, axis=-1), [POINTS, OTHERS]),
        "cdist cosine": (lambda x, y: 1 - (x / norm(x)) @ (y / norm(y)).T, [POINTS, OTHERS]),
        "cdist jensenshannon": (divergence, [POINTS, OTHERS]),
        "cdist canberra": (
            lambda x, y: jnp.sum(jnp.abs(x[:, None] - y) / (jnp.abs(x[:, None]) + jnp.abs(y)), -1),
            [POINTS, OTHERS],
        ),
        "grid linear": (
            lambda values, xi: interpolate.RegularGridInterpolator(list(map(jnp.array, GRID)), values)(xi),
            [VALUES, np.array(XI)],
        ),
        "spsolve": (jnp.linalg.solve, [DENSE, MATRIX[:, 0]]),
    }
    stored = {}
    for name, (f, arguments) in functions.items():
        gradients = jax.grad(lambda *xs, f=f: jnp.sum(f(*xs) ** 3), tuple(range(len(arguments))))(*arguments)
        stored[name] = {
            "arguments": [np.asarray(x).tolist() for x in arguments],
            "gradients": [np.asarray(x).tolist() for x in gradients],
        }
    Path(__file__).with_name("jax.json").write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
