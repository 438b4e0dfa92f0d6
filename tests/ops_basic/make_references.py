"""Make the stored references: `python tests/ops_basic/make_references.py`, in an environment with JAX.

For each program: values, the gradient for a random cotangent, and the gradient of that gradient for random
directions, in double precision. The tests read what this writes, so they need no JAX. Run it again when a
program is added.
"""

from __future__ import annotations

import importlib
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np

jax: Any = importlib.import_module("jax")
jax.config.update("jax_enable_x64", True)
jnp: Any = importlib.import_module("jax.numpy")
PROGRAMS: list[tuple[str, ...]] = importlib.import_module("basic_programs").PROGRAMS


def draw(description: str, rng: np.random.Generator) -> Any:
    """Return values that float32 holds exactly, so that both precisions see the same input."""
    domain, *shape = description.split()
    x = rng.standard_normal([int(n) for n in shape])
    if domain == "positive":
        x = 0.25 + np.abs(x)
    elif domain == "unit":
        x = 0.9 * np.tanh(x)
    elif domain == "nonzero":
        x = x + np.copysign(0.25, x)
    return np.asarray(x).astype(np.float32).astype(np.float64)


def make_reference(expression: str, inputs: list[Any], rng: np.random.Generator) -> dict[str, list[Any]]:
    """Return inputs, value, cotangent, gradients, directions and second-order products."""

    def program(*values: Any) -> Any:
        return eval(expression, {"np": jnp}, dict(zip("abc", values, strict=False)))

    value = program(*map(jnp.asarray, inputs))
    cotangent = jnp.asarray(draw("real " + " ".join(map(str, value.shape)), rng))
    directions = [jnp.asarray(draw("real " + " ".join(map(str, x.shape)), rng)) for x in inputs]
    numbers = tuple(range(len(inputs)))
    gradient = jax.grad(lambda *xs: (program(*xs) * cotangent).sum(), numbers)
    second = jax.grad(
        lambda *xs: sum((g * d).sum() for g, d in zip(gradient(*xs), directions, strict=True)), numbers
    )
    return {
        "input": inputs,
        "output": [value],
        "cotangent": [cotangent],
        "gradient": list(gradient(*map(jnp.asarray, inputs))),
        "direction": directions,
        "second": list(second(*map(jnp.asarray, inputs))),
    }


def main() -> None:
    """Write the references of all programs into one file."""
    index, values = [], []
    for expression, *descriptions in PROGRAMS:
        rng = np.random.default_rng(zlib.crc32(repr((expression, descriptions)).encode()))
        try:
            made = make_reference(expression, [draw(d, rng) for d in descriptions], rng)
        except Exception as error:
            print(f"{expression}: {type(error).__name__}: {str(error)[:150]}")
            continue
        places = [(kind, np.shape(x)) for kind, arrays in made.items() for x in arrays]
        values += [np.ravel(x) for arrays in made.values() for x in arrays]
        index.append({"expression": expression, "arrays": places})
    path = Path(__file__).parent / "references" / "programs.npz"
    np.savez_compressed(
        path, index=np.array(json.dumps(index)), values=np.concatenate(values).astype(np.float64)
    )
    print(f"{len(index)} references, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
