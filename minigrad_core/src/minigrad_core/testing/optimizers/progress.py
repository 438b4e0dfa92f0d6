"""The rule goes downhill, and its settings do what their names say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...parameter import Parameter
from ..finding import Broken, Check, DoesNotApply, Finding
from .study import DECAYS, LASSOS, LR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .study import OptimizerStudy

CURVATURES = np.array([0.5, 1.0, 2.0, 4.0])
STEPS = 60
STEADY = 10


def descends(study: OptimizerStudy) -> Iterator[Finding]:
    """A quadratic goes down, at some learning rate. Slow rules are rules too: the optimum is not asked for.

    Faults: a sign, a bias correction that explodes.
    Fix: `data -= lr * ...`.
    """
    start = np.array([1.0, -1.5, 0.8, -0.6])
    before = _loss(start)
    losses = [_loss(_minimized(study, start, lr)) for lr in (LR, 0.005, 0.0005)]
    if not any(loss < before * (1 - 1e-7) for loss in losses):
        yield Finding(
            "climbs", f"a quadratic goes from {before:.4g} to {min(losses):.4g} in {STEPS} steps: a sign?"
        )


def _loss(x: NDArray[Any]) -> float:
    return float(0.5 * np.sum(CURVATURES * x * x))


def _minimized(study: OptimizerStudy, start: NDArray[Any], lr: float) -> NDArray[Any]:
    param = Parameter(start.copy())
    optimizer = study.make([param], lr)
    for _ in range(STEPS):
        study.step(optimizer, [param], [CURVATURES * param.data])
    return param.data


def momentum(study: OptimizerStudy) -> Iterator[Finding]:
    """Momentum carries on: under a constant gradient a second step with momentum is as long as the first.

    Faults: the sign of the momentum term.
    Fix: `v = momentum * v + grad`.
    """
    if not isinstance(study.settings.get("momentum"), float | int):
        raise DoesNotApply("it has no setting `momentum`")
    far, near = _moved(study, {"momentum": 0.9}), _moved(study, {"momentum": 0.0})
    if far is None or near is None:
        raise DoesNotApply("momentum 0 or 0.9 is refused")
    # As far is far enough: a rule that normalizes its average (muon) steps by the same length. An average
    # goes less far than its gradient, and grows too.
    grows, usual = (np.abs(path[1] - path[0]) / np.abs(path[0]) for path in (far, near))
    if np.any(grows < (1 - 1e-6) * np.minimum(usual, 1)) or np.any(far[-1] * near[-1] <= 0):
        yield Finding(
            "momentum-brakes", "with momentum a constant gradient moves parameters less far: a sign?"
        )


def steady(study: OptimizerStudy) -> Iterator[Finding]:
    """Under a gradient that stays the same a parameter goes as far as under one that changes its sign.

    Any rule averages, or trusts what repeats: its steps under +g, +g, ... sum up to those under +g, -g, ...
    Faults: step sizes that grow where a sign turns; a velocity that is subtracted.
    Fix: `up` where the sign stays, `down` where it turns.
    """
    free = {name: 0.0 for name in DECAYS if name in study.settings}
    for mode in study.modes:
        settings = {**mode, **free}
        same, turning = (_path(study, settings, sign) for sign in (1.0, -1.0))
        if same < 0.8 * turning:
            yield Finding(
                "prefers-turning",
                f"under a constant gradient a parameter goes {same / turning:.2g} times as far as under one "
                "that turns at each step: a sign?",
            )
            return


def _path(study: OptimizerStudy, settings: dict[str, Any], sign: float) -> float:
    """Return the length of all steps, under gradients of which each is so many times the one before."""
    params = study.params()[:1]
    optimizer, grad, length = study.make(params, **settings), study.grads(params, 0)[0], 0.0
    for step in range(STEADY):
        before = params[0].data.copy()
        study.step(optimizer, params, [grad * sign**step])
        length += float(np.abs(params[0].data - before).sum())
    return length


def decay(study: OptimizerStudy) -> Iterator[Finding]:
    """Weight decay pulls towards zero, and so does a penalty on the size, of values that have a gradient.

    Faults: the sign of the decay, a decay that is ignored.
    Fix: decoupled: `data -= lr * decay * data`; as a penalty: `grad + decay * data`.
    """
    given = [name for name in (*DECAYS, *LASSOS) if name in study.settings]
    if not given:
        raise DoesNotApply("it has no setting `weight_decay`")
    for name in given:
        scale = float(name in LASSOS)  # its threshold may have the gradients' size for a factor
        pulled, free = (_moved(study, {name: strength}, scale) for strength in (0.5, 0.0))
        if pulled is None or free is None:
            raise DoesNotApply("weight decay 0 or 0.5 is refused")
        start = study.params()[0].data
        if np.any((pulled[-1] - free[-1]) * np.sign(start) >= 0):
            what = "weight decay" if name in DECAYS else name
            yield Finding("decay-does-not-pull", f"{what} does not pull parameters towards zero")
            return


def _moved(study: OptimizerStudy, settings: dict[str, Any], scale: float = 1.0) -> list[NDArray[Any]] | None:
    """Return where a parameter is after each step under one constant gradient, relative to its start."""
    params = study.params()[:1]
    start = params[0].data.copy()
    grad = study.grads(params, 0)[0] * scale
    places = []
    try:
        optimizer = study.make(params, **settings)
        for _ in range(2):
            study.step(optimizer, params, [grad])
            places.append(params[0].data - start)
    except Broken:
        return None
    return places


PROGRESS = (
    Check("descends", descends, after=("in_place",)),
    Check("momentum", momentum, after=("in_place",)),
    Check("steady", steady, after=("in_place", "descends")),
    Check("weight_decay", decay, after=("in_place",)),
)
