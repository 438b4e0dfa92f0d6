"""Narrow integers and half precision together with floats and as settings: no rule lets them wrap around."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core import Context, ops
from tests.each import for_each

BYTES: Any = np.array([200, 100, 3, 1], np.uint8)
SIGNED: Any = np.array([-128, 100, 127, -1], np.int8)
HALF: Any = np.array([0.25, 1.75, -2.5, 60.0], np.float16)
FLAGS: Any = np.array([True, False, True, True])
X = np.array([0.5, -1.5, 2.0, 0.25])

WITH_FLOATS: dict[str, Any] = {
    "polysub": lambda x, k: np.polysub(x, k[:2]),
    "polyadd": lambda x, k: np.polyadd(k[:2], x),
    "polymul": np.polymul,
    "polyval": np.polyval,
    "subtract": lambda x, k: k - x,
    "power": lambda x, k: np.abs(x) ** (k / 100),
    "hypot": np.hypot,
    "arctan2": lambda x, k: np.arctan2(k, x),
    "trapezoid of decreasing points": lambda x, k: np.trapezoid(x, k),
    "trapezoid of bytes": lambda x, k: np.trapezoid(k, x),
    "interp": lambda x, k: np.interp(x * 50, np.sort(k), x),
    "gradient": lambda x, k: np.gradient(x, np.sort(k)),
    "multi_dot": lambda x, k: np.linalg.multi_dot([x[None, :2], k[:2, None], k[None]]),
    "kron": np.kron,
    "cross": lambda x, k: np.cross(x[:3], k[:3]),
    "average": lambda x, k: np.average(x, weights=k),
    "average of bytes": lambda x, k: np.average(k, weights=x),
    "var around a mean": lambda x, k: np.var(k, mean=x[:1]),
    "cov": lambda x, k: np.cov(x, k),
    "cov with weights": lambda x, k: np.cov(x, fweights=np.abs(k.astype(int)), aweights=x**2),
    "einsum that contracts them first": lambda x, k: np.einsum("i,i,ij->j", k, k, np.diag(x), optimize=True),
    "diff": lambda x, k: np.diff(x, prepend=k[:1], append=k),
    "convolve": np.convolve,
    "linspace": lambda x, k: np.linspace(x, k, 3),
    "remainder": lambda x, k: np.remainder(k, x),
    "solve": lambda x, k: np.linalg.solve(np.diag(x), k),
    "small exponents": lambda x, k: np.abs(x) ** np.clip(k, 0, 2),
    "small bases": lambda x, k: np.float_power(np.clip(k, 1, 3), x),
    "divide": lambda x, k: k / x,
    "logaddexp": np.logaddexp,
    "add.outer": lambda x, k: np.add.outer(k, x),
    "subtract.outer": lambda x, k: np.subtract.outer(k, x),
    "maximum": lambda x, k: np.maximum(x, k / 64),
    "clip": lambda x, k: np.clip(x * 64, k, None),
    "where": lambda x, k: np.where(x * 64 > k, x, k),
    "select": lambda x, k: np.select([x * 64 > k], [x], k),
    "matmul": lambda x, k: x @ np.stack([k, k[::-1]], axis=1),
    "dot": np.dot,
    "inner": lambda x, k: np.inner(k, x),
    "tensordot": lambda x, k: np.tensordot(x, np.stack([k, k[::-1]], axis=1), axes=1),
    "append": np.append,
    "polyfit with weights": lambda x, k: np.polyfit(x, k, 1, w=k),
    "interp at points": lambda x, k: np.interp(x, np.sort(k), X),
}


# NumPy rounds these to half precision, or refuses them.
ROUNDED = {"power", "gradient", "var around a mean", "solve", "polyfit with weights"}


@for_each(
    [
        *((name, integers) for name in WITH_FLOATS for integers in (BYTES, SIGNED)),
        *((name, HALF) for name in WITH_FLOATS if name not in ROUNDED),
    ]
)
def test_integers_give_the_value_and_the_gradient_of_the_same_numbers_as_floats(
    name: str, integers: Any
) -> None:
    def total(x: Any, k: Any) -> Any:
        return np.sum(np.sin(WITH_FLOATS[name](x, k) / 100))

    if name in ("interp", "gradient"):  # the points must be distinct, and ascend as floats do
        assert np.unique(integers).size == 4
    found = mg.value_and_grad(total)(X, integers)
    expected = mg.value_and_grad(total)(X, integers.astype(np.float64))
    for ours, right in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, right, rtol=1e-12, atol=1e-14)
    found, expected = (mg.hvp(lambda x, k=k: total(x, k), (X,), (X,)) for k in (integers, integers * 1.0))
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-13)


def test_a_large_product_of_bytes_and_floats_does_not_wrap_around_where_it_is_ordered() -> None:
    small, large, x = (np.arange(n * 64).reshape(n, 64) % 256 for n in (2, 64, 64))
    found, expected = (
        mg.value_and_grad(
            lambda x, t=t: np.sum(np.einsum("ij,jk,kl->il", small.astype(t), large.astype(t), x))
        )(x / 64)
        for t in (np.uint8, np.float64)
    )
    for ours, right in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, right, rtol=1e-12)


def test_booleans_beside_floats_are_zeros_and_ones() -> None:
    for function in (np.polysub, np.trapezoid, lambda x, k: np.trapezoid(k, x)):
        found = mg.value_and_grad(lambda x, k, f=function: np.sum(np.sin(f(x, k))))(X, FLAGS)
        expected = mg.value_and_grad(lambda x, k, f=function: np.sum(np.sin(f(x, k))))(X, FLAGS * 1.0)
        for ours, right in zip(found, expected, strict=True):
            np.testing.assert_allclose(ours, right, rtol=1e-12)


UNSIGNED: dict[str, Any] = {
    "roll": lambda x, k: np.roll(x, k),
    "roll along an axis": lambda x, k: np.roll(x, k, 0),
    "roll by several": lambda x, k: np.roll(x, [k, k], [0, 0]),
    "diff": lambda x, k: np.diff(x, k),
    "rot90": lambda x, k: np.rot90(x[None], k),
    "diag": lambda x, k: np.diag(x, k),
    "repeat": lambda x, k: np.repeat(x, k),
    "repeat of each": lambda x, k: np.repeat(x, np.array([k, k - k, k, k])),
    "take": lambda x, k: np.take(x, np.array([k, k - k, k])),
    "initial of prod": lambda x, k: np.prod(x, initial=k),
    "vander": lambda x, k: np.vander(x, k),
    "matrix_power": lambda x, k: np.linalg.matrix_power(np.outer(x, x), k),
    "var": lambda x, k: np.var(x, ddof=k),
    "power": lambda x, k: x**k,
}


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.uint16])
@pytest.mark.parametrize("name", UNSIGNED)
def test_a_setting_of_any_integer_type_means_the_same(name: str, kind: Any) -> None:
    def total(x: Any, k: Any) -> Any:
        return np.sum(np.sin(UNSIGNED[name](x, k) * np.e))

    found, expected = (mg.grad(lambda x, k=k: total(x, k))(X) for k in (kind(2), 2))
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_degree_of_freedom_in_bytes_is_taken_from_a_large_count() -> None:
    x, degrees = np.linspace(0, 1, 300), [np.uint8(1), 1]
    found, expected = (mg.grad(lambda x, d=d: mg.ops.basic.var(x, ddof=d))(x) for d in degrees)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("name", "inputs"),
    [("power", (1.5, np.ones(2, np.float32))), ("copysign", (np.ones(2, np.float32), -3))],
)
def test_a_gradient_stays_single_beside_a_number(name: str, inputs: tuple[Any, ...]) -> None:
    op: Any = getattr(ops.basic, name)
    needs = tuple(isinstance(x, np.ndarray) for x in inputs)
    ctx = Context(op, inputs, {}, needs)
    y = op.forward(ctx, *inputs)
    gradient = op.backward(ctx, np.ones_like(y))[needs.index(True)]
    assert gradient.dtype == np.float32


@pytest.mark.parametrize("weights", [None, np.array([1, 2, 3, 4], np.float32)], ids=["equal", "float32"])
@pytest.mark.parametrize("k", [BYTES, SIGNED, FLAGS, np.arange(4)], ids=["uint8", "int8", "bool", "int64"])
def test_the_average_of_whole_numbers_and_its_weight_have_numpys_dtypes(k: Any, weights: Any) -> None:
    found = np.average(mg.tensor(k), weights=weights, returned=True)
    for actual, right in zip(found, np.average(k, weights=weights, returned=True), strict=True):
        assert actual.dtype == right.dtype
        np.testing.assert_array_equal(np.asarray(actual), right)


@pytest.mark.parametrize("start", [True, np.array([1, -128], np.int8), 2], ids=["bool", "int8", "int"])
def test_a_geometric_space_from_a_whole_number_has_a_gradient(start: Any) -> None:
    stop = np.sign(start * 1.0) * 9.0
    found = mg.grad(lambda y: np.sum(np.geomspace(start, y, 3)))(stop)
    right = mg.grad(lambda y: np.sum(np.geomspace(start * 1.0, y, 3)))(stop)
    np.testing.assert_array_equal(found, right)
