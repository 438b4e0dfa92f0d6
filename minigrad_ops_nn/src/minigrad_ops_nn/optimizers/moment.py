"""Running averages that optimizers keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from minigrad_core.contracts.optimizer import State

# Every so many steps an optimizer settles its averages. Where the gradient stays 0, as for the weights of a
# pixel that is dark in most images, they fade into subnormal numbers, and rounding keeps them there for good:
# after 1,500 steps on MNIST a step of SGD took four times as long. What shrinks by no more than a quarter a
# step is caught on the way.
SETTLING = 64


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


def settle(average: NDArray[Any]) -> None:
    """Set to 0 in place what has faded to less than 1.6e-30 (float32); see `SETTLING`."""
    if average.dtype.itemsize > 2:  # float16 is computed in float32
        average *= np.abs(average) >= 2.0**27 * float(np.finfo(average.dtype).tiny)


def decayed(grad: NDArray[Any], data: NDArray[Any], settings: Mapping[str, Any]) -> NDArray[Any]:
    """Return `grad + weight_decay * data`, and `grad` itself where there is no decay."""
    decay = settings["weight_decay"]
    return grad + decay * data if decay else grad
