"""Option values that click has no type for, as callbacks of the options."""

from __future__ import annotations

import click


def batch_size(_ctx: click.Context, _param: click.Parameter, value: str) -> int | None:
    """Return a number of examples, or None for `full`."""
    return None if value == "full" else _size(value, "a whole number from 1 up, or full")


def widths(_ctx: click.Context, _param: click.Parameter, value: str) -> tuple[int, ...]:
    """Return layer widths that were separated by commas; an empty string is none."""
    expected = "whole numbers from 1 up, separated by commas"
    return tuple(_size(part, expected) for part in value.split(",") if part.strip())


def _size(text: str, expected: str) -> int:
    if text.strip().isdecimal() and int(text) > 0:
        return int(text)
    raise click.BadParameter(f"expected {expected}; got {text!r}")
