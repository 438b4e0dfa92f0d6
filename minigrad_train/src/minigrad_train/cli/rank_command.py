"""A command on several ranks: rank 0 speaks, and an error on any of them ends them all, told once."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, Any

import click
from minigrad_command import INTERRUPTED

from minigrad_core.errors import MinigradError

from ..datasets.fingerprint import fingerprint
from ..distributed.launch import error_communicator, rank_and_size, world
from ..errors import LaunchError
from ..run_folder import versions

if TYPE_CHECKING:
    from ..datasets import Dataset
    from ..distributed.ranks import Ranks
    from ..session import Session

TIMEOUT = 1.0  # seconds in which all ranks meet the same error, and a message gets to the user


class RankCommand(click.Command):
    """A command that takes part in a run on many ranks, if it was started on them."""

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
    """Let only rank 0 speak in the body; if it raises, end all ranks, with one message that names the rank.

    What all raise, rank 0 raises, and the others end in silence.
    """
    rank, size = rank_and_size()
    if size == 1:
        yield
        return
    comm = _connect_or_exit(rank)
    meeting = error_communicator()  # made by all of them, before anything fails
    with _suppress_output(rank != 0):
        try:
            yield
        except click.exceptions.Exit:  # on all of them
            raise
        except BaseException as error:
            status = _exit_status(error)
            if not _is_error_of_all(meeting):
                _print_error(rank, error)
                time.sleep(TIMEOUT)  # the launcher that passes the message on is ended too
                comm.Abort(status)
                os._exit(status)  # MPICH's may return, and the message would be told again
            if rank:
                sys.exit(status)
            raise


@contextmanager
def _suppress_output(silent: bool) -> Iterator[None]:
    """Drop what the body prints, and its warnings: those that all have, rank 0 tells."""
    if not silent:
        yield
        return
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _is_error_of_all(meeting: Any) -> bool:
    """Return whether all ranks get here within a second; a rank that does not waits for us elsewhere."""
    met, deadline = meeting.Ibarrier(), time.monotonic() + TIMEOUT
    while not met.Test():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _exit_status(error: BaseException) -> int:
    """Return the exit status that an error leads to."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    given = getattr(error, "exit_code", getattr(error, "code", None))  # of click's, of SystemExit
    return given if isinstance(given, int) else 1


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
    """Return the communicator; without one the others cannot be told, but a signal ends them too."""
    try:
        return world()
    except LaunchError as error:
        time.sleep(3 * TIMEOUT if rank else 0)  # the others have it too, most likely: one tells
        click.echo(f"Error on rank {rank}: {error}", err=True)
        time.sleep(TIMEOUT)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
        raise


def join_ranks(session: Session, data: Dataset) -> Ranks | None:
    """Return the ranks of this run, once it is known that all of them train the same; None if it is alone.

    Raises
    ------
    RanksDifferError
        Versions, settings or data of a rank are others.
    """
    comm = world()
    if comm is None:
        return None
    from ..distributed.ranks import Ranks

    ranks = Ranks(comm)
    examples = {f"{name} examples": found for name, found in fingerprint(data.splits).items()}
    ranks.check_agreement(versions() | session.settings.as_dict() | {"data": data.task} | examples)
    return ranks
