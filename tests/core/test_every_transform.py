"""Properties that all transforms share: types, dtypes, zeros, `no_grad`, errors, threads, writes in place."""

from __future__ import annotations

from collections import UserDict, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from minigrad_core import (
    Parameter,
    Tensor,
    checkpoint,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    no_grad,
    tensor,
    value_and_grad,
    vjp,
)
from minigrad_core.engine.modes import recording
from minigrad_core.errors import ArgumentError, DifferentiabilityError, MinigradError
from tests.core.tiny_ops import gradient

X = np.array([1.0, 2.0, 3.0])

# Each returns one derivative of f, a scalar function of x.
TRANSFORMS: dict[str, Any] = {
    "grad": lambda f, x: grad(f)(x),
    "value_and_grad": lambda f, x: value_and_grad(f)(x)[1],
    "vjp": lambda f, x: vjp(f, x)[1](1.0),
    "jvp": lambda f, x: jvp(f, (x,), (np.ones(np.shape(x)),))[1],
    "hvp": lambda f, x: hvp(f, (x,), (np.ones(np.shape(x)),))[0],
    "jacobian": lambda f, x: jacobian(f)(x),
    "hessian": lambda f, x: hessian(f)(x),
    "grad of grad": lambda f, x: grad(lambda x: np.sum(grad(f)(x)))(x),
    "grad of checkpoint": lambda f, x: grad(checkpoint(f))(x),
}
SHAPES: dict[str, tuple[int, ...]] = {**dict.fromkeys(TRANSFORMS, (3,)), "jvp": (), "hessian": (3, 3)}

each_transform = pytest.mark.parametrize("name", TRANSFORMS)


def f(x: Any) -> Any:
    return np.sum(np.sin(x) * x**2)


@each_transform
def test_arrays_give_arrays_and_numbers_give_numbers(name: str) -> None:
    assert isinstance(TRANSFORMS[name](f, X), float if name == "jvp" else np.ndarray)
    assert np.shape(TRANSFORMS[name](f, X)) == SHAPES[name]
    assert isinstance(TRANSFORMS[name](f, 0.5), float)


@each_transform
def test_tensors_give_tensors_that_can_be_differentiated_again(name: str) -> None:
    assert not TRANSFORMS[name](f, tensor(X)).requires_grad
    x = tensor(X, requires_grad=True)
    derivative = TRANSFORMS[name](f, x)
    assert isinstance(derivative, Tensor)
    np.sum(derivative).backward()
    expected = grad(lambda x: np.sum(TRANSFORMS[name](f, x)))(X)
    np.testing.assert_allclose(gradient(x), expected, rtol=1e-12)


@each_transform
def test_a_derivative_stays_in_the_graph_of_a_closed_over_parameter(name: str) -> None:
    weight = Parameter(np.array(3.0))
    plain = TRANSFORMS[name](f, X)
    assert not isinstance(plain, Tensor)
    found = TRANSFORMS[name](lambda x: weight * f(x), X)
    np.testing.assert_allclose(found.data, 3 * plain, rtol=1e-12)
    assert weight.grad is None
    np.sum(found).backward()
    np.testing.assert_allclose(weight.grad or 0, np.sum(plain), rtol=1e-12)
    with no_grad():
        assert not isinstance(TRANSFORMS[name](lambda x: weight * f(x), X), Tensor)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble])
@each_transform
def test_derivatives_keep_the_dtype(name: str, dtype: Any) -> None:
    assert TRANSFORMS[name](lambda x: np.sum(np.tanh(x) * 2.0), np.ones(2, dtype)).dtype == dtype


@pytest.mark.parametrize("constant", [5.0, np.float32(1.0), tensor(1.0)], ids=["float", "scalar", "tensor"])
@each_transform
def test_the_derivative_of_a_constant_is_zeros(name: str, constant: Any) -> None:
    found = TRANSFORMS[name](lambda x: constant, X)
    np.testing.assert_array_equal(found, np.zeros(SHAPES[name]))


@each_transform
def test_the_derivative_by_an_integer_is_refused(name: str) -> None:
    for x in (np.array([1, 2]), 3):
        with pytest.raises(DifferentiabilityError, match=r"only floating point tensors .* is int64"):
            TRANSFORMS[name](lambda x: np.sum(x * 2.0), x)


@each_transform
def test_no_grad_around_a_transform_changes_nothing(name: str) -> None:
    expected = TRANSFORMS[name](f, X)
    with no_grad():
        found = TRANSFORMS[name](f, X)
        assert not TRANSFORMS[name](f, tensor(X, requires_grad=True)).requires_grad
        assert not recording.get()
    np.testing.assert_array_equal(found, expected)
    assert type(found) is type(expected)


@each_transform
def test_modes_are_restored_when_the_function_raises(name: str) -> None:
    def fail(x: Any) -> Any:
        raise RuntimeError("mine")

    for outer in (lambda function: function, grad):
        with pytest.raises(RuntimeError, match="mine"):
            outer(lambda x: TRANSFORMS[name](fail, x))(X)
    assert recording.get()
    assert type(grad(f)(X)) is np.ndarray  # and no tensor, as inside another transform


def test_modes_are_restored_when_a_checkpoint_raises_in_its_second_run() -> None:
    calls = []

    def fail_later(x: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("the second time")
        return np.sum(x)

    with pytest.raises(RuntimeError, match="the second time"):
        grad(checkpoint(fail_later))(X)
    assert recording.get()
    assert type(grad(np.sum)(X)) is np.ndarray


@pytest.mark.parametrize("transform", [grad, value_and_grad, jacobian, hessian, checkpoint])
def test_a_transformed_function_keeps_its_name(transform: Any) -> None:
    assert transform(f).__name__ == "f"


@each_transform
def test_a_value_in_the_place_of_the_function_is_refused(name: str) -> None:
    with pytest.raises(ArgumentError, match="got float64; pass f itself, and not f"):
        TRANSFORMS[name](np.sin(0.5), X)


@dataclass
class Result:
    loss: Any


class DataArray:
    """An array of another library around the tensor, as xarray and pint make them of `array * tensor`."""

    def __init__(self, data: Any) -> None:
        self.data = data
        self.dtype, self.shape = data.dtype, data.shape


@each_transform
def test_an_output_without_numbers_is_refused(name: str) -> None:
    with pytest.raises(ArgumentError, match=r"this function returned a Result.*np\.stack.*has_aux"):
        TRANSFORMS[name](lambda x: Result(x[0]), X)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: {x[0]},
        lambda x: (v for v in x),
        lambda x: map(np.sin, x),
        lambda x: {"loss": x[0]}.values(),
        lambda x: deque([x[0]]),
        lambda x: [x[0], Result(x[1])],
        lambda x: DataArray(x[0]),
        lambda x: lambda: x[0],
        lambda x: f"{x[0]}",
        lambda x: np.array([f"{v}" for v in x]),
    ],
    ids=[
        "set", "generator", "map", "values", "deque", "nested", "wrapper", "function", "string", "strings",
    ],
)  # fmt: skip
def test_outputs_without_numbers_of_every_kind_are_refused(function: Any) -> None:
    with pytest.raises(ArgumentError, match=r"this function returned an? "):
        vjp(function, X)


@pytest.mark.parametrize(
    "argument",
    [Result(1.0), {1.0}, (v for v in (1.0,)), UserDict(a=1.0), {"name": "Adam"}],
    ids=["dataclass", "set", "generator", "mapping", "string"],
)
def test_an_argument_without_numbers_is_refused_with_its_type(argument: Any) -> None:
    leaf = argument["name"] if isinstance(argument, dict) else argument
    with pytest.raises(ArgumentError, match=f"with respect to a {type(leaf).__name__}: .*vars\\(x\\)"):
        grad(lambda x: 1.0)(argument)


def derivatives(seed: int) -> Any:
    """Return many nested derivatives; some functions raise between them."""
    a = np.random.default_rng(seed).normal(size=3)

    def f(y: Any) -> Any:
        return np.sum(np.sin(y * a) * np.exp(0.1 * y))

    def fail(y: Any) -> Any:
        raise RuntimeError(f"seed {seed}")

    found = []
    for k in range(10):
        found.append(grad(lambda y: np.sum(grad(f)(y) * a))(a * k))
        found += [hvp(checkpoint(f), (a,), (a,))[0], jvp(grad(f), (a,), (a * k,))[1]]
        with pytest.raises(RuntimeError, match=f"seed {seed}"):
            grad(lambda y: jvp(fail, (y,), (y,))[1])(a)
        found.append(grad(f)(a))
        assert type(found[-1]) is np.ndarray  # and no tensor, as inside the transform of another thread
    return np.concatenate(found)


def test_threads_nest_transforms_as_one_thread_would() -> None:
    expected = [derivatives(seed) for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for one, other in zip(expected, pool.map(derivatives, range(8)), strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_function_may_differentiate_by_its_argument_in_other_threads() -> None:
    def f(x: Any) -> Any:
        with ThreadPoolExecutor(2) as pool:
            return sum(pool.map(lambda k: np.sum(grad(lambda y: np.sum(y**3) * k)(x)), [1.0, 2.0]))

    np.testing.assert_allclose(grad(f)(X), 18 * X)


def test_a_thread_in_a_copy_of_the_context_is_inside_the_transform() -> None:
    def f(x: Any) -> Any:
        def differentiate_closure() -> Any:
            return grad(lambda t: np.sum((t * x) ** 3))(2.0)

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(copy_context().run, differentiate_closure).result()

    np.testing.assert_allclose(grad(f)(X), 36 * X**2)


def test_a_function_may_sum_over_a_generator() -> None:
    def powers(x: Any) -> Iterator[Any]:
        for k in range(3):
            yield np.sum(x**k)

    np.testing.assert_array_equal(grad(lambda x: sum(powers(x)))(X), 1 + 2 * X)


@pytest.mark.parametrize("computed", [False, True])
def test_a_value_or_aux_that_depends_on_a_tensor_outside_stays_in_the_graph(computed: bool) -> None:
    w = tensor(3.0, requires_grad=True)
    outside = w * 2 if computed else w
    both = value_and_grad(lambda t: (t**2, [outside, t**2 * outside]), has_aux=True)(2.0)
    (value, aux), derivative = both
    assert not isinstance(value, Tensor)
    assert not isinstance(derivative, Tensor)
    (aux[0] + aux[1]).backward(retain_graph=True)
    assert w.grad == (10 if computed else 5)
    assert value_and_grad(lambda _: outside)(2.0)[0].requires_grad
    assert vjp(lambda t: (t, outside), 2.0)[0][1].requires_grad
    assert jvp(lambda t: (t, outside), (2.0,), (1.0,))[0][1].requires_grad
    with no_grad():
        assert not isinstance(grad(lambda t: (t**2, outside * t), has_aux=True)(2.0)[1], Tensor)


def test_aux_that_depends_on_the_variables_alone_is_plain() -> None:
    constant = tensor(3.0)
    aux = grad(lambda t: (t**2, [t, constant * t, "text"]), has_aux=True)(2.0)[1]
    assert aux == [2, 6, "text"]
    assert not any(isinstance(x, Tensor) for x in aux)


# Each would drop the gradient of x; b is an array of zeros.
WRITES = [
    "b[:] = x", "b += x", "np.copyto(b, x)", "np.put(b, [0], x[0])", "x[0] = 1.0", "np.place(b, b == 0, x)",
    "np.putmask(b, b == 0, x)", "np.add.at(b, [0], x[0])", "np.multiply(x, 2, out=b)", "np.add(x, 1, out=x)",
    "np.cumsum(x, out=b)", "np.fill_diagonal(x[None], 0)", "np.asarray(x, float)",
    "float(x[0])", "int(x[0])", "np.float64(x[0])", "float(np.asarray(x)[0])", "x.astype(int)",
]  # fmt: skip
REFUSED_BY_NUMPY = ["b[0] = x[0]", "b.fill(x[0])", "np.fromiter(x, float)"]


@pytest.mark.parametrize("statement", [*WRITES, *REFUSED_BY_NUMPY])
def test_a_statement_that_would_drop_a_gradient_is_refused(statement: str) -> None:
    def f(x: Any) -> Any:
        exec(statement, {"np": np, "x": x, "b": np.zeros(3)})
        return np.sum(x)

    by_numpy = statement in REFUSED_BY_NUMPY
    message = r"silently|graph|no operation answers|assign to a copy|would ignore"
    with pytest.raises(
        ValueError if by_numpy else MinigradError, match="with a sequence" if by_numpy else message
    ):
        grad(f)(X)
    assert recording.get()
