"""Groups of parameters with settings of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts import Optimizer
from ..finding import Broken, Check, DoesNotApply, Finding
from ..guarded import guarded
from .settings import others
from .state import holds
from .study import LR, close

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...parameter import Parameter
    from .study import OptimizerStudy

PAIR = ((3, 4), (3, 4))
STEPS = 4
Overrides = dict[str, Any]


def groups(study: OptimizerStudy) -> Iterator[Finding]:
    """Each group moves as an optimizer of its own would, under the settings that it overrides.

    Faults: `self.lr` in `update`, the first group's settings for all, `zero_grad` of the first group alone.
    Fix: `settings` in `update`, which has the overrides; a loop over `self.groups`.
    """
    _probe(study)
    for name, value in {"lr": LR, **study.settings}.items():
        for other in others(name, value):
            for place in range(2):
                finding = _overridden(study, name, other, place)
                if finding:
                    yield finding
                    return
    finding = _emptied(study) or _restored(study)
    if finding:
        yield finding


def _probe(study: OptimizerStudy) -> None:
    """Only what inherits from `Optimizer` owes groups; what else takes them has to do them right."""
    owed = isinstance(study.cls, type) and issubclass(study.cls, Optimizer)
    params = study.params(PAIR)
    try:
        after = study.run(_grouped(study, params, ({}, {})), params, 1)
    except Broken as broken:
        if owed and broken.code == "step-raises":
            raise
        raise DoesNotApply("it takes no groups") from broken
    if not owed and all(map(np.array_equal, after, (p.data for p in study.params(PAIR)))):
        raise DoesNotApply("it takes no groups")


def _grouped(study: OptimizerStudy, params: list[Parameter], overrides: tuple[Overrides, Overrides]) -> Any:
    entries = [{"params": [p], **own} for p, own in zip(params, overrides, strict=True)]
    return study.make(entries, **study.strong)


def _overridden(study: OptimizerStudy, name: str, other: Any, place: int) -> Finding | None:
    own: Overrides = {name: other}
    params = study.params(PAIR)
    try:
        optimizer = _grouped(study, params, (own, {}) if place == 0 else ({}, own))
        plain, changed = (
            [study.alone(PAIR, k, STEPS, True, **{**study.strong, **given})[-1] for k in range(2)]
            for given in ({}, own)
        )
    except Broken:
        return None  # a setting that it refuses
    start = [p.data.copy() for p in params]
    received = study.run(optimizer, params, STEPS, wild=True)  # a maximum of squares shows once they fall
    for k in range(2):
        expected, opposite = (changed, plain) if k == place else (plain, changed)
        if close(received[k], expected[k]):
            continue
        if np.array_equal(received[k], start[k]):
            fact = f"the parameters of group {k} are not updated"
        elif close(received[k], opposite[k]) and k == place:
            fact = f"{name} is ignored where a group overrides it: group {k} moves as without"
        elif close(received[k], opposite[k]):
            fact = f"{name} of group {place} is applied to group {k} too"
        else:
            fact = f"group {k} does not move as an optimizer of its own would ({name} overridden in {place})"
        return Finding("groups-ignored", fact)
    return None


def _emptied(study: OptimizerStudy) -> Finding | None:
    params = study.params(PAIR)
    optimizer = _grouped(study, params, ({}, {}))
    for p, g in zip(params, study.grads(params, 0), strict=True):
        p.grad = g
    guarded("zero_grad", lambda: optimizer.zero_grad())
    for k, p in enumerate(params):
        if p.grad is not None:
            return Finding("grad-not-none", f"after zero_grad the gradients of group {k} are not None")
    return None


def _restored(study: OptimizerStudy) -> Finding | None:
    """Overrides that are in the exported state come back with it."""
    rate = 0.0371
    params, copies = study.params(PAIR), study.params(PAIR)
    optimizer = _grouped(study, params, ({}, {"lr": rate}))
    study.run(optimizer, params, 2)
    saved = guarded("state_dict", lambda: optimizer.state_dict())
    for p, q in zip(params, copies, strict=True):
        q.data[...] = p.data
    if not holds(saved, rate):
        return None
    other = _grouped(study, copies, ({}, {"lr": 3 * rate}))
    guarded("load_state_dict", lambda: other.load_state_dict(saved))
    expected, received = (study.run(o, p, 2, first=2) for o, p in ((optimizer, params), (other, copies)))
    if all(map(np.array_equal, expected, received)):
        return None
    return Finding(
        "state-lost", f"lr = {rate} of a group is in the exported state, but loading it does not restore it"
    )


GROUPS = (Check("groups", groups, after=("in_place", "separate", "round_trip")),)
