"""Scripts that show a wrong gradient; they import the framework and the function alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.testing.finding import Evidence
from minigrad_core.testing.samples.sample import Sample

from .foreign import ForeignSubject


def write_torch_script(subject: ForeignSubject, sample: Sample, evidence: Evidence) -> str:
    """Return a script that prints both derivatives, and exits with 1 if they differ."""
    i, outputs = evidence.input, [g for g in evidence.cotangents if g.dtype.kind in "fc"]
    apply = ".apply" if isinstance(subject.f, type) else ""
    lines = [
        "import sys",
        "import torch",
        *_define_function_and_inputs(subject, sample, _format_tensor),
        f"grads = [{', '.join(map(_format_tensor, outputs))}]",
        f"v = {_format_tensor(np.asarray(evidence.direction))}  # the direction in x{i}",
        f"def run(x{i}):",
        f"    out = f{apply}({_format_arguments(subject, sample, _format_tensor)})",
        "    outs = out if isinstance(out, (tuple, list)) else (out,)",
        "    return sum((y * g).sum() for y, g in zip([y for y in outs if y.is_floating_point()], grads))",
        f"(received,) = torch.autograd.grad(run(x{i}.requires_grad_()), x{i})",
        "h = 2.0**-17",
        f"numeric = ((run(x{i} + h * v) - run(x{i} - h * v)) / (2 * h)).item()",
        "analytic = (received * v).sum().item()",
        *_compare_derivatives(evidence),
    ]
    return "\n".join(lines)


def write_jax_script(subject: ForeignSubject, sample: Sample, evidence: Evidence) -> str:
    """Return a script that prints both derivatives, and exits with 1 if they differ."""
    i, outputs = evidence.input, [g for g in evidence.cotangents if g.dtype.kind in "fc"]
    lines = [
        "import sys",
        "import jax",
        "from jax import numpy as jnp",
        'jax.config.update("jax_enable_x64", True)',
        *_define_function_and_inputs(subject, sample, _format_jax_array),
        f"grads = [{', '.join(map(_format_jax_array, outputs))}]",
        f"v = {_format_jax_array(np.asarray(evidence.direction))}  # the direction in x{i}",
        f"def run(x{i}):",
        f"    outs = jax.tree.leaves(f({_format_arguments(subject, sample, _format_jax_array)}))",
        "    return sum((y * g).sum() for y, g in zip([y for y in outs if y.dtype.kind in 'fc'], grads))",
        "h = 2.0**-17",
        f"numeric = float((run(x{i} + h * v) - run(x{i} - h * v)) / (2 * h))",
        f"analytic = float((jax.grad(run)(x{i}) * v).sum())",
        *_compare_derivatives(evidence),
    ]
    return "\n".join(lines)


def write_autograd_script(subject: ForeignSubject, sample: Sample, evidence: Evidence) -> str:
    """Return a script that calls autograd's `check_grads`, which raises."""
    i = evidence.input
    lines = [
        "import numpy as np",
        "from autograd.test_util import check_grads",
        *_define_function_and_inputs(subject, sample, _format_array),
        f"check_grads(lambda x{i}: f({_format_arguments(subject, sample, repr)}), modes=['rev'])(x{i})",
    ]
    return "\n".join(lines)


def _define_function_and_inputs(
    subject: ForeignSubject, sample: Sample, format_value: Callable[[Any], str]
) -> list[str]:
    inputs = [f"x{k} = {format_value(x)}" for k, x in enumerate(sample.inputs)]
    return [*import_lines(subject.f), *inputs]


def _format_arguments(subject: ForeignSubject, sample: Sample, format_value: Callable[[Any], str]) -> str:
    names = [f"x{k}" for k in range(len(sample.inputs))]
    settings = {name: format_value(value) for name, value in sample.settings.items()}
    positional, named = subject.bind_arguments(names, settings)
    return ", ".join(
        [*map(_format_argument, positional), *(f"{name}={text}" for name, text in named.items())]
    )


def _format_argument(value: Any) -> str:
    return f"[{', '.join(map(_format_argument, value))}]" if isinstance(value, list) else str(value)


def _compare_derivatives(evidence: Evidence) -> list[str]:
    tolerance = float(evidence.error / 2) if np.isfinite(evidence.error) else 1e-6
    return [
        'print("analytic:", analytic, "numeric:", numeric)',
        f"sys.exit(not abs(analytic - numeric) <= {tolerance!r})",
    ]


def _format_tensor(x: Any) -> str:
    if not isinstance(x, np.ndarray):
        return repr(x)
    return f"torch.tensor({literal(x)}, dtype=torch.{x.dtype.name}){_format_reshape(x)}"


def _format_jax_array(x: Any) -> str:
    if not isinstance(x, np.ndarray):
        return repr(x)
    return f"jnp.array({literal(x)}, dtype='{x.dtype.name}'){_format_reshape(x)}"


def _format_array(x: Any) -> str:
    return f"np.array({literal(x)})" if isinstance(x, np.ndarray) else repr(x)


def _format_reshape(x: NDArray[Any]) -> str:
    """Return the reshape of an empty array, whose nested lists do not determine its shape."""
    return f".reshape({x.shape})" if not x.size else ""


def literal(x: NDArray[Any]) -> str:
    """Return the values of an array as nested lists.

    >>> import numpy as np
    >>> literal(np.array([[1.5, np.nan], [np.inf, 0.0]]))
    "[[1.5, float('nan')], [float('inf'), 0.0]]"
    """
    return _format_value(x.tolist())


def _format_value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_format_value, value))}]"
    return repr(value) if not isinstance(value, float) or math.isfinite(value) else f"float({str(value)!r})"


def import_lines(f: Any) -> list[str]:
    """Return the lines that import a function as `f`; a placeholder if the function has no global name."""
    module, name = str(getattr(f, "__module__", "")), str(getattr(f, "__qualname__", ""))
    if not module or "<" in name or not name:
        return [
            f"from {module or '...'} import ...  # the function is local or has no name: assign it to f",
            "f = ...",
        ]
    first, _, rest = name.partition(".")
    return [f"from {module} import {first}", f"f = {first}{'.' * bool(rest)}{rest}"]
