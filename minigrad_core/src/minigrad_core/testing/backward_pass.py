"""One backward pass: the cotangents, the gradients, and everything else that laws observe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .finding import SubjectFailed, guard
from .subjects.subject import split_gradients

if TYPE_CHECKING:
    from .samples.sample import Sample
    from .trial import Trial


class BackwardPass:
    """One call of the pullback of a trial."""

    def __init__(self, trial: Trial, cotangents: Sequence[NDArray[Any]]) -> None:
        self.cotangents = [g.copy() for g in cotangents]  # the pullback may write to them
        self.returned: tuple[Any, ...] = ()  # the gradients as the pullback returned them
        self.returned_copies: tuple[Any, ...] = ()  # show whether a later call changes a gradient
        self.warning_texts: list[str] = []
        self.failure: SubjectFailed | None = None  # why the gradients cannot be used
        self._gradients: list[Any] = []
        warning_count = len(trial.warning_log)
        try:
            returned = guard("backward", lambda: trial.forward_pass.pullback(self.cotangents))
            self.warning_texts = filter_warnings("backward", trial.warning_log[warning_count:], trial.sample)
            self.returned = returned if isinstance(returned, tuple) else (returned,)
            self.returned_copies = tuple(x.copy() if type(x) is np.ndarray else x for x in self.returned)
            copies = self.returned_copies if isinstance(returned, tuple) else self.returned_copies[0]
            self._gradients = split_gradients(trial.subject, trial.sample, trial.needs, copies)
        except SubjectFailed as failure:
            self.failure = failure
        pairs = zip(self.cotangents, cotangents, strict=True)
        self.cotangents_changed = [snapshot(now) != snapshot(before) for now, before in pairs]

    @property
    def gradients(self) -> list[Any]:
        """One gradient per input, None where none is needed.

        Raise SubjectFailed if the gradients cannot be used: see `failure`.
        """
        if self.failure is not None:
            raise self.failure
        return self._gradients


def filter_warnings(method: str, warnings: Sequence[Any], sample: Sample) -> list[str]:
    """Return the texts of the warnings of a call.

    At values that the kit made up only NumPy's RuntimeWarning counts: an author may warn of such values.
    """
    relevant = (w for w in warnings if sample.recipe.promised or w.category is RuntimeWarning)
    return [f"{method} warns: {w.category.__name__}: {w.message}" for w in relevant]


def snapshot(x: Any) -> Any:
    """Return what a call may not change of an argument: values, shape, and whether it is writable."""
    return (x.tobytes(), x.shape, x.flags.writeable) if isinstance(x, np.ndarray) else repr(x)
