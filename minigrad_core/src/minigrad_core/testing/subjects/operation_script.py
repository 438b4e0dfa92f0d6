"""Stand-alone scripts that show a fault of an operation: they import NumPy and the operation only."""

import sys
from typing import Any

import numpy as np

from ..finding import Comparison, Evidence
from ..samples.sample import Sample

SETUP = """\
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
def run({names}, ctx=None):
    out = op.forward(ctx or Context(), {names}, **settings)
    return out if isinstance(out, tuple) else (out,)
"""
CALL = """\
ctx = Context()
outputs = run({names}, ctx)
"""
REFUSAL = """\
try:
    run({names})
except Exception as error:
    print("refused:", error)
    sys.exit(0)
print("accepted, and it should be refused")
sys.exit(1)"""
BACKWARD = """\
received = op.backward(ctx, *grads)
received = received[{index}] if isinstance(received, tuple) else received
"""
SLOPES = """\
v = {direction}  # the direction in x{index}
def moved(h):
    return run({moved})
# If it broadcasts, the engine sums this gradient to the shape of x{index}; here the product is summed.
analytic = float(np.sum(np.where(v == 0, 0, received * v)))
h = 2.0**-17
high, low = moved(h), moved(-h)
numeric = float(sum(np.sum(g * (b - a)) for g, a, b in zip(grads, low, high)) / (2 * h))
print("analytic:", analytic)
print("numeric: ", numeric)
wrong = not abs(analytic - numeric) <= {tolerance}
"""
RESULT = """\
result = np.asarray({result})  # {name}
expected = {expected}
print("result:  ", result, result.dtype)
print("expected:", expected)
wrong = {wrong}
"""
EXIT = """\
print("they differ" if wrong else "they agree")
sys.exit(bool(wrong))"""


def write_script(op: Any, sample: Sample, fault: Evidence | Comparison) -> str:
    """Return Python code that prints both values of a result, and exits with status 1 if they differ."""
    names = [f"x{k}" for k in range(len(sample.inputs))]
    setup = SETUP.format(
        operation=_import(op),
        needs=tuple(sample.needs),
        inputs="\n".join(f"{x} = {_literal(value)}" for x, value in zip(names, sample.inputs, strict=True)),
        settings=f"dict({', '.join(f'{name}={_literal(value)}' for name, value in sample.settings.items())})",
        grads=f"[{', '.join(map(_literal, fault.cotangents))}]",
        names=", ".join(names),
    )
    inputs = ", ".join(names)
    if isinstance(fault, Comparison) and fault.expected is Exception:
        return setup + REFUSAL.format(names=inputs)
    test = _compare_slopes(fault, names) if isinstance(fault, Evidence) else _compare_results(fault)
    return setup + CALL.format(names=inputs) + test + EXIT


def _compare_slopes(evidence: Evidence, names: list[str]) -> str:
    index = evidence.input
    # Half of the error: far above the error of a plain difference.
    tolerance = float(evidence.error / 2) if np.isfinite(evidence.error) else 1e-6
    return BACKWARD.format(index=index) + SLOPES.format(
        direction=_literal(np.asarray(evidence.direction)),
        moved=", ".join(x + " + h * v" * (k == index) for k, x in enumerate(names)),
        index=index,
        tolerance=tolerance,
    )


def _compare_results(comparison: Comparison) -> str:
    index, actual, expected = comparison.position, np.asarray(comparison.actual), comparison.expected
    if expected is None:
        text, wrong = "'finite values'", "not np.isfinite(result).all()"
    elif isinstance(expected, np.dtype):
        text, wrong = f"'the precision of {expected}'", f'np.finfo(result.dtype).dtype != "{expected}"'
    else:  # an array
        text = _literal(expected)
        # Half of the error, since a right result is far nearer; only the wrong places count.
        tolerance = np.where(
            comparison.is_wrong, np.nan_to_num(np.abs(actual - np.asarray(expected))) / 2, np.inf
        )
        wrong = f"not (np.abs(result - expected) <= {_literal(tolerance)}).all()"
    has_gradient = len(comparison.cotangents) > 0
    result = "received" if has_gradient else f"outputs[{index}]"
    lines = RESULT.format(result=result, name=comparison.name, expected=text, wrong=wrong)
    return BACKWARD.format(index=index) * has_gradient + lines


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
