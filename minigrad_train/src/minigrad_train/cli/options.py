"""Option values that click has no type for, as callbacks of the options."""

from __future__ import annotations

import click

POSITIVE = click.IntRange(min=1)


def batch_size(ctx: click.Context, param: click.Parameter, value: str) -> int | None:
    """Return a number of examples, or None for `full`."""
    return None if value == "full" else POSITIVE(value, param, ctx)


def widths(ctx: click.Context, param: click.Parameter, value: str) -> tuple[int, ...]:
    """Return layer widths that were separated by commas; an empty string is none."""
    return tuple(POSITIVE(part, param, ctx) for part in value.split(",") if part.strip())
