"""Gradients are added up, and share memory with no other array."""

from __future__ import annotations

import os
import subprocess
import sys
from threading import Thread
from typing import Any

import numpy as np
import pytest

from minigrad_core import MinigradError, tensor
from tests.core.tiny_ops import Faulty, add, gradient, leaf, multiply


def test_gradients_accumulate_until_they_are_zeroed() -> None:
    x = tensor(2.0, requires_grad=True)
    for expected in (4, 8, 12):
        multiply(x, x).backward()
        assert type(gradient(x)) is np.ndarray  # of a 0-d tensor too
        assert gradient(x) == expected
    x.zero_grad()
    assert x.grad is None


def test_a_computed_tensor_has_no_grad_to_read() -> None:
    w = leaf(2)
    y = multiply(w, 0.5)
    assert not hasattr(y, "grad")
    with pytest.raises(AttributeError, match=r"backward fills the grad of leaves; mg\.grad .*w\.data -= lr"):
        y.grad  # noqa: B018 - a loop with w = w - lr * w.grad reads this in its second round


def test_an_error_in_backward_leaves_the_gradients_as_they_were() -> None:
    x, z = leaf(1, 2), leaf(1, 1)
    x.backward([5, 5])
    with pytest.raises(MinigradError):
        add(multiply(z, x), Faulty(np.ones(7))(x)).backward()
    np.testing.assert_array_equal(gradient(x), [5, 5])
    assert z.grad is None


def test_the_seed_is_never_written_to() -> None:
    x, seed = leaf(1, 2), np.array([3.0, 4.0])
    add(add(x, x), add(x, x)).backward(seed)
    np.testing.assert_array_equal(seed, [3, 4])
    x.zero_grad()
    x.backward(seed)
    assert not np.shares_memory(gradient(x), seed)


def test_an_array_that_an_operation_has_cached_is_never_added_to() -> None:
    cached = np.array([1.0, 1.0])
    cache = Faulty(cached)
    for _ in range(3):
        x = leaf(1, 1)
        add(add(cache(x), cache(x)), add(cache(x), add(x, x))).backward()
        np.testing.assert_array_equal(gradient(x), [5, 5])  # and not 5, 7, 9
    np.testing.assert_array_equal(cached, [1, 1])


def test_two_leaves_that_receive_the_same_array_share_no_memory() -> None:
    x, y = leaf(1, 2), leaf(3, 4)
    add(x, y).backward()
    gradient(x)[:] = 100
    np.testing.assert_array_equal(gradient(y), [1, 1])


@pytest.mark.parametrize("get_view", [lambda array: array, lambda array: array[::2]], ids=["array", "view"])
def test_a_gradient_shares_no_memory_with_an_array_of_the_operation(get_view: Any) -> None:
    array = np.arange(4.0)
    x = tensor(get_view(array), requires_grad=True)
    Faulty(get_view(array))(x).backward()
    assert gradient(x).base is None
    assert not np.shares_memory(gradient(x), array)


def test_accumulation_does_not_write_to_the_earlier_gradient() -> None:
    x = leaf(1, 2)
    x.backward()
    before = gradient(x)
    x.backward()
    np.testing.assert_array_equal(before, [1, 1])
    np.testing.assert_array_equal(gradient(x), [2, 2])


def test_no_gradient_is_lost_when_threads_add_to_one_leaf() -> None:
    x = tensor(np.zeros(1000), requires_grad=True)

    def work() -> None:
        for _ in range(100):
            add(x, x).backward()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(x.grad, np.full(1000, 800))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_child_that_is_forked_while_a_thread_holds_the_lock_does_not_wait_for_it() -> None:
    code = """
import os, signal
import numpy as np
import minigrad_core as mg
from minigrad_core.engine import version_counter

x = mg.tensor([1.0], requires_grad=True)
with version_counter.lock:  # as another thread might
    child = os.fork()
    if not child:
        signal.alarm(10)
        x.backward()
        mg.tensor([1.0])[0] = 2.0
        os._exit(int(x.grad[0] != 1))
assert os.waitpid(child, 0)[1] == 0
x.backward()
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("shape", [(), (2,)])
def test_a_third_gradient_of_another_dtype_is_cast(shape: tuple[int, ...]) -> None:
    x = tensor(np.ones(shape, np.float32), requires_grad=True)
    y = add(add(Faulty(np.full(shape, 3))(x), Faulty(np.full(shape, 0.5))(x)), add(x, add(x, x)))
    y.backward()
    assert gradient(x).dtype == np.float32
    np.testing.assert_array_equal(gradient(x), np.full(shape, 6.5))


def test_a_leaf_that_is_frozen_after_the_forward_pass_receives_no_gradient() -> None:
    x, y = leaf(2), leaf(3)
    product = multiply(x, y)
    y.requires_grad = False
    product.backward()
    assert gradient(x) == 3
    assert y.grad is None
