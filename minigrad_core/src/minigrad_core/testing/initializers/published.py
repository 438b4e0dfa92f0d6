"""What bears the name of a published initializer has its variance, and is distributed as the name says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Check, DoesNotApply, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .study import InitializerStudy

SHAPE = (250, 80)
FANS = ((160, 25), (25, 160), (40, 10))
CUT = (
    0.8796256610342398  # of a deviation, where what is beyond two of them is drawn again and not made up for
)
AUTHORS = {
    **dict.fromkeys(("glorot", "xavier"), ("Glorot and Bengio 2010", lambda i, o: (2 / (i + o),))),
    **dict.fromkeys(("he", "kaiming"), ("He et al. 2015", lambda i, o: (2 / i, 2 / o))),
    "lecun": ("LeCun et al. 1998", lambda i, _: (1 / i,)),
}
# Fourth moments over squares of variances; a normal distribution may be cut off at two deviations.
KURTOSES = {"uniform": (1.7, 1.9), "normal": (2.2, 3.3)}
WORDS = frozenset(
    {*AUTHORS, *KURTOSES, "truncated", "trunc", "random", "my", "init", "initializer", "initialization"}
)
CHANGING = ("scale", "a", "slope", "negative_slope", "alpha", "mode", "fan", "nonlinearity", "factor")


def published(study: InitializerStudy) -> Iterator[Finding]:
    """What is called `he_normal`, say, claims the deviation of the paper, and draws what its name says.

    With a slope or a mode the claim is the author's; a gain may be a factor of it.
    Faults: Xavier's with fan in alone, in `std` as well as in the draw; signs that are called uniform.
    Fix: as in the paper; or another name.
    """
    words = {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", study.name)}
    author, kind = (next(iter(words & set(names)), "") for names in (AUTHORS, KURTOSES))
    if not words <= WORDS or not (author or kind):
        raise DoesNotApply("it bears no published name")
    if author and not set(CHANGING) & set(study.parameters):
        source, variances = AUTHORS[author]
        if finding := _claims_otherwise(study, source, variances):
            yield finding
            return
    if kind:
        low, high = KURTOSES[kind]
        found = _kurtosis(study)
        if found is not None and not low < found < high:
            yield Finding(
                "another-distribution",
                f"it is called {study.name}, and its fourth moment is {found:.2f} squared variances, not "
                f"between {low} and {high}: the draw is not {kind}",
            )


def _claims_otherwise(
    study: InitializerStudy, source: str, variances: Callable[[int, int], tuple[float, ...]]
) -> Finding | None:
    gain = study.parameters["gain"].default if "gain" in study.parameters else 1.0
    factors = {1.0, CUT, *((gain, gain * CUT) if isinstance(gain, int | float) else ())}
    for fan_in, fan_out in FANS:
        claimed = study.claim(fan_in, fan_out)
        if claimed is None:
            return None
        expected = [v**0.5 for v in variances(fan_in, fan_out)]
        if not any(abs(claimed - e * factor) < 0.01 * e * factor for e in expected for factor in factors):
            return Finding(
                "another-deviation",
                f"it is called {study.name}, and claims a standard deviation of {claimed:.4g} for fan in "
                f"{fan_in}, fan out {fan_out}: in {source} it is {expected[0]:.4g}",
            )
    return None


def _kurtosis(study: InitializerStudy) -> float | None:
    values: Any = study.draw(
        study.usual if len(study.usual) != 2 else SHAPE, study.rng("kurtosis"), np.float64
    )
    centred = values - values.mean()
    variance = float(np.mean(centred**2))
    return float(np.mean(centred**4)) / variance**2 if values.size > 10_000 and variance else None


PUBLISHED = (Check("published", published, after=("statistics",)),)
