"""The return value of a pullback as one gradient per input, or the reason why no engine could use it."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from ...array import unbroadcast
from ...contracts.cases import Floats
from ..finding import SubjectFailed
from ..samples.sample import Sample, is_float
from .subject import Subject


def split_gradients(
    subject: Subject, sample: Sample, needs: Sequence[bool], returned: Any, *, checked: bool = True
) -> list[Any]:
    """Return one gradient per input, in the shape of the input; None where none is needed.

    subject, sample: the subject, and the arguments of the call.
    needs: for each input, whether its gradient was requested.
    returned: the return value of the pullback: a tuple of arrays, or one array.
    checked: whether to check each gradient. Without checks only the number of gradients is checked.

    Raise SubjectFailed if no engine could use the return value.
    """
    if isinstance(returned, list):
        fact = "backward returned a list: return a tuple with one gradient per input"
        raise SubjectFailed("not-a-tuple", fact)
    gradients = returned if isinstance(returned, tuple) else (returned,)
    inputs = sample.inputs
    if len(gradients) != len(inputs):
        gradients = subject.complete_gradients(sample, gradients)
    if len(gradients) != len(inputs):
        counts = f"{len(gradients)} gradients for {len(inputs)} inputs ({', '.join(sample.names)})"
        raise SubjectFailed("gradient-count", f"backward returned {counts}")
    if subject.declared.takes_complex:  # the engine takes the real part for real inputs
        gradients = tuple(
            np.real(g) if is_float(x) and np.iscomplexobj(g) else g
            for g, x in zip(gradients, inputs, strict=True)
        )
    if not checked:
        return list(gradients)
    return [
        _check_gradient(subject, sample, i, needed=needed, g=g)
        for i, (g, needed) in enumerate(zip(gradients, needs, strict=True))
    ]


def _check_gradient(subject: Subject, sample: Sample, i: int, *, needed: bool, g: Any) -> Any:
    """Return the gradient of input `i` in the shape of the input; raise SubjectFailed if it is useless."""
    x = sample.inputs[i]
    if needed and type(g) is np.ndarray and g.shape == x.shape and g.dtype.kind in "biufc":
        return g  # nearly always
    name = f"input {i} ({sample.names[i]})"
    if not needed:
        # The gradient of a missing input is dropped; so is that of integers where floats are possible.
        if g is None or x is None or is_float(x) or isinstance(sample.domains[i], Floats):
            return None
        fact = f"{name} can have no gradient: return None for it, not an array"
        raise SubjectFailed("gradient-for-nothing", fact)
    if g is None:
        fact = f"backward returned None for {name}, which needs a gradient"
        raise SubjectFailed("missing-gradient", fact)
    if not isinstance(g, np.ndarray | np.generic) or g.dtype.kind not in "biufc":
        received = f"dtype {g.dtype}" if isinstance(g, np.ndarray) else type(g).__name__
        fact = f"the gradient for {name} is {received}: expected an array of numbers"
        raise SubjectFailed("not-an-array", fact)
    gradient = np.asarray(g)
    if subject.declared.broadcasts:
        with suppress(ValueError, IndexError):
            gradient = np.asarray(unbroadcast(gradient, x.shape))
    if gradient.shape == x.shape:
        return gradient
    fact = f"the gradient for {name} has the wrong shape: expected {x.shape}, got {g.shape}"
    raise SubjectFailed("gradient-shape", fact)
