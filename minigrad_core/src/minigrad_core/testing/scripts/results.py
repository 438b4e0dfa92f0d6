"""Scripts for wrong results, and for calls that raise or are accepted."""

from collections.abc import Sequence
from textwrap import indent
from typing import Any

import numpy as np

from ..finding import Comparison, Script
from .parts import COMPUTE, write_literal


def show_result(comparison: Comparison) -> Script:
    """Return the script for a wrong output or gradient: it is compared with the right values."""
    index, actual, expected = comparison.position, np.asarray(comparison.actual), comparison.expected
    if expected is None:
        text, wrong = "'finite values'", "not np.isfinite(result).all()"
    elif isinstance(expected, np.dtype):
        text, wrong = f"'the precision of {expected}'", f'np.finfo(result.dtype).dtype != "{expected}"'
    else:
        text = write_literal(expected)
        # Half of the error, since a right result is far nearer; only the wrong places count.
        error = np.nan_to_num(np.abs(actual - np.asarray(expected)))
        tolerance = np.where(comparison.is_wrong, error / 2, np.inf)
        is_equal = "(result == expected) | (np.isnan(result) & np.isnan(expected))"
        wrong = f"not ({is_equal} | (np.abs(result - expected) <= {write_literal(tolerance)})).all()"
    received = (
        f"call(*inputs)[1](*grads)[{index}]" if comparison.is_gradient else f"call(*inputs)[0][{index}]"
    )
    code = f"""\
result = np.asarray({received})  # {comparison.name}
expected = {text}
print("result:  ", result, result.dtype)
print("expected:", expected)
wrong = {wrong}
"""
    return Script(code, comparison.cotangents)


def show_kind(position: int | None, expected: Any) -> Script:
    """Return the script for an output of a wrong shape or dtype, or for a wrong number of outputs.

    position: the index of the output, None for the number of outputs.
    expected: the right output, or the right outputs.
    """
    if position is None:
        return Script(
            f"outputs = call(*inputs)[0]\nprint(outputs)\nwrong = len(outputs) != {len(expected)}\n"
        )
    code = f"""\
result = np.asarray(call(*inputs)[0][{position}])
print("result:  ", result.shape, result.dtype)
print("expected:", {expected.shape}, "{expected.dtype}")
wrong = result.shape != {expected.shape} or result.dtype.kind != "{expected.dtype.kind}"
"""
    if expected.dtype.kind == "f":
        code += f'wrong = wrong or result.dtype != "{expected.dtype}"\n'
    return Script(code)


def show_truncation(place: int, cotangents: Sequence[Any]) -> Script:
    """Return the script for a float64 result with the digits of float32.

    place: the index of the result among the outputs and the gradients.
    """
    code = f"""\
result = compute(inputs, grads)[{place}]
print("result:", result)
wrong = bool(np.all(result == np.float32(result)))
"""
    return Script(COMPUTE + code, cotangents)


def show_acceptance(otherwise: Script | None = None) -> Script:
    """Return the script for a call that has to be refused.

    otherwise: the script for a call that is accepted; by default it is wrong in any case.
    """
    accepted = indent(otherwise.code if otherwise else "wrong = True\n", "    ")
    code = f"""\
try:
    call(*inputs)
{accepted}except Exception as error:
    print("refused:", error)
    wrong = False
"""
    return Script(code, otherwise.cotangents if otherwise else ())


def show_exception(cotangents: Sequence[Any] = (), *, warnings: bool = False) -> Script:
    """Return the script for a call that may not raise; with `warnings`, it may not warn either."""
    strict = 'warnings.simplefilter("error")\n' if warnings else ""
    code = f"""\
try:
    compute(inputs, grads)
    wrong = False
except {"Warning" if warnings else "Exception"} as error:
    print(type(error).__name__, error)
    wrong = True
"""
    return Script(COMPUTE + strict + code, cotangents)
