"""The same call made otherwise: in other places of memory, for other needs, for a multiple of grad."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .closeness import close, largest, same_bits
from .finding import Broken
from .trial import Trial

Results: TypeAlias = tuple[Sequence[NDArray[Any]], Sequence[Any]]  # outputs; a gradient for each input
Layout: TypeAlias = Callable[[NDArray[Any]], NDArray[Any]]  # how an array lies in memory

FACTOR = -(2.0**20)  # of another grad: all bits of the gradient stay
ROUGH = 1e3 * float(np.finfo(np.float32).eps)  # of the largest value: what single precision may lose


def fortran_order(x: NDArray[Any]) -> NDArray[Any]:
    """Return a copy of which the first axis is the innermost."""
    return np.array(x, order="F")


def negative_strides(x: NDArray[Any]) -> NDArray[Any]:
    """Return it in reverse order in memory, read-only."""
    flip: Any = (..., *(slice(None, None, -1),) * x.ndim)  # the ellipsis keeps a 0-d array an array
    view = np.array(x[flip])[flip]
    view.flags.writeable = False
    return view


def gaps(x: NDArray[Any]) -> NDArray[Any]:
    """Return it with its axes rotated, and between its values what would show if it were read."""
    turned = x.transpose((*range(1, x.ndim), 0)[: x.ndim])
    poison = np.nan if x.dtype.kind in "fc" else x.dtype.kind == "b" or 10**6 % (np.iinfo(x.dtype).max + 1)
    wide = np.full(tuple([2 * n + 1 for n in turned.shape]), poison, x.dtype)
    inner: Any = (..., *(slice(1, None, 2),) * x.ndim)
    wide[inner] = turned
    return wide[inner].transpose((-1, *range(x.ndim - 1))[: x.ndim])


def zero_strides(g: NDArray[Any]) -> NDArray[Any]:
    """Return an array that is constant along its last axis, as broadcasting makes it."""
    return np.broadcast_to(g[..., :1], g.shape) if g.size and g.ndim else g


@dataclass(frozen=True)
class Way:
    """How a call is made."""

    inputs: Layout = np.copy
    grads: Layout = np.copy  # grad has other values, too, with `zero_strides`
    needs: tuple[bool, ...] | None = None  # which inputs lie so, and get a gradient; None: all, as usual
    factor: float = 1.0  # of grad


OTHERWISE = Way(gaps, negative_strides, factor=FACTOR)


def differences(trial: Trial, way: Way) -> Iterator[str]:
    """Yield what is another one if the call is made so; Broken if it fails."""
    sample, needs = trial.sample, way.needs or trial.needs
    given = zip(sample.inputs, way.needs or [True] * len(needs), strict=True)
    inputs = [way.inputs(x) if moved and isinstance(x, np.ndarray) else x for x, moved in given]
    again = trial.on(sample.with_inputs(tuple(inputs)), needs)
    for k, (y, known) in enumerate(zip(again.outputs, trial.outputs, strict=False)):
        if not alike(y, known, *(sample.inputs[i] for i in sample.floats)):  # a sum may cancel
            yield trial.called(k)
    if not trial.pulls or (sample.finite and not trial.finite):
        return  # at a pole the gradient is whatever rounding makes of it
    grads = [way.grads(scaled(g, way.factor)) for g in trial.cotangents]
    usual = [scaled(g, way.factor) for g in trial.received]
    right = trial.pull([np.array(g) for g in grads]) if way.grads is zero_strides else usual
    for i, g in enumerate(again.pull(grads)):
        # A constant through a norm gives zero but for rounding: the usual gradient has the scale.
        if g is not None and needs[i] and not alike(g, right[i], usual[i], *grads):
            yield f"the gradient for input {i} ({sample.names[i]})"


def agrees(trial: Trial, way: Way) -> bool:
    """Whether the call made so gives the same: nearly always it does, whatever is changed at once."""
    try:
        return next(differences(trial, way), None) is None
    except Broken:
        return False


def narrowed(trial: Trial) -> Results | None:
    """Return the results of a call in single precision, in another layout, for a multiple of grad.

    None unless they are the usual ones as far as single precision goes: one call shows that nothing matters.
    """
    sample = trial.sample
    if not sample.floats or sample.typed or (trial.differentiable and not trial.pulls):
        return None
    single = sample.cast(np.float32)
    inputs = [gaps(x) if isinstance(x, np.ndarray) else x for x in single.inputs]
    gradients: list[Any] = []
    known: list[Any] = [*trial.outputs]
    try:
        again = trial.on(single.with_inputs(tuple(inputs)))
        if trial.pulls and (trial.finite or not sample.finite):
            grads = [negative_strides(scaled(g, FACTOR)) for g in again.cotangents]
            gradients = [scaled(g, 1 / FACTOR) for g in again.pull(grads)]
            known += trial.received
    except Broken:
        return None
    mine = [*again.outputs, *gradients]
    same = len(mine) == len(known) and all(map(_roughly, mine, known))
    return (again.outputs, gradients) if same else None


def _roughly(x: Any, y: Any) -> bool:
    if x is None or x.shape != y.shape or y.dtype.kind not in "fc":
        return x is None or same_bits(x, y)
    return close(x, y, 0.0, ROUGH * largest(y))


def scaled(g: Any, factor: float) -> Any:
    """Return a multiple of a float array, anything else as it is."""
    return g if factor == 1.0 or g is None or g.dtype.kind not in "fc" else g * factor


def all_alike(xs: Sequence[Any], ys: Sequence[Any]) -> bool:
    """Return whether arrays are alike, one by one; None is like None."""
    return len(xs) == len(ys) and all(map(alike, xs, ys))


def alike(x: Any, y: Any, *usual: Any) -> bool:
    """Return whether x is y but for rounding, at the scale of y and of what is `usual`."""
    if x is None or y is None or x.shape != y.shape:
        return x is y
    if same_bits(x, y):
        return True
    return close(x, y, 1e-9, 1e-11 * max(map(largest, (y, *usual))))
