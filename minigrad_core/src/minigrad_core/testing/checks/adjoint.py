"""Forward mode and reverse mode agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..finding import Broken, Check, DoesNotApply, Finding
from ..recorded import need_derivatives, second

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..study import Study


def adjoint(study: Study) -> Iterator[Finding]:
    """<g, J v> = <J^T g, v> to rounding, with J v from forward mode: no finite difference is involved.

    Forward mode is the transpose of the recorded gradient rule, which is linear in grad.
    Faults: grad is cut out of the graph (`.numpy()`), a rule that is another one on tensors.
    Fix: compute with grad by NumPy calls only.
    """
    need_derivatives(study)
    if getattr(study.op, "once_differentiable", False):
        raise DoesNotApply("once_differentiable: the gradient rule is never recorded")
    call = study.first
    if not call.sample.floats:
        return
    try:
        found = second(study, call)
    except Broken as broken:
        yield Finding("forward-mode-raises", f"forward mode fails: {broken.fact}", call.sample)
        return
    grads = [g for g in call.grads if g.dtype.kind in "fc"]
    left = [g * p for g, p in zip(grads, found.by_grads, strict=True)]
    right = [call.received[i] * w for i, w in zip(call.sample.floats, found.weights, strict=True)]
    gap = abs(sum(float(x.sum().real) for x in left) - sum(float(x.sum()) for x in right))
    terms = sum(float(np.abs(x).sum()) for x in (*left, *right))
    if not gap <= 1e-11 * terms:
        yield Finding(
            "not-adjoint",
            f"forward and reverse mode differ: <g, J v> and <J^T g, v> are {gap:.2g} apart; "
            "is grad cut out of the graph?",
            call.sample,
        )


CHECK = Check("adjoint", adjoint, after=("linear", "recorded"))
