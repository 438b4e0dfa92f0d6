"""Shorten the names of classes."""

from __future__ import annotations

LONGEST = 14


def shorten_name(name: str) -> str:
    """Return a name of at most 14 characters; a longer one has an ellipsis in the middle.

    Examples
    --------
    >>> shorten_name("chrysanthemums")
    'chrysanthemums'
    >>> shorten_name("apple tree, black rot")
    'apple t…ck rot'
    """
    half = LONGEST // 2
    return name if len(name) <= LONGEST else f"{name[:half]}…{name[1 - half :]}"
