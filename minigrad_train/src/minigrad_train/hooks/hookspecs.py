"""What a plugin may provide for training, and what it may do in the course of a run. Each hook is optional.

A plugin names its module in the entry-point group `minigrad.training`, under its namespace. The hooks of a
run are called in all plugins by one manager, so pluggy's order (`tryfirst`, `trylast`) and wrappers hold; an
implementation takes those of the arguments that it names. This package's own display, checkpoints and curves
are implementations of the same hooks (`cli/builtin_callbacks.py`).

On several ranks (docs/how-to/distributed.md) each of them calls every hook: what changes the model or the
optimizer has to do so on all, and what writes a file asks for `run.rank == 0`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pluggy

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

    Each is called as a `package.module:callable` is: with `rng=`, and with those of `shape=` and `classes=`
    that it takes; other settings of it are `--model-arg NAME=VALUE`. An error ends the run.
    """


@hookspec
def train_datasets() -> Mapping[str, Callable[..., object]]:  # type: ignore[empty-body]
    """Return functions by name, each of which loads a dataset: `--data NAMESPACE::NAME`.

    Each is called without arguments, and returns arrays by name as an `.npz` file has them: `x_train` and
    `y_train`, perhaps `x_val`, `y_val`, `x_test`, `y_test` and `classes`. An error ends the run.
    """


@hookspec
def train_run_begins(run: Session) -> None:
    """Act before the first step, after the run was announced. An error ends the run: nothing is lost yet."""


@hookspec
def train_batch_ends(run: Session, examples: int) -> None:
    """Act after a step on so many examples. After an error the run goes on without this plugin's hook."""


@hookspec
def train_epoch_ends(run: Session, epoch: Epoch) -> None:
    """Act after an epoch was measured. After an error the run goes on without this plugin's hook.

    The checkpoint is written after this, so it holds what is changed in `run.model` and `run.optimizer`,
    which cannot be replaced; under `trylast=True` the hook comes after the checkpoint. `EndedRun` ends the
    run, as its last epoch would, once all were called: for those who stop early.
    """


@hookspec
def train_run_ends(run: Session) -> None:
    """Act when all is trained, measured (`run.measured`) and saved, also after an interruption.

    An error is told, and changes nothing.
    """


@hookspec
def train_run_interrupted(run: Session) -> None:
    """Act when Ctrl-C or a SIGTERM ended the run with epochs left, after what was learned is saved.

    `train_run_ends` follows. A signal that comes when the last epoch is done leaves nothing out, and this is
    not called. An error is told.
    """


# Where an error of a plugin ends the run. Everywhere else it is told, and the hook is not called again.
FATAL = frozenset({"train_models", "train_datasets", "train_run_begins"})
STOPPING = frozenset({"train_epoch_ends"})  # where `EndedRun` does
