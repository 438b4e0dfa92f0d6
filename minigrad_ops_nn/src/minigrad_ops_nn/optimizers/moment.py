"""Running averages that optimizers keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from minigrad_core.contracts.optimizer import State


def moment(state: State, key: str, value: NDArray[Any], beta: float, data: NDArray[Any]) -> NDArray[Any]:
    """Return `state[key]` after `m = beta * m + (1 - beta) * value`; it starts at zero, like `data`."""
    average = kept(state, key, data)
    average *= beta
    average += (1 - beta) * value
    return average


def kept(state: State, key: str, data: NDArray[Any]) -> NDArray[Any]:
    """Return the array `state[key]`, made of zeros like `data` at the first call."""
    array: NDArray[Any] | None = state.get(key)
    if array is None:
        array = state[key] = np.zeros_like(data)
    return array


def decayed(grad: NDArray[Any], data: NDArray[Any], settings: Mapping[str, Any]) -> NDArray[Any]:
    """Return `grad + weight_decay * data`, and `grad` itself where there is no decay."""
    decay = settings["weight_decay"]
    return grad + decay * data if decay else grad
