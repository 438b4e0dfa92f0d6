"""Imports one plugin and asks its hooks, without a trace in the registry."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import pluggy

from ..contracts.conforming import made_callable
from ..errors import PluginError
from ..tensor.protocols import name_of
from . import hookspecs, validation
from .location import location

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PREFIX = "minigrad_"
HOOKS = [
    name for name, value in vars(hookspecs).items() if name.startswith(PREFIX) and inspect.isfunction(value)
]


@dataclass
class Staged:
    """What one plugin provides, checked and not yet registered.

    `functions`: NumPy function -> name of the op that answers for it.
    """

    operations: dict[str, Any] = field(default_factory=dict)
    initializers: dict[str, Any] = field(default_factory=dict)
    optimizers: dict[str, Any] = field(default_factory=dict)
    functions: dict[Callable[..., Any], str] = field(default_factory=dict)
    commands: Callable[[], Iterable[Any]] = tuple


def stage(plugin: object, namespace: str) -> Staged:
    """Return what the plugin's hooks provide.

    Raises
    ------
    PluginError
        A hook is misspelt, undecorated or returned something that cannot be registered.
    """
    manager = _manager(plugin, namespace)
    operations = _asked(manager, "minigrad_operations", validation.valid_operation)
    unique = validation.unique(operations, "operations")
    handed_out = {name: made_callable(op) for name, op in unique.items()}
    return Staged(
        operations=handed_out,
        initializers=validation.unique(
            _asked(manager, "minigrad_initializers", validation.valid_initializer), "initializers"
        ),
        optimizers=validation.unique(
            _asked(manager, "minigrad_optimizers", validation.valid_optimizer), "optimizers"
        ),
        functions=_functions(handed_out),
        commands=lambda: _asked(manager, "minigrad_commands", _valid_command),
    )


def _manager(plugin: object, namespace: str) -> pluggy.PluginManager:
    """Return a manager of its own for this plugin: what one plugin does wrong cannot reach another."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    _refuse_undecorated(manager, plugin)
    manager.register(plugin, name=namespace)
    _refuse_misspelt(manager, plugin)
    manager.check_pending()
    return manager


def _refuse_undecorated(manager: pluggy.PluginManager, plugin: object) -> None:
    """Pluggy ignores a function without the decorator in silence, and the plugin would look empty."""
    for name in dir(plugin):
        function = getattr(plugin, name, None) if name.startswith(PREFIX) else None
        if inspect.isroutine(function) and manager.parse_hookimpl_opts(plugin, name) is None:
            raise PluginError(
                f"{name} ({location(function)}) is not decorated: write @hookimpl above it{_known(name)}"
            )


def _refuse_misspelt(manager: pluggy.PluginManager, plugin: object) -> None:
    for caller in manager.get_hookcallers(plugin) or ():
        for implementation in caller.get_hookimpls():
            if not caller.has_spec() and not implementation.optionalhook:
                place = location(implementation.function)
                raise PluginError(
                    f"{caller.name} ({place}) is decorated with @hookimpl and is no hook{_known(caller.name)}"
                )


def _known(name: str) -> str:
    if name in HOOKS:
        return ""
    near = get_close_matches(name, HOOKS, n=1)
    return f"; did you mean {near[0]}?" if near else f"; the hooks are {', '.join(HOOKS)}"


def _asked(manager: pluggy.PluginManager, hook: str, check: Callable[[Any], None]) -> list[Any]:
    """Call one hook of the one plugin, and check everything that it returned."""
    caller: pluggy.HookCaller = getattr(manager.hook, hook)
    implementations = [
        entry for entry in caller.get_hookimpls() if not entry.wrapper and not entry.hookwrapper
    ]
    if not implementations:
        return []
    returned = caller()
    first = implementations[0].function
    if not returned:  # pluggy drops None
        raise PluginError(f"{_place(hook, first)} returned None; expected a list: is the `return` missing?")
    things: list[Any] = []
    for value in returned:
        if isinstance(value, str | bytes | dict) or not hasattr(value, "__iter__"):
            raise PluginError(f"{_place(hook, first)} returned {value!r}; expected a list, even of one")
        things += value
    for thing in things:
        check(thing)
    return things


def _place(hook: str, function: Callable[..., Any]) -> str:
    return f"{hook} ({location(function)})"  # reads the source, so only where something is wrong


def _valid_command(command: Any) -> None:
    import click  # only the command line asks for commands, and it has imported click

    if not isinstance(command, click.Command) or not command.name:
        raise validation.fault(command, "not a click command: decorate it with @click.command()")


def _functions(operations: dict[str, Any]) -> dict[Callable[..., Any], str]:
    answers: dict[Callable[..., Any], str] = {}
    for name, op in operations.items():
        for function in getattr(op, "implements", ()):
            if (other := answers.setdefault(function, name)) != name:
                places = f"{other!r} ({location(operations[other])}) and {name!r} ({location(op)})"
                raise PluginError(f"two operations answer for {name_of(function)}: {places}")
    return answers
