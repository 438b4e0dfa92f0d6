"""Train and evaluate on several ranks, each of which computes its share of the examples."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from minigrad_core import Module
from minigrad_ops_nn.batch_share import BatchShare, use_share

from ..datasets.batches import iterate_batch_indices
from ..datasets.mapped_images import expect_random_access
from ..divergence import NonFiniteLoss
from ..evaluation import Loss, Metrics, Pair, check_outputs, evaluate, measure_metrics
from ..generators import find_generators
from ..trainer import Trainer, check_loss
from .agreement import check_same_examples, check_same_weights
from .gradients import FlatGradients
from .ranks import Communicator, Ranks


class SharedTrainer:
    """Trains and evaluates a model on one rank of several, as `Trainer` does on one process."""

    def __init__(self, trainer: Trainer, comm: Communicator | Ranks) -> None:
        self.trainer = trainer
        self.ranks = comm if isinstance(comm, Ranks) else Ranks(comm)
        parameters = chain(trainer.model.parameters(), getattr(trainer.optimizer, "params", ()))
        self._flat = FlatGradients(parameters, notes=2)

    def train_epoch(self, train: Pair, batch_size: int | None, order: Generator | None) -> dict[str, float]:
        """Take a step for each batch; return the means over all examples of the loss and of each metric."""
        self._synchronize_generators()
        (inputs, targets), ranks, on_batch = train, self.ranks, self.trainer.on_batch
        totals, done = np.zeros(1 + len(self.trainer.metrics)), 0
        drop_last = self.trainer.drop_last
        for indices in iterate_batch_indices(len(targets), batch_size, order, drop_last=drop_last):
            own, share = ranks.share(indices)
            with use_share(share):
                measured = self._compute_gradients(inputs[own], targets[own], share)
            self._reduce(measured[0], share, done)
            self.trainer.optimizer.step()
            totals += scale_means(measured, share.count)
            done += share.total
            if on_batch is not None:
                on_batch(share.total)
        means = ranks.all_sum(totals) / done
        return dict(zip(("loss", *self.trainer.metrics), means.tolist(), strict=True))

    def evaluate(self, examples: Pair) -> dict[str, float]:
        """Return the loss and each metric of examples in evaluation mode."""
        return evaluate_together(
            self.ranks, self.trainer.model, examples, self.trainer.loss, self.trainer.metrics
        )

    def after_epoch(self) -> None:
        """Raise RanksDifferError on all ranks if the weights of one are not those of rank 0."""
        check_same_weights(self.ranks, self.trainer.model)

    def _synchronize_generators(self) -> None:
        """Set the state of the generators to that of rank 0."""
        own = [*filter(None, [self.trainer.rng]), *find_generators(self.trainer.model)]
        states = self.ranks.comm.bcast([generator.bit_generator.state for generator in own])
        for generator, state in zip(own, states, strict=True):
            generator.bit_generator.state = state

    def _compute_gradients(self, inputs: Any, targets: Any, share: BatchShare) -> list[float]:
        """Compute the gradients of this share of the mean loss; return the loss and metrics of the share."""
        outputs = check_outputs(self.trainer.model(self.trainer.change_inputs(inputs)))
        value = check_loss(self.trainer.loss(outputs, targets))
        self.trainer.optimizer.zero_grad()
        value.backward(np.asarray(share.count / share.total, value.dtype))
        return [value.item(), *measure_metrics(self.trainer.metrics, outputs.data, targets).values()]

    def _reduce(self, loss: float, share: BatchShare, done: int) -> None:
        """Sum the gradients over the ranks; raise NonFiniteLoss on all ranks if one has a non-finite loss."""
        part = loss * share.count / share.total
        total, requests = self._flat.reduce(self.ranks.comm, (part, self.ranks.stop_requested()))
        self.ranks.stopping = requests > 0
        if math.isfinite(total):
            return
        losses = self.ranks.comm.allgather(loss)
        rank = next((rank for rank, value in enumerate(losses) if not math.isfinite(value)), None)
        where = f"after {done} examples" if rank is None else f"on rank {rank} after {done} examples"
        value = total if rank is None else losses[rank]
        raise NonFiniteLoss(f"the loss became {value} {where}", stepped=done > 0)


def begin_together(
    comm: Communicator | Ranks,
    trainer: Trainer,
    train: Pair,
    validation: Pair | None,
    settings: Mapping[str, object],
) -> SharedTrainer:
    """Return a trainer for several ranks; set the model and the optimizer to their state on rank 0.

    Raises
    ------
    RanksDifferError
        The examples or the settings differ between ranks.
    """
    shared = SharedTrainer(trainer, comm)
    shared.ranks.check_agreement(settings)
    for inputs, _ in filter(None, (train, validation)):
        if isinstance(inputs, np.memmap):
            expect_random_access(inputs)
    if not isinstance(comm, Ranks):  # the command has compared its data before it made the folder of the run
        check_same_examples(shared.ranks, {"train": train, "validation": validation})
    stateful: tuple[Any, ...] = trainer.model, trainer.optimizer
    states = shared.ranks.comm.bcast([part.state_dict() for part in stateful])
    for part, state in zip(stateful, states, strict=True):
        part.load_state_dict(state)
    return shared


def evaluate_together(
    ranks: Ranks, model: Module, examples: Pair, loss: Loss, metrics: Metrics
) -> dict[str, float]:
    """Return the loss and each metric of the model; each rank measures its share of the examples."""
    own, share = ranks.share(slice(0, len(examples[1])))
    measured = evaluate(model, (examples[0][own], examples[1][own]), loss, metrics)
    means = ranks.all_sum(scale_means(list(measured.values()), share.count)) / share.total
    return dict(zip(measured, means.tolist(), strict=True))


def scale_means(means: Sequence[float], count: int) -> NDArray[np.float64]:
    """Return means over `count` examples multiplied by `count`, rounded where the product is nearly whole.

    The rounding makes counts of right answers exact, whatever the number of ranks.
    """
    products = count * np.asarray(means, np.float64)
    whole = np.rint(products)
    near = np.abs(products - whole) <= 4 * np.finfo(np.float64).eps * np.abs(whole)
    return np.where(near, whole, products)
