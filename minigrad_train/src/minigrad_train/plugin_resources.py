"""Models, datasets and augmentations of plugins: `NAMESPACE::NAME` imports the plugin of that namespace."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from minigrad_core.errors import PluginError, UnknownNameError

from .errors import CallbackError

if TYPE_CHECKING:
    from .hooks import Callbacks

Kind: TypeAlias = Literal["models", "datasets", "augmentations"]


def is_resource_name(name: str) -> bool:
    """Return whether a name has the form of a plugin's model, dataset or augmentation.

    Examples
    --------
    >>> [is_resource_name(name) for name in ("mine::digits", "package.module:callable", "/data/a::b")]
    [True, False, False]
    """
    namespace, separator, _ = name.partition("::")
    return bool(separator) and namespace.isidentifier()


def find_resource(kind: Kind, full: str, callbacks: Callbacks | None = None) -> Callable[..., Any]:
    """Return the function `NAMESPACE::NAME` of an installed plugin, or of the plugins of `callbacks`.

    Raises
    ------
    PluginLoadError
        The plugin did not load.
    UnknownNameError
        There is no such plugin, or the plugin has no such function.
    CallbackError
        The plugin failed to list its functions.
    """
    from .hooks import current  # pluggy takes 20 ms to import

    namespace, _, name = full.partition("::")
    group = (callbacks or current()).group
    group.check_settings()
    plugin = group.ensure(namespace)
    if plugin is None:
        known = ", ".join(group.namespaces()) or "none"
        raise UnknownNameError(
            f"no plugin {namespace!r} takes part in training; those that do: {known}. Install the package of "
            f"{namespace!r}; minigrad plugins lists all that are installed"
        )
    if plugin.hooks is None or plugin.status != "loaded":
        raise plugin.make_error(full)
    try:
        functions = plugin.hooks.list_functions(f"train_{kind}")
    except PluginError as error:
        fact = f"plugin {namespace!r} ({plugin.label}): {error}"
        raise CallbackError(fact) from error.__cause__ or error
    if name not in functions:
        known = ", ".join(f"{namespace}::{each}" for each in sorted(functions)) or "none"
        raise UnknownNameError(f"plugin {namespace!r} has no {full!r}; its {kind} are: {known}")
    return functions[name]
