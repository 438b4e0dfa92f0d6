"""Transforms and what is around them: threads, `no_grad`, errors, generators, code that writes in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import numpy as np
import pytest

from minigrad_core import Module, Parameter, checkpoint, grad, hessian, hvp, jacobian, jvp, no_grad, vjp
from minigrad_core.engine.modes import recording
from minigrad_core.errors import ArgumentError, MinigradError

X = np.array([1.0, 2.0, 3.0])


def derivatives(seed: int) -> Any:
    """Return many nested derivatives; some bodies raise on the way."""
    a = np.random.default_rng(seed).normal(size=3)

    def f(y: Any) -> Any:
        return np.sum(np.sin(y * a) * np.exp(0.1 * y))

    def failing(y: Any) -> Any:
        raise RuntimeError(f"seed {seed}")

    found = []
    for k in range(10):
        found.append(grad(lambda y: np.sum(grad(f)(y) * a))(a * k))
        found += [hvp(checkpoint(f), (a,), (a,))[0], jvp(grad(f), (a,), (a * k,))[1]]
        with pytest.raises(RuntimeError, match=f"seed {seed}"):
            grad(lambda y: jvp(failing, (y,), (y,))[1])(a)
        found.append(grad(f)(a))
        assert type(found[-1]) is np.ndarray  # no tensor: not inside another thread's transform
    return np.concatenate(found)


def test_threads_nest_transforms_as_one_thread_would() -> None:
    alone = [derivatives(seed) for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for mine, together in zip(alone, pool.map(derivatives, range(8)), strict=True):
            np.testing.assert_array_equal(mine, together)


def test_a_body_may_differentiate_by_its_argument_in_other_threads() -> None:
    def f(x: Any) -> Any:
        with ThreadPoolExecutor(2) as pool:
            return sum(pool.map(lambda k: np.sum(grad(lambda y: np.sum(y**3) * k)(x)), [1.0, 2.0]))

    np.testing.assert_allclose(grad(f)(X), 18 * X)


def test_a_thread_in_a_copy_of_the_context_is_inside_the_transform() -> None:
    def f(x: Any) -> Any:
        def by_closure() -> Any:
            return grad(lambda t: np.sum((t * x) ** 3))(2.0)

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(copy_context().run, by_closure).result()

    np.testing.assert_allclose(grad(f)(X), 36 * X**2)


TRANSFORMS: dict[str, Any] = {
    "grad": lambda f, x: grad(f)(x),
    "vjp": lambda f, x: vjp(f, x)[1](1.0),
    "jvp": lambda f, x: jvp(f, (x,), (np.ones(3),))[1],
    "hvp": lambda f, x: hvp(f, (x,), (np.ones(3),))[0],
    "jacobian": lambda f, x: jacobian(f)(x),
    "hessian": lambda f, x: hessian(f)(x),
    "grad of grad": lambda f, x: grad(lambda x: np.sum(grad(f)(x)))(x),
    "grad of checkpoint": lambda f, x: grad(checkpoint(f))(x),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_no_grad_around_a_transform_changes_nothing(name: str) -> None:
    def f(x: Any) -> Any:
        return np.sum(np.sin(x) * x[::-1])

    expected = TRANSFORMS[name](f, X)
    with no_grad():
        found = TRANSFORMS[name](f, X)
        assert not recording.get()
    np.testing.assert_array_equal(found, expected)
    assert type(found) is type(expected)


def test_a_checkpoint_that_raises_when_it_is_run_again_leaves_nothing_behind() -> None:
    calls = []

    def f(x: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("the second time")
        return np.sum(x)

    with pytest.raises(RuntimeError, match="the second time"):
        grad(checkpoint(f))(X)
    assert recording.get()
    assert type(grad(np.sum)(X)) is np.ndarray


def test_a_body_may_be_a_generator_s_sum() -> None:
    def powers(x: Any) -> Iterator[Any]:
        for k in range(3):
            yield np.sum(x**k)

    np.testing.assert_array_equal(grad(lambda x: sum(powers(x)))(X), 1 + 2 * X)


def test_modules_and_dicts_are_differentiated_together() -> None:
    class Affine(Module):
        def __init__(self) -> None:
            self.w, self.b = Parameter(np.array([2.0, 3.0])), Parameter(np.array(1.0))

        def forward(self, x: Any) -> Any:
            return np.sum(self.w * x) + self.b

    model, data = Affine(), {"x": np.array([1.0, 2.0])}
    by_model, by_data = grad(lambda m, d: m(d["x"]) ** 2, (0, -1))(model, data)
    np.testing.assert_array_equal(by_model["w"], 18 * data["x"])
    np.testing.assert_array_equal(by_data["x"], [36, 54])
    assert model.w.grad is None


# Each would drop the gradient of x, b being an array of zeros.
WRITES = [
    "b[:] = x", "b += x", "np.copyto(b, x)", "np.put(b, [0], x[0])", "x[0] = 1.0", "np.place(b, b == 0, x)",
    "np.putmask(b, b == 0, x)", "np.add.at(b, [0], x[0])", "np.multiply(x, 2, out=b)", "np.add(x, 1, out=x)",
    "np.cumsum(x, out=b)", "np.fill_diagonal(x[None], 0)", "np.asarray(x, float)",
    "float(x[0])", "int(x[0])", "np.float64(x[0])", "float(np.asarray(x)[0])", "x.astype(int)",
]  # fmt: skip
BY_NUMPY = ["b[0] = x[0]", "b.fill(x[0])", "np.fromiter(x, float)"]


@pytest.mark.parametrize("statement", WRITES)
def test_what_would_drop_a_gradient_is_refused(statement: str) -> None:
    with pytest.raises(MinigradError, match=r"in silence|graph|no operation answers|written to|would ignore"):
        differentiate_through(statement)
    assert recording.get()


@pytest.mark.parametrize("statement", BY_NUMPY)
def test_a_tensor_for_an_element_of_an_array_is_refused_by_numpy(statement: str) -> None:
    with pytest.raises(ValueError, match="setting an array element with a sequence"):
        differentiate_through(statement)


def differentiate_through(statement: str) -> None:
    def f(x: Any) -> Any:
        exec(statement, {"np": np, "x": x, "b": np.zeros(3)})
        return np.sum(x)

    grad(f)(X)


def test_what_is_no_function_is_refused_before_it_is_called() -> None:
    value: Any = np.sin(0.5)
    calls: list[Callable[[], Any]] = [
        lambda: grad(value), lambda: vjp(value, X), lambda: jvp(value, (X,), (X,)), lambda: hvp(value, X, X),
        lambda: jacobian(value), lambda: checkpoint(value),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(ArgumentError, match="got float64; pass f itself, and not f"):
            call()
