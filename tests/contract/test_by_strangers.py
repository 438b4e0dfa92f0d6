"""Faults and right operations of people who do not know the kit: what it missed or accused at first sight."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigrad_core import Operation
from minigrad_core.cases import Case, positive, real
from minigrad_core.testing import check_operation
from minigrad_ops_basic.indexing.selecting import Where

from .corpus.operations.right.elementwise import Log, Sqrt


class WhereByProducts(Where):
    def forward(self, ctx: Any, condition: Any, x: Any, y: Any) -> Any:
        super().forward(ctx, condition, x, y)
        return condition * x + (1 - condition * 1) * y  # NaN and infinities of what is not chosen leak


class ShortRowsToo(Operation):
    name = "rows_of_length_one"
    cases = (Case(x=real("n k")), Case(x=real("n k"), eps=0.5))

    def forward(self, ctx: Any, x: Any, *, eps: float = 1e-12) -> Any:
        size = np.maximum(np.linalg.norm(x, axis=1, keepdims=True), eps)
        ctx.save(x / size, size)
        return x / size

    def backward(self, ctx: Any, grad: Any) -> Any:
        y, size = ctx.saved  # where eps is larger than the row, y has no part in it
        return (grad - y * np.sum(y * grad, axis=1, keepdims=True)) / size


@pytest.mark.parametrize(
    ("wrong", "law", "code"),
    [
        (WhereByProducts, "reference", "differs-from-reference"),
        (ShortRowsToo, "derivative", "wrong-gradient"),
    ],
)
def test_a_fault_is_found(wrong: Any, law: str, code: str) -> None:
    assert (law, code) in [(f.check, f.code) for f in check_operation(wrong()).failures]


def test_a_slope_may_be_infinite_where_a_case_has_it() -> None:
    assert check_operation(Sqrt(), cases=(Case(x=positive()), Case(x=np.array([0.0, 0.5])))).ok


def test_an_obvious_reference_may_lose_digits() -> None:
    assert check_operation(Log(), reference=lambda x: np.log(1 + (x - 1))).ok
