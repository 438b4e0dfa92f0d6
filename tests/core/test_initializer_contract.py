"""The one definition of fans."""

from __future__ import annotations

import pytest

from minigrad_core.contracts import fans


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((784, 100), (784, 100)),
        ((32, 16, 3, 3), (144, 288)),
        ((8, 4, 5), (20, 40)),
        ((10,), (10, 10)),
        ((), (1, 1)),
        ((0, 5), (0, 5)),
    ],
)
def test_fans(shape: tuple[int, ...], expected: tuple[int, int]) -> None:
    assert fans(shape) == expected
