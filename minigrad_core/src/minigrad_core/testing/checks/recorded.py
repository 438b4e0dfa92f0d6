"""`forward` on tensors gives the values that it gives on arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..closeness import close
from ..finding import Broken, Check, DoesNotApply, Finding
from ..kinds import kind, unlike
from ..recorded import forward_on_tensors, need_derivatives

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..study import Study


def recorded(study: Study) -> Iterator[Finding]:
    """`forward` runs on tensors, and gives the values that it gives on arrays: second order rests on this.

    Faults: another branch for arrays than for tensors, `np.asarray`, `out=`, a NumPy function without a
    derivative.
    Fix: NumPy calls, operators and methods only; or declare `once_differentiable`.
    """
    need_derivatives(study)
    if getattr(study.op, "once_differentiable", False):
        raise DoesNotApply("once_differentiable: it is never run on tensors")
    for call in unlike((*study.calls, *study.derived("settings"), *study.derived("axes")), kind):
        try:
            outputs = forward_on_tensors(study, call.sample)
        except Broken as broken:
            yield Finding("not-recordable", f"forward fails on tensors: {broken.fact}", call.sample)
            return
        for k, (mine, raw) in enumerate(zip(outputs, call.outputs, strict=False)):
            if mine.shape != raw.shape or mine.dtype != raw.dtype or not close(mine, raw, 1e-10, 1e-12):
                fact = f"output {k} has other values on tensors than on arrays, and so has its derivative"
                yield Finding("recorded-differs", fact, call.sample)
                return


CHECK = Check("recorded", recorded, after=("protocol",))
