"""The options of `minigrad train`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from minigrad_core.cli.completion import complete_initializers, complete_operations, complete_optimizers
from minigrad_core.cli.output_file import OutputFile

from ..datasets.csv_file import KINDS
from ..settings import Settings
from .options import DataPath, complete_models, complete_run_folders, parse_batch_size, parse_widths

DEFAULT = Settings()
OPTIONS = (
    click.option(
        "--data",
        type=DataPath(exists=True, resolve_path=True),
        help="A folder of IDX files like those of MNIST (class names in classes.txt), a folder of PNG or "
        "JPEG pictures with one folder per class, an .npz file or a folder of .npy files, a .csv file with "
        "a header, mnist.pkl.gz, or NAMESPACE::NAME of a plugin; default: the MNIST of this package.",
    ),
    click.option("--target", help="The column of a .csv file to predict; default: the last one."),
    click.option(
        "--task",
        "kind",
        type=click.Choice(KINDS),
        help="What to predict of a .csv file; default: classification if the target holds texts, or at most "
        "20 different whole numbers.",
    ),
    click.option(
        "--resize",
        metavar="N",
        type=click.IntRange(1, 4096),
        help="Scale the pictures in folders to N x N; without it, all need one size.",
    ),
    click.option(
        "--skip-bad",
        is_flag=True,
        help="Leave out pictures in folders that cannot be read, and say how many.",
    ),
    click.option(
        "--class-weights",
        type=click.Choice(["balanced"]),
        help="Let every class count as much as any other in the loss, whatever its number of examples.",
    ),
    click.option(
        "--model",
        default=DEFAULT.model,
        show_default=True,
        shell_complete=complete_models,
        help="mlp, linear, cnn or transformer; NAMESPACE::NAME of a plugin; or package.module:callable. A "
        "callable gets rng=Generator and, if it takes them, shape=(channels, height, width) and classes=N. "
        "It returns a Module that maps images (n, channels x height x width) to logits (n, classes).",
    ),
    click.option(
        "--model-arg", metavar="NAME=VALUE", multiple=True, help="A further setting of the model; repeatable."
    ),
    click.option(
        "--hidden",
        metavar="N,N,...",
        default="256",
        show_default=True,
        callback=parse_widths,
        help="The widths of the hidden layers of an mlp.",
    ),
    click.option(
        "--activation",
        default=DEFAULT.activation,
        show_default=True,
        shell_complete=complete_operations,
        help="The activation of an mlp: any registered operation; `minigrad ops` lists them.",
    ),
    click.option(
        "--initializer",
        shell_complete=complete_initializers,
        help="Any registered initializer for all weights, such as nn::kaiming_normal; default: that of a "
        "layer.",
    ),
    click.option(
        "--initializer-arg",
        metavar="NAME=VALUE",
        multiple=True,
        help="A setting of the initializer; repeatable.",
    ),
    click.option(
        "--optimizer",
        default=DEFAULT.optimizer,
        show_default=True,
        shell_complete=complete_optimizers,
        help="Any registered optimizer, such as nn::sgd.",
    ),
    click.option(
        "--optimizer-arg",
        metavar="NAME=VALUE",
        multiple=True,
        help="A further setting of the optimizer, such as eps=1e-6; repeatable.",
    ),
    click.option(
        "--lr", type=click.FloatRange(min=0), help="The learning rate; default: that of the optimizer."
    ),
    click.option(
        "--lr-decay",
        type=click.FloatRange(0, 1, min_open=True),
        default=DEFAULT.lr_decay,
        show_default=True,
        help="The factor of the learning rate after each epoch.",
    ),
    click.option(
        "--momentum", type=click.FloatRange(min=0), help="The momentum of an optimizer that has this setting."
    ),
    click.option(
        "--batch-size",
        metavar="N|full",
        default="128",
        show_default=True,
        callback=parse_batch_size,
        help="Examples in a step.",
    ),
    click.option(
        "--augment",
        metavar="NAME[=VALUE]",
        multiple=True,
        help="Change the images of each batch at random: flip (left and right), flip-vertical, shift=N "
        "(pixels), rotate=DEGREES, crop=SHARE (the least share of height and width), or NAMESPACE::NAME of "
        "a plugin; repeatable. The folder of the run gets augmentation.png.",
    ),
    click.option(
        "--drop-last",
        is_flag=True,
        help="Leave out a last batch of fewer examples, such as one, for which batch normalization fails.",
    ),
    click.option(
        "--epochs",
        type=click.IntRange(min=1),
        default=DEFAULT.epochs,
        show_default=True,
        help="Passes over the training examples.",
    ),
    click.option(
        "--patience",
        metavar="N",
        type=click.IntRange(min=1),
        help="End the run after N epochs without a lower validation loss; default: after all epochs.",
    ),
    click.option(
        "--compile",
        is_flag=True,
        help="Record the calls of a training step once, and replay them: the same result, and faster for "
        "small models.",
    ),
    click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=DEFAULT.seed,
        show_default=True,
        help="The seed of weights, order of the examples, augmentation, and missing splits of the data.",
    ),
    click.option(
        "--threads",
        type=click.IntRange(min=1),
        default=DEFAULT.threads,
        show_default=True,
        help="Threads for matrix products, at most the number of cores. More threads gain little here, and "
        "lose much on cores that other programs use.",
    ),
    click.option(
        "--dtype", type=click.Choice(["float32", "float64"]), default=DEFAULT.dtype, show_default=True
    ),
    click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        help="The folder of the run; default: runs/DATE_TIME.",
    ),
    click.option("--overwrite", is_flag=True, help="Replace the run that is in --out."),
    click.option(
        "--draw",
        metavar="FILE",
        type=OutputFile(".svg", ".png", ".dot"),
        help="Draw the graph of one step before the first step: .svg, .png, or .dot for Graphviz.",
    ),
    click.option(
        "--resume",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        shell_complete=complete_run_folders,
        help="Continue the run in a folder after its last complete epoch. --epochs sets another number of "
        "epochs, and --patience another patience; a network of your own has to be named again by --model.",
    ),
)


def add_training_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to the function of a command; `--help` lists them in the order of this file."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function
