"""The training plugin: a dataset, a model, and an optional callback that ends a run early.

The entry point in the group `minigrad.training` names this module. It is imported only for training, so it
may depend on minigrad-train, while the rest of this package does not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from minigrad_train.errors import EndedRun
from minigrad_train.hooks import hookimpl

from .probit_network import ProbitNetwork
from .shapes import shapes

if TYPE_CHECKING:
    from minigrad_core import Module
    from minigrad_train.session import Session

PATIENCE = "MINIGRAD_SCIPY_PATIENCE"


@hookimpl
def train_datasets() -> Mapping[str, Callable[..., object]]:
    """Return the datasets: `minigrad train --data scipy::shapes`."""
    return {"shapes": shapes}


@hookimpl
def train_models() -> Mapping[str, Callable[..., Module]]:
    """Return the models: `minigrad train --model scipy::probit --model-arg width=64`."""
    return {"probit": ProbitNetwork}


@hookimpl
def train_epoch_ends(run: Session) -> None:
    """End the run if the validation loss has not fallen for `MINIGRAD_SCIPY_PATIENCE` epochs.

    A callback is called in every run, so this one does nothing unless the environment variable is set. It
    reads the run's history and has no state of its own: a resumed run continues as if it had not stopped.
    """
    if not (patience := os.environ.get(PATIENCE)):
        return
    losses = [epoch.metrics["validation_loss"] for epoch in run.history]
    since = len(losses) - 1 - losses.index(min(losses))
    if since >= int(patience):
        raise EndedRun(f"the validation loss has not fallen for {since} epochs ({PATIENCE}={patience})")
