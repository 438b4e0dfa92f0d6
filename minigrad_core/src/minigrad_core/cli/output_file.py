"""The type of options that name an output file: checked before the content is computed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


class OutputFile(click.Path):
    """A path in an existing folder; with `endings`, the path must have one of them."""

    def __init__(self, *endings: str) -> None:
        super().__init__(dir_okay=False)
        self.endings = endings

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path, or raise `click.BadParameter`."""
        path = Path(str(super().convert(value, param, ctx)))
        if self.endings and path.suffix.lower() not in self.endings:
            self.fail(f"{path} must end with {' or '.join(self.endings)}", param, ctx)
        if not path.parent.is_dir():
            self.fail(f"{path.parent} is no folder", param, ctx)
        return path
