"""The training loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import isfinite
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core.errors import InputError
from minigrad_ops_nn.losses import cross_entropy

from .divergence import NonFiniteLoss, explain_divergence
from .evaluation import fraction_correct, predict
from .fit_arguments import VALIDATION_PREFIX, check_callable, check_metrics, check_model, check_pair
from .history import Epoch, History
from .trainer import Trainer

if TYPE_CHECKING:
    from minigrad_core import Module, Optimizer

    from .distributed.communicator import Communicator
    from .distributed.ranks import Ranks
    from .distributed.shared_trainer import SharedTrainer
    from .evaluation import Loss, Metrics
    from .trainer import Pair

CLASSIFICATION: Metrics = {"accuracy": fraction_correct}


def fit(
    model: Module,
    train: Pair,
    validation: Pair | None = None,
    *,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int | None = None,
    loss: Loss = cross_entropy,
    metrics: Metrics | None = None,
    shuffle: bool = True,
    rng: np.random.Generator | None = None,
    on_epoch: Callable[[Epoch], object] | None = None,
    on_batch: Callable[[int], object] | None = None,
    comm: Communicator | Ranks | None = None,
) -> History:
    """Fit the model's parameters to examples and return how it went.

    Minimizes the loss of the model's outputs by one optimizer step per batch. Matrix products use as many
    threads as NumPy takes; for small batches one is often faster: `OPENBLAS_NUM_THREADS=1`.

    Parameters
    ----------
    model : Module
        Maps a batch (n, ...) to outputs (n, ...). It is put into training mode, and left there.
    train : (inputs, targets)
        Arrays of (n, ...) and (n, ...); for the default loss, targets are labels (n,), integers in
        [0, classes).
    validation : (inputs, targets), optional
        Measured after each epoch, in evaluation mode.
    optimizer : Optimizer
        Over the model's parameters.
    epochs : int
        Passes over the training examples.
    batch_size : int, optional
        Default: all examples at once, in their own order. The last batch may be shorter.
    loss : callable, optional
        `loss(outputs, targets)` is the mean over the examples, a scalar tensor. Default: the cross-entropy of
        logits (n, classes).
    metrics : mapping of str to callable, optional
        `metric(outputs, targets)` on plain arrays is a mean over the examples, a number; it is reported under
        its name, which is none that `Epoch` has. Default: with the default loss the accuracy, else none.
    shuffle : bool, optional
        Draw the order of the examples anew for each epoch; else they are taken as they stand.
    rng : Generator, optional
        Draws the order; give a seeded one to make a run repeatable. Default: one that the system seeds.
    on_epoch : callable, optional
        Gets each `Epoch` as it ends.
    on_batch : callable, optional
        Gets the number of examples of each batch after its step; what it raises ends the loop between steps.
    comm : communicator, optional
        Such as mpi4py's `MPI.COMM_WORLD`. Each of its ranks calls `fit` with the same arguments, computes its
        share of every batch, and has the same weights after each step: to rounding, those that one process
        has. They begin as those of rank 0, as do the generators. See docs/how-to/distributed.md.

    Raises
    ------
    DivergedError
        The loss of a batch is not finite, and its step is not taken; or that of the validation examples.
    InputError
        No pair, no examples, a batch size below 1, or another number of targets than of inputs.
    ArgumentError
        What should be a model or an optimizer is none, or the optimizer is for another model; epochs are no
        whole number; the loss is no scalar tensor; a metric is no function, or has the name of something
        else.
    RanksDifferError
        The ranks have other examples or other settings; on all of them.
    """
    check_model(model, optimizer, epochs)
    train = check_pair("train", train)
    validation = None if validation is None else check_pair("validation", validation)
    if len(train[1]) == 0:
        raise InputError("fit expected at least one training example, got none")
    check_callable("loss", loss, "a function of (outputs, targets), such as minigrad_ops_nn.losses.mse")
    for name, hook in (("on_epoch", on_epoch), ("on_batch", on_batch)):
        if hook is not None:
            check_callable(name, hook, "a function, or None")
    if metrics is None:
        metrics = CLASSIFICATION if loss is cross_entropy else {}
    metrics = check_metrics(metrics)
    order = np.random.default_rng(rng) if shuffle else None
    settings = {"epochs": epochs, "batch_size": batch_size, "shuffle": shuffle}
    trainer = _choose_trainer(
        comm, Trainer(model, optimizer, loss, metrics, on_batch), train, validation, settings
    )
    if validation is not None and validation[0].shape[1:] != train[0].shape[1:]:  # before an epoch is lost
        with _note_validation():
            predict(model, validation[0][:1])
    model.train()
    history = History()
    for number in range(1, epochs + 1):
        start = perf_counter()
        try:
            means = trainer.train_epoch(train, batch_size, order)
            seconds = perf_counter() - start
            if validation is not None:
                means |= _validate(trainer, validation, number)
        except NonFiniteLoss as fact:
            data = {"train": train, "validation": validation}
            raise explain_divergence(fact, optimizer, data, first=number == 1) from None
        history.append(Epoch(number, means.pop("loss"), seconds, len(train[1]) / seconds, means))
        if on_epoch is not None:
            on_epoch(history[-1])
    return history


@contextmanager
def _note_validation() -> Iterator[None]:
    """Let an error of the model's, or of the loss's, say which examples it is about."""
    try:
        yield
    except Exception as error:
        error.add_note("in the validation examples")
        raise


def _choose_trainer(
    comm: Communicator | Ranks | None,
    trainer: Trainer,
    train: Pair,
    validation: Pair | None,
    settings: dict[str, Any],
) -> Trainer | SharedTrainer:
    """Return the steps that the ranks take together; where there is one rank, its own."""
    if comm is None or comm.Get_size() == 1:
        return trainer
    from .distributed.shared_trainer import begin_together

    return begin_together(comm, trainer, train, validation, settings)


def _validate(trainer: Trainer | SharedTrainer, validation: Pair, number: int) -> dict[str, float]:
    """Return what is measured on the validation examples after an epoch, by the names in the history."""
    with _note_validation():
        measured = trainer.evaluate(validation)
    if not isfinite(loss := measured["loss"]):
        where = f"of the validation examples after epoch {number}"
        raise NonFiniteLoss(f"the loss became {loss} {where}", stepped=True)
    return {f"{VALIDATION_PREFIX}{name}": value for name, value in measured.items()}
