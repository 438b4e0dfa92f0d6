"""The draws of one initializer, and the shapes that it accepts."""

from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...contracts import fans
from ...contracts.adapters import unwrap_adapter
from ...errors import MinigradError
from ..finding import SubjectFailed, guard, is_refusal
from ..global_state import snapshot_process
from .settings import read_settings

Shape: TypeAlias = tuple[int, ...]

# Every initializer accepts one of these, even if it is only for matrices, kernels, vectors or squares.
USUAL_SHAPES: tuple[Shape, ...] = ((32, 16), (8, 6, 3, 3), (64,), (24, 24), (8, 6, 3))


class Draws:
    """The arrays that an initializer draws.

    initializer: called as `initializer(shape, rng=rng, dtype=dtype)`.
    seed: the seed of all draws.
    """

    def __init__(self, initializer: Any, seed: int) -> None:
        self.initializer, self.seed = initializer, seed

    def rng(self, stream: int = 0) -> np.random.Generator:
        """Return a generator, the same for the same stream and seed."""
        return np.random.default_rng((self.seed, stream))

    def draw(
        self, shape: Shape, rng: Any = None, dtype: str | None = "float64", **settings: Any
    ) -> NDArray[Any]:
        """Return a new array, by default from a new generator; `dtype=None` leaves the type open.

        Raise SubjectFailed if the initializer raises, or returns something other than an array.
        """
        # The author's own method: the method of the base class hides faults by its checks and copies.
        method = type(self.initializer).__call__
        call = getattr(method, "unchecked", method)
        keywords = {
            "rng": rng or self.rng(),
            **({"dtype": np.dtype(dtype).type} if dtype else {}),
            **settings,
        }
        array = guard("the initializer", lambda: call(self.initializer, shape, **keywords))
        array = np.asarray(array) if isinstance(array, np.generic) else array  # arithmetic on 0-d arrays
        if not isinstance(array, np.ndarray):
            raise SubjectFailed("not-an-array", f"it returned {type(array).__name__}")
        return array

    def call_std(self, fan_in: int, fan_out: int) -> float | None:
        """Return the standard deviation that the initializer claims, None if it makes no claim."""
        std = getattr(self.initializer, "std", None)
        return None if std is None else guard("std", lambda: std(fan_in, fan_out))


class InitializerDraws(Draws):
    """The draws of an initializer, and what its laws need beside.

    reference: `reference(shape, *, rng) -> array`, instead of the initializer's own.

    Raise SubjectFailed if the initializer is a class, or cannot be called.
    """

    def __init__(self, initializer: Any, reference: Any = None, seed: int = 0) -> None:
        self.process_state = snapshot_process()
        if isinstance(initializer, type) or not callable(initializer):
            fact = f"expected an instance that is called, got {initializer!r}"
            raise SubjectFailed("not-an-instance", fact)
        initializer = unwrap_adapter(initializer)
        super().__init__(initializer, seed)
        self.name = str(guard("name", lambda: getattr(initializer, "name", type(initializer).__name__)))
        own_reference = getattr(initializer, "__dict__", {}).get("reference")
        self.reference: Any = reference or own_reference or getattr(type(initializer), "reference", None)
        # The parameters of the settings, by name.
        self.settings = read_settings(type(initializer).__call__, "shape", "rng", "dtype")
        self.first_draws: dict[Shape, NDArray[Any]] = {}  # the very first draws, in float64, by the shape

    def accepts(self, shape: Shape, dtype: str | None = "float64") -> bool:
        """Return whether the initializer does not refuse a shape; a judge reports any other exception."""
        try:
            array = self.draw(shape, dtype=dtype)
        except SubjectFailed as failure:
            return not refuses_shape(failure, shape)
        if dtype == "float64":
            self.first_draws.setdefault(shape, array.copy())
        return True

    def draw_reference(self, shape: Shape, rng: Any, **settings: Any) -> Any:
        """Return an array that the reference draws."""
        return guard("the reference", lambda: self.reference(shape, rng=rng, **settings))

    @cached_property
    def usual_shapes(self) -> list[Shape]:
        """Those of `USUAL_SHAPES` that the initializer accepts."""
        if accepted := [*filter(self.accepts, USUAL_SHAPES)]:
            return accepted
        shapes = ", ".join(map(str, USUAL_SHAPES))
        raise SubjectFailed("refuses-every-shape", f"it refuses the shapes {shapes}")

    def is_random(self, shape: Shape) -> bool:
        """Return whether the initializer draws random numbers at a shape; zeros and the identity do not.

        An initializer that claims a standard deviation is random. Equal values that take the place of draws
        are not.
        """
        rng = self.rng()
        array = self.draw(shape, rng)
        differs = not np.array_equal(array, self.draw(shape, self.rng(1)))
        advances_rng = rng.random() != self.rng().random()
        return differs or (advances_rng and np.ptp(array) > 0) or bool(self.call_std(*fans(shape)))

    def is_continuous(self, shape: Shape) -> bool:
        """Return whether hardly any two values are equal at a shape: the distribution is continuous."""
        values = self.draw(shape)
        return self.is_random(shape) and len(np.unique(values)) > 0.9 * values.size


def refuses_shape(failure: SubjectFailed, shape: Shape) -> bool:
    """Return whether an initializer refused a shape: by a ValueError or by an error of minigrad.

    For a matrix only a `raise` statement is a refusal, and an error of NumPy is a fault.
    """
    is_value_error = isinstance(failure.cause, ValueError) and (len(shape) != 2 or is_refusal(failure))
    return is_value_error or isinstance(failure.cause, MinigradError)
