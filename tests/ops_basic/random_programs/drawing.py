"""The strategy: inputs of any shape, type and layout, then 2 to 8 steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

from .sketch import Sketch
from .steps import elementwise, indexing, joining, products, reductions, shapes

if TYPE_CHECKING:
    from .program import Floats, Program

STEPS: list[Any] = [
    *elementwise.STEPS, *reductions.STEPS, *shapes.STEPS,
    *joining.STEPS, *indexing.STEPS, *products.STEPS
]  # fmt: skip
SIZES = (0, 0, 1, 1, *([2] * 8), *([3] * 8), 4)
TYPES: tuple[tuple[Any, ...], ...] = (
    (np.float64,),
    (np.float32,),
    (np.float64, np.float32),
    (np.float16,),
    (np.float64, np.float32, np.float16),
)


def programs() -> st.SearchStrategy[Program]:
    """Draw a program: float16, float32, float64 or mixed.

    Hypothesis draws a seed for each part, so that it can leave parts out of a failing program; whole
    parameters from Hypothesis make programs that are too much alike.
    """
    seeds = st.integers(0, 2**32 - 1)
    return st.builds(
        draw_program,
        st.sampled_from(TYPES),
        st.lists(seeds, min_size=1, max_size=3),
        st.lists(seeds, min_size=2, max_size=8),
    )


def draw_program(types: tuple[Any, ...], inputs: list[int], steps: list[int]) -> Program:
    """Return the program of these seeds."""
    sketch = Sketch(
        [_draw_input(types, np.random.default_rng([place, seed])) for place, seed in enumerate(inputs)]
    )
    for place, seed in enumerate(steps):
        sketch.rng = np.random.default_rng([place, seed])  # Hypothesis likes to repeat a seed
        _draw_step(sketch)
    return sketch.program()


def _draw_input(types: tuple[Any, ...], rng: np.random.Generator) -> Floats:
    """Return an array of a random layout. float16 holds its values, so all types see the same point."""
    shape = tuple(int(n) for n in rng.choice(SIZES, rng.integers(0, 4)))
    values = rng.standard_normal(shape).astype(np.float16).astype(types[rng.integers(len(types))])
    layouts: list[Any] = [
        np.ascontiguousarray,
        np.asfortranarray,
        lambda x: np.repeat(x, 2)[::2],
        lambda x: np.flip(np.ascontiguousarray(np.flip(x))),
    ]
    return np.asarray(layouts[rng.integers(4)](values)).reshape(shape)


def _draw_step(sketch: Sketch) -> None:
    """Draw steps until one fits. Its first operand is the newest value, so that every step counts."""
    while True:
        step = sketch.choose(*STEPS)
        line = step(sketch, sketch.last)
        if line is not None and sketch.add(step.__name__, line):
            return
