"""What rounding of the inputs does to a result: no result is known better than that."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..samples.sample import Sample, is_float

TURNS = 4


def rounded(sample: Sample, eps: float) -> Iterator[Sample]:
    """Yield the sample with each float moved by up to `eps` of its size, several times.

    One move that is the same for all values of a row would leave its variance alone.
    """
    rng = np.random.default_rng(0)
    for _ in range(TURNS):
        yield sample.but(
            {
                i: np.asarray(x * (1 + eps * rng.uniform(-1, 1, x.shape)))
                for i, x in enumerate(sample.inputs)
                if is_float(x)
            }
        )


def moved(result: Callable[[Sample], Any], sample: Sample, exact: Any, eps: float) -> NDArray[Any]:
    """Return how far each value of a result moves where the inputs do by rounding; None is no result."""
    others = [result(other) for other in rounded(sample, eps)]
    moves = [np.abs(y - exact) for y in others if y is not None and y.shape == exact.shape]
    return np.nanmax([np.zeros(exact.shape), *moves], axis=0) if exact.size else np.zeros(exact.shape)
