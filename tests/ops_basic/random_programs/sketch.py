"""A program while it is drawn. All values are known, so each step is drawn to fit, and away from kinks."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .program import NAMES, Floats, Program

MOST = 40  # entries of a value
LARGEST = 50.0
MARGIN = 0.05  # the least distance to a kink, far more than what the differences step


class Sketch:
    """Values by name, and the lines that made them."""

    def __init__(self, inputs: Sequence[Floats]) -> None:
        self.inputs = tuple(inputs)
        self.values: dict[str, Any] = dict(zip(NAMES, inputs, strict=False))
        self.lines: list[str] = []
        self.steps: list[str] = []
        self.rng = np.random.default_rng(0)

    def add(self, step: str, line: str) -> bool:
        """Evaluate a line, and keep it if its value is a tame floating point array."""
        try:
            with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
                warnings.simplefilter("error")
                value = eval(line, {"np": np, "xp": np}, self.values)
        except (TypeError, ValueError, FloatingPointError, RuntimeWarning, DeprecationWarning):
            return False  # NumPy refuses it
        if not _is_tame(value):
            return False
        self.lines.append(line)
        self.steps.append(step)
        self.values[f"v{len(self.lines)}"] = value
        return True

    def program(self) -> Program:
        """Return the program drawn so far."""
        return Program(self.inputs, tuple(self.lines), tuple(self.steps))

    @property
    def last(self) -> str:
        """The name of the newest value."""
        return list(self.values)[-1]

    def shape(self, x: str) -> tuple[int, ...]:
        """Return the shape of a value."""
        return np.shape(self.values[x])

    def ndim(self, x: str) -> int:
        """Return the number of axes of a value."""
        return np.ndim(self.values[x])

    def draw_flag(self) -> bool:
        """Draw a bool."""
        return self.draw_integer(0, 1) == 1

    def draw_integer(self, low: int, high: int) -> int:
        """Draw an integer from [low, high]."""
        return int(self.rng.integers(low, high + 1))

    def draw_integers(self, low: int, high: int, count: int) -> list[int]:
        """Draw several integers from [low, high]."""
        return [self.draw_integer(low, high) for _ in range(count)]

    def choose(self, *options: Any) -> Any:
        """Draw one of the options."""
        return options[self.draw_integer(0, len(options) - 1)]

    def permute(self, items: Sequence[Any]) -> list[Any]:
        """Draw an order of the items."""
        return [items[i] for i in self.rng.permutation(len(items))]

    def draw_subset(self, items: Sequence[Any]) -> list[Any]:
        """Draw some of the items, each once, in any order."""
        return self.permute(items)[: self.draw_integer(0, len(items))]

    def draw_axis(self, x: str) -> int:
        """Draw an axis of a value, counted from either end."""
        return self.draw_integer(-self.ndim(x), self.ndim(x) - 1)

    def draw_axes(self, x: str) -> Any:
        """Draw the axes of a reduction: None, one axis, or a tuple of axes, which may be empty."""
        if not self.ndim(x) or self.draw_flag():
            return self.choose(None, None, ())
        if self.draw_flag():
            return self.draw_axis(x)
        chosen = self.draw_subset(range(self.ndim(x)))
        return tuple(axis - self.ndim(x) * self.draw_flag() for axis in chosen)

    def find_fitting(self, fits: Callable[[Any], bool]) -> str | None:
        """Draw a value that fits, None if there is none: the newest, an input, the same one again."""
        fitting = [name for name, value in self.values.items() if fits(value)]
        return self.choose(*fitting) if fitting else None

    def find_partner(self, x: str) -> str:
        """Draw a value that broadcasts with `x`."""
        return self.find_fitting(lambda y: broadcasts(self.values[x], y)) or x


def broadcasts(x: Any, y: Any) -> bool:
    """Return whether two values broadcast to one that is not too large."""
    try:
        return bool(np.prod(np.broadcast_shapes(np.shape(x), np.shape(y))) <= MOST)
    except ValueError:
        return False


def is_apart(x: Any, y: Any) -> bool:
    """Return whether the values differ everywhere by the margin."""
    return bool((np.abs(np.subtract(x, y)) > MARGIN).all())


def is_distinct(x: Any, axis: int | None = -1) -> bool:
    """Return whether the values along an axis differ from one another by the margin."""
    return bool(is_apart(np.diff(np.sort(x, axis=axis), axis=-1 if axis is None else axis), 0))


def _is_tame(value: Any) -> bool:
    return (
        isinstance(value, (np.ndarray, np.floating))
        and value.dtype.kind == "f"
        and value.size <= MOST
        and value.ndim <= 4
        and bool(np.isfinite(value).all())
        and float(np.abs(value).max(initial=0)) <= LARGEST
    )
