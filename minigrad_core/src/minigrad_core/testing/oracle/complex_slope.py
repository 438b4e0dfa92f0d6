"""Whether a gradient is right for complex values: Re sum(gradient dz) is what Re sum(cotangent f) gains."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..as_function import flat
from ..finding import Broken, Finding
from ..samples.values import signed_values
from ..trial import Trial
from .slopes import REAL_STEP, line

NARROW = {"f": np.float32, "c": np.complex64}


def wrong_for_complex(trials: Sequence[Trial]) -> Iterator[Finding]:
    """Yield what is wrong with the gradient for complex inputs: all of them, at first each alone, too.

    Values of an elementwise subject also lie on the real axis, where branch cuts are. Arguments for which
    complex numbers are refused are left out, but some have to be taken. Single precision stays single.
    """
    refused: Broken | None = None
    taken = 0
    for trial in trials:
        floats = trial.sample.floats
        alone = [(i,) for i in floats if len(floats) > 1 and trial is trials[0]]
        for chosen in (floats, *alone, *([()] if trial.flat.dtype.kind == "c" else [])):
            try:
                yield from _judged(trial, chosen)
                taken += 1
            except Broken as broken:
                if broken.code != "forward-raises":
                    yield Finding(broken.code, f"for complex values: {broken.fact}", trial.sample)
                    return
                refused = broken
    if refused is not None and not taken:
        fact = f"takes_complex is declared, and complex numbers are refused: {refused.fact}"
        yield Finding("refuses-complex", fact, trials[0].sample)


def _judged(trial: Trial, chosen: Sequence[int]) -> Iterator[Finding]:
    """Judge some inputs off the real axis, by a quarter of a right angle or so; all of them also on it."""
    inputs, seed = trial.sample.inputs, trial.sample.recipe.seed
    angles = {i: 1 + 0.3j * signed_values(seed, 31 * i, inputs[i].shape) for i in chosen}
    turned = _at(trial, {i: inputs[i] * angle for i, angle in angles.items()})
    yield from _wrong(turned, chosen)
    if chosen != trial.sample.floats:
        return
    if trial.subject.declared.broadcasts:  # some of them beyond -1 and 1
        signs = {i: (-1.0) ** np.arange(inputs[i].size).reshape(inputs[i].shape) for i in chosen}
        yield from _wrong(_at(trial, {i: 3 * inputs[i] * signs[i] + 0j for i in chosen}), ())
    yield from _widened(trial, turned)


def _at(trial: Trial, changed: Mapping[int, Any]) -> Trial:
    """Return the trial with other inputs, whose gradients are asked for though they are complex."""
    return trial.on(trial.sample.but(changed), trial.needs)


def _wrong(trial: Trial, chosen: Sequence[int]) -> Iterator[Finding]:
    """Yield a finding if the gradients are not the slope along a direction that moves all inputs at once.

    The chosen ones move in both axes, the others along the real one. Which input and which axis it is, is
    looked for only then.
    """
    cotangents = [_drawn(y, 57 * k) for k, y in enumerate(trial.outputs)]
    received = trial.pull(cotangents)
    if not trial.finite:
        return
    floats = [i for i, needed in enumerate(trial.needs) if needed]
    zs = trial.sample.inputs
    moves = {i: np.minimum(np.abs(zs[i]), 1.0) * signed_values(7, 41 * i, zs[i].shape) for i in floats}
    everything = {i: dz * (1 + 0.7j) if i in chosen else dz for i, dz in moves.items()}
    if not _off(trial, cotangents, received, everything):
        return
    for i in floats:
        for turn, axis in ((1, "real"), (1j, "imaginary")) if i in chosen else ((1, "real"),):
            if off := _off(trial, cotangents, received, {i: turn * moves[i]}):
                fact = (
                    f"input {i} ({trial.sample.names[i]}): for complex values the gradient is wrong along "
                    f"the {axis} axis: it gives {off[0]:.6g}, the numeric derivative is {off[1]:.6g}"
                )
                yield Finding("wrong-complex-gradient", fact, trial.sample)
                return


def _off(
    trial: Trial, cotangents: Sequence[Any], received: Sequence[Any], moves: Mapping[int, Any]
) -> tuple[float, float] | None:
    """Return what the gradients give along a direction, and the difference quotient, None if they agree."""
    weight, zs = flat(cotangents), trial.sample.inputs
    at = line(
        lambda xs: _at(trial, dict(zip(moves, xs, strict=True))).flat,
        [zs[i] for i in moves],
        list(moves.values()),
    )

    def slope(h: float) -> float:
        high, low = at(h), at(-h)
        return np.nan if high is None or low is None else float((weight @ (high - low)).real) / (2 * h)

    terms = [received[i] * dz for i, dz in moves.items()]
    along = sum(float(np.sum(term).real) for term in terms)
    size = sum(float(np.abs(term).sum()) for term in terms) + float(np.abs(weight * trial.flat).sum())
    numeric = slope(REAL_STEP)
    if abs(along - numeric) <= 1e-7 * size:
        return None
    doubt = abs(numeric - slope(REAL_STEP / 8))  # near a pole it is rough
    return (along, numeric) if abs(along - numeric) > 1e-7 * size + 4 * doubt else None


def _drawn(y: NDArray[Any], start: int) -> NDArray[Any]:
    """Return a cotangent for an output, complex if it is."""
    if y.dtype.kind not in "fc":
        return np.zeros_like(y)
    drawn = signed_values(11, start, y.shape)
    return drawn + 1j * signed_values(13, start, y.shape) if y.dtype.kind == "c" else drawn


def _widened(real: Trial, turned: Trial) -> Iterator[Finding]:
    """Yield a finding for an output that is double for complex64, though single for float32."""
    inputs = enumerate(turned.sample.inputs)
    arrays = {i: x for i, x in inputs if isinstance(x, np.ndarray) and x.dtype.kind in NARROW}
    single = _at(turned, {i: x.astype(NARROW[x.dtype.kind]) for i, x in arrays.items()})
    for k, (y, of_real) in enumerate(zip(single.outputs, real.single.outputs, strict=True)):
        if y.dtype in (np.float64, np.complex128) and of_real.dtype in (np.float32, np.complex64):
            yield Finding("double-precision", f"output {k} is {y.dtype} for complex64 inputs", turned.sample)
