"""Running averages of gradients and of their squares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from minigrad_core.array import copy_aligned
from minigrad_core.contracts.optimizer import State

Settings: TypeAlias = Mapping[str, Any]

# An optimizer flushes its averages every 64 steps: it sets small values to 0. The gradients of the weights of
# a dark pixel stay 0 for many steps, and all gradients shrink once a network has learned its examples. The
# averages then become subnormal numbers, and rounding keeps them subnormal: a step of SGD took four times as
# long after 1,500 steps on MNIST, and a step of Adam three times as long after 100,000. An average that
# shrinks by at most a quarter in a step is flushed before it becomes subnormal.
FLUSH_INTERVAL = 64


def count_step(state: State) -> int:
    """Increase the step count of a parameter, and return it; the first step is 1."""
    step: int = state.get("step", 0) + 1
    state["step"] = step
    return step


def update_average(
    state: State, key: str, value: NDArray[Any], beta: float, data: NDArray[Any]
) -> NDArray[Any]:
    """Return `state[key]` after `m = beta * m + (1 - beta) * value`; it starts at zero, like `data`."""
    average = get_state_array(state, key, data)
    average *= beta
    average += (1 - beta) * value
    return average


def update_mean(state: State, key: str, value: NDArray[Any], beta: float, data: NDArray[Any]) -> NDArray[Any]:
    """Return the result of `update_average`, flushed every 64 steps; call `count_step` before."""
    average = update_average(state, key, value, beta, data)
    if state["step"] % FLUSH_INTERVAL == 0:
        flush_small_values(average)
    return average


def update_mean_square(
    state: State, key: str, grad: NDArray[Any], beta: float, data: NDArray[Any]
) -> NDArray[Any]:
    """Return the running average of `grad**2`, flushed every 64 steps; call `count_step` before."""
    square = update_average(state, key, grad * grad, beta, data)
    if state["step"] % FLUSH_INTERVAL == 0:
        flush_square(square, beta)
    return square


def update_moments(
    state: State, grad: NDArray[Any], settings: Settings, data: NDArray[Any]
) -> tuple[int, NDArray[Any], NDArray[Any]]:
    """Count the step; return its number, and Adam's averages of the gradient and of its square."""
    beta1, beta2 = settings["betas"]
    step = count_step(state)
    mean = update_mean(state, "mean", grad, beta1, data)
    return step, mean, update_mean_square(state, "square", grad, beta2, data)


def get_state_array(state: State, key: str, data: NDArray[Any]) -> NDArray[Any]:
    """Return the array `state[key]`, made of zeros like `data` at the first call."""
    array: NDArray[Any] | None = state.get(key)
    if array is None:
        array = state[key] = copy_aligned(np.zeros_like(data))
    return array


def flush_small_values(average: NDArray[Any]) -> None:
    """Set to 0, in place, values below 1.6e-30 (in float32); see `FLUSH_INTERVAL`."""
    if average.dtype.itemsize > 2:  # NumPy computes float16 in float32
        average *= np.abs(average) >= 2.0**27 * float(np.finfo(average.dtype).tiny)


def flush_square(square: NDArray[Any], beta: float) -> None:
    """Raise, in place, values that would become subnormal before the next flush, after 64 decays by `beta`.

    The least value is not 0, since an optimizer may divide by it.
    """
    if square.dtype.itemsize > 2:
        least = float(np.finfo(square.dtype).tiny) * min(max(beta, 0.5) ** -(FLUSH_INTERVAL + 1), 2.0**27)
        np.maximum(square, square.dtype.type(least), out=square)


def add_weight_decay(grad: NDArray[Any], data: NDArray[Any], settings: Mapping[str, Any]) -> NDArray[Any]:
    """Return `grad + weight_decay * data`, or `grad` itself if the decay is 0."""
    decay = settings["weight_decay"]
    return grad + decay * data if decay else grad
