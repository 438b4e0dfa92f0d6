"""Layers against stored references, and their behaviour in addition to their operation."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
import minigrad_ops_nn as nn
from minigrad_core.errors import ArgumentError, UnknownNameError

with np.load(Path(__file__).parent / "layers.npz") as file:
    ARRAYS = dict(file)
INDEX = json.loads(ARRAYS["index"].item())


def load_arrays(number: int, prefix: str) -> dict[str, Any]:
    start = f"{number}.{prefix}."
    return {key.removeprefix(start): array for key, array in ARRAYS.items() if key.startswith(start)}


def make_layer(number: int, dtype: Any) -> Any:
    entry = INDEX[number]
    return getattr(nn, entry["layer"])(*entry["args"], **entry["kwargs"], dtype=dtype)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 1e-5)])
@pytest.mark.parametrize("number", range(len(INDEX)), ids=[f"{i}-{e['layer']}" for i, e in enumerate(INDEX)])
def test_outputs_and_gradients_equal_those_of_pytorch(number: int, dtype: Any, tolerance: float) -> None:
    layer = make_layer(number, dtype)
    layer.load_state_dict(load_arrays(number, "before"))
    x = mg.tensor(ARRAYS[f"{number}.x"], dtype=dtype, requires_grad=True)
    out = layer(x)
    out = out[0] if isinstance(out, tuple) else out
    out.backward(ARRAYS[f"{number}.cotangent"].astype(dtype))
    received = {name: parameter.grad for name, parameter in layer.named_parameters()}
    pairs = {name: (received[name], expected) for name, expected in load_arrays(number, "gradient").items()}
    assert set(pairs) == set(received)
    after = layer.state_dict()
    pairs |= {f"after {name}": (after[name], value) for name, value in load_arrays(number, "after").items()}
    pairs |= {"output": (out.data, ARRAYS[f"{number}.output"]), "x": (x.grad, ARRAYS[f"{number}.x_gradient"])}
    evaluated = layer.eval()(x)
    evaluated = evaluated[0] if isinstance(evaluated, tuple) else evaluated
    pairs["evaluated"] = (evaluated.data, ARRAYS[f"{number}.evaluated"])
    for name, (actual, expected) in pairs.items():
        scale = max(1.0, float(np.abs(expected).max()))
        np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance * scale, err_msg=name)
        assert actual.dtype == dtype, name


def test_layers_default_to_float32() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 3))
    assert {array.dtype for array in model.state_dict().values()} == {np.dtype(np.float32)}
    assert model(np.ones((2, 1, 4, 4), np.float32)).dtype == np.float32


def test_the_same_generator_makes_the_same_layer() -> None:
    first, second = (nn.LSTM(3, 4, rng=np.random.default_rng(1)).state_dict() for _ in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_no_gradient_flows_into_running_statistics() -> None:
    layer = nn.BatchNorm1d(2)
    assert layer.eval()(np.ones((1, 2), np.float32)).shape == (1, 2)
    layer.train()
    x = mg.tensor(np.random.default_rng(0).standard_normal((4, 2)), requires_grad=True)
    layer(x).backward()
    assert isinstance(layer.running_mean, np.ndarray)
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]


def test_batch_norm_of_an_array_without_a_weight_is_a_tensor_in_evaluation_mode_too() -> None:
    assert isinstance(nn.BatchNorm1d(2, affine=False).eval()(np.ones((1, 2), np.float32)), mg.Tensor)


@pytest.mark.parametrize("momentum", [0.9, 1.0])
def test_running_statistics_of_large_values_do_not_round_small_ones_away(momentum: float) -> None:
    layer = nn.BatchNorm1d(1, momentum=momentum)
    small = np.array([[-1e-4], [1e-4]], np.float32)
    layer(small * 1e8)
    before = layer.running_var.copy()
    layer(small)
    expected = (1 - momentum) * before.astype(np.float64) + momentum * small.var(dtype=np.float64, ddof=1)
    np.testing.assert_allclose(layer.running_var, expected, rtol=1e-6)
    assert layer.running_var[0] > 0


def test_dropout_drops_and_scales_in_training_mode_only() -> None:
    layer = nn.Dropout(0.25, rng=np.random.default_rng(0))
    x = np.ones((100, 100), np.float32)
    y = layer(x).data
    assert set(np.unique(y)) == {np.float32(0), np.float32(1 / 0.75)}
    assert abs((y == 0).mean() - 0.25) < 0.02
    assert layer.eval()(x) is x
    assert not nn.Dropout(1.0)(x).data.any()


def test_the_padding_row_of_an_embedding_gives_zeros_and_learns_nothing() -> None:
    layer = nn.Embedding(4, 3, padding_idx=1)
    out = layer(np.array([1, 2, 1]))
    out.backward()
    assert not out.data[[0, 2]].any()
    assert not layer.weight.data[1].any()
    assert layer.weight.grad is not None
    assert not layer.weight.grad[1].any()
    assert layer.weight.grad[2].all()


def test_attention_drops_weights_in_training_mode_only() -> None:
    layer = nn.MultiHeadAttention(4, 2, dropout=0.5, rng=np.random.default_rng(0))
    plain = nn.MultiHeadAttention(4, 2)
    plain.load_state_dict(layer.state_dict())
    x = np.random.default_rng(1).standard_normal((2, 5, 4)).astype(np.float32)
    assert not np.array_equal(layer(x).data, plain(x).data)
    np.testing.assert_array_equal(layer.eval()(x).data, plain(x).data)


def test_a_causal_block_does_not_look_ahead() -> None:
    block = nn.TransformerBlock(8, 2, 16, rng=np.random.default_rng(0))
    x = np.random.default_rng(1).standard_normal((1, 5, 8)).astype(np.float32)
    changed = x.copy()
    changed[0, 3:] += 1
    first, second = block(x, is_causal=True).data, block(changed, is_causal=True).data
    np.testing.assert_array_equal(first[0, :3], second[0, :3])
    assert not np.allclose(first[0, 3:], second[0, 3:])


def test_a_recurrent_layer_starts_from_the_state_that_it_is_given() -> None:
    layer = nn.GRU(2, 3, rng=np.random.default_rng(0))
    x = np.random.default_rng(1).standard_normal((6, 4, 2)).astype(np.float32)
    whole, last = layer(x)
    _, middle = layer(x[:2])
    rest, end = layer(x[2:], middle)
    np.testing.assert_allclose(rest.data, whole.data[2:], rtol=1e-6)
    np.testing.assert_allclose(end.data, last.data, rtol=1e-6)


def test_a_recurrent_layer_drops_between_its_layers_in_training_mode_only() -> None:
    x = np.random.default_rng(1).standard_normal((6, 4, 2)).astype(np.float32)
    dropping, same = (
        nn.LSTM(2, 3, num_layers=2, dropout=p, rng=np.random.default_rng(0)).eval() for p in (0.5, 0)
    )
    np.testing.assert_array_equal(dropping(x)[0].data, same(x)[0].data)
    dropping.train()
    assert not np.array_equal(dropping(x)[0].data, same(x)[0].data)
    below = dropping(x)[1][0].data[0]
    np.testing.assert_array_equal(below, same(x)[1][0].data[0])  # only what goes on to the next layer


@pytest.mark.parametrize("name", ["AdaptiveAvgPool", "AdaptiveMaxPool"])
def test_an_adaptive_layer_gives_the_size_that_it_was_made_with(name: str) -> None:
    x = np.random.default_rng(0).standard_normal((2, 3, 5, 7)).astype(np.float32)
    reduce = np.max if "Max" in name else np.mean
    one, rows = (getattr(nn, f"{name}2d")(size)(x).data for size in (1, (None, 1)))
    np.testing.assert_allclose(one[..., 0, 0], reduce(x, axis=(2, 3)), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(rows[..., 0], reduce(x, axis=3), rtol=1e-5, atol=1e-6)
    line = getattr(nn, f"{name}1d")(1)(x[0]).data
    np.testing.assert_allclose(line[..., 0], reduce(x[0], axis=2), rtol=1e-5, atol=1e-6)


def test_an_average_pooling_layer_may_leave_padding_out() -> None:
    layer = nn.AvgPool2d(2, padding=1, count_include_pad=False)
    assert (layer(np.ones((1, 1, 2, 2), np.float32)).data == 1).all()


def test_residual_adds_what_came_in() -> None:
    assert (nn.Residual(nn.ReLU())(mg.tensor([1.0, -1.0])).data == [2.0, -1.0]).all()


@pytest.mark.parametrize("activation", ["relu", "tanh", "nn::gelu", "basic::sin"])
def test_an_mlp_takes_any_registered_activation(activation: str) -> None:
    assert nn.MLP([3, 4, 2], activation=activation)(np.ones((5, 3), np.float32)).dtype == np.float32


@pytest.mark.parametrize("seed", [0, 1])
def test_a_seed_stands_for_its_generator(seed: Any) -> None:
    """A seed of 0 must not be taken for no generator, which would draw other weights each time."""
    for make in (lambda rng: nn.MLP([3, 4, 2], rng=rng), lambda rng: nn.Conv2d(1, 2, 3, rng=rng)):
        first, second = (make(rng).state_dict() for rng in (seed, np.random.default_rng(seed)))
        for name, value in first.items():
            np.testing.assert_array_equal(value, second[name])


def test_an_mlp_names_an_unknown_activation() -> None:
    with pytest.raises(UnknownNameError, match="rleu"):
        nn.MLP([3, 4, 2], activation="nn::rleu")


REPRS: list[tuple[Any, str]] = [
    (nn.GRU(2, 3, num_layers=2, dropout=0.5), "GRU(2, 3, num_layers=2, dropout=0.5)"),
    (nn.RNN(2, 3, nonlinearity="relu"), "RNN(2, 3, nonlinearity=relu)"),
    (nn.LeakyReLU(negative_slope=0.1), "LeakyReLU(negative_slope=0.1)"),
    (nn.AdaptiveMaxPool2d((None, 1)), "AdaptiveMaxPool2d(output_size=(None, 1))"),
    (nn.AvgPool2d(2, padding=1), "AvgPool2d(kernel_size=2, stride=2, padding=1, count_include_pad=True)"),
]


@pytest.mark.parametrize(("layer", "text"), REPRS)
def test_repr_shows_the_settings(layer: Any, text: str) -> None:
    assert repr(layer) == text


def test_repr_shows_the_tree() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.Residual(nn.Linear(4, 4, bias=False)))
    assert repr(model).splitlines() == [
        "Sequential(",
        "  (0): Conv2d(1, 2, kernel_size=(3, 3), padding=1)",
        "  (1): Residual(",
        "    (module): Linear(4, 4, bias=False)",
        "  )",
        ")",
    ]


def test_summary_counts_shared_parameters_once_and_leaves_the_model_as_it_was(capsys: Any) -> None:
    linear = nn.Linear(4, 4)
    model = nn.Sequential(linear, nn.BatchNorm1d(4), nn.Residual(linear))
    before = model.state_dict()
    nn.summary(model, np.ones((5, 4), np.float32))
    assert capsys.readouterr().out.splitlines()[-1].split() == ["total", "28"]
    assert model.training
    assert "forward" not in vars(linear)
    assert all(np.array_equal(before[name], value) for name, value in model.state_dict().items())


def test_summary_counts_a_tied_weight_where_it_comes_first(capsys: Any) -> None:
    first, second = nn.Linear(4, 4), nn.Linear(4, 4)
    second.weight = first.weight
    nn.summary(nn.Sequential(first, second), np.ones((5, 4), np.float32))
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()[1:]] == ["20", "4", "24"]


def test_a_recurrent_layer_drops_nothing_behind_its_last_layer() -> None:
    layer = nn.LSTM(2, 3, dropout=0.5, rng=np.random.default_rng(0))
    x = np.ones((4, 1, 2), np.float32)
    trained, evaluated = layer(x)[0], layer.eval()(x)[0]
    assert np.array_equal(trained.data, evaluated.data)


def test_the_first_settings_go_by_position_as_in_pytorch() -> None:
    x = np.ones((2, 3, 8, 8), np.float32)
    model = nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), nn.MaxPool2d(2, 2), nn.ConvTranspose2d(4, 3, 2, 2, 0))
    assert model(x).shape == (2, 3, 4, 4)
    assert model[:1](x).shape == (2, 4, 4, 4)
    assert nn.AvgPool1d(3, 1, 1)(x[0]).shape == (3, 8, 8)
    assert nn.GRU(3, 4, 2).num_layers == nn.RNN(3, 4, 2).num_layers == 2


def test_a_subclass_of_an_activation_has_its_own_signature_and_no_parameters_of_the_class() -> None:
    class Shifted(nn.ELU):
        def __init__(self, shift: float) -> None:
            super().__init__(alpha=2.0)
            self.shift = shift

    assert [*inspect.signature(nn.ELU).parameters] == ["alpha"]
    assert [*inspect.signature(Shifted).parameters] == ["shift"]
    with pytest.raises(ArgumentError, match=r"Trained.factor: a Parameter of the class"):
        type("Trained", (nn.ReLU,), {"factor": mg.Parameter(np.ones(1))})
