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
        raise Broken(
            "gradient-count",
            f"backward returned {len(received)} gradients for {len(inputs)} inputs "
            f"({', '.join(sample.names)})",
        )
    if subject.declared.takes_complex:
        received = tuple([_owed(g, x) for g, x in zip(received, inputs, strict=True)])
    if not checked:
        return list(received)
    return [
        g if _fits(g, needed, x) else _fitted(subject, sample, i, needed, g)
        for i, (g, needed, x) in enumerate(zip(received, needs, inputs, strict=True))
    ]


def _owed(g: Any, x: Any) -> Any:
    """Return what the engine takes of a gradient: of a complex one for real values, the real part."""
    complex_for_real = isinstance(g, (np.ndarray, np.generic)) and g.dtype.kind == "c" and is_float(x)
    return np.real(g) if complex_for_real else g


def _fits(g: Any, needed: bool, x: Any) -> bool:
    """Whether nothing is to be said about a gradient: nearly always."""
    return needed and type(g) is np.ndarray and g.shape == x.shape and g.dtype.kind in "biufc"


def _fitted(subject: Subject, sample: Sample, i: int, needed: bool, g: Any) -> Any:
    x, told = sample.inputs[i], f"input {i} ({sample.names[i]})"
    if not needed:
        # For an input that was left out, whatever comes back is left out with it; so it is for integers
        # where there might be floats.
        owed = x is None or is_float(x) or isinstance(sample.domains[i], Floats)
        if g is None or owed:
            return None
        raise Broken("gradient-for-nothing", f"{told} can have no gradient: return None for it, not an array")
    if g is None:
        raise Broken("missing-gradient", f"backward returned None for {told}, which needs a gradient")
    if not isinstance(g, np.ndarray | np.generic) or g.dtype.kind not in "biufc":
        what = f"dtype {g.dtype}" if isinstance(g, np.ndarray) else type(g).__name__
        raise Broken("not-an-array", f"the gradient for {told} is {what}: expected an array of numbers")
    summed = np.asarray(g)
    if subject.declared.broadcasts and g.shape != x.shape:
        with suppress(ValueError, IndexError):
            summed = np.asarray(unbroadcast(summed, x.shape))
    if summed.shape == x.shape:
        return summed
    fact = f"the gradient for {told} has the wrong shape: expected {x.shape}, got {g.shape}"
    raise Broken("gradient-shape", fact)
