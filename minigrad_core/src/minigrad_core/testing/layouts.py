"""The same values in other places of memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def _plain(x: NDArray[Any]) -> NDArray[Any]:
    return x.copy()


def _fortran(x: NDArray[Any]) -> NDArray[Any]:
    return np.array(x, order="F")


def _reversed(x: NDArray[Any]) -> NDArray[Any]:
    flip: Any = (..., *(slice(None, None, -1),) * x.ndim)  # the ellipsis keeps a 0-d array an array
    view = np.array(x[flip])[flip]
    view.flags.writeable = False
    return view


def _gaps(x: NDArray[Any]) -> NDArray[Any]:
    first = (*range(1, x.ndim), 0)[: x.ndim]
    turned = x.transpose(first)
    wide = np.full(tuple([2 * n + 1 for n in turned.shape]), _poison(x.dtype))
    inner: Any = (..., *(slice(1, None, 2),) * x.ndim)
    view = wide[inner]
    view[...] = turned
    return view.transpose((-1, *range(x.ndim - 1))[: x.ndim])


def _poison(kind: np.dtype[Any]) -> Any:
    if kind.kind in "fc":
        return np.array(np.nan, kind)
    return np.array(kind.kind == "b" or 10**6 % (np.iinfo(kind).max + 1), kind)


PLAIN, FORTRAN = "plain", "Fortran order"
REVERSED, GAPS = "negative strides, read-only", "axes rotated, gaps between the values"
LAYOUTS: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    PLAIN: _plain,
    FORTRAN: _fortran,
    REVERSED: _reversed,
    GAPS: _gaps,
}


def stretched(g: NDArray[Any], axis: int) -> NDArray[Any]:
    """Return an array that is constant along an axis, with a stride of zero there."""
    if not g.size or not 0 <= axis < g.ndim:
        return g
    return np.broadcast_to(np.take(g, [0], axis=axis), g.shape)
