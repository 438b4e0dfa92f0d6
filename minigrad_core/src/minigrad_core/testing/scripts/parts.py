"""The parts that scripts share: their beginning and their end, and the comparison of two results.

A subject writes the beginning (`Subject.write_script`), which is the same for all faults. It defines
`inputs`, `grads`, `needs` and `call(*inputs, needs=needs)`. This function returns the outputs and a function
from `grads` to the gradients, all of them NumPy arrays in every framework. A law writes the rest, which sets
`wrong`, and may call the functions of `DEFINITIONS`. If it has weights, `differentiate(weights)` returns the
gradients, the derivatives of sum(weights * gradients) by inputs and by `grads`, and the outputs.
"""

import inspect
import sys
from textwrap import indent
from typing import Any

import numpy as np

from ..closeness import largest_magnitude
from ..finding import Comparison, Script
from ..global_state import read_global_state

IMPORTS = """\
from __future__ import annotations
import importlib
import sys
import warnings
import numpy as np
from numpy import inf, nan
"""
END = """
print("wrong" if wrong else "right")
sys.exit(bool(wrong))"""
DEFINITIONS = {
    "read_global_state(": f"import os, random, threading\n{inspect.getsource(read_global_state)}",
    "compute(": """\
def compute(inputs, grads, needs=needs):  # the outputs, and the gradients if there are any
    outputs, pull = call(*inputs, needs=needs)
    if list(map(np.shape, grads)) != list(map(np.shape, outputs)):  # the outputs have other shapes
        grads = [np.ones_like(y) for y in outputs] if grads else ()
    return outputs, (pull(*grads) if grads else ())
""",
    "differs(": """\
def differs(actual, expected, tolerance):
    print("result:  ", actual)
    print("expected:", expected)
    if actual is None or expected is None or np.shape(actual) != np.shape(expected):
        return actual is not expected
    is_equal = (actual == expected) | (np.isnan(actual) & np.isnan(expected)) | np.isinf(tolerance)
    return not np.all(is_equal | (np.abs(actual - (expected + 0.0)) <= tolerance))
""",
}


def write_script(
    imports: str, function: str, sample: Any, script: Script, call: str, differentiate: str
) -> str:
    """Return a whole script, for a framework.

    imports, function: the lines that import the framework, and the function under test.
    sample: the arguments of the call.
    script: the rest of the script.
    call, differentiate: the code that defines `call`, and the code that defines `differentiate`.
    """
    names = [f"x{k}" for k in range(len(sample.inputs))]
    lines = [
        *filter(None, (imports, function)),
        "saved = []  # what forward saves for backward, in the last call",
        *(f"{name} = {write_literal(x)}" for name, x in zip(names, sample.inputs, strict=True)),
        f"inputs = [{', '.join(names)}]",
        f"needs = {tuple(map(_needs_gradient, sample.inputs))}  # the inputs that need a gradient",
        f"settings = dict({', '.join(f'{name}={write_literal(v)}' for name, v in sample.settings.items())})",
        f"grads = [{', '.join(map(write_literal, script.cotangents))}]  # one per output",
        call,
    ]
    if script.weights:
        lines += [
            f"weights = [{', '.join(map(write_literal, script.weights))}]  # one per gradient",
            differentiate,
        ]
    beginning = "\n".join(lines)
    definitions = "".join(code for name, code in DEFINITIONS.items() if name in script.code)
    return f"{IMPORTS}{beginning}\n{definitions}{script.code}{END}"


def expect_refusal(call: str, accepted: str = "wrong = True\n") -> str:
    """Return code for a call that may raise; `accepted` runs where the call does not raise."""
    return f"""\
try:
{indent(call + accepted, "    ")}\
except Exception as error:
    print("refused:", error)
    wrong = False
"""


def expect_success(calls: str, error: str = "Exception") -> str:
    """Return code for calls that may not raise an error."""
    return f"""\
try:
    wrong = False
{indent(calls, "    ")}\
except {error} as error:
    print(type(error).__name__, error)
    wrong = True
"""


def write_import(thing: Any, target: str) -> str:
    """Return the lines that import a class, or an instance that its class makes without arguments."""
    cls: Any = thing if isinstance(thing, type) else type(thing)
    module, name = cls.__module__, cls.__qualname__
    registered = getattr(sys.modules.get(module), str(getattr(thing, "name", "")), None)
    if registered is not None and registered is thing:
        return f"from {module} import {thing.name!s} as {target}"
    if "<locals>" in name:
        return f"from {module} import ...  # {name} was made in a function: assign it\n{target} = ..."
    made = "" if cls is thing else "()"
    return f"from {module} import {name.partition('.')[0]}\n{target} = {name}{made}"


def _needs_gradient(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype.kind in "fc"


def write_literal(value: Any) -> str:
    """Return a Python expression for an argument."""
    if isinstance(value, np.ndarray):
        reshaped = "" if value.size else f".reshape({value.shape})"
        return f"np.array({value.tolist()!r}, dtype=np.{value.dtype.name}){reshaped}"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {write_literal(x)}' for key, x in value.items())}}}"
    if isinstance(value, tuple | list) or not hasattr(value, "__qualname__"):
        return repr(value)
    if value.__module__.startswith("minigrad_core.testing."):
        return value.__name__  # its source is in the script
    return f"importlib.import_module({value.__module__!r}).{value.__qualname__}"


def write_place(comparison: Comparison) -> str:
    """Return the place of a result in the return value of `compute`, as an index in code."""
    return f"[{int(comparison.result.is_gradient)}][{comparison.result.position}]"


def write_test(comparison: Comparison) -> str:
    """Return the line that compares `actual` with `expected`.

    The tolerance is half of the largest error, since a right result is far nearer; only the wrong places
    count.
    """
    actual, expected = np.asarray(comparison.result.values), np.asarray(comparison.expected)
    tolerance: Any = 1e-9 * (1 + largest_magnitude(expected))
    if actual.shape == expected.shape and actual.dtype.kind in "fc":
        error = np.nan_to_num(np.abs(actual - expected), nan=0.0, posinf=0.0)
        tolerance = float(error.max(initial=0.0, where=comparison.is_wrong)) / 2
        tolerance = tolerance or 1e-3 * (1 + largest_magnitude(expected))  # not finite on one side
        if not np.all(comparison.is_wrong):
            tolerance = np.where(comparison.is_wrong, tolerance, np.inf)
    return f"wrong = differs(actual, expected, {write_literal(tolerance)})\n"
