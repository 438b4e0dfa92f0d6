"""The global state of the process: seen, compared and put back."""

from __future__ import annotations

import copy
import random
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator


def snapshot() -> dict[str, Any]:
    """Return the global state that an operation must leave alone."""
    legacy: Any = np.random.get_state()  # noqa: NPY002 - the legacy global state is what is watched
    return {
        "NumPy's global random state": (*tuple(map(str, legacy[2:])), np.asarray(legacy[1]).tobytes()),
        "Python's global random state": random.getstate(),
        "np.seterr": np.geterr(),
        "the warnings filters": list(warnings.filters),
        "NumPy's print options": np.get_printoptions(),
    }


@contextmanager
def preserved() -> Iterator[None]:
    """Put the global state back, whatever the body does."""
    numpy_state, python_state = np.random.get_state(), random.getstate()  # noqa: NPY002
    options, filters = np.get_printoptions(), list(warnings.filters)
    errors = np.geterr()
    try:
        yield
    finally:
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)
        np.seterr(**errors)
        if np.get_printoptions() != options:
            np.set_printoptions(**options)
        if warnings.filters != filters:
            warnings.filters[:] = filters  # type: ignore[index]


@contextmanager
def unusual() -> Iterator[dict[str, Any]]:
    """Give the process settings that nobody would set, and the body their snapshot: what sets them shows."""
    with (
        warnings.catch_warnings(),
        np.errstate(all="call", call=lambda *_: None),
        np.printoptions(linewidth=1001),
    ):
        warnings.filterwarnings("ignore")
        warnings.filterwarnings("ignore", message="set by the contract kit")
        np.random.random()  # noqa: NPY002 - away from the state that a seeding call has left
        random.random()
        yield snapshot()


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the names of what differs between two snapshots."""
    return [name for name in before if before[name] != after[name]]


def attributes(op: Any) -> dict[str, Any]:
    """Return copies of what the operation and its class hold, methods left out."""
    found: dict[str, Any] = {}
    for holder in (*(k for k in reversed(type(op).__mro__) if k.__module__.split(".")[0] not in _OURS), op):
        for name, value in getattr(holder, "__dict__", {}).items():
            if not name.startswith("__") and not callable(value) and not name.startswith("_abc"):
                try:
                    found[name] = copy.deepcopy(value)
                except Exception:
                    found[name] = value
    return found


_OURS = ("builtins", "typing", "abc", "minigrad_core")
