"""An initializer under study, and the draws that its laws share."""

from __future__ import annotations

import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import MinigradError
from ..finding import Broken
from ..guarded import guarded, on_purpose
from ..surroundings import process
from .arrays import USUAL, Shape
from .modes import settings_of

if TYPE_CHECKING:
    import inspect
    from collections.abc import Callable

    from numpy.typing import NDArray


class InitializerDraws:
    """An initializer, and what every law draws from it."""

    def __init__(self, initializer: Any, reference: Callable[..., Any] | None = None, seed: int = 0) -> None:
        self.process = process()
        self.initializer = initializer
        if isinstance(initializer, type):
            raise Broken("not-an-instance", f"expected an instance, got a class: {initializer.__name__}()")
        if not callable(initializer):
            raise Broken("not-callable", f"expected an initializer, called with a shape; got {initializer!r}")
        self.name = str(guarded("name", lambda: getattr(initializer, "name", type(initializer).__name__)))
        self.reference = reference or _own(initializer)
        self.seed = seed
        self.unused = _copied(initializer)
        self._kept: dict[tuple[Shape, int], NDArray[Any]] = {}

    @property
    def settings(self) -> dict[str, inspect.Parameter]:
        """What a call takes by keyword beside shape, generator and dtype."""
        return settings_of(self.initializer.__call__, "shape", "rng", "dtype")

    def rng(self, stream: int = 0) -> np.random.Generator:
        """Return a generator, the same for the same stream and seed."""
        return np.random.default_rng((self.seed, stream))

    def draw(
        self, shape: Shape, rng: np.random.Generator, dtype: Any = np.float64, **settings: Any
    ) -> NDArray[Any]:
        """Return an array; Broken if the initializer raises or returns anything else."""
        given = settings if dtype is None else {"dtype": dtype, **settings}
        array = guarded("the initializer", lambda: self.initializer(shape, rng=rng, **given))
        if isinstance(array, np.generic):
            array = np.asarray(array)  # as NumPy's own arithmetic makes of 0-d arrays
        if not isinstance(array, np.ndarray):
            raise Broken(
                "not-an-array", f"it returned {type(array).__name__} for shape {shape}: expected an array"
            )
        return array

    def drawn(self, shape: Shape, stream: int = 0) -> NDArray[Any] | None:
        """Return a draw of float64 that all laws share, None if the shape is refused."""
        if (shape, stream) not in self._kept:
            try:
                self._kept[shape, stream] = self.draw(shape, self.rng(stream))
            except Broken as broken:
                if not refused(broken, shape):
                    raise
                return None
        return self._kept[shape, stream]

    def claim(self, fan_in: int, fan_out: int) -> float | None:
        """Return the claimed standard deviation."""
        std = getattr(self.initializer, "std", None)
        return None if std is None else guarded("std", lambda: std(fan_in, fan_out))

    @cached_property
    def usual(self) -> Shape:
        """A shape that it accepts: a matrix, unless it is for kernels, vectors or squares only."""
        for shape in USUAL:
            if self.drawn(shape) is not None:
                return shape
        raise Broken("refuses-every-shape", f"it refuses the shapes {', '.join(map(str, USUAL))}")

    @cached_property
    def random(self) -> bool:
        """Whether it draws at all: not so zeros, or the identity."""
        rng, other = self.rng(), self.rng()
        array = self.draw(self.usual, rng)
        moved = rng.bit_generator.state != other.bit_generator.state
        return moved or not np.array_equal(array, self.drawn(self.usual, 1)) or bool(self.claim(16, 8))

    @cached_property
    def continuous(self) -> bool:
        """Whether its values are drawn from a continuum: hardly any two are the same, or all come as often.

        Draws from a few values do not come equally often: what does was drawn once, and copied.
        """
        values = self.drawn(self.usual)
        assert values is not None
        _, often = np.unique(values, return_counts=True)
        copied = len(often) > 0.05 * values.size and np.ptp(often) <= 1
        return self.random and bool(len(often) > 0.9 * values.size or copied)


def refused(broken: Broken, shape: Shape) -> bool:
    """Whether a shape was refused aloud; at a matrix NumPy's own errors are no refusal."""
    cause = broken.cause
    aloud = isinstance(cause, ValueError) and (len(shape) != 2 or on_purpose(cause))
    return aloud or isinstance(cause, MinigradError)


def _own(initializer: Any) -> Any:
    """Return the reference of an instance, or of its class, where a plain function is no method."""
    return (
        vars(initializer).get("reference")
        if "reference" in getattr(initializer, "__dict__", {})
        else getattr(type(initializer), "reference", None)
    )


def _copied(initializer: Any) -> Any:
    """Return a copy that nobody has called yet, None if it cannot be copied."""
    try:
        return copy.deepcopy(initializer)
    except Exception:
        return None
