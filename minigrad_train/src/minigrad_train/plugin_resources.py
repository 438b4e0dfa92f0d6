"""Models and datasets of plugins by name: `NAMESPACE::NAME`, of which only that plugin is imported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from minigrad_core.errors import MinigradError, UnknownNameError
from minigrad_core.plugins.names import describe_exception

from .errors import CallbackError

if TYPE_CHECKING:
    from .hooks import Callbacks

Kind: TypeAlias = Literal["models", "datasets"]


def is_resource_name(name: str) -> bool:
    """Return whether a name is that of a plugin's model or dataset.

    Examples
    --------
    >>> [is_resource_name(name) for name in ("mine::digits", "package.module:callable", "/data/a::b")]
    [True, False, False]
    """
    namespace, separator, _ = name.partition("::")
    return bool(separator) and namespace.isidentifier()


def find_resource(kind: Kind, full: str, callbacks: Callbacks | None = None) -> Callable[..., Any]:
    """Return the function `NAMESPACE::NAME`, from what is installed or from those given.

    Raises
    ------
    PluginLoadError
        The plugin did not load.
    UnknownNameError
        There is no such plugin, or it has no such name.
    CallbackError
        The plugin failed to list what it has.
    """
    namespace, _, name = full.partition("::")
    own = _list_resources(namespace, kind, callbacks)
    if name not in own:
        known = ", ".join(f"{namespace}::{one}" for one in sorted(own)) or "none"
        raise UnknownNameError(f"plugin {namespace!r} has no {full!r}; its {kind} are: {known}")
    return own[name]


@contextmanager
def name_errors(full: str) -> Iterator[None]:
    """Name whose function it is that raises something else than minigrad's own errors.

    Raises
    ------
    CallbackError
        It does.
    """
    try:
        yield
    except (MinigradError, MemoryError):
        raise
    except Exception as error:
        raise CallbackError(f"{full} raised {describe_exception(error)}") from error


def _list_resources(namespace: str, kind: Kind, callbacks: Callbacks | None) -> dict[str, Callable[..., Any]]:
    from .hooks import current  # and pluggy with it, for those who name a plugin

    hook = f"train_{kind}"
    found: dict[str, Callable[..., Any]] = {}
    for functions in (callbacks or current()).ask(namespace, hook):
        if not isinstance(functions, Mapping) or not all(map(callable, functions.values())):
            got = functions if isinstance(functions, Mapping) else type(functions).__name__
            fact = f"returned {got}, expected functions by name"
            raise CallbackError(f"{hook} of plugin {namespace!r} {fact}")
        found |= functions
    return found
