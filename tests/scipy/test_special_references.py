"""Derivatives of the functions of `scipy.special`, against those of mpmath with 40 digits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.errors import ArgumentError
from minigrad_scipy import special
from tests.each import for_each

ROWS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("special.json").read_text(encoding="utf-8"))
DERIVED: dict[str, Any] = {op.name: op for op in (mg.ops[f"scipy::{n}"] for n in dir(mg.ops.scipy))}
# Derivatives from differences of SciPy's values, or of values that SciPy finds by iteration.
ROUGH = {
    "gdtrib",
    "pdtrik",
    "btdtria",
    "btdtrib",
    "fdtridfd",
    "chndtr",
    "chndtrix",
    "ncfdtr",
    "kolmogi",
    "tklmbda",
}


def as_number(x: Any) -> Any:
    """Return a complex number for a list of two."""
    return complex(*x) if isinstance(x, list) else x


@for_each(sorted({row["name"] for row in ROWS}))
def test_derivatives_are_those_of_mpmath(name: str) -> None:
    for row in ROWS:
        if row["name"] == name:
            compare_slopes(name, row["argument"], [as_number(x) for x in row["at"]], row["slopes"])


def compare_slopes(name: str, i: int, args: list[Any], slopes: list[Any]) -> None:
    function = getattr(special, name)

    def evaluate(x: Any, k: int) -> Any:
        y = function(*args[:i], x, *args[i + 1 :])
        return np.real(y[k] if isinstance(y, tuple) else y)

    op = DERIVED[name]
    x = np.array(args[i])
    if hasattr(op, "order") and op.order[i] not in op.inputs:
        with pytest.raises(ArgumentError, match=f"none in {op.order[i]!r}"):
            mg.grad(evaluate)(x, 0)
        return
    for k, slope in enumerate(slopes):
        got = mg.grad(lambda x, k=k: evaluate(x, k))(x)
        rtol = 1e-8 if name in ROUGH else 2e-11
        np.testing.assert_allclose(
            got, as_number(slope), rtol=rtol, atol=1e-24, err_msg=f"{name}{args} by {i}"
        )
