"""Running averages of gradients and of their squares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.contracts.optimizer import State

# Every so many steps an optimizer settles its averages. Where the gradient stays 0, as for the weights of a
# pixel that is dark in most images, or fades, as in a network that has learned all its examples, they fade
# into subnormal numbers, and rounding keeps them there for good: after 1,500 steps on MNIST a step of SGD
# took four times as long, and one of Adam three times after 100,000. What shrinks by no more than a quarter a
# step is caught on the way.
SETTLING = 64


def count_step(state: State) -> int:
    """Return the number of this step of a parameter, from 1 on."""
    step: int = state.get("step", 0) + 1
    state["step"] = step
    return step


def update_average(
    state: State, key: str, value: NDArray[Any], beta: float, data: NDArray[Any]
) -> NDArray[Any]:
    """Return `state[key]` after `m = beta * m + (1 - beta) * value`; it starts at zero, like `data`."""
    average = state_array(state, key, data)
    average *= beta
    average += (1 - beta) * value
    return average


def update_mean(state: State, key: str, value: NDArray[Any], beta: float, data: NDArray[Any]) -> NDArray[Any]:
    """Return the same, settled; the step has been `count_step`."""
    average = update_average(state, key, value, beta, data)
    if state["step"] % SETTLING == 0:
        settle(average)
    return average


def update_mean_square(
    state: State, key: str, grad: NDArray[Any], beta: float, data: NDArray[Any]
) -> NDArray[Any]:
    """Return the same of the squares of the gradient."""
    square = update_average(state, key, grad * grad, beta, data)
    if state["step"] % SETTLING == 0:
        settle_square(square, beta)
    return square


def state_array(state: State, key: str, data: NDArray[Any]) -> NDArray[Any]:
    """Return the array `state[key]`, made of zeros like `data` at the first call."""
    array: NDArray[Any] | None = state.get(key)
    if array is None:
        array = state[key] = np.zeros_like(data)
    return array


def settle(average: NDArray[Any]) -> None:
    """Set to 0 in place what has faded to less than 1.6e-30 (float32); see `SETTLING`."""
    if average.dtype.itemsize > 2:  # float16 is computed in float32
        average *= np.abs(average) >= 2.0**27 * float(np.finfo(average.dtype).tiny)


def settle_square(square: NDArray[Any], beta: float) -> None:
    """Raise in place what would be a subnormal number before the next time, after as many decays by `beta`.

    Not to 0, which may be divided by.
    """
    if square.dtype.itemsize > 2:
        least = float(np.finfo(square.dtype).tiny) * min(max(beta, 0.5) ** -(SETTLING + 1), 2.0**27)
        np.maximum(square, square.dtype.type(least), out=square)


def add_weight_decay(grad: NDArray[Any], data: NDArray[Any], settings: Mapping[str, Any]) -> NDArray[Any]:
    """Return `grad + weight_decay * data`, and `grad` itself where there is no decay."""
    decay = settings["weight_decay"]
    return grad + decay * data if decay else grad
