"""Runs code of the subject: whatever it raises is a finding, except the user's own interrupt."""

import dis
from collections.abc import Callable
from types import TracebackType
from typing import Any

from .finding import Broken, DoesNotApply

LIBRARIES = ("minigrad_core", "numpy", "scipy")


def guarded(what: str, run: Callable[[], Any]) -> Any:
    """Return `run()`; whatever it raises becomes Broken. Only the user's own interrupt passes."""
    try:
        return run()
    except (Broken, DoesNotApply):
        raise
    except BaseException as error:
        if is_interrupt(error):
            raise
        code = what.removeprefix("the ").replace(" ", "-").replace("_", "-")
        if isinstance(error, SystemExit):
            raise Broken(f"{code}-exits", f"{what} called sys.exit({error.code!r})", error) from error
        raise Broken(f"{code}-raises", f"{what} raised {told(error)}", error) from error


def is_interrupt(error: BaseException) -> bool:
    """Whether somebody pressed Ctrl-C: then no `raise` statement stands where the exception came from."""
    return isinstance(error, KeyboardInterrupt) and not on_purpose(error)


def on_purpose(error: BaseException) -> bool:
    """Whether a `raise` statement outside NumPy made the exception: a refusal, not an accident."""
    last = _last(error)
    if last is None or last.tb_frame.f_globals.get("__name__", "").partition(".")[0] == "numpy":
        return False
    return dis.opname[last.tb_frame.f_code.co_code[last.tb_lasti]] == "RAISE_VARARGS"


def told(error: BaseException) -> str:
    """Return the kind and text of an exception, and its place: the author's own line, where there is one."""
    last = _last(error, outside=LIBRARIES) or _last(error)
    if last is None:
        return f"{type(error).__name__}: {error}"
    file = last.tb_frame.f_code.co_filename.rsplit("/", 1)[-1]
    return f"{type(error).__name__}: {error} at line {last.tb_lineno} of {file}"


def _last(error: BaseException, outside: tuple[str, ...] = ()) -> TracebackType | None:
    """Return the place of an exception, at no cost: `traceback` would read the source, 50 times as slow."""
    last, place = None, error.__traceback__
    while place is not None:
        if not outside or place.tb_frame.f_globals.get("__name__", "").partition(".")[0] not in outside:
            last = place
        place = place.tb_next
    return last
