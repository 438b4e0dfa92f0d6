"""`copy_if_shared` keeps an array if no other object can reach its memory, and else copies it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from minigrad_core.tensor.ownership import copy_if_shared


def fresh() -> NDArray[np.float64]:
    return np.ones(4)


def test_an_array_without_another_reference_is_kept() -> None:
    array = fresh()
    address = array.ctypes.data
    assert copy_if_shared(array).ctypes.data == address


@pytest.mark.parametrize(
    "refer",
    [lambda array: array, lambda array: [array], lambda array: array[:2], memoryview],
    ids=["name", "container", "view", "buffer"],
)
def test_an_array_with_another_reference_is_copied(refer: Any) -> None:
    array = fresh()
    reference = refer(array)
    address = array.ctypes.data
    assert copy_if_shared(array).ctypes.data != address
    assert reference is not None


def test_a_view_is_copied() -> None:
    base = fresh()
    view = base[::2]
    result = copy_if_shared(view)
    assert result.base is None
    assert not np.shares_memory(result, base)


def test_memory_that_numpy_does_not_own_is_copied() -> None:
    memory = bytearray(32)
    array = np.frombuffer(memory)
    result = copy_if_shared(array)
    memory[0] = 1
    np.testing.assert_array_equal(result, np.zeros(4))


def test_scalars_become_arrays() -> None:
    result = copy_if_shared(np.float32(2))
    assert type(result) is np.ndarray
    assert result.shape == ()
    assert result.dtype == np.float32
