"""Who else can reach the memory of an array: whether it may be written to, is a view, or has to be copied.

Views, buffers and saved values all hold a reference to their array. So nothing else can reach the memory of
an ndarray that has no base and one reference.
"""

from __future__ import annotations

from functools import partial
from sys import getrefcount
from typing import TYPE_CHECKING, Any
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from ..array import TRACED_TYPES
from ..engine.assignments import restore_input
from .reference_counts import ARGUMENT, ITEM_IN_LOOP, SLOT

if TYPE_CHECKING:
    from .tensor_class import Tensor


def is_held_once(array: Any) -> bool:
    """Return whether nothing but a variable of the calling function can reach the memory of an array."""
    owns_data = type(array) is np.ndarray and array.base is None and array.flags.owndata
    return owns_data and getrefcount(array) <= ARGUMENT


def copy_if_shared(array: Any) -> NDArray[Any]:
    """Return `array` itself if nothing else can reach its memory, else a copy.

    A gradient is shared if the operation that returned the gradient keeps a reference, if another leaf has
    the same array, or if the array is a view. Other gradients are not copied: a copy of a layer's weight
    gradient costs a tenth of a small training step.
    """
    # That of `is_held_once`: a call would hold another reference.
    owns_data = type(array) is np.ndarray and array.base is None and array.flags.owndata and array.ndim
    if owns_data and getrefcount(array) <= ARGUMENT:
        return array
    # In a trace of `mg.compile`, NumPy's copy is recorded.
    return np.copy(array) if type(array) in TRACED_TYPES else np.array(array)


def is_writable(x: Tensor) -> bool:
    """Return whether the array of `x` may be written to, since nothing but `x` can reach it."""
    data = x.data
    whole = type(data) is np.ndarray and data.base is None and data.flags.owndata and data.flags.writeable
    return whole and getrefcount(data) <= SLOT


def is_view(x: Tensor) -> bool:
    """Return whether the array of `x` is a view of an array that another tensor or variable refers to."""
    base = x.data.base
    if base is not None and _has_former_owner(base, x):
        return True
    if base is not None and getrefcount(base) <= SLOT:
        return False
    if x.node is None:
        return base is not None
    return any(
        hasattr(parent, "tracked")  # a tensor
        and _share_memory(x, restore_input(parent, x.node.number))
        and (getrefcount(parent) > ITEM_IN_LOOP or is_view(parent))
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
