"""Locks: one thread at a time loads a namespace, and a cycle of waiting is an error."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, get_ident
from traceback import walk_stack

from ..errors import PluginLoadError


class ImportLocks:
    """Locks by namespace, which refuse a cycle of waiting before the threads wait for ever.

    One lock for all namespaces would deadlock: a plugin that is being imported uses an operation of another
    plugin, while a second thread that holds the lock waits for that import.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._inside: dict[str, int] = {}  # namespace -> the thread that loads it, in the order of entry
        self._waits: dict[int, str] = {}  # thread -> the namespace it waits for

    @contextmanager
    def hold(self, namespace: str) -> Iterator[None]:
        """Wait until no other thread is inside `namespace`, then be inside for the body.

        Raises PluginLoadError if this thread is already inside, or would wait in a circle with others.
        """
        thread = get_ident()
        with self._changed:
            while namespace in self._inside:
                self._refuse_cycle(thread, namespace)
                self._waits[thread] = namespace
                try:
                    self._changed.wait()
                finally:
                    del self._waits[thread]
            self._inside[namespace] = thread
        try:
            yield
        finally:
            with self._changed:
                del self._inside[namespace]
                self._changed.notify_all()

    @property
    def busy(self) -> list[str]:
        """The namespaces that are being loaded now."""
        return sorted(self._inside)

    def make_cycle_error(self, namespace: str) -> PluginLoadError:
        """Return the error for a thread that imports a namespace and requests the namespace again."""
        stack = self._list_inside(get_ident())
        inside = stack[stack.index(namespace) :] if namespace in stack else [namespace, *stack]
        return _make_error([*inside, namespace])

    def _refuse_cycle(self, thread: int, namespace: str) -> None:
        path = self._list_inside(thread)
        wanted: str | None = namespace
        while wanted is not None:
            owner = self._inside.get(wanted)
            if owner == thread:
                raise _make_error([*path[path.index(wanted) :], wanted])
            if owner is None:
                return
            stack = self._list_inside(owner)
            path += stack[stack.index(wanted) :]
            wanted = self._waits.get(owner)

    def _list_inside(self, thread: int) -> list[str]:
        """Return the namespaces that a thread loads, outermost first."""
        return [namespace for namespace, owner in list(self._inside.items()) if owner == thread]


def _make_error(cycle: list[str]) -> PluginLoadError:
    fact = f"plugin {cycle[0]!r} is requested while it is being imported: {' -> '.join(cycle)}"
    advice = (
        "import the objects from the plugin's own modules, or look them up inside functions, by full name"
    )
    return PluginLoadError(f"{fact}\n  try   {advice}")


def is_being_imported(module: str) -> bool:
    """Return whether this thread is importing `module`, or a package around it.

    An import by the user takes none of these locks. If such an import waited here for a thread that waits for
    Python's lock on the same import, both would wait for ever.
    """
    frames = [frame for frame, _ in walk_stack(inspect.currentframe()) if frame.f_code.co_name == "<module>"]
    running = (frame.f_globals.get("__name__") for frame in frames)
    return any(name and f"{module}.".startswith(f"{name}.") for name in running)
