"""The law `same` lays inputs otherwise in memory: all of them, and each beside others that lie as usual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.testing import check_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class InOrderOfMemory(Operation):
    """x w, value by value; x: (n, k), w: (n, k). d/dx = grad w, d/dw = grad x."""

    name = "in_order_of_memory"
    once_differentiable = "it is about the first derivative"

    def forward(self, ctx: Context, x: Any, w: Any) -> Any:
        if x.shape != w.shape:
            raise ValueError(f"in_order_of_memory expected one shape, got {x.shape} and {w.shape}")
        ctx.save(x, w)
        out = np.empty_like(x)
        np.multiply(x.ravel("K"), w.ravel("K"), out=out.ravel("K"))
        return out

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w = ctx.saved
        return grad * w, grad * x


def test_what_is_wrong_only_where_two_inputs_lie_differently_is_found() -> None:
    (failure,) = check_operation(InOrderOfMemory()).failures
    assert (failure.check, failure.code) == ("same", "depends-on-layout")
    assert failure.message.startswith("the output is another one with w in fortran_order\n")
