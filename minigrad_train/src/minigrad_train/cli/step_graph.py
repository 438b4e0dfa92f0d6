"""The graph of one training step, as a picture."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

import minigrad_core as mg
from minigrad_ops_nn.losses import cross_entropy

if TYPE_CHECKING:
    from ..datasets import Dataset
    from ..session import Session


def draw_step(session: Session, data: Dataset, path: Path) -> None:
    """Draw what the first batch of examples is put through, up to the loss.

    A copy of the model computes it: statistics and random numbers of the run stay as they are.
    """
    model = deepcopy(session.model).train()
    size = session.settings.batch_size
    images, labels = (part[:size] for part in data.splits.train)
    loss = cross_entropy(model(images.astype(session.settings.dtype, copy=False)), labels)
    mg.draw(loss).save(path)
