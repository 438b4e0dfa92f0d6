"""Checks names that users write as attributes: `ops.NAMESPACE.NAME`."""

from __future__ import annotations

from keyword import iskeyword
from unicodedata import normalize

MAX_LETTERS = 60  # of a name in a message


def find_name_fault(name: str) -> str | None:
    """Return why `name` cannot be written after a dot, or None.

    Python normalizes every name in a program to the form NFKC (PEP 3131).

    Examples
    --------
    >>> find_name_fault("gelu") is None
    True
    >>> find_name_fault("my-op")
    "'my-op' is not a usable name: expected an identifier that is not a keyword"
    """
    if not name.isidentifier() or iskeyword(name):
        short = name if len(name) <= MAX_LETTERS else f"{name[:MAX_LETTERS]}..."
        return f"{short!r} is not a usable name: expected an identifier that is not a keyword"
    if (normal := normalize("NFKC", name)) != name:
        escaped = f"{name!a} as {normal!a}"  # the two may look the same
        return f"{name!r} can never be found: Python reads it as {normal!r} (NFKC), {escaped}"
    return None
