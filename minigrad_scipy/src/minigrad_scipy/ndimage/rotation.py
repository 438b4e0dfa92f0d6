"""`rotate`: planes of an image, interpolated at rotated coordinates."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy

from minigrad_core import Operation
from minigrad_core.cases import Case, between, real
from minigrad_core.errors import InputError
from minigrad_ops_basic.dtypes import detach

from .. import ndimage
from ..binding import take_settings_of
from ..composites import Composite
from .resampling import complete_interpolation


class Rotation(Composite):
    """`rotate`, for a finite real angle."""

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        image, angle = inputs
        if np.iscomplexobj(angle) or not np.isfinite(angle).all():
            raise InputError("rotate: the angle is complex, NaN or infinite")
        axes = settings.get("axes", (1, 0))
        if len({axis % image.ndim for axis in axes}) < 2:
            raise InputError(f"rotate: expected two different axes, got {axes}")
        if 0 in image.shape:
            raise InputError(f"rotate: an image of shape {image.shape} has no values to interpolate")
        return super().compute(image, float(angle), **settings)


def _find_rotation(angle: Any) -> Any:
    """Return the matrix of a rotation by `angle` degrees, with exact values at multiples of 90 degrees."""
    radians = angle * (np.pi / 180)
    plain = detach(angle)
    # The difference to NumPy's functions is constant; it decides on which side of the border a pixel lies.
    c = np.cos(radians) + (scipy.special.cosdg(plain) - np.cos(plain * (np.pi / 180)))
    s = np.sin(radians) + (scipy.special.sindg(plain) - np.sin(plain * (np.pi / 180)))
    return np.stack([np.stack([c, s]), np.stack([-s, c])])


@Rotation.define(
    "ndimage.rotate",
    Case(input=real("4 5"), angle=between(20, 30, ""), mode="nearest"),
    Case(input=real("2 4 3"), angle=between(-30, -20, ""), axes=(1, 2), reshape=False, mode="mirror"),
    Case(input=real("3 4"), angle=between(20, 30, ""), order=1, reshape=False, mode="grid-wrap"),
    Case(input=real("3 4 2"), angle=between(20, 30, ""), axes=(0, 1), order=1, mode="nearest"),
)
@take_settings_of(complete_interpolation)
def rotate(
    input: Any, angle: Any, *, axes: tuple[int, int] = (1, 0), reshape: bool = True, **interpolation: Any
) -> Any:
    """The image, rotated by `angle` degrees in the plane of two axes.

    input: two or more axes; angle: one number. The shape of the result counts as constant.
    """
    plane = sorted(axis % len(input.shape) for axis in axes)
    planes = np.moveaxis(input, plane, (-2, -1))
    *others, height, width = planes.shape
    matrix = _find_rotation(angle)
    shape = np.array([height, width])
    if reshape:
        corners = detach(matrix) @ [[0, 0, height, height], [0, width, 0, width]]
        shape = (np.ptp(corners, axis=1) + 0.5).astype(int)
    offset = (np.array([height, width]) - 1) / 2 - matrix @ ((shape - 1) / 2)
    settings = {"output_shape": tuple(shape.tolist()), **interpolation}
    turned = [
        ndimage.affine_transform(each, matrix, offset, **settings)
        for each in planes.reshape(-1, height, width)
    ]
    return np.moveaxis(np.stack(turned).reshape(*others, *shape.tolist()), (-2, -1), plane)


OPERATIONS: tuple[Operation, ...] = (rotate,)
