"""`minigrad stubs`: types for the operations that are installed."""

from __future__ import annotations

from pathlib import Path

import click

from ..dispatch.tables import INITIALIZERS, OPERATIONS, OPTIMIZERS
from ..plugins.compatibility import CORE, core_version
from ..plugins.startup import plugin_loader
from .pure_output import pure_output
from .stub_text import StubText
from .wheel import write_wheel


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="The folder to write to; by default the present one.",
)
def stubs(out: Path) -> None:
    """Write type stubs for the installed plugins.

    They come as a wheel, whose path is printed. Installed beside minigrad-core, it lets mypy and pyright
    check `mg.ops.nn.relu(x)`, and editors complete it.
    """
    with pure_output() as show:
        plugin_loader().load_all()
        show(str(_write_stubs(out)))
    for line in plugin_loader().list_unavailable():
        click.echo(f"note: {line}", err=True)


def _write_stubs(out: Path) -> Path:
    stub = StubText()
    for catalog, table in (("ops", OPERATIONS), ("initializers", INITIALIZERS), ("optimizers", OPTIMIZERS)):
        stub.add(catalog, table)
    # A partial stub package: what it does not have, a type checker reads in minigrad_core itself (PEP 561).
    package = "minigrad_core-stubs"
    files = {f"{package}/py.typed": "partial\n", f"{package}/dispatch/installed.pyi": stub.text()}
    out.mkdir(parents=True, exist_ok=True)
    summary = "Types for the minigrad plugins of one environment"
    return write_wheel(out, f"{CORE}-stubs", core_version() or "0", summary, files)
