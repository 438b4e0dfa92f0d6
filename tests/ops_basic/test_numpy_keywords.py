"""Keywords, whole numbers and names: results have NumPy's values, shapes and types."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.errors import ArgumentError

_GRID = np.random.default_rng(0).uniform(0.5, 2, (3, 4))


@pytest.mark.parametrize(
    "call",
    [
        lambda n: np.polyfit(n, n * n, 1),
        lambda n: np.polyder(n),
        lambda n: np.poly(n),
        lambda n: np.linalg.lstsq(np.vander(n, 2), n)[0],
        lambda n: np.unwrap(n),
        lambda n: np.tril(n > 1),
        lambda n: np.logaddexp.reduce(n.astype(np.uint8)),
        lambda n: np.logaddexp.reduce(n[1], axis=0),
    ],
)
def test_whole_numbers_give_numpys_type_and_values(call: Any) -> None:
    n = np.array([1, 4, 2, 3])
    np.testing.assert_allclose(call(mg.tensor(n)).data, np.asarray(call(n)), rtol=1e-3, strict=True)


def test_both_of_numpys_names_are_operations() -> None:
    ops, x = mg.ops.basic, mg.tensor(_GRID)
    for other, name in (("amax", "max"), ("amin", "min")):
        np.testing.assert_array_equal(getattr(ops, other)(x, axis=1).data, getattr(ops, name)(x, axis=1).data)
    np.testing.assert_array_equal(ops.mod(x, 3.0).data, x.data % 3)
    np.testing.assert_array_equal(ops.true_divide(x, 3.0).data, x.data / 3)


@pytest.mark.parametrize("f", [np.polyder, np.polyint, lambda p, m: np.polyint(p, 2 - m, [1, 2])])
def test_orders_and_constants_that_numpy_refuses_are_refused(f: Any) -> None:
    for p in (np.ones(3), mg.tensor(np.ones(3))):
        with pytest.raises(ValueError, match=r"positive|order m >= 0|constant k|k must be"):
            f(p, -1)


def test_a_ufunc_asked_for_a_type_has_the_gradient_of_the_cast() -> None:
    x = mg.tensor(_GRID, requires_grad=True)
    np.sum(np.exp(x, dtype=np.float32)).backward()
    np.testing.assert_array_equal(x.grad, np.exp(_GRID, dtype=np.float32).astype(float), strict=True)


def test_a_type_that_numpy_would_not_cast_to_is_refused() -> None:
    with pytest.raises(TypeError, match="same_kind"):
        np.add(mg.tensor(_GRID, requires_grad=True), 1, dtype=int)


_BOTH: Any = [0, 1]  # NumPy's stubs know tuples alone
_TRUE: Any = np.True_
_NORMS: Any = (np.linalg.norm, np.linalg.matrix_norm, np.linalg.vector_norm)


@pytest.mark.parametrize(
    ("unusual", "plain"),
    [
        (lambda x: np.median(x, axis=[0, 1]), np.median),
        (lambda x: np.nanmedian(x, axis=[0]), lambda x: np.nanmedian(x, axis=0)),
        (lambda x: np.quantile(x, 0.3, axis=[1, 0]), lambda x: np.quantile(x, 0.3)),
        (lambda x: np.quantile(x, 0.3, axis=np.array(_BOTH)), lambda x: np.quantile(x, 0.3)),
        (lambda x: np.average(x, axis=_BOTH), np.average),
        (lambda x: np.average(x, axis=_BOTH, weights=_GRID**2), lambda x: np.average(x, weights=_GRID**2)),
        (lambda x: np.gradient(x, axis=np.int8(-1)), lambda x: np.gradient(x, axis=1)),
        (lambda x: np.gradient(x, axis=_BOTH)[1], lambda x: np.gradient(x)[1]),
        (lambda x: np.linalg.norm(x, axis=np.int64(1)), lambda x: np.linalg.norm(x, axis=1)),
        (lambda x: np.linalg.norm(x, 3, axis=np.array(0)), lambda x: np.linalg.norm(x, 3, axis=0)),
        *((partial(f, ord=1, keepdims=_TRUE), partial(f, ord=1, keepdims=True)) for f in _NORMS),
        *((partial(f, keepdims=_TRUE), partial(f, keepdims=True)) for f in _NORMS),
    ],
)
def test_an_axis_or_a_flag_in_another_of_numpys_forms_has_the_same_gradient(unusual: Any, plain: Any) -> None:
    found, expected = (mg.vjp(f, _GRID) for f in (unusual, plain))
    np.testing.assert_array_equal(found[0], expected[0])
    seed = np.cos(np.arange(found[0].size)).reshape(found[0].shape)
    np.testing.assert_array_equal(found[1](seed), expected[1](seed))


@pytest.mark.parametrize("f", [np.cumulative_sum, np.cumulative_prod, np.maximum.accumulate])
def test_an_accumulation_refuses_a_tuple_of_axes(f: Any) -> None:
    with pytest.raises(ArgumentError, match="'tuple' object cannot be interpreted as an integer"):
        f(mg.tensor(_GRID), axis=(0,))
