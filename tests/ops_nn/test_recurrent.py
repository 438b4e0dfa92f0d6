"""The recurrent kernels on plain arrays against the formulas that run on tensors, and at their limits."""

from __future__ import annotations

from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minigrad_core as mg
from minigrad_ops_nn import recurrent
from minigrad_ops_nn.recurrent import lstm_sums, small_gemm
from minigrad_ops_nn.recurrent.gru import GRU_EQUATIONS
from minigrad_ops_nn.recurrent.lstm import LSTM_EQUATIONS
from minigrad_ops_nn.recurrent.operations import unroll, unroll_backward
from minigrad_ops_nn.recurrent.rnn import RNNEquations

# (equations, number of states)
EQUATIONS: dict[str, tuple[Any, int]] = {
    "tanh": (RNNEquations("tanh"), 1),
    "relu": (RNNEquations("relu"), 1),
    "gru": (GRU_EQUATIONS, 1),
    "lstm": (LSTM_EQUATIONS, 2),
}
OPERATIONS: dict[str, tuple[Any, int, int]] = {
    "rnn": (recurrent.rnn, 1, 1),
    "gru": (recurrent.gru, 3, 1),
    "lstm": (recurrent.lstm, 4, 2),
}


@pytest.mark.parametrize("name", sorted(EQUATIONS))
@given(
    st.tuples(st.integers(1, 4), st.integers(0, 5), st.integers(0, 3), st.sampled_from([1, 2, 3, 64, 96])),
    st.tuples(st.booleans(), st.booleans()),
    st.booleans(),
    st.integers(0, 2**32),
)
@settings(max_examples=40, deadline=None)
def test_all_steps_at_once_equal_one_after_the_other(
    name: str, shape: tuple[int, int, int, int], biased: tuple[bool, bool], avx512: bool, seed: int
) -> None:
    equations, states = EQUATIONS[name]
    steps, n, features, hidden = shape
    rng = np.random.default_rng(seed)
    xs = rng.standard_normal((n, steps, features)).swapaxes(0, 1)[::-1]
    state = tuple(rng.standard_normal((n, hidden)) for _ in range(states))
    wide = equations.gates * hidden
    biases = [rng.standard_normal(wide) if present else None for present in biased]
    weights: Any = (rng.standard_normal((features, wide)), rng.standard_normal((hidden, wide)), *biases)
    formula = unroll(equations, xs, state, weights)
    grads = rng.standard_normal(formula.outputs.shape)
    last = tuple(rng.standard_normal(c.shape) for c in formula.last)
    with mock.patch.object(small_gemm, "has_avx512", return_value=avx512):
        actual = equations.run(xs, state, weights)
        gradients = equations.run_backward(grads, last, actual.saved, weights[1])
    expected = unroll_backward(equations, grads, last, formula.saved, weights[1])
    for got, wanted in zip(
        (actual.outputs, actual.previous, *actual.last, gradients.x, gradients.h, *gradients.state),
        (formula.outputs, formula.previous, *formula.last, expected.x, expected.h, *expected.state),
        strict=True,
    ):
        np.testing.assert_allclose(got, wanted, rtol=1e-10, atol=1e-10)


def arguments(name: str, dtype: Any, scale: float = 1.0) -> list[Any]:
    """Return tensors for an operation of that name: x, states, weights, biases."""
    _, gates, states = OPERATIONS[name]
    rng = np.random.default_rng(0)
    shapes = [(4, 2, 3), *[(2, 5)] * states, (3, 5 * gates), (5, 5 * gates), (5 * gates,), (5 * gates,)]
    return [mg.tensor(scale * rng.standard_normal(s), dtype=dtype, requires_grad=True) for s in shapes]


def outputs(name: str, inputs: list[Any]) -> Any:
    result = OPERATIONS[name][0](*inputs)
    return result[0] if isinstance(result, tuple) else result


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_a_sequence_can_be_differentiated_twice(name: str) -> None:
    inputs = arguments(name, np.float64)
    out = outputs(name, inputs)
    out.backward(retain_graph=True)
    first = [x.grad for x in inputs]
    for x in inputs:
        x.zero_grad()
    out.backward()
    assert all(np.array_equal(x.grad, grad) for x, grad in zip(inputs, first, strict=True))


@pytest.mark.parametrize("name", ["gru", "lstm"])
def test_saturated_gates_neither_warn_nor_give_nan(name: str) -> None:
    inputs = arguments(name, np.float32, scale=1e4)
    out = outputs(name, inputs)
    out.backward()
    assert np.isfinite(out.data).all()
    assert all(np.isfinite(x.grad).all() for x in inputs)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_inputs_of_several_dtypes_are_promoted(name: str) -> None:
    inputs = arguments(name, np.float32)
    inputs[0] = mg.tensor(inputs[0].data, dtype=np.float64, requires_grad=True)
    out = outputs(name, inputs)
    out.backward()
    assert out.dtype == np.float64
    assert [x.grad.dtype for x in inputs] == [x.dtype for x in inputs]


@pytest.mark.parametrize("biased", [(), (0,), (1,), (0, 1)])
def test_an_lstm_of_many_rows_multiplies_inputs_and_states_as_one(
    biased: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_gemm, "has_avx512", lambda: True)
    shapes = [(8, 64, 3), (64, 64), (64, 64), (3, 256), (64, 256)]
    rng = np.random.default_rng(0)
    arrays: list[Any] = [rng.standard_normal(shape) for shape in shapes]
    arrays += [rng.standard_normal(256) if at in biased else None for at in (0, 1)]
    assert LSTM_EQUATIONS.run(arrays[0], (*arrays[1:3],), (*arrays[3:],)).joined is not None

    def outcome() -> list[Any]:
        inputs: Any = [None if a is None else mg.tensor(a, requires_grad=True) for a in arrays]
        out, c = recurrent.lstm(*inputs)
        (np.sin(out).sum() + np.sin(c).sum()).backward()
        return [out.data, c.data, *(x.grad for x in inputs if x is not None)]

    at_once = outcome()
    monkeypatch.setattr(lstm_sums, "ROWS", 65)
    for got, wanted in zip(at_once, outcome(), strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-10, atol=1e-10)
