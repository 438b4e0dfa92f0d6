"""Reference counts of arrays: whether an assignment may write to one, and whether it is a view.

The number of references shows whether the caller alone can reach an array: views, buffers and saved values
all hold a reference. The number that the interpreter counts for its own frames differs between versions; this
module measures it at import.
"""

from __future__ import annotations

from functools import partial
from sys import getrefcount
from typing import Any
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from ..engine.assignments import restore_input
from .tensor_class import Tensor


def is_writable(x: Tensor) -> bool:
    """Return whether the array of `x` may be written to, since nothing but `x` can reach it."""
    data = x.data
    whole = type(data) is np.ndarray and data.base is None and data.flags.owndata and data.flags.writeable
    return whole and getrefcount(data) <= _IN_SLOT


def is_held_once(grad: Any) -> bool:
    """Return whether only the calling function refers to the array of a gradient."""
    whole = type(grad) is np.ndarray and grad.base is None and grad.flags.owndata
    return whole and getrefcount(grad) <= _AS_ARGUMENT


def is_view(x: Tensor) -> bool:
    """Return whether the array of `x` is a view of an array that another tensor or variable refers to."""
    base = x.data.base
    if base is not None and _has_former_owner(base, x):
        return True
    if base is not None and getrefcount(base) <= _IN_SLOT:
        return False
    if x.node is None:
        return base is not None
    return any(
        isinstance(parent, Tensor)
        and _share_memory(x, restore_input(parent, x.node.number))
        and (getrefcount(parent) > _IN_TUPLE or is_view(parent))
        for parent in x.node.inputs
    )


# id of an array -> the array, and the tensor that it belonged to until an assignment gave the tensor a copy.
# A view of such an array was a view of the tensor, and in NumPy it would still be one.
_former_owners: dict[int, tuple[ref[NDArray[Any]], ref[Tensor]]] = {}


def note_former_owner(array: NDArray[Any], x: Tensor) -> None:
    """Remember that an array belonged to `x`, which gets a copy."""
    owner = array.base if isinstance(array.base, np.ndarray) else array
    key = id(owner)
    # Code in C: a Ctrl-C during a function in Python would be lost, since Python ignores errors of callbacks.
    forget = partial(_former_owners.pop, key)  # called with the reference, which is the default of `pop`
    _former_owners[key] = (ref(owner, forget), ref(x))


def _has_former_owner(array: Any, x: Tensor) -> bool:
    """Return whether an array belonged to a tensor other than `x` that was assigned to, and still exists.

    The result is False for inputs of the call that computed `x`: `is_view` examines those, since the graph
    may be their only holder.
    """
    if (noted := _former_owners.get(id(array))) is None or noted[0]() is not array:
        return False
    owner = noted[1]()
    inputs = () if x.node is None else x.node.inputs
    return owner is not None and owner is not x and not any(owner is parent for parent in inputs)


def _share_memory(x: Tensor, other: Tensor) -> bool:
    """Return whether `x` has the array of `other`, or a view that may overlap this array."""
    return other.data is x.data if x.data.base is None else np.may_share_memory(other.data, x.data)


def _count_references() -> tuple[int, int, int, int, int]:
    """Return the values of the five constants below.

    They are reference counts: of a tensor with one holder, seen in `__setitem__`; of an array in a slot; of
    an array that is only an argument; of an array in a tuple; and of an object without a name, seen in
    `__iadd__`.
    """
    counts: list[int] = []

    class Target:
        slot: Any

        def __setitem__(self, index: Any, value: Any) -> None:
            count_target(self, index, value)

        def __getitem__(self, index: Any) -> Any:
            return Target()

        def __iadd__(self, value: Any) -> Any:
            count_target(self)
            return self

    def count_target(x: Target, *_: Any) -> None:
        counts.append(getrefcount(x))

    def count_slot(x: Target) -> None:
        data = x.slot
        counts.append(getrefcount(data))

    def count_argument(grad: Any) -> None:
        test(grad)

    def test(grad: Any) -> bool:
        counts.append(getrefcount(grad))
        return True

    target = Target()
    target[0] = 0
    target.slot = np.empty(1)
    count_slot(target)
    held = {0: np.empty(1)}
    count_argument(held.pop(0))
    inputs = (np.empty(1),)
    counts.append(max(getrefcount(parent) for parent in inputs))
    target[0] += 0  # `__iadd__` counts first, then `__setitem__`
    return counts[0], counts[1], counts[2], counts[3], counts[4]


ONE_HOLDER, _IN_SLOT, _AS_ARGUMENT, _IN_TUPLE, IN_PLACE = _count_references()
