"""A script that shows a wrong gradient with JAX and the function alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .literals import import_lines, literal

if TYPE_CHECKING:
    from minigrad_core.testing.oracle.compare import Evidence
    from minigrad_core.testing.samples.sample import Sample

    from .jax_subject import JaxSubject


def script(subject: JaxSubject, sample: Sample, evidence: Evidence) -> str:
    """Return Python code that prints both derivatives, and exits with 1 while they differ."""
    arrays = [_array(x) for x in sample.inputs]
    settings = {n: _array(v) if isinstance(v, np.ndarray) else repr(v) for n, v in sample.settings.items()}
    positional, named = subject.bind_arguments([f"x{k}" for k in range(len(arrays))], settings)
    call = [*map(_argument, positional), *(f"{name}={value}" for name, value in named.items())]
    i, outputs = evidence.input, [g for g in evidence.cotangents if g.dtype.kind in "fc"]
    tolerance = float(evidence.error / 2) if np.isfinite(evidence.error) else 1e-6
    lines = [
        "import sys",
        "import jax",
        "from jax import numpy as jnp",
        'jax.config.update("jax_enable_x64", True)',
        *import_lines(subject.f),
        *(f"x{k} = {text}" for k, text in enumerate(arrays)),
        f"grads = [{', '.join(map(_array, outputs))}]",
        f"v = {_array(np.asarray(evidence.direction))}  # the direction in x{i}",
        f"def run(x{i}):",
        f"    outs = jax.tree.leaves(f({', '.join(call)}))",
        "    return sum((y * g).sum() for y, g in zip([y for y in outs if y.dtype.kind in 'fc'], grads))",
        "h = 2.0**-17",
        f"numeric = float((run(x{i} + h * v) - run(x{i} - h * v)) / (2 * h))",
        f"analytic = float((jax.grad(run)(x{i}) * v).sum())",
        'print("analytic:", analytic, "numeric:", numeric)',
        f"sys.exit(not abs(analytic - numeric) <= {tolerance!r})",
    ]
    return "\n".join(lines)


def _argument(value: Any) -> str:
    return f"[{', '.join(map(_argument, value))}]" if isinstance(value, list) else str(value)


def _array(x: Any) -> str:
    if not isinstance(x, np.ndarray):
        return repr(x)
    reshaped = f".reshape({x.shape})" if not x.size else ""
    return f"jnp.array({literal(x)}, dtype='{x.dtype.name}'){reshaped}"
