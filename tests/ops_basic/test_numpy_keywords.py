"""Keywords, whole numbers and names: results have NumPy's values, shapes and types."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.errors import ArgumentError
from minigrad_ops_basic.statistics.quantiles import METHODS

_GRID = np.random.default_rng(0).uniform(0.5, 2, (3, 4))
_WEIGHTS = np.array([1, 3, 1, 2])
_WITH_NAN = np.array([[1.0, np.nan, 3.0], [4.0, 0.5, np.nan]])


def _at_third(method: Any) -> Any:
    return lambda x: np.quantile(x, 0.3, method=method)


@pytest.mark.parametrize(
    ("call", "x"),
    [
        *((_at_third(method), np.array([3.0, 1.0, 2.0, 7.0])) for method in METHODS),
        (lambda x: np.percentile(x, [30.0, 60.0], weights=_WEIGHTS, axis=1, method="inverted_cdf"), _GRID),
        (lambda x: np.interp(x, [1.0, 0.2, 2.5], [0.5, 3.0, 1.0], period=3.0), _GRID),
        (lambda x: np.cov(x, fweights=_WEIGHTS, aweights=_WEIGHTS / 4), _GRID),
        (lambda x: np.cov(x, aweights=_WEIGHTS, ddof=0), _GRID),
        (lambda x: np.linspace(x[0], x[1], 3, retstep=True), _GRID),
        (lambda x: np.linspace(x[0], 1.0, 1, retstep=True), _GRID),
        (lambda x: np.logspace(x[0], x[1], 3, dtype=np.float32), _GRID),
        (lambda x: np.geomspace(x[1], x[2], 3, dtype=np.float32), _GRID),
        (lambda x: np.trace(x, 1, dtype=np.float32), _GRID),
        (lambda x: np.exp(x, dtype=np.float32), _GRID),
        (lambda x: np.add([1, 2, 3, 4], x, dtype="f2"), _GRID),
        (lambda x: np.multiply(0.1, x, dtype=np.float32), _GRID),
        (lambda x: np.power(x, True, dtype=np.float32), _GRID),
        (lambda x: np.divmod(x, 0.3, dtype=np.float32), _GRID),
        (lambda x: np.matmul(x, x[0], dtype=np.float32), _GRID),
        (lambda x: np.linalg.trace(x, offset=1, dtype=np.float32), _GRID),
        (lambda x: np.linalg.svd(x[:3, :3], hermitian=True), _GRID),
        (lambda x: np.linalg.svd(x[:3, :3], compute_uv=False, hermitian=True), _GRID),
        *(
            (lambda x, f=f: f(x, axis=1, dtype=np.float32), _WITH_NAN)
            for f in (np.nansum, np.nanprod, np.nanmean, np.nanvar, np.nanstd, np.nancumsum, np.nancumprod)
        ),
    ],
)
def test_keywords_do_what_they_do_in_numpy(call: Any, x: Any) -> None:
    found, expected = call(mg.tensor(x, requires_grad=True)), call(x)
    if not isinstance(expected, tuple):
        found, expected = (found,), (expected,)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.data, np.asarray(other), rtol=1e-6, strict=True)


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


def test_a_ufunc_asked_for_a_type_has_the_gradient_of_the_cast() -> None:
    x = mg.tensor(_GRID, requires_grad=True)
    np.sum(np.exp(x, dtype=np.float32)).backward()
    np.testing.assert_array_equal(x.grad, np.exp(_GRID, dtype=np.float32).astype(float), strict=True)


def test_a_type_that_numpy_would_not_cast_to_is_refused() -> None:
    with pytest.raises(TypeError, match="same_kind"):
        np.add(mg.tensor(_GRID, requires_grad=True), 1, dtype=int)


def test_where_of_a_ufunc_is_refused_with_the_way_out() -> None:
    with pytest.raises(ArgumentError, match=r"np.exp: where= .* np.where\(mask, f\(x\), values\)"):
        np.exp(mg.tensor(_GRID, requires_grad=True), where=_GRID > 1)


_BOTH: Any = [0, 1]  # NumPy's stubs know tuples alone
_NORMS: Any = (np.linalg.norm, np.linalg.matrix_norm, np.linalg.vector_norm)


@pytest.mark.parametrize(
    ("unusual", "plain"),
    [
        (lambda x: np.median(x, axis=[0, 1]), np.median),
        (lambda x: np.nanmedian(x, axis=[0]), lambda x: np.nanmedian(x, axis=0)),
        (lambda x: np.quantile(x, 0.3, axis=[1, 0]), lambda x: np.quantile(x, 0.3)),
        (lambda x: np.average(x, axis=_BOTH), np.average),
        (lambda x: np.average(x, axis=_BOTH, weights=_GRID**2), lambda x: np.average(x, weights=_GRID**2)),
        (lambda x: np.gradient(x, axis=np.int8(-1)), lambda x: np.gradient(x, axis=1)),
        (lambda x: np.gradient(x, axis=_BOTH)[1], lambda x: np.gradient(x)[1]),
        (lambda x: np.linalg.norm(x, axis=np.int64(1)), lambda x: np.linalg.norm(x, axis=1)),
        (lambda x: np.linalg.norm(x, 3, axis=np.array(0)), lambda x: np.linalg.norm(x, 3, axis=0)),
        *((lambda x, f=f: f(x, keepdims=np.True_), lambda x, f=f: f(x, keepdims=True)) for f in _NORMS),
    ],
)
def test_an_axis_or_a_flag_in_another_of_numpys_forms_has_the_same_gradient(unusual: Any, plain: Any) -> None:
    found, expected = (mg.vjp(f, _GRID) for f in (unusual, plain))
    np.testing.assert_array_equal(found[0], expected[0])
    seed = np.cos(np.arange(found[0].size)).reshape(found[0].shape)
    np.testing.assert_array_equal(found[1](seed), expected[1](seed))


@pytest.mark.parametrize("order", [1, 2, 3])  # some versions of NumPy refuse inf
def test_norms_of_no_values_are_0(order: Any) -> None:
    found, pullback = mg.vjp(lambda x: np.linalg.norm(x, order, axis=1), np.ones((2, 0)))
    np.testing.assert_array_equal(found, np.zeros(2))
    assert pullback(np.ones(2)).shape == (2, 0)


def test_nothing_resized_is_zeros_that_depend_on_nothing() -> None:
    found, pullback = mg.vjp(lambda x: np.resize(x, (2, 2)), np.ones((0, 3)))
    np.testing.assert_array_equal(found, np.zeros((2, 2)))
    assert pullback(np.ones((2, 2))).shape == (0, 3)
