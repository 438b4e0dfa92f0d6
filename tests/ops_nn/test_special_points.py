"""Points at which libraries have been wrong: ties, kinks, overflow, everything masked, empty arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_ops_nn import activations, losses
from minigrad_ops_nn.affine import affine
from minigrad_ops_nn.attention import scaled_dot_product_attention
from minigrad_ops_nn.convolution import conv2d
from minigrad_ops_nn.dropout import dropout
from minigrad_ops_nn.embedding import embedding
from minigrad_ops_nn.normalization import batch_norm, group_norm, layer_norm
from minigrad_ops_nn.pooling import (
    adaptive_avg_pool2d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    avg_pool2d,
    max_pool1d,
    max_pool2d,
)

FAR = np.array([-1e4, -200.0, 200.0, 1e4], np.float32)
ONES = np.ones((1, 1, 2, 2))
TIE, FIRST = np.array([[[[1.0, 2.0], [2.0, 1.0]]]]), [[[[0, 1], [0, 0]]]]
INFINITE = np.ones((1, 1, 4, 6))
INFINITE[0, 0, 0, 5], INFINITE[0, 0, 3, 0] = np.inf, np.nan


def gradient(function: Callable[..., Any], *inputs: Any) -> Any:
    """Return the gradient of the sum of `function` in its first input."""
    x = mg.tensor(inputs[0], requires_grad=True)
    function(x, *inputs[1:]).backward()
    return x.grad


def average(x: Any, **settings: Any) -> Any:
    return avg_pool2d(x, kernel_size=2, padding=1, **settings)[0, 0, 0, 0]


# (value, expected value)
VALUES: dict[str, tuple[Callable[[], Any], Any]] = {
    "the left tail of sigmoid": (
        lambda: activations.sigmoid(np.array([-80.0, -30.0])),
        np.exp([-80.0, -30.0]),
    ),
    "softmax of large scores": (lambda: activations.softmax(np.array([1e4, 1e4])), [0.5, 0.5]),
    "log_softmax of large scores": (lambda: activations.log_softmax(np.array([1e4, 0.0])), [0.0, -1e4]),
    "cross_entropy of confident logits": (
        lambda: losses.cross_entropy(np.array([[1e4, 0.0], [0.0, 1e4]]), np.array([0, 0]), reduction="none"),
        [0, 1e4],
    ),
    "cross_entropy with a class of probability zero": (
        lambda: losses.cross_entropy(np.array([[0.0, -np.inf, 0.0]]), np.array([0])),
        np.log(2),
    ),
    "binary_cross_entropy of certainties": (
        lambda: losses.binary_cross_entropy(
            np.array([0.0, 1.0, 1.0]), np.array([1.0, 1.0, 0.0]), reduction="none"
        ),
        [100, 0, 100],
    ),
    "binary_cross_entropy_with_logits far out": (
        lambda: losses.binary_cross_entropy_with_logits(FAR, np.ones(4, np.float32), reduction="none"),
        [1e4, 200, 0, 0],
    ),
    "kl_div of a target of zero": (
        lambda: losses.kl_div(np.log([0.5, 0.5]), np.array([1.0, 0.0]), reduction="none"),
        [np.log(2), 0],
    ),
    "cosine of zeros in half precision": (
        lambda: losses.cosine(np.zeros((1, 2), np.float16), np.ones((1, 2), np.float16)),
        1,
    ),
    "dropout of everything": (lambda: dropout(np.ones(3), np.zeros(3, bool), p=1.0), [0, 0, 0]),
    "max_pool of padded negatives": (
        lambda: max_pool1d(np.full((1, 1, 4), -7.0), kernel_size=2, padding=1),
        np.full((1, 1, 3), -7),
    ),
    "padding that counts in an average": (lambda: average(ONES), 0.25),
    "padding that does not count": (lambda: average(ONES, count_include_pad=False), 1),
    "a NaN in adaptive_max_pool": (
        lambda: adaptive_max_pool1d(np.array([[[1.0, np.nan, 2.0, 3.0]]]), output_size=2),
        [[[np.nan, 3]]],
    ),
    "infinity and NaN in windows of adaptive_avg_pool": (
        lambda: adaptive_avg_pool2d(INFINITE, output_size=(2, 3)),
        [[[[1, 1, np.inf], [np.nan, 1, 1]]]],
    ),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_exact(name: str) -> None:
    value, expected = VALUES[name]
    np.testing.assert_allclose(value().data, expected, rtol=1e-12)


# (function of x, x, expected gradient)
GRADIENTS: dict[str, tuple[Callable[[Any], Any], Any, Any]] = {
    "relu at zero": (activations.relu, [-1.0, 0.0, 2.0], [0, 0, 1]),
    "hard_swish at infinity": (activations.hard_swish, [np.inf], [1]),
    "binary_cross_entropy of wrong certainties": (
        lambda x: losses.binary_cross_entropy(x, np.array([1.0, 0.0])),
        [0.0, 1.0],
        [-1e12 / 2, 1e12 / 2],
    ),
    "binary_cross_entropy of right certainties in half precision": (
        lambda x: losses.binary_cross_entropy(x.astype(np.float16), np.array([0, 1], np.float16)),
        [0.0, 1.0],
        [0, 0],
    ),
    "cross_entropy with a class of probability zero": (
        lambda x: losses.cross_entropy(x, np.array([0])),
        [[0.0, -np.inf, 0.0]],
        [[-0.5, 0, 0.5]],
    ),
    "max_pool of NaN beside infinities": (
        lambda x: max_pool1d(x, kernel_size=3),
        [[[np.inf, np.nan, np.nan, 0.0, np.nan, -np.inf, -np.inf, -np.inf, -np.inf]]],
        [[[0, 1, 0, 0, 1, 0, 1, 0, 0]]],
    ),
    "attention whose weights are all dropped": (
        lambda x: scaled_dot_product_attention(
            x, np.ones((3, 2)), np.ones((3, 2)), None, np.zeros((3, 3), np.bool_), dropout_p=1.0
        ),
        np.ones((3, 2)),
        np.zeros((3, 2)),
    ),
    "a bias of one row": (lambda b: affine(np.ones((5, 4)), np.ones((4, 3)), b), [[0.0] * 3], [[5, 5, 5]]),
    "repeated indices": (
        lambda w: embedding(np.array([[1, 1], [3, 1]]), w),
        np.zeros((4, 2)),
        [[0, 0], [3, 3], [0, 0], [1, 1]],
    ),
    "a tie in max_pool": (lambda x: max_pool2d(x, kernel_size=2), TIE, FIRST),
    "a tie in adaptive_max_pool": (
        lambda x: adaptive_max_pool2d(x, output_size=1),
        TIE,
        [[[[0, 1], [0, 0]]]],
    ),
    "overlapping windows of max_pool": (
        lambda x: max_pool1d(x, kernel_size=3, stride=1),
        [[[0.0, 1.0, 5.0, 1.0, 0.0]]],
        [[[0, 0, 3, 0, 0]]],
    ),
    "overlapping windows of adaptive_max_pool": (  # of cells 0-2, 2-4, 4-6
        lambda x: adaptive_max_pool1d(x, output_size=3),
        [[[1.0, 1.0, 2.0, 2.0, 2.0, 0.0, 0.0]]],
        [[[0, 0, 2, 0, 1, 0, 0]]],
    ),
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_a_gradient_is_exact(name: str) -> None:
    function, x, expected = GRADIENTS[name]
    np.testing.assert_allclose(gradient(function, np.array(x)), expected, rtol=1e-15)


@pytest.mark.parametrize(
    "name", ["sigmoid", "softplus", "log_sigmoid", "elu", "celu", "selu", "silu", "mish", "gelu"]
)
def test_activations_and_their_gradients_are_finite_far_out(name: str) -> None:
    operation: Any = getattr(activations, name)
    assert np.isfinite(operation(FAR).data).all()
    assert np.isfinite(gradient(operation, FAR)).all()


def gelu_by_tanh(x: Any) -> Any:
    return activations.gelu(x, approximate="tanh")


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("f", [activations.silu, activations.mish, gelu_by_tanh])
def test_far_out_a_gated_activation_is_straight(f: Any, dtype: Any) -> None:
    x = np.array([-1.0, -0.9, 0.6, 1.0], dtype) * np.finfo(dtype).max
    slope = mg.grad(lambda x: np.sum(f(x) / len(x)))
    np.testing.assert_array_equal(slope(x), [0, 0, 0.25, 0.25])
    np.testing.assert_array_equal(mg.grad(lambda x: np.sum(slope(x)))(x), 0)


@pytest.mark.parametrize("name", ["relu", "hard_sigmoid", "hard_swish"])
def test_an_infinite_gradient_does_not_pass_where_the_function_is_flat(name: str) -> None:
    x = mg.tensor(np.array([-5.0, 1.0], np.float32), requires_grad=True)
    getattr(activations, name)(x).backward(np.array([np.inf, 6.0], np.float32))
    assert x.grad is not None
    assert x.grad[0] == 0
    assert x.grad[1] > 0


@pytest.mark.parametrize("axis", [None, (0, 2), (1,)])
def test_softmax_along_several_axes_is_one_distribution_over_them(axis: Any) -> None:
    x = mg.tensor(np.linspace(-2, 3, 24).reshape(2, 3, 4), requires_grad=True)
    softmax = mg.ops.nn.softmax(x, axis=axis)
    exponentials = np.exp(x.data)
    np.testing.assert_allclose(softmax.data, exponentials / exponentials.sum(axis=axis, keepdims=True))
    np.testing.assert_allclose(np.exp(mg.ops.nn.log_softmax(x, axis=axis).data), softmax.data)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
def test_softmax_of_an_empty_array_is_empty(shape: tuple[int, ...]) -> None:
    assert activations.softmax(np.ones(shape)).shape == shape


@pytest.mark.parametrize("weight", [None, np.ones(3)])
def test_labels_that_are_all_ignored_give_zero_and_no_gradient(weight: Any) -> None:
    logits = mg.tensor(np.ones((2, 3)), requires_grad=True)
    loss = losses.cross_entropy(logits, np.array([-100, -100]), weight)
    loss.backward()
    assert loss.item() == 0
    assert logits.grad is not None
    assert not logits.grad.any()


@pytest.mark.parametrize(
    "arguments", [{}, {"reduction": "none"}, {"label_smoothing": 0.1}, {"weight": np.ones(3)}]
)
def test_scores_of_ignored_labels_are_not_read(arguments: Any) -> None:
    def f(scores: Any) -> Any:
        return np.sum(losses.cross_entropy(scores, np.array([0, -100, -100]), **arguments))

    first = mg.grad(f)
    second = mg.grad(lambda scores: np.sum(first(scores) * np.arange(9).reshape(3, 3)))
    rows = np.array([[1.0, 2.0, 3.0], [0.0, np.nan, np.inf], [-np.inf] * 3])
    with np.errstate(invalid="ignore"):
        for g in (f, first, second):
            np.testing.assert_allclose(g(rows), g(np.where(np.isfinite(rows), rows, 0)))


@pytest.mark.parametrize("length", [1e-3, 300.0, 6e4])
def test_the_angle_of_half_precision_vectors_does_not_depend_on_their_length(length: float) -> None:
    x, target = (np.array([[a, 1]], np.float16) for a in (0.0, 1.0))
    t = mg.tensor((x * length).astype(np.float16), requires_grad=True)
    loss = losses.cosine(t, target)
    loss.backward()
    assert loss.dtype == np.float16
    np.testing.assert_allclose(loss.data, 1 - 0.5**0.5, rtol=2e-3)
    np.testing.assert_allclose(t.grad, np.array([[-(0.5**0.5), 0]]) / length, rtol=2e-3, atol=1e-7)  # type: ignore[arg-type]


@pytest.mark.parametrize("log_target", [False, True])
def test_a_class_that_both_distributions_rule_out_adds_nothing(log_target: bool) -> None:
    with np.errstate(divide="ignore"):
        x = np.log([0.0, 0.3, 0.7])
        target = np.log([0.0, 0.4, 0.6]) if log_target else np.array([0.0, 0.4, 0.6])
    loss, pullback = mg.vjp(lambda *a: losses.kl_div(*a, reduction="sum", log_target=log_target), x, target)
    np.testing.assert_allclose(loss, 0.4 * np.log(0.4 / 0.3) + 0.6 * np.log(0.6 / 0.7))
    np.testing.assert_allclose(pullback(1.0)[0], [0, -0.4, -0.6])
    assert np.isfinite(pullback(1.0)[1]).all()


def test_cosine_of_a_zero_vector_is_finite() -> None:
    loss, gradient = mg.value_and_grad(losses.cosine)(np.zeros((1, 3)), np.ones((1, 3)))
    assert loss == 1
    assert np.isfinite(gradient).all()


def test_affine_keeps_the_wider_type_of_a_bias() -> None:
    x, weight = np.ones((2, 2), np.float32), np.ones((2, 2), np.float32)
    assert affine(x, weight, np.full(2, 1e-12)).dtype == np.float64


def test_a_query_that_attends_to_no_key_gets_zeros_and_passes_no_gradient() -> None:
    rng = np.random.default_rng(0)
    q, k, v = (mg.tensor(rng.standard_normal((3, 2)), requires_grad=True) for _ in range(3))
    mask = np.array([[True] * 3, [False] * 3, [True] * 3])
    y = scaled_dot_product_attention(q, k, v, mask)
    y.backward()
    assert not y.data[1].any()
    assert not q.grad[1].any()  # type: ignore[index]
    assert all(np.isfinite(t.grad).all() for t in (q, k, v))  # type: ignore[arg-type]


def test_a_key_that_the_mask_excludes_leaks_nothing_even_if_it_is_nan() -> None:
    rng = np.random.default_rng(0)
    query, key, value = rng.standard_normal((3, 2, 4))
    excluded = np.vstack([key, np.full(4, np.nan)])
    mask = np.array([True, True, False])
    for q in (query, query.astype(np.float32)):
        y = scaled_dot_product_attention(q, excluded.astype(q.dtype), np.vstack([value, value[:1]]), mask)
        expected = scaled_dot_product_attention(q, key.astype(q.dtype), value)
        np.testing.assert_allclose(y.data, expected.data, rtol=1e-5)


def test_a_maximum_that_is_nan_or_minus_infinity_keeps_its_gradient() -> None:
    x = np.array([[[-np.inf, -np.inf, 1.0, np.nan, np.nan, 2.0]]])
    v = np.array([[[1.0, 2.0, 3.0, 4.0]]])  # of (padding, x[0]), (x[1], x[2]), (x[3], x[4]), (x[5], padding)
    y, pullback = mg.vjp(lambda t: max_pool1d(t, kernel_size=2, padding=1), x)
    np.testing.assert_array_equal(y, [[[-np.inf, 1, np.nan, 2]]])
    np.testing.assert_array_equal(pullback(v), [[[1, 0, 2, 3, 0, 4]]])
    recorded = pullback(mg.tensor(v, requires_grad=True))  # by the formula for tensors
    np.testing.assert_array_equal(recorded.numpy(), [[[1, 0, 2, 3, 0, 4]]])


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.bool_])
def test_padding_never_wins_a_maximum_of_whole_numbers(dtype: Any) -> None:
    y = max_pool1d(np.zeros((1, 1, 4), dtype), kernel_size=2, padding=1)
    assert y.dtype == dtype
    assert not y.data.any()


@pytest.mark.parametrize(
    "normalize",
    [
        lambda x: layer_norm(x, normalized_shape=4),
        lambda x: group_norm(x, num_groups=2),
        lambda x: batch_norm(x)[0],
    ],
    ids=["layer", "group", "batch"],
)
def test_norms_of_constants_are_zero_with_a_finite_gradient(normalize: Any) -> None:
    x = mg.tensor(np.full((4, 4), 3.0), requires_grad=True)
    y = normalize(x)
    y.backward(np.random.default_rng(0).standard_normal((4, 4)))
    np.testing.assert_allclose(y.data, 0, atol=1e-12)
    assert np.isfinite(x.grad).all()  # type: ignore[arg-type]


def test_a_convolution_in_blocks_equals_one_in_a_piece() -> None:
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal((2, 3, 400, 40)), rng.standard_normal((2, 3, 3, 3))
    whole = conv2d(x, weight, padding=1).data  # 400 rows of 52 KB windows: several blocks
    part = conv2d(x[:, :, 190:210], weight, padding=1).data
    np.testing.assert_allclose(whole[:, :, 191:209], part[:, :, 1:-1], rtol=1e-12)
