from __future__ import annotations

import os
import signal
import threading

import pytest

from minigrad_train.cli.stopping import Interrupted, defer_interrupts

pytestmark = pytest.mark.usefixtures("interrupts_arrive")


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_waits_until_it_is_released(number: int) -> None:
    with defer_interrupts() as interrupt:
        interrupt.raise_if_pending()
        os.kill(os.getpid(), number)
        with pytest.raises(Interrupted) as caught:
            interrupt.raise_if_pending()
    assert interrupt.status == caught.value.code == 128 + number


def test_second_interrupt_goes_through_at_once() -> None:
    with defer_interrupts():
        press()
        with pytest.raises(Interrupted):
            press()


def test_handler_from_before_is_back_even_after_an_error() -> None:
    before = signal.getsignal(signal.SIGINT)

    def fail() -> None:
        with defer_interrupts():
            assert signal.getsignal(signal.SIGINT) is not before
            raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        fail()
    assert signal.getsignal(signal.SIGINT) is before


def test_other_thread_leaves_signals_alone() -> None:
    before = signal.getsignal(signal.SIGINT)
    handlers = []

    def body() -> None:
        with defer_interrupts() as interrupt:
            handlers.append(signal.getsignal(signal.SIGINT))
            interrupt.raise_if_pending()

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert handlers == [before]


def test_ignored_interrupt_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with defer_interrupts() as interrupt:
        press()
        press()
        interrupt.raise_if_pending()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
