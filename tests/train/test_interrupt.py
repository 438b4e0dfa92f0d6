from __future__ import annotations

import os
import signal
import threading
import time
from multiprocessing import get_context

import pytest

from minigrad_train.cli.stopping import Interrupted, defer_interrupts

pytestmark = pytest.mark.usefixtures("interrupts_arrive")


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
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


def test_second_hangup_of_a_terminal_does_not_skip_the_saving() -> None:
    with defer_interrupts() as interrupt:
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGHUP)
        assert interrupt.status == 128 + signal.SIGHUP


def test_output_to_a_closed_terminal_is_no_error() -> None:
    controller, terminal = os.openpty()
    kept = os.dup(1)
    os.dup2(terminal, 1)
    try:
        with defer_interrupts():
            os.close(terminal)
            os.close(controller)
            with pytest.raises(OSError, match="Input/output error"):
                os.write(1, b"epoch 1")
            os.kill(os.getpid(), signal.SIGHUP)
            os.write(1, b"epoch 2")
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def test_terminate_ends_a_process_that_a_plugin_forked() -> None:
    running = get_context("fork").Event()

    def wait() -> None:
        running.set()
        time.sleep(10)

    with defer_interrupts():
        process = get_context("fork").Process(target=wait)
        process.start()
        running.wait()
        process.terminate()
        process.join()
    assert process.exitcode == -signal.SIGTERM


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
