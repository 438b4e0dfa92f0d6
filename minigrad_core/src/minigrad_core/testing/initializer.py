"""All checks of one initializer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .initializers import INITIALIZER_CHECKS
from .initializers.study import InitializerStudy
from .operation import run_checks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .report import Report


def check_initializer(
    initializer: Any,
    *,
    seed: int = 0,
    only: Iterable[str] | None = None,
    subject: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Return what the contract kit finds about an initializer, registered or not.

    Parameters
    ----------
    initializer : Initializer
        An instance: `initializer(shape, rng=rng, dtype=dtype)`, with `name` and `std(fan_in, fan_out)`.
    seed, only, subject, progress
        As in `check_operation`.
    """
    return run_checks(
        lambda: InitializerStudy(initializer, seed), INITIALIZER_CHECKS, subject, only, progress
    )
