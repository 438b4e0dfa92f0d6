"""Filters from the start to the end and back, without a delay: `filtfilt` and `sosfiltfilt`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, between, real
from minigrad_ops_basic.dtypes import detach

from .. import signal
from ..composites import Composite
from .sections import SOS, Sections, normalize

_SIGNAL = real("2 7")
_COEFFICIENTS = between(0.3, 0.9, "2")


def extend_ends(x: Any, n: int, kind: str | None) -> Any:
    """Return x with n more values at both ends of the last axis.

    kind: "odd" and "even" for the point and mirror image about the first and last value, "constant", "zeros".
    """
    if n < 1 or kind is None:
        return x
    first, last = x[..., :1], x[..., -1:]
    if kind in ("zeros", "constant"):
        factor = np.zeros(n, x.dtype) if kind == "zeros" else np.ones(n, x.dtype)
        return np.concatenate([first * factor, x, last * factor], axis=-1)
    before, after = x[..., n:0:-1], x[..., -2 : -(n + 2) : -1]
    if kind == "odd":
        before, after = 2 * first - before, 2 * last - after
    return np.concatenate([before, x, after], axis=-1)


def _filter_both_ways(
    run: Callable[[Any], Any], gain: Any, x: Any, edge: int, padtype: str | None, axis: int
) -> Any:
    """Return x, extended, after `run` from its start to its end and back.

    SciPy starts from the state of a constant x. There, y is `gain` times x; the rest starts from no state.
    """
    edge = 0 if padtype is None else max(edge, 0)
    y = extend_ends(np.moveaxis(x, axis, -1) * 1.0, edge, padtype)  # whole numbers would wrap
    for _ in range(2):
        first = y[..., :1]
        y = (run(y - first) + gain * first)[..., ::-1]
    return np.moveaxis(y[..., edge : y.shape[-1] - edge], -1, axis)


@Composite.define(
    "signal.filtfilt",
    Case(b=_COEFFICIENTS, a=_COEFFICIENTS, x=_SIGNAL),
    Case(b=real(""), a=_COEFFICIENTS, x=real("8")),
    *(
        Case(
            b=between(0.3, 0.9, "2"),
            a=between(0.3, 0.9, "2"),
            x=real("4 2 2"),
            axis=0,
            padlen=2,
            padtype=t,
        )
        for t in ("even", "constant", None)
    ),
)
def filtfilt(
    b: Any, a: Any, x: Any, *, axis: int = -1, padtype: str | None = "odd", padlen: int | None = None
) -> Any:
    """`lfilter` from the start to the end and back, on x extended at both ends. b: (m,), a: (k,)."""
    b, a = np.atleast_1d(b), np.atleast_1d(a)
    edge = 3 * max(b.shape[0], a.shape[0]) if padlen is None else padlen
    gain = np.sum(b) / np.sum(a)
    return _filter_both_ways(lambda x: signal.lfilter(b, a, x), gain, x, edge, padtype, axis)


@Sections.define(
    "signal.sosfiltfilt",
    Case(sos=SOS, x=real("2 17")),
    Case(sos=SOS, x=real("4 2 2"), axis=0, padlen=2, padtype="even"),
)
def sosfiltfilt(
    sos: Any, x: Any, *, axis: int = -1, padtype: str | None = "odd", padlen: int | None = None
) -> Any:
    """`sosfilt` from the start to the end and back, on x extended at both ends. sos: (n, 6)."""
    values, n = detach(sos), sos.shape[0]
    taps = 2 * n + 1 - min(np.count_nonzero(values[:, 2] == 0), np.count_nonzero(values[:, 5] == 0))
    edge = 3 * taps if padlen is None else padlen
    sos = normalize(sos)
    gain = np.prod(np.sum(sos[:, :3], axis=1) / np.sum(sos[:, 3:], axis=1))
    return _filter_both_ways(lambda x: signal.sosfilt(sos, x), gain, x, edge, padtype, axis)


OPERATIONS: tuple[Operation, ...] = (filtfilt, sosfiltfilt)
