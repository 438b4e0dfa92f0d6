"""The mechanism of filters that choose a pixel of the image: where the pixel is, and its gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case
from minigrad_core.errors import InputError
from minigrad_ops_basic.dtypes import detach

from ..composites import DescribedFunction
from ..extension import CONSTANT_MODES, extend
from ..primitives import LinearMap

LEAST, GREATEST = 0, -1
_NO_PIXEL = (
    "SciPy returned a value that no pixel of the window has: it ignores the holes in the footprint of an "
    "image with one axis. Add an axis to both, image[None] and footprint[None]"
)
_BLOCK = 1 << 16  # how many windows with equal pixels are sorted at once


class Window(NamedTuple):
    """The pixels around a position, and the rank among them of the pixel that the filter returns.

    footprint: booleans with as many axes as the image. structure: numbers to add to the pixels, or None.
    """

    footprint: Array
    structure: Any
    origins: Sequence[int]
    modes: Sequence[str]
    cval: float
    rank: int

    def extend(self, image: Array, fill: float) -> Any:
        """Return the image, extended by the values around it that the window reads."""
        before = [k // 2 + o for k, o in zip(self.footprint.shape, self.origins, strict=True)]
        pads = [(b, k - 1 - b) for b, k in zip(before, self.footprint.shape, strict=True)]
        extended = extend(image, pads, self.modes)
        if not CONSTANT_MODES.isdisjoint(self.modes):
            extended[extend(np.ones(image.shape, bool), pads, self.modes) == 0] = fill
        return extended

    def iterate(self, extended: Array, structure: Any = None) -> Iterator[Array]:
        """Yield, for each tap of the window, the value that the tap reads at each pixel."""
        shape = [n - k + 1 for n, k in zip(extended.shape, self.footprint.shape, strict=True)]
        for tap in np.argwhere(self.footprint).tolist():
            values = extended[tuple(slice(i, i + n) for i, n in zip(tap, shape, strict=True))]
            yield values if structure is None else values + structure[tuple(tap)]

    def choose_extremum(self, image: Array) -> Array:
        """Return the least or the greatest values; sums with a structure are in double precision."""
        better = np.minimum if self.rank == LEAST else np.maximum
        return reduce(better, self.iterate(self.extend(image, self.cval), self.structure))

    def find_positions(self, image: Array, chosen: Array, positions: Array) -> Any:
        """Return the entry of `positions` at each chosen pixel, or -1 for `cval`.

        If pixels are equal, a pixel with a higher position counts as greater.
        """
        values, places = self.extend(image, self.cval), self.extend(positions, -1)
        pairs = zip(self.iterate(values, self.structure), self.iterate(places), strict=True)
        if self.rank in (LEAST, GREATEST):
            last = positions.size if self.rank == LEAST else -1
            better = np.minimum if self.rank == LEAST else np.maximum
            found = np.full(image.shape, last)
            for window, place in pairs:
                better(found, place, out=found, where=window == chosen)
            return found
        found, less, equal = (np.zeros(image.shape, int) for _ in range(3))
        for window, place in pairs:
            same = window == chosen
            less += window < chosen
            equal += same
            np.copyto(found, place, where=same)
        if not equal.all():
            raise InputError(_NO_PIXEL)
        tied = np.flatnonzero(equal > 1)
        for block in np.split(tied, range(_BLOCK, len(tied), _BLOCK)):
            index = np.unravel_index(block, image.shape)
            rows = [place[index] for place in self.iterate(places)]
            same = np.stack([window[index] == chosen[index] for window in self.iterate(values)])
            order = np.sort(np.where(same, rows, positions.size), axis=0)
            found[index] = order[self.rank - less[index], np.arange(len(block))]
        return found


def _take(x: Array, *, positions: Array) -> Any:
    values = x.ravel()[np.maximum(positions, 0)] if x.size else np.zeros(positions.shape, x.dtype)
    return np.where(positions >= 0, values, 0)


def _put(grad: Array, *, shape: Sequence[int], positions: Array) -> Any:
    sums = np.bincount(positions.ravel() + 1, grad.ravel(), minlength=int(np.prod(shape)) + 1)
    return sums[1:].reshape(shape).astype(grad.dtype, copy=False)


selection = LinearMap("take_positions", _take, _put)


class Choice(DescribedFunction):
    """A filter that returns a pixel of the image.

    list_windows: describes the function, and returns windows, from which it chooses one after the other.
    text: the docstring, if list_windows has none.

    d/dinput = grad, added to the chosen pixel.
    """

    def __init__(
        self, path: str, list_windows: Callable[..., list[Window]], cases: Sequence[Case], text: str = ""
    ) -> None:
        super().__init__(path, list_windows, cases, real=True)
        self.__doc__ = text or self.__doc__

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        if np.isnan(inputs[0]).any():
            raise InputError(f"{self.name}: the image has NaN, and SciPy's choice depends on their places")
        return super().compute(*inputs, **settings)

    def compute_and_save(self, ctx: Context, *inputs: Any, **settings: Any) -> Any:
        (image,) = inputs
        y = self.evaluate(image, **settings)
        found = self.find_positions(detach(image), detach(y), settings) if any(ctx.needs) else None
        ctx.save(image.shape, found)
        return y

    def find_positions(self, image: Array, y: Array, settings: dict[str, Any]) -> Any:
        """Return the position in the flat image of each output, -1 for `cval`."""
        windows = self.description(image, **settings)
        positions: Any = np.arange(image.size).reshape(image.shape)
        for i, window in enumerate(windows):
            # SciPy rounds sums of a structure and float32 in two ways, and y may equal none of ours.
            known = i == len(windows) - 1 and window.structure is None
            chosen = y if known else window.choose_extremum(image)
            positions = window.find_positions(image, chosen, positions)
            image = chosen
        return positions

    def backward(self, ctx: Context, grad: Array) -> Any:
        shape, positions = ctx.saved
        return selection.transposed.evaluate(grad, shape=shape, positions=positions)
