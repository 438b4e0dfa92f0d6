"""The draws of one initializer, and the shapes that it accepts."""

from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...contracts import fans
from ...contracts.adapters import unwrap_adapter
from ...errors import MinigradError
from ..finding import SubjectFailed, guard, is_deliberate
from ..global_state import snapshot_process

Shape: TypeAlias = tuple[int, ...]

# Every initializer accepts one of these, even if it is only for matrices, kernels, vectors or squares.
USUAL_SHAPES: tuple[Shape, ...] = ((32, 16), (8, 6, 3, 3), (64,), (24, 24), (8, 6, 3))


class InitializerDraws:
    """An initializer, and the arrays that the laws draw from it.

    initializer: called as `initializer(shape, rng=rng, dtype=dtype)`.
    reference: `reference(shape, *, rng) -> array`, instead of the initializer's own.
    seed: the seed of all draws.

    Raise SubjectFailed if the object is a class, or cannot be called.
    """

    def __init__(self, initializer: Any, reference: Any = None, seed: int = 0) -> None:
        self.process_state = snapshot_process()
        if isinstance(initializer, type) or not callable(initializer):
            fact = f"expected an instance that is called, got {initializer!r}"
            raise SubjectFailed("not-an-instance", fact)
        self.initializer = initializer = unwrap_adapter(initializer)
        # The author's own method: the method of the base class hides faults by its checks and copies.
        call = type(initializer).__call__
        self.call: Any = getattr(call, "unchecked", call)
        self.name = str(guard("name", lambda: getattr(initializer, "name", type(initializer).__name__)))
        own_reference = getattr(initializer, "__dict__", {}).get("reference")
        self.reference: Any = reference or own_reference or getattr(type(initializer), "reference", None)
        self.seed = seed
        self._draws: dict[Any, Any] = {}

    def rng(self, stream: int = 0) -> np.random.Generator:
        """Return a generator, the same for the same stream and seed."""
        return np.random.default_rng((self.seed, stream))

    def draw(self, shape: Shape, rng: Any, dtype: Any = np.float64, **settings: Any) -> NDArray[Any]:
        """Return a new array; `dtype=None` leaves the type to the initializer.

        Raise SubjectFailed if the initializer raises, or returns something other than an array.
        """
        keywords = settings if dtype is None else {"dtype": dtype, **settings}
        array = guard("the initializer", lambda: self.call(self.initializer, shape, rng=rng, **keywords))
        array = np.asarray(array) if isinstance(array, np.generic) else array  # arithmetic on 0-d arrays
        if not isinstance(array, np.ndarray):
            raise SubjectFailed("not-an-array", f"it returned {type(array).__name__} at shape {shape}")
        return array

    def draw_once(self, shape: Shape, stream: int = 0, dtype: Any = np.float64) -> Any:
        """Return an array that is drawn once for all laws, None if the initializer refuses the shape."""
        key = shape, stream, dtype
        if key not in self._draws:
            try:
                self._draws[key] = self.draw(shape, self.rng(stream), dtype)
            except SubjectFailed as failure:
                if not is_refusal(failure, shape):
                    fact = f"at shape {shape}: {failure.fact}"
                    raise SubjectFailed(
                        failure.code, fact, failure.cause, shape=shape, dtype=dtype
                    ) from failure
                self._draws[key] = None
        return self._draws[key]

    def draw_reference(self, shape: Shape, rng: Any, **settings: Any) -> Any:
        """Return an array that the reference draws."""
        return guard("the reference", lambda: self.reference(shape, rng=rng, **settings))

    def call_std(self, fan_in: int, fan_out: int) -> float | None:
        """Return the standard deviation that the initializer claims, None if it makes no claim."""
        std = getattr(self.initializer, "std", None)
        return None if std is None else guard("std", lambda: std(fan_in, fan_out))

    @cached_property
    def usual_shapes(self) -> list[Shape]:
        """Those of `USUAL_SHAPES` that the initializer accepts."""
        if accepted := [shape for shape in USUAL_SHAPES if self.draw_once(shape) is not None]:
            return accepted
        shapes = ", ".join(map(str, USUAL_SHAPES))
        raise SubjectFailed("refuses-every-shape", f"it refuses the shapes {shapes}")

    @property
    def usual_shape(self) -> Shape:
        """The first of the shapes that the initializer accepts."""
        return self.usual_shapes[0]

    def is_random(self, shape: Shape) -> bool:
        """Return whether the initializer draws random numbers at a shape; zeros and the identity do not.

        An initializer that claims a standard deviation is random. Equal values that take the place of draws
        are not.
        """
        rng = self.rng()
        array = self.draw(shape, rng)
        differs = not np.array_equal(array, self.draw_once(shape, 1))
        advances_rng = rng.random() != self.rng().random()
        return differs or (advances_rng and np.ptp(array) > 0) or bool(self.call_std(*fans(shape)))

    def is_continuous(self, shape: Shape) -> bool:
        """Return whether hardly any two values are equal at a shape: the distribution is continuous."""
        values = self.draw_once(shape)
        return self.is_random(shape) and len(np.unique(values)) > 0.9 * values.size


def is_refusal(failure: SubjectFailed, shape: Shape) -> bool:
    """Return whether an initializer refused a shape: by a ValueError or by an error of minigrad.

    For a matrix only a `raise` statement is a refusal, and an error of NumPy is a fault.
    """
    cause = failure.cause
    is_value_error = isinstance(cause, ValueError) and (len(shape) != 2 or is_deliberate(cause))
    return is_value_error or isinstance(cause, MinigradError)
