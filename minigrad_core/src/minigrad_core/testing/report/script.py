"""A stand-alone script that reproduces a wrong gradient: it imports NumPy and the operation, no kit."""

import sys
from typing import Any

import numpy as np

from ..oracle.compare import Evidence
from ..samples.sample import Sample

LARGEST = 200  # values that are written out


def script(op: Any, sample: Sample, evidence: Evidence) -> str:
    """Return Python code that prints both derivatives, and exits with 1 while they differ."""
    x, step = sample.inputs[evidence.input], 2.0**-17
    names = ", ".join(f"x{k}" for k in range(len(sample.inputs)))
    moved = [f"x{k}" + " + h * v" * (k == evidence.input) for k in range(len(sample.inputs))]
    lines = [
        "import sys",
        "import numpy as np",
        "from numpy import inf, nan",
        *_import(op),
        "class Context:  # what forward leaves for backward",
        f"    needs = {tuple(sample.needs)!r}",
        "    saved = ()",
        "    def save(self, *values):",
        "        self.saved = values",
        *(f"x{k} = {_literal(value)}" for k, value in enumerate(sample.inputs)),
        f"settings = {_settings(sample.settings)}",
        f"grads = [{', '.join(_literal(g) for g in evidence.cotangents)}]  # one per output",
        f"v = {_literal(np.asarray(evidence.direction))}  # the direction in x{evidence.input}",
        f"def run({names}, ctx=None):",
        f"    out = op.forward(ctx or Context(), {names}, **settings)",
        "    return out if isinstance(out, tuple) else (out,)",
        "def moved(h):",
        f"    return run({', '.join(moved)})",
        "ctx = Context()",
        f"run({names}, ctx)",
        "received = op.backward(ctx, *grads)",
        f"received = received[{evidence.input}] if isinstance(received, tuple) else received",
        *_unbroadcast(op, x.shape),
        "analytic = float(np.sum(np.where(v == 0, 0, received * v)))",
        f"h = {step!r}",
        "high, low = moved(h), moved(-h)",
        "numeric = float(sum(np.sum(g * (b - a)) for g, a, b in zip(grads, low, high)) / (2 * h))",
        'print("analytic:", analytic)',
        'print("numeric: ", numeric)',
        f"wrong = not abs(analytic - numeric) <= {_tolerance(evidence)!r}",
        'print("they differ" if wrong else "they agree")',
        "sys.exit(wrong)",
    ]
    return "\n".join(lines)


def _tolerance(evidence: Evidence) -> float:
    """Return half of the error: far above what a plain difference gets wrong, far below what is wrong."""
    return float(evidence.error / 2) if np.isfinite(evidence.error) else 1e-6


def _import(op: Any) -> list[str]:
    cls: Any = type(op)
    module, name = cls.__module__, cls.__qualname__
    registered = getattr(sys.modules.get(module), str(getattr(op, "name", "")), None)
    if registered is not None and registered is op:
        return [f"from {module} import {op.name!s} as op"]
    if "<locals>" in name:
        return [
            f"from {module} import ...  # {name} was made in a function: assign an instance to op",
            "op = ...",
        ]
    return [f"from {module} import {name.partition('.')[0]}", f"op = {name}()"]


def _unbroadcast(op: Any, shape: tuple[int, ...]) -> list[str]:
    if not getattr(op, "broadcasts", False):
        return []
    return [
        "# op.broadcasts: the engine sums a gradient back to the input's shape",
        f"shape = {shape!r}",
        "received = np.sum(received, axis=tuple(range(np.ndim(received) - len(shape))))",
        "stretched = tuple(k for k, n in enumerate(shape) if n == 1)",
        "received = np.sum(received, axis=stretched, keepdims=True)",
    ]


def _literal(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return repr(value)
    if value.size > LARGEST:
        return (
            f"np.random.default_rng(0).normal(size={value.shape!r})  # {value.size} values, not written out"
        )
    reshaped = f".reshape({value.shape!r})" if value.size == 0 else ""
    return f"np.array({value.tolist()!r}, dtype=np.{value.dtype.name}){reshaped}"


def _settings(settings: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{name!r}: {_literal(value)}" for name, value in settings.items()) + "}"
