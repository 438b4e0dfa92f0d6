"""Interpolation of images by splines: `map_coordinates`, `affine_transform`, `shift` and `zoom`."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, between, real
from minigrad_core.errors import InputError
from minigrad_ops_basic.composite import pull_back
from minigrad_ops_basic.dtypes import detach

from .. import ndimage
from ..binding import take_settings_of
from ..extension import extend, extend_zeros, fold
from ..precision import cast_each, match_precision
from ..primitives import ScipyFunction
from .correlation import MODES
from .splines import transpose_spline_filter
from .taps import sample, scatter

_PADDING = 12  # what SciPy pads an image with before it filters for these modes
_PADDED_MODES = ("nearest", "grid-constant")


def complete_interpolation(
    *, order: int = 3, mode: str = "constant", cval: complex = 0.0, prefilter: bool = True
) -> tuple[int, str, Any, bool]:
    """Return the settings of an interpolation, those of SciPy by default."""
    return order, mode, cval, prefilter


class Resampling(ScipyFunction):
    """An image, interpolated at coordinates that depend on parameters.

    d/dinput: grad is added to the coefficients around the coordinates, with the weights of the spline, and
    goes through the transpose of the spline filter. d/dparameters: grad times the derivatives of the spline
    along each axis, pulled back through the coordinates. Order 0 is constant in the coordinates. At a knot
    of order 1, and where a mode mirrors, the slope is that of one side.
    """

    @abstractmethod
    def find_coordinates(self, shape: Sequence[int], points: Sequence[int], *parameters: Any) -> Any:
        """Return the coordinates of the points of the output, (d, *points), with SciPy's rounding.

        shape: that of the image; points: the shape of the output.
        """
        ...

    def resample(
        self, ctx: Context, arrays: Sequence[Any], interpolation: dict[str, Any], **others: Any
    ) -> Any:
        """Return SciPy's result, and save the call; arrays: the image and the parameters."""
        settings = complete_interpolation(**interpolation)
        if 0 in arrays[0].shape:
            raise InputError(f"{self.name}: an image of shape {arrays[0].shape} has no values to interpolate")
        for x in map(np.asarray, map(detach, arrays[1:])):
            if x.dtype.kind == "c":
                raise InputError(f"{self.name}: only the image may be complex")
            if not np.isfinite(x).all():  # SciPy returns cval, also in modes that know no cval
                raise InputError(f"{self.name}: an argument other than the image is NaN or infinite")
        ctx.save(settings, *arrays)
        return self.evaluate(*arrays, **interpolation, **others)

    def backward(self, ctx: Context, grad: Array) -> tuple[Any, ...]:
        (order, mode, cval, prefilter), image, *parameters = ctx.saved

        def find(*parameters: Any) -> Any:
            return self.find_coordinates(image.shape, grad.shape, *parameters)

        coordinates = find(*parameters)
        filtered = prefilter and order > 1
        padding = _PADDING if filtered and mode in _PADDED_MODES else 0
        settings: dict[str, Any] = {"order": order, "mode": mode, "padding": padding}
        shape = tuple(n + 2 * padding for n in image.shape)
        values, value = grad[None], ((0,) * len(shape),)
        gradients: list[Any] = [None] * len(ctx.needs)
        if ctx.needs[0]:
            spread = scatter.evaluate(values, coordinates, shape=shape, derivatives=value, **settings)
            if filtered:
                spread = transpose_spline_filter(spread, order, mode)
            pads = ((padding, padding),) * len(shape)
            gradients[0] = fold(spread, image.shape, pads, (mode,) * len(shape))
        if any(ctx.needs[1:]):
            coefficients = _filter(image, padding, mode, cval, order) if filtered else image
            if mode == "grid-constant":
                coefficients = coefficients - cval  # the weights inside and outside sum to 1
            slopes = sample.pull_coordinates_back(
                coefficients, coordinates, values, derivatives=value, **settings
            )
            # The coordinates of a complex image are real.
            slopes = match_precision(np.real(slopes), coordinates.dtype)
            pulled = pull_back(find, parameters, ctx.needs[1:], slopes)
            gradients[1:] = pulled
        return cast_each(gradients, (image, *parameters[: len(gradients) - 1]))


def _filter(image: Any, padding: int, mode: str, cval: Any, order: int) -> Any:
    """Return the coefficients of the spline through the image, which SciPy pads in some modes."""
    if padding:
        pads = ((padding, padding),) * len(image.shape)
        padded = extend(image, pads, (mode,) * len(image.shape))
        if mode == "grid-constant" and cval != 0:
            padded = padded + cval * (1 - extend_zeros(np.ones(image.shape), pads))
        image = padded
    return ndimage.spline_filter(image, order, mode=mode)


def make_grid(points: Sequence[int]) -> list[Any]:
    """Return the indices of the output along each axis, in shapes that broadcast."""
    return [
        np.arange(n, dtype=float).reshape((-1,) + (1,) * (len(points) - 1 - i)) for i, n in enumerate(points)
    ]


def _stack(rows: Sequence[Any], points: Sequence[int]) -> Any:
    return np.stack([np.broadcast_to(row, tuple(points)) for row in rows])


_IMAGE = real("4 5")
_INSIDE = between(0.1, 2.9, "2 n")


class MapCoordinates(Resampling):
    """The image at `coordinates`.

    input: any shape with d axes; coordinates: (d, ...) -> (...). order: 0 to 5.
    """

    cases = (
        *(Case(input=_IMAGE, coordinates=_INSIDE, mode=mode) for mode in MODES),
        *(Case(input=_IMAGE, coordinates=_INSIDE, order=order) for order in (0, 1, 2, 4, 5)),
        *(Case(input=_IMAGE, coordinates=between(-20, 22, "2 3"), order=2, mode=mode) for mode in MODES[3:6]),
        Case(input=real("3 2 4"), coordinates=between(0.1, 0.9, "3 2 2"), order=1, mode="mirror"),
        Case(
            input=_IMAGE, coordinates=between(-2, 6, "2 3"), mode="grid-constant", cval=0.5, prefilter=False
        ),
        Case(input=_IMAGE, coordinates=between(-2, 6, "2 3"), mode="grid-constant", cval=0.5),
        Case(input=real("5"), coordinates=between(-8, 9, "1 n"), mode="reflect"),
    )

    def find_coordinates(self, shape: Sequence[int], points: Sequence[int], *parameters: Any) -> Any:
        return parameters[0]

    @take_settings_of(complete_interpolation)
    def forward(self, ctx: Context, input: Array, coordinates: Array, **interpolation: Any) -> Any:
        return self.resample(ctx, (input, coordinates), interpolation)


class AffineTransform(Resampling):
    """The image at the coordinates `matrix @ index + offset` of each index of the output.

    input: any shape with d axes; matrix: (d, d), (d,) for a diagonal matrix, or homogeneous, (d, d + 1) or
    (d + 1, d + 1); offset: (d,) or one number. output_shape: that of the image by default.
    """

    cases = (
        Case(input=_IMAGE, matrix=between(0.2, 0.6, "2 2"), offset=between(0.1, 0.5, "2"), mode="nearest"),
        Case(input=_IMAGE, matrix=between(0.2, 0.6, "2"), offset=between(0.1, 0.5, ""), mode="mirror"),
        Case(input=_IMAGE, matrix=between(0.2, 0.6, "2 3"), order=2, mode="grid-wrap", output_shape=(3, 2)),
        Case(input=real("5"), matrix=between(0.2, 0.6, "1 1"), order=1),
    )

    def find_coordinates(self, shape: Sequence[int], points: Sequence[int], *parameters: Any) -> Any:
        matrix, offset = parameters if len(parameters) > 1 else (*parameters, np.zeros(()))
        d, grid = len(shape), make_grid(points)
        if matrix.ndim == 1:
            offset = np.broadcast_to(offset, (d,))
            return _stack([(grid[i] + offset[i] / matrix[i]) * matrix[i] for i in range(d)], points)
        offset = matrix[:d, d] if matrix.shape[1] == d + 1 else np.broadcast_to(offset, (d,))
        rows = [[matrix[i, j] * grid[j] for j in range(len(points))] for i in range(d)]
        return _stack([reduce(np.add, row, offset[i]) for i, row in enumerate(rows)], points)

    @take_settings_of(complete_interpolation)
    def forward(
        self,
        ctx: Context,
        input: Array,
        matrix: Array,
        offset: Array | None = None,
        *,
        output_shape: Sequence[int] | None = None,
        **interpolation: Any,
    ) -> Any:
        arrays = (input, matrix) if offset is None else (input, matrix, offset)
        return self.resample(ctx, arrays, interpolation, output_shape=output_shape)


class Shift(Resampling):
    """The image, moved by `shift` along each axis.

    input: any shape with d axes; shift: (d,) or one number.
    """

    cases = (
        Case(input=_IMAGE, shift=between(0.1, 0.9, "2"), mode="nearest"),
        Case(input=_IMAGE, shift=between(0.1, 0.9, ""), mode="grid-wrap", order=2),
        Case(input=real("5"), shift=between(-0.9, -0.1, "1"), cval=1.5),
    )

    def find_coordinates(self, shape: Sequence[int], points: Sequence[int], *parameters: Any) -> Any:
        shift = np.broadcast_to(parameters[0], (len(shape),))
        return _stack([k - shift[i] for i, k in enumerate(make_grid(points))], points)

    @take_settings_of(complete_interpolation)
    def forward(self, ctx: Context, input: Array, shift: Array, **interpolation: Any) -> Any:
        return self.resample(ctx, (input, shift), interpolation)


class Zoom(Resampling):
    """The image, resampled to `zoom` times as many points along each axis.

    input: any shape with d axes; zoom: d numbers or one.
    """

    cases = (
        Case(input=real("3 4"), zoom=2, mode="nearest"),
        Case(input=real("3 4"), zoom=(1.7, 0.6), order=1),
        Case(input=real("4"), zoom=1.5, mode="grid-wrap", grid_mode=True),
    )

    def find_coordinates(self, shape: Sequence[int], points: Sequence[int], *parameters: Any) -> Any:
        (grid_mode,) = parameters
        less = 0 if grid_mode else 1
        steps = [(n - less) / (m - less) if m > less else 1.0 for n, m in zip(shape, points, strict=True)]
        middle = 0.5 if grid_mode else 0.0
        return _stack(
            [(k + middle) * s - middle for k, s in zip(make_grid(points), steps, strict=True)], points
        )

    @take_settings_of(complete_interpolation)
    def forward(
        self, ctx: Context, input: Array, *, zoom: Any, grid_mode: bool = False, **interpolation: Any
    ) -> Any:
        if grid_mode and input.dtype.kind == "c":
            raise InputError(
                "zoom: SciPy ignores grid_mode for complex images; zoom the real and the imaginary part"
            )
        y = self.resample(ctx, (input,), interpolation, zoom=zoom, grid_mode=grid_mode)
        settings, image = ctx.saved
        ctx.save(settings, image, grid_mode)
        return y


OPERATIONS: tuple[Operation, ...] = (
    MapCoordinates("ndimage.map_coordinates"),
    AffineTransform("ndimage.affine_transform"),
    Shift("ndimage.shift"),
    Zoom("ndimage.zoom"),
)
