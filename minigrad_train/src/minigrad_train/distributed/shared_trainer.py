"""A pass over the examples, and an evaluation, of which each rank does its share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from minigrad_ops_nn.batch_share import use_share

from ..datasets.batches import batch_indices
from ..divergence import NonFiniteLoss
from ..evaluation import evaluate
from ..generators import find_generators
from ..trainer import check_loss
from .gradients import FlatGradients
from .ranks import Ranks

if TYPE_CHECKING:
    from numpy.random import Generator

    from minigrad_core import Module
    from minigrad_ops_nn.batch_share import BatchShare

    from ..evaluation import Loss, Metrics
    from ..trainer import Pair, Trainer
    from .communicator import Communicator


class SharedTrainer:
    """What `Trainer` does, on one rank of several.

    Parameters
    ----------
    trainer : Trainer
        What is done with each batch.
    comm : Communicator or Ranks
    """

    def __init__(self, trainer: Trainer, comm: Communicator | Ranks) -> None:
        self.trainer = trainer
        self.ranks = comm if isinstance(comm, Ranks) else Ranks(comm)
        of_optimizer = getattr(trainer.optimizer, "params", ())
        self._flat = FlatGradients(chain(trainer.model.parameters(), of_optimizer), notes=2)

    def train_epoch(self, train: Pair, batch_size: int | None, order: Generator | None) -> dict[str, float]:
        """Take a step for each batch; return the means over all examples of the loss and of each metric."""
        self._synchronize_generators(order)
        (inputs, targets), ranks, on_batch = train, self.ranks, self.trainer.on_batch
        totals, done = np.zeros(1 + len(self.trainer.metrics)), 0
        for chosen in batch_indices(len(targets), batch_size, order):
            own, share = ranks.share(chosen)
            with use_share(share):
                measured = self._gradients(inputs[own], targets[own], share)
            self._reduce(measured[0], share, done)
            self.trainer.optimizer.step()
            totals += scale_means(measured, share.count)
            done += share.total
            if on_batch is not None:
                on_batch(share.total)
        means = ranks.all_sum(totals) / done
        return dict(zip(("loss", *self.trainer.metrics), means.tolist(), strict=True))

    def evaluate(self, examples: Pair) -> dict[str, float]:
        """Return the loss and each metric of some examples, of which each rank measures its share."""
        return evaluate_together(
            self.ranks, self.trainer.model, examples, self.trainer.loss, self.trainer.metrics
        )

    def _synchronize_generators(self, order: Generator | None) -> None:
        """Let all generators draw what those of rank 0 draw."""
        own = [*([] if order is None else [order]), *find_generators(self.trainer.model)]
        states = self.ranks.comm.bcast([generator.bit_generator.state for generator in own])
        for generator, state in zip(own, states, strict=True):
            generator.bit_generator.state = state

    def _gradients(self, inputs: Any, targets: Any, share: BatchShare) -> list[float]:
        """Compute the gradients of this share of the mean loss; return the share's own loss and metrics."""
        outputs = self.trainer.model(inputs)
        value = check_loss(self.trainer.loss(outputs, targets))
        self.trainer.optimizer.zero_grad()
        value.backward(np.asarray(share.count / share.total, value.dtype))
        metrics = self.trainer.metrics.values()
        return [value.item(), *(metric(outputs.data, targets) for metric in metrics)]

    def _reduce(self, loss: float, share: BatchShare, done: int) -> None:
        """Sum the gradients over the ranks, and raise on all of them if the loss is not finite on one."""
        part = loss * share.count / share.total
        total, requests = self._flat.reduce(self.ranks.comm, (part, self.ranks.stop_requested()))
        self.ranks.stopping = requests > 0
        if math.isfinite(total):
            return
        losses = self.ranks.comm.allgather(loss)
        rank = next((rank for rank, one in enumerate(losses) if not math.isfinite(one)), None)
        where = f"after {done} examples" if rank is None else f"on rank {rank} after {done} examples"
        became = total if rank is None else losses[rank]
        raise NonFiniteLoss(f"the loss became {became} {where}", stepped=done > 0)


def begin_together(
    comm: Communicator | Ranks,
    trainer: Trainer,
    train: Pair,
    validation: Pair | None,
    settings: Mapping[str, object],
) -> SharedTrainer:
    """Return the steps of several ranks, once model and optimizer are in the state that they have on rank 0.

    Raises
    ------
    RanksDifferError
        Examples or settings of a rank are others.
    """
    shared = SharedTrainer(trainer, comm)
    shapes = [(part.shape, str(part.dtype)) for part in (*train, *(validation or ()))]
    shared.ranks.check_agreement({"examples": shapes, **settings})
    stateful: tuple[Any, ...] = trainer.model, trainer.optimizer
    states = shared.ranks.comm.bcast([part.state_dict() for part in stateful])
    for part, state in zip(stateful, states, strict=True):
        part.load_state_dict(state)
    return shared


def evaluate_together(
    ranks: Ranks, model: Module, examples: Pair, loss: Loss, metrics: Metrics
) -> dict[str, float]:
    """Return what `evaluate` does; each rank measures its share of the examples."""
    own, share = ranks.share(slice(0, len(examples[1])))
    measured = evaluate(model, (examples[0][own], examples[1][own]), loss, metrics)
    means = ranks.all_sum(scale_means(list(measured.values()), share.count)) / share.total
    return dict(zip(measured, means.tolist(), strict=True))


def scale_means(means: Sequence[float], count: int) -> NDArray[np.float64]:
    """Return what means over `count` examples are means of; a whole number that was divided is whole again.

    So a share of right answers is exact, however many ranks count them.
    """
    products = count * np.asarray(means, np.float64)
    whole = np.rint(products)
    near = np.abs(products - whole) <= 4 * np.finfo(np.float64).eps * np.abs(whole)
    return np.where(near, whole, products)
