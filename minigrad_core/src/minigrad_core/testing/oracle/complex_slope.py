"""Whether a gradient is right for complex values: Re sum(gradient dz) is what Re sum(cotangent f) gains."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..finding import Broken, Finding
from ..samples.sample import Sample
from ..samples.values import signed_values
from ..subjects.subject import Run
from ..trial import Trial
from .compare import compare


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
    zeros = {i: x + (x == 0) for i, x in enumerate(trial.sample.inputs) if i in chosen}
    sample = trial.sample.but(zeros)  # a power is rough there
    inputs, seed = sample.inputs, sample.recipe.seed
    beside = {i: np.asarray(0.3 * inputs[i] * signed_values(seed, 31 * i, inputs[i].shape)) for i in chosen}
    yield from _wrong(trial, sample, beside, moved=True)
    if chosen != sample.floats:
        return
    if trial.subject.declared.broadcasts:  # some of them beyond -1 and 1
        signs = {i: (-1.0) ** np.arange(inputs[i].size).reshape(inputs[i].shape) for i in chosen}
        beyond = sample.but({i: 3 * inputs[i] * signs[i] for i in chosen})
        yield from _wrong(trial, beyond, {i: np.zeros_like(inputs[i]) for i in chosen})
    if sample.typed:
        return
    numbers = {i: (inputs[i] + 1j * y).astype(np.complex64) for i, y in beside.items()}
    for k, y in enumerate(trial.on(sample.but(numbers), trial.needs).outputs):
        if y.dtype in (np.float64, np.complex128):
            yield Finding("double-precision", f"output {k} is {y.dtype} for complex64 inputs", sample)


class _Parts:
    """A subject with two arrays for each that is complex: the real part, and the imaginary one.

    The imaginary parts of inputs are those that follow the real ones, if there are any, else `beside`.
    """

    def __init__(self, trial: Trial, beside: Mapping[int, NDArray[Any]]) -> None:
        self.trial, self.beside = trial, beside

    def __getattr__(self, name: str) -> Any:
        return getattr(self.trial.subject, name)

    def forward(self, inputs: Sequence[Any], *_: Any) -> Run:
        """Return a forward pass of the whole numbers."""
        sample, needs = self.trial.sample, self.trial.needs
        given = dict(zip(self.beside, inputs[len(needs) :], strict=False))
        numbers = {i: inputs[i] + 1j * y for i, y in (given or self.beside).items()}
        whole = sample.with_inputs(tuple(inputs[: len(needs)])).but(numbers)
        trial = self.trial.on(whole, needs)

        def pullback(grads: Sequence[Any]) -> tuple[Any, ...]:
            pairs = zip(trial.outputs, grads[::2], grads[1::2], strict=True)
            received = trial.pull([g - 1j * h if y.dtype.kind == "c" else g for y, g, h in pairs])
            real = (None if g is None else np.real(g) for g in received)
            return (*real, *(-np.imag(received[i]) for i in given))

        return Run(tuple([part for y in trial.outputs for part in (np.real(y), np.imag(y))]), pullback)


def _wrong(
    trial: Trial, sample: Sample, beside: Mapping[int, NDArray[Any]], *, moved: bool = False
) -> Iterator[Finding]:
    """Yield that the gradients are not the slopes for the numbers of a sample and of what is `beside` it."""
    names, more = sample.names, beside if moved else {}
    parts = Sample(
        (*sample.inputs, *more.values()),
        sample.settings,
        (*names, *(names[i] for i in more)),
        (None,) * (len(names) + len(more)),
        sample.recipe,
    )
    subject: Any = _Parts(trial, beside)
    there = Trial(subject, parts, base=trial)
    _ = there.received
    if there.finite and (found := compare(there, derived=True)):
        axis = "real" if found.input < len(names) else "imaginary"
        along = (
            f"along the {axis} axis: it gives {float((found.analytic * found.direction).sum()):.6g}, "
            f"which is off by {found.error:.2g} ({found.oracle})"
        )
        fact = f"{parts.names[found.input]}: for complex values the gradient is wrong {along}"
        yield Finding("wrong-complex-gradient", fact, trial.sample)
