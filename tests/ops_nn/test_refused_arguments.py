"""Operations, layers, initializers, optimizers and schedules name the arguments that they refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
import minigrad_ops_nn as nn
from minigrad_core.errors import ArgumentError, InputError
from minigrad_ops_nn import optimizers, schedules
from minigrad_ops_nn.clipping import clip_grad_norm, clip_grad_value
from minigrad_ops_nn.initializers import (
    glorot_uniform,
    kaiming_normal,
    normal,
    orthogonal,
    truncated_normal,
    uniform,
)

RNG: Any = np.random.default_rng(0)
WRONG: Any = "x"  # of a type that the annotations forbid
WRONG_FUNCTION: Any = np.tanh
ROWS, IMAGES, KERNEL = np.ones((3, 2)), np.ones((1, 3, 5, 5)), np.ones((4, 3, 3, 3))
ops: Any = mg.ops.nn


def parameters() -> list[mg.Parameter]:
    return [mg.Parameter(np.ones(3))]


LAYERS: list[tuple[Callable[[], Any], str]] = [
    (lambda: nn.Linear(-1, 2), "Linear: in_features must be a whole number of at least 0, got -1"),
    (lambda: nn.Linear(1, 2.5), "Linear: out_features must be a whole number of at least 0, got 2.5"),  # type: ignore[arg-type]
    (lambda: nn.Linear(1, True), "Linear: out_features must be a whole number of at least 0, got True"),
    (lambda: nn.Linear(1, 2, rng=WRONG), "rng: expected a generator, such as .*, got 'x'"),
    (lambda: nn.Linear(1, 2, dtype=int), "dtype: parameters are floating point, got int64"),
    (lambda: nn.Linear(1, 2, dtype="floot"), "dtype: data type 'floot' not understood; use one such as"),
    (lambda: nn.MLP(3), r"MLP: sizes must be one sequence, as in MLP\(\[784, 100, 10\]\), got 3"),  # type: ignore[arg-type]
    (lambda: nn.MLP([3, -1]), "Linear: out_features must be a whole number of at least 0, got -1"),
    (lambda: nn.Conv2d(-1, 2, 3), "Conv2d: in_channels must be a whole number of at least 0, got -1"),
    (lambda: nn.Conv2d(1, 2, WRONG), "Conv2d: kernel_size must be an int .*, got 'x'"),
    (lambda: nn.Conv2d(1, 2, 3, stride=0), "Conv2d: stride must be an int of at least 1, or 2 .* got 0"),
    (lambda: nn.Conv1d(1, 2, 3, dilation=WRONG), "Conv1d: dilation must be an int of at least 1, or 1"),
    (lambda: nn.Conv2d(4, 4, 3, groups=0), "Conv2d: groups must be a whole number of at least 1, got 0"),
    (lambda: nn.Conv2d(1, 2, 3, padding=-1), "Conv2d: padding must be an int of at least 0, or 2 .* got -1"),
    (lambda: nn.Conv1d(1, 2, 3, padding="full"), 'Conv1d: padding must be a size, "same" or "valid", got'),
    (lambda: nn.Conv2d(1, 2, 3, stride=2, padding="same"), 'Conv2d: padding="same" needs stride 1'),
    (lambda: nn.ConvTranspose2d(1, 2, 3, padding=WRONG), "ConvTranspose2d: padding must be .*, got 'x'"),
    (lambda: nn.ConvTranspose1d(1, 2, 3, output_padding=1), "output_padding .* must be smaller than stride"),
    (lambda: nn.MaxPool2d(0), "MaxPool2d: kernel_size must be an int of at least 1, or 2 of them, got 0"),
    (lambda: nn.MaxPool2d((2, 2, 2)), r"MaxPool2d: kernel_size must be .* got \(2, 2, 2\)"),
    (lambda: nn.MaxPool1d(2, stride=WRONG), "MaxPool1d: stride must be an int .*, or 1 .* got 'x'"),
    (lambda: nn.AvgPool2d(2, padding=2), r"AvgPool2d: padding \(2, 2\) must be at most half of kernel_size"),
    (lambda: nn.AdaptiveAvgPool2d((0, None)), r"AdaptiveAvgPool2d: output_size must be .*, got \[0, 1\]"),
    (lambda: nn.BatchNorm1d(-1), "BatchNorm1d: num_features must be a whole number of at least 0, got -1"),
    (
        lambda: nn.BatchNorm1d(3, momentum=None),  # type: ignore[arg-type]
        r"BatchNorm1d expected a momentum in \[0, 1\], got None",
    ),
    (lambda: nn.LayerNorm((3, -1)), "LayerNorm: normalized_shape must be .* at least 0, got -1"),
    (lambda: nn.RMSNorm(WRONG), "RMSNorm: normalized_shape must be a whole number .*, got 'x'"),
    (lambda: nn.GroupNorm(0, 3), "GroupNorm: num_groups must be a whole number of at least 1, got 0"),
    (lambda: nn.Embedding(3, -2), "Embedding: embedding_dim must be a whole number of at least 0, got -2"),
    (lambda: nn.MultiHeadAttention(8, 0), "MultiHeadAttention: num_heads must be .* at least 1, got 0"),
    (lambda: nn.LSTM(1, -2), "LSTM: hidden_size must be a whole number of at least 0, got -2"),
    (lambda: nn.GRU(1, 2, num_layers=0), "GRU: num_layers must be a whole number of at least 1, got 0"),
    (lambda: nn.PReLU(-1), "PReLU: num_parameters must be a whole number of at least 0, got -1"),
    (lambda: nn.Dropout(WRONG), r"Dropout expected a probability p in \[0, 1\], got 'x'"),
    (lambda: nn.LeakyReLU(0.2), r"LeakyReLU takes settings by keyword only, \['negative_slope'\], got 0.2"),
    (lambda: nn.Residual(WRONG), "Residual expected a Module, got str"),
]  # fmt: skip


INPUTS: list[tuple[Callable[[], Any], str]] = [
    (lambda: nn.GroupNorm(2, 3), "GroupNorm: 3 channels do not divide into 2 groups"),
    (lambda: nn.Conv2d(3, 4, 3, groups=2), "3 and 4 channels do not divide into groups=2"),
    (lambda: nn.MultiHeadAttention(6, 4), "6 features do not divide into 4 heads"),
    (lambda: nn.BatchNorm1d(3)(np.ones((1, 3), np.float32)), "more than one value for each channel"),
    (
        lambda: nn.LSTM(2, 3)(np.ones((5, 4, 3), np.float32)),
        r"LSTM expected x \(time, batch, 2\), got an x of shape \(5, 4, 3\)",
    ),
    (
        lambda: nn.GRU(2, 3)(np.ones((5, 4, 2), np.float32), np.ones((4, 3), np.float32)),
        r"GRU expected 1 state\(s\) of shape \(1, 4, 3\)",
    ),
    (
        lambda: ops.mse(np.ones((3, 1)), np.ones(3)),
        r"mse expected x and target of one shape, got \(3, 1\) and \(3,\); write target\[:, None\]",
    ),
    (lambda: ops.binary_cross_entropy([1.5], [1.0]), "use binary_cross_entropy_with_logits"),
    (
        lambda: ops.binary_cross_entropy([0.5], [1.0], np.ones((3, 1))),
        r"expected a weight that broadcasts to x \(1,\), got \(3, 1\)",
    ),
    (
        lambda: ops.binary_cross_entropy_with_logits([0.5], [1.0], None, np.ones((3, 1))),
        r"expected a pos_weight that broadcasts to x \(1,\), got \(3, 1\)",
    ),
    (
        lambda: ops.scaled_dot_product_attention(ROWS, ROWS, ROWS, np.ones((3, 3), int)),
        r"attn_mask of booleans.* got int64: write attn_mask\.astype\(bool\)",
    ),
    (
        lambda: nn.MultiHeadAttention(2, 1)(np.ones((3, 2), np.float32)),
        r"MultiHeadAttention expected query \(n, l, 2\), .* got \(3, 2\)",
    ),
    (lambda: ops.embedding(np.array([-1]), IMAGES[0, 0]), r"in \[0, 5\) for weight \(5, 5\), got -1"),
    (lambda: ops.embedding(np.array([5]), IMAGES[0, 0]), r"in \[0, 5\) for weight \(5, 5\), got 5"),
    (lambda: ops.dropout(np.ones(3), np.ones(3)), "boolean mask, true where x is kept, got float64"),
    (
        lambda: ops.scaled_dot_product_attention(ROWS, ROWS, ROWS, None, np.ones((3, 3)), dropout_p=0.5),
        "expected a boolean dropout_mask, true where kept, got float64",
    ),
    (lambda: ops.conv2d(IMAGES, np.ones((4, 2, 3, 3))), r"x has 3, the weight takes 2 \* groups"),
    (lambda: ops.conv1d(IMAGES, np.ones((4, 3, 3))), "mismatch in the number of axes"),
    (lambda: ops.conv2d(IMAGES, np.ones((4, 3, 7, 7))), r"not one window of kernel \(7, 7\)"),
    (
        lambda: ops.conv_transpose2d(IMAGES, np.ones((4, 3, 3, 3))),
        "the first axis of the weight is the channels of x",
    ),
    (
        lambda: ops.lstm(np.ones((5, 2, 4)), *np.ones((2, 2, 3)), np.ones((12, 4)), np.ones((12, 3))),
        r"lstm expected x \(..., n, i\).*the transpose of PyTorch's",
    ),
]
ARGUMENTS: list[tuple[Callable[[], Any], str]] = [
    (lambda: ops.cross_entropy(ROWS, [0, 1, 0], label_smoothing=1.5), r"smoothing in \[0, 1\], got 1.5"),
    (lambda: ops.huber(ROWS, ROWS, delta=np.nan), "huber expected delta above 0, got nan"),
    (lambda: ops.celu(ROWS, alpha=0), "celu expected an alpha other than 0"),
    (lambda: ops.softplus(ROWS, beta=0), "softplus expected a beta other than 0"),
    (lambda: ops.mse(ROWS, ROWS, reduction="avg"), 'mse expected reduction "mean", "sum" or "none", got'),
    (
        lambda: ops.scaled_dot_product_attention(ROWS, ROWS, ROWS, dropout_p=0.5),
        r"dropout_p in \[0, 1\], and with it a mask, got 0.5",
    ),
    (lambda: ops.conv2d(IMAGES, KERNEL, padding="same", stride=2), 'padding="same" needs stride 1'),
    (lambda: ops.conv2d(IMAGES, KERNEL, stride=0), "stride must be an int of at least 1, or 2 .* got 0"),
    (lambda: nn.LSTM(2, 3, dropout=2), r"LSTM expected a probability p in \[0, 1\], got 2"),
    (lambda: nn.LeakyReLU(slope=0.1), r"LeakyReLU has no setting 'slope', only \['negative_slope'\]"),
    (lambda: nn.MLP([3, 4, 2], activation=WRONG_FUNCTION), "activation: expected a name .* got <ufunc"),
    (lambda: kaiming_normal(3, rng=RNG), r"shape: expected a tuple of sizes such as \(784, 100\), got 3"),  # type: ignore[arg-type]
    (lambda: normal((3,), rng=3), r"rng: expected a generator, such as .*, got 3"),  # type: ignore[arg-type]
    (lambda: uniform((3,), rng=RNG, low=1, high=0), "uniform expected low of at most high, got low=1"),
    (lambda: normal((3,), rng=RNG, stddev=-1), "normal expected stddev of at least 0, got -1"),
    (lambda: truncated_normal((2,), rng=RNG, stddev=-1), "stddev of at least 0, got -1"),
    (lambda: schedules.Schedule(WRONG, schedules.exponential(0.5)), "Schedule expected an optimizer, got"),
    (lambda: schedules.step_decay(1.5), "step_decay expected step_size, a whole number .* got 1.5"),  # type: ignore[arg-type]
    (lambda: schedules.cosine(0), "of at least 1, got 0"),
    (lambda: schedules.one_cycle(0), "of at least 1, got 0"),
    (lambda: schedules.warm_up(0), "of at least 1, got 0"),
    (lambda: schedules.one_cycle(10, pct_start=2), r"one_cycle expected pct_start=2 in \[0, 1\]"),
    (lambda: clip_grad_norm(parameters(), 0), "above 0, got max_norm=0"),
    (lambda: clip_grad_value(parameters(), -1), "clip_value above 0, got -1"),
]  # fmt: skip
AFFINE: list[tuple[Any, Any, str]] = [
    ((3, 4), (3,), r"the weight is \(in, out\), not \(out, in\): transpose it"),
    ((6, 3), (3,), "the last axis of x must be as long as the first axis of the weight"),
    ((4, 3), (4,), "the bias needs one value for each of the 3 columns"),
    ((4, 3), (5, 3), "the bias needs one value for each of the 3 columns"),
]


@pytest.mark.parametrize(("make", "message"), LAYERS + ARGUMENTS)
def test_a_wrong_argument_is_named(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        make()


@pytest.mark.parametrize(("call", "message"), INPUTS)
def test_an_input_that_does_not_fit_is_named(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


@pytest.mark.parametrize(("weight", "bias", "advice"), AFFINE)
def test_affine_says_which_shape_does_not_fit(weight: Any, bias: Any, advice: str) -> None:
    with pytest.raises(InputError, match=rf"affine expected .* got x \(5, 4\), .*{advice}"):
        ops.affine(np.ones((5, 4)), np.ones(weight), np.ones(bias))


@pytest.mark.parametrize("operation", [ops.cross_entropy, ops.nll])
@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 3], r"expected labels in \[0, 3\) for scores of shape \(2, 3\), got 3 at index \(1,\)"),
        ([-1, 0], r"got -1 at index \(0,\); labels to leave out are marked with ignore_index=-100"),
        ([0.0, 1.0], r"expected integer labels, got float64: use labels.astype\(np.int64\)"),
        (["a", "b"], r"expected integer labels, got <U1: use names, labels = np.unique\(labels, return_inv"),
        ([[1, 0], [0, 1]], r"expected labels of shape \(2,\) for scores of shape \(2, 3\)"),
        ([[1, 0, 0], [0, 1, 0]], r".* got \(2, 3\); for one-hot rows, use labels.argmax\(axis=1\)"),
        ([[1], [0]], r".* got \(2, 1\); use labels\[..., 0\]"),
    ],
)
def test_labels_that_are_no_classes_are_refused(operation: Any, labels: Any, message: str) -> None:
    with pytest.raises(InputError, match=f"{operation.name} .*{message}|{message}"):
        operation(np.ones((2, 3)), np.array(labels))


@pytest.mark.parametrize("pool", [ops.adaptive_avg_pool2d, ops.adaptive_max_pool2d])
def test_adaptive_pooling_names_what_it_cannot_pool(pool: Any) -> None:
    with pytest.raises(InputError, match=r"adaptive_..._pool2d expected x \(n, c, h, w\), got shape"):
        pool(np.ones((3, 4, 5)), output_size=1)
    with pytest.raises(InputError, match=r"a window needs a cell, got x of shape \(1, 1, 0, 4\)"):
        pool(np.ones((1, 1, 0, 4)), output_size=1)
    for size in (0, (1, None, 2)):
        with pytest.raises(ArgumentError, match="output_size must be an int of at least 1, or 2 of them"):
            pool(np.ones((1, 1, 2, 2)), output_size=size)


def test_softmax_along_an_axis_that_is_not_there_is_refused() -> None:
    for softmax in (ops.softmax, ops.log_softmax):
        with pytest.raises(np.exceptions.AxisError, match="axis 2 is out of bounds"):
            softmax(np.ones((2, 3)), axis=2)


def test_sizes_and_strides_may_be_numpy_integers() -> None:
    two: Any = np.int64(2)
    layer = nn.Conv2d(two, two, two, stride=two)
    assert layer(np.ones((1, 2, 4, 4), np.float32)).shape == (1, 2, 2, 2)


@pytest.mark.parametrize("initializer", [glorot_uniform, normal, orthogonal])
def test_an_initializer_refuses_an_integer_dtype(initializer: mg.Initializer) -> None:
    with pytest.raises(ArgumentError, match="parameters are floating point, got int64"):
        initializer((3, 2), rng=RNG, dtype=np.int64)


SETTINGS: list[tuple[type[mg.Optimizer], dict[str, Any], type[Exception], str]] = [
    (optimizers.SGD, {"momentum": -1}, InputError, r"sgd: momentum must be a number in \[0, 1\), got -1"),
    (optimizers.Muon, {"momentum": 1.5}, InputError, r"muon: momentum must be a number in \[0, 1\), got 1.5"),
    (optimizers.SGD, {"momentum": "x"}, ArgumentError, "sgd: momentum must be a number .*, got 'x'"),
    (
        optimizers.Adam,
        {"betas": (1.5, 0.9)},
        InputError,
        r"adam: betas must be two numbers in \[0, 1\), got ",
    ),
    (optimizers.Adam, {"betas": (0.9,)}, ArgumentError, r"adam: betas must be two numbers .*, got \(0.9,\)"),
    (optimizers.AdamW, {"weight_decay": -1}, InputError, "adamw: weight_decay must be a number .*, got -1"),
    (optimizers.RMSprop, {"alpha": 1}, InputError, r"rmsprop: alpha must be a number in \[0, 1\), got 1"),
]


@pytest.mark.parametrize(("kind", "settings", "error", "message"), SETTINGS)
def test_an_optimizer_refuses_settings_out_of_range(
    kind: Any, settings: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        kind(parameters(), lr=1.0, **settings)
    with pytest.raises(error, match=message):
        kind([{"params": parameters(), **settings}], lr=1.0)


def test_a_group_without_parameters_is_refused() -> None:
    with pytest.raises(InputError, match=r"adam: a group lacks its 'params'; it has \['lr'\]"):
        optimizers.Adam([{"lr": 1}])


@pytest.mark.parametrize("wrong", [0.5, schedules.exponential])
def test_a_schedule_refuses_what_is_no_factor(wrong: Any) -> None:
    optimizer = optimizers.SGD(parameters(), lr=1.0)
    with pytest.raises(ArgumentError, match=r"Schedule expected a function .* such as exponential\(0.5\)"):
        schedules.Schedule(optimizer, wrong)
