"""NumPy's functions return tensors for tensors, and NumPy accepts these tensors as arrays and numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from minigrad_core import Tensor, grad, no_grad, tensor
from minigrad_core.errors import ArgumentError, ConversionError

X = tensor([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]], requires_grad=True)

QUERIES: dict[str, Any] = {
    "comparison": lambda x: x > 0,
    "equality": lambda x: x == 1,
    "argmax": lambda x: np.argmax(x, axis=1),
    "floor_divide": lambda x: x // 2,
    "sign": np.sign,
    "logic": lambda x: (x > 0) & ~(x > 3) | (x < -5),
    "nonzero": lambda x: np.nonzero(x > 0)[1],
    "sum of a mask": lambda x: np.sum(x > 0),
    "method": lambda x: x.argsort(axis=0),
    "no operation": lambda x: np.union1d(x > 0, x > 1),
    "zeros_like": np.zeros_like,
    "tril_indices_from": lambda x: np.tril_indices_from(x)[0],
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_gives_a_tensor_that_requires_no_gradient(name: str) -> None:
    found, expected = QUERIES[name](X), QUERIES[name](X.data)
    assert type(found) is Tensor
    assert not found.requires_grad
    assert found.dtype == np.asarray(expected).dtype
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    "call", [np.shape, np.ndim, np.size, np.iscomplexobj, lambda x: np.allclose(x, x), len]
)
def test_a_number_of_python_stays_one(call: Any) -> None:
    assert not isinstance(call(X), Tensor)


USES: dict[str, Any] = {
    "a condition": lambda a: 1 if a.any() else 0,
    "a condition of one element": lambda a: 1 if a[0, 0] > 0 else 0,
    "an index of an array": lambda a: np.arange(6.0).reshape(2, 3)[a > 0],
    "an index of a list": lambda a: [10, 20, 30][np.argmax(a[0])],
    "an index and a slice": lambda a: np.arange(6.0).reshape(2, 3)[:, np.argmax(a, axis=1)],
    "a range": lambda a: list(range(np.argmax(a[0]))),
    "a size": lambda a: np.zeros(np.argmax(a[0])),
    "a format": lambda a: f"{np.mean(a > 0):.3f} {np.argmax(a[0]):03d} {np.argmax(a[0])}",
    "an old format": lambda a: "%d" % np.argmax(a[0]),  # noqa: UP031
    "an axis": lambda a: np.sum(np.ones((2, 3)), axis=np.argmin(a[:, 0])),
    "a shape": lambda a: np.ones((2, 3)).reshape(np.argmax(a[0]) + 1, 2),
    "a mask for where": lambda a: np.where(a > 0, 1.0, 0.0).sum().item(),
    "an array of numbers": lambda a: np.array([np.argmax(row) for row in a]),
    "a Python number": lambda a: (int(np.argmax(a)), float(np.sum(a > 0)), round(np.sum(a > 1))),
    "sorting": lambda a: sorted([int(i) for i in np.argmax(a, axis=1)]),
    "built-in sum": lambda a: int(sum(a[0] > 0)),
    "setting an entry": lambda a: _fill(np.zeros(2), lambda z: z.__setitem__(0, np.argmax(a))),
    "adding to an array": lambda a: _fill(np.zeros(2), lambda z: z.__iadd__(np.argmax(a, axis=1))),
    "adding at an index": lambda a: _fill(np.zeros(3), lambda z: np.add.at(z, np.argmax(a, axis=1), 1)),
    "writing to out": lambda a: _fill(np.zeros(2, int), lambda z: np.argmax(a, axis=1, out=z)),
    "a ufunc with out": lambda a: _fill(np.zeros(2, bool), lambda z: np.logical_not(a[:, 0] > 2, out=z)),
    "copying to an array": lambda a: _fill(np.zeros(2), lambda z: np.copyto(z, np.argmax(a, axis=1))),
    "positions": lambda a: np.arange(6.0).reshape(2, 3)[np.where(a > 0)],
    "a truncated number": lambda a: math.trunc(np.mean(a > 0)),
    "a comparison with a text": lambda a: [bool(np.sum(a > 0) == "all"), bool(np.sum(a > 0) != "all")],
    "putting along an axis": lambda a: _fill(
        np.zeros((2, 3)), lambda z: np.put_along_axis(z, np.argmax(a, axis=1, keepdims=True), 1.0, axis=1)
    ),
    "a length of a list": lambda a: [0] * np.sum(a > 0) + ["ab"] * np.argmax(a[0]),
    "a length of a text": lambda a: ["ab" * np.sum(a > 0)],
    "a mask that is put": lambda a: _fill(np.ones((2, 3)), lambda z: np.putmask(z, a > 0, 0.0)),
}  # fmt: skip


def _fill(array: Any, write: Any) -> Any:
    write(array)
    assert type(array) is np.ndarray
    return array


@pytest.mark.parametrize("name", USES)
def test_the_answer_serves_wherever_numpys_does(name: str) -> None:
    found, expected = USES[name](X), USES[name](X.data)
    np.testing.assert_array_equal(found, expected)
    if not isinstance(expected, np.ndarray):
        assert type(found) is type(expected)


def test_masks_and_indices_are_constants_of_a_derivative() -> None:
    def f(x: Any) -> Any:
        order = np.argsort(x)
        return np.sum(np.where(x > 0, x**2, x)[order] * np.arange(3.0)) + np.take_along_axis(x, order, 0)[0]

    np.testing.assert_allclose(grad(f)(np.array([2.0, -1.0, 0.5])), [8.0, 1.0, 1.0])


def test_a_setting_may_be_a_tensor_that_requires_no_gradient() -> None:
    axis = np.argmax(tensor([0, 1]))
    np.testing.assert_array_equal(np.sum(X, axis=axis).data, X.data.sum(1))


WRITERS: list[Any] = [
    lambda t: np.copyto(t, 0.0),
    lambda t: np.copyto(src=0.0, dst=t),
    lambda t: np.put(t, [0], 9.0),
    lambda t: np.place(t, t > 0, [9.0]),
    lambda t: np.putmask(t, t > 0, 9.0),
    lambda t: np.fill_diagonal(t, 9.0),
    lambda t: np.add.at(t, 0, 9.0),
]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("tracked", [False, True])
def test_a_function_that_writes_in_place_writes_to_no_tensor(write: Any, tracked: bool) -> None:
    t = tensor([[1.0, -2.0], [3.0, 4.0]], requires_grad=tracked) * 1.0
    before = t.numpy().copy()
    with no_grad(), pytest.raises(ArgumentError, match=r"writes in place.*t\[index\] = values"):
        write(t)
    np.testing.assert_array_equal(t.numpy(), before)


def test_a_gradient_is_never_lost_in_an_array() -> None:
    with pytest.raises(ArgumentError, match="out= would write in place"):
        np.exp(X, out=np.zeros((2, 3)))
    with pytest.raises(ValueError, match="setting an array element") as raised:
        np.zeros(2)[0] = X[0, 0]
    assert isinstance(raised.value.__cause__, ConversionError)
