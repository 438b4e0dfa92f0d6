"""Shorten the names of classes."""

from __future__ import annotations

LONGEST = 14


def shorten_name(name: str) -> str:
    """Return a name of at most 14 characters; a longer one ends with an ellipsis.

    Examples
    --------
    >>> shorten_name("chrysanthemums")
    'chrysanthemums'
    >>> shorten_name("chrysanthemum white")
    'chrysanthemum…'
    """
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
