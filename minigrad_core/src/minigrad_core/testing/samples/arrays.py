"""The shapes that initializers are asked for."""

from __future__ import annotations

from typing import TypeAlias

Shape: TypeAlias = tuple[int, ...]

# One of these is accepted by whatever is for matrices, kernels, vectors or squares only.
USUAL: tuple[Shape, ...] = ((32, 16), (8, 6, 3, 3), (64,), (24, 24), (8, 6, 3))
# No multiples of one another, 0-d and empty too.
SHAPES: tuple[Shape, ...] = ((12, 3), (3, 12), (5, 2, 3, 3), (7,), (), (0,), (3, 0), (1, 1), (31, 17))
# For a claim: about 12,000 values each, far from square, so that exchanged fans show; small fans too.
WIDE: tuple[Shape, ...] = (
    (300, 40),
    (40, 300),
    (40, 10, 5, 6),
    (10, 40, 6, 5),
    (30, 20, 20),
    (4, 3000),
    (3000, 4),
    (12_000,),
)
# For rows and columns that are copies or shifts of one another.
LINES: tuple[Shape, ...] = ((60, 75), (30, 12, 3, 3), (300, 7), (40, 40))
# For values by position, for their distribution, and for means and extremes; with the number of draws.
Many: TypeAlias = tuple[tuple[Shape, int], ...]
POSITIONS: Many = (((4, 6), 128), ((5, 2, 1, 2), 48), ((6, 3), 48))
LARGE: Many = (((48, 20), 12), ((10, 8, 3, 3), 12), ((50,), 12), ((1, 300), 12))
HUGE: Many = (((2000, 5), 6),)
