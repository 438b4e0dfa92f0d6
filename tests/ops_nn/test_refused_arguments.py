"""Constructors say what was wrong with their arguments before NumPy does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
import minigrad_ops_nn as nn
from minigrad_core.errors import ArgumentError, InputError
from minigrad_ops_nn import optimizers, schedules
from minigrad_ops_nn.initializers import glorot_uniform, kaiming_normal, normal, orthogonal, uniform

RNG: Any = np.random.default_rng(0)
WRONG: Any = "x"  # of a type that the annotations forbid


def parameters() -> list[mg.Parameter]:
    return [mg.Parameter(np.ones(3))]


LAYERS: list[tuple[Callable[[], Any], str]] = [
    (lambda: nn.Linear(-1, 2), "Linear: in_features must be a whole number of at least 0, got -1"),
    (lambda: nn.Linear(1, 2.5), "Linear: out_features must be a whole number of at least 0, got 2.5"),  # type: ignore[arg-type]
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
        r"BatchNorm1d expected a share momentum in \[0, 1\], got None",
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
    (lambda: nn.LeakyReLU(0.2), r"LeakyReLU takes its settings by name, of \['negative_slope'\], got 0.2"),
    (lambda: nn.Residual(WRONG), "Residual expected a Module, got str"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "message"), LAYERS)
def test_a_layer_names_the_argument_that_it_cannot_take(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        make()


def test_groups_that_do_not_divide_the_channels_are_refused_when_the_layer_is_made() -> None:
    with pytest.raises(InputError, match="GroupNorm: 3 channels do not divide into 2 groups"):
        nn.GroupNorm(2, 3)


def test_sizes_and_strides_may_be_numpy_integers() -> None:
    two: Any = np.int64(2)
    layer = nn.Conv2d(two, two, two, stride=two)
    assert layer(np.ones((1, 2, 4, 4), np.float32)).shape == (1, 2, 2, 2)


@pytest.mark.parametrize("initializer", [glorot_uniform, normal, orthogonal])
def test_an_initializer_refuses_an_integer_dtype(initializer: mg.Initializer) -> None:
    with pytest.raises(ArgumentError, match="parameters are floating point, got int64"):
        initializer((3, 2), rng=RNG, dtype=np.int64)


def test_an_initializer_refuses_what_is_no_shape_no_generator_and_no_range() -> None:
    with pytest.raises(ArgumentError, match=r"shape: expected a tuple of sizes such as \(784, 100\), got 3"):
        kaiming_normal(3, rng=RNG)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match=r"rng: expected a generator, such as .*, got 3"):
        normal((3,), rng=3)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="uniform expected low of at most high, got low=1, high=0"):
        uniform((3,), rng=RNG, low=1, high=0)
    with pytest.raises(ArgumentError, match="normal expected stddev of at least 0, got -1"):
        normal((3,), rng=RNG, stddev=-1)


SETTINGS: list[tuple[type[mg.Optimizer], dict[str, Any], type[Exception], str]] = [
    (optimizers.SGD, {"momentum": -1}, InputError, "sgd: momentum must be a number of at least 0, got -1"),
    (optimizers.SGD, {"momentum": "x"}, ArgumentError, "sgd: momentum must be a number .*, got 'x'"),
    (
        optimizers.Adam,
        {"betas": (1.5, 0.9)},
        InputError,
        r"adam: betas must be two numbers in \[0, 1\), got ",
    ),
    (optimizers.Adam, {"betas": (0.9,)}, ArgumentError, r"adam: betas must be two numbers .*, got \(0.9,\)"),
    (optimizers.AdamW, {"weight_decay": -1}, InputError, "adamw: weight_decay must be a number .*, got -1"),
    (optimizers.RMSprop, {"alpha": 2}, InputError, r"rmsprop: alpha must be a number in \[0, 1\], got 2"),
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


def test_a_schedule_refuses_what_is_no_optimizer_and_no_factor() -> None:
    optimizer = optimizers.SGD(parameters(), lr=1.0)
    with pytest.raises(ArgumentError, match="Schedule expected an optimizer, got 3"):
        schedules.Schedule(3, schedules.exponential(0.5))  # type: ignore[arg-type]
    for wrong in (0.5, schedules.exponential):
        with pytest.raises(
            ArgumentError, match=r"Schedule expected a function .* such as exponential\(0.5\)"
        ):
            schedules.Schedule(optimizer, wrong)  # type: ignore[arg-type]
    with pytest.raises(
        ArgumentError, match=r"step_decay expected step_size, a whole number of at least 1, got 1.5"
    ):
        schedules.step_decay(1.5)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match=r"one_cycle expected pct_start=2 in \[0, 1\]"):
        schedules.one_cycle(10, pct_start=2)
