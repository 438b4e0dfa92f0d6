"""The kernels on plain arrays against the formulas that run on tensors, over random geometries."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minigrad_core as mg
from minigrad_ops_nn.activations import gelu, log_softmax, softmax
from minigrad_ops_nn.activations.elementwise import expm1, log1p, negative_part, positive_part
from minigrad_ops_nn.activations.normal_cdf import approximate_normal_distribution
from minigrad_ops_nn.activations.rectifiers import scale_by_slope
from minigrad_ops_nn.activations.sigmoid import logistic_and_slope
from minigrad_ops_nn.attention import scaled_dot_product_attention
from minigrad_ops_nn.convolution import gather, kernels
from minigrad_ops_nn.convolution.geometry import Geometry
from minigrad_ops_nn.convolution.layout import move_images_first, move_images_last
from minigrad_ops_nn.embedding import sum_rows_by_index
from minigrad_ops_nn.kernels import split_k
from minigrad_ops_nn.kernels.constants import arange, ones
from minigrad_ops_nn.kernels.split_k import (
    DEEPEST,
    FEW_ROWS,
    MANY_ROWS,
    UNCOPIED,
    data_gradient,
    multiply,
    weight_gradient,
)
from minigrad_ops_nn.losses import cross_entropy, cross_entropy_kernel, nll
from minigrad_ops_nn.losses.cross_entropy_kernel import compute_losses, compute_recorded_losses
from minigrad_ops_nn.normalization.rows import normalize_rows, row_gradients
from minigrad_ops_nn.pooling import adaptive_max_pool2d, avg_pool2d, max_pool2d


@st.composite
def geometries(draw: st.DrawFn) -> Geometry:
    """Return windows over one or two axes, at least one of which fits."""
    axes = draw(st.integers(1, 2))
    entries = []
    for _ in range(axes):
        kernel, stride, dilation = (draw(st.integers(1, 3)) for _ in range(3))
        padding = (draw(st.integers(0, 2)), draw(st.integers(0, 2)))
        least = max(1, dilation * (kernel - 1) + 1 - sum(padding))
        entries.append((draw(st.integers(least, least + 5)), kernel, stride, padding, dilation))
    return Geometry(*(tuple(part) for part in zip(*entries, strict=True)))


@given(
    geometries(),
    st.integers(0, 3),
    st.integers(1, 2),
    st.integers(1, 2),
    st.integers(1, 2),
    st.integers(0, 2**32),
)
@settings(max_examples=60, deadline=None)
def test_the_three_products_of_a_convolution_equal_their_formulas(
    geometry: Geometry, n: int, groups: int, each: int, outputs: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, groups * each, *geometry.size))
    weight = rng.standard_normal((groups * outputs, each, *geometry.kernel))
    grad = rng.standard_normal((n, groups * outputs, *geometry.out))
    for name, inputs in (
        ("correlate", (x, weight)),
        ("data_gradient", (grad, weight)),
        ("weight_gradient", (x, grad)),
    ):
        actual: Any = getattr(kernels, name)(*inputs, geometry, groups)
        formula: Any = getattr(gather, name)(*inputs, geometry, groups)
        np.testing.assert_allclose(actual, formula, rtol=1e-10, atol=1e-10, err_msg=name)


@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 1), st.integers(3, 6), st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_pooling_does_not_depend_on_the_layout_and_equals_its_formula(
    kernel: int, stride: int, padding: int, size: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    padding = min(padding, kernel // 2)
    x = rng.integers(0, 3, (2, 2, size, size + 1)).astype(float)
    other = move_images_first(np.ascontiguousarray(move_images_last(x)))
    windows: dict[str, Any] = {"kernel_size": kernel, "stride": stride, "padding": padding}
    for pool, named in (
        (max_pool2d, windows),
        (avg_pool2d, windows),
        (adaptive_max_pool2d, {"output_size": (kernel, stride)}),
    ):

        def pool_and_sum(t: Any, pool: Any = pool, named: Any = named) -> Any:
            y = pool(t, **named)
            return (y * np.arange(y.size).reshape(y.shape)).sum()

        value, gradient = mg.value_and_grad(pool_and_sum)(x)
        same_value, same_gradient = mg.value_and_grad(pool_and_sum)(other)
        recorded = mg.grad(pool_and_sum)(mg.tensor(x, requires_grad=True))
        np.testing.assert_allclose(value, same_value)
        np.testing.assert_allclose(gradient, same_gradient)
        np.testing.assert_allclose(gradient, recorded.numpy())


@given(st.integers(1, 40), st.integers(0, 40), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_a_row_of_a_table_gets_the_sum_of_its_gradients_however_often_it_occurs(
    rows: int, count: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    indices, grads = rng.integers(0, rows, count), rng.standard_normal((count, 3))
    expected = np.zeros((rows, 3))
    np.add.at(expected, indices, grads)
    np.testing.assert_allclose(sum_rows_by_index(grads, indices, rows), expected, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("actual", "numpy_function", "sign"), [(expm1, np.expm1, -1), (log1p, np.log1p, 1)])
def test_the_vectorized_functions_are_as_precise_as_numpys(
    dtype: str, actual: Any, numpy_function: Any, sign: int
) -> None:
    x = sign * np.geomspace(np.finfo(dtype).tiny, 1, 10_000).astype(dtype)
    np.testing.assert_allclose(actual(x), numpy_function(x), rtol=4 * float(np.finfo(dtype).eps))
    edges = np.array([0, -0.0, np.nan], dtype)
    np.testing.assert_array_equal(actual(edges), numpy_function(edges))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("least", [-80, -1000])  # the exponential of 1,000 overflows
def test_the_slope_of_the_logistic_function_is_precise_in_both_tails(dtype: str, least: int) -> None:
    x = np.concatenate([np.linspace(-80, 80, 999), [least]]).astype(dtype)
    _, slope = logistic_and_slope(x)
    exact = np.exp(-np.abs(x.astype(np.longdouble)))
    exact /= (1 + exact) ** 2
    tiny = float(np.finfo(dtype).tiny)
    np.testing.assert_allclose(slope, exact.astype(dtype), rtol=32 * float(np.finfo(dtype).eps), atol=tiny)


@pytest.mark.parametrize("slope", [0, 0.01, 0.3, 1, 1.5, -0.2])
def test_a_leak_multiplies_by_exactly_one_or_the_slope(slope: float) -> None:
    grad = np.random.default_rng(0).standard_normal(100).astype(np.float32)
    positive = np.arange(100) % 3 == 0
    expected = np.where(positive, grad, np.float32(slope) * grad)
    np.testing.assert_array_equal(scale_by_slope(grad, positive, slope), expected)


@pytest.mark.parametrize("part", [positive_part, negative_part])
def test_the_parts_of_an_array_keep_nan_and_infinities(part: Any) -> None:
    x = np.array([np.nan, np.inf, -np.inf, 2, -2, 0], np.float32)
    bound = {positive_part: np.maximum, negative_part: np.minimum}[part](x, 0)
    np.testing.assert_array_equal(part(x), bound)


def test_the_quick_distribution_function_is_precise_in_both_tails() -> None:
    x = np.linspace(-10, 9, 10_001).astype(np.float32)
    expected = [math.erfc(-value / math.sqrt(2)) / 2 for value in x.tolist()]
    np.testing.assert_allclose(approximate_normal_distribution(x, np.exp(-0.5 * x * x)), expected, rtol=3e-6)
    edges = np.array([np.nan, np.inf, -np.inf, 1e38, -1e38, 0.0, -0.0], np.float32)
    bell = np.array([np.nan, 0, 0, 0, 0, 1, 1], np.float32)
    np.testing.assert_array_equal(
        approximate_normal_distribution(edges, bell), [np.nan, 1, 0, 1, 0, 0.5, 0.5]
    )


def test_gelu_does_not_depend_on_how_its_input_lies() -> None:
    values = np.random.default_rng(0).standard_normal((4, 6, 5, 8))
    layouts = {
        "images innermost": move_images_first(np.ascontiguousarray(move_images_last(values))),
        "with gaps": np.repeat(values, 2, axis=3)[..., ::2],
        "reversed": np.ascontiguousarray(values[::-1])[::-1],
        "broadcast": np.broadcast_to(values[:1], values.shape),
    }
    for name, x in layouts.items():
        for approximate in ("none", "tanh"):
            y = gelu(x, approximate=approximate).data
            np.testing.assert_array_equal(y, gelu(x.copy(order="C"), approximate=approximate).data, name)


@pytest.mark.parametrize("classes", [3, 40])
@pytest.mark.parametrize("logit", [0.0, 9.0, 20.0, 89.0, -9.0, -20.0, -105.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropy_does_not_depend_on_where_the_logits_lie(
    classes: int, logit: float, dtype: type
) -> None:
    """In float32 the exponential of 89 is infinite, that of -105 is 0."""
    rows, labels = np.eye(4, classes, dtype=dtype) + dtype(logit), np.arange(4) % 3
    losses, residuals = compute_losses(rows, labels, None, "none")
    each: Any = np.ones(4, dtype)
    exact = rows.astype(np.float64)
    expected = compute_recorded_losses(exact, labels, None, "none")
    p = np.exp(exact - exact.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    actual, formula = residuals.gradient(each, "none"), p - np.eye(classes)[labels]
    assert losses.dtype == actual.dtype == dtype
    tolerance = 4 * np.finfo(dtype).eps
    assert np.allclose(losses, expected, rtol=tolerance, atol=tolerance)
    assert np.allclose(actual, formula, atol=tolerance)
    assert np.allclose(residuals.probabilities(), p, atol=tolerance)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_gradient_of_what_is_certain_has_no_subnormal_numbers(dtype: type) -> None:
    scale = -math.log(np.finfo(dtype).tiny)
    logits = np.array([[0.0, -0.5, -0.99, -1.02, -2.0], [0.1, -0.9, -1.0, -0.1, -3.0]], dtype) * dtype(scale)
    for loss in (
        lambda x: cross_entropy(x, np.array([1, 0])),
        lambda x: nll(log_softmax(x), np.array([1, 0])),
    ):
        found = mg.grad(loss)(logits)
        assert not np.any((found != 0) & (np.abs(found) < np.finfo(dtype).tiny))
        np.testing.assert_allclose(found[:, 0], [0.5, 0], atol=1e-6)
        assert found[0, 2] == found[0, 4] == 0


def test_cross_entropy_of_a_nearly_certain_label_is_precise_without_a_shift() -> None:
    logits = np.where(np.arange(40) == 3, 9, -3).astype(np.float32)[None]
    losses, _ = compute_losses(logits, np.array([3]), None, "none")
    np.testing.assert_allclose(losses, math.log1p(39 * math.exp(-12)), atol=1.2e-7)


@given(
    st.integers(1, FEW_ROWS + 1),
    st.sampled_from([784, 28 * DEEPEST, 997, 1000, 6 * DEEPEST - 1]),
    st.integers(1, 120),
    st.booleans(),
    st.booleans(),
    st.integers(0, 2**32),
)
@settings(max_examples=40, deadline=None)
def test_a_product_in_pieces_is_the_product(
    m: int, k: int, n: int, every_other_row: bool, turned: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((2 * m, k))[:: 2 if every_other_row else 1][:m]
    weight = rng.standard_normal((n, k)).T if turned else rng.standard_normal((k, n))
    np.testing.assert_allclose(multiply(x, weight), x @ weight, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("rows", [1, 64, 65, MANY_ROWS])
@pytest.mark.parametrize("k", [900, 907])  # the second is a prime: it has no equal parts
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_gradients_of_a_product_are_the_same_for_few_rows_and_many(rows: int, k: int, order: Any) -> None:
    rng = np.random.default_rng(rows)
    x, grad, weight = (
        np.asarray(rng.standard_normal(shape), order=order) for shape in ((rows, k), (rows, 40), (k, 40))
    )
    np.testing.assert_allclose(data_gradient(grad, weight), grad @ weight.T, rtol=1e-12, atol=1e-12)
    found: Any = weight_gradient(x, grad)
    np.testing.assert_allclose(found, x.T @ grad, rtol=1e-12, atol=1e-12)
    assert found.base is None, "a leaf keeps it without a copy"
    assert found.flags.c_contiguous, "as the weight that it is added to"


def test_dropout_keeps_the_order_of_its_input_in_memory_in_both_directions() -> None:
    rng = np.random.default_rng(0)
    x = mg.tensor(rng.random((5, 7)).T, requires_grad=True)
    y = mg.ops.nn.dropout(x, rng.random((7, 5)) < 0.5)
    y.backward(np.ones((5, 7)).T)
    assert x.grad is not None
    assert x.data.strides == y.data.strides == x.grad.strides


def test_the_first_layer_of_the_lab_is_multiplied_in_pieces_where_that_pays() -> None:
    assert split_k._count_depth_pieces(32, 784, 100) == 7
    assert split_k._count_depth_pieces(32, 997, 100) == 1, "a prime has no equal parts"
    assert split_k._count_depth_pieces(32, 784, 784) == 1, "as wide as tall: the sum of the parts costs more"
    assert UNCOPIED < 32 * 784 * 100


def test_constant_vectors_are_shared_and_cannot_be_changed() -> None:
    assert ones(3, np.dtype(float)) is ones(3, np.dtype(float))
    for vector in (ones(3, np.dtype(float)), arange(3)):
        with pytest.raises(ValueError, match="read-only"):
            vector[0] = 5


@pytest.mark.parametrize("offset", [-100, -12, 0, 12, 100])
def test_softmax_and_attention_are_precise_with_and_without_a_shift(offset: float) -> None:
    scores = 4 * np.random.default_rng(0).standard_normal((6, 7), dtype=np.float32)
    scores[2] += np.float32(offset)
    each = np.eye(7, dtype=np.float32)
    attended = scaled_dot_product_attention(scores, each, each, scale=1.0).data
    np.testing.assert_allclose(attended, exact_softmax(scores, axis=1), rtol=2e-6, atol=1e-38)
    scores[3, 4] = -np.inf
    for axis in (0, 1):
        found = softmax(scores, axis=axis).data
        np.testing.assert_allclose(found, exact_softmax(scores, axis), rtol=2e-6, atol=1e-38)


def exact_softmax(scores: Any, axis: int) -> Any:
    exponentials = np.exp(scores.astype(np.float64))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


@pytest.mark.parametrize("scaled", [True, False])
@pytest.mark.parametrize(
    ("n", "rows", "d"), [(600, 1, 128), (130, 4, 129), (3, 2, 40_000), (5, 3, 1), (0, 2, 3), (2, 3, 0)]
)
def test_normalization_by_blocks_is_that_of_the_formula(n: int, rows: int, d: int, scaled: bool) -> None:
    """The first shapes take several blocks, the last of which is not full."""
    rng = np.random.default_rng(0)
    x, grad = rng.normal(size=(2, n, rows * d))
    weight, bias = rng.normal(size=(2, rows * d)) if scaled else (None, None)
    y, saved = normalize_rows(x, weight, bias, rows, 1e-5)
    found = row_gradients(grad, saved, (True,))
    recorded_y, recorded_saved = normalize_rows(mg.tensor(x), weight, bias, rows, 1e-5)
    expected = row_gradients(mg.tensor(grad), recorded_saved, (True,))
    for actual, formula in zip((y, *found), (recorded_y, *expected), strict=True):
        assert actual is not None
        assert formula is not None
        np.testing.assert_allclose(actual, mg.tensor(formula).numpy(), rtol=1e-9, atol=1e-9)
    assert row_gradients(grad, saved, (False, True, True))[0] is None


def test_a_flag_that_blas_sets_in_the_sums_of_cross_entropy_is_no_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Infinity times an exponential that is 0 sets the flag, as kernels of OpenBLAS do for finite numbers."""
    monkeypatch.setattr(cross_entropy_kernel, "ones", lambda n, dtype: np.full(n, np.inf, dtype))
    cross_entropy_kernel._exponentiate(np.array([[0.0, -1e4]]), np.array([0]))
