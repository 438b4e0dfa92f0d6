"""Names the plugin whose callback raised, and lets the run go on where its hook says so."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator
from functools import wraps
from traceback import extract_tb
from typing import Any

from minigrad_core.contracts.location import locate
from minigrad_core.plugins.names import describe_exception

from ..errors import CallbackError, EndedRun
from .hookspecs import FATAL, STOPPING


def guard_hook(
    function: Callable[..., Any], hook: str, plugin: str, ended: list[EndedRun], *, wrapper: bool
) -> Callable[..., Any]:
    """Return an implementation of a hook whose errors are told as the plugin's, "'mine' (mg-mine 1.0)".

    Where the hook may end the run, `EndedRun` goes into `ended`: raised at once, it would keep the others,
    who save and show, from being called.
    """
    guard = _Guard(function, hook, plugin, ended)

    @wraps(function)  # pluggy reads the arguments off the signature
    def call(*args: Any) -> Any:
        return guard.call(*args)

    @wraps(function)
    def around(*args: Any) -> Generator[None, Any, Any]:
        return (yield from guard.around(*args))

    return around if wrapper else call


class _Guard:
    def __init__(self, function: Callable[..., Any], hook: str, plugin: str, ended: list[EndedRun]) -> None:
        self.function, self.hook, self.ended = function, hook, ended
        self.whose = f"{hook} of plugin {plugin} ({locate(function)})"
        self.failed = False

    def call(self, *args: Any) -> Any:
        """Call it, unless it has failed before."""
        if self.failed:
            return None
        try:
            return self.function(*args)
        except BaseException as error:
            self._settle(error)
            return None

    def around(self, *args: Any) -> Generator[None, Any, Any]:
        """Drive a wrapper. What those inside of it raised is not its own, and passes as it is."""
        wrapper: Generator[None, Any, Any] = self.function(*args)
        begun = not self.failed and self._resume(lambda: _expect_first_yield(wrapper))
        try:
            result = yield
        except BaseException as inner:
            raised = inner  # which Python deletes at the end of this block
            if begun:
                self._resume(lambda: _refuse_second_yield(wrapper.throw(raised)), inner=raised)
            raise
        return (
            self._resume(lambda: _refuse_second_yield(wrapper.send(result)), instead=result)
            if begun
            else result
        )

    def _resume(
        self, resume: Callable[[], Any], inner: BaseException | None = None, instead: Any = None
    ) -> Any:
        """Resume a wrapper and return what it returns, or `instead` if it raises an error of its own."""
        try:
            return resume()
        except StopIteration as stop:
            return stop.value
        except BaseException as error:
            if error is not inner:
                self._settle(error)
        return instead

    def _settle(self, error: BaseException) -> None:
        """Note an end, tell an error; raise what is neither, such as a second Ctrl-C."""
        if isinstance(error, EndedRun) and self.hook in STOPPING:
            self.ended.append(error)
        elif isinstance(error, Exception) or type(error) is SystemExit:
            self._tell(error)
        else:
            raise error

    def _tell(self, error: BaseException) -> None:
        self.failed = True
        fact = f"{self.whose} raised {describe_exception(error)}"
        if self.hook in FATAL:
            raise CallbackError(fact) from error
        frames = extract_tb(error.__traceback__)
        theirs = next((frame for frame in frames if frame.filename != __file__), frames[-1])
        fact += "; the run goes on without it"
        warnings.warn_explicit(fact, RuntimeWarning, theirs.filename, theirs.lineno or 1)


def _expect_first_yield(wrapper: Generator[None, Any, Any]) -> bool:
    for _ in wrapper:
        return True
    raise RuntimeError("a wrapper has to yield once, and it did not")


def _refuse_second_yield(_: object) -> None:
    raise RuntimeError("a wrapper has to yield once, and it did so again")
