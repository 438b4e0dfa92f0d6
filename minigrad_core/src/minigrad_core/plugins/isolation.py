"""A registry of its own for a test."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..dispatch.catalog import forget
from ..dispatch.functions import FUNCTIONS
from ..dispatch.installed import CATALOGS
from ..dispatch.loading import SLOT
from ..dispatch.tables import INITIALIZERS, LABELS, OPERATIONS, OPTIMIZERS
from .loader import PluginLoader
from .policy import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .discovery import Finder

TABLES: tuple[dict[Any, Any], ...] = (OPERATIONS, INITIALIZERS, OPTIMIZERS, LABELS, FUNCTIONS)


@contextmanager
def isolated_registry(
    plugins: Mapping[str, object] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    find: Finder | None = None,
) -> Iterator[PluginLoader]:
    """Exchange the registry of this process for the body, and put the old one back.

    Parameters
    ----------
    plugins : mapping, optional
        Namespace -> plugin (a module, or an object with decorated methods) that need not be installed.
    environ : mapping, optional
        The variables that say what may load. None are set by default: everything installed is there too.
    find : callable, optional
        Finds distributions instead of `importlib.metadata.distributions`.

    Notes
    -----
    The registry belongs to the process, so threads that run beside the body see the exchanged one.
    """
    before, loader = [dict(table) for table in TABLES], SLOT.loader
    SLOT.loader = PluginLoader(Policy.from_environment(environ or {}), find, plugins)
    _fill([{} for _ in TABLES])
    try:
        yield SLOT.loader
    finally:
        SLOT.loader = loader
        _fill(before)


def _fill(contents: list[dict[Any, Any]]) -> None:
    for table, content in zip(TABLES, contents, strict=True):
        table.clear()
        table.update(content)
    for catalog in CATALOGS.values():
        forget(catalog)
