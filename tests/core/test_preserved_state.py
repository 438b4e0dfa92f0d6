"""A checkpointed function runs again with its random numbers and buffers; other changed state is refused."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections import deque
from functools import partial
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from minigrad_core import Module, checkpoint, grad, tensor
from minigrad_core.errors import GradientError
from tests.core.tiny_ops import gradient

X = np.array([0.3, -0.7])


def test_the_state_of_a_generator_is_restored_after_the_second_run() -> None:
    def drop(x: Any, rng: np.random.Generator) -> Any:
        return x * (rng.random(x.shape) > 0.5)

    x, rng = tensor(np.ones(1000), requires_grad=True), np.random.default_rng(0)
    y = checkpoint(drop)(x, rng)
    after = rng.bit_generator.state
    np.sum(y).backward()
    np.testing.assert_array_equal(gradient(x), y.numpy())
    assert rng.bit_generator.state == after


class Noisy(Module):
    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def forward(self, x: Any) -> Any:
        return x * self.rng.random(x.shape)


RNG = np.random.default_rng(5)
noise = ModuleType("noise")
vars(noise)["random"] = RNG.random
package = ModuleType("package")
vars(package)["inner"] = noise


def scale(x: Any) -> Any:
    return x * RNG.random(x.shape)


class Slotted:
    __slots__ = ("__rng",)

    def __init__(self, rng: np.random.Generator) -> None:
        self.__rng = rng

    def drop(self, x: Any) -> Any:
        return x * self.__rng.random(x.shape)

    def __call__(self, x: Any) -> Any:
        return self.drop(x)


class ByGlobal:
    @property
    def rng(self) -> np.random.Generator:
        return RNG

    def drop(self, x: Any) -> Any:
        return x * self.rng.random(x.shape)

    __call__ = drop


def test_generators_are_found_wherever_a_function_reaches_them() -> None:
    rng = np.random.default_rng(1)
    noisy, draw = Noisy(rng), rng.random
    bits, python, legacy = np.random.PCG64(3), random.Random(0), np.random.RandomState(4)
    legacy.normal()  # a second draw waits

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
        lambda x: x * noise.random(x.shape),
        lambda x: x * package.inner.random(x.shape),
        lambda x: x * np.random.rand(*x.shape),  # noqa: NPY002
        lambda x: x * getattr(np.random, "ra" + "nd")(*x.shape),
        lambda x: x * legacy.normal(size=x.shape),
        lambda x: x * np.random.Generator(bits).random(x.shape),
        lambda x: x * np.array([python.gauss(0, 1) for _ in range(101)])[1:],
        lambda x: x * np.array([random.random() for _ in x]),
        lambda x: x * draw(x.shape),
        lambda x: scale(x),
        Slotted(rng).drop,
        Slotted(rng),
        SimpleNamespace(parts=[deque([Slotted(rng)])]).parts[0][0].drop,
        ByGlobal(),
        lambda x: ByGlobal().drop(x),
        eval("lambda x: x * RNG.random(x.shape)", {"RNG": rng}),
    ]
    for function in functions:
        x = tensor(np.ones(100), requires_grad=True)
        y = checkpoint(function)(x)
        np.sum(y).backward()
        np.testing.assert_array_equal(gradient(x), y.numpy())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rare_events_of_a_generator_that_is_not_found_are_refused(dtype: Any) -> None:
    def draw() -> Any:
        rng = np.random.default_rng(0)
        while True:
            yield rng.random(x.shape) > 1e-4

    masks, x = draw(), tensor(np.random.default_rng(1).random(100_000).astype(dtype), requires_grad=True)
    functions: list[Any] = [
        lambda x: x * next(masks),
        lambda x: x * next(masks).astype(dtype),
        lambda x: np.where(next(masks), x, 0),
        lambda x: np.sin(x - tensor(next(masks).astype(dtype))),
    ]
    for f in functions:
        y = checkpoint(f)(x)
        with pytest.raises(GradientError, match="Pass random generators as arguments"):
            np.sum(y).backward()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("size", [50, 1000, 100_001])
def test_one_event_that_moves_is_noticed_and_last_digits_are_not(dtype: Any, size: int) -> None:
    x, places = tensor(np.ones(size, dtype), requires_grad=True), iter([3, size - 2])
    values = np.random.default_rng(0).standard_normal(size).astype(dtype)
    digits = iter([values, np.nextafter(values, dtype(0))])
    with np.errstate(all="raise"):
        checkpoint(lambda x: x * next(digits))(x).backward()
        y = checkpoint(lambda x: x * (np.arange(size) != next(places)).astype(dtype))(x)
        with pytest.raises(GradientError, match="computed something else"):
            y.backward()


def test_a_generator_that_threads_share_gives_the_right_gradient_or_none() -> None:
    """The draws of one thread fall between the state that the other keeps and its own draws."""
    rng, first, second = np.random.default_rng(0), threading.Event(), threading.Event()

    def drop(x: Any) -> Any:
        first.set()
        second.wait(10)
        return x * (rng.random(x.shape) > 0.001)

    x, outputs = tensor(np.ones(1000), requires_grad=True), []
    thread = threading.Thread(target=lambda: outputs.append(checkpoint(drop)(x)))
    thread.start()
    first.wait(10)
    rng.random(1000)
    second.set()
    thread.join()
    with pytest.raises(GradientError, match="another thread"):
        np.sum(outputs[0]).backward()


def test_a_closed_over_variable_may_have_no_value_yet() -> None:
    def early(x: Any) -> Any:
        return x * 2 if x.size else late

    np.testing.assert_array_equal(grad(lambda x: np.sum(checkpoint(early)(x)))(X), [2, 2])
    late = None


def test_importing_the_core_imports_no_lazy_module_of_numpy() -> None:
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
def test_buffers_change_once_and_the_second_run_uses_their_earlier_values(in_place: bool) -> None:
    module, x = Averaging(in_place), tensor(X, requires_grad=True)
    y = checkpoint(module)(x)
    z = checkpoint(module)(x)
    np.sum(y + z).backward()
    np.testing.assert_allclose(module.mean, 0.75 * X)
    np.testing.assert_allclose(gradient(x), 0.5 * X + 0.75 * X)


def test_a_recorded_buffer_is_not_changed_by_the_second_run() -> None:
    module = Averaging(in_place=False)

    def f(x: Any) -> Any:
        module.mean += 1
        return x * x * module.mean

    x = tensor(X, requires_grad=True)
    y = checkpoint(f)(x)
    module.mean += 1
    np.sum(y).backward()
    np.testing.assert_allclose(gradient(x), 2 * X)
    np.testing.assert_array_equal(module.mean, [2, 2])
