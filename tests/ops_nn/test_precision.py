"""Half precision, whose sums overflow, and sizes of any integer type."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_ops_nn import losses
from minigrad_ops_nn.activations import gelu, log_softmax, prelu, softmax
from minigrad_ops_nn.attention import scaled_dot_product_attention
from minigrad_ops_nn.convolution import conv1d
from minigrad_ops_nn.embedding import embedding
from minigrad_ops_nn.normalization import batch_norm, layer_norm
from minigrad_ops_nn.pooling import adaptive_avg_pool2d


@pytest.mark.parametrize("kind", [np.int8, np.uint8])
def test_sizes_of_a_convolution_may_be_of_any_integer_type(kind: Any) -> None:
    x, weight = np.arange(400.0).reshape(1, 1, 400), np.array([[[1.0, 2.0]]])
    settings: dict[str, Any] = {"stride": 2, "padding": 3, "dilation": 100}
    found = conv1d(x, weight, **{name: kind(n) for name, n in settings.items()})
    np.testing.assert_array_equal(found.data, conv1d(x, weight, **settings).data)


N = 70_000
COLUMN = np.linspace(-1, 1, N).astype(np.float16)[:, None]
ROW = COLUMN.T
PAIR = np.concatenate([COLUMN, -COLUMN], axis=1)
CLASS = np.arange(N) % 2

MANY: dict[str, tuple[Any, Any]] = {
    "mse": (COLUMN, lambda x: losses.mse(x, x * 0)),
    "l1": (COLUMN, lambda x: losses.l1(x, x * 0)),
    "huber": (COLUMN, lambda x: losses.huber(x, x * 0)),
    "hinge": (COLUMN, lambda x: losses.hinge(x, x * 0 + 1)),
    "cosine": (PAIR, lambda x: losses.cosine(x, x * 0 + 1)),
    "kl_div": (COLUMN, lambda x: losses.kl_div(x, x * 0 + 1)),
    "batchmean": (COLUMN, lambda x: losses.kl_div(x, x * 0 + 1, reduction="batchmean")),
    "binary_cross_entropy": (COLUMN, lambda x: losses.binary_cross_entropy(x / 4 + 0.5, x * 0 + 1)),
    "binary_cross_entropy_with_logits": (
        COLUMN,
        lambda x: losses.binary_cross_entropy_with_logits(x, x * 0 + 1),
    ),
    "cross_entropy": (PAIR, lambda x: losses.cross_entropy(x, CLASS)),
    "cross_entropy with weights": (PAIR, lambda x: losses.cross_entropy(x, CLASS, x[0] * 0 + 1)),
    "cross_entropy of many classes": (ROW, lambda x: losses.cross_entropy(x, CLASS[:1])),
    "nll": (PAIR, lambda x: losses.nll(x, CLASS)),
    "batch_norm": (PAIR, lambda x: np.mean(batch_norm(x)[0] * np.arange(1, N + 1)[:, None] / N)),
    "layer_norm": (ROW, lambda x: np.mean(layer_norm(x, normalized_shape=N) * np.arange(N) / N)),
    "softmax": (ROW, lambda x: np.sum(softmax(x) * np.arange(N) / N)),
    "log_softmax": (ROW, lambda x: np.mean(log_softmax(x))),
    "adaptive_avg_pool2d": (
        COLUMN,
        lambda x: np.sum(adaptive_avg_pool2d(x.reshape(1, 1, N, 1), output_size=1)),
    ),
}


@pytest.mark.parametrize("name", MANY)
def test_the_gradient_over_many_values_in_half_precision_is_that_of_double_precision(name: str) -> None:
    x, function = MANY[name]

    def scale_up(x: Any) -> Any:  # so that the gradients are not subnormal numbers
        return function(x) * 2**12

    value, found = mg.value_and_grad(scale_up)(x)
    exact, expected = mg.value_and_grad(scale_up)(x.astype(np.float64))
    assert found.dtype == np.float16
    np.testing.assert_allclose(value, exact, rtol=5e-3, atol=2)
    np.testing.assert_allclose(found, expected, rtol=2e-2, atol=2e-4)


def test_sums_of_half_precision_do_not_stop_at_2048() -> None:
    weight, indices = np.ones((2, 1), np.float16), np.zeros(N, int)
    found = mg.grad(lambda w: np.sum(embedding(indices, w) / 8))(weight)
    np.testing.assert_allclose(found, np.array([[N / 8], [0.0]]), rtol=1e-3)
    slopes = mg.grad(lambda w: np.sum(prelu(np.full((N, 2), -1, np.float16), w) / 8))(np.ones(2, np.float16))
    np.testing.assert_allclose(slopes, np.full(2, -N / 8), rtol=1e-3)


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_the_slope_of_gelu_is_finite_where_the_square_of_half_precision_is_not(approximate: Any) -> None:
    x = np.array([-60_000, -300, 300, 60_000], np.float16)
    slopes = mg.grad(lambda x: np.sum(gelu(x, approximate=approximate) / 4))(x)
    assert slopes.dtype == np.float16
    np.testing.assert_array_equal(slopes, [0, 0, 0.25, 0.25])
    curved = mg.hvp(lambda x: np.sum(gelu(x, approximate=approximate) / 4), x, np.ones_like(x))
    np.testing.assert_array_equal(curved, np.zeros(4))


def test_scores_of_attention_do_not_overflow_in_half_precision() -> None:
    query, key, value = (np.array(x, np.float16) for x in ([[300]], [[300], [299]], [[5], [7]]))
    y, slopes = mg.value_and_grad(lambda v: np.sum(scaled_dot_product_attention(query, key, v)))(value)
    assert y == 5
    np.testing.assert_array_equal(slopes, [[1], [0]])
