"""Mistakes of users who know PyTorch, or who assign tensors to elements of arrays."""

from __future__ import annotations

import math
import traceback
from typing import Any

import numpy as np
import pytest
from scipy import special

import minigrad_core as mg
from minigrad_core.errors import ArgumentError, ConversionError, InputError
from minigrad_ops_nn import GRU, LSTM, MLP, RNN, Flatten, Linear

T = mg.tensor([[1.0, 2.0, 3.0]], requires_grad=True)
IMAGES = np.zeros((5, 28, 28), np.float32)
SEQUENCES = np.zeros((7, 3, 6), np.float32)

MISTAKES: dict[str, tuple[Any, Any, str]] = {
    "an array of tensors": (lambda: np.array([T, T]), ConversionError, r"np.stack\(\[...\]\)"),
    "math": (lambda: math.sin(T[0, 0]), ConversionError, r"np.sin\(t\) instead of math.sin\(t\)"),
    "PyTorch's axis": (lambda: T.sum(dim=0), ArgumentError, "'dim': NumPy calls it axis; it has axis"),
    "shuffling": (lambda: np.random.default_rng(0).permutation(T), ConversionError, "rng.permutation"),
    "truth": (lambda: bool(T), InputError, r"t.any\(\), t.all\(\) or t is not None"),
    "a format": (lambda: f"{T:.3f}", ArgumentError, "np.array2string"),
    "long": (lambda: T.long(), AttributeError, r"x.numpy\(\).astype\(np.int64\)"),  # type: ignore[attr-defined]
    "logsumexp of SciPy": (lambda: special.logsumexp(T, b=np.ones(3)), ConversionError, "basic.logsumexp"),
    "an axis to transpose": (lambda: np.transpose(T, 0), InputError, r"all 2 axes.*x.T.*np.swapaxes"),
    "sizes one by one": (lambda: MLP(784, 100, 10), ArgumentError, r"one sequence, as in MLP\(\[784"),  # type: ignore[arg-type]
    "images to an MLP": (lambda: MLP([784, 10])(IMAGES), InputError, r"x.reshape\(len\(x\), -1\)"),
    "images to a layer": (lambda: Linear(784, 10)(IMAGES), InputError, r"x.reshape\(len\(x\), -1\)"),
    "a list to a layer": (lambda: Flatten()([[1.0, 2.0]]), ArgumentError, r"Flatten .* got list.*np.asarray"),
    "features of a sequence": (lambda: LSTM(5, 4)(SEQUENCES), InputError, r"time, batch, 5.*batch_first"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_refused_with_advice(name: str) -> None:
    make, kind, message = MISTAKES[name]
    with pytest.raises(kind, match=message):
        make()


def test_assigning_a_tensor_to_an_element_is_explained_by_the_cause() -> None:
    """NumPy replaces an exception of `__float__` by its own, and chains the two."""
    with pytest.raises(ValueError, match="sequence") as raised:
        np.zeros(3)[0] = T[0, 0]
    assert isinstance(raised.value.__cause__, ConversionError)
    assert "np.stack([...]) instead of array[i] = tensor" in "".join(traceback.format_exception(raised.value))


def test_the_size_is_an_int_so_that_single_precision_is_kept() -> None:
    """NumPy would take a subclass of int, which could refuse `t.size()`, for a double in `t / t.size`."""
    x = mg.tensor(np.ones(3, np.float32))
    assert type(x.size) is int
    assert (x / x.size).dtype == np.float32


def test_one_axis_may_be_given_as_a_number_to_transpose() -> None:
    np.testing.assert_array_equal(np.transpose(T[0], 0).data, T.data[0])


@pytest.mark.parametrize("layer", [RNN, GRU, LSTM])
def test_the_docstrings_of_recurrent_layers_give_the_order_of_axes(layer: type) -> None:
    assert "(time, batch, input_size)" in (layer.__doc__ or "")
