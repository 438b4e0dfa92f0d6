"""Parse and complete the option values for which click has no type."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from minigrad_core.cli.completion import complete_from

from ..models import MODELS
from ..plugin_resources import is_resource_name
from ..run_folder import CHECKPOINT

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

complete_models = complete_from(lambda: MODELS)


def complete_run_folders(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the folders of runs, here and in `runs`, that begin with the text; without any, all folders."""
    from click.shell_completion import CompletionItem  # only a shell needs it

    parents = {Path(), Path("runs"), Path(incomplete).parent, Path(incomplete)}
    folders = {str(file.parent) for folder in parents for file in folder.glob(f"*/{CHECKPOINT}")}
    runs = sorted(path for path in folders if path.startswith(incomplete))
    return [CompletionItem(path) for path in runs] or [CompletionItem(incomplete, type="dir")]


class DataPath(click.Path):
    """The type of `--data`: a path, or the `NAMESPACE::NAME` of a plugin's dataset."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return a name unchanged, and a path as `click.Path` does."""
        return value if is_resource_name(value) else super().convert(value, param, ctx)


def parse_batch_size(_ctx: click.Context, _param: click.Parameter, value: str) -> int | None:
    """Return the number of examples in a batch, or None for `full`."""
    return None if value == "full" else _parse_size(value, "a whole number from 1 up, or full")


def parse_widths(_ctx: click.Context, _param: click.Parameter, value: str) -> tuple[int, ...]:
    """Return the widths of layers from numbers separated by commas; () from an empty text."""
    expected = "whole numbers from 1 up, separated by commas"
    return tuple(_parse_size(part, expected) for part in value.split(",")) if value.strip() else ()


def _parse_size(text: str, expected: str) -> int:
    if text.strip().isdecimal() and int(text) > 0:
        return int(text)
    raise click.BadParameter(f"expected {expected}; got {text!r}")
