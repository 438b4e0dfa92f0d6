"""The one slot through which the tables reach a loader that stands above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .functions import Function


class Loader(Protocol):
    """What the tables call on a miss. It may import plugins and fill the tables; these methods do nothing."""

    def namespaces(self) -> Sequence[str]:
        """Return every namespace that a folder of the import path claims, sorted. Imports no plugin."""
        return ()

    def has(self, namespace: str) -> bool:
        """Return whether an installed distribution claims the namespace. Imports no plugin."""
        return namespace in self.namespaces()

    def load(self, namespace: str, wanted: str) -> None:  # noqa: ARG002 - for loaders
        """Fill the tables with one namespace; nothing happens if it is unknown.

        `wanted` is what was asked for. Raises PluginLoadError, about `wanted`, if the plugin is unavailable.
        """
        return

    def load_all(self) -> None:
        """Fill the tables with every namespace that can be loaded."""
        return

    def official(self) -> Iterator[str]:
        """Yield the namespaces that have bare names, the first choice first, each after it is loaded."""
        return iter(())

    def answer(self, function: Function) -> Function | None:  # noqa: ARG002 - for loaders
        """Return what to call instead of a NumPy function on tensors, or None."""
        return None

    def unavailable(self) -> Sequence[str]:
        """Return one line for each plugin that is known not to have loaded, with the reason."""
        return ()


class NoPlugins(Loader):
    """The loader of a core that stands alone: there is nothing to load."""


class Slot:
    """Holds the loader. Code asks the slot at each miss, so that a test can put another loader in."""

    __slots__ = ("loader",)

    def __init__(self) -> None:
        self.loader: Loader = NoPlugins()


SLOT = Slot()


def answer(function: Function) -> Any:
    """Return what the present loader answers for `function`, or None."""
    return SLOT.loader.answer(function)
