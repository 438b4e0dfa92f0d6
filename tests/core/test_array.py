"""The transpose of broadcasting, and aligned copies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import mutually_broadcastable_shapes

from minigrad_core.array import copy_aligned, get_shape, unbroadcast


@given(mutually_broadcastable_shapes(num_shapes=2, min_dims=0, max_dims=4, min_side=0, max_side=3))
def test_unbroadcast_is_the_transpose_of_broadcasting(shapes: object) -> None:
    shape, whole = shapes.input_shapes[0], shapes.result_shape  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
    rng = np.random.default_rng(0)
    x, grad = rng.normal(size=shape), rng.normal(size=whole)
    back = unbroadcast(grad, shape)
    assert back.shape == shape
    np.testing.assert_allclose(
        np.sum(np.broadcast_to(x, whole) * grad), np.sum(x * np.asarray(back)), atol=1e-12
    )


@pytest.mark.parametrize(
    ("x", "shape"), [(1.0, ()), (np.ones((2, 3)), (2, 3)), ([[1.0], [2.0]], (2, 1)), (np.float32(1), ())]
)
def test_shape_of_anything(x: object, shape: tuple[int, ...]) -> None:
    assert get_shape(x) == shape


def test_half_precision_counts_beyond_its_digits() -> None:
    copies = unbroadcast(np.ones((10_000, 2), np.float16), (2,))
    assert copies.dtype == np.float16
    np.testing.assert_array_equal(np.asarray(copies), [10_000, 10_000])


@pytest.mark.parametrize(
    ("shape", "target"),
    [((2**24 + 8, 2), (2,)), ((2, 2**23 + 4, 2), (1, 1, 2)), ((2**12, 2**12 + 1, 2), (1, 2))],
)
def test_a_sum_of_millions_of_single_precision_rows_loses_none(
    shape: tuple[int, ...], target: tuple[int, ...]
) -> None:
    ones = np.broadcast_to(np.float32(1), shape)  # takes no memory
    sums = np.asarray(unbroadcast(ones, target))
    assert sums.shape == target
    np.testing.assert_array_equal(sums, np.full(target, ones.size // 2, np.float32))


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(24).reshape(2, 3, 4)[:, ::2],
        np.array(7, np.float32),
        np.ones((0, 3)),
        np.array([1, 2], object),
    ],
    ids=["C order", "Fortran order", "strided", "0-d", "empty", "objects"],
)
@pytest.mark.parametrize("dtype", [None, np.dtype(np.float16)])
def test_an_aligned_copy_is_a_copy_that_begins_with_a_cache_line(array: Any, dtype: Any) -> None:
    expected, copy = array.astype(dtype or array.dtype), copy_aligned(array, dtype)
    np.testing.assert_array_equal(copy, expected, strict=True)
    assert copy.flags.c_contiguous == expected.flags.c_contiguous
    assert copy.flags.f_contiguous == expected.flags.f_contiguous
    assert copy.flags.writeable
    assert not np.shares_memory(copy, array)
    if array.flags.c_contiguous and not copy.dtype.hasobject:
        assert copy.ctypes.data % 64 == 0
