"""Optimizers against stored trajectories, and the effects of their settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import minigrad_core as mg
from minigrad_ops_nn import optimizers
from minigrad_ops_nn.optimizers import SGD, Muon

with np.load(Path(__file__).parent / "trajectories.npz") as file:
    START, GRADS, STEPS = file["start"], file["grads"], file["steps"]
    INDEX = json.loads(file["index"].item())

RULES = {getattr(optimizers, name).name: getattr(optimizers, name) for name in optimizers.__all__}


def test_every_optimizer_has_a_trajectory() -> None:
    assert {entry["name"] for entry in INDEX} == set(RULES)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 1e-5)])
@pytest.mark.parametrize(
    ("entry", "steps"),
    list(zip(INDEX, STEPS, strict=True)),
    ids=[f"{i}-{e['name']}" for i, e in enumerate(INDEX)],
)
def test_ten_steps_follow_the_reference(entry: Any, steps: Any, dtype: Any, tolerance: float) -> None:
    param = mg.Parameter(START.astype(dtype))
    optimizer = RULES[entry["name"]]([param], **entry["settings"])
    for grad, expected in zip(GRADS, steps, strict=True):
        param.grad = grad.astype(dtype)
        optimizer.step()
        np.testing.assert_allclose(param.data, expected, rtol=tolerance, atol=tolerance)
        assert param.data.dtype == dtype


@pytest.mark.parametrize(
    ("lr", "dtype"), [(0.0, float), (1e-30, np.float32), (1e-6, np.float16), (0.1, float)]
)
def test_sgd_with_momentum_is_the_textbooks_at_any_rate(lr: float, dtype: type) -> None:
    rng = np.random.default_rng(0)
    start: NDArray[Any] = rng.standard_normal(5).astype(dtype)
    param, expected, velocity = mg.Parameter(start.copy()), start.astype(float), np.zeros(5)
    optimizer = SGD([param], lr=0.5, momentum=0.9)
    for rate in (0.5, lr, lr):
        optimizer.lr = rate
        grad: NDArray[Any] = rng.standard_normal(5).astype(dtype)
        param.grad = grad
        optimizer.step()
        velocity = 0.9 * velocity - rate * grad
        expected = expected + velocity
    np.testing.assert_allclose(param.data, expected, rtol=16 * float(np.finfo(dtype).eps))


@pytest.mark.parametrize("make", [lambda p: SGD(p, momentum=0.9), optimizers.Adam])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_an_average_without_gradient_fades_to_zero_and_not_into_subnormal_numbers(
    make: Any, dtype: type
) -> None:
    param = mg.Parameter(np.zeros(2, dtype))
    optimizer = make([param])
    for step in range(8000):
        param.grad = np.array([1, step == 0], dtype)
        optimizer.step()
    state = optimizer.state[0][0]
    lasting, faded = state.get("velocity", state.get("mean"))
    assert abs(lasting) > 0.01
    assert faded == 0 or dtype is np.float16


# Those that average squares, or velocities.
@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "NAdam", "RMSprop", "Adadelta", "Lamb", "Muon"])
def test_what_an_optimizer_keeps_of_a_faint_gradient_is_never_subnormal_for_long(name: str) -> None:
    """A multiplication of subnormal numbers takes a hundred times as long."""
    param = mg.Parameter(np.zeros((3, 2), np.float32))
    make = getattr(optimizers, name)
    optimizer = make([param], momentum=0.9) if name in ("SGD", "RMSprop") else make([param])
    for step in range(64 * 40):
        faint = 0 if step else 1e-17  # its square is 1e-34, which fades to 1e-38 at a thousandth a step
        param.grad = np.array([[1, faint]] * 3, np.float32)
        optimizer.step()
        if step % 64 == 63:
            for array in optimizer.state[0][0].values():
                if isinstance(array, np.ndarray):
                    assert not np.any((array != 0) & (np.abs(array) < np.finfo(np.float32).tiny)), step


def test_muon_steps_a_vector_like_adamw() -> None:
    actual, other = mg.Parameter(np.ones(3)), mg.Parameter(np.ones(3))
    actual.grad = other.grad = np.array([1.0, -2.0, 0.5])
    Muon([actual], lr=0.1).step()
    optimizers.AdamW([other], lr=0.1, betas=(0.9, 0.95), eps=1e-7, weight_decay=0.1).step()
    np.testing.assert_array_equal(actual.data, other.data)
