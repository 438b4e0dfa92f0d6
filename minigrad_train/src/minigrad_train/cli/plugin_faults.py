"""Whose code it was that raised, wherever in a command it was called: a plugin's error is told as its own."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from traceback import walk_tb

from minigrad_core.contracts.location import shorten_path
from minigrad_core.errors import MinigradError
from minigrad_core.plugins.names import describe_exception
from minigrad_core.plugins.ownership import RESERVED
from minigrad_core.plugins.startup import plugin_loader

from ..errors import CallbackError
from ..hooks import current


@contextmanager
def name_plugin_errors() -> Iterator[None]:
    """Name the plugin in whose code something else than one of minigrad's own errors was raised.

    An optimizer, an operation or a model is called in the midst of every step: so nothing is put around it,
    and the traceback is looked at when it is too late.

    Raises
    ------
    CallbackError
        It was, with the error as its cause.
    """
    try:
        yield
    except (MinigradError, MemoryError):
        raise
    except (Exception, SystemExit) as error:
        if place := _find_place(error):
            raise CallbackError(f"{place} raised {describe_exception(error)}") from error
        raise


def _find_place(error: BaseException) -> str | None:
    """Return the innermost function of a plugin's that an error came through, or None."""
    plugins = [*plugin_loader().plugins(), *current().inventory.plugins()]
    others = [plugin for plugin in plugins if plugin.namespace not in RESERVED]
    of_package = {claim.module.partition(".")[0]: plugin for plugin in others for claim in plugin.claims}
    for frame, line in reversed(list(walk_tb(error.__traceback__))):
        code = frame.f_code
        plugin = of_package.get(frame.f_globals.get("__name__", "").partition(".")[0])
        # What comes through a generator may be thrown into it: a wrapper of a hook sees the errors of others.
        if plugin is not None and not code.co_flags & inspect.CO_GENERATOR:
            whose = f"plugin {plugin.namespace!r} ({plugin.label})"
            return f"{code.co_qualname} of {whose} ({shorten_path(code.co_filename)}:{line})"
    return None
