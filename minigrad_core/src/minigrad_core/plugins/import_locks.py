"""Locks: one thread at a time loads a namespace, and a cycle of waiting is an error."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Condition, get_ident

from ..errors import PluginLoadError


class ImportLocks:
    """Locks by namespace, which refuse a cycle of waiting before the threads wait for ever.

    One lock for all namespaces would deadlock: a plugin that is being imported uses an operation of another
    plugin, while a second thread that holds the lock waits for that import.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._inside: dict[str, int] = {}  # namespace -> the thread that loads it
        self._waits: dict[int, str] = {}  # thread -> the namespace it waits for
        self._stacks: dict[int, list[str]] = {}  # thread -> the namespaces that it loads, outermost first

    @contextmanager
    def hold(self, namespace: str) -> Iterator[None]:
        """Wait until no other thread is inside `namespace`, then be inside for the body.

        Raises PluginLoadError if this thread is already inside, or would wait in a circle with others.
        """
        me = get_ident()
        with self._changed:
            while namespace in self._inside:
                self._refuse_cycle(me, namespace)
                self._waits[me] = namespace
                try:
                    self._changed.wait()
                finally:
                    del self._waits[me]
            self._inside[namespace] = me
            self._stacks.setdefault(me, []).append(namespace)
        try:
            yield
        finally:
            with self._changed:
                del self._inside[namespace]
                self._stacks[me].pop()
                if not self._stacks[me]:
                    del self._stacks[me]
                self._changed.notify_all()

    @property
    def busy(self) -> list[str]:
        """The namespaces that are being loaded now."""
        return sorted(self._inside)

    def find_cycle(self, namespace: str) -> list[str]:
        """Return the path by which this thread, which imports `namespace`, requests the namespace again."""
        stack = self._stacks.get(get_ident(), [])
        inside = stack[stack.index(namespace) :] if namespace in stack else [namespace, *stack]
        return [*inside, namespace]

    def _refuse_cycle(self, me: int, namespace: str) -> None:
        path = list(self._stacks.get(me, ()))
        wanted: str | None = namespace
        while wanted is not None:
            owner = self._inside.get(wanted)
            if owner == me:
                raise make_cycle_error([*path[path.index(wanted) :], wanted])
            if owner is None:
                return
            stack = self._stacks[owner]
            path += stack[stack.index(wanted) :]
            wanted = self._waits.get(owner)


def make_cycle_error(cycle: list[str]) -> PluginLoadError:
    """Return the error for a plugin that looks up one of its own names while it is being imported."""
    first = cycle[0]
    return PluginLoadError(
        f"plugin {first!r} is requested while it is being imported: {' -> '.join(cycle)}\n"
        "  try   import the objects from the plugin's own modules, or look them up inside functions, by full "
        "name"
    )


def is_being_imported(module: str) -> bool:
    """Return whether this thread is importing `module`, or a package around it.

    An import by the user takes none of these locks. If such an import waited here for a thread that waits for
    Python's lock on the same import, both would wait for ever.
    """
    frame = inspect.currentframe()
    while frame is not None:
        running = frame.f_globals.get("__name__") if frame.f_code.co_name == "<module>" else None
        if running and f"{module}.".startswith(f"{running}."):
            return True
        frame = frame.f_back
    return False


def unimport(modules: Iterable[str]) -> None:
    """Remove modules and their submodules from `sys.modules`: the next import reads the files again."""
    prefixes = tuple(f"{module}." for module in modules)
    for name in [name for name in sys.modules if f"{name}.".startswith(prefixes)]:
        del sys.modules[name]
