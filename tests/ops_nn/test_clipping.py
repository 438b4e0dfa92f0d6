"""Clipping of gradients."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import minigrad_core as mg
import minigrad_ops_nn as nn
from minigrad_core.errors import ArgumentError, GradientError
from minigrad_ops_nn.clipping import clip_grad_norm, clip_grad_value


def parameters() -> list[mg.Parameter]:
    first, second, without = (mg.Parameter(np.zeros(2, np.float32)) for _ in range(3))
    first.grad = np.array([3.0, 0.0], np.float32)
    second.grad = np.array([0.0, -4.0], np.float32)
    return [first, second, without]


def gradients(of: list[mg.Parameter]) -> NDArray[Any]:
    return np.concatenate([parameter.grad for parameter in of if parameter.grad is not None])


@pytest.mark.parametrize("repeats", [1, 2])  # a parameter that is listed twice counts once
def test_all_gradients_together_are_scaled_to_the_norm(repeats: int) -> None:
    params = parameters()
    assert clip_grad_norm(params * repeats, 1.0) == 5.0
    np.testing.assert_allclose(gradients(params), [0.6, 0.0, 0.0, -0.8], rtol=1e-6)
    assert gradients(params).dtype == np.float32


@pytest.mark.parametrize("norm_type", [1.0, 2.0, inf])
@pytest.mark.parametrize("place", [0, 1])
def test_a_nan_in_any_gradient_is_found(place: int, norm_type: float) -> None:
    params = parameters()
    params[place].grad = np.array([np.nan, 1.0], np.float32)
    with pytest.raises(GradientError, match="the norm of the gradients is nan"):
        clip_grad_norm(params, 1.0, norm_type=norm_type)


@pytest.mark.parametrize("clip", [clip_grad_norm, clip_grad_value])
@pytest.mark.parametrize("wrong", [nn.Linear(2, 2), mg.Parameter(np.ones((2, 2)))])
def test_what_is_no_list_of_parameters_is_refused(clip: Any, wrong: Any) -> None:
    with pytest.raises(
        ArgumentError, match=r"expected parameters in a list .*; pass model.parameters\(\), or"
    ):
        clip(wrong, 1.0)


@pytest.mark.parametrize(("norm_type", "norm"), [(1.0, 7.0), (2.0, 5.0), (inf, 4.0)])
def test_the_norm_of_each_type_is_returned(norm_type: float, norm: float) -> None:
    assert clip_grad_norm(parameters(), 100.0, norm_type=norm_type) == pytest.approx(norm)


@pytest.mark.parametrize("size", [1e-200, 1e-30, 1e30, 1e200])
@pytest.mark.parametrize("norm_type", [0.5, 1.0, 2.0, 20.0, inf])
def test_no_power_overflows_or_underflows(size: float, norm_type: float) -> None:
    first, second = mg.Parameter(np.zeros(2)), mg.Parameter(np.zeros(1))
    first.grad, second.grad = np.array([size, -size]), np.array([size])
    assert clip_grad_norm([first, second], size / 4, norm_type=norm_type) == pytest.approx(
        size * 3 ** (1 / norm_type), rel=1e-12
    )
    assert abs(first.grad).max() <= size / 4


def test_a_smaller_norm_changes_nothing() -> None:
    params = parameters()
    clip_grad_norm(params, 5.1)
    np.testing.assert_array_equal(gradients(params), [3.0, 0.0, 0.0, -4.0])


def test_squares_that_float32_cannot_hold_have_a_norm() -> None:
    parameter = mg.Parameter(np.zeros(1, np.float32))
    parameter.grad = np.array([1e30], np.float32)
    assert clip_grad_norm([parameter], 1.0) == pytest.approx(1e30, rel=1e-6)
    assert parameter.grad == pytest.approx(1.0)


def test_values_are_limited() -> None:
    params = parameters()
    clip_grad_value(params, 3.5)
    np.testing.assert_array_equal(gradients(params), [3.0, 0.0, 0.0, -3.5])
