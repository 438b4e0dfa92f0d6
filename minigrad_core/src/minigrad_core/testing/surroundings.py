"""The global state of the process: seen, compared and put back."""

from __future__ import annotations

import copy
import random
import sys
import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def preserved() -> Iterator[None]:
    """Put the global state back, whatever the body does."""
    numpy_state, python_state = np.random.get_state(), random.getstate()  # noqa: NPY002
    options, filters = np.get_printoptions(), list(warnings.filters)
    errors, streams = np.geterr(), (sys.stdout, sys.stderr)
    try:
        yield
    finally:
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)
        np.seterr(**errors)
        sys.stdout, sys.stderr = streams
        if np.get_printoptions() != options:
            np.set_printoptions(**options)
        if warnings.filters != filters:
            warnings.filters[:] = filters  # type: ignore[index]


@contextmanager
def unusual(seed: int = 2_718_281_828) -> Iterator[Callable[[], list[str]]]:
    """Give the process settings that nobody would set, and NumPy's generator this seed: what sets them shows.

    The body gets a function that returns the names of what has changed, once: it draws random numbers.
    """
    with (
        warnings.catch_warnings(),
        np.errstate(all="call", call=lambda *_: None),
        np.printoptions(linewidth=1001, precision=13, threshold=1003, edgeitems=17, suppress=True),
    ):
        warnings.filterwarnings("ignore")
        warnings.filterwarnings("ignore", message="set by the contract kit")
        random.random()  # away from the state that a seeding call has left
        _seed(seed)
        running = set(threading.enumerate())
        before = _look(running)
        _seed(seed)
        yield lambda: [name for name, seen in _look(running).items() if before[name] != seen]


def _seed(seed: int) -> None:
    """Put NumPy's global generator into a state of which the next numbers are known.

    To copy its state and to compare it takes a hundred times as long as to seed it and to draw.
    """
    np.random.seed(seed)  # noqa: NPY002 - the legacy global state is what is watched
    np.random.random()  # noqa: NPY002 - away from the state that a seeding call has left


def _look(running: set[threading.Thread]) -> dict[str, Any]:
    """Return what an operation must leave alone, for NumPy's generator its next numbers."""
    return {
        "NumPy's global random state": (np.random.random(), np.random.standard_normal()),  # noqa: NPY002
        "Python's global random state": random.getstate(),
        "np.seterr": np.geterr(),
        "the warnings filters": list(warnings.filters),
        "NumPy's print options": np.get_printoptions(),
        "sys.stdout or sys.stderr": (sys.stdout, sys.stderr),
        "the threads that run (what it starts has to end)": set(threading.enumerate()) <= running,
    }


def attributes(op: Any, *, copied: bool = False) -> dict[str, Any]:
    """Return what the operation and its class hold, methods left out; or copies of it."""
    found: dict[str, Any] = {}
    for holder in (*(k for k in reversed(type(op).__mro__) if k.__module__.split(".")[0] not in _OURS), op):
        found |= {
            name: value
            for name, value in getattr(holder, "__dict__", {}).items()
            if not name.startswith(("__", "_abc")) and name != "cases" and not callable(value)
        }
    return {name: _copy(value) for name, value in found.items()} if copied else found


def _copy(value: Any) -> Any:
    try:
        return copy.deepcopy(value)
    except Exception:
        return value


_OURS = ("builtins", "typing", "abc", "minigrad_core")
