"""Whole scripts: a subject writes the beginning, and a judge is the end.

The beginning is the same for all faults. It defines `op`, `inputs`, `needs`, `settings`, `grads`, `saved` and
`call(*inputs, needs=needs)`. This function returns the outputs and a function from `grads` to the gradients,
all of them NumPy arrays in every framework. If the judge has weights, `differentiate(weights)` returns the
gradients, the derivatives of sum(weights * gradients) by inputs and by `grads`, and the outputs.
"""

from typing import Any

import numpy as np

from ..finding import Script
from .literals import is_of_kit, write_literal
from .sources import write_sources

BEGINNING = """\
from __future__ import annotations
import importlib
import sys
from types import SimpleNamespace
import numpy as np
from numpy import inf, nan
"""


def write_script(
    imports: str, function: str, sample: Any, script: Script, call: str, differentiate: str
) -> str:
    """Return the script of a call in some framework.

    imports, function: the lines that import the framework, and the function under test.
    sample: the arguments of the call.
    call, differentiate: the code that defines `call`, and the code that defines `differentiate`.
    """
    needs = tuple(isinstance(x, np.ndarray) and x.dtype.kind in "fc" for x in sample.inputs)
    lines = [
        *filter(None, (imports, function)),
        "saved = []  # what forward saves for backward, in the last call",
        *(f"x{k} = {write_literal(x)}" for k, x in enumerate(sample.inputs)),
        f"inputs = [{', '.join(f'x{k}' for k in range(len(sample.inputs)))}]",
        f"needs = {needs}  # the inputs that need a gradient",
        f"settings = {write_literal(dict(sample.settings))}",
        f"grads = {write_literal(list(script.cotangents))}  # one per output",
        call,
        differentiate if script.differentiates else "differentiate = None",
    ]
    names = ("op", "call", "differentiate", "inputs", "settings", "grads", "needs", "saved")
    run = f"SimpleNamespace({', '.join(f'{name}={name}' for name in names)})"
    return write_judge("\n".join(lines), [], run, script)


def write_judge(beginning: str, things: list[Any], run: str, script: Script, repetitions: int = 1) -> str:
    """Return a script that calls a judge.

    things: the classes whose source the script needs beside that of the judge.
    run: the code of the first argument of the judge.
    """
    functions = [value for value in script.values.values() if is_of_kit(value)]
    values = "".join(f", {name}={write_literal(value)}" for name, value in script.values.items())
    call = f"next({script.judge.__name__}(example{values}), None)"
    if repetitions > 1:  # state that outlives a call may show only after many calls
        call = f"next(filter(None, ({call} for _ in range({repetitions}))), None)"
    return f"""\
{BEGINNING}{beginning}
{write_sources(*things, *functions, script.judge)}
example = {run}
fact = {call}
print(f"wrong: {{fact}}" if fact else "right")
sys.exit(bool(fact))"""
