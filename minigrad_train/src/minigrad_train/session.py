"""One training run in memory, made from settings."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

import minigrad_core as mg
from minigrad_core.dispatch import describe
from minigrad_core.errors import ArgumentError

from .arguments import parse_arguments
from .history import History
from .models import build_model

if TYPE_CHECKING:
    from .datasets import Task
    from .datasets.fingerprint import Fingerprint
    from .settings import Settings


@dataclass(frozen=True, slots=True)
class Session:
    """What takes part in a run, and changes in its course; another model or optimizer cannot take its place.

    Attributes
    ----------
    settings : Settings
    task : Task
        What the network is asked.
    model : Module
    optimizer : Optimizer
    rng : Generator
        Orders the examples.
    history : History
        The epochs so far.
    measured : dict of str to float
        The loss and accuracy of the test examples, once all is trained; empty before.
    examples : fingerprint, optional
        By which it is noticed that the data have changed.
    rank : int
        Which of the processes this is that train together; 0 if it is alone.
    """

    settings: Settings
    task: Task
    model: mg.Module
    optimizer: mg.Optimizer
    rng: np.random.Generator
    history: History
    measured: dict[str, float] = field(default_factory=dict)
    examples: Fingerprint | None = None
    rank: int = 0


def assemble(settings: Settings, task: Task, examples: Fingerprint | None = None) -> Session:
    """Return a run that has not begun: two with the same settings go the same way.

    Raises
    ------
    UnknownNameError
        No plugin provides a name, or no network has it.
    ArgumentError
        The network, its initializer or the optimizer does not take a setting.
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
    try:
        optimizer: mg.Optimizer = kind(model.parameters(), **given)
    except TypeError as error:
        missing = [name for name in _settings_without_default(kind) if name not in given]
        by = [f"--{name}" if name in options else f"--optimizer-arg {name}=..." for name in missing]
        if missing:
            fact = f"{settings.optimizer} has no default for {', '.join(missing)}"
            raise ArgumentError(f"{fact}: give it by {' '.join(by)}") from error
        raise ArgumentError(
            f"{settings.optimizer} cannot be made with {given}: {error}; leave that out, or choose another "
            "optimizer"
        ) from error
    lr = getattr(optimizer, "lr", None)  # its class need not inherit ours
    if not isinstance(lr, int | float | np.number):
        fact = "expected a number as its attribute lr, the rate that a run shows and lowers"
        raise ArgumentError(f"{describe(kind)}: {fact}; got {lr!r}")
    return optimizer


def _settings_without_default(kind: type[mg.Optimizer]) -> list[str]:
    """Return the names of an optimizer's settings that have no default."""
    _params, *settings = inspect.signature(kind).parameters.values()
    named = [each for each in settings if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)]
    return [each.name for each in named if each.default is each.empty]
