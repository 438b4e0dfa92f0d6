"""A stand-alone script that reproduces a wrong gradient: it imports NumPy and the operation only."""

import sys
from typing import Any

import numpy as np

from ..oracle.compare import Evidence
from ..samples.sample import Sample

SCRIPT = """\
import sys
import numpy as np
from numpy import inf, nan
{operation}
class Context:  # holds what forward saves for backward
    needs = {needs}
    saved = ()
    def save(self, *values):
        self.saved = values
{inputs}
settings = {settings}
grads = {grads}  # one per output
v = {direction}  # the direction in x{index}
def run({names}, ctx=None):
    out = op.forward(ctx or Context(), {names}, **settings)
    return out if isinstance(out, tuple) else (out,)
def moved(h):
    return run({moved})
ctx = Context()
run({names}, ctx)
received = op.backward(ctx, *grads)
received = received[{index}] if isinstance(received, tuple) else received
# If it broadcasts, the engine sums this gradient to the shape of x{index}; here the product is summed.
analytic = float(np.sum(np.where(v == 0, 0, received * v)))
h = 2.0**-17
high, low = moved(h), moved(-h)
numeric = float(sum(np.sum(g * (b - a)) for g, a, b in zip(grads, low, high)) / (2 * h))
print("analytic:", analytic)
print("numeric: ", numeric)
wrong = not abs(analytic - numeric) <= {tolerance}
print("they differ" if wrong else "they agree")
sys.exit(wrong)"""


def write_script(op: Any, sample: Sample, evidence: Evidence) -> str:
    """Return Python code that prints both derivatives, and exits with status 1 if they differ."""
    index, names = evidence.input, [f"x{k}" for k in range(len(sample.inputs))]
    # Half of the error: far above the error of a plain difference.
    tolerance = float(evidence.error / 2) if np.isfinite(evidence.error) else 1e-6
    return SCRIPT.format(
        operation=_import(op),
        needs=tuple(sample.needs),
        inputs="\n".join(f"{x} = {_literal(value)}" for x, value in zip(names, sample.inputs, strict=True)),
        settings=f"dict({', '.join(f'{name}={_literal(value)}' for name, value in sample.settings.items())})",
        grads=f"[{', '.join(map(_literal, evidence.cotangents))}]",
        direction=_literal(np.asarray(evidence.direction)),
        names=", ".join(names),
        moved=", ".join(x + " + h * v" * (k == index) for k, x in enumerate(names)),
        index=index,
        tolerance=tolerance,
    )


def _import(op: Any) -> str:
    cls: Any = type(op)
    module, name = cls.__module__, cls.__qualname__
    registered = getattr(sys.modules.get(module), str(getattr(op, "name", "")), None)
    if registered is not None and registered is op:
        return f"from {module} import {op.name!s} as op"
    if "<locals>" in name:
        return f"from {module} import ...  # {name} was made in a function: assign it to op\nop = ..."
    return f"from {module} import {name.partition('.')[0]}\nop = {name}()"


def _literal(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return repr(value)
    reshaped = "" if value.size else f".reshape({value.shape})"
    return f"np.array({value.tolist()!r}, dtype=np.{value.dtype.name}){reshaped}"
