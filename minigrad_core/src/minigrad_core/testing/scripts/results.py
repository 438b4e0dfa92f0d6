"""Scripts for wrong results, and for calls that raise or are accepted."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..finding import Comparison, Result, Script
from .parts import expect_refusal, expect_success, write_literal, write_place, write_test


def show_result(comparison: Comparison, actual: str = "", weights: Sequence[Any] = ()) -> Script:
    """Return the script for a wrong output or gradient.

    actual: the code of another result, which may differentiate the sum of `weights` times gradients.
    """
    expected = comparison.expected
    actual = actual or f"compute(inputs, grads){write_place(comparison)}"
    code = f"actual = np.asarray({actual})  # {comparison.result.name}\n"
    if isinstance(expected, np.ndarray):
        kind = "dtype" if expected.dtype.kind == "f" else "dtype.kind"
        code += f"expected = {write_literal(expected)}\n{write_test(comparison)}"
        code += f"wrong = wrong or actual.{kind} != expected.{kind}\n"
    else:
        code += 'print("result:", actual, actual.dtype)\n'
        places = "" if comparison.is_wrong is True else f"[{write_literal(comparison.is_wrong)}]"
        is_right = f"np.isfinite(actual{places}).all()"
        if expected is not None:
            is_right = f'np.finfo(actual.dtype).dtype == "{expected}"'
        code += f"wrong = not {is_right}\n"
    return Script(code, comparison.cotangents, weights)


def show_count(expected: int) -> Script:
    """Return the script for a wrong number of outputs."""
    return Script(f"outputs = call(*inputs)[0]\nprint(outputs)\nwrong = len(outputs) != {expected}\n")


def show_outputs() -> Script:
    """Return the script for a call that raises, or returns something other than arrays of numbers."""
    code = """\
outputs = call(*inputs)[0]
print("outputs:", outputs)
arrays = [y for y in outputs if type(y) is np.ndarray or isinstance(y, np.generic)]
wrong = len(arrays) < len(outputs) or not all(y.dtype.kind in "biufc" for y in arrays)
"""
    return Script(expect_success(code))


def show_truncation(result: Result, cotangents: Sequence[Any]) -> Script:
    """Return the script for a float64 result with the digits of float32."""
    comparison = Comparison(result, None)
    code = f"""\
result = compute(inputs, grads){write_place(comparison)}
print("result:", result)
wrong = bool(np.all(result == np.float32(result)))
"""
    return Script(code, cotangents)


def show_acceptance(otherwise: Script | None = None) -> Script:
    """Return the script for a call that has to be refused, or that may be.

    otherwise: the script for a call that is accepted; by default it is wrong in any case.
    """
    if otherwise is None:
        return Script(expect_refusal("call(*inputs)\n"))
    return otherwise._replace(code=expect_refusal("call(*inputs)\n", otherwise.code))


def show_exception(
    cotangents: Sequence[Any] = (), *, warnings: bool = False, weights: Sequence[Any] = ()
) -> Script:
    """Return the script for a call that may not raise; with `warnings`, it may not warn either.

    weights: for gradients that cannot be differentiated, one array for each gradient.
    """
    strict = 'warnings.simplefilter("error")\n' if warnings else ""
    call = "differentiate(weights)\n" if weights else "compute(inputs, grads)\n"
    code = expect_success(call, "Warning" if warnings else "Exception")
    return Script(strict + code, cotangents, weights)
