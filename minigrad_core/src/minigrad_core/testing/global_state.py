"""Read, compare and restore the global state of the process."""

import copy
import gc
import logging
import os
import pickle
import random
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, NamedTuple

import numpy as np


class StatePart(NamedTuple):
    """A part of the global state."""

    name: str  # the name in messages
    read: Callable[[], Any]  # returns the present value
    restore: Callable[[Any], object]  # sets a value that `read` returned


def _read_directory() -> str | None:
    with suppress(FileNotFoundError):  # the directory has been deleted
        return os.getcwd()
    return None


def _list_part(name: str, values: Any) -> StatePart:
    return StatePart(name, values.copy, lambda before: values.__setitem__(slice(None), before))


def _handler_part(number: signal.Signals) -> StatePart:
    def restore(before: Any) -> None:
        signal.signal(number, before or signal.SIG_DFL)  # None: the handler was set outside of Python

    return StatePart(f"the handler of {number.name}", partial(signal.getsignal, number), restore)


def _restore_variables(before: dict[Any, Any]) -> None:
    os.environ.clear()
    os.environ.update({os.fsdecode(name): os.fsdecode(value) for name, value in before.items()})


# Parts that `watch_global_state` sets to unusual values, so that a call that sets a usual value is noticed.
SETTABLE = (
    StatePart("Python's global random state", random.getstate, random.setstate),
    StatePart(
        "NumPy's global random state",
        lambda: pickle.dumps(np.random.get_state()),  # noqa: NPY002 - the legacy state is what is watched
        lambda before: np.random.set_state(pickle.loads(before)),  # noqa: NPY002
    ),
    StatePart("np.seterr", np.geterr, lambda before: np.seterr(**before)),
    StatePart("np.seterrcall", np.geterrcall, np.seterrcall),
    StatePart("NumPy's print options", np.get_printoptions, lambda before: np.set_printoptions(**before)),
    StatePart(
        "the warnings filters",  # each `catch_warnings` makes another list
        lambda: list(warnings.filters),
        lambda before: warnings.filters.__setitem__(slice(None), before),  # type: ignore[index]
    ),
)
# Parts without unusual values: they are compared with their state before the first call of the subject.
PROCESS = (
    # The variables as bytes: to decode all of them takes fifty times as long.
    StatePart("os.environ", vars(os.environ)["_data"].copy, _restore_variables),
    StatePart("the working directory", _read_directory, os.chdir),
    StatePart("sys.stdout", lambda: sys.stdout, partial(setattr, sys, "stdout")),
    StatePart("sys.stderr", lambda: sys.stderr, partial(setattr, sys, "stderr")),
    _list_part("sys.path", sys.path),
    _list_part("the handlers of logging", logging.root.handlers),
    StatePart("the level of logging", lambda: logging.root.level, logging.root.setLevel),
    StatePart("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
    StatePart("the garbage collector", gc.isenabled, lambda on: (gc.enable if on else gc.disable)()),
    StatePart("gc's thresholds", gc.get_threshold, lambda before: gc.set_threshold(*before)),
    *map(_handler_part, (signal.SIGINT, signal.SIGTERM)),
)
PARTS = (*SETTABLE, *PROCESS)


@contextmanager
def preserve_global_state() -> Iterator[None]:
    """Restore the global state after the body."""
    before = [part.read() for part in PARTS]
    try:
        yield
    finally:
        for part, value in zip(PARTS, before, strict=True):
            if part.read() != value:
                part.restore(value)


def snapshot_process() -> dict[str, Any]:
    """Return the state of the parts `PROCESS`. `watch_global_state` compares it with a later state."""
    return {part.name: part.read() for part in PROCESS}


@contextmanager
def watch_global_state(
    process_state: Mapping[str, Any], seed: int = 2_718_281_828
) -> Iterator[tuple[list[Any], Callable[[], list[str]]]]:
    """Record warnings, and set the parts `SETTABLE` to unusual values during the body.

    process_state: the state of the parts `PROCESS` before the first call of the subject.
    seed: the seed of the global generators.

    Yields
    ------
    warning_log : list
        The warnings so far.
    find_changes : callable
        Returns the names of the parts that have changed.
    """
    with (
        warnings.catch_warnings(record=True) as warning_log,
        np.errstate(over="warn", divide="warn", invalid="warn", under="call", call=lambda *_: None),
        np.printoptions(linewidth=1001, precision=13, threshold=1003, edgeitems=17, suppress=True),
    ):
        assert warning_log is not None
        warnings.simplefilter("always")
        warnings.filterwarnings("always", message="set by the contract kit")
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002
        before = {**{part.name: part.read() for part in SETTABLE}, **process_state}
        threads = set(threading.enumerate())

        def find_changes() -> list[str]:
            changes = [part.name for part in PARTS if part.read() != before[part.name]]
            if not set(threading.enumerate()) <= threads:
                changes.append("the threads that run (what it starts has to end)")
            return changes

        yield warning_log, find_changes


def read_global_state() -> str:
    """Return the global state as a text, for scripts: of the random generators, NumPy and the process."""
    np.set_printoptions(threshold=10**9)
    options = [np.geterr(), np.geterrcall(), np.get_printoptions(), warnings.filters, random.getstate()]
    process = [dict(os.environ), os.getcwd(), sys.stdout, sys.path, len(threading.enumerate())]
    return repr([*options, np.random.get_state(), *process])  # noqa: NPY002


def read_attributes(instance: Any, *, copied: bool = False) -> dict[str, Any]:
    """Return the attributes of an object and of its classes by name, or copies of them, without methods.

    Classes of Python and of minigrad_core do not count.
    """
    attributes: dict[str, Any] = {}
    other_packages = ("builtins", "typing", "abc", "minigrad_core")
    classes = reversed(type(instance).__mro__)
    owners = [cls for cls in classes if cls.__module__.split(".")[0] not in other_packages]
    for owner in (*owners, instance):
        for name, value in getattr(owner, "__dict__", {}).items():
            if not name.startswith(("__", "_abc")) and name != "cases" and not callable(value):
                attributes[name] = value
                with suppress(Exception):
                    attributes[name] = copy.deepcopy(value) if copied else value
    return attributes


def is_same_value(x: Any, y: Any) -> bool:
    """Return whether two values of an attribute are equal; True if they cannot be compared."""
    return not find_difference(x, y)


def find_difference(new: Any, old: Any) -> str:
    """Return the place of the first difference of two nested values, and both values; empty if none."""
    if new is old:
        return ""
    if type(new) is not type(old):
        return f" is of type {type(new).__name__}, was of type {type(old).__name__}"
    if isinstance(new, dict | list | tuple):
        x, y = (v if isinstance(v, dict) else dict(enumerate(v)) for v in (new, old))
        for key in {**y, **x}:
            place = f"[{key!r}]" if type(key) is not int or key < 2**20 else "[...]"  # an id says nothing
            if key not in x or key not in y:
                return f"{place} is {'missing' if key in y else 'added'}"
            if difference := find_difference(x[key], y[key]):
                return place + difference
        return ""
    with suppress(Exception):
        is_equal = np.asarray(new == old)
        if not (is_equal.all() or repr(new) == repr(old)):
            if isinstance(new, np.ndarray):
                if (new.dtype, new.shape) != (old.dtype, old.shape):
                    return f" is {new.dtype} of shape {new.shape}, was {old.dtype} of shape {old.shape}"
                new, old = (v.flat[is_equal.argmin()] for v in (new, old))
            return f" is {new!s:.20}, was {old!s:.20}"
    return ""


def iterate_arrays(saved: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every array of a nested state, with its place."""
    if isinstance(saved, np.ndarray):
        yield place, saved
    elif isinstance(saved, dict | list | tuple):
        for key, value in saved.items() if isinstance(saved, dict) else enumerate(saved):
            yield from iterate_arrays(value, f"{place}[{key!r}]")
