"""Right code that the kit accused under some seeds, before what accused it was mended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core import Context, Operation
from minigrad_core.testing import check_operation
from tests.contract.corpus.operations.idioms import VarianceFarFromZero

pytestmark = pytest.mark.usefixtures("surroundings")


@pytest.mark.parametrize(
    ("operation", "law", "seeds"),
    [
        # A mean rounds alike for all values of a row, and so did the one nudge that was to tell how far.
        (VarianceFarFromZero, "type", (10, 25, 35, 70, 94)),
        # Near a singular matrix the difference itself is rough.
        (lambda: mg.ops["basic::solve"], "derivative", (2,)),
        # The gradient itself has no more digits where rounding of x moves it.
        (lambda: mg.ops["basic::polyfit"], "derivative", (24,)),
        # Parts of a product of a thousand values may be none that float32 can hold.
        (lambda: mg.ops["basic::prod"], "type", (9,)),
        # The gradient for a weight alone cancels: in float32, rounding is left of it.
        (lambda: mg.ops["nn::nll"], "same", (3,)),
    ],
)
def test_a_right_operation_is_not_accused_under_the_seeds_that_once_did(
    operation: Callable[[], Operation], law: str, seeds: tuple[int, ...]
) -> None:
    for seed in seeds:
        report = check_operation(operation(), seed=seed, only=[law])
        assert report.ok, str(report)


class SignedSquare(Operation):
    """x |x|, any shape; d/dx = 2 grad |x|. At zero both slopes are as small as the step."""

    name = "signed_square"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return x * np.abs(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return 2 * grad * np.abs(ctx.saved[0])


def test_curvature_at_zero_is_no_kink() -> None:
    report = check_operation(SignedSquare())
    assert report.ok, str(report)
