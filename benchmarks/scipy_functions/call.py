"""One call of a function of SciPy: how the function is called, and the arrays with respect to which it is
differentiated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import minigrad_core as mg


class Call(NamedTuple):
    """`invoke(f, *arrays)`; each array of floats is a variable."""

    invoke: Callable[..., Any]
    arrays: tuple[NDArray[Any], ...]


def pass_to(*arrays: Any, **settings: Any) -> Call:
    """Return the call `f(*arrays, **settings)`."""
    return Call(lambda f, *xs: f(*xs, **settings), tuple(map(np.asarray, arrays)))


def invoke(call: Callable[..., Any], *arrays: Any) -> Call:
    """Return the call `call(f, *arrays)`."""
    return Call(call, tuple(map(np.asarray, arrays)))


def spread(calls: Mapping[str, Call]) -> dict[str, Call]:
    """Return a table with one entry for each name, from a table whose keys hold names between spaces."""
    return {name: call for names, call in calls.items() for name in names.split()}


def draw(*shape: int, low: float = 0.3, high: float = 2.0) -> NDArray[np.float64]:
    """Return values between `low` and `high`, the same at each run for one shape."""
    return np.random.default_rng(len(shape) + sum(shape)).uniform(low, high, shape)


XP: Any = mg.tensor(0.0).__array_namespace__()
X = np.array([0.7, 1.9, 0.4, 2.6, 1.2, 3.1])
Y = np.array([1.1, 0.5, 2.2, 1.7, 0.9, 2.8])
UNIT = np.array([0.15, 0.43, 0.63, 0.85])  # between 0 and 1
MATRIX = draw(5, 3)
