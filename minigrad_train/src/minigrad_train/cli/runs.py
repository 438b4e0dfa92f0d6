"""`minigrad runs`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import click

from minigrad_core.cli.columns import show_columns, terminal_width
from minigrad_core.cli.pure_output import pure_output
from minigrad_core.errors import MinigradError

from ..number_format import format_number, format_percent
from ..outcome import Ending
from ..run_folder import CHECKPOINT
from ..run_record import RunRecord, read_record
from .options import complete_run_folders

# The columns to compare come first; the long settings go to a line below if the terminal is narrow.
HEADER = ("RUN", "EPOCHS", "LOSS", "VALIDATION", "TEST", "DATA", "MODEL", "SETTINGS")


@click.command()
@click.argument(
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("runs"),
    shell_complete=complete_run_folders,
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, one object for each run, with all settings."
)
def runs(folder: Path, as_json: bool) -> None:
    """List the runs in a folder, with their settings and results.

    FOLDER holds the folders of runs (default: runs), or is the folder of one run. EPOCHS is the number of
    complete epochs and of requested ones; LOSS and VALIDATION belong to the last epoch; TEST is the test
    accuracy (of a regression, the mean absolute error) of a run that has ended, with the weights of its best
    epoch, or says that the run diverged.
    """
    folders = sorted(path.parent for path in folder.glob(f"*/{CHECKPOINT}"))
    if (folder / CHECKPOINT).exists():
        folders = [folder, *folders]
    records = [record for path in folders if (record := _try_read_record(path))]
    if as_json:
        with pure_output() as show:  # a plugin may print at the end of the process
            show(json.dumps([record.as_dict() for record in records], indent=2, allow_nan=False))
    elif records:
        rows = [_format_row(record) for record in records]
        show_columns(HEADER, rows, right=set(range(1, 5)), width=terminal_width(), show=click.echo)
    else:
        click.echo(f"no runs in {folder}")


def _try_read_record(path: Path) -> RunRecord | None:
    """Return the record of a run; if it cannot be read, print a note and return None."""
    try:
        return read_record(path)
    except MinigradError as error:
        click.echo(f"note: {error}", err=True)
        return None


def _format_row(record: RunRecord) -> tuple[str, ...]:
    settings = record.settings
    batch = settings.batch_size or "full"
    lr = "default" if settings.lr is None else f"{settings.lr:g}"
    return (
        record.path.name or str(record.path),
        f"{record.epochs}/{settings.epochs}",
        "-" if (loss := record.last.get("loss")) is None else f"{loss:.4f}",
        _format_metric(record.last, "validation"),
        _format_test(record),
        "MNIST" if settings.data is None else Path(settings.data).name,
        settings.model,
        f"{settings.optimizer}, lr {lr}, batch {batch}, seed {settings.seed}",
    )


def _format_test(record: RunRecord) -> str:
    if record.ended == Ending.DIVERGED:
        return Ending.DIVERGED
    return _format_metric(record.result, "test")


def _format_metric(values: Mapping[str, float], prefix: str) -> str:
    if (accuracy := values.get(f"{prefix}_accuracy")) is not None:
        return format_percent(accuracy, 2)
    error = values.get(f"{prefix}_mae")
    return "-" if error is None else f"mae {format_number(error)}"
