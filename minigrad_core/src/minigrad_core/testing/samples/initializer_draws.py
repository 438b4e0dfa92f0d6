"""The draws of one initializer, and the shapes that it takes."""

from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...contracts.adapters import unwrap_adapter
from ...errors import MinigradError
from ..finding import SubjectFailed
from ..global_state import snapshot_process
from ..guard import guard, is_deliberate

Shape: TypeAlias = tuple[int, ...]

# One of these is accepted by whatever is for matrices, kernels, vectors or squares only.
USUAL_SHAPES: tuple[Shape, ...] = ((32, 16), (8, 6, 3, 3), (64,), (24, 24), (8, 6, 3))


class InitializerDraws:
    """An initializer, and what every law draws from it."""

    def __init__(self, initializer: Any, reference: Any = None, seed: int = 0) -> None:
        self.process_state = snapshot_process()
        if isinstance(initializer, type) or not callable(initializer):
            raise SubjectFailed(
                "not-an-instance", f"expected an instance that is called, got {initializer!r}"
            )
        self.initializer = initializer = unwrap_adapter(initializer)
        # The class's own, since what the base class refuses or copies is what is looked for here.
        call = type(initializer).__call__
        self.call: Any = getattr(call, "unchecked", call)
        self.name = str(guard("name", lambda: getattr(initializer, "name", type(initializer).__name__)))
        own = getattr(initializer, "__dict__", {}).get("reference")
        self.reference: Any = reference or own or getattr(type(initializer), "reference", None)
        self.seed = seed
        self._draws: dict[Any, Any] = {}

    def rng(self, stream: int = 0) -> np.random.Generator:
        """Return a generator, the same for the same stream and seed."""
        return np.random.default_rng((self.seed, stream))

    def draw(self, shape: Shape, rng: Any, dtype: Any = np.float64, **settings: Any) -> NDArray[Any]:
        """Return an array; Broken if the initializer raises or returns anything else."""
        given = settings if dtype is None else {"dtype": dtype, **settings}
        array = guard("the initializer", lambda: self.call(self.initializer, shape, rng=rng, **given))
        array = np.asarray(array) if isinstance(array, np.generic) else array  # as arithmetic makes of 0-d
        if not isinstance(array, np.ndarray):
            raise SubjectFailed("not-an-array", f"it returned {type(array).__name__} at shape {shape}")
        return array

    def draw_shared(self, shape: Shape, stream: int = 0, dtype: Any = np.float64) -> Any:
        """Return an array that all laws share, None if the shape is refused."""
        key = shape, stream, dtype
        if key not in self._draws:
            try:
                self._draws[key] = self.draw(shape, self.rng(stream), dtype)
            except SubjectFailed as failure:
                if not is_refusal(failure, shape):
                    raise SubjectFailed(
                        failure.code, f"at shape {shape}: {failure.fact}", failure.cause
                    ) from failure
                self._draws[key] = None
        return self._draws[key]

    def draw_reference(self, shape: Shape, rng: Any, **settings: Any) -> Any:
        """Return what the reference draws."""
        return guard("the reference", lambda: self.reference(shape, rng=rng, **settings))

    def claimed_std(self, fan_in: int, fan_out: int) -> float | None:
        """Return the claimed standard deviation."""
        std = getattr(self.initializer, "std", None)
        return None if std is None else guard("std", lambda: std(fan_in, fan_out))

    @cached_property
    def usual_shape(self) -> Shape:
        """A shape that it accepts: a matrix, unless it is for kernels, vectors or squares only."""
        for shape in USUAL_SHAPES:
            if self.draw_shared(shape) is not None:
                return shape
        raise SubjectFailed(
            "refuses-every-shape", f"it refuses the shapes {', '.join(map(str, USUAL_SHAPES))}"
        )

    @cached_property
    def is_random(self) -> bool:
        """Whether it draws at all: not so zeros, or the identity."""
        rng = self.rng()
        array = self.draw(self.usual_shape, rng)
        differs = not np.array_equal(array, self.draw_shared(self.usual_shape, 1))
        return differs or rng.random() != self.rng().random() or bool(self.claimed_std(16, 8))

    @cached_property
    def is_continuous(self) -> bool:
        """Whether its values are drawn from a continuum: hardly any two are the same."""
        values = self.draw_shared(self.usual_shape)
        return self.is_random and len(np.unique(values)) > 0.9 * values.size


def is_refusal(failure: SubjectFailed, shape: Shape) -> bool:
    """Whether a shape was refused aloud; at a matrix NumPy's own errors are no refusal."""
    cause = failure.cause
    aloud = isinstance(cause, ValueError) and (len(shape) != 2 or is_deliberate(cause))
    return aloud or isinstance(cause, MinigradError)
