"""One training run in memory: model, optimizer, generator and history, made from settings."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import minigrad_core as mg
from minigrad_core.dispatch import describe
from minigrad_core.errors import ArgumentError

from .arguments import parse_arguments
from .datasets import Task
from .datasets.class_counts import Counts
from .datasets.fingerprint import Fingerprint
from .history import History
from .models import build_model
from .outcome import BestEpoch, Outcome
from .settings import Settings


@dataclass(frozen=True, slots=True)
class Session:
    """The state of a run. Model, optimizer and history change in place; no attribute can be replaced.

    Attributes
    ----------
    settings : Settings
    task : Task
        The shape of the images, and their classes.
    model : Module
    optimizer : Optimizer
    rng : Generator
        Draws the order of the examples.
    history : History
        The epochs so far.
    measured : dict of str to float
        The loss and accuracy of the test examples after the training, with the weights of the best epoch;
        empty before.
    best : BestEpoch
        The epoch with the lowest validation loss, and its weights.
    outcome : Outcome
        How the run ended.
    examples : fingerprint, optional
        Checksums of the data, to notice that they have changed.
    counts : mapping
        The number of examples of each class in each split, by name; empty before the data are read.
    packages : sequence of Package
        The distributions that gave the parts of the run; empty before the run begins.
    rank : int
        The rank of this process among those that train together; 0 if it trains alone.
    """

    settings: Settings
    task: Task
    model: mg.Module
    optimizer: mg.Optimizer
    rng: np.random.Generator
    history: History
    measured: dict[str, float] = field(default_factory=dict)
    best: BestEpoch = field(default_factory=BestEpoch)
    outcome: Outcome = field(default_factory=Outcome)
    examples: Fingerprint | None = None
    counts: Counts = field(default_factory=dict)
    packages: Sequence[Mapping[str, str | None]] = ()
    rank: int = 0

    @property
    def initial_lr(self) -> float:
        """The learning rate before its first decay."""
        return float(self.optimizer.lr / self.settings.lr_decay ** len(self.history))


def assemble(settings: Settings, task: Task, examples: Fingerprint | None = None) -> Session:
    """Return a run before its first step. Equal settings give equal weights and an equal order of examples.

    Raises
    ------
    UnknownNameError
        The settings name a network, an initializer or an optimizer that does not exist.
    ArgumentError
        The network, the initializer or the optimizer does not take a setting.
    """
    weights, order = np.random.default_rng(settings.seed).spawn(2)
    model = build_model(settings, task, weights)
    optimizer = _make_optimizer(settings, model)
    return Session(settings, task, model, optimizer, order, History(), examples=examples)


def _make_optimizer(settings: Settings, model: mg.Module) -> mg.Optimizer:
    options: dict[str, Any] = {"lr": settings.lr, "momentum": settings.momentum}
    given = {name: value for name, value in options.items() if value is not None}
    kind = mg.optimizers[settings.optimizer]
    for assignment in settings.optimizer_arg:
        if (name := assignment.partition("=")[0].strip()) in options:
            raise ArgumentError(f"--optimizer-arg {assignment}: give it by --{name}")
    given |= parse_arguments(
        kind, settings.optimizer_arg, option="--optimizer-arg", reserved=("params", *options)
    )
    _check_settings(settings.optimizer, given, options)
    try:
        optimizer: mg.Optimizer = kind(model.parameters(), **given)
    except TypeError as error:
        raise ArgumentError(f"{settings.optimizer} cannot be made with {given}: {error}") from error
    lr = getattr(optimizer, "lr", None)  # the class need not inherit from mg.Optimizer
    if not isinstance(lr, int | float | np.number):
        fact = "expected a number as its attribute lr, the rate that a run shows and decays"
        raise ArgumentError(f"{describe(kind)}: {fact}; got {lr!r}")
    return optimizer


def _check_settings(name: str, given: Collection[str], options: Collection[str]) -> None:
    """Raise ArgumentError if an optimizer lacks one of the settings, or has no default for another.

    options: the settings that have an option of their own.
    """
    _params, *parameters = inspect.signature(mg.optimizers[name]).parameters.values()
    named = {
        each.name: each for each in parameters if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    }
    takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters)
    for setting in given:
        if setting not in named and not takes_any:
            others = [o for o in mg.optimizers if setting in inspect.signature(mg.optimizers[o]).parameters]
            fact = f"{name} has no {setting}: leave out --{setting}, or choose an optimizer that has it"
            raise ArgumentError(f"{fact}: {', '.join(others)}")
    missing = [each for each in named if each not in given and named[each].default is inspect.Parameter.empty]
    if missing:
        flags = [f"--{each}" if each in options else f"--optimizer-arg {each}=..." for each in missing]
        raise ArgumentError(f"{name} has no default for {', '.join(missing)}: give it by {' '.join(flags)}")
