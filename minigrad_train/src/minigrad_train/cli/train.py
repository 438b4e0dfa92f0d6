"""`minigrad train`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from minigrad_core.cli.completion import complete_initializers, complete_operations, complete_optimizers
from minigrad_core.cli.output_file import OutputFile

from ..datasets.fingerprint import check_same_data, fingerprint
from ..distributed.launch import rank_and_size
from ..hooks import shared
from ..models import recommended_settings
from ..run_folder import RunFolder
from ..session import assemble
from ..settings import Settings
from .memory_errors import report_memory_error
from .options import DataPath, complete_models, complete_run_folders, parse_batch_size, parse_widths
from .plugin_faults import name_plugin_errors
from .rank_command import RankCommand, join_ranks
from .run import run
from .run_data import load_data
from .step_graph import draw_step

if TYPE_CHECKING:
    from ..session import Session

DEFAULT = Settings()
EXAMPLES = """\b
Examples:
  minigrad train                   an mlp; about 98 % of the test images right
  minigrad train --model cnn       a convolutional network; about 99 %
  minigrad train --model cnn --draw step.svg     and a picture of its graph
  minigrad train --model linear --optimizer nn::sgd --lr 0.5
  minigrad train --hidden 512,128 --activation nn::gelu --lr-decay 0.8
  minigrad train --data flowers --resize 64       a folder of pictures a class
  minigrad train --resume runs/2026-01-31_12-00-00 --epochs 20
  mpiexec -n 4 minigrad train      four processes (docs/how-to/distributed.md)
"""


@click.command(cls=RankCommand, epilog=EXAMPLES)
@click.option(
    "--data",
    type=DataPath(exists=True, resolve_path=True),
    help="A folder of IDX files like MNIST's (class names in classes.txt), a folder of PNG or JPEG pictures "
    "with one folder a class, an .npz file or a folder of .npy files, mnist.pkl.gz, or NAMESPACE::NAME of a "
    "plugin; default: the MNIST that ships with minigrad.",
)
@click.option(
    "--resize",
    metavar="N",
    type=click.IntRange(1, 4096),
    help="Scale the pictures in folders to N x N; else all must have one size.",
)
@click.option(
    "--model",
    default=DEFAULT.model,
    show_default=True,
    shell_complete=complete_models,
    help="mlp, linear, cnn or transformer; NAMESPACE::NAME of a plugin; or package.module:callable, called "
    "with rng=Generator and, where it takes them, shape=(channels, height, width) and classes=N: it "
    "returns a Module that maps images (n, channels x height x width) to logits (n, classes).",
)
@click.option(
    "--model-arg", metavar="NAME=VALUE", multiple=True, help="Another setting of the model; repeatable."
)
@click.option(
    "--hidden",
    metavar="N,N,...",
    default="256",
    show_default=True,
    callback=parse_widths,
    help="The widths between input and output of an mlp.",
)
@click.option(
    "--activation",
    default=DEFAULT.activation,
    show_default=True,
    shell_complete=complete_operations,
    help="Any registered operation, for an mlp; `minigrad ops` lists them.",
)
@click.option(
    "--initializer",
    shell_complete=complete_initializers,
    help="Any registered one, such as nn::kaiming_normal, for all weights; default: that of each layer.",
)
@click.option(
    "--initializer-arg", metavar="NAME=VALUE", multiple=True, help="A setting of the initializer; repeatable."
)
@click.option(
    "--optimizer",
    default=DEFAULT.optimizer,
    show_default=True,
    shell_complete=complete_optimizers,
    help="Any registered one, such as nn::sgd.",
)
@click.option(
    "--optimizer-arg",
    metavar="NAME=VALUE",
    multiple=True,
    help="Another setting of the optimizer, such as eps=1e-6; repeatable.",
)
@click.option("--lr", type=click.FloatRange(min=0), help="The learning rate; default: the optimizer's own.")
@click.option(
    "--lr-decay",
    type=click.FloatRange(0, 1, min_open=True),
    default=DEFAULT.lr_decay,
    show_default=True,
    help="What multiplies the learning rate after each epoch.",
)
@click.option("--momentum", type=click.FloatRange(min=0), help="For an optimizer that has one.")
@click.option(
    "--batch-size",
    metavar="N|full",
    default="128",
    show_default=True,
    callback=parse_batch_size,
    help="Examples to a step.",
)
@click.option(
    "--epochs",
    type=click.IntRange(min=1),
    default=DEFAULT.epochs,
    show_default=True,
    help="Passes over the training examples.",
)
@click.option("--seed", type=click.IntRange(min=0), default=DEFAULT.seed, show_default=True)
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    default=DEFAULT.threads,
    show_default=True,
    help="For matrix products, at most as many as there are cores; more than one gain little here, and lose "
    "much on cores that are shared.",
)
@click.option("--dtype", type=click.Choice(["float32", "float64"]), default=DEFAULT.dtype, show_default=True)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of the run; default: runs/DATE_TIME.",
)
@click.option("--overwrite", is_flag=True, help="Replace the run that is in --out.")
@click.option(
    "--draw",
    metavar="FILE",
    type=OutputFile(".svg", ".png", ".dot"),
    help="Draw the graph of one step before the first: .svg, .png, or .dot for Graphviz.",
)
@click.option(
    "--resume",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    shell_complete=complete_run_folders,
    help="Finish the run in a folder, from its last complete epoch. --epochs asks for more of them; a "
    "network of your own is named again by --model.",
)
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
    """Train a network on images and save what it learned.

    The images are MNIST, or --data of your own. The folder of the run gets config.json, metrics.jsonl,
    result.json, weights.safetensors, checkpoint.safetensors and curves.png. Ctrl-C, or a SIGTERM, ends the
    training early and keeps what was learned, a second one ends everything at once; --resume finishes the
    run. A cnn and a transformer come with a learning rate, decay, batch size and number of epochs of their
    own, where none is given.
    """
    with report_memory_error(), shared(), name_plugin_errors():
        if resume is not None:
            ctx.exit(_resume(ctx, RunFolder(resume)))
        first = rank_and_size()[0] == 0
        if out is not None and not overwrite and first:
            RunFolder(out).check_unused()
        _refuse_what_the_model_ignores(ctx)
        settings = Settings(**options | _recommended_where_not_given(ctx))
        data = load_data(settings, mapped=rank_and_size()[1] > 1)  # ranks share the pages of a mapped file
        session = assemble(settings, data.task, fingerprint(data.splits))
        if draw is not None and first:
            draw_step(session, data, draw)
        ranks = join_ranks(session, data)
        folder = (
            RunFolder.create_dated(Path("runs")) if out is None and first else RunFolder(out or Path("runs"))
        )
        ctx.exit(run(session, data, folder, ranks))


def _resume(ctx: click.Context, folder: RunFolder) -> int:
    given = _options_given(ctx)
    if other := sorted(given - {"resume", "epochs", "model"}):
        names = ", ".join(f"--{name.replace('_', '-')}" for name in other)
        raise click.UsageError(f"a resumed run keeps its settings; {names} cannot be given with --resume")
    session = folder.resume(ctx.params["model"] if "model" in given else None)
    if "epochs" in given:
        session = replace(session, settings=_with_more_epochs(session, ctx.params["epochs"]))
    settings = session.settings
    data = load_data(settings, mapped=rank_and_size()[1] > 1)  # ranks share the pages of a mapped file
    check_same_data(folder.path, session.task, session.examples, data)
    return run(session, data, folder, join_ranks(session, data))


def _refuse_what_the_model_ignores(ctx: click.Context) -> None:
    """Raise if an option was given that only an mlp has: ignored, it would seem to make no difference."""
    if ctx.params["model"] != "mlp" and (idle := sorted(_options_given(ctx) & {"activation", "hidden"})):
        raise click.UsageError(f"--{idle[0]} is for --model mlp; {ctx.params['model']} has no such setting")


def _recommended_where_not_given(ctx: click.Context) -> dict[str, Any]:
    """Return what suits the model, for the options that the user left alone.

    A learning rate suits the default optimizer only.
    """
    kept = _options_given(ctx) | ({"lr"} if "optimizer" in _options_given(ctx) else set())
    return {
        name: value for name, value in recommended_settings(ctx.params["model"]).items() if name not in kept
    }


def _options_given(ctx: click.Context) -> set[str]:
    return {name for name in ctx.params if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE}


def _with_more_epochs(session: Session, epochs: int) -> Settings:
    """Return the settings of the saved run with another number of epochs, those included that it had."""
    if epochs < len(session.history):
        raise click.UsageError(
            f"the run is after epoch {len(session.history)} already; ask for more with --epochs, "
            "which counts those too"
        )
    return replace(session.settings, epochs=epochs)
