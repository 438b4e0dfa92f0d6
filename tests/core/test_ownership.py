"""An array is ours if nothing else can reach its memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from minigrad_core.tensor.ownership import copy_if_shared


def fresh() -> NDArray[np.float64]:
    return np.ones(4)


def test_an_array_that_nobody_else_has_is_kept() -> None:
    array = fresh()
    address = array.ctypes.data
    assert copy_if_shared(array).ctypes.data == address


def test_an_array_with_a_second_name_is_copied() -> None:
    array = fresh()
    other = array
    assert copy_if_shared(array) is not other


def test_an_array_in_a_container_is_copied() -> None:
    array = fresh()
    held = [array]
    assert not np.shares_memory(copy_if_shared(array), held[0])


def test_an_array_that_has_a_view_is_copied() -> None:
    array = fresh()
    view = array[:2]
    assert not np.shares_memory(copy_if_shared(array), view)


def test_an_array_behind_a_buffer_is_copied() -> None:
    array = fresh()
    buffer = memoryview(array)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    assert not np.shares_memory(copy_if_shared(array), np.asarray(buffer))


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
