"""What `backward` returned, as one gradient for each input, or what is wrong with it."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from ...array import unbroadcast
from ...contracts.cases import Floats
from ..finding import Broken
from ..samples.sample import Sample, is_float
from .subject import Subject


def per_input(
    subject: Subject, sample: Sample, needs: Sequence[bool], received: Any, *, checked: bool = True
) -> list[Any]:
    """Return one gradient per input, in its shape; Broken if no engine could use what was returned."""
    if isinstance(received, list):
        raise Broken("not-a-tuple", "backward returned a list: return a tuple with one gradient per input")
    received = received if isinstance(received, tuple) else (received,)
    inputs = sample.inputs
    if len(received) != len(inputs):
        received = subject.completed(sample, received)
    if len(received) != len(inputs):
        counts = f"{len(received)} gradients for {len(inputs)} inputs ({', '.join(sample.names)})"
        raise Broken("gradient-count", f"backward returned {counts}")
    if subject.declared.takes_complex:  # the engine takes the real part for what is real
        owed = zip(received, inputs, strict=True)
        received = [np.real(g) if is_float(x) and np.iscomplexobj(g) else g for g, x in owed]
    if not checked:
        return list(received)
    each = enumerate(zip(received, needs, strict=True))
    return [_fitted(subject, sample, i, needed, g) for i, (g, needed) in each]


def _fitted(subject: Subject, sample: Sample, i: int, needed: bool, g: Any) -> Any:
    x = sample.inputs[i]
    if needed and type(g) is np.ndarray and g.shape == x.shape and g.dtype.kind in "biufc":
        return g  # nearly always
    told = f"input {i} ({sample.names[i]})"
    if not needed:
        # For an input that was left out, whatever comes back is left out with it; so it is for integers
        # where there might be floats.
        if g is None or x is None or is_float(x) or isinstance(sample.domains[i], Floats):
            return None
        raise Broken("gradient-for-nothing", f"{told} can have no gradient: return None for it, not an array")
    if g is None:
        raise Broken("missing-gradient", f"backward returned None for {told}, which needs a gradient")
    if not isinstance(g, np.ndarray | np.generic) or g.dtype.kind not in "biufc":
        what = f"dtype {g.dtype}" if isinstance(g, np.ndarray) else type(g).__name__
        raise Broken("not-an-array", f"the gradient for {told} is {what}: expected an array of numbers")
    summed = np.asarray(g)
    if subject.declared.broadcasts:
        with suppress(ValueError, IndexError):
            summed = np.asarray(unbroadcast(summed, x.shape))
    if summed.shape == x.shape:
        return summed
    fact = f"the gradient for {told} has the wrong shape: expected {x.shape}, got {g.shape}"
    raise Broken("gradient-shape", fact)
