"""What a plugin may provide for training, and what it may do in the course of a run. Each hook is optional.

A plugin names its module in the entry-point group `minigrad.training`, under its namespace. The hooks of a
run are called in all plugins by one manager, so pluggy's order (`tryfirst`, `trylast`) and wrappers hold; an
implementation takes those of the arguments that it names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from minigrad_core import Module

    from ..history import Epoch
    from ..session import Session

PROJECT = "minigrad_train"
GROUP = "minigrad.training"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def train_models() -> Mapping[str, Callable[..., Module]]:  # type: ignore[empty-body]  # pluggy calls only the implementations
    """Return functions by name, each of which makes a network: `--model NAMESPACE::NAME`."""


@hookspec
def train_datasets() -> Mapping[str, Callable[..., object]]:  # type: ignore[empty-body]
    """Return functions by name, each of which loads a dataset: `--data NAMESPACE::NAME`."""


@hookspec
def train_run_begins(run: Session) -> None:
    """Act before the first step. An error ends the run: nothing is lost yet."""


@hookspec
def train_batch_ends(run: Session, examples: int) -> None:
    """Act after a step on so many examples. After an error the run goes on without this plugin's hook."""


@hookspec
def train_epoch_ends(run: Session, epoch: Epoch) -> None:
    """Act after an epoch was measured. After an error the run goes on without this plugin's hook.

    `EndedRun` ends the run, as its last epoch would: for those who stop early.
    """


@hookspec
def train_run_ends(run: Session) -> None:
    """Act when all is trained and saved. An error is told, and changes nothing."""


@hookspec
def train_run_interrupted(run: Session) -> None:
    """Act when Ctrl-C or a signal ended the run, after what was learned is saved. An error is told."""


# Where an error of a plugin ends the run. Everywhere else it is told, and the hook is not called again.
ENDING = frozenset({"train_models", "train_datasets", "train_run_begins"})
