"""A script that shows a wrong gradient with PyTorch and the function alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .literals import import_lines, literal

if TYPE_CHECKING:
    from minigrad_core.testing.oracle.compare import Evidence
    from minigrad_core.testing.samples.sample import Sample

    from .torch_subject import TorchSubject


def script(subject: TorchSubject, sample: Sample, evidence: Evidence) -> str:
    """Return Python code that prints both derivatives, and exits with 1 while they differ."""
    tensors: list[Any] = [_tensor(x) for x in sample.inputs]
    positional, named = subject.bind_arguments(
        [f"x{k}" for k in range(len(tensors))], _settings(sample.settings)
    )
    call = [*map(_argument, positional), *(f"{name}={value}" for name, value in named.items())]
    i, outputs = evidence.input, [g for g in evidence.cotangents if g.dtype.kind in "fc"]
    apply = ".apply" if isinstance(subject.f, type) else ""
    lines = [
        "import sys",
        "import torch",
        *import_lines(subject.f),
        *(f"x{k} = {text}" for k, text in enumerate(tensors)),
        f"grads = [{', '.join(_tensor(g) for g in outputs)}]",
        f"v = {_tensor(np.asarray(evidence.direction))}  # the direction in x{i}",
        f"def run(x{i}):",
        f"    out = f{apply}({', '.join(call)})",
        "    outs = out if isinstance(out, (tuple, list)) else (out,)",
        "    return sum((y * g).sum() for y, g in zip([y for y in outs if y.is_floating_point()], grads))",
        f"(received,) = torch.autograd.grad(run(x{i}.requires_grad_()), x{i})",
        "h = 2.0**-17",
        f"numeric = ((run(x{i} + h * v) - run(x{i} - h * v)) / (2 * h)).item()",
        "analytic = (received * v).sum().item()",
        'print("analytic:", analytic, "numeric:", numeric)',
        f"sys.exit(not abs(analytic - numeric) <= {_tolerance(evidence)!r})",
    ]
    return "\n".join(lines)


def _tolerance(evidence: Evidence) -> float:
    return float(evidence.error / 2) if np.isfinite(evidence.error) else 1e-6


def _settings(settings: dict[str, Any]) -> dict[str, str]:
    return {name: _tensor(v) if isinstance(v, np.ndarray) else repr(v) for name, v in settings.items()}


def _argument(value: Any) -> str:
    return f"[{', '.join(map(_argument, value))}]" if isinstance(value, list) else str(value)


def _tensor(x: Any) -> str:
    if not isinstance(x, np.ndarray):
        return repr(x)
    reshaped = f".reshape({x.shape})" if not x.size else ""
    return f"torch.tensor({literal(x)}, dtype=torch.{x.dtype.name}){reshaped}"
