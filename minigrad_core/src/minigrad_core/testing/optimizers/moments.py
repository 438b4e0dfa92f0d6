"""Bias correction, as Adam and its kin have it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Broken, Check, DoesNotApply, Finding
from .published import SETTINGS
from .study import DECAYS, LR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .study import OptimizerStudy

STEPS = 6


def bias_correction(study: OptimizerStudy) -> Iterator[Finding]:
    """Adam's bias correction: under a constant gradient every step has the size lr, from the first on.

    With m = (1 - b1^t) g and v = (1 - b2^t) g^2, corrected both are exact (Kingma and Ba 2015, section 3).
    What has two rates of decay and counts its steps may be another rule; it is wrong where its steps are
    exactly those of a mistake.
    Faults: a correction that is missing, or that uses the wrong step count or the wrong beta.
    Fix: m / (1 - b1**t), v / (1 - b2**t) with t = 1 at the first step.
    """
    adam = study.name.lower() in ("adam", "adamw", "adamax")
    betas = _betas(study.settings)
    several = [
        v for v in study.settings.values() if isinstance(v, tuple) and len(v) > 2 and all(map(decays, v))
    ]
    if not adam and betas is None and not several:
        raise DoesNotApply("it has no two rates of decay")
    measured = sizes_of_steps(study)
    if measured is None:
        raise DoesNotApply("it refuses its settings")
    sizes, counts, grad = measured
    if betas is not None and counts:
        told = _mistake(sizes, grad, *betas, powers=not chooses_power(study.settings))
        if told:
            yield Finding("bias-correction", f"the steps under a constant gradient are those of {told}")
            return
    for rate in several[0] if several and counts else ():
        if np.allclose(sizes / sizes[-1], _uncorrected(rate), rtol=1e-5, atol=0):
            told = f"a second moment, of rate {rate}, that is not corrected"
            yield Finding("bias-correction", f"the steps under a constant gradient are those of {told}")
            return
    if not adam:
        return
    for t, size in enumerate(sizes, start=1):
        if np.any(np.abs(size - 1) > 1e-3):
            yield Finding(
                "bias-correction",
                f"under a constant gradient step {t} has size {float(size.flat[0]):.4g} lr, expected lr",
            )
            return


def _uncorrected(rate: float) -> NDArray[Any]:
    kept = 1 - rate ** np.arange(1, STEPS + 1)
    return np.asarray((kept[-1] / kept) ** 0.5)[:, None, None]


def _betas(settings: dict[str, Any]) -> tuple[float, float] | None:
    """Return two rates of decay, given as a pair or one by one."""
    for value in settings.values():
        if isinstance(value, tuple) and len(value) == 2 and all(decays(v) for v in value):
            return float(value[0]), float(value[1])
    rates = [float(value) for name, value in settings.items() if name.startswith("b") and decays(value)]
    return (rates[0], rates[1]) if len(rates) == 2 else None


def chooses_power(settings: dict[str, Any]) -> bool:
    """Whether a setting says with which power of the gradient a step grows, as in Chen et al. 2018."""
    return any(name in SETTINGS["power"] or "exponent" in name for name in settings)


def decays(value: Any) -> bool:
    """Whether a setting looks like the weight of an old average."""
    return isinstance(value, float) and 0.5 <= value < 1


def sizes_of_steps(
    study: OptimizerStudy, settings: dict[str, Any] | None = None
) -> tuple[NDArray[Any], bool, NDArray[Any]] | None:
    """Return the sizes of steps in units of lr, whether something counts them, and the constant gradient."""
    params = study.params()[:1]
    grad = study.grads(params, 0)[0]
    free = {name: 0.0 for name in DECAYS if name in study.settings}
    places, counted = [params[0].data.copy()], []
    try:
        optimizer = study.make(params, **{**(settings or {}), **free})
        for _ in range(STEPS):
            study.step(optimizer, params, [grad])
            places.append(params[0].data.copy())
            counted.append(set(_numbers(optimizer.state_dict())))
    except Broken:
        return None
    counts = all(later - earlier for earlier, later in pairwise(counted))
    return np.abs(np.diff(np.array(places), axis=0)) / LR, counts, grad


def _numbers(state: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Yield every single number of a nested state with its place."""
    if isinstance(state, dict):
        for key, value in state.items():
            yield from _numbers(value, f"{path}[{key!r}]")
    elif isinstance(state, list | tuple):
        for k, value in enumerate(state):
            yield from _numbers(value, f"{path}[{k}]")
    elif isinstance(state, int | float | np.number) or (isinstance(state, np.ndarray) and state.ndim == 0):
        yield path, float(state)


def _mistake(sizes: NDArray[Any], grad: NDArray[Any], b1: float, b2: float, *, powers: bool) -> str:
    """Return the mistake whose steps these are exactly, "" if there is none.

    `powers`: wrong powers of the gradient are mistakes too.
    """
    t = np.arange(1, STEPS + 1)

    def m(beta: float, at: Any = t) -> Any:  # how much of its final value a moment has
        return 1 - beta ** np.maximum(at, 0)

    steps = {
        "moments that are not corrected, though something counts the steps": m(b1) * m(b2) ** -0.5,
        "a first moment that is not corrected": m(b1),
        "a second moment that is not corrected": m(b2) ** -0.5,
        "a count that is one ahead: is it 1 before the first step?": m(b1)
        / m(b1, t + 1)
        * (m(b2, t + 1) / m(b2)) ** 0.5,
        "a first moment whose count is one ahead": m(b1) / m(b1, t + 1),
        "a second moment whose count is one ahead": (m(b2, t + 1) / m(b2)) ** 0.5,
        "corrections with exchanged betas": m(b1) / m(b2) * (m(b1) / m(b2)) ** 0.5,
        "a first moment that is corrected with the second beta": m(b1) / m(b2),
        "a second moment that is corrected with the first beta": (m(b1) / m(b2)) ** 0.5,
        "corrections that are multiplied, not divided by": m(b1) ** 2 * m(b2) ** -1,
        "a count that is one behind: is it 1 at the first step and at the second?": m(b1)
        / m(b1, np.maximum(t - 1, 1))
        * (m(b2, np.maximum(t - 1, 1)) / m(b2)) ** 0.5,
        "a first moment whose beta weighs the new gradient, not the old average": m(1 - b1) / m(b1),
        "a second moment whose beta weighs the new square, not the old average": (m(b2) / m(1 - b2)) ** 0.5,
        "moments whose betas weigh what is new, not the old averages": m(1 - b1)
        / m(b1)
        * (m(b2) / m(1 - b2)) ** 0.5,
        "a second correction without its root": m(b2) ** 0.5,
        "the last gradient, corrected as if it were the first moment": 1 / m(b1),
        "a second moment of the first moment, not of the gradient": _of_first_moment(b1, b2),
        "a second moment that is not corrected, under an average of quotients": _of_quotients(b1, b2),
        "a count that counts twice": m(b1) / m(b1, 2 * t) * (m(b2, 2 * t) / m(b2)) ** 0.5,
    }
    for told, expected in steps.items():
        # A rule may have a factor of its own.
        if np.allclose(sizes / sizes[-1], (expected / expected[-1])[:, None, None], rtol=1e-5, atol=0):
            return told
    if powers and np.allclose(sizes * np.abs(grad), 1.0, rtol=1e-5, atol=0):
        return "a second moment without its square root"
    if powers and np.allclose(sizes, np.abs(grad) ** 0.5, rtol=1e-5, atol=0):
        return "a second moment of |g|, not of its square"
    return ""


def _of_quotients(b1: float, b2: float) -> NDArray[Any]:
    """Return the steps along an average of g / sqrt(v), which alone is corrected."""
    t = np.arange(1, STEPS + 1)
    m = [(1 - b1) * sum(b1 ** (n - k) * (1 - b2**k) ** -0.5 for k in range(1, n + 1)) for n in t]
    return np.asarray(np.array(m) / (1 - b1**t))


def _of_first_moment(b1: float, b2: float) -> NDArray[Any]:
    """Return Adam's steps where v averages m^2: v = b2 v + (1 - b2) m^2."""
    t = np.arange(1, STEPS + 1)
    v = [(1 - b2) * sum(b2 ** (n - k) * (1 - b1**k) ** 2 for k in range(1, n + 1)) for n in t]
    return np.asarray(((1 - b2**t) / np.array(v)) ** 0.5)


MOMENTS = (Check("bias_correction", bias_correction, after=("in_place",)),)
