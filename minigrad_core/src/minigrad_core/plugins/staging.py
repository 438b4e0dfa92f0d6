"""Asks one plugin's hooks, without a trace in the registry."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextlib import suppress
from difflib import get_close_matches
from functools import partial
from typing import Any, NamedTuple

import pluggy

from ..contracts.adapters import adapt_initializer, adapt_operation
from ..contracts.location import locate
from ..contracts.validation import VALIDATORS, index_by_name, safe_repr
from ..errors import PluginError
from . import deprecations, hookspecs
from .names import describe_exception

PREFIX = "minigrad_"
HOOKS = [name for name in vars(hookspecs) if name.startswith(PREFIX)]


class Staged(NamedTuple):
    """What one plugin provides, checked and not yet registered."""

    things: Mapping[str, Mapping[str, Any]]  # by kind and name
    call_hook: Callable[
        [str, Callable[[Any], None]], list[Any]
    ]  # calls another hook, and checks what it returns
    deprecated: list[deprecations.Use]


def stage(plugin: object, namespace: str) -> Staged:
    """Return what the plugin's hooks provide.

    Raises PluginError if a hook is missing, misspelt or undecorated, or returned what cannot be registered.
    """
    manager = _make_manager(plugin, namespace)
    ask = partial(call_hook, manager)
    things = {kind: index_by_name(ask(f"{PREFIX}{kind}s", check), kind) for kind, check in VALIDATORS.items()}
    things["operation"] = {name: adapt_operation(op) for name, op in things["operation"].items()}
    things["initializer"] = {name: adapt_initializer(init) for name, init in things["initializer"].items()}
    hooks = [hook for caller in manager.get_hookcallers(plugin) or () for hook in caller.get_hookimpls()]
    all_things = [thing for by_name in things.values() for thing in by_name.values()]
    return Staged(things, ask, deprecations.uses(hooks, all_things))


class _Manager(pluggy.PluginManager):
    """Passes over what raises when it is looked at, such as settings that nobody has configured."""

    def parse_hookimpl_opts(self, plugin: Any, name: str) -> pluggy.HookimplOpts | None:
        with suppress(Exception):
            return super().parse_hookimpl_opts(plugin, name)
        return None


def _make_manager(plugin: object, namespace: str) -> _Manager:
    """Return a manager of its own for this plugin: what one plugin does wrong cannot reach another."""
    manager = _Manager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    _refuse_plain_functions(manager, plugin)
    manager.register(plugin, name=namespace)
    _refuse_misspelt(manager, plugin)
    return manager


def _refuse_plain_functions(manager: pluggy.PluginManager, plugin: object) -> None:
    """Pluggy ignores a function without the decorator in silence, and the plugin would look empty."""
    for name in dir(plugin):
        function = getattr(plugin, name, None) if name.startswith(PREFIX) else None
        plain = inspect.isroutine(function)
        if (plain or name in HOOKS) and manager.parse_hookimpl_opts(plugin, name) is None:
            fact = (
                "decorated: write @hookimpl above it" if plain else "a function: write `def`, under @hookimpl"
            )
            raise PluginError(f"{name} ({locate(function)}) is not {fact}{_suggest_hook(name)}")


def _refuse_misspelt(manager: pluggy.PluginManager, plugin: object) -> None:
    callers = manager.get_hookcallers(plugin)
    if not callers:
        what = getattr(plugin, "__name__", None) or type(plugin).__name__
        raise PluginError(
            f"{what} ({locate(plugin)}) has no hook: the entry point must name the module whose functions"
            " are under @hookimpl, as in mine = minigrad_mine.plugin"
        )
    for caller in callers:
        for implementation in caller.get_hookimpls():
            if not caller.has_spec() and not implementation.optionalhook:
                what = f"{caller.name} ({locate(implementation.function)})"
                raise PluginError(
                    f"{what} is decorated with @hookimpl and is no hook{_suggest_hook(caller.name)}"
                )


def _suggest_hook(name: str) -> str:
    if name in HOOKS:
        return ""
    near = get_close_matches(name, HOOKS, n=1)
    return f"; did you mean {near[0]}?" if near else f"; the hooks are {', '.join(HOOKS)}"


def call_hook(manager: pluggy.PluginManager, hook: str, check: Callable[[Any], None]) -> list[Any]:
    """Call one hook of the one plugin, and check everything that it returned."""
    caller: pluggy.HookCaller = getattr(manager.hook, hook)
    own = [each for each in caller.get_hookimpls() if not (each.wrapper or each.hookwrapper)]
    if not own:
        return []

    def fault(fact: str) -> PluginError:
        return PluginError(f"{hook} ({locate(own[0].function)}){fact}")

    try:
        returned: list[Any] = caller()
        odd = [v for v in returned if isinstance(v, str | bytes | dict) or not hasattr(v, "__iter__")]
        things = [] if odd else [thing for value in returned for thing in value]
    except Exception as error:
        raise fault(f" raised {describe_exception(error)}") from error
    if not returned:  # pluggy drops None
        raise fault(" returned None; expected a list: is the `return` missing?")
    if odd:
        raise fault(f" returned {safe_repr(odd[0])}; expected a list, even of one")
    for position, thing in enumerate(things):
        try:
            check(thing)
        except Exception as error:  # looking at a plugin's object runs the plugin's code
            fact = (
                str(error)
                if isinstance(error, PluginError)
                else f"{safe_repr(thing)}: {describe_exception(error)}"
            )
            raise fault(f", item {position}: {fact}") from error
    return things
