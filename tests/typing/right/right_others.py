"""A third party's initializer and optimizer, as mypy --strict and pyright must accept them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, assert_type

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigrad_core import Initializer, Optimizer, Parameter, draw, hookimpl
from minigrad_core.contracts.optimizer import Params, State


class Halves:
    """A class that conforms without inheriting."""

    name = "halves"

    def __call__(
        self,
        shape: tuple[int, ...],
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
        **settings: Any,
    ) -> NDArray[Any]:
        return np.full(shape, 0.5, dtype)

    def std(self, fan_in: int, fan_out: int) -> float | None:
        return 0.0


class Inherits(Initializer):
    """A class that inherits, with its own setting."""

    name = "inherits"

    def __call__(
        self,
        shape: tuple[int, ...],
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
        value: float = 1,
    ) -> NDArray[Any]:
        return np.full(shape, value, dtype)

    def std(self, fan_in: int, fan_out: int) -> float | None:
        return 0.0


class Descent(Optimizer):
    """A minimal optimizer."""

    name = "descent"

    def __init__(self, params: Params, lr: float = 0.1) -> None:
        super().__init__(params, lr=lr)

    def update(
        self, data: NDArray[Any], grad: NDArray[Any], state: State, settings: Mapping[str, Any]
    ) -> None:
        data -= settings["lr"] * grad


@hookimpl
def minigrad_initializers() -> Iterable[Initializer]:
    return [Halves(), Inherits()]


@hookimpl
def minigrad_optimizers() -> Iterable[type[Optimizer]]:
    return [Descent]


def use_optimizer(weight: Parameter) -> None:
    optimizer = Descent([weight], lr=0.5)
    optimizer.lr = 0.1
    optimizer.step()
    picture = draw(weight * 2, values=True, max_nodes=10)
    picture.save("graph.svg")
    assert_type(picture.mermaid(), str)
