"""Whether a gradient is right for complex values: Re sum(gradient dz) is what Re sum(cotangent f) gains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import DifferentiabilityError
from ..finding import Broken, Finding
from ..samples.signed import signed_values
from ..trial import flat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ..trial import Trial

STEP = 2.0**-17


def wrong_for_complex(trials: Sequence[Trial]) -> Iterator[Finding]:
    """Yield what is wrong with the gradient for complex inputs: all of them, and each alone.

    Values of an elementwise subject also lie on the real axis, where branch cuts are. Arguments for which
    complex numbers are refused are left out, but some have to be taken. Single precision stays single.
    """
    refused: Broken | None = None
    taken = 0
    for trial in trials:
        floats = trial.sample.floats
        alone = [(i,) for i in floats if len(floats) > 1]
        for chosen in (floats, *alone, *([()] if trial.flat.dtype.kind == "c" else [])):
            try:
                yield from _judged(trial, chosen)
                taken += 1
            except Broken as broken:
                if broken.code != "forward-raises" and not isinstance(broken.cause, DifferentiabilityError):
                    yield Finding(broken.code, f"for complex values: {broken.fact}", trial.sample)
                    return
                refused = broken
    if refused is not None and not taken:
        fact = f"takes_complex is declared, and complex numbers are refused: {refused.fact}"
        yield Finding("refuses-complex", fact, trials[0].sample)


def _judged(trial: Trial, chosen: Sequence[int]) -> Iterator[Finding]:
    turned = _off_the_axis(trial, chosen)
    yield from _wrong(turned, chosen)
    if trial.subject.declared.broadcasts and chosen == trial.sample.floats:
        for times in (3, -3):
            yield from _wrong(_on_the_axis(trial, times), ())
    if chosen == trial.sample.floats:
        yield from _widened(trial, turned)


def _off_the_axis(trial: Trial, chosen: Sequence[int]) -> Trial:
    """Return the trial with some inputs turned off the real axis, by a quarter of a right angle or so."""
    sample = trial.sample
    changed = {
        i: np.asarray(
            sample.inputs[i] * (1 + 0.3j * signed_values(sample.recipe.seed, 31 * i, sample.inputs[i].shape))
        )
        for i in chosen
    }
    return trial.on(sample.but(changed), trial.needs)


def _on_the_axis(trial: Trial, times: int) -> Trial:
    """Return the trial with complex inputs on the real axis, some of them beyond -1 and 1."""
    inputs = trial.sample.inputs
    return trial.on(trial.sample.but({i: inputs[i] * times + 0j for i in trial.sample.floats}), trial.needs)


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
    moves = {i: _move(trial.sample.inputs[i], i) for i in floats}
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


def _move(z: NDArray[Any], i: int) -> NDArray[Any]:
    return np.asarray(np.minimum(np.abs(z), 1.0) * signed_values(7, 41 * i, z.shape))


def _off(
    trial: Trial, cotangents: Sequence[Any], received: Sequence[Any], moves: Mapping[int, Any]
) -> tuple[float, float] | None:
    """Return what the gradients give along a direction, and the difference quotient, None if they agree."""
    weight = flat(cotangents)
    slope = _slope(trial, weight, moves, STEP)
    terms = [received[i] * dz for i, dz in moves.items()]
    along = sum(float(np.sum(term).real) for term in terms)
    size = sum(float(np.abs(term).sum()) for term in terms) + float(np.abs(weight * trial.flat).sum())
    if abs(along - slope) <= 1e-7 * size:
        return None
    doubt = abs(slope - _slope(trial, weight, moves, STEP / 8))  # near a pole it is rough
    return None if abs(along - slope) <= 1e-7 * size + 4 * doubt else (along, slope)


def _slope(trial: Trial, weight: NDArray[Any], moves: Mapping[int, Any], step: float) -> float:
    """Return the central difference of the weighted outputs as the inputs move."""
    zs = trial.sample.inputs
    high, low = (
        trial.on(trial.sample.but({i: zs[i] + s * step * dz for i, dz in moves.items()}), trial.needs).flat
        for s in (1, -1)
    )
    return float(np.sum(weight * (high - low)).real) / (2 * step)


def _drawn(y: NDArray[Any], start: int) -> NDArray[Any]:
    """Return a cotangent for an output, complex if it is."""
    if y.dtype.kind not in "fc":
        return np.zeros_like(y)
    drawn = signed_values(11, start, y.shape)
    return drawn + 1j * signed_values(13, start, y.shape) if y.dtype.kind == "c" else drawn


def _widened(real: Trial, turned: Trial) -> Iterator[Finding]:
    """Yield a finding for an output that is double for complex64, though single for float32."""
    narrow = {"f": np.float32, "c": np.complex64}
    single: dict[int, Any] = {
        i: x.astype(narrow[x.dtype.kind])
        for i, x in enumerate(turned.sample.inputs)
        if isinstance(x, np.ndarray) and x.dtype.kind in narrow
    }
    outputs = zip(
        turned.on(turned.sample.but(single), turned.needs).outputs, real.single.outputs, strict=True
    )
    for k, (y, of_real) in enumerate(outputs):
        if y.dtype in (np.float64, np.complex128) and of_real.dtype in (np.float32, np.complex64):
            yield Finding("double-precision", f"output {k} is {y.dtype} for complex64 inputs", turned.sample)
