"""Hinge loss."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real

from ..kernels.precision import to_floating
from ..references import losses
from .reduction import Reduction, check_pair, reduce_losses, spread_gradient


class Hinge(Operation):
    """`max(0, margin - target * x)` for targets of -1 and 1. Cortes and Vapnik 1995.

    x, target: the same shape -> a number, or that shape for "none". The target may be integers.
    d/dx = -target * grad where target * x < margin, else 0, divided by the number of values for "mean"; 0 at
    the kink. d/dtarget likewise, with -x in place of -target.

    Raises
    ------
    InputError
        The shapes differ.
    ArgumentError
        An unknown reduction.
    """

    name = "hinge"
    reference = staticmethod(losses.hinge)
    cases = (
        Case(x=real("n k"), target=real("n k")),
        Case(x=real("n"), target=real("n"), reduction="none", margin=0.5),
        Case(x=np.array([17, 1], np.uint8), target=np.array([17, 0], np.uint8)),
    )

    def forward(
        self, ctx: Context, x: Array, target: Array, *, margin: float = 1.0, reduction: Reduction = "mean"
    ) -> Array:
        check_pair("hinge", x, target, reduction)
        x, target = to_floating(x, target), to_floating(target, x)
        difference = margin - x * target
        ctx.save(x, target, difference > 0, reduction)
        return reduce_losses(np.maximum(difference, 0), reduction)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        x, target, is_positive, reduction = ctx.saved
        each = -(spread_gradient(grad, reduction, x.size) * is_positive)
        return each * target, each * x if ctx.needs[1] else None


hinge = Hinge()
