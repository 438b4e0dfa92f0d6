"""A hook of `minigrad train`: an optional callback that ends a run early."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from minigrad_train.errors import EndedRun
from minigrad_train.hooks import hookimpl

if TYPE_CHECKING:
    from minigrad_train.session import Session

PATIENCE = "MINIGRAD_EXAMPLE_PATIENCE"


@hookimpl
def train_epoch_ends(run: Session) -> None:
    """End the run if the validation loss has not fallen for `MINIGRAD_EXAMPLE_PATIENCE` epochs.

    A callback is called in every run, so this one does nothing unless the environment variable is set. It
    reads the run's history and has no state of its own: a resumed run continues as if it had not stopped.
    """
    if not (patience := os.environ.get(PATIENCE)):
        return
    losses = [epoch.metrics["validation_loss"] for epoch in run.history]
    since = len(losses) - 1 - losses.index(min(losses))
    if since >= int(patience):
        raise EndedRun(f"the validation loss has not fallen for {since} epochs ({PATIENCE}={patience})")
