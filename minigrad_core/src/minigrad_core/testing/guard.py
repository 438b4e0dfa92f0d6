"""Run code of the subject: every exception becomes SubjectFailed, except the user's own interrupt."""

import dis
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

from .finding import DoesNotApply, SubjectFailed

T = TypeVar("T")
LIBRARIES = ("minigrad_core", "numpy", "scipy")


def guard(action: str, run: Callable[[], T]) -> T:
    """Return `run()`.

    action: the name of the call in messages; the failure code derives from it: `forward-raises` from
        "forward".
    run: calls the subject.

    Raise SubjectFailed if the subject raises any exception, SystemExit included.
    """
    try:
        return run()
    except (SubjectFailed, DoesNotApply):
        raise
    except BaseException as error:
        if is_interrupt(error):
            raise
        code = action.removeprefix("the ").replace(" ", "-").replace("_", "-")
        if isinstance(error, SystemExit):
            fact = f"{action} called sys.exit({error.code!r})"
            raise SubjectFailed(f"{code}-exits", fact, error) from error
        raise SubjectFailed(
            f"{code}-raises", f"{action} raised {describe_exception(error)}", error
        ) from error


def is_interrupt(error: BaseException) -> bool:
    """Return whether the user pressed Ctrl-C: no `raise` statement made this KeyboardInterrupt."""
    return isinstance(error, KeyboardInterrupt) and not is_deliberate(error)


def is_deliberate(error: BaseException) -> bool:
    """Return whether a `raise` statement outside of NumPy made the exception: a refusal, and no accident."""
    last = _find_last(error)
    if last is None or last.tb_frame.f_globals.get("__name__", "").partition(".")[0] == "numpy":
        return False
    return dis.opname[last.tb_frame.f_code.co_code[last.tb_lasti]] == "RAISE_VARARGS"


def describe_exception(error: BaseException) -> str:
    """Return type, message and place of an exception; the place is in the author's own code if possible."""
    last = _find_last(error, outside=LIBRARIES) or _find_last(error)
    if last is None:
        return f"{type(error).__name__}: {error}"
    file = last.tb_frame.f_code.co_filename.rsplit("/", 1)[-1]
    return f"{type(error).__name__}: {error} at line {last.tb_lineno} of {file}"


def _find_last(error: BaseException, outside: tuple[str, ...] = ()) -> TracebackType | None:
    """Return the last entry of a traceback that is not in one of the packages.

    The module `traceback` would read the source as well, and takes 50 times as long.
    """
    last, entry = None, error.__traceback__
    while entry is not None:
        package = entry.tb_frame.f_globals.get("__name__", "").partition(".")[0]
        if package not in outside:
            last = entry
        entry = entry.tb_next
    return last
