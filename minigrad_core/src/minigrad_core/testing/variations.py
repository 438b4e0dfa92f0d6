"""Variations of a call that may not change its results: other memory layouts, and other `needs`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .closeness import has_same_values, is_close, largest_magnitude
from .finding import Comparison, SubjectFailed

if TYPE_CHECKING:
    from .trial import Trial

Layout: TypeAlias = Callable[[NDArray[Any]], NDArray[Any]]  # returns the same values in another memory layout


def fortran_order(x: NDArray[Any]) -> NDArray[Any]:
    """Return a copy in Fortran order: the first axis is the innermost."""
    return np.array(x, order="F")


def negative_strides(x: NDArray[Any]) -> NDArray[Any]:
    """Return a copy that lies in memory in reverse order, read-only."""
    flip: Any = (..., *(slice(None, None, -1),) * x.ndim)  # the ellipsis keeps a 0-d array an array
    view = np.array(x[flip])[flip]
    view.flags.writeable = False
    return view


def gaps(x: NDArray[Any]) -> NDArray[Any]:
    """Return a copy with rotated axes, and with other values in memory between its own.

    These are NaN for floats, True for truth values, about a million for integers: code that reads them
    returns visibly wrong results.
    """
    rotated = x.transpose((*range(1, x.ndim), 0)[: x.ndim])
    poison = np.nan if x.dtype.kind in "fc" else x.dtype.kind == "b" or 10**6 % (np.iinfo(x.dtype).max + 1)
    wide = np.full(tuple([2 * n + 1 for n in rotated.shape]), poison, x.dtype)
    inner: Any = (..., *(slice(1, None, 2),) * x.ndim)
    wide[inner] = rotated
    return wide[inner].transpose((-1, *range(x.ndim - 1))[: x.ndim])


def zero_strides(g: NDArray[Any]) -> NDArray[Any]:
    """Return an array that is constant along its last axis, with a stride of 0, as of `np.broadcast_to`.

    It repeats the first value along this axis, so that this layout changes values.
    """
    return np.broadcast_to(g[..., :1], g.shape) if g.size and g.ndim else g


@dataclass(frozen=True)
class Variation:
    """Another way to make the same call."""

    inputs: Layout = np.copy  # the memory layout of the inputs
    # The memory layout of the cotangents; with `zero_strides` they have other values, too.
    cotangents: Layout = np.copy
    # The inputs that get the layout and need a gradient. By default all inputs get the layout, and the same
    # inputs as in the trial need a gradient.
    needs: tuple[bool, ...] | None = None
    factor: float = 1.0  # of the cotangents, and of the gradients


FACTOR = -(2.0**20)  # of cotangents: a power of two keeps all bits of a gradient
# Another layout of the inputs, another layout of the cotangents, and a multiple of them, in one call.
ALL_AT_ONCE = Variation(gaps, negative_strides, factor=FACTOR)


def find_differences(trial: Trial, variation: Variation | None) -> Iterator[Comparison]:
    """Yield the results that differ under a variation; without one, in a second backward pass.

    Raise SubjectFailed if the call fails under the variation.
    """
    sample, varied = trial.sample, trial
    if variation is not None:
        has_layout = variation.needs or [True] * len(trial.needs)
        pairs = zip(sample.inputs, has_layout, strict=True)
        layout = trial.subject.layout(variation.inputs)
        inputs = tuple(layout(x) if moved and isinstance(x, np.ndarray) else x for x, moved in pairs)
        varied = trial.run_on(sample.with_inputs(inputs), variation.needs or trial.needs)
    variation = variation or Variation()
    floats = [sample.inputs[i] for i in sample.floats]  # a sum may cancel: rounding has their scale
    for output, expected in zip(varied.output_results, trial.outputs, strict=False):
        if not is_alike(output.values, expected, *floats):
            yield Comparison(output, expected, trial.used_cotangents)

    if not trial.has_gradients or (sample.is_finite and not trial.is_finite):
        return  # at a pole the gradient is undetermined
    usual_gradients = scale_floats(trial.gradients, variation.factor)
    cotangents = [variation.cotangents(g) for g in scale_floats(trial.cotangents, variation.factor)]
    gradients = usual_gradients
    if variation.cotangents is zero_strides:
        gradients = trial.pull([np.array(g) for g in cotangents])
    for result in trial.name_gradients(varied.pull(cotangents)):
        expected, usual = gradients[result.position], usual_gradients[result.position]
        # A gradient for constant cotangents may be zero but for rounding, at the scale of the usual gradient.
        if not is_alike(result.values, expected, usual, *cotangents):
            yield Comparison(result, expected, trial.cotangents)


def scale_floats(arrays: Iterable[Any], factor: float) -> list[Any]:
    """Return multiples of the float arrays; None and other arrays stay as they are."""
    return [g * factor if factor != 1 and g is not None and g.dtype.kind in "fc" else g for g in arrays]


def list_single_needs(trial: Trial) -> list[tuple[bool, ...]]:
    """Return, for each float input, the `needs` of a call in which this input alone needs a gradient."""
    return [tuple([j == i for j in range(len(trial.needs))]) for i in trial.sample.floats]


def is_same_under(trial: Trial, variation: Variation) -> bool:
    """Return whether a call under a variation succeeds with the same results."""
    try:
        return next(find_differences(trial, variation), None) is None
    except SubjectFailed:
        return False


def is_alike(x: Any, y: Any, *scales: Any) -> bool:
    """Return whether x equals y but for rounding, at the scale of y and of other arrays."""
    if x.shape != y.shape:
        return False
    if has_same_values(x, y):
        return True
    return is_close(x, y, 1e-9, 1e-11 * max(map(largest_magnitude, (y, *scales))))
