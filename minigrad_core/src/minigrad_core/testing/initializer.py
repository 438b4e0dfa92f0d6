"""All laws of one initializer."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from .judge import run_laws
from .laws.initializers import INITIALIZER_LAWS
from .report.report import Report
from .samples.arrays import InitializerDraws


def check_initializer(
    initializer: Any,
    *,
    reference: Callable[..., Any] | None = None,
    seed: int = 0,
    only: Iterable[str] | None = None,
    subject: str | None = None,
    progress: Callable[[str], None] | None = None,
    until_first: bool = False,
) -> Report:
    """Return what the contract kit finds about an initializer, registered or not.

    Parameters
    ----------
    initializer : Initializer
        An instance: `initializer(shape, rng=rng, dtype=dtype)`, with `name` and `std(fan_in, fan_out)`.
    reference : callable, optional
        The rule `reference(shape, *, rng) -> array` that the draws are compared with in distribution, instead
        of the initializer's own; `minigrad_core.testing.references` has published ones.
    seed, only, subject, progress, until_first
        As in `check_operation`.
    """
    draws = partial(InitializerDraws, initializer, reference, seed)
    return run_laws(
        draws, (), INITIALIZER_LAWS, subject=subject, only=only, progress=progress, until_first=until_first
    )
