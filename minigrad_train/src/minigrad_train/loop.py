"""The training loop."""

from __future__ import annotations

from math import isfinite
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Module
from minigrad_core.errors import ArgumentError, InputError
from minigrad_ops_nn.losses import cross_entropy

from .divergence import NotFinite, diverged
from .evaluation import share_right
from .history import Epoch, History
from .steps import Steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from minigrad_core import Optimizer

    from .distributed.communicator import Communicator
    from .distributed.ranks import Ranks
    from .distributed.steps import SharedSteps
    from .evaluation import Loss, Metrics
    from .steps import Pair

CLASSIFICATION: Metrics = {"accuracy": share_right}


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

    Minimizes the loss of the model's outputs by one optimizer step per batch.

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
        its name. Default: with the default loss the accuracy, else none.
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
        whole number; the loss is no scalar tensor.
    RanksDifferError
        The ranks have other examples or other settings; on all of them.
    """
    _check(model, optimizer, epochs)
    train = _pair("train", train)
    validation = None if validation is None else _pair("validation", validation)
    if len(train[1]) == 0:
        raise InputError("fit expected at least one training example, got none")
    if metrics is None:
        metrics = CLASSIFICATION if loss is cross_entropy else {}
    order = np.random.default_rng(rng) if shuffle else None
    settings = {"epochs": epochs, "batch_size": batch_size, "shuffle": shuffle}
    steps = _shared(comm, Steps(model, optimizer, loss, metrics, on_batch), train, validation, settings)
    model.train()
    history = History()
    for number in range(1, epochs + 1):
        start = perf_counter()
        try:
            means = steps.one_pass(train, batch_size, order)
            seconds = perf_counter() - start
            if validation is not None:
                means |= _validated(steps, validation, number)
        except NotFinite as fact:
            data = {"train": train, "validation": validation}
            raise diverged(fact, optimizer, data, first=number == 1) from None
        history.append(Epoch(number, means.pop("loss"), seconds, len(train[1]) / seconds, means))
        if on_epoch is not None:
            on_epoch(history[-1])
    return history


def _shared(
    comm: Communicator | Ranks | None,
    alone: Steps,
    train: Pair,
    validation: Pair | None,
    settings: dict[str, Any],
) -> Steps | SharedSteps:
    """Return the steps that the ranks take together; where there is one rank, its own."""
    if comm is None or comm.Get_size() == 1:
        return alone
    from .distributed.steps import begin_together

    return begin_together(comm, alone, train, validation, settings)


def _validated(steps: Steps | SharedSteps, validation: Pair, number: int) -> dict[str, float]:
    """Return what is measured on the validation examples after an epoch, by the names in the history."""
    measured = steps.evaluate(validation)
    if not isfinite(loss := measured["loss"]):
        where = f"of the validation examples after epoch {number}"
        raise NotFinite(f"the loss became {loss} {where}", stepped=True)
    return {f"validation_{name}": value for name, value in measured.items()}


def _pair(name: str, given: Any) -> Pair:
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise InputError(f"{name}: expected a pair (inputs, targets), got {type(given).__name__}")
    inputs, targets = (part if hasattr(part, "shape") else np.asarray(part) for part in given)
    if not inputs.shape or inputs.shape[:1] != targets.shape[:1]:
        raise InputError(
            f"{name}: expected inputs (n, ...) and targets (n, ...), got shapes {inputs.shape} and "
            f"{targets.shape}"
        )
    return inputs, targets


def _check(model: Any, optimizer: Any, epochs: Any) -> None:
    """Raise if steps of the optimizer would not train the model: the loss would stay as it is, in silence."""
    if not isinstance(model, Module):
        raise ArgumentError(f"model: expected a Module, got {model!r}")
    if not isinstance(epochs, (int, np.integer)) or epochs < 0:
        raise ArgumentError(f"epochs: expected a whole number of at least 0, got {epochs!r}")
    if isinstance(optimizer, type) or not hasattr(optimizer, "step"):
        raise ArgumentError(
            f"optimizer: expected one for the model, such as SGD(model.parameters()), got {optimizer!r}"
        )
    own = list(model.parameters())
    params = getattr(optimizer, "params", own)  # that of a plugin need not have the attribute
    if not {id(param) for param in own} & {id(param) for param in params}:
        raise ArgumentError(
            "the optimizer has none of the model's parameters; make it from model.parameters()"
        )
