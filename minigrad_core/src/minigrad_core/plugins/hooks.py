"""The hooks of one plugin, in a pluggy manager of its own: a fault of one plugin cannot reach another."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import pluggy

from ..contracts.location import locate
from ..contracts.validation import safe_repr
from ..errors import PluginError
from ..exceptions import describe_exception
from . import hookspecs

CALLBACKS = "callback"  # the kind of each hook that is not a source of functions


@dataclass(frozen=True)
class HookGroup:
    """The hooks that modules in one group of entry points may implement.

    The distribution that calls the hooks declares them in the entry-point group `minigrad.hosts`:
    `"minigrad.training" = "minigrad_train.hooks.hookspecs:TRAINING"`.
    """

    #: A module with the specifications, and `PROJECT`, the name that pluggy's markers are made with.
    specifications: Any
    #: How the name of each hook begins: `train_`.
    prefix: str
    #: The decorator of implementations, for messages: `minigrad_train.hooks.hookimpl`.
    marker: str
    #: Hooks that return functions by name -> what such a function makes: `{"train_models": "model"}`.
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The names of the hooks."""
        return [name for name in vars(self.specifications) if name.startswith(self.prefix)]


CORE_HOOKS = HookGroup(hookspecs, "minigrad_", "hookimpl")


class PluginHooks:
    """The implementations in one module, validated.

    Raises PluginError if a hook is misspelt or not decorated, or the module has none, and
    pluggy.PluginValidationError if an implementation takes an argument that its hook does not have.
    """

    def __init__(self, module: object, namespace: str, group: HookGroup) -> None:
        self.group = group
        self._manager = _Manager(group.specifications.PROJECT)
        self._manager.add_hookspecs(group.specifications)
        self._refuse_plain_functions(module)
        self.deprecations = self._register(module, namespace)
        self._refuse_misspelt(module)

    @property
    def implementations(self) -> list[tuple[str, pluggy.HookImpl]]:
        """The hooks of this release that the plugin implements, with each implementation."""
        return [(name, each) for name in self.group.names for each in self._caller(name).get_hookimpls()]

    def call(self, hook: str) -> list[Any]:
        """Return what the implementation of a hook returns, in a list; an empty list without one.

        Raises PluginError with the file and the line of the implementation if it raised.
        """
        try:
            return list(self._caller(hook)())
        except (Exception, SystemExit) as error:
            raise self.make_error(hook, f" raised {describe_exception(error)}") from error

    def list_objects(self, hook: str, check: Callable[[Any], None]) -> list[Any]:
        """Return the objects that a hook returns in a list, each checked.

        Raises PluginError if the hook raised, did not return a list, or `check` raised for an object in it.
        """
        if all(each.wrapper for each in self._caller(hook).get_hookimpls()):
            return []
        returned = self.call(hook)
        if not returned:  # pluggy drops None
            raise self.make_error(hook, " returned None; expected a list: is the `return` missing?")
        invalid = [v for v in returned if isinstance(v, str | bytes | dict) or not hasattr(v, "__iter__")]
        if invalid:
            raise self.make_error(hook, f" returned {safe_repr(invalid[0])}; expected a list, even of one")
        try:
            objects = [obj for value in returned for obj in value]
        except (Exception, SystemExit) as error:  # a generator runs the plugin's code here
            raise self.make_error(hook, f" raised {describe_exception(error)}") from error
        for position, obj in enumerate(objects):
            try:
                check(obj)
            except Exception as error:  # an attribute of a plugin's object may run the plugin's code
                own = isinstance(error, PluginError)
                fact = str(error) if own else f"{safe_repr(obj)}: {describe_exception(error)}"
                raise self.make_error(hook, f", item {position}: {fact}") from error
        return objects

    def list_functions(self, hook: str) -> dict[str, Callable[..., Any]]:
        """Return the functions by name that a hook in `group.sources` returns.

        Raises PluginError if the hook raised, or returned something else.
        """
        functions: dict[str, Callable[..., Any]] = {}
        for value in self.call(hook):
            named = isinstance(value, Mapping) and all(isinstance(name, str) and name for name in value)
            if not named or not all(map(callable, value.values())):
                raise self.make_error(hook, f" returned {safe_repr(value)}; expected functions by name")
            functions |= value
        return functions

    def list_content(self) -> dict[str, list[str]]:
        """Return the names of what the plugin provides, by kind: {"model": ["small"], "callback": [...]}."""
        hooks = dict.fromkeys(hook for hook, _ in self.implementations)
        content = {kind: list(self.list_functions(hook)) for hook, kind in self.group.sources.items()}
        return content | {CALLBACKS: [hook for hook in hooks if hook not in self.group.sources]}

    def make_error(self, hook: str, fact: str) -> PluginError:
        """Return the error for a fact about a hook, with the file and line of its implementation."""
        implementation = self._caller(hook).get_hookimpls()[0]  # wrappers come last
        return PluginError(f"{hook} ({locate(implementation.function)}){fact}")

    def _caller(self, hook: str) -> pluggy.HookCaller:
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        return caller

    def _register(self, module: object, namespace: str) -> list[warnings.WarningMessage]:
        """Register the module, and return the warnings about deprecated hooks and arguments.

        pluggy warns here (`warn_on_impl`, `warn_on_impl_args`) without the name of the plugin, and under an
        "error" filter the plugin would not load. So the loader warns once the plugin is loaded.
        """
        specs = [spec for name in self.group.names if (spec := self._caller(name).spec)]
        deprecated = [spec.warn_on_impl for spec in specs]
        deprecated += [warning for spec in specs for warning in (spec.warn_on_impl_args or {}).values()]
        recorder = warnings.catch_warnings(record=True, action="always")
        # The recorder takes the warnings of all threads.
        with recorder if any(deprecated) else nullcontext() as caught:
            self._manager.register(module, name=namespace)
        return [warning for warning in caught or () if warning.message in deprecated]

    def _refuse_plain_functions(self, module: object) -> None:
        """Raise for a function without the decorator, which pluggy would silently ignore."""
        marker = self.group.marker
        for name in (name for name in dir(module) if name.startswith(self.group.prefix)):
            value = getattr(module, name, None)
            plain = inspect.isroutine(value)
            known = name in self.group.names
            if (plain or known) and self._manager.parse_hookimpl_opts(module, name) is None:
                fact = f"a function: write `def`, under @{marker}"
                if plain:
                    fact = f"decorated: write @{marker} above it"
                raise PluginError(f"{name} ({locate(value)}) is not {fact}{self._suggest_hook(name)}")

    def _refuse_misspelt(self, module: object) -> None:
        callers = self._manager.get_hookcallers(module)
        marker = self.group.marker
        if not callers:
            name = getattr(module, "__name__", None) or type(module).__name__
            advice = f"the entry point must name the module whose functions are under @{marker}, as in"
            raise PluginError(f"{name} ({locate(module)}) has no hook: {advice} mine = minigrad_mine.plugin")
        for caller in callers:
            for implementation in caller.get_hookimpls():
                hook = f"{caller.name} ({locate(implementation.function)})"
                if implementation.hookwrapper:
                    raise PluginError(f"{hook} has hookwrapper=True, pluggy's old form: write wrapper=True")
                if not caller.has_spec() and not implementation.optionalhook:
                    fact = f"is decorated with @{marker} and is not a hook{self._suggest_hook(caller.name)}"
                    raise PluginError(f"{hook} {fact}")

    def _suggest_hook(self, name: str) -> str:
        if name in self.group.names:
            return ""
        # All names begin with minigrad_, which alone makes 0.6.
        near = get_close_matches(name, self.group.names, n=1, cutoff=0.8)
        return f"; did you mean {near[0]}?" if near else f"; the hooks are {', '.join(self.group.names)}"


class _Manager(pluggy.PluginManager):
    """A manager that ignores objects in a module that raise at each access, such as lazy settings."""

    def parse_hookimpl_opts(self, plugin: Any, name: str) -> pluggy.HookimplOpts | None:
        with suppress(Exception):
            return super().parse_hookimpl_opts(plugin, name)
        return None
