"""`apply_along_axis` and `piecewise`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Tensor
from minigrad_core.cases import Case, nonzero, real

from . import references
from .composite import Composite


def _apply_to_lines(x: Any, *, function: Callable[..., Any], axis: int, args: Any, kwargs: Any) -> Array:
    lines = np.moveaxis(x, axis, -1)
    outer = lines.shape[:-1]
    results = np.stack([function(lines[i], *args, **kwargs) for i in np.ndindex(outer)])
    inner = results.shape[1:]
    whole = np.reshape(results, outer + inner)
    after = tuple(range(len(outer), len(outer) + len(inner)))
    first = axis % x.ndim
    return np.moveaxis(whole, after, tuple(range(first, first + len(inner))))


class ApplyAlongAxis(Composite):
    """The results of `func1d(line, *args, **kwargs)` for each line along `axis`, which the results replace.

    `func1d` is called on plain arrays, and on tensors for the gradient: it must compute with NumPy, and must
    not use tensors from outside. d/dx = the derivative of func1d.
    """

    reference = staticmethod(references.apply_along_axis)
    cases = (
        Case(x=real("2 3"), func1d=np.cumsum, axis=0),
        Case(x=real("2 3 2"), func1d=np.sum, axis=0),
        Case(x=real("2 2"), func1d=np.diag, axis=0, kwargs={"k": 1}),
    )

    @staticmethod
    def from_numpy(func1d: Any, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
        """Take NumPy's order, the function first."""
        return (arr,), {"func1d": func1d, "axis": axis, "args": args, "kwargs": kwargs}

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        func1d: Callable[..., Any],
        axis: int,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Array:
        settings = {"function": func1d, "axis": axis, "args": args, "kwargs": kwargs or {}}
        ctx.save(_apply_to_lines, (x,), settings)
        return np.apply_along_axis(func1d, axis, x, *args, **(kwargs or {}))


def _apply_to_pieces(x: Any, *, pieces: Any, functions: Any, args: Any, kwargs: Any) -> Array:
    """Return the values of each function at its positions, in the order of x; 0 for a constant."""
    flat = np.reshape(x, (-1,))
    values = []
    for positions, function in zip(pieces, functions, strict=True):
        piece = flat[positions]
        values.append((function(piece, *args, **kwargs) if callable(function) else 0) + 0 * piece)
    order = np.argsort(np.concatenate(pieces))
    return np.reshape(np.concatenate(values)[order], x.shape)


class Piecewise(Composite):
    """The result, for each value, of the function or constant whose condition holds.

    If several conditions hold, the last one counts; if none holds, one more function, or 0. The functions are
    called on plain arrays, and on tensors for the gradient: they must compute with NumPy, and must not use
    tensors from outside. d/dx = the slope of the piece.
    """

    reference = staticmethod(references.piecewise)
    cases = (
        Case(x=nonzero("4"), condlist=(np.array([True, False, True, False]),), funclist=(np.square, 2.0)),
        Case(x=real("2 2"), condlist=(np.array([[True, False], [False, False]]),), funclist=(np.sin,)),
    )

    @staticmethod
    def from_numpy(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
        """Take a single condition as a list of one."""
        alone = np.ndim(condlist) == 0 or not (
            isinstance(condlist[0], (list, np.ndarray, Tensor)) or np.ndim(x) == 0
        )
        conditions = (condlist,) if alone else tuple(condlist)
        settings = {"condlist": conditions, "funclist": tuple(funclist), "args": args, "kwargs": kw}
        return (x,), settings

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        condlist: tuple[Any, ...],
        funclist: tuple[Any, ...],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Array:
        y = np.piecewise(x, list(condlist), list(funclist), *args, **(kwargs or {}))
        piece = np.zeros(x.shape, np.intp)  # the number of the piece, 0 for none
        for number, condition in enumerate(condlist, start=1):
            piece[np.broadcast_to(condition, x.shape)] = number
        pieces = [np.flatnonzero(piece == number) for number in (*range(1, len(condlist) + 1), 0)]
        functions = (*funclist, 0)[: len(condlist) + 1]
        settings = {"pieces": pieces, "functions": functions, "args": args, "kwargs": kwargs or {}}
        ctx.save(_apply_to_pieces, (x,), settings)
        return y


apply_along_axis = ApplyAlongAxis(np.apply_along_axis)
piecewise = Piecewise(np.piecewise)
