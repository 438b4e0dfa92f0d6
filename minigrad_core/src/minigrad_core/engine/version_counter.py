"""Version counters: which leaves were written to in place since a call was recorded.

A graph holds the arrays of its leaves, not copies. If an optimizer steps between a call and its backward,
what the call saved has changed under it, and the gradient would be a mixture of old values and new.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from ..dispatch.tables import describe
from ..errors import StaleGraphError
from .node import numbers

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .node import Context

# The number of the latest write. Nodes above it, which is nearly all that a sweep ever meets, need no look.
latest = 0
# By identity: a WeakSet would compare a tensor that it has with itself, elementwise.
_watched: WeakValueDictionary[int, Tensor] = WeakValueDictionary()


# Over what threads share: this set, and the gradients of leaves.
lock = Lock()


def _renew_lock() -> None:
    """Make the lock anew in a forked child, where the thread that held it does not go on."""
    global lock
    lock = Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)


def watch(tensors: Iterable[Tensor]) -> None:
    """Watch these leaves. Code that writes to one in place sets its `version` to a `next_version()`."""
    with lock:  # a set that grows in one thread cannot be gone through in another
        for leaf in tensors:
            if not hasattr(leaf, "version"):
                leaf.version = 0
            _watched[id(leaf)] = leaf


def next_version() -> int:
    """Return the number of a write that begins now, in the order of nodes."""
    global latest
    number = next(numbers)
    latest = max(latest, number)  # of two threads, the later number
    return number


def refuse_stale(node: Context, *, replayed: bool) -> None:
    """Raise if a leaf was written to since `node` was recorded, and its gradient rule would see that.

    replayed: whether the rule computes from the inputs again, and not from what was saved alone.

    Raises
    ------
    StaleGraphError
        What the rule computes from shares memory with the leaf.
    """
    with lock:
        changed = [leaf for leaf in _watched.values() if leaf.version > node.number]
    held = list(_iterate_arrays((node.saved, node.inputs) if replayed else node.saved))
    for leaf in changed:
        if any(np.may_share_memory(array, leaf.data) for array in held):
            named = f" {name!r}" if (name := getattr(leaf, "name", "")) else ""
            raise StaleGraphError(
                f"{describe(node.op)} was called with a parameter{named} of shape {leaf.data.shape} "
                "that has been changed since, by a step of an optimizer or by load_state_dict: the gradient "
                "would be a mixture of old values and new. Call backward before step, or run the forward "
                "pass again"
            )


def _iterate_arrays(values: Iterable[Any]) -> Iterator[NDArray[Any]]:
    for value in values:
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from _iterate_arrays(value)
        elif hasattr(value, "tracked"):
            yield value.data
