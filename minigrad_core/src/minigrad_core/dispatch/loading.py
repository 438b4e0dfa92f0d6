"""The one slot through which the tables reach a loader that stands above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

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


class NoPlugins:
    """The loader of a core that stands alone: there is nothing to load."""

    def namespaces(self) -> Sequence[str]:
        """Return no namespace."""
        return ()

    def has(self, namespace: str) -> bool:  # noqa: ARG002 - the protocol's parameter
        """Return False."""
        return False

    def load(self, namespace: str, wanted: str) -> None:
        """Do nothing."""

    def load_all(self) -> None:
        """Do nothing."""

    def official(self) -> Iterator[str]:
        """Return nothing."""
        return iter(())

    def answer(self, function: Function) -> Function | None:  # noqa: ARG002 - the protocol's parameter
        """Return None."""
        return None

    def unavailable(self) -> Sequence[str]:
        """Return no line."""
        return ()


class Slot:
    """Holds the loader. Code asks the slot at each miss, so that a test can put another loader in."""

    __slots__ = ("loader",)

    def __init__(self) -> None:
        self.loader: Loader = NoPlugins()


SLOT = Slot()


def answer(function: Function) -> Any:
    """Return what the present loader answers for `function`, or None."""
    return SLOT.loader.answer(function)
