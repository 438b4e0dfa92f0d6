"""A guard around a hook of a plugin: errors name the plugin, and the run continues if possible."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Generator
from functools import wraps
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

from minigrad_core.contracts.location import locate
from minigrad_core.plugins import describe_exception

from ..errors import CallbackError, EndedRun
from .hookspecs import FATAL, STOPPING

if TYPE_CHECKING:
    import pluggy

    from minigrad_core.plugins import Plugin


def guard_hook(
    implementation: pluggy.HookImpl, hook: str, plugin: Plugin, ended: list[EndedRun], faults: list[str]
) -> Callable[..., Any]:
    """Return an implementation of a hook whose errors name the plugin.

    If the hook may end the run, an `EndedRun` is appended to `ended`. If it were raised at once, pluggy would
    not call the plugins that save and show the run. Other errors that do not end the run are appended to
    `faults`.
    """
    function = implementation.function
    guard = _Guard(function, hook, plugin, ended, faults)

    @wraps(function)  # pluggy reads the arguments from the signature, and passes those with a default by name
    def call(*args: Any, **options: Any) -> Any:
        return guard.call(*args, **options)

    @wraps(function)
    def wrap(*args: Any, **options: Any) -> Generator[None, Any, Any]:
        return (yield from guard.wrap(*args, **options))

    return wrap if implementation.wrapper else call


class _Guard:
    def __init__(
        self,
        function: Callable[..., Any],
        hook: str,
        plugin: Plugin,
        ended: list[EndedRun],
        faults: list[str],
    ) -> None:
        self.function, self.hook, self.ended, self.faults = function, hook, ended, faults
        self.label = f"{hook} of {plugin.title} ({locate(function)})"
        self.failed = False

    def call(self, *args: Any, **options: Any) -> Any:
        """Call the function, unless it has failed before."""
        if self.failed:
            return None
        try:
            result = self.function(*args, **options)
            if inspect.isgenerator(result) or inspect.iscoroutine(result):
                result.close()
                fact = "it is a generator or a coroutine, which never runs"
                raise TypeError(f"{fact}: add wrapper=True, or use return")
        except BaseException as error:
            self._settle(error)
            return None
        return result

    def wrap(self, *args: Any, **options: Any) -> Generator[None, Any, Any]:
        """Drive a wrapper. An exception of the hooks inside the wrapper passes unchanged."""
        wrapper: Generator[None, Any, Any] = self.function(*args, **options)
        begun = not self.failed and self._resume(lambda: _expect_first_yield(wrapper))
        try:
            result = yield
        except BaseException as inner:
            raised = inner  # Python deletes `inner` at the end of this block
            if begun:
                self._resume(lambda: _refuse_second_yield(wrapper.throw(raised)), inner=raised)
            raise
        if not begun:
            return result
        return self._resume(lambda: _refuse_second_yield(wrapper.send(result)), fallback=result)

    def _resume(
        self, resume: Callable[[], Any], inner: BaseException | None = None, fallback: Any = None
    ) -> Any:
        """Resume a wrapper and return its result, or `fallback` if the wrapper raises an error of its own."""
        try:
            return resume()
        except StopIteration as stop:
            return stop.value
        except BaseException as error:
            if error is not inner:
                self._settle(error)
        return fallback

    def _settle(self, error: BaseException) -> None:
        """Note the end of a run, report an error; raise other exceptions, such as a second Ctrl-C."""
        if isinstance(error, EndedRun) and self.hook in STOPPING:
            self.ended.append(error)
        elif isinstance(error, Exception) or type(error) is SystemExit:
            self._report(error)
        else:
            raise error

    def _report(self, error: BaseException) -> None:
        """Raise CallbackError where an error ends the run; elsewhere warn, at the plugin's own line."""
        self.failed = True
        fact = f"{self.label} raised {describe_exception(error)}"
        if self.hook in FATAL:
            raise CallbackError(fact) from error
        frames = extract_tb(error.__traceback__)
        own = next((frame for frame in frames if frame.filename != __file__), frames[-1])
        fact += "; the run continues without it"
        self.faults.append(fact)
        warnings.warn_explicit(fact, RuntimeWarning, own.filename, own.lineno or 1)


def _expect_first_yield(wrapper: Generator[None, Any, Any]) -> bool:
    for _ in wrapper:
        return True
    raise RuntimeError("a wrapper has to yield once, and it did not")


def _refuse_second_yield(_: object) -> None:
    raise RuntimeError("a wrapper has to yield once, and it did so again")
