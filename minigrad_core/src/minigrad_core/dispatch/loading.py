"""The one slot through which the tables reach a loader that stands above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .functions import Function


class Loader(Protocol):
    """What the tables call on a miss. It may import plugins and fill the tables."""

    def namespaces(self) -> Sequence[str]:
        """Return every namespace that a folder of the import path claims, sorted. Imports no plugin."""
        ...

    def has(self, namespace: str) -> bool:
        """Return whether an installed distribution claims the namespace. Imports no plugin."""
        ...

    def load(self, namespace: str, wanted: str) -> None:
        """Fill the tables with one namespace; nothing happens if it is unknown.

        `wanted` is what was asked for. Raises PluginLoadError, about `wanted`, if the plugin is unavailable.
        """
        ...

    def load_all(self) -> None:
        """Fill the tables with every namespace that can be loaded."""
        ...

    def official(self) -> Iterator[str]:
        """Yield the namespaces that have bare names, the first choice first, each after it is loaded."""
        ...

    def answer(self, function: Function) -> Function | None:
        """Return what to call instead of a NumPy function on tensors, or None."""
        ...

    def unavailable(self) -> Sequence[str]:
        """Return one line for each plugin that is known not to have loaded, with the reason."""
        ...


class Slot:
    """Holds the loader. Code asks the slot at each miss, so that a test can put another loader in."""

    loader: Loader


SLOT = Slot()
