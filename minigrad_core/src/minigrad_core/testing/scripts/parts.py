"""The parts that scripts share: their beginning and their end, and the comparison of two results.

A subject writes the beginning (`Subject.write_setup`), which is the same for all faults. It defines `inputs`,
`grads`, `needs` and `call(*inputs, needs=needs)`. This function returns the outputs and a function from
`grads` to the gradients, all of them NumPy arrays in every framework. A law writes the rest, which sets
`wrong`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..finding import Comparison

END = """
print("wrong" if wrong else "right")
sys.exit(bool(wrong))"""
COMPUTE = """\
def compute(inputs, grads, needs=needs):  # the outputs, and the gradients if there are any
    outputs, pull = call(*inputs, needs=needs)
    return [*outputs, *(pull(*grads) if grads else ())]
"""
DIFFERS = """\
def differs(actual, expected):
    print("result:  ", actual)
    print("expected:", expected)
    if actual is None or expected is None or np.shape(actual) != np.shape(expected):
        return actual is not expected
    largest = np.nanmax(np.abs(np.nan_to_num(expected)), initial=0.0)
    return not np.allclose(actual, expected, rtol=0, atol={tolerance}, equal_nan=True)
"""


def begin_script(imports: str, function: str, sample: Any, cotangents: Sequence[Any], call: str) -> str:
    """Return the beginning of a script, for a framework.

    imports, function: the lines that import the framework, and the function under test.
    sample, cotangents: the arguments of the call, and one gradient for each output.
    call: the code that defines `call`.
    """
    names = [f"x{k}" for k in range(len(sample.inputs))]
    lines = [
        "from __future__ import annotations",
        *("import importlib", "import sys", "import warnings"),
        "import numpy as np",
        "from numpy import inf, nan",
        *filter(None, (imports, function)),
        "saved = []  # what forward saves for backward, in the last call",
        *(f"{name} = {write_literal(x)}" for name, x in zip(names, sample.inputs, strict=True)),
        f"inputs = [{', '.join(names)}]",
        f"needs = {tuple(sample.needs)}  # the inputs that need a gradient",
        f"settings = dict({', '.join(f'{name}={write_literal(v)}' for name, v in sample.settings.items())})",
        f"grads = [{', '.join(map(write_literal, cotangents))}]  # one per output",
        call,
    ]
    return "\n".join(lines)


def write_literal(value: Any) -> str:
    """Return a Python expression for an argument."""
    if isinstance(value, np.ndarray):
        reshaped = "" if value.size else f".reshape({value.shape})"
        return f"np.array({value.tolist()!r}, dtype=np.{value.dtype.name}){reshaped}"
    if isinstance(value, tuple | list | dict) or not hasattr(value, "__qualname__"):
        return repr(value)
    return f"importlib.import_module({value.__module__!r}).{value.__qualname__}"


def write_directions(directions: Mapping[int, Any]) -> str:
    """Return directions by the index of the input, as code."""
    items = ", ".join(f"{i}: {write_literal(np.asarray(v))}" for i, v in directions.items())
    return f"{{{items}}}  # by the index of the input"


def write_index(comparison: Comparison, outputs: int) -> str:
    """Return the index of a result among the outputs and the gradients, as code."""
    return f"[{comparison.position + comparison.is_gradient * outputs}]"


def define_differs(comparison: Comparison) -> str:
    """Return the code that compares two results; a right result is far nearer than half of the error."""
    actual, expected = np.asarray(comparison.actual), np.asarray(comparison.expected)
    tolerance = "1e-9 * (1 + largest)"
    if actual.shape == expected.shape and actual.dtype.kind in "fc":
        error = float(np.nan_to_num(np.abs(actual - expected), posinf=0.0).max(initial=0.0))
        tolerance = f"{error / 2}" if error else tolerance
    return DIFFERS.format(tolerance=tolerance)
