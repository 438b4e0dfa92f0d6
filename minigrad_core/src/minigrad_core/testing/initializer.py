"""All laws of one initializer."""

from collections.abc import Callable
from functools import partial
from typing import Any, Unpack

from .judge import Options, run_laws
from .laws.initializers import INITIALIZER_LAWS
from .report.report import Report
from .samples.arrays import InitializerDraws


def check_initializer(
    initializer: Any,
    *,
    reference: Callable[..., Any] | None = None,
    seed: int = 0,
    **options: Unpack[Options],
) -> Report:
    """Return what the contract kit finds about an initializer, registered or not.

    Parameters
    ----------
    initializer : Initializer
        An instance: `initializer(shape, rng=rng, dtype=dtype)`, with `name` and `std(fan_in, fan_out)`.
    reference : callable, optional
        The rule `reference(shape, *, rng) -> array` that the draws are compared with in distribution, instead
        of the initializer's own; `minigrad_core.testing.references` has published ones.
    seed, **options
        As in `check_operation`.
    """
    return run_laws(partial(InitializerDraws, initializer, reference, seed), (), INITIALIZER_LAWS, **options)
