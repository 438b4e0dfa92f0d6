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
from typing import Any

import click
from minigrad_command import INTERRUPTED

from minigrad_core.errors import MinigradError

from ..datasets import Dataset
from ..datasets.fingerprint import fingerprint
from ..distributed.launch import connect_for_errors, read_rank_and_size, world
from ..distributed.ranks import Ranks
from ..errors import LaunchError
from ..run_folder import versions
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
    errors = connect_for_errors()  # all ranks create it together, before an error
    with _suppress_output(rank != 0):
        try:
            yield
        except click.exceptions.Exit:  # on all ranks
            raise
        except BaseException as error:
            status = _get_exit_status(error)
            if not _is_error_of_all(errors):
                _print_error(rank, error)
                time.sleep(TIMEOUT)  # Abort ends the launcher too, which has to pass the message on first
                comm.Abort(status)
                os._exit(status)  # Abort of MPICH may return, and the message would be printed again
            if rank:
                sys.exit(status)
            raise


@contextmanager
def _suppress_output(silent: bool) -> Iterator[None]:
    """Drop the output and the warnings of the body if `silent`: rank 0 prints them for all ranks."""
    if not silent:
        yield
        return
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _is_error_of_all(errors: Any) -> bool:
    """Return whether all ranks get here within a second; a rank without the error waits in a sum."""
    barrier, deadline = errors.Ibarrier(), time.monotonic() + TIMEOUT
    while not barrier.Test():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _get_exit_status(error: BaseException) -> int:
    """Return the exit status for an error."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    status = getattr(error, "exit_code", getattr(error, "code", None))  # of click's errors, of SystemExit
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
        time.sleep(3 * TIMEOUT if rank else 0)  # the others most likely have the same error; rank 0 prints it
        click.echo(f"Error on rank {rank}: {error}", err=True)
        time.sleep(TIMEOUT)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
        raise


def join_ranks(session: Session, data: Dataset) -> Ranks | None:
    """Return the ranks of a run after a comparison of their settings; None on a single process.

    Raises
    ------
    RanksDifferError
        The versions, settings or data of a rank differ from those of rank 0.
    """
    comm = world()
    if comm is None:
        return None
    ranks = Ranks(comm)
    examples = {f"{name} examples": values for name, values in fingerprint(data.splits).items()}
    ranks.check_agreement(versions() | session.settings.as_dict() | {"data": data.task} | examples)
    return ranks
