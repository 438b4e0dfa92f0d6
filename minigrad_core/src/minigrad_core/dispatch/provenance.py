"""Where an operation comes from, for error messages."""

from __future__ import annotations

from .tables import LABELS


def describe(op: object) -> str:
    """Return "nn::relu (minigrad-ops-nn 0.1.0)" for what a plugin registered, else the bare name.

    Examples
    --------
    >>> class Square:
    ...     name = "square"
    >>> describe(Square())
    'square'
    """
    label = LABELS.get(id(op))
    if label is not None:
        return label
    name = getattr(op, "name", None)
    return name if isinstance(name, str) and name else type(op).__name__
