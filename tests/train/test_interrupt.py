from __future__ import annotations

import os
import signal
import threading

import pytest
from minigrad_train.cli.interrupt import held_interrupt


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_interrupt_waits_until_it_is_released() -> None:
    with held_interrupt() as release:
        release()
        press()
        with pytest.raises(KeyboardInterrupt):
            release()


def test_second_interrupt_goes_through_at_once() -> None:
    with held_interrupt():
        press()
        with pytest.raises(KeyboardInterrupt):
            press()


def test_handler_from_before_is_back_even_after_an_error() -> None:
    before = signal.getsignal(signal.SIGINT)

    def fail() -> None:
        with held_interrupt():
            assert signal.getsignal(signal.SIGINT) is not before
            raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        fail()
    assert signal.getsignal(signal.SIGINT) is before


def test_other_thread_leaves_signals_alone() -> None:
    before = signal.getsignal(signal.SIGINT)
    handlers = []

    def body() -> None:
        with held_interrupt() as release:
            handlers.append(signal.getsignal(signal.SIGINT))
            release()

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert handlers == [before]
