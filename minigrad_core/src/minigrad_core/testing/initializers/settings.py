"""The settings of a call do what their names say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts import fans
from ..alternatives import alternatives
from ..finding import Broken, Check, Finding
from .study import USUAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .study import InitializerStudy

GAINS, SPREADS, CENTRES = ("gain",), ("std", "stddev"), ("mean", "loc")


def settings(study: InitializerStudy) -> Iterator[Finding]:
    """An unknown setting is an error; each has an effect; `low`, `value`, `mean`, `gain` mean what they say.

    Faults: bounds that are ignored, or made symmetric; a gain that multiplies the variance; a flag or a word
    that is never read.
    Fix: name the settings, without `**`, and use each.
    """
    for check in (_bounds, _widths, _centres, _fan_words, _effects, _unknown):
        for finding in check(study):
            yield finding
            return


def _drawn(study: InitializerStudy, shape: Any = None, **given: Any) -> NDArray[Any] | None:
    """Return a draw from one generator state, None if the settings are refused."""
    try:
        return study.draw(study.usual if shape is None else shape, study.rng("a"), np.float64, **given)
    except Broken:
        return None


def _unknown(study: InitializerStudy) -> Iterator[Finding]:
    if _drawn(study, no_such_setting=1) is not None:
        yield Finding(
            "swallows-settings", "an unknown setting is ignored in silence: name the settings, without **"
        )


def _bounds(study: InitializerStudy) -> Iterator[Finding]:
    for given in ({"low": -0.1, "high": 0.3}, {"low": 0.2, "high": 0.25}, {"value": 0.7}):
        if not given.keys() <= study.parameters.keys() or not _constant(study, given):
            continue
        values = _drawn(study, **given)
        if values is None:
            continue
        low, high = given.get("low", given.get("value", 0)), given.get("high", given.get("value", 0))
        told = ", ".join(f"{name}={value}" for name, value in given.items())
        told = f"with {told} values range from {values.min():.4g} to {values.max():.4g}"
        if values.min() < low - 1e-6 or values.max() > high + 1e-6:
            yield Finding("setting-ignored", told)
        elif "low" in given and not _reaches(study, values, low, high):
            yield Finding("setting-ignored", f"{told}: a bound is ignored")


def _constant(study: InitializerStudy, given: dict[str, float]) -> bool:
    """Whether a `value` is meant for all values: by default it is all that there is."""
    plain = _drawn(study)
    return "value" not in given or plain is None or not plain.size or not plain.std()


def _reaches(study: InitializerStudy, values: NDArray[Any], low: float, high: float) -> bool:
    """Whether values come as near to both bounds as they do by default."""
    plain = _drawn(study)
    bounds = [study.parameters[name].default for name in ("low", "high")]
    if plain is None or not all(isinstance(bound, int | float) for bound in bounds) or bounds[0] >= bounds[1]:
        return True
    far, near = ((v - a) / (b - a) for v, a, b in ((plain, *bounds), (values, low, high)))
    return not ((far.max() > 0.97 and near.max() < 0.9) or (far.min() < 0.03 and near.min() > 0.1))


def _widths(study: InitializerStudy) -> Iterator[Finding]:
    """Twice the gain, or the deviation, is twice as wide, whatever the shape."""
    for name in (n for n in (*GAINS, *SPREADS) if n in study.parameters):
        for shape in USUAL:
            one, two = (_drawn(study, shape, **{name: value}) for value in (0.731, 1.462))
            if one is None or two is None or not one.std():
                continue
            ratio = float(two.std() / one.std())
            if abs(np.log2(ratio or 1e-30) - 1) > 0.35:
                ignored = "it is ignored" if abs(ratio - 1) < 0.05 else "expected 2"
                yield Finding(
                    "setting-ignored",
                    f"twice the {name} makes values {ratio:.3g} times as wide at shape {shape}: {ignored}",
                )


def _centres(study: InitializerStudy) -> Iterator[Finding]:
    """A mean that is larger by 1 moves the values by 1."""
    for name in (n for n in CENTRES if n in study.parameters):
        one, two = (_drawn(study, **{name: value}) for value in (0.0, 1.0))
        if one is None or two is None or one.min() > 0:
            continue  # all positive: of the logarithm, perhaps
        moved = float(two.mean() - one.mean())
        if abs(moved - 1) > 0.3:
            yield Finding(
                "setting-ignored", f"{name}=1 moves the values by {moved:.3g}, not by 1, against {name}=0"
            )


def _fan_words(study: InitializerStudy) -> Iterator[Finding]:
    """Where a word names the fan, the variance goes with one over it."""
    shape = study.usual
    fan_in, fan_out = fans(shape)
    sizes = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
    for name, parameter in study.parameters.items():
        plain = _drawn(study)
        if parameter.default not in sizes or plain is None:
            continue
        for word in sorted(
            set(sizes) & {"fan_in", "fan_out", *alternatives(parameter)} - {parameter.default}
        ):
            other = _drawn(study, **{name: word})
            if other is None:
                continue
            expected = (sizes[parameter.default] / sizes[word]) ** 0.5
            ratio = float(other.std() / plain.std())
            if abs(ratio / expected - 1) > 0.15:
                yield Finding(
                    "setting-ignored",
                    f"with {name}={word!r} values at shape {shape} are {ratio:.3g} times as wide as with "
                    f"{parameter.default!r}, expected {expected:.3g}",
                )


def _effects(study: InitializerStudy) -> Iterator[Finding]:
    """Another value of a setting is another draw, with some word of the others at least."""
    known = {name: p for name, p in study.parameters.items() if name not in ("shape", "rng", "dtype")}
    texts = {name: alternatives(p) for name, p in known.items() if isinstance(p.default, str)}
    modes = [{}, *({name: word} for name, others in texts.items() for word in others)]
    if not all(texts.values()):
        return  # a word whose others are not known: a setting may matter with one of them
    for name, parameter in known.items():
        candidates = alternatives(parameter)
        pairs = [
            (_drawn(study, **mode), _drawn(study, **{**mode, name: other}))
            for mode in modes
            if name not in mode
            for other in candidates
        ]
        told = [(plain, other) for plain, other in pairs if plain is not None and other is not None]
        if told and all(np.array_equal(plain, other) for plain, other in told):
            yield Finding(
                "setting-ignored",
                f"{name} is ignored: no other value than {parameter.default!r} changes anything",
            )


SETTINGS = (Check("settings", settings, after=("shape",)),)
