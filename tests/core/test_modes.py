"""Recording on and off: per thread, per task, and restored after every block."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import cloudpickle
import numpy as np
import pytest

from minigrad_core import checkpoint, effect, no_grad, tensor
from minigrad_core.engine.modes import Block, recording
from minigrad_core.errors import ArgumentError
from tests.core.tiny_ops import add, multiply


def records() -> bool:
    x = tensor(1.0, requires_grad=True)
    return add(x, x).requires_grad


def test_no_grad_switches_recording_off_and_back_on() -> None:
    assert records()
    with no_grad():
        assert not records()
    assert records()


def test_recording_is_restored_when_the_body_raises() -> None:
    with pytest.raises(ValueError, match="mine"), no_grad():
        raise ValueError("mine")
    assert records()


def test_blocks_nest_and_a_block_may_be_entered_again_inside_itself() -> None:
    block = no_grad()
    with block:
        with Block(recording, True):
            assert records()
            with block:
                assert not records()
            assert records()
        assert not records()
    assert records()


def test_no_grad_decorates_a_function_which_may_call_itself() -> None:
    @no_grad()
    def inside(depth: int) -> bool:
        return records() or (depth > 0 and inside(depth - 1)) or records()

    assert not inside(3)
    assert records()


def test_no_grad_decorates_the_body_of_a_coroutine() -> None:
    @no_grad()
    async def inside() -> bool:
        before = records()
        await asyncio.sleep(0)
        return before or records()

    async def main() -> tuple[bool, bool]:
        return await inside(), records()

    assert asyncio.run(main()) == (False, True)


def test_generator_functions_are_refused_since_the_mode_would_leak() -> None:
    def steps() -> Iterator[int]:
        yield 1

    async def async_steps() -> AsyncIterator[int]:
        yield 1

    for function in (steps, async_steps):
        with pytest.raises(ArgumentError, match=r"steps is a generator function.*open the block inside"):
            no_grad()(function)


def test_threads_do_not_share_a_mode() -> None:
    barrier = Barrier(16, timeout=60)

    def work(i: int) -> tuple[bool, bool, bool]:
        barrier.wait()
        before = records()
        with Block(recording, i % 2 == 0):
            barrier.wait()
            inside = records()
            barrier.wait()
        return before, inside, records()

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(work, range(16)))
    assert found == [(True, i % 2 == 0, True) for i in range(16)]


def test_threads_may_enter_one_block() -> None:
    context, barrier = no_grad(), Barrier(16, timeout=60)

    def work(_: int) -> tuple[bool, bool]:
        with context:
            barrier.wait()
            inside = records()
            barrier.wait()
        return inside, records()

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(work, range(16))) == {(False, True)}


def test_tasks_do_not_share_a_mode_but_start_with_that_of_their_creator() -> None:
    async def child() -> bool:
        return records()

    async def work(i: int) -> bool:
        with Block(recording, i % 2 == 0):
            await asyncio.sleep(0)
            inside = records()
            task = asyncio.create_task(child())
            await asyncio.sleep(0)
        return inside == await task == (i % 2 == 0) and records()

    async def main() -> list[bool]:
        return await asyncio.gather(*(work(i) for i in range(16)))

    assert all(asyncio.run(main()))


def test_threads_may_run_backward_through_one_retained_graph() -> None:
    x = tensor(np.ones(3), requires_grad=True)
    y = x
    for _ in range(50):
        y = multiply(y, 1.0)
    barrier = Barrier(8, timeout=60)

    def work(_: int) -> Any:
        from minigrad_core.engine.backward import sweep

        barrier.wait()
        return sweep([(y, np.ones(3))], retain=True)[x]

    with ThreadPoolExecutor(8) as pool:
        for gradient in pool.map(work, range(8)):
            np.testing.assert_array_equal(gradient, np.ones(3))


@pytest.mark.parametrize("decorate", [no_grad(), checkpoint, effect])
def test_a_decorated_function_can_be_sent_to_another_process(decorate: Any) -> None:
    function = decorate(lambda: [records(), recording])  # cloudpickle copies a lambda and its globals
    copy = cloudpickle.loads(cloudpickle.dumps(function))
    assert copy() == function()
