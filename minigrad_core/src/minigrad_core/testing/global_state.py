"""The global state of the process: seen, compared and put back."""

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
    """A part of the global state: how it is called, seen and put back."""

    name: str
    read: Callable[[], Any]
    restore: Callable[[Any], object]


def _directory() -> str | None:
    with suppress(FileNotFoundError):  # somebody has deleted it
        return os.getcwd()
    return None


def _list(name: str, values: Any) -> StatePart:
    return StatePart(name, values.copy, lambda before: values.__setitem__(slice(None), before))


def _handler(number: signal.Signals) -> StatePart:
    def restore(before: Any) -> None:
        signal.signal(number, before or signal.SIG_DFL)  # None: it was set outside of Python

    return StatePart(f"the handler of {number.name}", partial(signal.getsignal, number), restore)


def _restore_variables(before: dict[Any, Any]) -> None:
    os.environ.clear()
    os.environ.update({os.fsdecode(name): os.fsdecode(value) for name, value in before.items()})


# What can be given a value that nobody would set: whoever sets it is seen.
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
        "the warnings filters",  # another list in each `catch_warnings`
        lambda: list(warnings.filters),
        lambda before: warnings.filters.__setitem__(slice(None), before),  # type: ignore[index]
    ),
)
# What has none: the first call may have changed it for good.
PROCESS = (
    # As bytes: to decode all of them takes fifty times as long.
    StatePart("os.environ", vars(os.environ)["_data"].copy, _restore_variables),
    StatePart("the working directory", _directory, os.chdir),
    StatePart("sys.stdout", lambda: sys.stdout, partial(setattr, sys, "stdout")),
    StatePart("sys.stderr", lambda: sys.stderr, partial(setattr, sys, "stderr")),
    _list("sys.path", sys.path),
    _list("the handlers of logging", logging.root.handlers),
    StatePart("the level of logging", lambda: logging.root.level, logging.root.setLevel),
    StatePart("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
    StatePart("the garbage collector", gc.isenabled, lambda on: (gc.enable if on else gc.disable)()),
    StatePart("gc's thresholds", gc.get_threshold, lambda before: gc.set_threshold(*before)),
    *map(_handler, (signal.SIGINT, signal.SIGTERM)),
)
PARTS = (*SETTABLE, *PROCESS)


@contextmanager
def preserve_global_state() -> Iterator[None]:
    """Put the global state back, whatever the body does."""
    before = [part.read() for part in PARTS]
    try:
        yield
    finally:
        for part, seen in zip(PARTS, before, strict=True):
            if part.read() != seen:
                part.restore(seen)


def snapshot_process() -> dict[str, Any]:
    """Return what the process is like, before a subject is called for the first time."""
    return {part.name: part.read() for part in PROCESS}


@contextmanager
def watch_global_state(
    begun: Mapping[str, Any], seed: int = 2_718_281_828
) -> Iterator[tuple[list[Any], Callable[[], list[str]]]]:
    """Listen to warnings, and give the process settings that nobody would set: whoever sets them is seen.

    The body gets the warnings as they come, and a function that returns the names of what has changed since
    all had `begun`. The generators begin at `seed`.
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
        before = {**{part.name: part.read() for part in SETTABLE}, **begun}
        running = set(threading.enumerate())

        def changes() -> list[str]:
            ended = set(threading.enumerate()) <= running
            changed = [part.name for part in PARTS if part.read() != before[part.name]]
            return changed if ended else [*changed, "the threads that run (what it starts has to end)"]

        yield warning_log, changes


def read_attributes(op: Any, *, copied: bool = False) -> dict[str, Any]:
    """Return what the operation and its class hold, methods left out; or copies of it."""
    found: dict[str, Any] = {}
    ours = ("builtins", "typing", "abc", "minigrad_core")
    for holder in (*(k for k in reversed(type(op).__mro__) if k.__module__.split(".")[0] not in ours), op):
        for name, value in getattr(holder, "__dict__", {}).items():
            if not name.startswith(("__", "_abc")) and name != "cases" and not callable(value):
                found[name] = value
                with suppress(Exception):
                    found[name] = copy.deepcopy(value) if copied else value
    return found


def is_same_value(x: Any, y: Any) -> bool:
    """Whether two values of an attribute are alike, as far as can be told."""
    if x is y or type(x) is not type(y):
        return x is y
    if isinstance(x, dict):
        return x.keys() == y.keys() and all(is_same_value(x[k], y[k]) for k in x)
    if isinstance(x, list | tuple):
        return len(x) == len(y) and all(map(is_same_value, x, y))
    try:
        return bool(np.all(np.asarray(x == y))) or repr(x) == repr(y)
    except Exception:
        return True
