"""Wrong initializers and optimizers; see wrong_operations.py."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Initializer, Optimizer, Parameter


class WithoutClaim:
    name = "claimless"

    def __call__(
        self, shape: tuple[int, ...], *, rng: np.random.Generator, dtype: Any = np.float32, **settings: Any
    ) -> NDArray[Any]:
        return np.ones(shape, dtype)


class WithoutGenerator:
    name = "global"

    def __call__(self, shape: tuple[int, ...]) -> NDArray[Any]:
        return np.ones(shape)

    def std(self, fan_in: int, fan_out: int) -> float | None:
        return 0.0


class WithoutUpdate(Optimizer):
    name = "idle"


class UpdateOfValues(Optimizer):
    name = "values"

    def update(self, data: NDArray[Any], grad: NDArray[Any]) -> None:  # rejected: mypy, pyright
        data -= grad


def initializers() -> Iterable[Initializer]:
    yield WithoutClaim()  # rejected: mypy, pyright
    yield WithoutGenerator()  # rejected: mypy, pyright


def optimizers(weight: Parameter) -> Iterable[type[Optimizer]]:
    WithoutUpdate([weight], lr=0.1)  # rejected: mypy, pyright
    yield WithoutClaim  # rejected: mypy, pyright
