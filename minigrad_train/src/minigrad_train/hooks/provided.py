"""Models and datasets by name: `NAMESPACE::NAME`, of which only that plugin is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from minigrad_core.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .callbacks import Callbacks

Kind: TypeAlias = Literal["models", "datasets"]


class Provided:
    """What plugins provide of one kind."""

    def __init__(self, kind: Kind, callbacks: Callbacks) -> None:
        self.kind, self._callbacks = kind, callbacks

    def __getitem__(self, full: str) -> Callable[..., Any]:
        """Return the function `NAMESPACE::NAME`.

        Raises
        ------
        PluginLoadError
            The plugin did not load.
        UnknownNameError
            There is no such plugin, or it has no such name.
        """
        namespace, _, name = full.partition("::")
        own = self.of(namespace)
        if name not in own:
            known = ", ".join(f"{namespace}::{one}" for one in sorted(own)) or "none"
            raise UnknownNameError(f"plugin {namespace!r} has no {full!r}; its {self.kind} are: {known}")
        return own[name]

    def of(self, namespace: str) -> dict[str, Callable[..., Any]]:
        """Return what one plugin provides, by name."""
        found: dict[str, Callable[..., Any]] = {}
        for functions in self._callbacks.ask(namespace, f"train_{self.kind}"):
            found |= functions
        return found
