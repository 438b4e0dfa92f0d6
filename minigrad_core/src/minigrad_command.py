"""The entry point of the `minigrad` script.

This module handles Ctrl-C before it imports anything: the import of `minigrad_core` takes as long as that of
NumPy.
"""

from __future__ import annotations

INTERRUPTED = 130  # the exit status that shells report for a program that Ctrl-C ended


def main() -> None:
    """Run the command line. Ctrl-C ends it at any moment without a traceback, with status `INTERRUPTED`."""
    try:
        import signal

        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # a shell may ignore the signal
            signal.signal(signal.SIGINT, _exit_at_once)
        from minigrad_core.cli import main as command

        try:
            command()
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # nor interrupt the end of the interpreter
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None


def _exit_at_once(*_: object) -> None:
    """End the process. In an import of compiled code, a KeyboardInterrupt would become another exception."""
    import os

    os._exit(INTERRUPTED)


def restore_interrupts() -> None:
    """Let Ctrl-C raise KeyboardInterrupt from now on, so that the commands can clean up."""
    import signal

    if signal.getsignal(signal.SIGINT) is _exit_at_once:
        signal.signal(signal.SIGINT, signal.default_int_handler)
