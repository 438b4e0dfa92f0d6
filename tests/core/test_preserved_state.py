"""What a checkpointed function draws, it draws again; what else it changes is noticed, but for buffers."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from typing import Any

import numpy as np
import pytest

from minigrad_core import (
    Module,
    checkpoint,
    grad,
    tensor,
)
from minigrad_core.errors import GradientError

X = np.array([0.3, -0.7])


def test_random_numbers_are_drawn_again() -> None:
    def dropped(x: Any, rng: np.random.Generator) -> Any:
        return x * (rng.random(x.shape) > 0.5)

    x, rng = tensor(np.ones(1000), requires_grad=True), np.random.default_rng(0)
    y = checkpoint(dropped)(x, rng)
    after = rng.bit_generator.state
    np.sum(y).backward()
    assert x.grad is not None
    np.testing.assert_array_equal(x.grad, y.numpy())
    assert rng.bit_generator.state == after


class Noisy(Module):
    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def forward(self, x: Any) -> Any:
        return x * self.rng.random(x.shape)


RNG = np.random.default_rng(5)


def test_generators_are_found_wherever_they_are() -> None:
    rng = np.random.default_rng(1)
    noisy = Noisy(rng)

    def nested(x: Any) -> Any:
        return noisy(x)

    def with_default(x: Any, *, sources: Any) -> Any:
        return x * sources["a"][0].random(x.shape)

    functions: list[Any] = [
        noisy,
        noisy.forward,
        nested,
        lambda x: x * rng.random(x.shape),
        lambda x: x * RNG.random(x.shape),
        partial(lambda g, x: x * g.random(x.shape), rng),
        partial(with_default, sources={"a": (rng,)}),
        lambda x: nested(x),
        lambda x, g=rng: x * g.random(x.shape),
    ]
    for function in functions:
        x = tensor(np.ones(100), requires_grad=True)
        y = checkpoint(function)(x)
        np.sum(y).backward()
        assert x.grad is not None
        np.testing.assert_array_equal(x.grad, y.numpy())


def test_a_function_that_computes_something_else_the_second_time_is_caught() -> None:
    counter = iter([1.0, 2.0])

    def moody(x: Any) -> Any:
        return x * next(counter)

    y = checkpoint(moody)(tensor(X, requires_grad=True))
    with pytest.raises(GradientError, match=r"checkpoint: .*moody computed something else, .* ran again"):
        np.sum(y).backward()


def test_hidden_random_numbers_are_caught() -> None:
    class Hidden:
        def __init__(self) -> None:
            self.rng = np.random.default_rng(0)

        def __call__(self, x: Any) -> Any:
            return x * (self.rng.random(x.shape) > 0.5)

    y = checkpoint(Hidden())(tensor(np.ones(10_000), requires_grad=True))
    with pytest.raises(GradientError, match="Pass random generators as arguments"):
        np.sum(y).backward()


def test_a_variable_that_has_no_value_yet_is_no_obstacle() -> None:
    def early(x: Any) -> Any:
        return x * 2 if x.size else late

    np.testing.assert_array_equal(grad(lambda x: np.sum(checkpoint(early)(x)))(X), [2, 2])
    late = None


def test_importing_the_core_loads_no_part_of_numpy_that_numpy_does_not() -> None:
    code = "import sys, numpy, minigrad_core; print({'numpy.random', 'numpy.fft'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


class Averaging(Module):
    mean: Any

    def __init__(self, in_place: bool) -> None:
        self.register_buffer("mean", np.zeros(2))
        self.in_place = in_place

    def forward(self, x: Any) -> Any:
        if self.in_place:
            self.mean += 0.5 * (x.numpy() - self.mean)
            return x * self.mean.copy()
        self.mean = 0.5 * (x.numpy() + self.mean)
        return x * self.mean


@pytest.mark.parametrize("in_place", [False, True])
def test_buffers_move_once_and_are_used_as_they_were(in_place: bool) -> None:
    module, x = Averaging(in_place), tensor(X, requires_grad=True)
    y = checkpoint(module)(x)
    z = checkpoint(module)(x)
    np.sum(y + z).backward()
    np.testing.assert_allclose(module.mean, 0.75 * X)
    np.testing.assert_allclose(x.grad, 0.5 * X + 0.75 * X)  # type: ignore[arg-type]  # it has one


def test_what_is_recorded_does_not_see_a_buffer_move_on() -> None:
    module = Averaging(in_place=False)

    def f(x: Any) -> Any:
        module.mean += 1
        return x * x * module.mean

    x = tensor(X, requires_grad=True)
    y = checkpoint(f)(x)
    module.mean += 1
    np.sum(y).backward()
    np.testing.assert_allclose(x.grad, 2 * X)  # type: ignore[arg-type]  # it has one
    np.testing.assert_array_equal(module.mean, [2, 2])


def test_buffers_move_once_where_a_transform_gives_a_copy_of_the_module() -> None:
    module = Averaging(in_place=True)
    grad(lambda x: np.sum(checkpoint(module)(x)))(X)
    np.testing.assert_allclose(module.mean, 0.5 * X)
