"""Reading and writing along an axis, and choosing among arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context, Operation
from minigrad_core.array import unbroadcast
from minigrad_core.cases import Case, real
from minigrad_core.errors import ArgumentError

from .moving import Moving, returned
from .values import raw

Indices = NDArray[np.intp]


class Take(Moving):
    """The values at `indices` along `axis` (None: of the flattened values). d/dx = grad summed at the
    indices.

    mode: what becomes of an index out of range: "raise", "wrap" or "clip".
    """

    name = "take"
    implements = (np.take,)
    cases = (
        Case(x=real("3 4"), indices=np.array([5, 0, -1, 5])),
        Case(x=real("3 4"), indices=np.array([[0, 2], [2, 2]]), axis=0),
        Case(x=real("3 4"), indices=1, axis=-1),
        Case(x=real("3 4"), indices=np.array([7, -9]), axis=1, mode="wrap"),
    )

    def forward(
        self, ctx: Context, x: Array, *, indices: Any, axis: int | None = None, mode: Any = "raise"
    ) -> Array:
        """Return the values."""
        ctx.save(x.shape, lambda a: np.take(a, indices, axis, mode=mode))
        return np.take(x, indices, axis, mode=mode)


class TakeAlongAxis(Moving):
    """For each line along `axis`, the values at its own `indices`. d/dx = grad summed at the indices."""

    name = "take_along_axis"
    implements = (np.take_along_axis,)
    cases = (
        Case(x=real("2 3"), indices=np.array([[0, 2, 2, 1], [1, 1, -1, 0]]), axis=1),
        Case(x=real("2 3"), indices=np.array([[1, 0, 1]]), axis=0),
        Case(x=real("2 3"), indices=np.array([5, 0, 5]), axis=None),
    )

    def forward(self, ctx: Context, x: Array, *, indices: Indices, axis: int | None = -1) -> Array:
        """Return the values."""
        ctx.save(x.shape, lambda a: np.take_along_axis(a, indices, axis))
        return np.take_along_axis(x, indices, axis)


class Compress(Moving):
    """The slices along `axis` (None: the flattened values) for which `condition` holds.

    d/dx = grad where it came from.
    """

    name = "compress"
    implements = (np.compress,)
    cases = (
        Case(x=real("2 3"), condition=np.array([True, False, True]), axis=1),
        Case(x=real("2 3"), condition=np.array([False, True, True, False])),
    )

    @staticmethod
    def from_numpy(condition: Any, a: Any, axis: int | None = None, out: None = None) -> Any:
        """Take NumPy's order, the condition first."""
        return (a,), {"condition": condition, "axis": axis, **({} if out is None else {"out": out})}

    def forward(self, ctx: Context, x: Array, *, condition: Any, axis: int | None = None) -> Array:
        """Return the slices."""
        ctx.save(x.shape, lambda a: np.compress(condition, a, axis))
        return np.compress(condition, x, axis)


class Extract(Moving):
    """The values for which `condition` holds, in one axis. d/dx = grad where it came from, zero elsewhere."""

    name = "extract"
    implements = (np.extract,)
    cases = (Case(x=real("2 3"), condition=np.array([[True, False, True], [False, True, False]])),)

    @staticmethod
    def from_numpy(condition: Any, arr: Any) -> Any:
        """Take NumPy's order, the condition first."""
        return (arr,), {"condition": condition}

    def forward(self, ctx: Context, x: Array, *, condition: Any) -> Array:
        """Return the values."""
        ctx.save(x.shape, lambda a: np.extract(condition, a))
        return np.extract(condition, x)


class Delete(Moving):
    """The array without what is at `obj` along `axis` (None: flattened).

    d/dx = grad for what is left, else zero.
    """

    name = "delete"
    implements = (np.delete,)
    cases = (Case(x=real("2 3"), obj=1, axis=1), Case(x=real("2 3"), obj=np.array([0, 4])))

    def forward(self, ctx: Context, x: Array, *, obj: Any, axis: int | None = None) -> Array:
        """Return what is left."""
        ctx.save(x.shape, lambda a: np.delete(a, obj, axis))
        return np.delete(x, obj, axis)


class Insert(Operation):
    """`x` with `values` put in before the places `obj` along `axis` (None: flattened).

    d/dx = grad for what was there, d/dvalues = grad for what was put in, summed where a value was put in
    twice.
    """

    name = "insert"
    implements = (np.insert,)
    cases = (
        Case(x=real("2 3"), values=real("2"), obj=1, axis=1),
        Case(x=real("4"), values=real("2"), obj=np.array([1, 3])),
        Case(x=real("2 3"), values=real(""), obj=-1, axis=0),
    )

    @staticmethod
    def from_numpy(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
        """Take NumPy's order, the places second."""
        return (arr, values), {"obj": obj, "axis": axis}

    def forward(self, ctx: Context, x: Array, values: Array, *, obj: Any, axis: int | None = None) -> Array:
        """Return the longer array."""
        shape = np.shape(values)
        # For each place of the result: which of the values was put in there, -1 for none.
        numbers = np.arange(int(np.prod(shape))).reshape(shape)
        ctx.save(x.shape, shape, np.insert(np.full(x.shape, -1), obj, numbers, axis))
        return np.insert(x, obj, values, axis)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        """Divide the gradient between what was there and what was put in."""
        of_x, of_values, source = ctx.saved
        new = source >= 0
        return (
            np.reshape(grad[~new], of_x) if ctx.needs[0] else None,
            returned(grad[new], of_values, source[new]) if ctx.needs[1] else None,
        )


class PutAlongAxis(Operation):
    """A copy of `x` with `values` at each line's own `indices` along `axis`. d/dx = grad, zero there;
    d/dvalues = grad there.

    An index must not name a place twice. NumPy's function of this name writes in place and returns nothing,
    so it is refused on tensors.
    """

    name = "put_along_axis"
    implements = (np.put_along_axis,)
    cases = (
        Case(x=real("2 3"), values=real("2 2"), indices=np.array([[0, 2], [1, 0]]), axis=1),
        Case(x=real("2 3"), values=real(""), indices=np.array([[1, 0, 1]]), axis=0),
    )

    @staticmethod
    def from_numpy(*_: Any, **__: Any) -> Any:
        """Refuse."""
        raise ArgumentError(
            "np.put_along_axis writes in place, and tensors are not written to: "
            "use mg.ops.basic.put_along_axis(t, values, indices=..., axis=...), which returns a new one"
        )

    def forward(self, ctx: Context, x: Array, values: Array, *, indices: Indices, axis: int) -> Array:
        """Return the changed copy."""
        positions = np.take_along_axis(np.arange(x.size).reshape(x.shape), indices, axis)
        if np.unique(positions).size != positions.size:
            raise ValueError("indices name a place twice, and which value is written last is not defined")
        written = np.zeros(x.shape, bool)
        np.put_along_axis(written, indices, True, axis)
        source = np.zeros(x.shape, np.intp)  # for each place, which of the values was written there
        np.put_along_axis(source, indices, np.arange(positions.size).reshape(positions.shape), axis)
        ctx.save(written, indices, axis, np.shape(values))
        spread = np.reshape(np.broadcast_to(values, positions.shape), (-1,))
        return np.where(written, spread[source], x) if positions.size else +x

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        """Divide the gradient between the old values and the new."""
        written, indices, axis, shape = ctx.saved
        for_x = np.where(written, 0, grad) if ctx.needs[0] else None
        return for_x, unbroadcast(np.take_along_axis(grad, indices, axis), shape) if ctx.needs[1] else None


class Select(Operation):
    """For each place, the value of the first array whose condition holds there, else the last input's (the
    default).

    The gradient goes where the value came from.
    """

    name = "select"
    implements = (np.select,)
    broadcasts = True
    cases = (
        Case(
            choices=(real("2 3"), real("2 3"), real("")),
            conditions=(np.array([True, False, False]), np.array([[True], [False]])),
        ),
    )

    @staticmethod
    def from_numpy(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
        """Take the choices and the default as inputs, the conditions as a setting."""
        return (*choicelist, default), {"conditions": tuple(condlist)}

    def forward(self, ctx: Context, *choices: Array, conditions: tuple[Any, ...]) -> Array:
        """Return the selected values."""
        if len(choices) != len(conditions) + 1:
            raise ValueError(f"expected one choice for each of {len(conditions)} conditions, and a default")
        ctx.save(conditions)
        return np.select(conditions, choices[:-1], choices[-1])

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        """Send the gradient where the values came from."""
        free: Any = True
        grads: list[Array | None] = []
        for condition, needed in zip((*ctx.saved[0], True), ctx.needs, strict=True):
            grads.append(np.where(np.logical_and(free, condition), grad, 0) if needed else None)
            free = np.logical_and(free, np.logical_not(condition))
        return tuple(grads)


class Choose(Operation):
    """For each place, the value of the array whose number `index` gives there. The gradient goes where the
    value came from.

    mode: what becomes of a number out of range: "raise", "wrap" or "clip".
    """

    name = "choose"
    implements = (np.choose,)
    broadcasts = True
    cases = (Case(choices=(real("2 3"), real("3"), real("")), index=np.array([[0, 1, 2], [2, 1, 0]])),)

    @staticmethod
    def from_numpy(a: Any, choices: Any, out: None = None, mode: str = "raise") -> Any:
        """Take the choices as inputs, the numbers as a setting."""
        return tuple(choices), {"index": raw(a), "mode": mode, **({} if out is None else {"out": out})}

    def forward(self, ctx: Context, *choices: Array, index: Any, mode: Any = "raise") -> Array:
        """Return the chosen values."""
        number = np.choose(index, list(range(len(choices))), mode=mode)
        ctx.save(number)
        return np.select([number == i for i in range(len(choices))], choices)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        """Send the gradient where the values came from."""
        (number,) = ctx.saved
        return tuple(np.where(number == i, grad, 0) if needed else None for i, needed in enumerate(ctx.needs))


take = Take()
take_along_axis = TakeAlongAxis()
compress = Compress()
extract = Extract()
delete = Delete()
insert = Insert()
put_along_axis = PutAlongAxis()
select = Select()
choose = Choose()
