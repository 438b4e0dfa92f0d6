"""Where an array of objects is another one than that of the numbers, it is refused, or made like that."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.errors import ArgumentError, ConversionError, InputError

W = np.array([0.5, -1.25, 2.0])


def _filled(x: Any, rows: Any) -> Any:
    array = np.empty(len(rows), object)
    for i, row in enumerate(rows):
        array[i] = row
    return array * x


def _filled_with(value: float, array: Any) -> Any:
    array[:] = value
    return array


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize(
    "f",
    [
        lambda x: _filled(x, [x, 2.0 * x, 3.0 * x]),  # row by row, where a tensor would be element by element
        lambda x: np.matrix([[x[0], x[1], x[2]]]) * np.reshape(x, (3, 1)),
        lambda x: np.reshape(x, (3, 1)) * np.matrix([[x[0], x[1], x[2]]]),
        lambda x: x * np.ma.array(np.array([x[0], x[1], x[2]]), mask=[False, True, False]),
        lambda x: x[0] * np.array([x[0], None]),
        lambda x: x[0] * (np.array([x[0]]), np.array([None]))[1],
    ],
)
def test_objects_that_are_no_numbers_or_have_operators_of_their_own_are_refused(f: Any) -> None:
    with pytest.raises(ArgumentError, match=r"basic::multiply .*np\.stack"):
        mg.grad(lambda x: np.sum(f(x)))(W)


@pytest.mark.parametrize(
    "values",
    [
        np.ma.array,
        lambda x: _filled(1.0, [x, x]),
        lambda x: np.array([x[0], None]),
        lambda x: np.array([(x[0], 1.0)], dtype=[("value", object), ("weight", float)]),
    ],
)
def test_arrays_of_such_objects_are_not_returned(values: Any) -> None:
    with pytest.raises(ArgumentError, match=r"an array of .*objec"):
        mg.jacobian(lambda x: values(np.array([x[0], x[1]])))(W)


class Series:
    """What NumPy can make an array of, and says no more, as one of pandas."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return self.values


def test_what_holds_an_array_of_objects_is_joined_beside_a_tensor() -> None:
    found = mg.grad(lambda x: np.sum(x * Series(np.array([x[0], x[1], 1.0]))))(W)
    np.testing.assert_array_equal(found, [2 * W[0], 2 * W[1], 1.0])


def test_what_stands_beside_the_value_is_left_alone_if_it_holds_no_numbers() -> None:
    beside = np.array([[1, 2], [3]], dtype=object)
    _, aux = mg.grad(lambda x: (np.sum([x[0], x[1]]), beside), has_aux=True)(W)
    assert aux is beside


def test_numbers_alone_are_floating_point_and_keep_their_shape() -> None:
    power = mg.ops.basic.power
    slope = mg.grad(lambda x: x[0] * power(np.array([x[0], 2])[1], np.array([x[0], -1])[1]))(W)
    np.testing.assert_array_equal(slope, [0.5, 0.0, 0.0])
    value, _ = mg.vjp(lambda x: (np.array([x[0], 1])[1:], np.asarray(np.reshape(x[:0], (0, 3)))), W)
    assert [(v.dtype, v.shape) for v in value] == [(float, (1,)), (float, (0, 3))]


def test_what_is_written_to_the_array_of_a_tensor_does_not_get_lost() -> None:
    with pytest.raises(ValueError, match="read-only"):  # it would be the argument itself, and is a copy
        mg.grad(lambda x: np.sum(_filled_with(2.0, np.asarray(x)) * x))(W)
    np.testing.assert_array_equal(mg.grad(lambda x: np.sum(_filled_with(2.0, np.array(x)) * x))(W), [2.0] * 3)


@pytest.mark.parametrize(
    "f",
    [
        np.max, np.argmin, np.sort, np.argsort, np.unique, lambda c: np.partition(c, 1),
        lambda c: np.clip(c, 0.0, 1.0), lambda c: np.maximum(0.0, c), lambda c: np.histogram(c, [0.0, 1.0]),
        lambda c: np.searchsorted([0.0, 1.0], c), lambda c: np.quantile([c, c], 0.3, axis=0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", [0, 1])
def test_a_nan_is_not_lost_among_objects(f: Any, place: int) -> None:
    x = W.copy()
    x[place] = np.nan

    def of_objects(x: Any) -> Any:
        f(np.array([x[0], x[1], 1.0]))
        return x[0]

    with pytest.raises(InputError, match="a NaN is compared") as caught:
        mg.grad(of_objects)(x)
    assert "np.stack" in caught.value.__notes__[0]
    mg.grad(lambda x: max(x[0], x[1]))(x)  # without objects, comparisons are NumPy's
    np.testing.assert_array_equal(mg.grad(lambda x: np.nansum([x[0], x[1]]))(x), np.arange(3) == 1 - place)


def test_cotangents_and_tangents_may_be_arrays_of_objects() -> None:
    def along(x: Any) -> Any:
        v = np.array([x[0], x[1], x[2]])
        pulled = mg.vjp(lambda y: y * y, x)[1](v)
        pushed = mg.jvp(lambda y: y * y, x, v)[1]
        return np.sum(pulled + pushed + mg.hvp(lambda y: np.sum(y**3), x, v))

    np.testing.assert_allclose(mg.grad(along)(W), 20.0 * W)  # of 2 x^2 + 2 x^2 + 6 x^2


def test_an_array_of_objects_in_an_attribute_of_a_module_is_cut_off_like_a_tensor() -> None:
    class Remembers(mg.Module):
        def __init__(self) -> None:
            self.weight = mg.Parameter(np.ones(2))

        def forward(self, x: Any) -> Any:
            self.last = np.array([self.weight[0] * x[0], self.weight[1]])
            return np.sum(self.last)

    model = Remembers()
    mg.grad(lambda model: model(W))(model)
    assert isinstance(model.last, mg.Tensor)
    assert not model.last.requires_grad


def test_a_gradient_is_no_array_of_objects() -> None:
    leaf = mg.tensor(W, requires_grad=True)

    def f(x: Any) -> Any:
        leaf.grad = x
        return np.sum(x)

    with pytest.raises(ConversionError, match=r"\.numpy\(\)"):
        mg.grad(f)(W)
    assert leaf.grad is None
