"""Make the stored references: `python -m tests.core.make_transform_references 80`, where JAX is installed.

The value and the gradient of random compositions of transforms, in double precision.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from tests.core.transform_programs import POINT, V, W, composed

jax: Any = importlib.import_module("jax")
jax.config.update("jax_enable_x64", True)
jnp: Any = importlib.import_module("jax.numpy")


def stopped(f: Any) -> Any:
    return lambda x: jax.lax.stop_gradient(f(x))


def pulled(f: Any, x: Any, c: Any) -> Any:
    value, pullback = jax.vjp(f, x)
    return pullback(jnp.broadcast_to(jnp.asarray(c, value.dtype), value.shape))[0]


def hvp(f: Any, primals: Any, vectors: Any) -> Any:
    return (jax.jvp(jax.grad(f), primals, vectors)[1],)


NAMES = {
    "np": jnp, "V": jnp.array(V), "W": jnp.array(W), "grad": jax.grad, "jvp": jax.jvp, "hvp": hvp,
    "hessian": jax.hessian, "jacobian": jax.jacobian, "value_and_grad": jax.value_and_grad,
    "checkpoint": jax.checkpoint, "pulled": pulled, "stopped": stopped,
}  # fmt: skip


def main(count: int, path: Path) -> None:
    """Write `count` compositions of tame values."""
    rng = np.random.default_rng(0)
    made: list[dict[str, Any]] = []
    while len(made) < count:
        text = composed(rng, int(rng.integers(1, 4)))
        if text.count("jacobian") + text.count("hessian") > 1:
            continue  # fifth derivatives take seconds
        jax.clear_caches()
        value, gradient = jax.jit(jax.value_and_grad(eval(text, NAMES)))(jnp.array(POINT))
        size = float(jnp.abs(gradient).max())
        if np.isfinite(size) and size < 1e3:
            made.append({"text": text, "value": float(value), "gradient": gradient.tolist()})
    path.write_text("[\n" + ",\n".join(map(json.dumps, made)) + "\n]\n")


if __name__ == "__main__":
    main(
        int(sys.argv[1]), Path(*sys.argv[2:3]) if sys.argv[2:] else Path(__file__).parent / "transforms.json"
    )
