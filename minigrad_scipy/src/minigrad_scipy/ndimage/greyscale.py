"""Greyscale morphology that consists of erosions and dilations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from .. import ndimage
from ..binding import take_settings_of
from ..composites import Composite
from .choices import list_extrema

Filter: TypeAlias = Callable[[Any], Any]


@take_settings_of(list_extrema)
def _combine(formula: Callable[..., Any], filters: Sequence[str], input: Any, **settings: Any) -> Any:
    """Return `formula` of the image and of the named filters with these settings."""
    return formula(input, *(partial(getattr(ndimage, name), **settings) for name in filters))


def subtract_extrema(input: Any, erode: Filter, dilate: Filter) -> Any:
    """The dilation less the erosion."""
    return dilate(input) - erode(input)


def compare_with_extrema(input: Any, erode: Filter, dilate: Filter) -> Any:
    """The dilation and the erosion, less twice the image."""
    return dilate(input) + erode(input) - input - input


def subtract_opening(input: Any, open_image: Filter) -> Any:
    """The image less its opening."""
    return input - open_image(input)


def subtract_from_closing(input: Any, close_image: Filter) -> Any:
    """The closing of the image, less the image."""
    return close_image(input) - input


class Morphology(Composite):
    """A combination of an erosion and a dilation; for the arguments, see `grey_erosion`."""

    def __init__(self, path: str, formula: Callable[..., Any], filters: Sequence[str]) -> None:
        structure = np.array([[0.25, -0.125, 0.5], [0.75, 1.0, -0.375]])
        cases = (
            Case(input=real("3 4"), size=3, mode="constant", cval=0.5, axes=(1,)),
            Case(input=real("3 4"), structure=structure, mode="mirror"),
        )
        super().__init__(path, partial(_combine, formula, filters), cases, real=True)
        self.__doc__ = formula.__doc__


_EXTREMA = ("grey_erosion", "grey_dilation")
OPERATIONS: tuple[Operation, ...] = (
    Morphology("ndimage.morphological_gradient", subtract_extrema, _EXTREMA),
    Morphology("ndimage.morphological_laplace", compare_with_extrema, _EXTREMA),
    Morphology("ndimage.white_tophat", subtract_opening, ("grey_opening",)),
    Morphology("ndimage.black_tophat", subtract_from_closing, ("grey_closing",)),
)
