"""Our signatures of NumPy's functions that are written in C, compared with those of NumPy 2.4."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from minigrad_core.tensor.signatures import WRITTEN_IN_C, get_signature

FUNCTIONS: list[Any] = [
    np.add.accumulate, np.bincount, np.concatenate, np.dot, np.inner, np.lexsort, np.add.outer, np.add.reduce,
    np.vdot, np.where,
]  # fmt: skip


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_signatures_are_numpys_own(function: Any) -> None:
    written = inspect.signature(WRITTEN_IN_C[function.__name__])
    try:
        assert str(inspect.signature(function)) == str(written)
    except ValueError:  # NumPy before 2.4
        assert get_signature(function) == written


def test_every_signature_is_compared() -> None:
    assert {f.__name__ for f in FUNCTIONS} == WRITTEN_IN_C.keys()


def test_another_function_written_in_c_has_no_signature() -> None:
    assert get_signature(np.frompyfunc(abs, 1, 1)) is None or np.lib.NumpyVersion(np.__version__) >= "2.4.0"
