"""A call of a function of SciPy, and the values that calls are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

RNG = np.random.default_rng(0)


class Call(NamedTuple):
    """A call `name(*arguments, **settings)`, which is differentiated in all arguments.

    function: called as `function(root, *arguments, **settings)` instead of the function of that name,
    where root has the modules of SciPy, of the mirrors, or of a peer.
    reason: why the gradient takes more than four times as long as the value, if it does.
    """

    name: str
    size: str
    arguments: tuple[Any, ...]
    settings: Mapping[str, Any] = {}
    function: Callable[..., Any] | None = None
    peers: str = ""
    note: str = ""
    reason: str = ""

    @property
    def title(self) -> str:
        """The name with the note."""
        return f"`{self.name}`, {self.note}" if self.note else f"`{self.name}`"

    def evaluate(self, root: Any, *arguments: Any) -> Any:
        """Return the result of the function in the modules of `root`."""
        if self.function:
            return self.function(root, *arguments, **self.settings)
        return reduce(getattr, self.name.split("."), root)(*arguments, **self.settings)


def normal(*shape: int) -> Any:
    """Return values of the normal distribution."""
    return RNG.normal(size=shape)


def uniform(low: float, high: float, *shape: int) -> Any:
    """Return values between two numbers."""
    return RNG.uniform(low, high, shape)


def regular(n: int) -> Any:
    """Return a matrix far from singular."""
    return normal(n, n) + n * np.eye(n)


def positive(n: int) -> Any:
    """Return a symmetric positive definite matrix."""
    a = normal(n, n)
    return a @ a.T / n + np.eye(n)
