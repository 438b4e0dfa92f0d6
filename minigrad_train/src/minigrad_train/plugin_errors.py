"""Errors in code of plugins: each becomes a CallbackError that names the plugin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from minigrad_core.errors import MinigradError
from minigrad_core.plugins import describe_exception

from .errors import CallbackError


@contextmanager
def name_errors(full: str) -> Iterator[None]:
    """Name the function `NAMESPACE::NAME` in an exception of the body that is not one of minigrad's.

    Raises
    ------
    CallbackError
        The body raised such an exception, which is the cause.
    """
    try:
        yield
    except (MinigradError, MemoryError):
        raise
    except Exception as error:
        raise CallbackError(f"{full} raised {describe_exception(error)}") from error


@contextmanager
def name_plugin_errors() -> Iterator[None]:
    """Name the plugin in whose code an exception was raised that is not one of minigrad's.

    Each step calls optimizers, operations and models of plugins. A guard around each call would take time, so
    the traceback is searched after the error.

    Raises
    ------
    CallbackError
        A plugin raised such an exception, which is the cause.
    """
    from .hooks import current  # pluggy takes 20 ms to import

    try:
        yield
    except (MinigradError, MemoryError):
        raise
    except (Exception, SystemExit) as error:
        if culprit := current().group.find_culprit(error):
            raise CallbackError(f"{culprit} raised {describe_exception(error)}") from error
        raise
