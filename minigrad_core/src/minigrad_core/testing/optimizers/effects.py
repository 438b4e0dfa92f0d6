"""Every setting matters, somewhere."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np

from ..alternatives import alternatives, numbers
from ..finding import Broken, Check, Finding
from .state import arrays

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...parameter import Parameter
    from .study import OptimizerStudy

STEPS = 12


def effects(study: OptimizerStudy) -> Iterator[Finding]:
    """Another value of a setting is another run, of parameters or of state, at some values of the others.

    A flag is turned round; a number is tried over many orders of magnitude, and each of a tuple by itself.
    State alone is enough if it is of the parameters, as an average of them is.
    Faults: `nesterov` that is accepted and never read, `betas` or `eps` that are hard-coded, an average of
    gradients that no step reads.
    Fix: read it in `update`, or leave it out.
    """
    plain = [_run(study, mode) for mode in study.modes]
    for name, value in study.settings.items():
        for what, candidates in _candidates(study, name, value):
            changed = _changed(study, name, candidates, plain)
            if changed == "state" and _of_gradients(study):
                yield Finding("state-without-effect", f"{what} changes state alone, which no step reads")
                return
            if not changed:
                yield Finding(
                    "setting-without-effect",
                    f"{what} is ignored: no other value than {value!r} changes anything",
                )
                return


def _candidates(study: OptimizerStudy, name: str, value: Any) -> Iterator[tuple[str, list[Any]]]:
    """Yield what is tried for a setting, or for each part of it."""
    if isinstance(value, tuple) and value and all(isinstance(v, float) for v in value):
        for k, part in enumerate(value):
            yield f"{name}[{k}]", [(*value[:k], number, *value[k + 1 :]) for number in numbers(part)]
    elif candidates := alternatives(inspect.signature(study.cls.__init__).parameters[name]):
        yield name, candidates
    elif isinstance(value, int) and not isinstance(value, bool):
        yield name, [n for n in (1, 2, 3, 2 * value, 7) if n != value]


def _changed(study: OptimizerStudy, name: str, candidates: Sequence[Any], plain: list[Any]) -> str:
    """Return what any candidate that is not refused changes, in any mode: "steps", or "state" alone."""
    refused, found = True, ""
    for candidate in candidates:
        for mode, expected in zip(study.modes, plain, strict=True):
            received = _run(study, {**mode, name: candidate})
            if received is None or expected is None:
                continue
            refused = False
            if not _same(received[0], expected[0]):
                return "steps"
            if not _same(received[1], expected[1]):
                found = "state"
    return "refused" if refused else found


def _of_gradients(study: OptimizerStudy) -> bool:
    """Whether nothing in the state depends on where the parameters are."""
    here, there = (_run(study, study.strong, start) for start in (0.0, 1.0))
    return here is not None and there is not None and _same(here[1], there[1])


def _run(
    study: OptimizerStudy, settings: dict[str, Any], start: float = 0.0
) -> tuple[list[Any], list[Any]] | None:
    """Return parameters and state after some steps from a start; None if the settings are refused."""
    params = study.params()
    for p in params:
        p.data += start
    try:
        with np.errstate(all="ignore"):  # a candidate may be out of all reason
            return _ran(study, params, settings)
    except Broken:
        return None


def _ran(
    study: OptimizerStudy, params: Sequence[Parameter], settings: dict[str, Any]
) -> tuple[list[Any], list[Any]]:
    optimizer = study.make(params, **settings)
    for step in range(STEPS):
        study.step(optimizer, params, study.wild(params, step))
    return [p.data for p in params], [array for _, array in arrays(optimizer.state_dict())]


def _same(xs: list[Any], ys: list[Any]) -> bool:
    return len(xs) == len(ys) and all(
        np.array_equal(x, y, equal_nan=True) for x, y in zip(xs, ys, strict=True)
    )


EFFECTS = (Check("effects", effects, after=("in_place", "settings")),)
