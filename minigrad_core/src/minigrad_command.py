"""Where the `minigrad` script starts.

A module of its own, which imports nothing before Ctrl-C is taken care of: to import the package takes as
long as NumPy does.
"""

from __future__ import annotations

INTERRUPTED = 130  # what shells report for a program that Ctrl-C ended


def main() -> None:
    """Run the command line; Ctrl-C ends it without a traceback, with the same exit status at any moment."""
    try:
        import signal

        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # it may be ignored, by a shell
            signal.signal(signal.SIGINT, _exit_at_once)
        from minigrad_core.cli import main as command

        try:
            command()
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the interpreter's end is not interrupted either
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None


def _exit_at_once(*_: object) -> None:
    """End the process: in the middle of an import of compiled code, an exception becomes another one."""
    import os

    os._exit(INTERRUPTED)


def restore_interrupts() -> None:
    """Let Ctrl-C raise from now on: there is something to clean up."""
    import signal

    if signal.getsignal(signal.SIGINT) is _exit_at_once:
        signal.signal(signal.SIGINT, signal.default_int_handler)
