"""Random programs of 2 to 8 basic operations: the gradient against differences in extended precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minigrad_core as mg

# Smooth, and tame enough that eight of them stay in range. Each keeps a shape that the next one can take.
_UNARY: dict[str, Any] = {
    "sin": np.sin,
    "tanh": np.tanh,
    "arctan": np.arctan,
    "exp of tanh": lambda x: np.exp(np.tanh(x)),
    "sqrt": lambda x: np.sqrt(1 + x * x),
    "log": lambda x: np.log(2 + x * x),
    "square of sin": lambda x: np.sin(x) ** 2,
    "reciprocal": lambda x: 1 / (2 + x * x),
    "arcsinh": np.arcsinh,
    "logaddexp": lambda x: np.logaddexp(x, 0.5),
    "cumsum": lambda x: np.cumsum(np.tanh(x), axis=-1),
    "cumprod": lambda x: np.cumprod(np.cos(x), axis=0),
    "flip": lambda x: np.flip(x, 0),
    "roll": lambda x: np.roll(x, 1, axis=-1),
    "transpose": np.transpose,
    "reshape": lambda x: np.reshape(x, x.shape[::-1]),
    "centred": lambda x: x - np.mean(x, axis=0, keepdims=True),
    "normal": lambda x: x / (1 + np.sqrt(1e-3 + np.var(x, axis=-1, keepdims=True))),
    "softmax": lambda x: np.exp(np.arctan(x)) / np.sum(np.exp(np.arctan(x)), axis=-1, keepdims=True),
    "row": lambda x: np.tanh(x[:1]) * x,
    "read twice": lambda x: x[np.arange(x.shape[0]) // 2],
    "column": lambda x: x - x[:, -1:],
    "triangle": np.tril,
    "tile": lambda x: np.tile(x, (1, 2)) if x.size < 20 else x,
    "pad": lambda x: np.pad(x, 1, mode="edge") if x.size < 20 else x,
    "joined": lambda x: np.concatenate([x, np.sin(x)], axis=0) if x.size < 20 else x,
    "gram": lambda x: np.tanh(x @ x.T),
    "where": lambda x: np.where(np.arange(x.shape[-1]) % 2 == 0, x, np.cos(x)),
    "prod": lambda x: x * np.prod(np.cos(x), axis=-1, keepdims=True),
    "diff": lambda x: np.diff(x, axis=0, prepend=0.5),
    "einsum": lambda x: np.einsum("ij,kj->ik", np.tanh(x), np.sin(x)),
}
_BINARY: dict[str, Any] = {
    "add": np.add,
    "multiply": lambda x, y: np.tanh(x) * y,
    "divide": lambda x, y: x / (2 + y * y),
    "hypot": lambda x, y: np.hypot(1 + np.tanh(x) ** 2, y),
    "arctan2": lambda x, y: np.arctan2(x, 2 + y * y),
}

steps = st.lists(
    st.one_of(st.sampled_from(sorted(_UNARY)), st.sampled_from(sorted(_BINARY))), min_size=2, max_size=8
)
shapes = st.tuples(st.integers(1, 4), st.integers(1, 4))


def evaluated(names: list[str], x: Any) -> Any:
    """Return the sum of the program's result; a binary step takes the last value and the first."""
    y = x
    for name in names:
        y = _UNARY[name](y) if name in _UNARY else _BINARY[name](y, 0.1 * np.sum(x))
    return np.sum(np.sin(y))


def check(names: list[str], shape: tuple[int, int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, direction = rng.standard_normal(shape), rng.standard_normal(shape)
    analytic = float(np.sum(mg.grad(lambda a: evaluated(names, a))(x) * direction))
    step = np.longdouble(2e-5)
    wide, along = x.astype(np.longdouble), direction.astype(np.longdouble)
    # Five points, fourth order, in extended precision: about 1e-13.
    values = [evaluated(names, wide + k * step * along) for k in (-2, -1, 1, 2)]
    numeric = float((values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * step))
    assert analytic == pytest.approx(numeric, rel=1e-8, abs=1e-8), (names, shape, seed)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(steps, shapes, st.integers(0, 2**32 - 1))
def test_random_programs_agree_with_differences_in_extended_precision(
    names: list[str], shape: tuple[int, int], seed: int
) -> None:
    check(names, shape, seed)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(steps, shapes, st.integers(0, 2**32 - 1))
def test_ten_thousand_random_programs_agree_with_differences_in_extended_precision(
    names: list[str], shape: tuple[int, int], seed: int
) -> None:
    check(names, shape, seed)
