"""Gradients that are operations: second and third derivatives record them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.testing import check_operation
from minigrad_ops_nn.affine import affine_gradient
from minigrad_ops_nn.losses.cross_entropy_gradient import cross_entropy_gradient

RNG = np.random.default_rng(0)
ROWS, LABELS, IGNORED = RNG.standard_normal((4, 3)), np.array([0, 2, 1, 2]), np.array([0, 2, -100, 2])


@pytest.mark.parametrize("needs", [(True, True, True), (True, True, False)])
def test_the_gradient_of_affine_keeps_the_contract(needs: tuple[bool, ...]) -> None:
    report = check_operation(affine_gradient(needs))
    assert report.ok, report


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_the_gradient_of_cross_entropy_keeps_the_contract(reduction: Any) -> None:
    operation = cross_entropy_gradient(reduction)
    report = check_operation(operation, cases=operation.cases)
    assert report.ok, report


@pytest.mark.parametrize("needs", [(True, False, False), (False, True, False), (False, False, True)])
def test_one_gradient_of_affine_has_the_derivatives_of_its_formula(needs: tuple[bool, ...]) -> None:
    x, weight, grad = RNG.standard_normal((4, 3)), RNG.standard_normal((3, 2)), RNG.standard_normal((4, 2))

    def formula(x: Any, weight: Any, grad: Any) -> Any:
        return (grad @ weight.T, x.T @ grad, np.sum(grad, axis=0))[needs.index(True)]

    value, pullback = mg.vjp(lambda *inputs: affine_gradient(needs)(*inputs)[0], x, weight, grad)
    expected, reference = mg.vjp(formula, x, weight, grad)
    np.testing.assert_array_equal(value, expected)
    for actual, desired in zip(pullback(value), reference(value), strict=True):
        np.testing.assert_allclose(actual, desired)


@pytest.mark.parametrize("labels", [LABELS, IGNORED, np.full(4, -100)])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
# Usual scores, shifted ones, and a class that is certain.
@pytest.mark.parametrize("scale", [1.0, 40.0, 800.0])
def test_second_and_third_derivatives_of_cross_entropy_are_those_of_its_formula(
    labels: Any, reduction: Any, scale: float
) -> None:
    counts = labels >= 0

    def loss(rows: Any) -> Any:
        return np.sum(mg.ops.nn.cross_entropy(rows, labels, reduction=reduction) ** 2)

    def formula(rows: Any) -> Any:
        shifted = rows - rows.max(axis=1, keepdims=True)
        lp = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
        each = np.where(counts, -lp[np.arange(4), np.where(counts, labels, 0)], 0)
        return np.sum(
            {"none": each, "sum": np.sum(each), "mean": np.sum(each) / max(counts.sum(), 1)}[reduction] ** 2
        )

    rows, v = ROWS * scale, RNG.standard_normal((4, 3))
    np.testing.assert_allclose(mg.hvp(loss, rows, v), mg.hvp(formula, rows, v), rtol=1e-9, atol=1e-12)
    actual, desired = [mg.grad(lambda r, f=f: np.sum(mg.hvp(f, r, v) * v))(rows) for f in (loss, formula)]
    np.testing.assert_allclose(actual, desired, rtol=1e-9, atol=1e-12)


def test_half_precision_keeps_its_type_in_second_derivatives() -> None:
    rows = ROWS.astype(np.float16)
    product = mg.hvp(lambda r: mg.ops.nn.cross_entropy(r, LABELS), rows, np.ones_like(rows))
    assert product.dtype == np.float16


def _chain_calls(w: Any, bias: Any, x: Any, affine: Any) -> Any:
    h = affine(x, w, bias)  # the weight itself
    h = affine(h, w, bias[0])  # the same again: two gradients arrive at it
    return np.sum(affine(h, w * bias.T) ** 3)  # one that was computed, whose gradient goes on


@pytest.mark.parametrize("shape", [(4, 3), (2, 5, 3)])
def test_values_that_a_hessian_vector_product_does_not_read_change_nothing(shape: tuple[int, ...]) -> None:
    x, w, bias = RNG.standard_normal(shape), RNG.standard_normal((3, 3)), RNG.standard_normal((1, 3))
    vectors = RNG.standard_normal((3, 3)), RNG.standard_normal((1, 3)), RNG.standard_normal(shape)

    def plain(x: Any, weight: Any, bias: Any = 0) -> Any:
        return x @ weight + bias

    found, expected = (
        mg.hvp(lambda w, bias, x, f=affine: _chain_calls(w, bias, x, f), (w, bias, x), vectors)
        for affine in (mg.ops.nn.affine, plain)
    )
    for actual, desired in zip(found, expected, strict=True):
        np.testing.assert_allclose(actual, desired, rtol=1e-9)


def test_a_hessian_vector_product_in_another_transform_is_differentiated_in_turn() -> None:
    x, w, v = RNG.standard_normal((4, 3)), RNG.standard_normal((3, 3)), RNG.standard_normal((3, 3))

    def plain(x: Any, weight: Any) -> Any:
        return x @ weight

    def product(affine: Any) -> Any:
        return lambda w: np.sum(mg.hvp(lambda w: np.sum(affine(affine(x, w), w) ** 3), (w,), (v,))[0] ** 2)

    np.testing.assert_allclose(mg.grad(product(mg.ops.nn.affine))(w), mg.grad(product(plain))(w), rtol=1e-9)
