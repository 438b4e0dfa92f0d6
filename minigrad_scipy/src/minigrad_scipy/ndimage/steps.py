"""Filters that consist of filters along one axis, one after the other, and their transposes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case
from minigrad_core.errors import InputError
from minigrad_ops_basic.dtypes import detach

from .. import ndimage
from ..composites import Composite
from ..extension import Pads, extend_zeros, fold
from ..precision import match_precision
from .correlation import transpose_correlation


class Means(NamedTuple):
    """`uniform_filter1d` as one step of a filter."""

    axis: int
    size: int
    mode: str
    cval: complex
    origin: int = 0

    def apply(self, x: Any) -> Any:
        """Return the filtered image."""
        axis, size, mode, cval, origin = self
        return ndimage.uniform_filter1d(x, size, axis, mode=mode, cval=cval, origin=origin)

    def transpose(self, grad: Any, shape: Sequence[int]) -> Any:
        """Return the gradient of an image of the given shape."""
        axis, size, mode, _, origin = self
        before, d = size // 2 + origin, len(shape)
        whole = extend_zeros(grad, _pad_axis(axis, (size - 1, size - 1), d))
        means = ndimage.uniform_filter1d(whole, size, axis, mode="constant")
        inside = slice(size // 2, size // 2 + shape[axis] + size - 1)
        pads = _pad_axis(axis, (before, size - 1 - before), d)
        return fold(means[(slice(None),) * axis + (inside,)], shape, pads, (mode,) * d)


class Correlate(NamedTuple):
    """`correlate1d` as one step of a filter; weights: an odd number."""

    axis: int
    weights: Any
    mode: str
    cval: complex

    def apply(self, x: Any) -> Any:
        """Return the filtered image."""
        return ndimage.correlate1d(x, self.weights, self.axis, mode=self.mode, cval=self.cval)

    def transpose(self, grad: Any, shape: Sequence[int]) -> Any:
        """Return the gradient of an image of the given shape."""
        weights = np.asarray(self.weights, dtype=float)
        kernel = weights.reshape([-1 if i == self.axis else 1 for i in range(len(shape))])
        reach = len(weights) // 2
        pads = _pad_axis(self.axis, (reach, reach), len(shape))
        return transpose_correlation(grad, kernel, shape, pads, (self.mode,) * len(shape))


def _pad_axis(axis: int, pad: tuple[int, int], d: int) -> Pads:
    return [pad if i == axis else (0, 0) for i in range(d)]


Step: TypeAlias = "Means | Correlate"
Plan: TypeAlias = (
    "list[list[Step]]"  # the sum of filters, each of which consists of steps one after the other
)


def apply_plan(make_plan: Callable[..., Plan], image: Any, *others: Any, **settings: Any) -> Any:
    """Return the filtered image."""
    terms = make_plan(image, *others, **settings)
    return sum(reduce(lambda x, step: step.apply(x), term, +image) for term in terms)


class SeparableFilter(Composite):
    """A sum of filters, each of which consists of filters along one axis.

    d/dinput = the transposes of these filters in reverse order, applied to grad: without the forward filter.
    """

    def __init__(self, path: str, make_plan: Callable[..., Plan], cases: Sequence[Case]) -> None:
        super().__init__(path, make_plan, cases)
        self.formula = self.reference = partial(apply_plan, make_plan)

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        if np.iscomplexobj(inputs[-1]) and len(inputs) > 1:  # SciPy would take the real part
            raise InputError(f"{self.name}: sigma is complex")
        return super().compute(*inputs, **settings)

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> tuple[Any, ...]:
        if any(ctx.needs[1:]):
            return super().backward(ctx, grad, *grads)
        (image, *others), settings = ctx.saved
        terms = self.description(image, *map(detach, others), **settings)
        transposed = (
            reduce(lambda g, step: step.transpose(g, image.shape), reversed(term), +grad) for term in terms
        )
        return match_precision(sum(transposed), image.dtype), *(None for _ in others)
