"""The same call made otherwise: in other places of memory, for other needs, for a multiple of grad."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .closeness import close, same_bits
from .finding import Broken
from .trial import Trial


def _reversed(x: NDArray[Any]) -> NDArray[Any]:
    flip: Any = (..., *(slice(None, None, -1),) * x.ndim)  # the ellipsis keeps a 0-d array an array
    view = np.array(x[flip])[flip]
    view.flags.writeable = False
    return view


def _gaps(x: NDArray[Any]) -> NDArray[Any]:
    """Return it with its axes rotated, and between its values what would show if it were read."""
    turned = x.transpose((*range(1, x.ndim), 0)[: x.ndim])
    poison = np.nan if x.dtype.kind in "fc" else x.dtype.kind == "b" or 10**6 % (np.iinfo(x.dtype).max + 1)
    wide = np.full(tuple([2 * n + 1 for n in turned.shape]), poison, x.dtype)
    inner: Any = (..., *(slice(1, None, 2),) * x.ndim)
    wide[inner] = turned
    return wide[inner].transpose((-1, *range(x.ndim - 1))[: x.ndim])


PLAIN, FORTRAN = "plain", "Fortran order"
REVERSED, GAPS = "negative strides, read-only", "axes rotated, gaps between the values"
LAYOUTS: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    PLAIN: np.copy,
    FORTRAN: partial(np.array, order="F"),
    REVERSED: _reversed,
    GAPS: _gaps,
}


@dataclass(frozen=True)
class Way:
    """How a call is made: layouts of inputs and of grad, needs (None: as usual), a factor of grad."""

    inputs: str = PLAIN
    grads: str = PLAIN
    needs: tuple[bool, ...] | None = None
    factor: float = 1.0


def differences(trial: Trial, way: Way) -> Iterator[tuple[str, str]]:
    """Yield what is another one if the call is made so, as (code, what); Broken if it fails."""
    layout, needs = LAYOUTS[way.inputs], trial.needs if way.needs is None else way.needs
    inputs = tuple([layout(x) if isinstance(x, np.ndarray) else x for x in trial.sample.inputs])
    again = trial.on(trial.sample.with_inputs(inputs), needs)
    for k, (y, usual) in enumerate(zip(again.outputs, trial.outputs, strict=False)):
        if not alike(y, usual):
            yield "output", trial.called(k)
    if not trial.pulls:
        return
    if trial.sample.finite and not trial.finite:
        return  # at a pole the gradient is whatever rounding makes of it
    layout = LAYOUTS[way.grads]
    grads = [layout(scaled(g, way.factor)) for g in trial.cotangents]
    for i, g in enumerate(again.pull(grads)):
        if g is not None and needs[i] and not alike(g, scaled(trial.received[i], way.factor), *grads):
            yield "gradient", f"the gradient for input {i} ({trial.sample.names[i]})"


def agrees(trial: Trial, way: Way) -> bool:
    """Whether the call made so gives the same: nearly always it does, whatever is changed at once."""
    try:
        return next(differences(trial, way), None) is None
    except Broken:
        return False


def subsets(trial: Trial) -> list[tuple[bool, ...]]:
    """Return which inputs may need a gradient: each alone, and all but each."""
    floats = trial.sample.floats
    chosen = [{i} for i in floats] + [set(floats) - {i} for i in floats]
    some = [c for k, c in enumerate(chosen) if c not in chosen[:k] and 0 < len(c) < len(floats)]
    return [tuple(i in c for i in range(len(trial.sample.inputs))) for c in some]


def stretched(g: NDArray[Any], axis: int) -> NDArray[Any]:
    """Return an array that is constant along an axis, with a stride of zero there."""
    if not g.size or not 0 <= axis < g.ndim:
        return g
    return np.broadcast_to(np.take(g, [0], axis=axis), g.shape)


def scaled(g: Any, factor: float) -> Any:
    """Return a multiple of a float array, anything else as it is."""
    return g if factor == 1.0 or g is None or g.dtype.kind not in "fc" else g * factor


def all_alike(xs: Sequence[Any], ys: Sequence[Any]) -> bool:
    """Return whether arrays are alike, one by one; None is like None."""
    return len(xs) == len(ys) and all(
        x is y if x is None or y is None else alike(x, y) for x, y in zip(xs, ys, strict=True)
    )


def alike(x: Any, y: Any, *usual: Any) -> bool:
    """Return whether x is y but for rounding, at the scale of y and of what is `usual`."""
    if x.shape != y.shape:
        return False
    if same_bits(x, y):
        return True
    scale = max(float(np.abs(a[np.isfinite(a)]).max(initial=0.0)) if a.size else 0.0 for a in (y, *usual))
    return close(x, y, 1e-9, 1e-11 * scale)
