"""Settings are read at each step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Broken, Check, Finding
from .study import LR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .study import OptimizerStudy


def settings(study: OptimizerStudy) -> Iterator[Finding]:
    """`lr` and every other setting are attributes, read at each step; an unknown setting is an error.

    Faults: a setting that is copied at construction, one that has no effect, `**kwargs` that swallow a typo.
    Fix: read `self.lr` in `step`.
    """
    try:
        study.make(study.params(), no_such_setting=1)
    except Broken:
        pass
    else:
        yield Finding("swallows-settings", "an unknown setting is ignored in silence")
        return
    for name, value in {"lr": LR, **study.settings}.items():
        for other in _others(name, value):
            finding = _assigned(study, name, other) or (_midway(study, other) if name == "lr" else None)
            if finding:
                yield finding
                return


def _others(name: str, value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, float):
        yield value * 0.5 if value else (0.9 if name == "momentum" else 0.1)
    elif isinstance(value, tuple) and value and all(isinstance(v, float) for v in value):
        yield tuple(v * 0.8 for v in value)


def _assigned(study: OptimizerStudy, name: str, value: Any) -> Finding | None:
    """Assigning before the first step must do what passing to the constructor does."""
    given = study.params()
    try:
        built = study.make(given, value) if name == "lr" else study.make(given, **{name: value})
    except Broken:
        return None
    expected = study.run(built, given, 4)
    params = study.params()
    optimizer = study.make(params)
    if not hasattr(optimizer, name):
        return Finding(
            "setting-not-assignable", f"{name} is no attribute: it cannot be read or assigned between steps"
        )
    try:
        setattr(optimizer, name, value)
    except Exception as error:
        return Finding("setting-not-assignable", f"assigning {name} raises {type(error).__name__}: {error}")
    received = study.run(optimizer, params, 4)
    if not all(np.array_equal(a, b) for a, b in zip(received, expected, strict=True)):
        return Finding(
            "setting-not-read", f"assigning {name} between steps has not the effect of {name}={value!r}"
        )
    return None


def _midway(study: OptimizerStudy, value: float) -> Finding | None:
    """Assigned in mid-run too: at lr = 0 all stands still, then it goes on."""
    params = study.params()
    optimizer = study.make(params)
    before = study.run(optimizer, params, 2)
    optimizer.lr = 0.0
    if not all(
        np.array_equal(a, b) for a, b in zip(study.run(optimizer, params, 1, first=2), before, strict=True)
    ):
        return Finding(
            "setting-not-read", "assigning lr = 0 in mid-run does not stop the parameters: lr is not read"
        )
    optimizer.lr = value
    if all(
        np.array_equal(a, b) for a, b in zip(study.run(optimizer, params, 1, first=3), before, strict=True)
    ):
        return Finding(
            "setting-not-read", "assigning lr in mid-run has no effect: lr is not read at each step"
        )
    return None


SETTINGS = (Check("settings", settings, after=("in_place",)),)
