"""Where an operation came from, for messages."""

from __future__ import annotations

from typing import Any


def describe(op: Any) -> str:
    """Return what a message calls `op`."""
    return str(getattr(op, "name", type(op).__name__))
