"""Settings are read at each step."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from ..alternatives import numbers
from ..finding import Broken, Check, Finding
from .study import LR, close

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
    if finding := _reassigned(study):
        yield finding
        return
    for name, value in {"lr": LR, **study.settings}.items():
        if name.startswith("init"):
            continue  # a first value is not read again
        for other in others(name, value):
            finding = _assigned(study, name, other)
            if not finding and type(other) is not int:  # the length of a history is that of its start
                finding = _midway(study, name, other)
            if finding:
                yield finding
                return


def others(name: str, value: Any) -> Iterator[Any]:
    """Yield another value of a setting, of its kind."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
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


def _reassigned(study: OptimizerStudy) -> Finding | None:
    """A schedule assigns `lr` before each step: the value that it has already changes nothing."""
    params, clean = study.params(), study.params()
    optimizer = study.make(params, **study.strong)
    expected = study.run(study.make(clean, **study.strong), clean, 4)
    for step in range(4):
        try:
            optimizer.lr = optimizer.lr
        except Exception:
            return None  # another finding
        study.run(optimizer, params, 1, first=step)
    if same([p.data for p in params], expected):
        return None
    return Finding(
        "setting-resets", "assigning lr the value that it has changes the run: is state forgotten?"
    )


def _midway(study: OptimizerStudy, name: str, value: Any) -> Finding | None:
    """Assigned in mid-run too: what matters from the start must matter afterwards."""
    try:
        plain, midway, early = (_until(study, name, value, place) for place in (None, 2, 0))
    except Exception:
        return None
    # What changes the last digit only may do so from the start, and not afterwards.
    if all(map(close, plain, early)) or not same(plain, midway):
        return None
    # An epsilon may be below all sums that have grown by then: a larger one is not.
    for other in numbers(value) if isinstance(value, float) else ():
        with suppress(Exception), np.errstate(all="ignore"):
            if not same(plain, _until(study, name, other, 2)):
                return None
    return Finding(
        "setting-not-read", f"assigning {name} in mid-run has no effect: it is not read at each step"
    )


def _until(study: OptimizerStudy, name: str, value: Any, place: int | None) -> list[Any]:
    """Return where a run ends in which a setting is assigned before a step."""
    params = study.params()
    optimizer = study.make(params)
    for step in range(12):
        if step == place:
            setattr(optimizer, name, value)
        study.step(optimizer, params, study.wild(params, step))
    return [p.data.copy() for p in params]


def same(xs: list[Any], ys: list[Any]) -> bool:
    """Whether two runs ended at the same place."""
    return len(xs) == len(ys) and all(np.array_equal(x, y) for x, y in zip(xs, ys, strict=True))


SETTINGS = (Check("settings", settings, after=("in_place",)),)
