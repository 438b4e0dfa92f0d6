"""Points at which other libraries are wrong: kinks, ties, zeros, infinities, NaN, masks, precision."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg

from .gradients import gradient


@pytest.mark.parametrize(("f", "expected"), [(np.fmax, [0.0, 1.0]), (np.fmin, [1.0, 0.0])])
def test_a_number_beyond_int64_is_compared(f: Any, expected: list[float]) -> None:
    np.testing.assert_array_equal(gradient(lambda x: f(x, 10**30), np.array([1.0, 1e31])), expected)


def test_power_has_no_nan_at_zero_to_the_zero() -> None:
    x, y = mg.tensor([0.0, 0.0], requires_grad=True), mg.tensor([0.0, 2.0], requires_grad=True)
    np.sum(x**y).backward()
    np.testing.assert_array_equal(x.grad, [0.0, 0.0])
    np.testing.assert_array_equal(y.grad, [0.0, 0.0])


@pytest.mark.parametrize("y", [0.5, -0.5, 1.5, 3])
def test_a_python_number_as_exponent_has_the_slope_of_an_array(y: float) -> None:
    x = np.array([0.25, 4.0])
    expected = gradient(lambda t: t ** np.full(2, y), x)
    np.testing.assert_allclose(gradient(lambda t: t**y, x), expected, rtol=1e-15)


@pytest.mark.parametrize(("dtype", "base"), [(np.float16, 1e-5), (np.float32, 1e-39), (np.float64, 1e-309)])
def test_an_exponent_of_zero_has_no_nan_where_the_reciprocal_overflows(dtype: Any, base: float) -> None:
    x = mg.tensor([base, 2.0], dtype=dtype, requires_grad=True)
    np.sum(x ** np.zeros((3, 1), dtype)).backward()
    np.testing.assert_array_equal(x.grad, [0.0, 0.0])


@pytest.mark.parametrize(
    "f",
    [
        np.sqrt,
        np.cbrt,
        np.linalg.norm,
        np.std,
        np.absolute,
        np.sinc,
        lambda x: np.hypot(x, x),
        lambda x: np.arctan2(x, x),
    ],
    ids=["sqrt", "cbrt", "norm", "std", "absolute", "sinc", "hypot", "arctan2"],
)
def test_the_gradient_at_zero_is_zero_by_convention(f: Any) -> None:
    np.testing.assert_array_equal(gradient(f, np.zeros(3)), np.zeros(3))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.hypot(x[0], x[1]),
        lambda x: np.arctan2(x[0], x[1]),
        lambda x: np.sqrt(x[0] ** 2 + x[1] ** 2),
        lambda x: np.linalg.svdvals(np.reshape(x, (1, 2)))[0],
        np.linalg.norm,
        np.std,
    ],
    ids=["hypot", "arctan2", "sqrt", "svdvals", "norm", "std"],
)
def test_the_second_derivatives_where_the_gradient_is_zero_by_convention_are_zero(f: Any) -> None:
    np.testing.assert_array_equal(mg.hessian(f)(np.zeros(2)), np.zeros((2, 2)))


@pytest.mark.parametrize("f", [np.hypot, np.arctan2])
@pytest.mark.parametrize("far", [(1, np.inf), (-np.inf, 2), (0, -np.inf), (np.inf, -np.inf)])
def test_at_infinity_a_length_and_an_angle_have_the_gradients_of_the_limit(f: Any, far: Any) -> None:
    near = np.clip(far, -1e200, 1e200)
    first = mg.grad(lambda x: f(x[0], x[1]))
    np.testing.assert_allclose(first(np.array(far, float)), first(near), atol=1e-150)
    np.testing.assert_array_equal(mg.grad(lambda x: np.sum(first(x)))(np.array(far, float)), 0)


@pytest.mark.parametrize(("dtype", "far"), [(np.float16, 180), (np.float32, 1e6), (np.float64, 1e15)])
def test_the_slopes_of_logsumexp_have_all_digits_where_the_value_is_rounded(dtype: Any, far: float) -> None:
    x = np.array([0, 1, 0.5], dtype)
    first = mg.grad(np.logaddexp.reduce)
    second = mg.grad(lambda x: np.sum(first(x) * np.array([1, 2, 4], x.dtype)))
    for slope in (first, second):
        np.testing.assert_allclose(
            slope(x + dtype(far)), slope(x.astype(float)), atol=4 * np.finfo(dtype).eps
        )


def test_a_long_logsumexp_in_half_precision_is_summed_in_single_precision() -> None:
    x = mg.tensor(np.zeros((5000, 2), np.float16), requires_grad=True)  # in float16, 2048 + 1 is 2048
    y = np.logaddexp.reduce(x)
    np.sum(y).backward()
    np.testing.assert_array_equal(y.numpy(), np.full(2, np.log(5000), np.float16))
    np.testing.assert_array_equal(x.grad, np.full((5000, 2), 1 / 5000, np.float16))


def test_interpolation_between_equal_points_takes_the_last_one_and_the_line_before_it() -> None:
    xp, fp = np.array([0.0, 0.0, 1.0, 1.0, 1.0]), np.array([5.0, 1.0, 3.0, 9.0, 7.0])
    gradients = mg.grad(lambda x, xp, fp: np.sum(np.interp(x, xp, fp)), (0, 1, 2))
    x = np.array([-1.0, 0.0, 1.0, 2.0])
    for actual, expected in zip(
        gradients(x, xp, fp), ([0, 2, 2, 0], [0, -2, 0, 0, -2], [1, 1, 0, 0, 2]), strict=True
    ):
        np.testing.assert_array_equal(actual, expected)
    np.testing.assert_array_equal(gradients(np.array([0.0, 1.0]), np.ones(2), fp[:2])[2], [1, 1])


@pytest.mark.parametrize("f", [np.maximum, np.minimum, np.fmax, np.fmin], ids=lambda f: f.__name__)
def test_a_tie_of_two_inputs_shares_the_gradient(f: Any) -> None:
    x, y = mg.tensor([1.0, 2.0], requires_grad=True), mg.tensor([1.0, 2.0], requires_grad=True)
    np.sum(f(x, y)).backward()
    np.testing.assert_array_equal(x.grad, [0.5, 0.5])
    np.testing.assert_array_equal(y.grad, [0.5, 0.5])


def test_max_passes_its_gradient_to_nan() -> None:
    np.testing.assert_array_equal(gradient(np.max, [1.0, np.nan]), [0.0, 1.0])


def test_clip_gives_the_gradient_at_the_bound_to_the_value() -> None:
    np.testing.assert_array_equal(
        gradient(lambda x: np.clip(x, -1.0, 1.0), [-2.0, -1.0, 0.0, 1.0, 2.0]), [0, 1, 1, 1, 0]
    )
    np.testing.assert_array_equal(gradient(lambda x: np.clip(x, None, 1.0), [-2.0, 2.0]), [1, 0])


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([2.0, 0.0, 3.0], [0.0, 6.0, 0.0]),
        ([0.0, 0.0, 3.0], [0.0, 0.0, 0.0]),
        ([2.0, 5.0, 3.0], [15.0, 6.0, 10.0]),
    ],
    ids=["one zero", "two zeros", "none"],
)
def test_prod_is_right_with_zeros(x: list[float], expected: list[float]) -> None:
    np.testing.assert_array_equal(gradient(np.prod, x), expected)


@pytest.mark.parametrize(
    ("f", "bad"),
    [
        (np.log, 0.0),
        (np.sqrt, 0.0),
        (lambda x: 1 / x, 0.0),
        (np.arcsin, 1.0),
        (np.arctanh, 0.5),
        (lambda x: x**-1.5, 0.0),
    ],
    ids=["log", "sqrt", "divide", "arcsin", "arctanh", "power"],
)
def test_the_branch_that_where_did_not_select_does_not_leak(f: Any, bad: float) -> None:
    with np.errstate(all="ignore"):
        grad = gradient(lambda x: np.where(x == bad, 2 * x, f(x)), [bad, 0.25])
    assert np.isfinite(grad).all()
    assert grad[0] == 2.0


def test_a_where_without_an_initial_is_refused_as_in_numpy() -> None:
    with pytest.raises(ValueError, match="identity"):
        np.max(mg.tensor([1.0, 2.0], requires_grad=True), where=np.array([True, False]))


@pytest.mark.parametrize("subscripts", ["bij,bkj->bik", "bij,bkj->kib", "bij,ckj->bcik", "bij,bij->ij"])
def test_large_einsums_equal_numpys_own_loops(subscripts: str) -> None:
    """Large products are ordered for BLAS, and the small cases of the contract kit are not."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((12, 30, 24)), rng.standard_normal((12, 30, 24))
    left, right, target = subscripts.replace("->", ",").split(",")
    out, pullback = mg.vjp(lambda x, y: np.einsum(subscripts, x, y), x, y)
    np.testing.assert_allclose(out, np.einsum(subscripts, x, y, optimize=False), rtol=1e-10, atol=1e-12)
    grad = rng.standard_normal(np.shape(out))
    for got, own, other, values in zip(pullback(grad), (left, right), (right, left), (y, x), strict=True):
        expected = np.einsum(f"{target},{other}->{own}", grad, values, optimize=False)
        np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-12)


def test_nan_reductions_give_nan_no_gradient() -> None:
    for f in (np.nansum, np.nanmean, np.nanmax, np.nanmin, np.nanvar, np.nanstd, np.nanprod, np.nanmedian):
        grad = gradient(f, [1.0, np.nan, 3.0])
        assert np.isfinite(grad).all()
        assert grad[1] == 0


@pytest.mark.parametrize(
    "f",
    [
        *(lambda x, p=p: np.linalg.norm(x, p) for p in (0.5, 3)),
        lambda x: np.linalg.vector_norm(x, ord=3),
        np.vander,
        lambda x: np.vander(x, increasing=True),
    ],
)
def test_an_empty_array_has_an_empty_gradient(f: Any) -> None:
    assert gradient(f, []).shape == (0,)


def test_the_second_derivative_of_logaddexp_is_right_at_equal_inputs() -> None:
    assert mg.grad(mg.grad(lambda x: np.logaddexp(x, 1.0)))(1.0) == pytest.approx(0.25)


def test_an_end_of_a_space_takes_no_nan_from_an_infinite_gradient() -> None:
    stop = mg.tensor(1.0, requires_grad=True)
    with np.errstate(over="ignore"):
        total: Any = np.sum(np.logspace(400.0, stop, 3))
        total.backward()
    assert stop.grad is not None
    assert not np.isnan(stop.grad)


def test_a_division_by_the_number_zero_has_the_slope_of_the_limit() -> None:
    with np.errstate(divide="ignore"):
        np.testing.assert_array_equal(gradient(lambda x: x / 0.0, [1.0, 2.0]), [np.inf, np.inf])


@pytest.mark.parametrize("f", [np.log, np.log2, np.log10, np.log1p, np.sqrt, np.arcsin, lambda x: 1 / x])
def test_a_nan_that_where_did_not_select_leaves_no_trace(f: Any) -> None:
    grad = gradient(lambda x: np.where(np.isnan(x), 0, f(x)), [np.nan, 0.5])
    assert grad[0] == 0
    assert np.isfinite(grad[1])


def test_a_huge_gradient_is_finite_though_its_square_is_not() -> None:
    np.testing.assert_allclose(gradient(lambda x: 1e200 * np.log(x), [2.0]), [5e199])
    np.testing.assert_allclose(gradient(np.log, np.array([1e-30], np.float32)), [1e30], rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "f",
    [
        np.arctan,
        np.arcsinh,
        np.arccosh,
        np.tanh,
        np.log,
        np.log1p,
        np.sqrt,
        np.cbrt,
        lambda x: np.hypot(x, 1),
        lambda x: np.arctan2(1, x),
        lambda x: np.logaddexp(x, 0),
    ],
)
def test_a_slope_where_squares_overflow_is_right_and_silent(f: Any, dtype: Any) -> None:
    x = np.asarray(np.sqrt(np.finfo(dtype).max) * 100, dtype)
    y, h = f(x), dtype(0.01)
    np.testing.assert_allclose(mg.grad(f)(x) * x, (f(x * (1 + h)) - y) / h, rtol=0.02, atol=1e-4)
    assert np.isfinite(mg.grad(mg.grad(f))(x))


@pytest.mark.parametrize("f", [np.sum, np.prod, np.cumulative_sum, np.cumulative_prod, np.nanprod, np.repeat])
def test_a_0d_array_has_an_axis_as_in_numpy(f: Any) -> None:
    more = (2,) if f is np.repeat else ()
    np.testing.assert_array_equal(gradient(lambda x: f(x, *more, axis=0), 3.0), 2.0 if more else 1.0)


def test_std_of_no_values_leaves_no_nan_in_the_gradient_of_others() -> None:
    where = np.array([[True, False], [True, False]])
    with warnings.catch_warnings(), np.errstate(all="ignore"):  # NumPy's own, of the empty column
        warnings.simplefilter("ignore")
        grad = gradient(lambda x: np.std(x, axis=0, where=where)[0], [[1.0, 2.0], [3.0, 5.0]])
    np.testing.assert_array_equal(grad, [[-0.5, 0.0], [0.5, 0.0]])


@pytest.mark.parametrize("f", [np.std, np.nanstd])
def test_std_of_equal_values_has_no_gradient_of_rounding_errors(f: Any) -> None:
    for x in ([0.1] * 3, [0.1, np.nan, 0.1, 0.1] if f is np.nanstd else [0.1157] * 7):
        np.testing.assert_allclose(gradient(f, x), 0, atol=1e-15)


def test_the_angle_of_a_tensor_and_a_truth_value_has_a_gradient() -> None:
    np.testing.assert_allclose(gradient(lambda x: np.arctan2(True, x), 1.0), -0.5)


def test_a_statistic_of_more_values_than_there_are_pads_with_that_of_all() -> None:
    x = np.array([1.0, 2.0, 4.0])
    for lengths in (3, 5, (2, 9), (9, 2)):
        found = gradient(lambda x, n=lengths: np.pad(x, 1, "mean", stat_length=n), x)
        padded = [np.pad(row, 1, "mean", stat_length=lengths) for row in np.eye(3)]
        np.testing.assert_allclose(found, np.sum(padded, axis=1))


def test_a_mean_that_numpy_does_not_look_at_is_refused_and_the_operation_takes_it() -> None:
    """NumPy dispatches nanvar on its first argument and `out` only."""
    x = np.array([1.0, np.nan, 3.0, 7.0])
    with pytest.raises(mg.errors.ArgumentError, match="out= would write in place"):
        mg.grad(lambda mean: np.nanvar(x, mean=mean))(2.0)
    known = x[[0, 2, 3]]
    np.testing.assert_allclose(mg.grad(lambda m: mg.ops.basic.nanvar(x, m))(2.0), -2 * np.mean(known - 2.0))
    np.testing.assert_allclose(mg.grad(mg.grad(lambda m: mg.ops.basic.nanvar(x, m)))(2.0), 2.0)


@pytest.mark.parametrize("layout", [(0, 0), (1, 1), (0,), (0, 1, 2)])
def test_a_layout_that_does_not_name_each_block_once_is_refused(layout: Any) -> None:
    with pytest.raises(mg.errors.InputError, match="each of 2 blocks once"):
        mg.ops.basic.block(mg.tensor([1.0, 2.0]), 3.0, layout=layout)


@pytest.mark.parametrize("f", [np.cov, np.corrcoef])
@pytest.mark.parametrize("shape", [(1, 3), (1, 1), (3, 1), (3,)])
def test_the_gradient_of_columns_takes_a_single_row_as_numpy_does(f: Any, shape: tuple[int, ...]) -> None:
    with warnings.catch_warnings(), np.errstate(all="ignore"):  # one observation has no variance
        warnings.simplefilter("ignore")
        x = np.ones(shape)
        value, pullback = mg.vjp(lambda x: f(x, rowvar=False), x)
        assert value.shape == f(x, rowvar=False).shape
        assert pullback(np.ones(value.shape)).shape == shape
    assert not mg.grad(lambda x: np.sum(np.cov(x, rowvar=False, bias=True)))(np.ones((1, 3))).any()


@pytest.mark.parametrize("f", [np.cumsum, np.cumulative_sum])
def test_a_cumulative_sum_does_not_keep_its_values(f: Any) -> None:
    y = f(mg.tensor(np.ones(3), requires_grad=True), axis=0)
    assert not any(isinstance(value, np.ndarray) for value in y.node.saved)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.nanquantile(x, [0.2, 0.7], axis=2),
        lambda x: np.nanpercentile(x, [20.0], axis=None),
        lambda x: np.pad(x, ((1, 2), (0, 0), (0, 0)), mode="maximum"),
        lambda x: np.pad(x, 0, mode="minimum"),
        lambda x: np.repeat(x, [], axis=2),
    ],
)
@pytest.mark.filterwarnings(
    "ignore:.*mean of empty slice:RuntimeWarning", "ignore:invalid value:RuntimeWarning"
)
def test_functions_of_no_values_are_numpys_and_have_an_empty_gradient(f: Any) -> None:
    x = mg.tensor(np.zeros((3, 2, 0)), requires_grad=True)
    y = f(x)
    np.testing.assert_array_equal(y.data, f(np.zeros((3, 2, 0))), strict=True)
    np.sum(y).backward()
    assert x.grad is not None
    assert x.grad.shape == x.shape


@pytest.mark.parametrize("place", [0, -1])
def test_a_million_values_at_one_position_add_up_in_single_precision(place: int) -> None:
    x, index = mg.tensor(np.zeros(3, np.float32), requires_grad=True), np.full(1_000_000, place)
    np.sum(x[index] * np.float32(0.1)).backward()
    assert x.grad is not None
    assert x.grad[place] == np.float32(100_000)  # one after the other they make 100,958
    assert np.count_nonzero(x.grad) == 1
