"""`fit`: the training loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import isfinite
from time import perf_counter
from typing import Any

import numpy as np

import minigrad_core as mg
from minigrad_core import Module, Optimizer
from minigrad_core.errors import ArgumentError
from minigrad_ops_nn.losses import cross_entropy

from .augmentation import Augment
from .datasets.batches import count_examples
from .distributed.ranks import Communicator, Ranks
from .distributed.shared_trainer import SharedTrainer, begin_together
from .divergence import NonFiniteLoss, explain_divergence
from .evaluation import Loss, Metrics, Pair, predict
from .fit_arguments import (
    VALIDATION_PREFIX,
    check_callable,
    check_labels,
    check_last_batch,
    check_metrics,
    check_model,
    check_pair,
)
from .history import Epoch, History
from .objective import CLASSIFICATION
from .trainer import Trainer, make_compute


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
    drop_last: bool = False,
    augment: Augment | None = None,
    rng: np.random.Generator | None = None,
    on_epoch: Callable[[Epoch], object] | None = None,
    on_batch: Callable[[int], object] | None = None,
    comm: Communicator | Ranks | None = None,
    compile: bool = False,  # noqa: A002 - the name of `mg.compile`
) -> History:
    """Fit the parameters of a model to examples and return the history of the training.

    `fit` minimizes the loss of the model's outputs by one optimizer step per batch. Matrix products use as
    many threads as NumPy takes; for small batches one thread is often faster: `OPENBLAS_NUM_THREADS=1`.

    Parameters
    ----------
    model : Module
        Maps a batch (n, ...) to outputs (n, ...). `fit` puts it into training mode and leaves it there.
    train : (inputs, targets)
        Arrays of (n, ...) and (n, ...); for the default loss, targets are labels (n,), integers in
        [0, classes).
    validation : (inputs, targets), optional
        Examples that are measured after each epoch, in evaluation mode.
    optimizer : Optimizer
        An optimizer of the model's parameters.
    epochs : int
        Passes over the training examples.
    batch_size : int, optional
        Examples in a batch; the last batch may be shorter. Default: all examples at once, in their own order.
    loss : callable, optional
        `loss(outputs, targets)` returns the mean over the examples, a scalar tensor. Default: the
        cross-entropy of logits (n, classes).
    metrics : mapping of str to callable, optional
        `metric(outputs, targets)` takes plain arrays and returns a number, the mean over the examples. The
        history has it under its name, which must not be a field of `Epoch`. Default: the accuracy with the
        default loss, else no metric.
    shuffle : bool, optional
        Whether each epoch takes the examples in a new random order. If not, it takes them in their own order.
    drop_last : bool, optional
        Whether each epoch leaves out a last batch of fewer examples than `batch_size`. A last batch of one
        example has no variance, which batch normalization needs.
    augment : callable, optional
        `augment(inputs, draw)` returns the inputs of a training batch changed at random, of the same shape;
        `draw(k)` returns k numbers in [0, 1) for each example, (n, k), from `rng`, the same on any number of
        ranks. Evaluation does not change inputs.
    rng : Generator, optional
        Draws the order and for `augment`; a seeded generator makes a run repeatable. Default: a generator
        seeded by the system.
    on_epoch : callable, optional
        Called with each `Epoch` at its end.
    on_batch : callable, optional
        Called with the number of examples after the step of each batch; an exception ends the loop there.
    comm : communicator, optional
        For example mpi4py's `MPI.COMM_WORLD`. Each rank calls `fit` with the same arguments, all examples
        among them, and computes its share of every batch. All ranks have the same weights after each step:
        those of a run on one process, to rounding. Weights and generators start as those of rank 0. See
        docs/how-to/distributed.md.
    compile : bool, optional
        Whether the forward and backward pass of a step are recorded once and replayed, `mg.compile`, with the
        same result. It pays for small models and batches.

    Raises
    ------
    DivergedError
        The loss of a batch (before its step) or of the validation examples is not finite.
    InputError
        The examples of training or of validation are not a pair, or empty, the numbers of inputs and targets
        differ, the batch size is below 1, the last batch has one example and the model normalizes over the
        batch, or `drop_last` leaves out all examples.
    ArgumentError
        The model is not a Module, the optimizer is not an optimizer or is for another model, the number of
        epochs is not a whole number, the loss is not a scalar tensor, or a metric is not a function or has
        the name of a field of `Epoch`; or `compile` is true, and there are several ranks.
    TracingError
        `compile` is true, and a replay would not do what the model or the loss does.
    RanksDifferError
        The ranks have different examples or settings, or, at the end of an epoch, different weights. All
        ranks raise it.
    """
    check_model(model, optimizer, epochs)
    train = check_pair("train", train)
    validation = None if validation is None else check_pair("validation", validation)
    if loss is cross_entropy:
        check_labels(model, train)
    check_callable("loss", loss, "a function of (outputs, targets), such as minigrad_ops_nn.losses.mse")
    for name, hook in (("on_epoch", on_epoch), ("on_batch", on_batch), ("augment", augment)):
        if hook is not None:
            check_callable(name, hook, "a function, or None")
    if metrics is None:
        metrics = CLASSIFICATION if loss is cross_entropy else {}
    metrics = check_metrics(metrics)
    rng = np.random.default_rng(rng)
    order = rng if shuffle else None
    check_last_batch(model, train, batch_size, drop_last=drop_last)
    settings = {"epochs": epochs, "batch_size": batch_size, "shuffle": shuffle, "drop_last": drop_last}
    if compile and comm is not None and comm.Get_size() > 1:
        raise ArgumentError(
            "compile=True is for one process: each rank computes a share that changes in size"
        )
    compute = mg.compile(make_compute(model, loss)) if compile else None
    own = Trainer(model, optimizer, loss, metrics, on_batch, drop_last, augment, rng, compute)
    trainer = _choose_trainer(comm, own, train, validation, settings)
    trained = count_examples(len(train[1]), batch_size, drop_last=drop_last)
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
        except NonFiniteLoss as error:
            data = {"train": train, "validation": validation}
            raise explain_divergence(error, optimizer, data, first=number == 1) from None
        history.append(Epoch(number, means.pop("loss"), seconds, trained / seconds, means))
        if on_epoch is not None:
            on_epoch(history[-1])
        trainer.after_epoch()
    return history


@contextmanager
def _note_validation() -> Iterator[None]:
    """Add the note "in the validation examples" to an exception of the model or of the loss."""
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
    """Return a trainer for all ranks of the communicator; the given trainer if there is only one rank."""
    if comm is None or comm.Get_size() == 1:
        return trainer
    return begin_together(comm, trainer, train, validation, settings)


def _validate(trainer: Trainer | SharedTrainer, validation: Pair, number: int) -> dict[str, float]:
    """Return the loss and the metrics of the validation examples, by their names in the history."""
    with _note_validation():
        measured = trainer.evaluate(validation)
    if not isfinite(loss := measured["loss"]):
        where = f"of the validation examples after epoch {number}"
        raise NonFiniteLoss(f"the loss became {loss} {where}", stepped=True)
    return {f"{VALIDATION_PREFIX}{name}": value for name, value in measured.items()}
