"""The hooks of training: what a plugin may provide, and do in the course of a run. Each is optional.

A plugin names its module in the entry-point group `minigrad.training`, under its namespace. One manager calls
the hooks of a run in all plugins, so pluggy's order (`tryfirst`, `trylast`) and wrappers hold; an
implementation takes those of the arguments that it names. The display, the checkpoints and the curves of this
package are implementations of the same hooks.

On several ranks (docs/how-to/distributed.md) each rank calls every hook. A hook that changes the model or the
optimizer has to do so on all ranks; a hook that writes a file does so if `run.rank == 0`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pluggy

from minigrad_core.plugins import HookGroup

if TYPE_CHECKING:
    from minigrad_core import Module

    from ..history import Epoch
    from ..session import Session

PROJECT = "minigrad_train"
GROUP = "minigrad.training"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def train_models() -> Mapping[str, Callable[..., Module]]:  # type: ignore[empty-body]  # pluggy calls only the implementations
    """Return functions by name, each of which makes a network: `--model NAMESPACE::NAME`.

    A run calls the function as it calls a `package.module:callable`: with `rng=`, and with `shape=` and
    `classes=` where the function takes them; `--model-arg NAME=VALUE` sets other parameters. An error ends
    the run.
    """


@hookspec
def train_datasets() -> Mapping[str, Callable[..., object]]:  # type: ignore[empty-body]
    """Return functions by name, each of which loads a dataset: `--data NAMESPACE::NAME`.

    A run calls the function without arguments. The function returns arrays by name as an `.npz` file has
    them: `x_train` and `y_train`, perhaps `x_val`, `y_val`, `x_test`, `y_test` and `classes`. An error ends
    the run.
    """


@hookspec
def train_augmentations() -> Mapping[str, Callable[..., object]]:  # type: ignore[empty-body]
    """Return functions by name, each of which changes images at random: `--augment NAMESPACE::NAME`.

    A run calls `function(images, draw)` for each batch. images: (n, channels, height, width), floats in
    [0, 1]; `draw(k)` returns k numbers in [0, 1) for each image, (n, k), from the generator of the run: the
    same when the run is resumed, and on any number of ranks. The function returns images of the same shape.
    An error ends the run.
    """


@hookspec
def train_run_begins(run: Session) -> None:
    """Act before the first step, after the run was announced. An error ends the run: nothing is lost yet."""


@hookspec
def train_batch_ends(run: Session, examples: int) -> None:
    """Act after a step on `examples` examples. After an error the run continues without this hook."""


@hookspec
def train_epoch_ends(run: Session, epoch: Epoch) -> None:
    """Act after an epoch was measured. After an error the run continues without this hook of the plugin.

    The checkpoint is written after the hook, so a change of `run.model` and `run.optimizer` is in the
    checkpoint; neither can be replaced. Under `trylast=True` the hook comes after the checkpoint. `EndedRun`
    ends the run once all plugins were called, as the last epoch would: for a plugin that stops early.
    """


@hookspec
def train_run_ends(run: Session) -> None:
    """Act after training, test (`run.measured`) and saving, also if the run was interrupted.

    An error is a warning, and changes nothing.
    """


@hookspec
def train_run_interrupted(run: Session) -> None:
    """Act after a signal ended the run before its last epoch, and the weights are saved.

    `train_run_ends` follows. A signal after the last batch interrupts no training, and this hook is not
    called. If the signal comes to one of several ranks in the last batch, all ranks finish the epoch, and the
    hook is called. An error is a warning.
    """


TRAINING = HookGroup(
    specifications=sys.modules[__name__],
    prefix="train_",
    marker="minigrad_train.hooks.hookimpl",
    sources={"train_models": "model", "train_datasets": "dataset", "train_augmentations": "augmentation"},
)
# Hooks in which an error of a plugin ends the run. In the others it is a warning, and the hook of that plugin
# is not called again.
FATAL = frozenset({"train_models", "train_datasets", "train_augmentations", "train_run_begins"})
STOPPING = frozenset({"train_epoch_ends"})  # hooks in which `EndedRun` ends the run
