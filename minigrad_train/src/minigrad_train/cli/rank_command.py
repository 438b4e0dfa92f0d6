"""A command on several ranks: only rank 0 prints, and an error on one rank ends all, with one message."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from contextvars import ContextVar
from typing import Any

import click
from minigrad_command import INTERRUPTED

from minigrad_core.errors import MinigradError

from ..datasets import Dataset
from ..distributed.agreement import check_same_examples
from ..distributed.launch import connect_for_errors, read_rank_and_size, world
from ..distributed.ranks import Ranks
from ..errors import LaunchError
from ..packages import get_versions
from ..session import Session

TIMEOUT = 1.0  # seconds for all ranks to meet the same error, and for a message to reach the user


class RankCommand(click.Command):
    """A click command that may run on several ranks."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Parse the arguments."""
        with report_errors_once():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with report_errors_once():
            return super().invoke(ctx)


@contextmanager
def report_errors_once() -> Iterator[None]:
    """Let only rank 0 print in the body; if the body raises on a rank, end all ranks with one message.

    If all ranks have the error, rank 0 raises it and the other ranks exit without a message. If only some
    ranks have it, it is printed with the number of the rank.
    """
    rank, size = read_rank_and_size()
    if size == 1:
        yield
        return
    comm = _connect_or_exit(rank)
    exchange = _ErrorExchange(connect_for_errors())  # all ranks create it together, before an error
    token = _EXCHANGE.set(exchange)
    with _suppress_output(rank != 0):
        try:
            yield
        except click.exceptions.Exit:  # on all ranks
            raise
        except BaseException as error:
            status = _get_exit_status(error)
            if not exchange.is_on_all_ranks():
                _print_error(rank, error)
                time.sleep(TIMEOUT)  # Abort ends the launcher too, which has to pass the message on first
                comm.Abort(status)
                os._exit(status)  # Abort of MPICH may return, and the message would be printed again
            if rank:
                sys.exit(status)
            raise
        finally:
            _EXCHANGE.reset(token)


@contextmanager
def _suppress_output(silent: bool) -> Iterator[None]:
    """Drop the output and the warnings of the body if `silent`: rank 0 prints them for all ranks."""
    if not silent:
        yield
        return
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class _ErrorExchange:
    """Finds out, once, whether all ranks have raised an error."""

    def __init__(self, comm: Any) -> None:
        self.comm = comm
        self._result: bool | None = None

    def is_on_all_ranks(self) -> bool:
        """Return whether all ranks call this method within a second; a rank without an error does not."""
        if self._result is None:
            barrier, deadline = self.comm.Ibarrier(), time.monotonic() + TIMEOUT
            while not (met := barrier.Test()) and time.monotonic() < deadline:
                time.sleep(0.01)
            self._result = bool(met)
        return self._result


_EXCHANGE: ContextVar[_ErrorExchange | None] = ContextVar("error exchange", default=None)


def announce_error() -> None:
    """Find out at once whether the other ranks have an error too, before this rank handles its own slowly.

    The other ranks wait for a second. Then each would report its error as an error of one rank.
    """
    if (exchange := _EXCHANGE.get()) is not None:
        exchange.is_on_all_ranks()


def _get_exit_status(error: BaseException) -> int:
    """Return the exit status for an error."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    # Errors of click have the attribute `exit_code`, and SystemExit has `code`.
    status = getattr(error, "exit_code", getattr(error, "code", None))
    return status if isinstance(status, int) else 1


def _print_error(rank: int, error: BaseException) -> None:
    if isinstance(error, click.ClickException):
        text = error.format_message()
    elif isinstance(error, (MinigradError, OSError)):
        text = str(error)
    elif isinstance(error, (SystemExit, KeyboardInterrupt)):
        return
    else:
        text = "".join(traceback.format_exception(error))
    click.echo(f"Error on rank {rank}: {text}", err=True)


def _connect_or_exit(rank: int) -> Any:
    """Return the communicator of all ranks; if MPI fails, print the error and end this rank by SIGTERM.

    The launcher then ends the other ranks, which cannot be reached.
    """
    try:
        return world()
    except LaunchError as error:
        time.sleep(3 * TIMEOUT if rank else 0)  # most likely all ranks have this error: rank 0 prints it
        click.echo(f"Error on rank {rank}: {error}", err=True)
        time.sleep(TIMEOUT)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
        raise


def connect_ranks() -> Ranks | None:
    """Return the ranks of a run; None on a single process."""
    comm = world()
    return None if comm is None else Ranks(comm)


def check_ranks(ranks: Ranks | None, session: Session, data: Dataset) -> None:
    """Compare versions, settings and data of the ranks of a run.

    Raises
    ------
    RanksDifferError
        Versions, settings or data of a rank differ from those of rank 0.
    """
    if ranks is not None:
        ranks.check_agreement(get_versions() | session.settings.as_dict() | {"data": data.task})
        check_same_examples(ranks, data.splits._asdict())
