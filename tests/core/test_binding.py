"""NumPy's arguments, bound to an operation's inputs and settings."""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any

import numpy as np
import pytest

from minigrad_core import Array, Context, Operation, Tensor, tensor
from minigrad_core.errors import ArgumentError
from minigrad_core.tensor import apply
from minigrad_core.tensor.binding import bind
from tests.core.tiny_ops import add


class Recorder(Operation):
    """Keeps its arguments for the test."""

    name = "recorder"

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad


class Sum(Recorder):
    def forward(self, ctx: Context, x: Array, *, axis: Any = None, keepdims: bool = False) -> Any:
        self.call = (x, axis, keepdims)
        return np.ones(1)


class Clip(Recorder):
    def forward(self, ctx: Context, x: Array, low: Any = None, high: Any = None) -> Any:
        self.call = (x, low, high)
        return np.ones(1)


class Join(Recorder):
    def forward(self, ctx: Context, *arrays: Array, axis: int = 0) -> Any:
        self.call = (arrays, axis)
        return np.ones(1)


class Named(Recorder):
    """Takes an input by the name of a later parameter."""

    def forward(self, ctx: Context, a: Array, weights: Array | None = None, *, axis: Any = None) -> Any:
        self.call = (a, weights, axis)
        return np.ones(1)


# Functions with the signatures of NumPy's.
def total(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, initial: float = 0
) -> None: ...
def clip(a: Any, a_min: Any = None, a_max: Any = None, *, casting: str = "same_kind") -> None: ...
def join(arrays: Any, axis: int = 0, out: Any = None) -> None: ...
def average(a: Any, axis: Any = None, weights: Any = None) -> None: ...
def spread(a: Any, axis: Any = None, *, weights: Any = None) -> None: ...


X, Y, Z = np.ones(2), np.zeros(2), np.full(2, 5.0)


@pytest.mark.parametrize(
    ("function", "op", "call", "expected"),
    [
        (total, Sum(), lambda f: f(X), (X, None, False)),
        (total, Sum(), lambda f: f(X, 0), (X, 0, False)),
        (total, Sum(), lambda f: f(X, axis=0), (X, 0, False)),
        (total, Sum(), lambda f: f(X, 0, None, None, True), (X, 0, True)),
        (total, Sum(), lambda f: f(a=X, keepdims=True), (X, None, True)),
        (total, Sum(), lambda f: f(X, out=None, initial=0), (X, None, False)),
        (clip, Clip(), lambda f: f(X, Y, Z), (X, Y, Z)),
        (clip, Clip(), lambda f: f(X, a_max=Z), (X, None, Z)),
        (clip, Clip(), lambda f: f(X, Y), (X, Y, None)),
        (clip, Clip(), lambda f: f(X, Y, Z, casting="same_kind"), (X, Y, Z)),
        (average, Named(), lambda f: f(X, 0, Y), (X, Y, 0)),
        (average, Named(), lambda f: f(X, weights=Y), (X, Y, None)),
        (average, Named(), lambda f: f(X, 1), (X, None, 1)),
        (spread, Named(), lambda f: f(X, 1, weights=Y), (X, Y, 1)),
        (spread, Named(), lambda f: f(X, axis=1), (X, None, 1)),
        (spread, Named(), lambda f: f(X, 1), (X, None, 1)),
    ],
)
def test_arguments_become_inputs_and_settings(
    function: Any, op: Any, call: Any, expected: tuple[Any, ...]
) -> None:
    call(bind(function, op))
    assert all(a is b for a, b in zip(op.call, expected, strict=True))


def test_a_default_of_numpys_that_differs_from_the_operations_is_filled_in() -> None:
    def reduce(a: Any, axis: Any = 0, keepdims: bool = False) -> None:
        """Stand for `np.add.reduce`, whose axis is 0."""

    op = Sum()
    call = bind(reduce, op)
    for kwargs, axis in (({}, 0), ({"axis": 1}, 1), ({"keepdims": True}, 0)):
        call(X, **kwargs)
        assert op.call[1] == axis


def test_a_leading_sequence_spreads_over_the_arrays() -> None:
    op = Join()
    bind(join, op)([X, Y], 1)
    (first, second), axis = op.call
    assert (first is X, second is Y, axis) == (True, True, 1)
    bind(join, op)(arrays=(X, Y, Z), axis=-1)
    assert len(op.call[0]) == 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda f: f(X, initial=5),
            "recorder has no argument 'initial'; it has axis",
        ),
        (lambda f: f(X, 0, np.float32), "has no argument 'dtype'"),
        (lambda f: f(X, initial=np.zeros(())), "'initial'"),  # an array is never taken for a default
        (lambda f: f(X, out=Y), "total: out= would write in place.*use the result: y = f"),
        (lambda f: f(X, 0, None, Y), "out= would write in place"),
        (lambda f: f(X, nonsense=1), "has no argument 'nonsense'"),
        (lambda f: f(X, X, axis=0), "total got 'axis' twice"),
        (lambda f: f(1, 2, 3, 4, 5, 6, 7), "total takes 6 positional arguments, got 7"),
    ],
)
def test_an_argument_that_the_operation_does_not_know_is_refused_by_name(
    call: Callable[..., Any], message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        call(bind(total, Sum()))


def test_an_operation_may_bind_the_arguments_itself() -> None:
    class Own(Recorder):
        def from_numpy(self, *args: Any, **kwargs: Any) -> Any:
            return args[::-1], {"axis": kwargs.get("where")}

        def forward(self, ctx: Context, x: Any, y: Any, *, axis: Any) -> Any:
            self.call = (x, y, axis)
            return np.ones(1)

    op = Own()
    bind(total, op)(X, Y, where=7)
    assert (op.call[0] is Y, op.call[1] is X, op.call[2]) == (True, True, 7)


def test_an_operation_may_return_numpys_type() -> None:
    class Listed(Join):
        to_numpy = list

    assert bind(join, Listed())([X, Y]) == [1.0]


def test_a_ufunc_is_bound_to_apply_itself() -> None:
    assert bind(np.add, add) == MethodType(apply, add)


def test_the_signature_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import inspect

    call = bind(total, Sum())

    def fail(*_: Any) -> Any:
        raise AssertionError("a call read the signature")

    monkeypatch.setattr(inspect, "signature", fail)
    assert isinstance(call(X, axis=0, keepdims=True), Tensor)


def test_an_argument_that_from_numpy_does_not_take_is_refused_with_the_operations_name() -> None:
    with pytest.raises(ArgumentError, match=r"basic::argmax .*: got an unexpected keyword argument 'dim'"):
        tensor([1.0, 2.0]).argmax(dim=0)
