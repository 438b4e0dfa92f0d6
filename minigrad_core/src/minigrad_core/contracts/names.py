"""Which names can be written as an attribute: `ops.NAMESPACE.NAME`."""

from __future__ import annotations

from keyword import iskeyword
from unicodedata import normalize

SHOWN = 60  # letters of a name in a message


def find_name_fault(name: str) -> str | None:
    """Return why a name could not be written after a dot, or None.

    Python reads every name in a program in the form NFKC (PEP 3131).

    Examples
    --------
    >>> find_name_fault("gelu") is None
    True
    >>> find_name_fault("my-op")
    "'my-op' is no usable name: expected an identifier, no keyword"
    """
    if not name.isidentifier() or iskeyword(name):
        shown = name if len(name) <= SHOWN else f"{name[:SHOWN]}..."
        return f"{shown!r} is no usable name: expected an identifier, no keyword"
    if (read := normalize("NFKC", name)) != name:
        differing = f"{name!a} as {read!a}"  # they may look the same
        return f"{name!r} can never be found: Python reads it as {read!r} (NFKC), {differing}"
    return None
