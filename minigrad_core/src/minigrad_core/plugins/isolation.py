"""A registry of its own for a test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import distributions
from typing import TYPE_CHECKING, Any

from ..dispatch.loading import SLOT
from ..dispatch.tables import CLAIMS, LABELS, TABLES
from .loader import PluginLoader
from .registration import clear_lookups

if TYPE_CHECKING:
    from .discovery import Finder


@contextmanager
def isolated_registry(
    plugins: Mapping[str, object] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    find: Finder | None = None,
) -> Iterator[PluginLoader]:
    """Exchange the registry of this process, all its threads', for the body, and put the old one back.

    Parameters
    ----------
    plugins : mapping, optional
        Namespace -> plugin (a module, or an object with decorated methods) that need not be installed.
    environ : mapping, optional
        The variables that say what may load. None are set by default: everything installed is there too.
    find : callable, optional
        Finds distributions instead of `importlib.metadata.distributions`.
    """
    tables: list[dict[Any, Any]] = [*TABLES.values(), CLAIMS, LABELS]
    before, loader = [dict(table) for table in tables], SLOT.loader
    SLOT.loader = PluginLoader(environ or {}, find or distributions, plugins or {})
    _fill(tables, [{} for _ in tables])
    try:
        yield SLOT.loader
    finally:
        SLOT.loader = loader
        _fill(tables, before)


def _fill(tables: list[dict[Any, Any]], contents: list[dict[Any, Any]]) -> None:
    for table, content in zip(tables, contents, strict=True):
        table.clear()
        table.update(content)
    clear_lookups()
