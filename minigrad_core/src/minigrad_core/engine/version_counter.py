"""Version counters: which leaves were written in place since a call was recorded.

A graph holds the arrays of its leaves, not copies. If an optimizer steps between a call and its backward, the
saved arrays have changed, and the gradient would mix old values with new ones.
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
from .node import Context, node_numbers

if TYPE_CHECKING:
    from ..tensor import Tensor

# The number of the latest write. Nearly all nodes that a sweep visits are above it, and need no check.
latest = 0

# By identity: a WeakSet would compare tensors with ==, which is elementwise.
_watched: WeakValueDictionary[int, Tensor] = WeakValueDictionary()

# Guards the data that threads share: `_watched`, the latest numbers of writes and assignments, and the
# gradients of leaves.
lock = Lock()


def _renew_lock() -> None:
    """Replace the lock in a forked child: the thread that held it exists in the parent only."""
    global lock
    lock = Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)


def watch(tensors: Iterable[Tensor]) -> None:
    """Watch these leaves. Code that writes to a leaf in place sets its `version` to a `next_version()`."""
    with lock:  # another thread could iterate over the dict
        for leaf in tensors:
            if not hasattr(leaf, "version"):
                leaf.version = 0
            _watched[id(leaf)] = leaf


def next_version() -> int:
    """Return the number of a write that begins now, in the numbering of nodes."""
    global latest
    number = next(node_numbers)
    with lock:  # another thread may have taken a later number meanwhile
        latest = max(latest, number)
    return number


def refuse_stale(node: Context, *, replayed: bool) -> None:
    """Raise if a leaf was written after `node` was recorded, and the gradient rule would read the new values.

    replayed: whether the rule also reads the inputs of the node, to compute `forward` again.

    Raises
    ------
    StaleGraphError
        An array that the rule reads shares memory with such a leaf.
    """
    with lock:
        changed = [leaf for leaf in _watched.values() if leaf.version > node.number]
    arrays = list(_iterate_arrays((node.saved, node.inputs) if replayed else node.saved))
    for leaf in changed:
        if any(np.may_share_memory(array, leaf.data) for array in arrays):
            name = getattr(leaf, "name", "")
            raise StaleGraphError(
                f"{describe(node.op)} was called with a parameter{f' {name!r}' if name else ''} of shape "
                f"{leaf.data.shape} that has been changed since, by a step of an optimizer or by "
                "load_state_dict: the gradient would be a mixture of old values and new. Call backward "
                "before step, or run the forward pass again"
            )


def _iterate_arrays(values: Iterable[Any]) -> Iterator[NDArray[Any]]:
    """Yield the arrays, and the data of the tensors, in nested tuples and lists."""
    for value in values:
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from _iterate_arrays(value)
        elif isinstance(value, Context):
            yield from _iterate_arrays(value.saved)
        elif hasattr(value, "tracked"):
            yield value.data
