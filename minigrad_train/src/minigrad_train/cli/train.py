"""`minigrad train`."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

import minigrad_core as mg

from ..datasets import Dataset
from ..datasets.fingerprint import check_same_data, fingerprint
from ..distributed.launch import read_rank_and_size
from ..hooks import shared
from ..models import get_recommended_settings
from ..objective import choose_objective
from ..plugin_errors import name_plugin_errors
from ..run_folder import RunFolder
from ..session import Session, assemble
from ..settings import Settings
from .rank_command import RankCommand, check_ranks, connect_ranks
from .run import run
from .training_options import add_training_options
from .user_messages import load_data, print_notes, report_memory_error

EXAMPLES = """\b
Examples:
  minigrad train                   an mlp; test accuracy about 98 %
  minigrad train --model cnn       a convolutional network; about 99 %
  minigrad train --model cnn --draw step.svg    and a drawing of its graph
  minigrad train --model linear --optimizer nn::sgd --lr 0.5
  minigrad train --hidden 512,128 --activation nn::gelu --lr-decay 0.8
  minigrad train --data flowers --resize 64     a folder of pictures per class
  minigrad train --data flowers --augment flip --augment rotate=15
  minigrad train --data houses.csv --target price    a table of numbers
  minigrad train --resume runs/2026-01-31_12-00-00 --epochs 20
  mpiexec -n 4 minigrad train      four processes (docs/how-to/distributed.md)
"""


@click.command(cls=RankCommand, epilog=EXAMPLES)
@add_training_options
@click.pass_context
def train(
    ctx: click.Context,
    /,
    out: Path | None,
    overwrite: bool,
    draw: Path | None,
    resume: Path | None,
    **options: Any,
) -> None:
    """Train a network on images or on a table, and save its weights.

    The images are MNIST, or your own with --data. The folder of the run gets config.json, metrics.jsonl,
    result.json, curves.png, checkpoint.safetensors, and the weights: best.safetensors after the epoch with
    the lowest validation loss, weights.safetensors after the last step. Ctrl-C, a SIGTERM or a
    closed terminal ends the training early and saves the weights; a second Ctrl-C or SIGTERM ends the command
    at once. --resume continues the run. The learning rate, its decay, the batch size and the number of epochs
    have other defaults for a cnn and for a transformer.
    """
    with report_memory_error(), shared(), name_plugin_errors():
        if resume is not None:
            ctx.exit(_resume(ctx, RunFolder(resume)))
        first = read_rank_and_size()[0] == 0
        folder = RunFolder(out or Path("runs"), overwrite=overwrite)
        if out is not None and first:
            folder.check_unused()  # before the data, which take seconds to load
        _check_options_of_mlp(ctx)
        settings = Settings(**options | _choose_default_settings(ctx))
        ranks = connect_ranks()
        data = load_data(settings, mapped=ranks is not None)  # ranks share its pages
        session = assemble(settings, data.task, fingerprint(data.splits, ranks))
        if draw is not None and first:
            _draw_step(session, data, draw)
        check_ranks(ranks, session, data)
        if out is None and first:
            folder = RunFolder.create_by_time(Path("runs"))
        ctx.exit(run(session, data, folder, ranks))


def _resume(ctx: click.Context, folder: RunFolder) -> int:
    given = _list_given_options(ctx)
    if other := sorted(given - {"resume", "epochs", "model", "patience"}):
        names = ", ".join(f"--{name.replace('_', '-')}" for name in other)
        raise click.UsageError(f"a resumed run keeps its settings; {names} cannot be given with --resume")
    with print_notes():
        session = folder.resume(ctx.params["model"] if "model" in given else None)
    if "epochs" in given:
        session = replace(session, settings=_replace_epochs(session, ctx.params["epochs"]))
    if "patience" in given:
        session = replace(session, settings=replace(session.settings, patience=ctx.params["patience"]))
    settings = session.settings
    ranks = connect_ranks()
    data = load_data(settings, mapped=ranks is not None)  # ranks share its pages
    check_same_data(Path(folder.name), session.task, session.examples, data, ranks)
    check_ranks(ranks, session, data)
    return run(session, data, folder, ranks)


def _check_options_of_mlp(ctx: click.Context) -> None:
    """Raise a UsageError for an option that only an mlp has: otherwise the run would silently ignore it."""
    if ctx.params["model"] != "mlp" and (idle := sorted(_list_given_options(ctx) & {"activation", "hidden"})):
        raise click.UsageError(f"--{idle[0]} is for --model mlp; {ctx.params['model']} has no such setting")


def _choose_default_settings(ctx: click.Context) -> dict[str, Any]:
    """Return the recommended settings of the model for the options that were not given.

    The recommended learning rate is for the default optimizer only.
    """
    kept = _list_given_options(ctx) | ({"lr"} if "optimizer" in _list_given_options(ctx) else set())
    return {
        name: value
        for name, value in get_recommended_settings(ctx.params["model"]).items()
        if name not in kept
    }


def _list_given_options(ctx: click.Context) -> set[str]:
    return {name for name in ctx.params if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE}


def _replace_epochs(session: Session, epochs: int) -> Settings:
    """Return the settings of a resumed run with another number of epochs, complete ones included."""
    if epochs < len(session.history):
        raise click.UsageError(
            f"the run has {len(session.history)} complete epochs; give --epochs a larger number, which "
            "counts these too"
        )
    return replace(session.settings, epochs=epochs)


def _draw_step(session: Session, data: Dataset, path: Path) -> None:
    """Draw the graph of one step, from the first batch to the loss.

    A copy of the model computes the loss: the statistics and random generators of the run stay as they are.
    """
    model = deepcopy(session.model).train()
    size = session.settings.batch_size
    images, labels = (part[:size] for part in data.splits.train)
    objective = choose_objective(session.settings, data.task, data.splits.train.labels)
    mg.draw(objective.loss(model(images.astype(session.settings.dtype, copy=False)), labels)).save(path)
