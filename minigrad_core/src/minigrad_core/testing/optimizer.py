"""All checks of one optimizer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from .operation import run_checks
from .optimizers import OPTIMIZER_CHECKS
from .optimizers.study import OptimizerStudy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .report import Report


def check_optimizer(
    cls: type[Any],
    *,
    seed: int = 0,
    only: Iterable[str] | None = None,
    subject: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Return what the contract kit finds about an optimizer, registered or not.

    Parameters
    ----------
    cls : type
        The class: `cls(params, lr=..., **settings)`.
    seed, only, subject, progress
        As in `check_operation`.
    """
    study = partial(OptimizerStudy, cls, seed)
    return run_checks(study, OPTIMIZER_CHECKS, subject, only, progress)
