"""A third party's initializer and optimizer, as mypy --strict and pyright must accept them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, assert_type

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigrad_core import Initializer, Optimizer, Parameter, draw, hookimpl
from minigrad_core.contracts.optimizer import Params, State


class Halves:
    """Conforms without inheriting."""

    name = "halves"

    def __call__(
        self,
        shape: tuple[int, ...],
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
        **settings: Any,
    ) -> NDArray[Any]:
        """Return an array of 1/2."""
        return np.full(shape, 0.5, dtype)

    def std(self, fan_in: int, fan_out: int) -> float | None:
        """Return the claim."""
        return 0.0


class Inherits(Initializer):
    """Inherits, with a setting of its own."""

    name = "inherits"

    def __call__(
        self,
        shape: tuple[int, ...],
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
        value: float = 1,
    ) -> NDArray[Any]:
        """Return an array of `value`."""
        return np.full(shape, value, dtype)

    def std(self, fan_in: int, fan_out: int) -> float | None:
        """Return the claim."""
        return 0.0


class Descent(Optimizer):
    """The smallest optimizer."""

    name = "descent"

    def __init__(self, params: Params, lr: float = 0.1) -> None:
        super().__init__(params, lr=lr)

    def update(
        self, data: NDArray[Any], grad: NDArray[Any], state: State, settings: Mapping[str, Any]
    ) -> None:
        """Step."""
        data -= settings["lr"] * grad


@hookimpl
def minigrad_initializers() -> Iterable[Initializer]:
    """Return both."""
    return [Halves(), Inherits()]


@hookimpl
def minigrad_optimizers() -> Iterable[type[Optimizer]]:
    """Return the class."""
    return [Descent]


def uses(weight: Parameter) -> None:
    """Step once, and look."""
    optimizer = Descent([weight], lr=0.5)
    optimizer.lr = 0.1
    optimizer.step()
    picture = draw(weight * 2, values=True, max_nodes=10)
    picture.save("graph.svg")
    assert_type(picture.mermaid(), str)
