"""Descriptions of exceptions, also of those whose class is in a plugin."""

from __future__ import annotations

from errno import EMFILE, ENFILE, ENOMEM


def is_resource_error(error: BaseException | None) -> bool:
    """Return whether stack, memory or open files ran out: no fault of the code that needed them."""
    out = isinstance(error, RecursionError | MemoryError)
    out |= isinstance(error, OSError) and error.errno in {EMFILE, ENFILE, ENOMEM}
    return out or (error is not None and is_resource_error(error.__cause__ or error.__context__))


def describe_exception(error: BaseException) -> str:
    """Return the type and the message of an exception: "ValueError: expected a number"."""
    try:
        message = str(error)
    except Exception:  # the exception may be of a class of a plugin
        message = "its message cannot be shown"
    return f"{type(error).__name__}: {message}".rstrip(": ")
