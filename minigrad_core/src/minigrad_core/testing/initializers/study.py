"""One initializer under study."""

from __future__ import annotations

import copy
import inspect
import zlib
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import MinigradError
from ..finding import Broken
from ..guarded import guarded, on_purpose
from ..surroundings import process

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ...array import Shape

USUAL = ((32, 16), (8, 6, 3, 3), (64,), (24, 24), (8, 6, 3))


def refused(broken: Broken, shape: Shape) -> bool:
    """Whether a shape was refused aloud; at a matrix NumPy's own errors are no refusal."""
    cause = broken.cause
    aloud = isinstance(cause, ValueError) and (len(shape) != 2 or on_purpose(cause))
    return aloud or isinstance(cause, MinigradError)


class InitializerStudy:
    """An initializer, and the draws that its checks share."""

    def __init__(self, initializer: Any, seed: int = 0) -> None:
        self.process = process()
        self.initializer = initializer
        if isinstance(initializer, type):
            raise Broken("not-an-instance", f"expected an instance, got a class: {initializer.__name__}()")
        if not callable(initializer):
            raise Broken("not-callable", f"expected an initializer, called with a shape; got {initializer!r}")
        self.name = str(guarded("name", lambda: getattr(initializer, "name", type(initializer).__name__)))
        self.seed = seed
        self.unused = _copied(initializer)
        self.drew = False  # whether any call has moved its generator

    @cached_property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """The arguments of a call, by name."""
        try:
            return inspect.signature(self.initializer.__call__).parameters
        except (TypeError, ValueError):
            return {}

    def rng(self, purpose: str = "") -> np.random.Generator:
        """Return a generator, the same for the same purpose and seed."""
        return np.random.default_rng(zlib.crc32(f"{self.name}|{purpose}|{self.seed}".encode()))

    def draw(
        self, shape: Shape, rng: np.random.Generator, dtype: Any = None, **settings: Any
    ) -> NDArray[Any]:
        """Return an array; Broken if the initializer raises or returns anything else."""
        given = settings if dtype is None else {"dtype": dtype, **settings}
        state = rng.bit_generator.state
        array = guarded("the initializer", lambda: self.initializer(shape, rng=rng, **given))
        self.drew |= rng.bit_generator.state != state
        if isinstance(array, np.generic):
            array = np.asarray(array)  # as NumPy's own arithmetic makes of 0-d arrays
        if not isinstance(array, np.ndarray):
            raise Broken(
                "not-an-array", f"it returned {type(array).__name__} for shape {shape}: expected an array"
            )
        return array

    def claim(self, fan_in: int, fan_out: int) -> float | None:
        """Return the claimed standard deviation."""
        std = getattr(self.initializer, "std", None)
        return None if std is None else guarded("std", lambda: std(fan_in, fan_out))

    @cached_property
    def usual(self) -> Shape:
        """A shape that it accepts: a matrix, unless it is for kernels, vectors or squares only."""
        for shape in USUAL:
            try:
                self.draw(shape, self.rng("usual"))
            except Broken as broken:
                if not refused(broken, shape):
                    raise
            else:
                return shape
        raise Broken("refuses-every-shape", f"it refuses the shapes {', '.join(map(str, USUAL))}")

    @cached_property
    def random(self) -> bool:
        """Whether two generators give two arrays: not so for zeros or the identity."""
        first, second = (self.draw(self.usual, self.rng(seed)) for seed in "ab")
        return self.drew or not np.array_equal(first, second) or bool(self.claim(16, 8))

    @cached_property
    def continuous(self) -> bool:
        """Whether its values are drawn from a continuum: hardly any two are the same, or all come as often.

        Draws from a few values do not come equally often: what does was drawn once, and copied.
        """
        values = self.draw(self.usual, self.rng("continuous"), np.float64)
        _, often = np.unique(values, return_counts=True)
        copied = len(often) > 0.05 * values.size and np.ptp(often) <= 1
        return self.random and bool(len(often) > 0.9 * values.size or copied)


def _copied(initializer: Any) -> Any:
    """Return a copy that nobody has called yet, None if it cannot be copied."""
    try:
        return copy.deepcopy(initializer)
    except Exception:
        return None
