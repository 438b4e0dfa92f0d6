"""A first step is as large as its rate, its gradient and its decay make it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Broken, Check, DoesNotApply, Finding
from .study import DECAYS, LR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .study import OptimizerStudy

POWERS = {
    0.25: "with the inverse square",
    0.5: "with the inverse",
    2**0.5: "with the root",
    4.0: "with the square",
}
SCALES = (0.1, 0.01, 1e-4, 1e-6, 1e-9)  # against the gradient: the first two tell whether it is a factor
LARGE = 1e6
BOUNDS = re.compile("clip|bound|limit|most|max|norm|trunc|thresh|cap", re.IGNORECASE)
# Settings that are bounds of gradients and steps from above.
LIMITS = re.compile(
    "clip|thresh|(^|_)(bound|limit)$|max_?(grad|norm|step|update)|(grad|norm|step|update)_?max", re.IGNORECASE
)
NAMES_NAN = re.compile(r"\bnans?\b|finite", re.IGNORECASE)
VAST = (1e9, 1e12)


def rate(study: OptimizerStudy) -> Iterator[Finding]:
    """The first step grows with lr itself, and with no square or inverse of gradient or parameter.

    A rule is proportional to the gradient, or takes its size out; so with the parameter, if it has a norm of
    it for a factor.
    Faults: `v = momentum * v + lr * grad` and `p -= lr * v`: lr twice; a trust ratio upside down.
    Fix: one factor lr in each term of the update; `|p| / |g|`.
    """
    for settings in study.modes:
        free = _without_decay(study, settings)
        single, double = (_first(study, free, 1.0, lr) for lr in (LR, 2 * LR))
        power = _power(single, double)
        if power:
            yield Finding("not-the-rate", f"a step grows {power} of lr, not with lr: a factor lr too many?")
            return
        for what, other in (
            ("gradient", _first(study, free, 2.0)),
            ("parameter", _first(study, free, 1.0, size=2.0)),
        ):
            if (power := _power(single, other, within=1e-4)) and "root" not in power:
                yield Finding("not-the-size", f"a step grows {power} of the {what}: is a ratio upside down?")
                return


def decays_once(study: OptimizerStudy) -> Iterator[Finding]:
    """Weight decay alone takes `lr * weight_decay` of a parameter, where it is a factor of it.

    Faults: decay added to the gradient, and applied apart from it as well; one of the factors twice.
    Fix: `data -= lr * weight_decay * data`, or `grad + weight_decay * data`.
    """
    given = [name for name in DECAYS if name in study.settings]
    if not given:
        raise DoesNotApply("it has no setting `weight_decay`")
    for name in given:
        moved, of_rate, of_decay = (
            _first(study, {name: decay}, 0.0, lr) for decay, lr in ((1e-3, LR), (1e-3, 2 * LR), (2e-3, LR))
        )
        for other, factor in ((of_rate, "lr"), (of_decay, name)):
            if power := _power(moved, other, within=1e-3):
                yield Finding("not-the-rate", f"decay grows {power} of {factor}: a factor {factor} too many?")
                return
        (param,) = study.params()[:1]
        if moved is not None and _times(moved, -LR * 1e-3 * param.data, 2.0, within=1e-3):
            yield Finding("decays-twice", f"{name} takes twice lr * {name} of a parameter: applied twice?")
            return


def _power(single: Any, double: Any, within: float = 1e-6) -> str:
    """Return with what of a factor that was doubled a move grows, "" if with itself or otherwise."""
    if single is None or double is None:
        return ""
    return next((told for power, told in POWERS.items() if _times(double, single, power, within)), "")


def scale(study: OptimizerStudy) -> Iterator[Finding]:
    """Where a step is proportional to the gradient, it is so for tiny and large ones, and NaN stays NaN.

    A bound acts on what exceeds it, and a setting or the docstring names it; so with what becomes of NaN.
    Faults: small values of a gradient that are dropped; a bound that is built in; `nan_to_num`; clipping that
    scales up as well as down; a norm that is divided by twice.
    Fix: `grad * min(1, max_norm / norm)`.
    """
    for settings in study.modes:
        first, *others = (_first(study, _without_decay(study, settings), s) for s in (1.0, *SCALES))
        if first is None or any(other is None for other in others):
            continue
        # Of a parameter of size 1 rounding leaves seven digits of a step of 1e-9, and fewer of a part of it.
        right = [
            _times(other, first, s, 1e-6 if s > 1e-8 else 1e-3)
            for other, s in zip(others, SCALES, strict=True)
        ]
        if not (right[0] and right[1]):
            continue
        if not all(right):
            small = SCALES[right.index(False)]
            yield Finding(
                "small-gradients",
                f"a step is proportional to the gradient, but not for one {small:g} of the size",
            )
            return
        if finding := _large(study, settings, first) or _missing(study, settings):
            yield finding
            return
    yield from _bounds(study)


def _large(study: OptimizerStudy, settings: dict[str, Any], first: NDArray[Any]) -> Finding | None:
    """Large gradients, unless something tells of a bound."""
    told = [study.cls.__doc__ or "", study.name, *study.settings]
    large = _first(study, _without_decay(study, settings), LARGE)
    if large is None or _times(large, first, LARGE) or any(map(BOUNDS.search, told)):
        return None
    return Finding(
        "large-gradients",
        f"a step is proportional to the gradient, but not for one {LARGE:g} of the size: name what bounds it",
    )


def _missing(study: OptimizerStudy, settings: dict[str, Any]) -> Finding | None:
    """NaN, unless the docstring tells what becomes of it."""
    if NAMES_NAN.search(study.cls.__doc__ or ""):
        return None
    (param,) = study.params()[:1]
    try:
        study.step(study.make([param], **settings), [param], [study.grads([param], 0)[0] * np.nan])
    except Broken:
        return None  # refused
    if np.isnan(param.data).any():
        return None
    return Finding("swallows-nan", "a gradient of NaN leaves parameters finite: it is hidden from the user")


def _bounds(study: OptimizerStudy) -> Iterator[Finding]:
    for name, value in study.settings.items():
        if not isinstance(value, float) or not LIMITS.search(name):
            continue
        free, freer = (_first(study, {name: bound}, 1.0) for bound in VAST)
        if free is not None and freer is not None and not np.allclose(free, freer, rtol=1e-6):
            yield Finding(
                "scales-up",
                f"{name}={VAST[0]:g}, which no gradient reaches, makes a step larger: clip only what is",
            )
            return
        near, far = (_first(study, {}, s) for s in (1e6, 2e6))
        if near is not None and far is not None and np.all(np.abs(far) < 0.75 * np.abs(near)):
            yield Finding(
                "clips-too-much", f"beyond {name} a larger gradient makes a smaller step: is a norm squared?"
            )
            return


def _without_decay(study: OptimizerStudy, settings: dict[str, Any]) -> dict[str, Any]:
    return {**settings, **{name: 0.0 for name in DECAYS if name in study.settings}}


def _first(
    study: OptimizerStudy, settings: dict[str, Any], scale: float, lr: float = LR, size: float = 1.0
) -> NDArray[Any] | None:
    """Return how a parameter moves in its first step; None if the settings are refused."""
    (param,) = study.params()[:1]
    param.data *= size
    start = param.data.copy()
    try:
        study.step(study.make([param], lr, **settings), [param], [study.grads([param], 0)[0] * scale])
    except Broken:
        return None
    return np.asarray(param.data - start)


def _times(moved: Any, other: Any, factor: float, within: float = 1e-6) -> bool:
    """Whether one move is so many times another one, which is none of zero."""
    return bool(np.all(other != 0) and np.allclose(moved, factor * other, rtol=within, atol=0))


PROPORTIONS = (
    Check("rate", rate, after=("in_place", "zero_rate")),
    Check("decays_once", decays_once, after=("in_place", "weight_decay")),
    Check("scale", scale, after=("in_place",)),
)
