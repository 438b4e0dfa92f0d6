"""A subject as the oracles see it: a function of some of its inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .guarded import guarded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from .samples.sample import Sample
    from .subjects.subject import Subject


def as_function(
    subject: Subject, sample: Sample, indices: Sequence[int]
) -> Callable[[list[Any]], NDArray[Any]]:
    """Return the float outputs as a function of the inputs at `indices`, the others held."""
    settings, needs = sample.settings, sample.needs

    def f(xs: list[Any]) -> NDArray[Any]:
        inputs = list(sample.inputs)
        for i, x in zip(indices, xs, strict=True):
            inputs[i] = x
        out = guarded("forward", lambda: subject.forward(inputs, settings, needs).raw)
        return flat(out if isinstance(out, tuple) else (np.asarray(out),))

    return f


def flat(arrays: Sequence[Any]) -> NDArray[Any]:
    """Return the float ones of some arrays, one per output, as one vector."""
    if len(arrays) == 1 and arrays[0].dtype.kind in "fc":
        return np.ravel(arrays[0])
    return np.concatenate([np.ravel(y) for y in arrays if y.dtype.kind in "fc"] or [np.empty(0)])
