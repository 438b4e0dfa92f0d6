"""Points at which libraries have been wrong: ties, kinks, overflow, everything masked, nothing left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.errors import ArgumentError, InputError
from minigrad_ops_nn import activations, losses
from minigrad_ops_nn.affine import affine
from minigrad_ops_nn.attention import scaled_dot_product_attention
from minigrad_ops_nn.convolution import conv1d, conv2d, conv_transpose2d
from minigrad_ops_nn.dropout import dropout
from minigrad_ops_nn.embedding import embedding
from minigrad_ops_nn.normalization import batch_norm, group_norm, layer_norm, rms_norm
from minigrad_ops_nn.pooling import (
    adaptive_avg_pool2d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    avg_pool1d,
    avg_pool2d,
    max_pool1d,
    max_pool2d,
)
from minigrad_ops_nn.recurrent import lstm

FAR = np.array([-1e4, -200.0, 200.0, 1e4], np.float32)


def gradient(function: Callable[..., Any], *inputs: Any) -> Any:
    """Return the gradient of the sum of `function` in its first input."""
    x = mg.tensor(inputs[0], requires_grad=True)
    function(x, *inputs[1:]).backward()
    return x.grad


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


def test_sigmoid_keeps_its_relative_precision_in_the_left_tail() -> None:
    x = np.array([-80.0, -30.0])
    np.testing.assert_allclose(activations.sigmoid(x).data, np.exp(x), rtol=1e-12)


@pytest.mark.parametrize("name", ["relu", "hard_sigmoid", "hard_swish"])
def test_an_infinite_gradient_does_not_pass_where_the_function_is_flat(name: str) -> None:
    x = mg.tensor(np.array([-5.0, 1.0], np.float32), requires_grad=True)
    getattr(activations, name)(x).backward(np.array([np.inf, 6.0], np.float32))
    assert x.grad is not None
    assert x.grad[0] == 0
    assert x.grad[1] > 0


def test_relu_has_the_subgradient_zero_at_zero() -> None:
    assert (gradient(activations.relu, np.array([-1.0, 0.0, 2.0])) == [0, 0, 1]).all()


@pytest.mark.parametrize("axis", [None, (0, 2), (1,)])
def test_softmax_along_several_axes_is_one_distribution_over_them(axis: Any) -> None:
    x = mg.tensor(np.linspace(-2, 3, 24).reshape(2, 3, 4), requires_grad=True)
    softmax = mg.ops.nn.softmax(x, axis=axis)
    exponentials = np.exp(x.data)
    np.testing.assert_allclose(softmax.data, exponentials / exponentials.sum(axis=axis, keepdims=True))
    np.testing.assert_allclose(np.exp(mg.ops.nn.log_softmax(x, axis=axis).data), softmax.data)


def test_softmax_along_an_axis_that_is_not_there_is_refused() -> None:
    for softmax in (mg.ops.nn.softmax, mg.ops.nn.log_softmax):
        with pytest.raises(np.exceptions.AxisError, match="axis 2 is out of bounds"):
            softmax(np.ones((2, 3)), axis=2)


def test_softmax_of_large_scores_does_not_overflow() -> None:
    np.testing.assert_array_equal(activations.softmax(np.array([1e4, 1e4])).data, [0.5, 0.5])
    np.testing.assert_allclose(activations.log_softmax(np.array([1e4, 0.0])).data, [0.0, -1e4])


@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
def test_softmax_of_nothing_is_nothing(shape: tuple[int, ...]) -> None:
    assert activations.softmax(np.ones(shape)).shape == shape


def test_cross_entropy_of_confident_logits_is_exact() -> None:
    loss = losses.cross_entropy(np.array([[1e4, 0.0], [0.0, 1e4]]), np.array([0, 0]), reduction="none")
    np.testing.assert_array_equal(loss.data, [0, 1e4])


def test_cross_entropy_takes_classes_that_are_ruled_out() -> None:
    logits = mg.tensor([[0.0, -np.inf, 0.0]], requires_grad=True)
    loss = losses.cross_entropy(logits, np.array([0]))
    loss.backward()
    np.testing.assert_allclose(loss.data, np.log(2))
    np.testing.assert_allclose(logits.grad, [[-0.5, 0, 0.5]])  # type: ignore[arg-type]


@pytest.mark.parametrize("weight", [None, np.ones(3)])
def test_labels_that_are_all_ignored_give_zero_and_no_gradient(weight: Any) -> None:
    logits = mg.tensor(np.ones((2, 3)), requires_grad=True)
    loss = losses.cross_entropy(logits, np.array([-100, -100]), weight)
    loss.backward()
    assert loss.item() == 0
    assert logits.grad is not None
    assert not logits.grad.any()


@pytest.mark.parametrize("operation", [losses.cross_entropy, losses.nll])
@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 3], r"expected labels in \[0, 3\) for scores of shape \(2, 3\), got 3 at index \(1,\)"),
        ([-1, 0], r"got -1 at index \(0,\); labels to leave out are marked with ignore_index=-100"),
        ([0.0, 1.0], r"expected integer labels, got float64: use labels.astype\(np.int64\)"),
        (["a", "b"], r"expected integer labels, got <U1: use names, labels = np.unique\(labels, return_inv"),
        ([[1, 0], [0, 1]], r"expected labels of shape \(2,\) for scores of shape \(2, 3\)"),
    ],
)
def test_labels_that_are_no_classes_are_refused(operation: Any, labels: Any, message: str) -> None:
    with pytest.raises(InputError, match=f"{operation.name} .*{message}|{message}"):
        operation(np.ones((2, 3)), np.array(labels))


def test_an_unknown_reduction_is_refused() -> None:
    with pytest.raises(ArgumentError, match='mse expected reduction "mean", "sum" or "none", got \'avg\''):
        losses.mse(np.ones(2), np.ones(2), reduction="avg")  # type: ignore[arg-type]


def test_losses_do_not_broadcast_their_target() -> None:
    with pytest.raises(
        InputError,
        match=r"mse expected x and target of one shape, got \(3, 1\) and \(3,\); write target\[:, None\]",
    ):
        losses.mse(np.ones((3, 1)), np.ones(3))


def test_binary_cross_entropy_of_certainties_is_cut_off() -> None:
    loss = losses.binary_cross_entropy(np.array([0.0, 1.0, 1.0]), np.array([1.0, 1.0, 0.0]), reduction="none")
    np.testing.assert_array_equal(loss.data, [100, 0, 100])


def test_the_slope_of_binary_cross_entropy_at_a_wrong_certainty_is_cut_off() -> None:
    g = gradient(losses.binary_cross_entropy, np.array([0.0, 1.0]), np.array([1.0, 0.0]))
    np.testing.assert_array_equal(g, [-1e12 / 2, 1e12 / 2])


def test_hard_swish_has_its_outer_slopes_at_infinity() -> None:
    np.testing.assert_array_equal(gradient(lambda t: activations.hard_swish(t), np.array([np.inf])), [1])


@pytest.mark.parametrize("length", [1e-3, 300.0, 6e4])
def test_the_angle_of_half_precision_vectors_does_not_depend_on_their_length(length: float) -> None:
    x, target = (np.array([[a, 1]], np.float16) for a in (0.0, 1.0))
    t = mg.tensor((x * length).astype(np.float16), requires_grad=True)
    loss = losses.cosine(t, target)
    loss.backward()
    assert loss.dtype == np.float16
    np.testing.assert_allclose(loss.data, 1 - 0.5**0.5, rtol=2e-3)
    np.testing.assert_allclose(t.grad, np.array([[-(0.5**0.5), 0]]) / length, rtol=2e-3, atol=1e-7)  # type: ignore[arg-type]


def test_a_half_precision_vector_of_zeros_is_at_right_angles_to_all() -> None:
    assert losses.cosine(np.zeros((1, 2), np.float16), np.ones((1, 2), np.float16)).data == 1


def test_binary_cross_entropy_names_the_way_out_for_logits() -> None:
    with pytest.raises(InputError, match="use binary_cross_entropy_with_logits"):
        losses.binary_cross_entropy(np.array([1.5]), np.array([1.0]))


def test_binary_cross_entropy_from_logits_does_not_overflow() -> None:
    loss = losses.binary_cross_entropy_with_logits(FAR, np.ones(4, np.float32), reduction="none")
    np.testing.assert_array_equal(loss.data, [1e4, 200, 0, 0])


def test_a_target_probability_of_zero_adds_nothing_to_the_divergence() -> None:
    loss = losses.kl_div(np.log([0.5, 0.5]), np.array([1.0, 0.0]), reduction="none")
    np.testing.assert_allclose(loss.data, [np.log(2), 0])


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
    x = mg.tensor(np.zeros((1, 3)), requires_grad=True)
    loss = losses.cosine(x, np.ones((1, 3)))
    loss.backward()
    assert loss.item() == 1
    assert np.isfinite(x.grad).all()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("x", "weight", "bias", "advice"),
    [
        ((5, 4), (3, 4), (3,), r"the weight is \(in, out\), not \(out, in\): transpose it"),
        ((5, 4), (6, 3), (3,), "the last axis of x must be as long as the first axis of the weight"),
        ((5, 4), (4, 3), (4,), "the bias needs one value for each of the 3 columns"),
        ((5, 4), (4, 3), (5, 3), "the bias needs one value for each of the 3 columns"),
    ],
)
def test_affine_says_what_does_not_fit(x: Any, weight: Any, bias: Any, advice: str) -> None:
    with pytest.raises(InputError, match=rf"affine expected .* got x \(5, 4\), .*{advice}"):
        affine(np.ones(x), np.ones(weight), np.ones(bias))


def test_affine_takes_a_bias_of_one_row() -> None:
    bias = mg.tensor(np.zeros((1, 3)), requires_grad=True)
    affine(np.ones((5, 4)), np.ones((4, 3)), bias).backward()
    np.testing.assert_array_equal(bias.grad, [[5, 5, 5]])


def test_affine_keeps_the_wider_type_of_a_bias() -> None:
    x, weight = np.ones((2, 2), np.float32), np.ones((2, 2), np.float32)
    assert affine(x, weight, np.full(2, 1e-12)).dtype == np.float64


def test_a_query_that_sees_no_key_gets_zeros_and_passes_no_gradient() -> None:
    rng = np.random.default_rng(0)
    q, k, v = (mg.tensor(rng.standard_normal((3, 2)), requires_grad=True) for _ in range(3))
    mask = np.array([[True] * 3, [False] * 3, [True] * 3])
    y = scaled_dot_product_attention(q, k, v, mask)
    y.backward()
    assert not y.data[1].any()
    assert not q.grad[1].any()  # type: ignore[index]
    assert all(np.isfinite(t.grad).all() for t in (q, k, v))  # type: ignore[arg-type]


def test_attention_refuses_a_dropout_that_it_cannot_apply() -> None:
    x = np.ones((3, 2))
    with pytest.raises(ArgumentError, match=r"dropout_p in \[0, 1\], and with it a mask, got 0.5"):
        scaled_dot_product_attention(x, x, x, dropout_p=0.5)
    with pytest.raises(InputError, match="expected a boolean dropout_mask, true where kept, got float64"):
        scaled_dot_product_attention(x, x, x, None, np.ones((3, 3)), dropout_p=0.5)


def test_a_key_that_no_query_may_see_leaks_nothing_even_if_it_is_nan() -> None:
    rng = np.random.default_rng(0)
    query, key, value = rng.standard_normal((3, 2, 4))
    unseen = np.vstack([key, np.full(4, np.nan)])
    mask = np.array([True, True, False])
    for q in (query, query.astype(np.float32)):
        y = scaled_dot_product_attention(q, unseen.astype(q.dtype), np.vstack([value, value[:1]]), mask)
        expected = scaled_dot_product_attention(q, key.astype(q.dtype), value)
        np.testing.assert_allclose(y.data, expected.data, rtol=1e-5)


def test_attention_whose_weights_are_all_dropped_is_zero_not_nan() -> None:
    x, kept = np.ones((3, 2)), np.zeros((3, 3), np.bool_)
    g = gradient(lambda t: scaled_dot_product_attention(t, x, x, None, kept, dropout_p=1.0), x)
    np.testing.assert_array_equal(g, np.zeros((3, 2)))


def test_max_pooling_gives_a_tie_to_the_first_in_reading_order() -> None:
    x = np.array([[[[1.0, 2.0], [2.0, 1.0]]]])
    g = gradient(lambda t: max_pool2d(t, kernel_size=2), x)
    np.testing.assert_array_equal(g, [[[[0, 1], [0, 0]]]])


def test_overlapping_windows_accumulate() -> None:
    g = gradient(lambda t: max_pool1d(t, kernel_size=3, stride=1), np.array([[[0.0, 1.0, 5.0, 1.0, 0.0]]]))
    np.testing.assert_array_equal(g, [[[0, 0, 3, 0, 0]]])


def test_padding_never_wins_a_maximum() -> None:
    y = max_pool1d(np.full((1, 1, 4), -7.0), kernel_size=2, padding=1)
    assert (y.data == -7).all()


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


def test_padding_counts_in_an_average_unless_it_is_told_not_to() -> None:
    x = np.ones((1, 1, 2, 2))
    assert avg_pool2d(x, kernel_size=2, padding=1).data[0, 0, 0, 0] == 0.25
    assert avg_pool2d(x, kernel_size=2, padding=1, count_include_pad=False).data[0, 0, 0, 0] == 1


def test_adaptive_max_pooling_gives_a_tie_to_the_first_in_reading_order() -> None:
    x = np.array([[[[1.0, 2.0], [2.0, 1.0]]]])
    g = gradient(lambda t: adaptive_max_pool2d(t, output_size=1), x)
    np.testing.assert_array_equal(g, [[[[0, 1], [0, 0]]]])


def test_windows_of_adaptive_max_pooling_that_overlap_accumulate() -> None:
    x = np.array([[[1.0, 1.0, 2.0, 2.0, 2.0, 0.0, 0.0]]])  # windows of cells 0-2, 2-4, 4-6
    g = gradient(lambda t: adaptive_max_pool1d(t, output_size=3), x)
    np.testing.assert_array_equal(g, [[[0, 0, 2, 0, 1, 0, 0]]])


def test_adaptive_max_pooling_shows_nan() -> None:
    x = np.array([[[1.0, np.nan, 2.0, 3.0]]])
    np.testing.assert_array_equal(adaptive_max_pool1d(x, output_size=2).data, [[[np.nan, 3]]])


@pytest.mark.parametrize("pool", [adaptive_avg_pool2d, adaptive_max_pool2d])
def test_adaptive_pooling_names_what_it_cannot_pool(pool: Any) -> None:
    with pytest.raises(
        InputError, match=r"adaptive_..._pool2d expected x \(n, c, h, w\), got shape \(3, 4, 5\)"
    ):
        pool(np.ones((3, 4, 5)), output_size=1)
    with pytest.raises(InputError, match=r"a window needs a cell, got x of shape \(1, 1, 0, 4\)"):
        pool(np.ones((1, 1, 0, 4)), output_size=1)
    for size in (0, (1, None, 2)):
        with pytest.raises(ArgumentError, match="output_size must be an int of at least 1, or 2 of them"):
            pool(np.ones((1, 1, 2, 2)), output_size=size)


def test_repeated_indices_add_their_gradients() -> None:
    weight = mg.tensor(np.zeros((4, 2)), requires_grad=True)
    embedding(np.array([[1, 1], [3, 1]]), weight).backward()
    np.testing.assert_array_equal(weight.grad, [[0, 0], [3, 3], [0, 0], [1, 1]])


def test_an_index_out_of_range_is_refused_at_both_ends() -> None:
    for index in (-1, 4):
        with pytest.raises(InputError, match=rf"indices in \[0, 4\) for weight \(4, 2\), got {index}"):
            embedding(np.array([index]), np.ones((4, 2)))


def test_dropout_with_probability_one_is_zero_not_nan() -> None:
    mask = np.zeros(3, bool)
    assert not dropout(np.ones(3), mask, p=1.0).data.any()
    with pytest.raises(InputError, match="boolean mask, true where x is kept, got float64"):
        dropout(np.ones(3), np.ones(3))


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


def test_convolutions_say_what_does_not_fit() -> None:
    x = np.ones((1, 3, 5, 5))
    with pytest.raises(InputError, match=r"the channels: x has 3, the weight takes 2 \* groups"):
        conv2d(x, np.ones((4, 2, 3, 3)))
    with pytest.raises(InputError, match="what does not fit is the number of axes"):
        conv1d(x, np.ones((4, 3, 3)))
    with pytest.raises(InputError, match=r"not one window of kernel \(7, 7\)"):
        conv2d(x, np.ones((4, 3, 7, 7)))
    with pytest.raises(ArgumentError, match='padding="same" needs stride 1'):
        conv2d(x, np.ones((4, 3, 3, 3)), padding="same", stride=2)
    with pytest.raises(ArgumentError, match="stride must be an int of at least 1, or 2 of them, got 0"):
        conv2d(x, np.ones((4, 3, 3, 3)), stride=0)
    with pytest.raises(InputError, match="the first axis of the weight is the channels of x"):
        conv_transpose2d(x, np.ones((4, 3, 3, 3)))


def test_a_convolution_in_blocks_equals_one_in_a_piece() -> None:
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal((2, 3, 400, 40)), rng.standard_normal((2, 3, 3, 3))
    whole = conv2d(x, weight, padding=1).data  # 400 rows of 52 KB windows: several blocks
    part = conv2d(x[:, :, 190:210], weight, padding=1).data
    np.testing.assert_allclose(whole[:, :, 191:209], part[:, :, 1:-1], rtol=1e-12)


def test_an_lstm_says_that_its_weights_are_the_transpose_of_pytorchs() -> None:
    state = np.ones((2, 3))
    with pytest.raises(InputError, match=r"lstm expected x \(..., n, i\).*the transpose of PyTorch's"):
        lstm(np.ones((5, 2, 4)), state, state, np.ones((12, 4)), np.ones((12, 3)))


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.bool_, np.int16])
@pytest.mark.parametrize(
    "f",
    [
        lambda x, w: batch_norm(x, w)[0],
        lambda x, w: layer_norm(x, w, normalized_shape=6),
        lambda x, w: group_norm(x, w, num_groups=2),
        lambda x, w: losses.cosine(x, w * np.ones((4, 6))),
        lambda x, w: losses.cosine(w * np.ones((4, 6)), x),
    ],
    ids=["batch_norm", "layer_norm", "group_norm", "cosine", "cosine_target"],
)
def test_whole_numbers_do_not_wrap_around(f: Any, dtype: Any) -> None:
    x = np.random.default_rng(0).integers(0, 256, (4, 6)).astype(np.uint8).astype(dtype)
    weight = np.arange(6.0) + 1
    (y, g), (expected_y, expected_g) = (value_and_gradient(f, x, weight) for x in (x, x.astype(float)))
    np.testing.assert_allclose(y, expected_y, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(g, expected_g, rtol=1e-5, atol=1e-5)


SMOOTH = "celu elu gelu glu log_sigmoid log_softmax mish selu sigmoid silu softmax softplus normal_cdf"


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.bool_, np.int16])
@pytest.mark.parametrize(
    "f",
    [getattr(activations, name) for name in f"{SMOOTH} hard_sigmoid hard_swish".split()]
    + [
        lambda x: rms_norm(x, normalized_shape=6, eps=1e-5),
        lambda x: avg_pool1d(x.reshape(1, 4, 6), kernel_size=3, stride=1, padding=1),
        lambda x: adaptive_avg_pool2d(x.reshape(1, 2, 2, 6), output_size=(1, 2)),
        lambda x: losses.mse(x, x[::-1]),
        lambda x: losses.l1(x, x[::-1]),
        lambda x: losses.huber(x, x[::-1]),
        lambda x: losses.smooth_l1(x, x[::-1]),
        lambda x: losses.kl_div(np.ones((4, 6), np.float32), x),
        lambda x: losses.binary_cross_entropy(np.full((4, 6), 0.3, np.float32), x),
        lambda x: losses.binary_cross_entropy_with_logits(np.full((4, 6), 3, np.float32), x, None, x),
    ],
)
def test_functions_of_whole_numbers_are_computed_in_floating_point(f: Any, dtype: Any) -> None:
    x = np.random.default_rng(0).integers(0, 128, (4, 6)).astype(np.uint8).astype(dtype)
    y = f(x)
    np.testing.assert_allclose(y.data, f(x.astype(float)).data, rtol=2e-4, atol=1e-6)
    assert y.dtype == np.float32 or dtype == np.int16


def value_and_gradient(f: Any, x: Any, weight: Any) -> tuple[Any, Any]:
    w = mg.tensor(weight, requires_grad=True)
    y = f(x, w)
    np.sum(y * np.arange(y.size).reshape(y.shape)).backward()
    return y.data, w.grad


def test_the_weights_of_nll_have_the_gradient_of_the_numbers_that_bytes_stand_for() -> None:
    def loss(scores: Any) -> Any:
        weight = mg.tensor(np.array([0.5, 2.0, 1.0]), requires_grad=True)
        mg.ops.nn.nll(mg.tensor(scores), np.array([0, 2]), weight, reduction="sum").backward()
        return weight.grad

    scores = np.array([[3, 0, 1], [0, 0, 7]], np.uint8)
    np.testing.assert_allclose(loss(scores), [-3, 0, -7])


def test_a_value_that_is_not_finite_reaches_those_adaptive_averages_alone_whose_window_holds_it() -> None:
    x = np.ones((1, 1, 4, 6))
    x[0, 0, 0, 5] = np.inf
    x[0, 0, 3, 0] = np.nan
    y = adaptive_avg_pool2d(x, output_size=(2, 3))
    np.testing.assert_array_equal(y, [[[[1, 1, np.inf], [np.nan, 1, 1]]]])
