"""One backward pass, with all that is to be seen of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .finding import Broken
from .guarded import guarded
from .subjects.returned import per_input

if TYPE_CHECKING:
    from .samples.sample import Sample
    from .trial import Trial


class Sweep:
    """One backward pass: the cotangents that it was given, and what came back."""

    def __init__(self, trial: Trial, cotangents: Sequence[NDArray[Any]]) -> None:
        self.given = [g.copy() for g in cotangents]  # the pullback may write to them
        self.parts: tuple[Any, ...] = ()  # what it returned, one for each input
        self.kept: tuple[Any, ...] = ()  # a copy of that, as it was then
        self.told: list[str] = []  # warnings
        self.broken: Broken | None = None  # why it is of no use
        self._received: list[Any] = []
        before = len(trial.heard)
        try:
            returned = guarded("backward", lambda: trial.run.pullback(self.given))
            self.told = told("backward", trial.heard[before:], trial.sample)
            self.parts = returned if isinstance(returned, tuple) else (returned,)
            self.kept = tuple(x.copy() if type(x) is np.ndarray else x for x in self.parts)
            kept = self.kept if isinstance(returned, tuple) else self.kept[0]
            self._received = per_input(trial.subject, trial.sample, trial.needs, kept)
        except Broken as broken:
            self.broken = broken
        self.written = [look(mine) != look(g) for mine, g in zip(self.given, cotangents, strict=True)]

    @property
    def received(self) -> list[Any]:
        """One gradient per input; Broken if it raised, or returned what nobody could use."""
        if self.broken is not None:
            raise self.broken
        return self._received


def told(what: str, heard: Sequence[Any], sample: Sample) -> list[str]:
    """Return the text of warnings; at values that the kit made up, only of NumPy's: an author may warn."""
    loud = (w for w in heard if sample.recipe.promised or w.category is RuntimeWarning)
    return [f"{what} warns: {w.category.__name__}: {w.message}" for w in loud]


def look(x: Any) -> Any:
    """Return what may not change: the values, the shape, and whether it can be written to."""
    return (x.tobytes(), x.shape, x.flags.writeable) if isinstance(x, np.ndarray) else repr(x)
