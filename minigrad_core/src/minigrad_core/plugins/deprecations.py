"""What plugins may still use, and until when: each use is told with the plugin's name and file."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..contracts.location import find_file_and_line

if TYPE_CHECKING:
    import pluggy

    from .plugin import Plugin


class Deprecated(NamedTuple):
    """What to write instead, and the version of the core that ends it."""

    instead: str
    ends: str


# "minigrad_operations", "minigrad_operations(registry)" or ".attribute" (of an operation, initializer or
# optimizer) -> what takes its place. A hook or argument stays in the specification until it ends.
DEPRECATED: dict[str, Deprecated] = {}


class Use(NamedTuple):
    """One use of something deprecated by a plugin, and what uses it."""

    name: str
    user: object

    @property
    def text(self) -> str:
        """What it is, and what to write instead."""
        instead, ends = DEPRECATED[self.name]
        return f"{self.name.removeprefix('.')} is deprecated and ends in minigrad-core {ends}: use {instead}"

    def warn(self, plugin: Plugin) -> None:
        """Warn, at the place in the plugin's code."""
        file, line = find_file_and_line(self.user)
        whose = f"plugin {plugin.namespace!r} ({plugin.label})"
        warnings.warn_explicit(f"{whose}: {self.text}", DeprecationWarning, file or "?", line)


def uses(hooks: Iterable[pluggy.HookImpl], things: Iterable[Any]) -> list[Use]:
    """Return the uses of what is deprecated, among a plugin's hooks and what they returned."""
    found = []
    for hook in hooks:
        name = hook.function.__name__
        names = [name, *(f"{name}({argument})" for argument in hook.argnames)]
        found += [Use(name, hook.function) for name in names if name in DEPRECATED]
    for thing in things:
        kind = thing if isinstance(thing, type) else type(thing)
        own = [cls for cls in kind.__mro__ if not cls.__module__.startswith("minigrad_core.")]
        members = {f".{name}" for cls in own for name in vars(cls)}
        found += [Use(name, thing) for name in DEPRECATED if name in members]
    return found
